/** Runs a node until a signal ends it, and says what it does on the way: shared by `start` and `dev`. */
import { createNode, type Node, type NodeOptions } from "../node/create-node.js";
import {
  API_ADDRESS,
  type ApiAddress,
  CHAIN_EVENTS,
  CHAIN_VIEW,
  type ChainEvent,
  type ChainEvents,
  type ChainView,
  NETWORK_VIEW,
  type NetworkView,
} from "../ports/index.js";
import { Hash } from "../primitives/hash.js";
import type { Context } from "./context.js";
import { ExitCode } from "./exit-codes.js";
import { reportStatus } from "./parent-pipe.js";
import type { StopSignal } from "./stop-signal.js";
import { isOneOfMany, showSync } from "./sync-progress.js";

/** A stop that hangs ends the process after this long; everything acknowledged is durable anyway. */
const STOP_TIMEOUT_MS = 10_000;
const EVENTS_AT_ONCE = 200;

export interface RunOptions extends NodeOptions {
  readonly json: boolean;
  /** Also write a line when peers, mempool or sync state change. */
  readonly reportsStatus?: boolean;
  /** Called once the node runs, before the first block is reported. */
  readonly onReady: (node: Node, apiUrl: string | undefined) => void;
}

/** Resolves with the exit code once the node has stopped; whenever the signal comes, what had started is stopped first. */
export async function runNode(options: RunOptions, context: Context, stop: StopSignal): Promise<number> {
  let fatal: unknown;
  const node = await createNode({
    ...options,
    onFatal: (error) => {
      fatal = error;
      stop.request();
    },
  });
  if (stop.requested) return ExitCode.ok;
  const started = node.start();
  await Promise.race([started, stop.wait]);
  let stopReporting: () => void = () => undefined;
  if (!stop.requested) {
    options.onReady(node, node.has(API_ADDRESS) ? node.get<ApiAddress>(API_ADDRESS).url : undefined);
    const stopBlocks = reportBlocks(node, options.json, context);
    const stopSync = showSync(node.get<NetworkView>(NETWORK_VIEW), options.json, context.output);
    const stopStatus = options.reportsStatus === true ? reportStatus(node, context.output) : () => undefined;
    stopReporting = () => {
      stopStatus();
      stopSync();
      stopBlocks();
    };
    await stop.wait;
  }
  stopReporting();
  const deadline = setTimeout(() => process.exit(ExitCode.failure), STOP_TIMEOUT_MS);
  try {
    await node.stop();
    await started.catch(() => undefined);
  } catch (error) {
    // What made it stop says more than what could not be stopped in order because of it; the kernel has logged that.
    throw fatal ?? error;
  } finally {
    clearTimeout(deadline);
  }
  if (fatal === undefined) return ExitCode.ok;
  throw fatal;
}

/** One line a block, from the chain's events; as text, only for those that are not fetched by the hundred. */
function reportBlocks(node: Node, json: boolean, { output }: Context): () => void {
  const events = node.get<ChainEvents>(CHAIN_EVENTS);
  const view = node.get<ChainView>(CHAIN_VIEW);
  const network = node.get<NetworkView>(NETWORK_VIEW);
  // The first block may have come while the others were starting.
  let cursor = Math.max(0, events.latest - EVENTS_AT_ONCE);
  const since = view.status().head.header.height === 0 ? 0 : events.latest;
  cursor = Math.max(cursor, since);
  let reading = false;
  let stopped = false;
  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      while (!stopped && cursor < events.latest) {
        for (const event of await events.read(cursor, EVENTS_AT_ONCE)) {
          cursor = event.sequence;
          report(event);
        }
      }
    } catch {
      // Some are no longer kept (a database that was rewound or rebuilt), or can't be read: who has to do something about that reads them, too.
      cursor = events.latest;
    } finally {
      reading = false;
    }
  };
  const report = (event: ChainEvent): void => {
    if (event.type === "finalized") return;
    const info = view.blockInfo(event.blockId);
    const transactions = info?.transactionCount ?? 0;
    const id = Hash.key(event.blockId);
    if (json) {
      output.jsonLine({ type: event.type === "applied" ? "block" : "undone", height: event.height, hash: id, transactions });
      return;
    }
    if (event.type === "applied" && isOneOfMany(network.sync, event.height)) return;
    const label = event.type === "applied" ? output.style("green", "block") : output.style("yellow", "undone");
    const count = transactions === 1 ? "1 transaction" : `${transactions} transactions`;
    output.line(`${label} ${String(event.height).padStart(6)}  ${id.slice(0, 16)}  ${count}`);
  };
  const unsubscribe = events.onAppended(() => void read());
  void read();
  return () => {
    stopped = true;
    unsubscribe();
  };
}
