/**
 * How much a message may hold. Each of these is checked before anything is allocated for what it bounds, on both sides: who
 * makes a message keeps within them, because the other side closes the connection over it.
 */

import { MAX_HEADER_BYTES } from "../../primitives/block-codec.js";
import { fieldBytes } from "../../primitives/codec.js";

const KIBIBYTE = 1024;

export const WIRE_LIMITS = {
  agentBytes: 64,
  addressBytes: 255,
  helloAddresses: 8,
  exchangedAddresses: 64,
  announcedBlocks: 64,
  locatorIds: 64,
  headers: 2_000,
  headerBytes: MAX_HEADER_BYTES,
  blockIds: 128,
  transactions: 1_024,
  certificateBytes: 64 * KIBIBYTE,
  /** Request ids and nonces. */
  requestId: 2 ** 32 - 1,
  /** Snapshots that one peer offers. */
  snapshotOffers: 16,
  /** A chunk of a snapshot, or a part of its manifest. */
  snapshotPartBytes: 1_024 * KIBIBYTE,
  snapshotManifestBytes: 64 * 1_024 * KIBIBYTE,
  weightBytes: 32,
  forkHashBytes: 8,
  /** Of a whole envelope: enough to add to a message in later versions, too little to hide a load in one that is kept. */
  unknownFields: 16,
  unknownBytes: 4 * KIBIBYTE,
} as const;

/** Largest chain-dependent contents, bytes: of any rules that the chain has or will have. */
export interface ContentLimits {
  readonly blockBytes: number;
  readonly transactionBytes: number;
}

/** Around the elements of a Headers or Transactions message: envelope, request id, flag. */
export const LIST_OVERHEAD_BYTES = 16;

/** What one encoded header or transaction takes of a message's size. */
export function elementBytes(contentBytes: number): number {
  return fieldBytes(contentBytes);
}
