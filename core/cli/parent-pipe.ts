/**
 * For nodes that another program started and watches (`start --json --parent-pipe`): they end with it, also when it is
 * killed, and they tell it more of themselves than blocks.
 */
import type { Node } from "../node/create-node.js";
import {
  CHAIN_VIEW,
  type ChainView,
  CONSENSUS,
  type Consensus,
  MEMPOOL_VIEW,
  type MempoolView,
  NETWORK_VIEW,
  type NetworkView,
} from "../ports/index.js";
import type { Output } from "./output.js";
import type { StopSignal } from "./stop-signal.js";

const LOOK_MS = 200;

/** Requests a stop when standard input ends: the other end of the pipe closes with the process that holds it, however that dies. */
export function stopWithParent(stop: StopSignal): void {
  for (const event of ["end", "close", "error"]) process.stdin.on(event, () => stop.request());
  process.stdin.resume();
  // It must not keep the process alive once the node has stopped.
  (process.stdin as { unref?: () => void }).unref?.();
}

/**
 * Writes a line of JSON whenever peers, mempool, sync state or, of an engine that has finality of its own, what is justified and finalized
 * are other than before. @returns what ends it
 */
export function reportStatus(node: Node, output: Output): () => void {
  const network = node.get<NetworkView>(NETWORK_VIEW);
  const mempool = node.get<MempoolView>(MEMPOOL_VIEW);
  const finality = finalityOf(node);
  let written = "";
  const look = (): void => {
    const { state, targetHeight } = network.sync;
    const line = { type: "status", peers: network.peers.length, pending: mempool.count, sync: state, targetHeight, ...finality() };
    const text = JSON.stringify(line);
    if (text === written) return;
    written = text;
    output.jsonLine(line);
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => clearInterval(timer);
}

/** Finality by depth alone says nothing that the height does not say. */
function finalityOf(node: Node): () => { readonly justifiedHeight?: number; readonly finalizedHeight?: number } {
  if (node.get<Consensus>(CONSENSUS).traits.finality !== "gadget") return () => ({});
  const chain = node.get<ChainView>(CHAIN_VIEW);
  return () => {
    const { justified, finalized } = chain.status();
    return { justifiedHeight: justified.header.height, finalizedHeight: finalized.header.height };
  };
}
