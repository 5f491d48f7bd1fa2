/** A chain from its genesis through its kills: run, killed, compared with what it had promised, damaged on a copy. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NodeProcess } from "../functional/node-process.js";
import { MemoryState } from "../plugins/ledger-account/fixtures.js";
import { audit, copyData, type Finding, type Verified } from "./audit.js";
import { damage, kindOf } from "./damage.js";
import type { KillPlan } from "./plan.js";
import { runOnce } from "./victim.js";
import { Balances, type CrashChain, Promises, type Tuning } from "./world.js";

/** Everything that was counted, for the table at the end. */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly recoveriesMs: number[] = [];

  count(group: string, outcome: string): void {
    const counts = this.#counts.get(group) ?? new Map<string, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    this.#counts.set(group, counts);
  }

  /** The table. */
  lines(): readonly string[] {
    const lines: string[] = [];
    for (const [group, counts] of [...this.#counts].sort(([a], [b]) => a.localeCompare(b))) {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const parts = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([outcome, count]) => `${outcome} ${count}`);
      lines.push(`  ${group.padEnd(22)} ${String(total).padStart(5)}   ${parts.join(", ")}`);
    }
    const sorted = this.recoveriesMs.sort((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
    lines.push(`  ready after a kill     ${at(0.5)} ms median, ${at(0.99)} ms p99, ${at(1)} ms at most`);
    return lines;
  }
}

/** One chain, from genesis through its kills. */
export class Life {
  readonly chain: CrashChain;
  readonly #tuning: Tuning;
  readonly #tally: Tally;
  readonly promises = new Promises();
  readonly #balances = new Balances();
  #rival: NodeProcess | undefined;
  readonly #verified: Verified = { height: -1, id: "", state: new MemoryState() };

  constructor(chain: CrashChain, tuning: Tuning, tally: Tally) {
    this.chain = chain;
    this.#tuning = tuning;
    this.#tally = tally;
  }

  /** Starts the second miner, if there is one. It is not killed. */
  begin(): void {
    if (this.chain.rivalFile !== undefined) this.#rival = new NodeProcess(["start", "--config", this.chain.rivalFile]);
  }

  async end(): Promise<void> {
    await this.#rival?.kill("SIGTERM");
    if (this.#rival !== undefined) this.#tally.count("blocks undone by forks", String(this.promises.undone));
    this.#rival = undefined;
  }

  async kill(plan: KillPlan): Promise<readonly string[]> {
    const run = await runOnce(plan, this.chain, this.#tuning.flushAfterBlocks, this.promises);
    const faults = [...run.faults];
    if (run.recoveredMs !== undefined) this.#tally.recoveriesMs.push(run.recoveredMs);
    if (run.ended !== "killed" && run.ended !== 0) faults.push(`the node ended by itself with ${run.ended}: ${run.stderr.slice(-2_000)}`);
    this.#tally.count(`kill at ${plan.point}`, run.ended === "killed" ? "killed" : `had ended with ${run.ended}`);
    const finding = await this.#audit(this.#verified, this.chain.data);
    if (finding.refused !== undefined) faults.push(`refused: ${finding.refused.code}: ${finding.refused.message}`);
    faults.push(...finding.losses);
    if (plan.damages && faults.length === 0) faults.push(...(await this.#damage(plan)));
    return faults;
  }

  /** Everything once more, executed from genesis. */
  async check(): Promise<readonly string[]> {
    const finding = await this.#audit(undefined, this.chain.data);
    this.#tally.count("checked from genesis", finding.losses.length === 0 && finding.refused === undefined ? "ok" : "LOSS");
    return finding.refused === undefined ? finding.losses : [`refused: ${finding.refused.message}`];
  }

  async #audit(verified: Verified | undefined, from: string): Promise<Finding> {
    const copy = join(this.chain.directory, "copy");
    await copyData(from, copy);
    try {
      return await audit(this.chain, copy, this.promises, this.#balances, verified);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  async #damage(plan: KillPlan): Promise<readonly string[]> {
    // Killed before there was a database: nothing to damage.
    if (!existsSync(join(this.chain.data, "chain.level"))) return [];
    const copy = join(this.chain.directory, "damaged");
    await copyData(this.chain.data, copy);
    try {
      const done = await damage(join(copy, "chain.level"), plan.random);
      if (done === undefined) return [];
      const { losses, refused, warned } = await audit(this.chain, copy, this.promises, this.#balances, undefined);
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
