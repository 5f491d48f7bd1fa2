/**
 * What a report is made of: plain data that an observer collects in a run. Memory is bounded: what is too much to keep is counted in
 * `left`, and the page says so.
 */
import { Hash, type HashKey } from "../../sdk.js";
import type { BlockSeen, HeadMoved, RunView, SimulationObserver, TransactionSeen } from "../checkers/checker.js";
import type { LogLine } from "../node/ground.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import { durationUs } from "../scenario/duration.js";
import { plansOf } from "../scenario/roster.js";
import type { Action } from "../scenario/timeline.js";

/** Times are virtual milliseconds since the run's beginning, nodes and blocks are numbers of their lists. */
export interface RunRecord {
  readonly description: string;
  readonly durationMs: number;
  readonly nodes: readonly RecordedNode[];
  /** By the time that a node had them first, so parents before children. */
  readonly blocks: readonly RecordedBlock[];
  /** Faults and starts, as they happened. */
  readonly actions: readonly Action[];
  readonly lives: readonly { readonly atMs: number; readonly node: number; readonly isUp: boolean }[];
  readonly heads: readonly RecordedHead[];
  readonly samples: readonly RecordedSample[];
  /** Answers to transfers: `accepted` or a code, and how often. */
  readonly outcomes: readonly (readonly [outcome: string, count: number])[];
  /** Warnings and errors of nodes, alike ones together. */
  readonly logs: readonly RecordedLog[];
  /** What was too much to keep. */
  readonly left: { readonly blocks: number; readonly arrivals: number; readonly heads: number; readonly logs: number };
}

export interface RecordedNode {
  readonly name: string;
  readonly group: string;
  readonly isHonest: boolean;
  /** Percent. */
  readonly hashShare: number;
}

export interface RecordedBlock {
  readonly id: string;
  /** −1: genesis, or not recorded. */
  readonly parent: number;
  readonly height: number;
  readonly seenMs: number;
  readonly seenBy: number;
  /** At nodes that were up when the first one had it, ms after that, without the first. */
  readonly delaysMs: readonly number[];
  /** Nodes that got it later because they were down or had not begun. */
  readonly caughtUp: number;
}

export interface RecordedHead {
  readonly atMs: number;
  readonly node: number;
  /** −1: genesis, or not recorded. */
  readonly block: number;
  readonly height: number;
  readonly undone: number;
}

export interface RecordedSample {
  readonly atMs: number;
  readonly nodesUp: number;
  /** Since the beginning. */
  readonly messages: number;
  readonly bytes: number;
  /** Transactions in the fullest mempool, and in the middle one. */
  readonly poolMost: number;
  readonly poolMiddle: number;
}

export interface RecordedLog {
  readonly level: string;
  readonly component: string;
  readonly message: string;
  /** Of its data, where it has one. */
  readonly code: string;
  readonly count: number;
  readonly firstMs: number;
}

const BLOCKS_MOST = 100_000;
const ARRIVALS_MOST = 2_000_000;
const HEADS_MOST = 1_000_000;
const LOGS_MOST = 200;
/** Beyond, every second sample is dropped, and they are taken half as often. */
const SAMPLES_MOST = 800;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type OpenBlock = Mutable<Omit<RecordedBlock, "delaysMs">> & { readonly delaysMs: number[]; readonly has: Uint8Array };

/** Records a run: pass `observer` to it, and take the record afterwards. */
export function runRecorder(): { readonly observer: (run: RunView) => SimulationObserver; readonly record: () => RunRecord } {
  let recorder: RunRecorder | undefined;
  return {
    observer: (run) => {
      recorder = new RunRecorder(run);
      return recorder;
    },
    record: () => {
      if (recorder === undefined) throw new RangeError("there was no run to record: pass `observer` to simulate() first");
      return recorder.record();
    },
  };
}

class RunRecorder implements SimulationObserver {
  readonly #run: RunView;
  readonly #numbers = new Map<HashKey, number>();
  readonly #blocks: OpenBlock[] = [];
  readonly #actions: Action[] = [];
  readonly #lives: { readonly atMs: number; readonly node: number; readonly isUp: boolean }[] = [];
  readonly #heads: RecordedHead[] = [];
  /** Of each node, since it is up; infinity: it is not. */
  readonly #upSinceMs: number[];
  #samples: RecordedSample[] = [];
  #stride = 1;
  #looks = 0;
  readonly #outcomes = new Map<string, number>();
  readonly #logs = new Map<string, Mutable<RecordedLog>>();
  #arrivals = 0;
  readonly #left = { blocks: 0, arrivals: 0, heads: 0, logs: 0 };

  constructor(run: RunView) {
    this.#run = run;
    this.#upSinceMs = run.nodes.map(() => Number.POSITIVE_INFINITY);
  }

  get #nowMs(): number {
    return this.#run.world.nowUs / 1e3;
  }

  onAction(action: Action): void {
    this.#actions.push(action);
  }

  onUp(node: SimulatedNode): void {
    const { index } = node.machine;
    this.#upSinceMs[index] = this.#nowMs;
    this.#lives.push({ atMs: this.#nowMs, node: index, isUp: true });
    this.#head(index, Hash.key(node.chain.head.id), node.chain.head.header.height, 0);
  }

  onDown(node: SimulatedNode): void {
    const { index } = node.machine;
    this.#upSinceMs[index] = Number.POSITIVE_INFINITY;
    this.#lives.push({ atMs: this.#nowMs, node: index, isUp: false });
  }

  onBlock({ node, header }: BlockSeen): void {
    const { index } = node.machine;
    const key = Hash.key(header.id);
    const known = this.#blocks[this.#numbers.get(key) ?? -1];
    if (known === undefined) this.#first(key, header.header, index);
    else this.#arrived(known, index);
  }

  onHead({ node, head, undone }: HeadMoved): void {
    this.#head(node.machine.index, Hash.key(head.id), head.header.height, undone);
  }

  onTransaction({ outcome }: TransactionSeen): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  onLog({ level, component, message, data, atMs }: LogLine): void {
    if (level !== "warn" && level !== "error" && level !== "fatal") return;
    const code = String((data as { readonly code?: unknown }).code ?? "");
    const kind = `${level} ${component} ${code} ${message}`;
    const known = this.#logs.get(kind);
    if (known !== undefined) known.count++;
    else if (this.#logs.size < LOGS_MOST) this.#logs.set(kind, { level, component, message, code, count: 1, firstMs: atMs });
    else this.#left.logs++;
  }

  onLook(): void {
    if (this.#looks++ % this.#stride !== 0) return;
    const up = this.#run.nodes.filter(({ isUp }) => isUp);
    const pools = up.map(({ mempool }) => mempool.count).sort((one, other) => one - other);
    const { messages, bytes } = this.#run.nodes[0]?.parts.network.counts ?? { messages: 0, bytes: 0 };
    const [poolMost, poolMiddle] = [pools.at(-1) ?? 0, pools[Math.floor(pools.length / 2)] ?? 0];
    this.#samples.push({ atMs: this.#nowMs, nodesUp: up.length, messages, bytes, poolMost, poolMiddle });
    if (this.#samples.length < SAMPLES_MOST) return;
    this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
    this.#stride *= 2;
  }

  record(): RunRecord {
    const { scenario, nodes } = this.#run;
    return {
      description: scenario.description,
      durationMs: durationUs(scenario.duration) / 1e3,
      nodes: plansOf(scenario).map(({ name, group, hashShare, index }) => ({
        name,
        group: group.name,
        isHonest: nodes[index]?.isHonest ?? true,
        hashShare,
      })),
      blocks: this.#blocks.map(({ has: _, ...block }) => block),
      actions: this.#actions,
      lives: this.#lives,
      heads: this.#heads,
      samples: this.#samples,
      outcomes: [...this.#outcomes].sort(([one], [other]) => (one < other ? -1 : 1)),
      logs: [...this.#logs.values()],
      left: { ...this.#left },
    };
  }

  #first(key: HashKey, { parent, height }: { readonly parent: Hash; readonly height: number }, node: number): void {
    if (this.#blocks.length >= BLOCKS_MOST) {
      this.#left.blocks++;
      return;
    }
    const has = new Uint8Array(Math.ceil(this.#run.nodes.length / 8));
    const number = this.#blocks.length;
    this.#numbers.set(key, number);
    const block: OpenBlock = {
      id: key,
      parent: this.#numbers.get(Hash.key(parent)) ?? -1,
      height,
      seenMs: this.#nowMs,
      seenBy: node,
      delaysMs: [],
      caughtUp: 0,
      has,
    };
    mark(has, node);
    this.#blocks.push(block);
  }

  #arrived(block: OpenBlock, node: number): void {
    // After a crash a node may get a block a second time.
    if (!mark(block.has, node)) return;
    if ((this.#upSinceMs[node] ?? 0) > block.seenMs) block.caughtUp++;
    else if (this.#arrivals >= ARRIVALS_MOST) this.#left.arrivals++;
    else {
      this.#arrivals++;
      block.delaysMs.push(this.#nowMs - block.seenMs);
    }
  }

  #head(node: number, key: HashKey, height: number, undone: number): void {
    if (this.#heads.length >= HEADS_MOST) this.#left.heads++;
    else this.#heads.push({ atMs: this.#nowMs, node, block: this.#numbers.get(key) ?? -1, height, undone });
  }
}

/** Answers whether the bit was clear. */
function mark(bits: Uint8Array, at: number): boolean {
  const [index, bit] = [at >> 3, 1 << (at & 7)];
  const before = bits[index] ?? 0;
  bits[index] = before | bit;
  return (before & bit) === 0;
}
