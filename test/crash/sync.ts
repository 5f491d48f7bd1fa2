/**
 * State sync under fire: a fresh node that begins from a checkpoint is killed again and again until it has the state, and goes on each
 * time with what it had. Two nodes serve it, through wires of different speeds, one of which may be cut.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Hash } from "../../core/primitives/hash.js";
import { listSnapshots, SNAPSHOTS_FOLDER } from "../../core/snapshots/folder.js";
import { getJson, NodeProcess } from "../functional/node-process.js";
import { copyData } from "./audit.js";
import type { Life } from "./life.js";
import { Link } from "./link.js";
import { type KillPlan, planOf } from "./plan.js";
import type { Tally } from "./tally.js";
import { runTool } from "./tools.js";
import { freePort, MINER, Promises } from "./world.js";

const POINTS = ["start", "ranges", "build", "loaded", "random"] as const;
type SyncPoint = (typeof POINTS)[number] | "discard";
/** How often what there is is discarded, for the kill to fall in between. */
const AWAY_SHARE = 0.3;

/** A sync that takes longer has hung: its state is a few megabytes. */
const LOAD_TIMEOUT_MS = 60_000;
const LOOK_MS = 4;
/** Of the chain that is synced, at the least. */
const SOURCE_LOAD_MS = 500;
const SNAPSHOTS_WANTED = 2;
const RESUMED = "state sync goes on where it was";
const BEGUN = "loading a snapshot";
const DISCARDS = "another checkpoint than before: what was loaded is discarded";
/** The kill before fell when it had its state, and before it could tell. */
const HAS_CHAIN = "the data directory has a chain already";

interface Checkpoint {
  readonly height: number;
  readonly id: string;
}

/** The sync that is under way, over its kills. */
interface Under {
  readonly checkpoint: Checkpoint;
  /** Ranges that were told to be there. */
  ranges: number;
  readonly promises: Promises;
}

interface Progress {
  readonly phase: string;
  readonly ranges: number;
  readonly rangesDone: number;
}

interface FreshRun {
  readonly code: number | null;
  readonly stderr: string;
  readonly loaded: boolean;
  /** Ranges that were there when it was looked at first, and last. */
  readonly first: number | undefined;
  readonly last: number;
  readonly faults: readonly string[];
}

function syncTo(checkpoint: Checkpoint): Under {
  const promises = new Promises();
  promises.blocks.set(checkpoint.height, checkpoint.id);
  return { checkpoint, ranges: 0, promises };
}

/** Until one of them is in the log, or the node has ended. */
async function says(node: NodeProcess, messages: readonly string[]): Promise<void> {
  let hasEnded = false;
  void node.exited.then(() => {
    hasEnded = true;
  });
  for (const untilMs = performance.now() + LOAD_TIMEOUT_MS; performance.now() < untilMs; await delay(1))
    if (hasEnded || messages.some((message) => node.stderr.includes(message))) return;
  throw new Error(`it did not say after ${LOAD_TIMEOUT_MS} ms: ${messages[0]}`);
}

export class StateSync {
  readonly #life: Life;
  readonly #tally: Tally;
  readonly #fresh: string;
  #sources: NodeProcess[] = [];
  #links: Link[] = [];
  #checkpoints: readonly Checkpoint[] = [];
  #under: Under | undefined;

  constructor(life: Life, tally: Tally) {
    this.#life = life;
    this.#tally = tally;
    this.#fresh = join(life.chain.directory, "fresh");
  }

  /** Makes a chain with snapshots, and starts the two that hand them out. */
  async begin(seed: string): Promise<readonly string[]> {
    const { chain } = this.#life;
    const root = join(chain.data, SNAPSHOTS_FOLDER);
    const source = new NodeProcess(["start", "--config", chain.configFile]);
    for (const untilMs = performance.now() + LOAD_TIMEOUT_MS; performance.now() < untilMs; await delay(50)) {
      const { snapshots } = await listSnapshots(root);
      this.#checkpoints = snapshots.map(({ height, id }) => ({ height, id: Hash.key(id) }));
      if (snapshots.length >= SNAPSHOTS_WANTED) break;
    }
    if (this.#checkpoints.length === 0) return [`the source made no snapshot: ${source.stderr.slice(-2_000)}`];
    await source.kill("SIGKILL");
    for (const line of source.lines) this.#life.promises.note(line as never);
    // Load above the snapshots; then what there is is known.
    const faults = await this.#life.kill({ ...planOf(seed, 0), point: "random", loadMs: SOURCE_LOAD_MS, damages: false });
    if (faults.length > 0) return faults;
    const kept = (await listSnapshots(root)).snapshots;
    this.#checkpoints = kept.map(({ height, id }) => ({ height, id: Hash.key(id) }));
    const second = join(chain.directory, "source");
    await copyData(chain.data, second);
    await rm(join(second, "node.key"), { force: true });
    const ports = [await freePort(), await freePort()];
    const network = { exchange: false, redialMs: 20, redialMaxMs: 100 };
    const files = [
      await chain.nodeFile(join(chain.directory, "source-0.json"), chain.data, {
        miner: MINER.address,
        // Ordinary sync has something to do, too.
        blockIntervalMs: 1_000,
        peerPort: ports[0] ?? 0,
        node: { network },
      }),
      await chain.nodeFile(join(chain.directory, "source-1.json"), second, {
        peerPort: ports[1] ?? 0,
        node: { network: { ...network, persistent: [`tcp://127.0.0.1:${ports[0]}`] } },
      }),
    ];
    this.#sources = files.map((file) => new NodeProcess(["start", "--config", file]));
    this.#links = await Promise.all(ports.map((port) => Link.open(port)));
    return [];
  }

  async end(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const source of this.#sources) {
      const code = await source.kill("SIGTERM");
      if (code !== 0) faults.push(`a node that served ended with ${code}: ${source.stderr.slice(-2_000)}`);
    }
    for (const link of this.#links) await link.close();
    this.#sources = [];
    this.#links = [];
    return faults;
  }

  /** One run of the fresh node, to its kill; and if it has its state by then, all of it is looked at. */
  async kill(plan: KillPlan): Promise<readonly string[]> {
    const { random } = plan;
    const drawn = POINTS[Math.floor(random() * POINTS.length)] ?? "random";
    const wasUnder = this.#under;
    const away = random() < AWAY_SHARE ? this.#away(random) : undefined;
    const point = away === undefined ? drawn : "discard";
    const under = away ?? this.#next(random);
    this.#setLinks(random);
    const run = await this.#run(under, point, random);
    const faults = [...run.faults];
    this.#tally.count(`sync killed at ${point}`, run.loaded ? "loaded" : "under way");
    if (wasUnder === under && under.ranges > 0) faults.push(...this.#resumeFaults(under, run));
    under.ranges = Math.max(under.ranges, run.last);
    if (faults.length > 0) return faults;
    if (run.loaded) faults.push(...(await this.#judge(under, random)));
    else if (away !== undefined) this.#goBack(wasUnder, run);
    else if (random() < 0.2) faults.push(...(await this.#half(under, random)));
    return faults;
  }

  /** The sync that is under way, or a new one: now and then from another checkpoint, for which all is fetched anew. */
  #next(random: () => number): Under {
    const before = this.#under;
    const changes = random() < 0.1;
    const checkpoint = this.#checkpoints[Math.floor(random() * this.#checkpoints.length)];
    if (checkpoint === undefined) throw new Error("there is no checkpoint");
    if (before !== undefined && (!changes || before.checkpoint === checkpoint)) return before;
    if (before !== undefined) this.#tally.count("state sync", "another checkpoint on the way");
    this.#under = syncTo(checkpoint);
    return this.#under;
  }

  /** Another checkpoint, if there is something to be discarded for it. */
  #away(random: () => number): Under | undefined {
    const before = this.#under;
    if (before === undefined || before.ranges === 0) return undefined;
    const others = this.#checkpoints.filter((each) => each !== before.checkpoint);
    const other = others[Math.floor(random() * others.length)];
    return other && syncTo(other);
  }

  /** The operator thinks again: whatever part of it was discarded by then, nothing that is gone counts as loaded. */
  #goBack(before: Under | undefined, { stderr }: FreshRun): void {
    if (before === undefined) throw new Error("there was no sync to be discarded");
    const isBegun = stderr.includes(DISCARDS);
    this.#tally.count(
      "state sync",
      isBegun ? "killed while it discarded, and the checkpoint of before again" : "killed before it discarded",
    );
    this.#under = { ...before, ranges: 0 };
  }

  #setLinks(random: () => number): void {
    for (const link of this.#links) {
      link.mend();
      link.bytesPerSecond = [Number.POSITIVE_INFINITY, 4_000_000, 1_500_000][Math.floor(random() * 3)] ?? 4_000_000;
    }
    if (random() < 0.2) this.#links[Math.floor(random() * this.#links.length)]?.cut();
  }

  /** What is there is not fetched again. */
  #resumeFaults({ ranges }: Under, { stderr, first }: FreshRun): readonly string[] {
    const faults: string[] = [];
    if (stderr.includes(BEGUN)) faults.push(`${ranges} ranges were there, and it began again`);
    if (first !== undefined && first < ranges) faults.push(`${ranges} ranges were there, it went on with ${first}`);
    if (stderr.includes(RESUMED)) this.#tally.count("state sync", "went on where it was");
    return faults;
  }

  async #run({ checkpoint, promises }: Under, point: SyncPoint, random: () => number): Promise<FreshRun> {
    const { chain } = this.#life;
    const network = {
      persistent: this.#links.map(({ port }) => `tcp://127.0.0.1:${port}`),
      exchange: false,
      redialMs: 20,
      redialMaxMs: 100,
    };
    const file = await chain.nodeFile(`${this.#fresh}.json`, this.#fresh, {
      hasApi: true,
      peerPort: 0,
      logLevel: "info",
      node: { sync: { mode: "state", checkpoint }, network },
    });
    const beganMs = performance.now();
    const node = new NodeProcess(["start", "--config", file]);
    const seen: { loaded: boolean; first: number | undefined; last: number } = { loaded: false, first: undefined, last: 0 };
    const faults: string[] = [];
    const share = random();
    const delayMs = random() ** 2 * { start: 1_500, ranges: 40, build: 40, loaded: 300, discard: 40, random: 800 }[point];
    if (point !== "start") {
      try {
        if (point === "discard") await says(node, [DISCARDS, HAS_CHAIN]);
        else await this.#reach(await node.api(), checkpoint, point, share, seen);
      } catch (error) {
        faults.push(`while it ran: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    await Promise.race([delay(delayMs), node.exited]);
    const code = await node.kill(random() < 0.1 ? "SIGTERM" : "SIGKILL");
    for (const line of node.lines) promises.note(line as never);
    if (code !== null && code !== 0) faults.push(`it ended by itself with ${code}: ${node.stderr.slice(-2_000)}`);
    // It may have been done between the last look and the kill.
    seen.loaded ||= node.stderr.includes("the chain begins with the loaded state");
    this.#tally.time("a run of state sync", performance.now() - beganMs);
    return { ...seen, code, stderr: node.stderr, faults };
  }

  /** Looks at how far it is until the point is there, or it has its state. */
  async #reach(
    api: string,
    checkpoint: Checkpoint,
    point: Exclude<SyncPoint, "start" | "discard">,
    share: number,
    seen: { loaded: boolean; first: number | undefined; last: number },
  ): Promise<void> {
    if (point === "random") return;
    for (const untilMs = performance.now() + LOAD_TIMEOUT_MS; performance.now() < untilMs; ) {
      const { sync } = (await getJson(`${api}/v1/peers`)) as {
        readonly sync: { readonly currentHeight: number; readonly snapshot?: Progress };
      };
      const { snapshot } = sync;
      seen.loaded = snapshot === undefined && sync.currentHeight >= checkpoint.height;
      if (snapshot !== undefined && (snapshot.rangesDone > 0 || snapshot.phase === "build")) {
        seen.first ??= snapshot.rangesDone;
        seen.last = Math.max(seen.last, snapshot.rangesDone);
      }
      if (seen.loaded) return;
      const isFar = snapshot !== undefined && snapshot.rangesDone > 0 && snapshot.rangesDone >= Math.floor(share * snapshot.ranges);
      if (point === "ranges" && (isFar || snapshot?.phase === "build")) return;
      if (point === "build" && snapshot?.phase === "build") return;
      await delay(LOOK_MS);
    }
    throw new Error(`it had no state after ${LOAD_TIMEOUT_MS} ms`);
  }

  /** The state is there: it is what executing all blocks comes to, and the next sync begins anew. */
  async #judge({ checkpoint, promises }: Under, random: () => number): Promise<readonly string[]> {
    this.#under = undefined;
    const { chain } = this.#life;
    if (random() < 0.3) {
      const { code, output } = await runTool(["db", "verify", "--config", chain.configFile, "--data-dir", this.#fresh, "--json"]);
      this.#tally.count("db verify of what was synced", code === 0 ? "ok" : "FAILED");
      if (code !== 0) return [`db verify of what was synced ended with ${code}: ${output.slice(-2_000)}`];
    }
    const found = await this.#tally.timed("an audit of state sync", () => this.#life.compareAside(this.#fresh, "all", promises));
    if (found.refused !== undefined) return [`what was synced refuses: ${found.refused.code}: ${found.refused.message}`];
    const faults = found.losses.map((loss) => `synced: ${loss}`);
    if (found.height < checkpoint.height) faults.push(`it begins at height ${checkpoint.height}, and its head is at ${found.height}`);
    this.#tally.count("state sync", faults.length === 0 ? "loaded and compared" : "LOSS");
    if (faults.length === 0) await rm(this.#fresh, { recursive: true, force: true });
    return faults;
  }

  /** A node that does not sync any more must not take a half state for one. */
  async #half(under: Under, random: () => number): Promise<readonly string[]> {
    const copy = `${this.#fresh}-half`;
    await copyData(this.#fresh, copy);
    const { losses, refused, height } = await this.#life.compareAside(copy, "new", new Promises());
    await rm(copy, { recursive: true, force: true });
    if (refused !== undefined) return [`with half a state it refuses: ${refused.code}: ${refused.message}`];
    // It was whole, and killed before it could say so: then all of it has to be there.
    if (height >= under.checkpoint.height) return this.#judge(under, random);
    this.#tally.count("state sync", "half a state was discarded");
    return height === 0 ? losses : [`with half a state, its head is at height ${height}`];
  }
}
