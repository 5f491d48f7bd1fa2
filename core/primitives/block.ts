/** Headers and blocks as values. Their canonical bytes are made and read in block-codec.ts. */
import type { Address } from "./address.js";
import type { Height } from "./amount.js";
import type { Bytes } from "./bytes.js";
import type { Hash } from "./hash.js";

/** A header without its seal: what an engine seals. */
export interface UnsealedHeader {
  /** 1 to 32 characters of a–z, 0–9, '-' and '.'. */
  readonly chainId: string;
  readonly height: Height;
  readonly parent: Hash;
  /** Milliseconds since the Unix epoch, 0 … 2^53 − 1. */
  readonly timestampMs: number;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  /** State after this block. */
  readonly stateRoot: Hash;
  /** SHA-256 of the consensus payload's bytes; zero for an empty payload. */
  readonly payloadRoot: Hash;
  readonly proposer: Address;
  /** The engine's own fields (compact target, slot, randomness …), at most 1,024 bytes. */
  readonly extra: Bytes;
}

export interface Header extends UnsealedHeader {
  /** The engine's proof, at most 8,192 bytes; empty only in genesis or where an engine needs none. */
  readonly seal: Bytes;
}

export interface Block {
  readonly header: Header;
  /** Raw transactions: canonical bytes, in order. */
  readonly transactions: readonly Bytes[];
  /** The engine's own body (attestations, evidence), opaque to core. */
  readonly payload: Bytes;
}

/** A header with what is derived from it once: never computed twice on the import path. */
export interface HeaderRecord {
  readonly header: Header;
  /** H(signingRoot ‖ H(seal)). */
  readonly id: Hash;
  /** H(tag ‖ header without seal). */
  readonly signingRoot: Hash;
}
