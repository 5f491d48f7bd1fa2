/**
 * `chainwright/proofs`: checks what a node says of the state against a state root that one trusts. README.md has the
 * format and why it holds.
 *
 * Nothing of the node is imported, and nothing of Node: it runs in browsers. All three verifiers either answer what is
 * proved or throw a `ProofError`; they read bytes of strangers and allocate no more than those fill.
 *
 * @example
 * import { verifyProof } from "chainwright/proofs";
 *
 * const value = verifyProof(header.stateRoot, key, proof); // undefined: proved to be absent
 */
export { ProofError, type ProofErrorCode, type ProofErrorData } from "./errors.js";
export { MAX_PROOF_BYTES, MAX_PROOF_KEYS, MAX_RANGE_ENTRIES } from "./limits.js";
export type { Sha256 } from "./trie.js";
export { type RangeEntry, type VerifiedRange, type VerifyOptions, verifyMultiProof, verifyProof, verifyRange } from "./verify.js";
export { PROOF_VERSION } from "./wire.js";
