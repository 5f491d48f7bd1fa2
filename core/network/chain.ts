/** What the network needs of chain and mempool; the composition root (core/node) binds them. */
import type { ConsensusTraits, EngineChannel, ImportVerdict, MessageVerdict, TreeHeader } from "../ports/consensus.js";
import type { Block, HeaderRecord } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";

/** Headers that were looked at: how far they are good, and what is wrong with the first that is not. */
export interface HeadersVerdict {
  /** The good ones, with their weight, from the first on. */
  readonly accepted: readonly TreeHeader[];
  readonly refusal?: { readonly status: "invalid" | "not-yet"; readonly code: string; readonly reason: string };
}

export interface NetworkChain {
  readonly traits: ConsensusTraits;
  readonly genesisId: Hash;
  readonly head: TreeHeader;
  readonly finalized: TreeHeader;
  /** Lowest height from which all canonical blocks have their bodies, genesis aside; absent or 0: all have. */
  readonly bodiesFrom?: number;
  /** What is known of a block: `waiting` for a parent or a time, `valid` on any branch, `invalid` for good. */
  standing(id: Hash): "unknown" | "waiting" | "valid" | "invalid";
  /** Of a valid block on any branch. */
  header(id: Hash): TreeHeader | undefined;
  /** Canonical id at a height. */
  idAt(height: number): Hash | undefined;
  isCanonical(id: Hash): boolean;
  /** As `encodeBlock` made it. */
  encodedBlock(id: Hash): Bytes | undefined;
  certificate(id: Hash): Bytes | undefined;
  /**
   * Checks consecutive headers without their bodies: rules, seals (in one batch), weight. The first one's parent must be known,
   * or have been accepted by an earlier call. Accepted ones are remembered, within a bound, so that import does not check again.
   * Only for engines with `traits.headers: "ancestry"`.
   */
  checkHeaders(records: readonly HeaderRecord[]): Promise<HeadersVerdict>;
  /** The same for a row that stands on `over`, wherever below finality that is. */
  checkHeadersOver?(over: TreeHeader, records: readonly HeaderRecord[]): Promise<HeadersVerdict>;
  /** Whether the body is of lawful size and the one that the header names. If so, an invalid block is not its sender's forgery. */
  isWhole(block: Block): Promise<boolean>;
  import(block: Block, certificate?: Bytes): Promise<ImportVerdict>;
  importCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict>;
  /** Calls back for each block that was imported, wherever it came from, in order of import; answers the function that ends it. */
  onImported(listener: (header: TreeHeader, canonical: boolean) => void): () => void;
  readonly channels: readonly EngineChannel[];
  /** Hands a message to the engine. */
  onEngineMessage(channel: string, payload: Bytes): Promise<MessageVerdict>;
}

export interface NetworkMempool {
  /** By the SHA-256 of the whole raw bytes: pooled, or under way. */
  has(rawHash: Hash): boolean;
  /** Pooled, or known to be bad, or lately included: no need to ask for it. */
  isKnown(rawHash: Hash): boolean;
  raw(rawHash: Hash): Bytes | undefined;
  /** Raw hashes of what is pooled, best first, at most `limit`. */
  hashes(limit: number): readonly Hash[];
  /** @throws what TransactionSubmission throws */
  submit(raw: Bytes): Promise<{ readonly id: Hash; readonly standing: "ready" | "queued" | "known" }>;
  /** Calls back with raw hashes that came into the pool: accepted, or back from an abandoned branch. */
  onAdded(listener: (rawHashes: readonly Hash[]) => void): () => void;
}
