/** Canonical bytes of the transaction envelope, its ids, and what its signers sign. */
import { asciiBytes, type Bytes, compareBytes, concatBytes, domainTag } from "./bytes.js";
import { type CanonicalReader, CanonicalWriter, decodeMessage, fieldBytes, messageShape } from "./codec.js";
import { ValueError } from "./errors.js";
import { type Hash, sha256, sha256Of } from "./hash.js";
import { PublicKey, Signature } from "./keys.js";
import { publicKeyOf, signMessage } from "./signing.js";
import type { Authorization, Transaction } from "./transaction.js";

const TRANSACTION = messageShape("Transaction", ["body", "authorizations"]);
const AUTHORIZATION = messageShape("Authorization", ["public_key", "signature"]);
const TAG_SIGN = domainTag("cw/tx/sign/1");
const TAG_ID = domainTag("cw/tx/id/1");

/** An Authorization is always this long: two fields of fixed length. */
const AUTHORIZATION_BYTES = fieldBytes(PublicKey.bytes) + fieldBytes(Signature.bytes);

/** No transaction is shorter: one body byte and one authorization. Bounds how many a block can hold before they are looked at. */
export const MIN_TRANSACTION_BYTES = fieldBytes(1) + fieldBytes(AUTHORIZATION_BYTES);

/** Limits on the envelope, checked before anything is allocated. */
export interface TransactionLimits {
  /** Raw transaction, bytes. */
  readonly transactionBytes: number;
  /** How many authorizations one transaction may carry. */
  readonly authorizations: number;
}

/** SHA-256 of the chain id: what binds signatures and transaction ids to one chain. */
export function chainHashOf(chainId: string): Hash {
  return sha256(asciiBytes(chainId));
}

/** What every authorization signs: 16-byte tag ‖ chain hash ‖ body. */
export function signingMessage(chainHash: Hash, body: Bytes): Bytes {
  return concatBytes(TAG_SIGN, chainHash, body);
}

/** The transaction's id, the same whoever signed it: SHA-256(16-byte tag ‖ chain hash ‖ body). */
export function transactionId(chainHash: Hash, body: Bytes): Hash {
  return sha256Of(TAG_ID, chainHash, body);
}

/**
 * @param authorizations at least one, ascending by key, no key twice
 * @throws ValueError if there is none, their order is wrong, or the body is empty
 */
export function encodeTransaction(body: Bytes, authorizations: readonly Authorization[]): Bytes {
  if (body.length === 0) throw new ValueError({ type: "transaction", reason: "its body is empty" });
  if (authorizations.length === 0) throw new ValueError({ type: "transaction", reason: "it has no authorization" });
  for (let index = 1; index < authorizations.length; index++) {
    const [before, after] = [authorizations[index - 1] as Authorization, authorizations[index] as Authorization];
    if (compareBytes(before.publicKey, after.publicKey) >= 0)
      throw new ValueError({ type: "transaction", reason: "its authorizations do not ascend by key" });
  }
  return new CanonicalWriter(fieldBytes(body.length) + authorizations.length * fieldBytes(AUTHORIZATION_BYTES))
    .bytes(1, body)
    .repeatedMessages(2, authorizations, (writer, { publicKey, signature }) =>
      writer.fixed(1, publicKey, PublicKey.bytes).fixed(2, signature, Signature.bytes),
    )
    .finish();
}

/**
 * Decodes canonical bytes. All byte fields are views of `raw`: hand in a copy if `raw` is part of a larger buffer that
 * must not be kept alive. Hashes are computed when first asked for.
 *
 * @throws EncodingError, EncodingLimitError
 */
export function decodeTransaction(raw: Bytes, chainHash: Hash, limits: TransactionLimits): Transaction {
  return decodeMessage(TRANSACTION, raw, limits.transactionBytes, (reader) => {
    const body = reader.requiredBytes(1, limits.transactionBytes);
    return new DecodedTransaction(body, readAuthorizations(reader, limits.authorizations), raw, chainHash);
  });
}

function readAuthorizations(reader: CanonicalReader, maxCount: number): Authorization[] {
  const authorizations = reader.repeatedMessages(2, AUTHORIZATION, { maxCount, maxBytes: AUTHORIZATION_BYTES }, readAuthorization);
  if (authorizations.length === 0) throw reader.refusal(2, "the field is missing or not in its place");
  for (let index = 1; index < authorizations.length; index++) {
    const order = compareBytes((authorizations[index - 1] as Authorization).publicKey, (authorizations[index] as Authorization).publicKey);
    if (order === 0) throw reader.refusal(2, "two authorizations have the same key");
    if (order > 0) throw reader.refusal(2, "authorizations do not ascend by key");
  }
  return authorizations;
}

function readAuthorization(reader: CanonicalReader): Authorization {
  return {
    publicKey: reader.fixed(1, PublicKey.bytes) as PublicKey,
    signature: reader.fixed(2, Signature.bytes) as Signature,
  };
}

/**
 * Signs `body` with every key and puts the authorizations in order.
 *
 * @param secretKeys 32-byte seeds of different keys, in any order, at least one
 * @throws ValueError
 */
export function signTransaction(body: Bytes, chainHash: Hash, secretKeys: readonly Bytes[]): Bytes {
  const message = signingMessage(chainHash, body);
  const authorizations = secretKeys.map((key) => ({ publicKey: publicKeyOf(key), signature: signMessage(key, message) }));
  authorizations.sort((a, b) => compareBytes(a.publicKey, b.publicKey));
  return encodeTransaction(body, authorizations);
}

/** Hashes are lazy, because a mempool drops most duplicates after the first of them and a block's are hashed in one batch. */
class DecodedTransaction implements Transaction {
  readonly body: Bytes;
  readonly authorizations: readonly Authorization[];
  readonly raw: Bytes;
  readonly #chainHash: Hash;
  #rawHash: Hash | undefined;
  #id: Hash | undefined;

  constructor(body: Bytes, authorizations: readonly Authorization[], raw: Bytes, chainHash: Hash) {
    this.body = body;
    this.authorizations = authorizations;
    this.raw = raw;
    this.#chainHash = chainHash;
  }

  get rawHash(): Hash {
    this.#rawHash ??= sha256(this.raw);
    return this.#rawHash;
  }

  get id(): Hash {
    this.#id ??= transactionId(this.#chainHash, this.body);
    return this.#id;
  }
}
