/**
 * The validator set that a state commits to, as bytes, and their hash. Written by the node (epoch/set-commitment.ts), read by the light
 * client.
 *
 * One entry for each validator that has not left by the state's epoch, ascending by index: those who wait to be activated are among them,
 * so that whoever holds the set knows the keys of all who can vote in the next epochs.
 *
 *   index (4) ‖ public key (48) ‖ effective balance in increments (2) ‖ activation epoch (4) ‖ exit epoch (4) ‖ slashed (1: 0 or 1)
 *
 * Integers are big-endian; an epoch that is not decided is 0xffffffff. Entries lie in pieces, piece k for the indices 512 k … 512 k + 511:
 *
 *   root = SHA-256( tag (16) ‖ entries (4) ‖ SHA-256(piece 0) ‖ … ‖ SHA-256(last piece with an entry) )
 */
type Bytes = Uint8Array;

export const SET_ENTRY_BYTES = 63;
export const SET_PIECE_VALIDATORS = 512;
/** Offsets in an entry. */
export const SetEntry = { index: 0, publicKey: 4, increments: 52, activation: 54, exit: 58, slashed: 62 } as const;

/** "cw/gasper/set/1", padded to 16 bytes. */
const TAG = Uint8Array.of(0x63, 0x77, 0x2f, 0x67, 0x61, 0x73, 0x70, 0x65, 0x72, 0x2f, 0x73, 0x65, 0x74, 0x2f, 0x31, 0);
const HASH_BYTES = 32;

/** @param pieces hashes of all pieces up to the last that has an entry */
export function setRootOf(entries: number, pieces: readonly Bytes[], sha256: (bytes: Bytes) => Bytes): Bytes {
  const bytes = new Uint8Array(TAG.length + 4 + pieces.length * HASH_BYTES);
  bytes.set(TAG);
  new DataView(bytes.buffer).setUint32(TAG.length, entries);
  for (const [place, piece] of pieces.entries()) bytes.set(piece, TAG.length + 4 + place * HASH_BYTES);
  return sha256(bytes);
}
