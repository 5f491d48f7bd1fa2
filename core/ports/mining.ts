/**
 * Proof of work by others: blocks that lack only their seal, for miners outside the node, and what an administrator may ask
 * of the node's own miner.
 *
 * Laws of templates: a template is judged by the head that it was made on. Once the head has moved, or its time is up, it is
 * stale for good and nothing brings it back; `submit` says so before it looks at the seal. Their number is bounded: the oldest are
 * forgotten, and are unknown from then on. A seal is judged by the same code as any block that comes in.
 */
import type { Address } from "../primitives/address.js";
import type { UnsealedHeader } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { Json } from "./ledger.js";

/** A block to be sealed. */
export interface MiningTemplate {
  /** 64 lower-case hex digits. */
  readonly id: string;
  readonly header: UnsealedHeader;
  /** What the seal is searched for: it commits to the whole header. */
  readonly signingRoot: Hash;
  /** 32 bytes, big-endian. */
  readonly target: Bytes;
  /** How long a seal is, bytes. */
  readonly sealBytes: number;
  readonly transactionCount: number;
  /** Of the whole block without its seal. */
  readonly sizeBytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly madeAtMs: number;
  /** From then on it is stale. */
  readonly expiresAtMs: number;
  /** The engine's own words: algorithm, bits … */
  readonly work: Json;
}

/** `head`: the head moved. `expired`: its time is up. */
export type StaleReason = "head" | "expired";

export type TemplateStanding =
  | { readonly state: "current"; readonly expiresAtMs: number }
  | { readonly state: "stale"; readonly reason: StaleReason };

export interface MiningTemplates {
  /**
   * A template on the head. Asked again soon for the same address, it answers the same one.
   *
   * @param address who is rewarded; default: the address of the node's own config
   * @throws WORK_TEMPLATE_ADDRESS without either; WORK_TEMPLATES_BUSY
   */
  make(address?: Address): Promise<MiningTemplate>;
  /** @throws WORK_TEMPLATE_UNKNOWN */
  standing(id: string): TemplateStanding;
  /**
   * Seals a template and imports the block; resolves with its id once it is durable and found valid, on whatever branch.
   *
   * @throws WORK_TEMPLATE_UNKNOWN, WORK_TEMPLATE_STALE, WORK_SEAL_LENGTH, WORK_ABOVE_TARGET, WORK_BLOCK_REFUSED
   */
  submit(id: string, seal: Bytes): Promise<Hash>;
}

export interface MiningStatus {
  /** An administrator, or the config, wants it to mine. */
  readonly wanted: boolean;
  /** It does. Not while it is wanted and the node is far behind its peers. */
  readonly running: boolean;
  /** Undefined where its work comes from elsewhere. */
  readonly threads: number | undefined;
  /** Attempts a second, measured lately; 0 while it rests. */
  readonly attemptsPerSecond: number;
  /** Templates that are current, made for miners outside. */
  readonly templates: number;
}

/** The node's miner. */
export interface MiningControl {
  readonly status: MiningStatus;
  /** From now on, until the node ends. @throws the engine's own error where it can't mine with so many (NAKAMOTO_THREADS) */
  setThreads(count: number): Promise<void>;
  /** @throws NODE_CANNOT_PRODUCE while the node does not know the chain well enough to build on it */
  readonly templates: MiningTemplates;
}
