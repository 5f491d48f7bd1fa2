/** A chain from its genesis through its kills: run, killed, compared with what it had promised, damaged on a copy. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NodeProcess } from "../functional/node-process.js";
import { type AuditDepth, audit, copyData, type Finding, Verified } from "./audit.js";
import { damage, kindOf } from "./damage.js";
import type { SmallDisk } from "./full-disk.js";
import type { Link } from "./link.js";
import type { KillPlan } from "./plan.js";
import { Snapshots } from "./snapshots.js";
import type { Tally } from "./tally.js";
import { Backups, runTool, type ToolEnd } from "./tools.js";
import { Upkeep } from "./upkeep.js";
import { runOnce, runUntilFull } from "./victim.js";
import { Balances, type CrashChain, Promises, type Pruning, type Tuning } from "./world.js";

/** What the operating system says of a full disk, and what the tools make of it. */
const NO_SPACE = /no space left|ENOSPC|disk .* is full/i;
const FULL_START_MS = 4_000;
/** Among kills of commands. */
const NODE_KILLED_EVERY = 4;
/** Of kills with snapshots: a load takes as long as they do. */
const LOADED_SHARE = 0.25;

/** One chain, from genesis through its kills. */
export class Life {
  readonly chain: CrashChain;
  readonly #tuning: Tuning;
  readonly #tally: Tally;
  readonly promises = new Promises();
  readonly #balances = new Balances();
  readonly #verified = new Verified();
  readonly #backups: Backups;
  readonly #upkeep: Upkeep;
  readonly #snapshots: Snapshots;
  #cameUp = false;
  readonly #link: Link | undefined;
  #rival: NodeProcess | undefined;
  #bodiesFrom = 0;

  /** @param link from the node to the second miner */
  constructor(chain: CrashChain, tuning: Tuning, tally: Tally, link?: Link) {
    this.chain = chain;
    this.#link = link;
    this.#backups = new Backups(chain);
    this.#tuning = tuning;
    this.#tally = tally;
    const { promises } = this;
    const verified = this.#verified;
    const shared = {
      chain,
      tally,
      promises,
      compare: (copy: string, depth: AuditDepth, expected: Promises) => this.compareAside(copy, depth, expected),
    };
    this.#upkeep = new Upkeep({ ...shared, height: () => verified.height });
    this.#snapshots = new Snapshots({ ...shared, idAt: (height) => verified.idAt(height) });
  }

  /** Starts the second miner, if there is one. It is not killed. */
  begin(): void {
    if (this.chain.rivalFile !== undefined) this.#rival = new NodeProcess(["start", "--config", this.chain.rivalFile]);
  }

  #pauseRival(signal: "SIGSTOP" | "SIGCONT"): void {
    const pid = this.#rival?.pid;
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** Answers what was wrong with the second miner. */
  async end(): Promise<readonly string[]> {
    const faults: string[] = [];
    if (this.#rival !== undefined) {
      const height = Math.max(0, ...this.#rival.lines.map((line) => line.height ?? 0));
      this.#pauseRival("SIGCONT");
      const code = await this.#rival.kill("SIGTERM");
      if (code !== 0) faults.push(`the second miner ended with ${code}: ${this.#rival.stderr.slice(-2_000)}`);
      this.#tally.count("forks", "height of the second miner", height);
      this.#tally.count("forks", "reorgs told", this.promises.reorgs);
      this.#tally.count("forks", "blocks undone", this.promises.undone);
      this.#tally.count("deepest reorg of a chain", `${this.promises.deepestReorg} blocks`);
    }
    this.#rival = undefined;
    if (this.#bodiesFrom > 0) this.#tally.count("pruned", "blocks", this.#bodiesFrom);
    return faults;
  }

  /** @param onLoad called when the node is up and gets its load */
  async kill(plan: KillPlan, onLoad?: () => void): Promise<readonly string[]> {
    const tally = this.#tally;
    const { promises, chain } = this;
    const options = {
      ...(onLoad === undefined ? {} : { onLoad }),
      // What the second miner would make while the node is dead is too much to catch up with.
      onReady: () => this.#pauseRival("SIGCONT"),
      link: this.#link,
      restMs: this.#tuning.restMs ?? 0,
    };
    const reorgs = promises.reorgs;
    const run = await tally.timed("a run", () => runOnce(plan, chain, this.#tuning.flushAfterBlocks, promises, options));
    this.#pauseRival("SIGSTOP");
    if (this.#link !== undefined) tally.count("runs with forks", promises.reorgs > reorgs ? "reorg" : "none");
    const faults = [...run.faults];
    this.#cameUp = run.recoveredMs !== undefined;
    if (run.recoveredMs !== undefined) tally.time("ready after a kill", run.recoveredMs);
    if (run.ended !== "killed" && run.ended !== 0) faults.push(`the node ended by itself with ${run.ended}: ${run.stderr.slice(-2_000)}`);
    tally.count(`kill at ${plan.point}`, run.ended === "killed" ? "killed" : `had ended with ${run.ended}`);
    faults.push(...(await tally.timed("an audit", () => this.#audit("new"))));
    if (plan.damages && faults.length === 0) faults.push(...(await tally.timed("a damage", () => this.#damage(plan))));
    return faults;
  }

  /** Fills the disk under the node. It must say so, and have everything that it had promised once there is room again. */
  async fillDisk(plan: KillPlan, disk: SmallDisk): Promise<readonly string[]> {
    const { random } = plan;
    const run = await runUntilFull(plan, this.chain, this.promises, () => disk.fill(Math.floor(random() ** 2 * 300_000)));
    const faults = [...run.faults];
    const said = NO_SPACE.test(run.stderr);
    this.#tally.count("disk full", run.ended === "killed" ? "served on" : said ? "said so and ended" : `ended with ${run.ended}`);
    if (run.ended !== "killed" && (run.ended === 0 || !said))
      faults.push(`its disk was full, and it ended with ${run.ended} and without a word of that: ${run.stderr.slice(-2_000)}`);
    if (run.ended === "killed" && said) faults.push(`it said that its disk is full, and did not end: ${run.stderr.slice(-2_000)}`);
    // With no room at all, not even a start may make it worse.
    if (random() < 0.5) {
      await disk.fill(0);
      const start = await runTool(["start", "--config", this.chain.configFile, "--json"], FULL_START_MS);
      this.#tally.count(
        "start on a full disk",
        start.code === undefined ? "came up" : NO_SPACE.test(start.output) ? "refused" : "refused otherwise",
      );
      if (start.code === 0) faults.push(`it ended well on a full disk: ${start.output.slice(-2_000)}`);
    }
    await disk.free();
    faults.push(...(await this.#tally.timed("an audit", () => this.#audit("new"))));
    return faults;
  }

  /** Everything once more, executed from genesis. */
  async check(): Promise<readonly string[]> {
    const faults = await this.#tally.timed("from genesis", () => this.#audit("genesis"));
    this.#tally.count("executed from genesis", faults.length === 0 ? "ok" : "LOSS");
    return faults;
  }

  async #audit(depth: AuditDepth): Promise<readonly string[]> {
    const copy = join(this.chain.directory, "copy");
    await copyData(this.chain.data, copy);
    try {
      const { losses, refused, bodiesFrom } = await this.#compare(copy, depth);
      this.#bodiesFrom = Math.max(this.#bodiesFrom, bodiesFrom);
      return refused === undefined ? losses : [`refused: ${refused.code}: ${refused.message}`];
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  #compare(copy: string, depth: AuditDepth, promises = this.promises): Promise<Finding> {
    return audit(this.chain, copy, { promises, balances: this.#balances, verified: this.#verified }, depth);
  }

  /** What is found in a copy changes nothing of what is known of the node's own data. */
  compareAside(copy: string, depth: AuditDepth, promises: Promises): Promise<Finding> {
    return audit(this.chain, copy, { promises, balances: this.#balances, verified: this.#verified.copy() }, depth);
  }

  /** A command on a copy of the node's data is killed; the node itself now and then, so that there is more to be lost. */
  async killUpkeep(plan: KillPlan): Promise<readonly string[]> {
    const faults = plan.number % NODE_KILLED_EVERY === 0 ? await this.kill({ ...plan, damages: false }) : [];
    return faults.length > 0 ? faults : this.#upkeep.round(plan.random);
  }

  /** As `kill`, and snapshots are looked at; now and then one is loaded. */
  async killWithSnapshots(plan: KillPlan): Promise<readonly string[]> {
    const faults = [...(await this.kill({ ...plan, damages: false }))];
    if (faults.length === 0) faults.push(...(await this.#snapshots.check(this.#cameUp)));
    if (faults.length === 0 && plan.random() < LOADED_SHARE)
      faults.push(...(await this.#tally.timed("a snapshot's load", () => this.#snapshots.load(plan.random))));
    return faults;
  }

  /** From its next start on, the node keeps another part of the past. */
  async changeMode(random: () => number): Promise<void> {
    const modes: readonly Pruning[] = ["archive", "full", "pruned"];
    const from = this.chain.pruning();
    const to = modes[Math.floor(random() * modes.length)] ?? "full";
    await this.chain.keep(to);
    this.#tally.count("mode", `${from} to ${to}`);
  }

  /** As `kill`, and a backup is begun while the node runs; afterwards backup and restore, killed and whole. */
  async killWithTools(plan: KillPlan): Promise<readonly string[]> {
    const { random } = plan;
    const backups = this.#backups;
    const killsFirst = random() < 0.5;
    const firstMs = random() * 1_500;
    let promised = this.promises;
    let first: Promise<ToolEnd> | undefined;
    const faults = [
      ...(await this.kill({ ...plan, damages: false }, () => {
        promised = this.promises.copy();
        if (backups.isPossible) first = backups.backup(killsFirst ? firstMs : undefined);
      })),
    ];
    const online = await first;
    if (online !== undefined) faults.push(...this.#toolFaults("backup of a running node", online));
    if (!backups.isPossible || faults.length > 0) return faults;
    // What the running node's backup holds is looked at every other time; otherwise a newer one is made.
    if (online?.code !== 0 || random() < 0.5) {
      if (random() < 0.5) faults.push(...this.#toolFaults("backup", await backups.backup(random() * 1_200)));
      faults.push(...this.#toolFaults("backup", await this.#tally.timed("a backup", () => backups.backup())));
      promised = this.promises;
    }
    if (random() < 0.5) faults.push(...this.#toolFaults("restore", await backups.restore(random() * 1_200)));
    faults.push(...this.#toolFaults("restore", await this.#tally.timed("a restore", () => backups.restore())));
    if (random() < 0.3) faults.push(...this.#toolFaults("verify of what was restored", await backups.verify()));
    if (faults.length > 0) return faults;
    const { losses, refused } = await this.#compare(backups.restored, "all", promised);
    faults.push(...losses.map((loss) => `restored from a backup: ${loss}`));
    if (refused !== undefined) faults.push(`what was restored refuses: ${refused.code}: ${refused.message}`);
    this.#tally.count("restored and compared", faults.length === 0 ? "ok" : "LOSS");
    if (random() < 0.5) await backups.clear();
    if (random() < 0.4) {
      faults.push(...this.#toolFaults("compact", await backups.compact(random() * 1_500)));
      faults.push(...(await this.#audit("new")));
    }
    return faults;
  }

  #toolFaults(what: string, { code, output }: ToolEnd): readonly string[] {
    const outcome =
      code === undefined ? "killed" : code === 0 ? "ok" : (/\b(DATABASE_FILES_UNSTEADY)\b/.exec(output)?.[1] ?? `exit code ${code}`);
    this.#tally.count(what, outcome);
    return outcome.startsWith("exit") ? [`${what} ended with ${outcome}: ${output.slice(-2_000)}`] : [];
  }

  async #damage(plan: KillPlan): Promise<readonly string[]> {
    // Killed before there was a database: nothing to damage.
    if (!existsSync(join(this.chain.data, "chain.level"))) return [];
    const copy = join(this.chain.directory, "damaged");
    await copyData(this.chain.data, copy);
    try {
      const done = await damage(join(copy, "chain.level"), plan.random);
      if (done === undefined) return [];
      const { losses, refused, warned } = await this.#compare(copy, "all");
      // A damaged record of the mempool's journal does not stop a node: it says so and asks for the transfer again.
      const silent = losses.filter((loss) => warned.length === 0 || !/^transfer \d+ of sender \d+ was accepted and is gone$/.test(loss));
      const found = losses.length === 0 ? "harmless" : "said so in the log";
      const outcome = refused !== undefined ? `${refused.code} ${refused.when}` : silent.length === 0 ? found : "SILENT LOSS";
      this.#tally.count(`damaged ${kindOf(done.file)}`, outcome);
      return silent.map((loss) => `${done.file}, ${done.what}, was not noticed: ${loss}`);
    } catch (error) {
      return [`a damaged database ended in an untyped error: ${error instanceof Error ? error.stack : String(error)}`];
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }
}
