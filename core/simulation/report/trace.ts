/**
 * The timeline of a run as text: JSON Lines, one event a line, in the order of virtual time, the same bytes for the same run.
 *
 * Each line is an object whose first fields are `us` (virtual microseconds since the beginning), `kind`, and `node` where it happened at
 * one. README.md has the fields of each kind. The first line is of kind `run`, the last of kind `end`; these two are always there. Fields
 * may be added, so that readers skip those that they do not know; what is here keeps its meaning within one `trace` version.
 */
import { Hash } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import type { SimulationResult } from "../run/simulation.js";

export const TRACE_KINDS = ["fault", "up", "down", "block", "head", "transaction", "log", "message"] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

export interface TraceOptions {
  /** Gets a line, with its line feed. Called within the run: synchronous, and nothing else may come of it. */
  readonly write: (line: string) => void;
  /** Default: all but `message`, of which there are by far the most. */
  readonly kinds?: readonly TraceKind[];
  /** Beyond, lines are counted and not written. Default 1,000,000. */
  readonly linesMost?: number;
}

const TRACE_VERSION = 1;
const DEFAULT_LINES = 1_000_000;

export interface Trace {
  readonly observer: (run: RunView) => SimulationObserver;
  /** Writes the last line. */
  end(result: SimulationResult): void;
}

/** Traces a run: pass `observer` to it, and call `end` with its result. */
export function traceTo({
  write,
  kinds = TRACE_KINDS.filter((kind) => kind !== "message"),
  linesMost = DEFAULT_LINES,
}: TraceOptions): Trace {
  let [written, left] = [0, 0];
  const line = (event: object): void => {
    if (written >= linesMost) left++;
    else {
      written++;
      write(`${JSON.stringify(event)}\n`);
    }
  };
  return {
    observer: (run) => {
      const { scenario, seed } = run;
      const nodes = run.nodes.map(({ name, isHonest }) => (isHonest ? { name } : { name, byzantine: true }));
      write(`${JSON.stringify({ us: 0, kind: "run", trace: TRACE_VERSION, scenario: scenario.name, seed, kinds, nodes })}\n`);
      return observerOf(run, new Set(kinds), line);
    },
    end: ({ digest, failure, elapsedMs, height, stale }) => {
      const us = Math.round(elapsedMs * 1e3);
      const failed = failure === undefined ? null : { code: failure.code, message: failure.message };
      write(`${JSON.stringify({ us, kind: "end", digest, failure: failed, height, stale, linesLeftOut: left })}\n`);
    },
  };
}

function observerOf(run: RunView, kinds: ReadonlySet<TraceKind>, line: (event: object) => void): SimulationObserver {
  const { world } = run;
  const all: Required<Omit<SimulationObserver, "onLook" | "atEnd">> = {
    onAction: ({ atUs: _, ...action }) => line({ us: world.nowUs, kind: "fault", ...action }),
    onUp: ({ name, chain }) =>
      line({ us: world.nowUs, kind: "up", node: name, height: chain.head.header.height, id: Hash.key(chain.head.id) }),
    onDown: ({ name }) => line({ us: world.nowUs, kind: "down", node: name }),
    onBlock: ({ node, header, canonical, isFirst }) => {
      const { height, parent } = header.header;
      const [id, under] = [Hash.key(header.id), Hash.key(parent)];
      line({ us: world.nowUs, kind: "block", node: node.name, height, id, parent: under, canonical, first: isFirst });
    },
    onHead: ({ node, head, undone }) =>
      line({ us: world.nowUs, kind: "head", node: node.name, height: head.header.height, id: Hash.key(head.id), undone }),
    onTransaction: ({ node, id, outcome }) => line({ us: world.nowUs, kind: "transaction", node: node.name, outcome, id }),
    onLog: ({ node, level, component, message, data }) =>
      line({ us: world.nowUs, kind: "log", node, level, component, message, data: plain(data) }),
    onMessage: ({ from, to, channel, bytes, sentUs }) =>
      line({ us: world.nowUs, kind: "message", node: to.name, from: from.name, channel, bytes: bytes.length, sentUs }),
  };
  const methods = {
    fault: "onAction",
    up: "onUp",
    down: "onDown",
    block: "onBlock",
    head: "onHead",
    transaction: "onTransaction",
    log: "onLog",
    message: "onMessage",
  } as const;
  // What is not asked for is not there: a network that nobody listens to is faster.
  return Object.fromEntries(TRACE_KINDS.filter((kind) => kinds.has(kind)).map((kind) => [methods[kind], all[methods[kind]]]));
}

/** Data of a log line: bigints as text, errors as their messages. */
function plain(data: object): unknown {
  return JSON.parse(
    JSON.stringify(data, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value instanceof Error ? value.message : value,
    ),
  );
}
