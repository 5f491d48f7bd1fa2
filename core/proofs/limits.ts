/** Sizes and bounds of proofs. */

export const HASH_BYTES = 32;
/** Bits of a path: no inner node stands so deep. */
export const MAX_DEPTH = 256;
export const MAX_KEY_BYTES = 128;
/** Longer proofs are neither made nor read. */
export const MAX_PROOF_BYTES = 8 * 1024 * 1024;
/** Most keys of a multi-proof. */
export const MAX_PROOF_KEYS = 1_024;
/** Most entries of a range proof. */
export const MAX_RANGE_ENTRIES = 16_384;
