/** What the chain is built from, and its bounds. */

import type { ChainSpec } from "../ports/chain-spec.js";
import type { Compute } from "../ports/compute.js";
import type { Consensus } from "../ports/consensus.js";
import type { Ledger, Treasury } from "../ports/ledger.js";
import type { Clock, Entropy, Logger, Metrics, Scheduler, Signer } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import type { PruningMode } from "../ports/views.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { StateStore } from "../state/index.js";

/** Where blocks get their transactions from, and who wants to know what became of them: the mempool. */
export interface TransactionSource {
  /** Best first, in an order in which they can be executed over the head's state. */
  select(limits: {
    readonly maxBytes: number;
    readonly maxWeight: number;
    readonly maxCount: number;
  }): readonly { readonly raw: Bytes; readonly id: Hash }[];
  /** Whether this very byte string passed signature verification before. */
  isVerified(rawHash: Hash): boolean;
  /** Looks again at transactions that production had to leave out: they did not decode under the block's rules, or could not be executed. */
  recheck(ids: readonly Hash[]): void | Promise<void>;
  /** The head moved: raw transactions of both branches, oldest first, and all state keys that differ, where they are known. */
  onHeadChanged(change: {
    readonly undone: readonly Bytes[];
    readonly applied: readonly Bytes[];
    readonly appliedIds?: readonly Hash[];
    readonly changedKeys?: readonly Bytes[];
  }): void | Promise<void>;
}

export interface ChainDependencies {
  readonly spec: ChainSpec;
  readonly storage: Storage;
  readonly state: StateStore;
  readonly ledger: Ledger;
  readonly consensus: Consensus;
  /** The ledger's, for engines. */
  readonly treasury?: Treasury | undefined;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly signer: Signer;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly transactions: TransactionSource;
  /** Gossips an engine's message. */
  readonly publish: (channel: string, message: Bytes) => void;
  /** Storage failed or an invariant broke: nothing can be promised any more, so the node has to stop. */
  readonly onFatal: (error: unknown) => void;
}

export interface ChainOptions {
  /** Blocks that wait for a parent, a time or a certificate. */
  readonly waitingBlocks: number;
  readonly waitingBytes: number;
  /** Blocks that are being judged at the same time. */
  readonly passingBlocks: number;
  /** Headers that are remembered as checked ahead of their blocks … */
  readonly acceptedHeaders: number;
  /** … and their bytes in memory. */
  readonly acceptedHeaderBytes: number;
  /** Blocks above finality, all branches; what extends the head is let in beyond it. */
  readonly treeBlocks: number;
  /** State is flushed when this many blocks … */
  readonly flushAfterBlocks: number;
  /** … or this much execution time … */
  readonly flushAfterMs: number;
  /** … or this many bytes of overlays are only in memory: bounds the work of a restart, and memory. */
  readonly flushAfterBytes: number;
  /** Chain events that are kept for cursors. */
  readonly keptEvents: number;
  /** What is kept of the past. The state store is told on its own whether it archives. */
  readonly pruning: PruningMode;
  /** With `pruned`: how many of the newest blocks keep their bodies; more where finality, the disk's state or undo need them. */
  readonly keepBlocks: number;
  /** Records that one slice of pruning deletes: a few milliseconds. */
  readonly pruneSliceRecords: number;
}

export const DEFAULT_CHAIN_OPTIONS: ChainOptions = {
  waitingBlocks: 256,
  waitingBytes: 64 * 1024 * 1024,
  passingBlocks: 1_024,
  acceptedHeaders: 32_768,
  acceptedHeaderBytes: 64 * 1024 * 1024,
  treeBlocks: 100_000,
  flushAfterBlocks: 32,
  flushAfterMs: 500,
  flushAfterBytes: 64 * 1024 * 1024,
  keptEvents: 100_000,
  pruning: "full",
  keepBlocks: 10_000,
  pruneSliceRecords: 1_024,
};
