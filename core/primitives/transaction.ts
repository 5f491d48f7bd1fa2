/**
 * The transaction envelope, the same for every ledger: an opaque body and its authorizations.
 *
 * What a body means is the ledger's business; who signed it, and over what, is fixed here, so that wallets,
 * mempool and compute need no ledger to check signatures.
 */
import type { Bytes } from "./bytes.js";
import type { Hash } from "./hash.js";
import type { PublicKey, Signature } from "./keys.js";

export interface Authorization {
  readonly publicKey: PublicKey;
  readonly signature: Signature;
}

/** Decoded from its canonical bytes; `raw` are those bytes and `rawHash` their SHA-256 (Merkle leaf, gossip id, cache key). */
export interface Transaction {
  readonly body: Bytes;
  /** Exactly as many as the policy's threshold, ascending by key, no key twice. */
  readonly authorizations: readonly Authorization[];
  readonly raw: Bytes;
  readonly rawHash: Hash;
  /** H(tag ‖ SHA-256(chain id) ‖ body): the same whoever signed it. */
  readonly id: Hash;
}
