/**
 * Operations of the ledger module `validators`: pure encoding, nothing of what they do.
 *
 * They stand among the primitives, not in the engine that contributes the module, because wallets and the command line build and read
 * them without running that engine. What they do is `plugins/consensus-gasper`'s business.
 */
import { Address } from "./address.js";
import type { Bytes } from "./bytes.js";
import { type CanonicalReader, CanonicalWriter, decodeMessage, messageShape } from "./codec.js";

/** A compressed point of G1 (BLS12-381, minimal public keys). */
const BLS_PUBLIC_KEY_BYTES = 48;
/** A compressed point of G2. */
const BLS_SIGNATURE_BYTES = 96;

/** Puts up stake for a new validator. The sender pays. */
export interface ValidatorDeposit {
  readonly kind: "deposit";
  /** Consensus key, 48 bytes. */
  readonly publicKey: Bytes;
  /** The key's signature of itself, 96 bytes. */
  readonly proofOfPossession: Bytes;
  /** The validator's account: it alone may let it exit, and gets its fees and withdrawals. Absent: the sender. */
  readonly account?: Address;
  /** Smallest unit, 0 … 2^64 − 1. */
  readonly amount: bigint;
}

/** Adds to the stake of a validator that is there, whoever's it is. The sender pays. */
export interface ValidatorTopUp {
  readonly kind: "top-up";
  /** By key, not by number, since a reorganization may number validators anew. */
  readonly publicKey: Bytes;
  readonly amount: bigint;
}

/** Lets a validator leave. The sender is its account. */
export interface ValidatorExit {
  readonly kind: "exit";
  readonly publicKey: Bytes;
}

export type ValidatorOperation = ValidatorDeposit | ValidatorTopUp | ValidatorExit;

const OPERATION = messageShape("ValidatorOperation", ["deposit", "top_up", "exit"]);
const DEPOSIT = messageShape("ValidatorDeposit", ["public_key", "proof_of_possession", "account", "amount"]);
const TOP_UP = messageShape("ValidatorTopUp", ["public_key", "amount"]);
const EXIT = messageShape("ValidatorExit", ["public_key"]);

/** The longest has less than 200; this bounds it where nobody has bounded the transaction. */
const MAX_OPERATION_BYTES = 1_024;

/** @throws ValueError if an amount is outside its range */
export function encodeValidatorOperation(operation: ValidatorOperation): Bytes {
  const writer = new CanonicalWriter();
  switch (operation.kind) {
    case "deposit":
      return writer
        .message(1, (deposit) => {
          deposit.fixed(1, operation.publicKey, BLS_PUBLIC_KEY_BYTES).fixed(2, operation.proofOfPossession, BLS_SIGNATURE_BYTES);
          if (operation.account !== undefined) deposit.fixed(3, operation.account, Address.bytes);
          deposit.uint64(4, operation.amount);
        })
        .finish();
    case "top-up":
      return writer.message(2, (topUp) => topUp.fixed(1, operation.publicKey, BLS_PUBLIC_KEY_BYTES).uint64(2, operation.amount)).finish();
    case "exit":
      return writer.message(3, (exit) => exit.fixed(1, operation.publicKey, BLS_PUBLIC_KEY_BYTES)).finish();
  }
}

/** Exactly one of them. Byte fields are views of `bytes`. @throws EncodingError, EncodingLimitError */
export function decodeValidatorOperation(bytes: Bytes): ValidatorOperation {
  return decodeMessage(OPERATION, bytes, MAX_OPERATION_BYTES, (reader) => {
    const found = [
      reader.message(1, DEPOSIT, MAX_OPERATION_BYTES, readDeposit),
      reader.message(2, TOP_UP, MAX_OPERATION_BYTES, readTopUp),
      reader.message(3, EXIT, MAX_OPERATION_BYTES, readExit),
    ].filter((operation) => operation !== undefined);
    const [operation] = found;
    if (operation === undefined || found.length > 1)
      throw reader.refusal(3, `exactly one of deposit, top_up and exit is there, not ${found.length}`);
    return operation;
  });
}

function readDeposit(reader: CanonicalReader): ValidatorDeposit {
  const publicKey = reader.fixed(1, BLS_PUBLIC_KEY_BYTES);
  const proofOfPossession = reader.fixed(2, BLS_SIGNATURE_BYTES);
  const account = reader.bytes(3, Address.bytes);
  if (account.length !== 0 && account.length !== Address.bytes) throw reader.refusal(3, `it has ${Address.bytes} bytes, or is absent`);
  const deposit = { kind: "deposit", publicKey, proofOfPossession, amount: reader.uint64(4) } as const;
  return account.length === 0 ? deposit : { ...deposit, account: account as Address };
}

function readTopUp(reader: CanonicalReader): ValidatorTopUp {
  return { kind: "top-up", publicKey: reader.fixed(1, BLS_PUBLIC_KEY_BYTES), amount: reader.uint64(2) };
}

function readExit(reader: CanonicalReader): ValidatorExit {
  return { kind: "exit", publicKey: reader.fixed(1, BLS_PUBLIC_KEY_BYTES) };
}
