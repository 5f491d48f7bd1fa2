/**
 * What APIs, indexers, explorers and validators may see of a node, and nothing deeper.
 *
 * Laws of ChainEvents: events are totally ordered by `sequence`, without gaps as far as they are kept; for every reorg the
 * undone blocks come first, tip downward, then the applied ones, upward. An event is durable before anyone sees it, so a
 * cursor stored by a reader means the same after any crash. A reader whose cursor is older than what is kept gets
 * EVENTS_PRUNED and starts over from the chain itself; so does one whose cursor is ahead of `latest` (EVENTS_AHEAD): its
 * cursor belongs to another database.
 */
import type { Address } from "../primitives/address.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { MerkleProof } from "../primitives/merkle.js";
import type { ChainSpec } from "./chain-spec.js";
import type { TreeHeader } from "./consensus.js";
import type { Json, Receipt } from "./ledger.js";
import type { MiningControl } from "./mining.js";
import type { StateView } from "./state.js";

export interface ChainStatus {
  readonly head: TreeHeader;
  readonly justified: TreeHeader;
  readonly finalized: TreeHeader;
  readonly genesisId: Hash;
  /** Height up to which state is on disk; above, it is re-executed after a crash. */
  readonly flushedHeight: number;
  /** What of the past this node keeps, as its config says: node.chain.pruning. */
  readonly pruning: PruningMode;
  /**
   * Lowest height from which the bodies and receipts of all canonical blocks are kept; 0: of all. Genesis' is always kept. Below
   * there are headers only: of a node that prunes, or that began from a snapshot.
   */
  readonly bodiesFrom: number;
  /** Lowest height from which `ChainView.state` answers for all canonical blocks. Above the head's own only before the first flush. */
  readonly statesFrom: number;
}

/** `archive`: all blocks, state at any height. `full`: all blocks, recent state. `pruned`: recent blocks, all headers, recent state. */
export type PruningMode = "archive" | "full" | "pruned";

export interface BlockInfo {
  readonly record: TreeHeader;
  /** `canonical`: on the head's chain. `stale`: valid, off it. */
  readonly standing: "canonical" | "stale";
  readonly sizeBytes: number;
  readonly transactionCount: number;
}

export interface TransactionLocation {
  readonly blockId: Hash;
  readonly height: number;
  readonly index: number;
}

export interface TransactionInfo extends TransactionLocation {
  readonly raw: Bytes;
  readonly receipt: Receipt;
  /** Blocks on top of and including its own. */
  readonly confirmations: number;
}

/** What became of a transaction in its block, for indexes. */
export interface TransactionOutcome {
  readonly raw: Bytes;
  readonly receipt: Receipt;
  /** Whom it concerns, each once. Undefined where the ledger does not tell (`ChainView.ledger.tellsAddresses`). */
  readonly addresses: readonly Address[] | undefined;
}

export interface ChainView {
  readonly spec: ChainSpec;
  status(): ChainStatus;
  /** By id, any branch. */
  blockInfo(id: Hash): BlockInfo | undefined;
  block(id: Hash): Promise<Block | undefined>;
  receipts(id: Hash): Promise<readonly Receipt[] | undefined>;
  /**
   * All transactions of a block with what became of them, in order and a few dozen at a time. Each piece is decoded when it is
   * asked for, so that a reader of large blocks can let others run in between. Undefined where the block or its receipts are
   * not kept (it is pruned, or was never executed).
   */
  outcomes(id: Hash): Iterable<readonly TransactionOutcome[]> | undefined;
  /** Canonical id at a height. */
  idAt(height: number): Hash | undefined;
  /** Canonical transactions only. */
  transaction(id: Hash): Promise<TransactionInfo | undefined>;
  /** Merkle proof of the raw transaction's hash against `transactionsRoot`. */
  transactionProof(location: TransactionLocation): Promise<MerkleProof>;
  /**
   * State after `id` (default: the head). Undefined beyond the undo horizon, but in archive mode: there, canonical blocks down to
   * `ChainStatus.statesFrom` have a view that answers for what was prefetched before, and makes no proofs.
   */
  state(id?: Hash): StateView | undefined;
  /** A transaction as JSON, or undefined where it does not decode. */
  describeTransaction(raw: Bytes, height: number): Json | undefined;
  describeAccount(address: Address, view: StateView): Json;
  accountKeys(address: Address): readonly Bytes[];
  /** The engine's own words: status, header fields, confirmations it asks for. */
  readonly consensus: { readonly plugin: string; readonly confirmations: number; status(): Json; describeHeader(id: Hash): Json };
  /** `tellsAddresses`: whether `outcomes` have `addresses`. */
  readonly ledger: { readonly plugin: string; readonly kind: string; readonly tellsAddresses: boolean };
}

export type ChainEvent =
  | { readonly sequence: number; readonly type: "applied"; readonly blockId: Hash; readonly height: number }
  | { readonly sequence: number; readonly type: "undone"; readonly blockId: Hash; readonly height: number }
  | { readonly sequence: number; readonly type: "finalized"; readonly blockId: Hash; readonly height: number };

export interface ChainEvents {
  /** Sequence of the newest event; 0 if there is none. */
  readonly latest: number;
  /** Events with `sequence` > `after`, oldest first, at most `limit` (≤ 1,000). @throws EVENTS_PRUNED, EVENTS_AHEAD */
  read(after: number, limit: number): Promise<readonly ChainEvent[]>;
  /** Calls back after events became readable, coalesced; answers the function that ends it. */
  onAppended(listener: () => void): () => void;
}

export interface PoolEntry {
  readonly id: Hash;
  readonly raw: Bytes;
  readonly sender: string;
  readonly fee: bigint;
  readonly weight: number;
  /** `ready`: may be in the next block. `queued`: waits for another transaction or height. */
  readonly standing: "ready" | "queued";
}

/** What became of an accepted transaction that is no longer pooled and not in a block. */
export type DropReason = "replaced" | "expired" | "evicted" | "invalid";

export interface MempoolView {
  readonly count: number;
  readonly bytes: number;
  get(id: Hash): PoolEntry | undefined;
  /** Best first, at most `limit` (≤ 1,000) from `offset`. */
  list(offset: number, limit: number): readonly PoolEntry[];
  /** Why a recently accepted transaction is gone, as far as it is remembered. */
  dropped(id: Hash): DropReason | undefined;
  /** Facts of one sender's queue: ids in order of execution. */
  ofSender(sender: string): readonly PoolEntry[];
}

/** Hands a transaction in. Resolves once it is accepted: verified and in the mempool journal. */
export interface TransactionSubmission {
  /** @throws MEMPOOL_*, LEDGER_*, ENCODING_* with what to do */
  submit(raw: Bytes): Promise<{ readonly id: Hash; readonly standing: "ready" | "queued" | "known" }>;
}

export interface PeerInfo {
  readonly nodeId: string;
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  readonly agent: string;
  readonly headHeight: number;
  readonly headId: string;
  /** Milli-points, 0 … 100,000. */
  readonly scoreMilli: number;
  readonly connectedSinceMs: number;
  /** Of the last ping; undefined before the first answer. */
  readonly latencyMs?: number;
}

/** What the peer book remembers of an address. */
export interface PeerRecord {
  readonly address: string;
  /** Hex; absent until somebody proved an identity there. */
  readonly nodeId?: string;
  readonly source: "config" | "operator" | "exchange" | "inbound";
  readonly persistent: boolean;
  readonly scoreMilli: number;
  readonly connected: boolean;
  readonly lastConnectedMs?: number;
  /**
   * Why the last dial or the connection after it came to nothing. `code` is stable and UPPER_SNAKE, of whoever ended it; absent
   * where it was not written down. A reason that the peer gave begins with `it refused:`.
   */
  readonly lastFailure?: { readonly atMs: number; readonly code?: string; readonly reason: string };
  readonly failuresInARow: number;
}

export interface PeerBan {
  /** Node id (hex) or address. */
  readonly subject: string;
  readonly untilMs: number;
  readonly reason: string;
  /** `node`: this node itself, for what the peer did. Absent: not known. */
  readonly by?: "operator" | "node";
}

/** `snapshot`: the state is being loaded from peers; the chain stands at genesis until it is there. */
export type SyncState = "starting" | "synced" | "syncing" | "isolated" | "snapshot";

/** How far a node is that begins from a checkpoint's state. */
export interface SnapshotSyncStatus {
  /** `headers` down to genesis, `search` for a snapshot, its `ranges`, then the `build` of its state. */
  readonly phase: "headers" | "search" | "ranges" | "build";
  /** Of the block whose state it is; the checkpoint's until a snapshot is found. */
  readonly height: number;
  readonly id: string;
  /** 0 to 100, of ranges and build. */
  readonly percent: number;
  /** Up to the checkpoint; in `search`, while those above it are checked, up to the block that has the snapshot. */
  readonly headers: number;
  readonly headersDone: number;
  readonly ranges: number;
  readonly rangesDone: number;
  /** Of the ranges, as they come. */
  readonly bytes: number;
  readonly bytesDone: number;
  /** Why it does not go on, and what to do. */
  readonly problem?: string;
}

export interface SyncStatus {
  readonly state: SyncState;
  readonly currentHeight: number;
  /** What the best peer says it has; the own height where that is more. */
  readonly targetHeight: number;
  /** Of headers that were checked ahead of their bodies. */
  readonly headerHeight: number;
  readonly blocksPerSecond: number;
  /** Peers that blocks, or ranges of a snapshot, are being fetched from. */
  readonly activePeers: number;
  /** While a checkpoint start is under way. */
  readonly snapshot?: SnapshotSyncStatus;
  /** A better branch that this node may not follow; gone once this node's own chain is better again. */
  readonly refusedBranch?: RefusedBranch;
}

/**
 * A branch whose checked headers outweigh this node's chain, and that leaves it below what is final here: the network was split for longer
 * than the chain's reorg limit, or somebody rewrote it. Only the operator can decide which side is right.
 */
export interface RefusedBranch {
  /** Of the highest header that was checked. */
  readonly height: number;
  readonly id: Hash;
  readonly weight: bigint;
  /** The last block that both have. */
  readonly forkHeight: number;
  readonly forkId: Hash;
  /** Blocks of this node's chain above it. */
  readonly depth: number;
  /** Node id of who showed it. */
  readonly peer: string;
  /** Milliseconds since the Unix epoch, when it was shown last. */
  readonly seenAtMs: number;
}

export interface NetworkView {
  readonly nodeId: string;
  /** Addresses that this node listens on, as its transports write them. */
  readonly listening: readonly string[];
  readonly peers: readonly PeerInfo[];
  readonly sync: SyncStatus;
}

/** The peer book as administrators see and change it. */
export interface PeerAdministration {
  /** Best first. */
  records(): readonly PeerRecord[];
  bans(): readonly PeerBan[];
  /** Adds an address and dials it; `persistent` ones are dialed again for ever. @throws NETWORK_BAD_ADDRESS, NETWORK_NO_TRANSPORT */
  add(address: string, options: { readonly persistent: boolean }): Promise<void>;
  /** Bans a node id or an address and closes its connections. @throws NETWORK_BAD_PEER */
  ban(subject: string, options: { readonly durationMs: number; readonly reason: string }): Promise<void>;
  /** Answers whether there was such a ban. */
  unban(subject: string): Promise<boolean>;
}

/** Whether the node is up, for /health and process managers. */
export interface NodeHealth {
  readonly startedAtMs: number;
  readonly version: string;
  /** Empty when ready; otherwise what is missing, one line each. */
  notReady(): readonly string[];
  /** What the node can't mend by itself, and works in spite of. */
  warnings?(): readonly NodeWarning[];
}

/** Something that an operator should look at. */
export interface NodeWarning {
  /** Stable. */
  readonly code: string;
  /** What it is, and what to do. */
  readonly message: string;
  readonly data: { readonly [key: string]: Json };
}

/** A whole snapshot of the state that a node keeps for others. */
export interface SnapshotSummary {
  readonly height: number;
  /** Block id. */
  readonly id: Hash;
  /** SHA-256 of its manifest: equal on all honest nodes. */
  readonly manifestHash: Hash;
  readonly entries: number;
  readonly chunks: number;
  /** Of all chunks. */
  readonly bytes: number;
  /** Where it lies; the operator's business. */
  readonly folder: string;
}

/** What an administrator may do to a running node; APIs put it behind the admin token. */
export interface NodeControl {
  /** Makes `count` (1 … 1,000) blocks now. @throws NODE_CANNOT_PRODUCE */
  produceBlocks(count: number): Promise<readonly Hash[]>;
  /** @throws NODE_CANNOT_PRODUCE, and what the engine's producer misses */
  startProducing(): Promise<void>;
  stopProducing(): Promise<void>;
  /** Of a node whose engine mines. */
  readonly mining?: MiningControl;
  /**
   * Makes a snapshot of the state, in the background; resolves when it is whole. Not every node can.
   *
   * @param height of a canonical block whose state is kept; default: the finalized one's
   * @throws SNAPSHOT_BUSY, SNAPSHOT_VIEW_GONE, SNAPSHOT_IO, NODE_SNAPSHOT_HEIGHT
   */
  makeSnapshot?(height?: number): Promise<SnapshotSummary>;
  /** The whole ones, newest first. Peers see them, too. */
  snapshots?(): readonly SnapshotSummary[];
}

/** Where the node's HTTP API answers: for the first screen of the CLI, and for plugins that tell others. */
export interface ApiAddress {
  /** Base URL without a trailing slash (`http://127.0.0.1:8645`); empty while it does not listen. */
  readonly url: string;
}
