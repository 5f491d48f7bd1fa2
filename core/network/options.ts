/** What the network is built from, and its bounds. */
import type { ChainSpec } from "../ports/chain-spec.js";
import type { Clock, Entropy, Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import type { Transport } from "../ports/transport.js";
import type { Bytes } from "../primitives/bytes.js";
import type { NetworkChain, NetworkMempool } from "./chain.js";
import type { CheckpointStart, SnapshotShelf } from "./checkpoint/parts.js";

/** The node's own identity; its key stays where it is. */
export interface LocalIdentity {
  /** Hex of the Ed25519 public key. */
  readonly nodeId: string;
  /** Ed25519 signature, 64 bytes. */
  sign(message: Bytes): Bytes;
}

export interface NetworkDependencies {
  readonly identity: LocalIdentity;
  readonly spec: ChainSpec;
  readonly chain: NetworkChain;
  readonly mempool: NetworkMempool;
  readonly transports: readonly Transport[];
  readonly storage: Storage;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Snapshots for peers; without it none are offered. */
  readonly snapshots?: SnapshotShelf;
  /** The operator trusts a block: the chain has to hold it, and may begin there. */
  readonly checkpointStart?: CheckpointStart;
  /** Name and version of this software, for Hello. */
  readonly agent: string;
}

/** Scores are milli-points: 50,000 is 50. */
export interface ScoreOptions {
  readonly initial: number;
  readonly connection: number;
  readonly failure: number;
  readonly block: number;
  readonly transaction: number;
  readonly invalid: number;
  readonly violation: number;
  /** Below, a peer is not dialed. */
  readonly dialMinimum: number;
  readonly violationsToBan: number;
  readonly banMs: number;
}

export interface NetworkOptions {
  /** Addresses to begin with, when the peer book knows nobody better. */
  readonly bootstrap: readonly string[];
  /** Addresses that are dialed again for ever, whatever their score. */
  readonly persistent: readonly string[];
  /** What others are told to dial; default: what the transports say they listen on. */
  readonly advertise: readonly string[];
  /** Ask for and hand out addresses. */
  readonly exchange: boolean;
  readonly maxInbound: number;
  readonly maxOutbound: number;
  /** Outbound connections that are kept up from the peer book. */
  readonly targetOutbound: number;
  readonly dialTimeoutMs: number;
  readonly helloTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** First and longest pause before an address is dialed again. */
  readonly redialMs: number;
  readonly redialMaxMs: number;
  readonly bookEntries: number;
  readonly score: ScoreOptions;
  /** Time for an answer to a request; then another peer is asked. */
  readonly requestTimeoutMs: number;
  /** Blocks of a sync that are under way from one peer. */
  readonly blocksPerPeer: number;
  /** Bytes of messages of one peer that may be under way inside the node before it is not read. */
  readonly bytesUnderWay: number;
}

const SECOND = 1_000;

export const DEFAULT_NETWORK_OPTIONS: NetworkOptions = {
  bootstrap: [],
  persistent: [],
  advertise: [],
  exchange: true,
  maxInbound: 64,
  maxOutbound: 16,
  targetOutbound: 8,
  dialTimeoutMs: 10 * SECOND,
  helloTimeoutMs: 5 * SECOND,
  pingIntervalMs: 30 * SECOND,
  pingTimeoutMs: 20 * SECOND,
  redialMs: SECOND / 2,
  redialMaxMs: 60 * SECOND,
  bookEntries: 4_096,
  score: {
    initial: 50_000,
    connection: 5_000,
    failure: -2_000,
    block: 1_000,
    transaction: 100,
    invalid: -5_000,
    violation: -10_000,
    dialMinimum: 25_000,
    violationsToBan: 5,
    banMs: 24 * 3_600 * SECOND,
  },
  requestTimeoutMs: 5 * SECOND,
  blocksPerPeer: 32,
  bytesUnderWay: 32 * 1024 * 1024,
};
