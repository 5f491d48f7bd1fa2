/** Shows how far a node's synchronization is: a bar on a terminal, JSON lines where they are asked for; logs do the rest. */
import type { NetworkView, SnapshotSyncStatus, SyncStatus } from "../ports/index.js";
import type { Output } from "./output.js";

const REFRESH_MS = 250;
const BAR_WIDTH = 30;
/** Of a sync, so many blocks before its end get a line each; those before would bury everything else. */
const SHOWN_BLOCKS = 20;

/** Begins to show; answers the function that ends it. */
export function showSync(network: NetworkView, json: boolean, output: Output): () => void {
  let shown: SyncStatus["state"] | undefined;
  const look = (): void => {
    const { sync } = network;
    if (json) {
      if (sync.state !== shown) output.jsonLine({ type: "sync", ...sync, peers: network.peers.length });
    } else if (sync.snapshot !== undefined) output.status(snapshotLine(sync.snapshot, sync.activePeers));
    else if (sync.state === "syncing") output.status(syncLine(sync));
    else if (shown === "syncing" || shown === "snapshot") output.status(undefined);
    shown = sync.state;
  };
  const timer = setInterval(look, REFRESH_MS);
  look();
  return () => {
    clearInterval(timer);
    output.status(undefined);
  };
}

/** Whether a block at `height` is one of many on the way to the network's head, so that the bar speaks for it. */
export function isOneOfMany({ state, targetHeight }: SyncStatus, height: number): boolean {
  return state === "syncing" && targetHeight - height >= SHOWN_BLOCKS;
}

/** `snapshot  [=====     ]  height 12,000  loading  120 of 245 ranges  24.1 of 50.2 MB  44 %  from 3 peers` */
export function snapshotLine(snapshot: SnapshotSyncStatus, activePeers: number): string {
  const { phase, height, percent, headers, headersDone, ranges, rangesDone, bytes, bytesDone, problem } = snapshot;
  const at = `height ${height.toLocaleString("en")}`;
  if (problem !== undefined) return `snapshot  ${at}  waiting: ${problem}`;
  const ofHeaders = `${headersDone.toLocaleString("en")} of ${headers.toLocaleString("en")} headers`;
  if (phase === "headers") return `snapshot  ${at}  ${ofHeaders}`;
  if (phase === "search" && headersDone < headers) return `snapshot  ${at}  checking ${ofHeaders}`;
  if (phase === "search") return `snapshot  ${at}  asking peers for snapshots`;
  const filled = Math.floor((percent * BAR_WIDTH) / 100);
  const bar = `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]`;
  const megabytes = (count: number) => (count / 1e6).toFixed(1);
  const done =
    phase === "build"
      ? "building the state"
      : `${rangesDone.toLocaleString("en")} of ${ranges.toLocaleString("en")} ranges  ${megabytes(bytesDone)} of ${megabytes(bytes)} MB  from ${activePeers} peer${activePeers === 1 ? "" : "s"}`;
  return `snapshot  ${bar}  ${at}  ${percent} %  ${done}`;
}

/** `sync  [=====     ]  1,200 of 4,000 blocks  30 %  950 blocks/s  from 3 peers  3 s left` */
export function syncLine({ currentHeight, targetHeight, blocksPerSecond, activePeers }: SyncStatus): string {
  const share = targetHeight === 0 ? 1 : Math.min(1, currentHeight / targetHeight);
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]`;
  const left = blocksPerSecond > 0 ? `  ${Math.ceil((targetHeight - currentHeight) / blocksPerSecond)} s left` : "";
  const counts = `${currentHeight.toLocaleString("en")} of ${targetHeight.toLocaleString("en")} blocks`;
  const speed = `${Math.round(blocksPerSecond).toLocaleString("en")} blocks/s  from ${activePeers} peer${activePeers === 1 ? "" : "s"}`;
  return `sync  ${bar}  ${counts}  ${Math.floor(share * 100)} %  ${speed}${left}`;
}
