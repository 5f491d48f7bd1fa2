/**
 * The body of an account ledger's transaction, and the bank's transfer: pure encoding, nothing of what it does.
 *
 * It stands among the primitives, not in the plugin, because wallets, the command line and the client library build and
 * read transfers without running a ledger. What they do is `plugins/ledger-account`'s business.
 */
import { Address } from "./address.js";
import { Amount } from "./amount.js";
import type { Bytes } from "./bytes.js";
import { CanonicalWriter, decodeMessage, fieldBytes, integerFieldBytes, messageShape } from "./codec.js";
import { ValueError } from "./errors.js";
import type { Hash } from "./hash.js";
import { publicKeyOf } from "./signing.js";
import { chainHashOf, signTransaction } from "./transaction-codec.js";

const ACCOUNT_TRANSACTION = messageShape("AccountTransaction", [
  "chain_tag",
  "sender",
  "nonce",
  "fee",
  "valid_from",
  "valid_until",
  "memo",
  "module",
  "operation",
]);
const BANK_TRANSFER = messageShape("BankTransfer", ["to", "amount"]);

/** A body is bounded by its raw transaction; this bounds it where that has not been checked. */
const MAX_BODY_BYTES = 2 ** 20;

export const CHAIN_TAG_BYTES = 4;
/** Memo, bytes of UTF-8. */
export const MAX_MEMO_BYTES = 256;
/** The module number of the bank, built into every account ledger. */
export const BANK_MODULE = 1;

/** What a sender asks for and signs. */
export interface AccountTransaction {
  /** First 4 bytes of the chain hash: lets anybody see which chain a transaction is for. Signatures bind the whole hash. */
  readonly chainTag: Bytes;
  readonly sender: Address;
  /** How many transactions of the sender came before: 0 … 2^53 − 1. */
  readonly nonce: number;
  /** Paid to the proposer whether the operation succeeds or not; smallest unit, 0 … 2^64 − 1. */
  readonly fee: bigint;
  /** First height at which it may be in a block; 0 for no bound. */
  readonly validFrom: number;
  /** Last height at which it may be in a block; 0 for no bound. */
  readonly validUntil: number;
  /** Free text, at most 256 bytes of UTF-8. */
  readonly memo: string;
  /** Number of the module that reads `operation`: 0 … 2^32 − 1. The bank is 1. */
  readonly module: number;
  /** The module's own canonical message. */
  readonly operation: Bytes;
}

/** The bank's operation: moves `amount` of spendable balance from the sender to `to`. */
export interface BankTransfer {
  readonly to: Address;
  /** Smallest unit, 0 … 2^64 − 1. */
  readonly amount: bigint;
}

/** First 4 bytes of `chainHashOf(chainId)`. */
export function chainTagOf(chainHash: Hash): Bytes {
  return new Uint8Array(chainHash.subarray(0, CHAIN_TAG_BYTES));
}

/** @throws ValueError if an integer is outside its range or the memo is too long or not well-formed */
export function encodeAccountTransaction(transaction: AccountTransaction): Bytes {
  const memoBytes = transaction.memo === "" ? 0 : Buffer.byteLength(transaction.memo, "utf8");
  if (memoBytes > MAX_MEMO_BYTES)
    throw new ValueError({ type: "memo", reason: `it has at most ${MAX_MEMO_BYTES} bytes of UTF-8, not ${memoBytes}` });
  return new CanonicalWriter(96 + memoBytes + transaction.operation.length)
    .fixed(1, transaction.chainTag, CHAIN_TAG_BYTES)
    .fixed(2, transaction.sender, Address.bytes)
    .uint64(3, transaction.nonce)
    .uint64(4, transaction.fee)
    .uint64(5, transaction.validFrom)
    .uint64(6, transaction.validUntil)
    .string(7, transaction.memo)
    .uint32(8, transaction.module)
    .bytes(9, transaction.operation)
    .finish();
}

/** Byte fields are views of `body`. @throws EncodingError, EncodingLimitError */
export function decodeAccountTransaction(body: Bytes): AccountTransaction {
  return decodeMessage(ACCOUNT_TRANSACTION, body, MAX_BODY_BYTES, (reader) => ({
    chainTag: reader.fixed(1, CHAIN_TAG_BYTES),
    sender: reader.fixed(2, Address.bytes) as Address,
    nonce: reader.safeInteger(3),
    fee: reader.uint64(4),
    validFrom: reader.safeInteger(5),
    validUntil: reader.safeInteger(6),
    memo: reader.string(7, MAX_MEMO_BYTES),
    module: reader.uint32(8),
    operation: reader.bytes(9, MAX_BODY_BYTES),
  }));
}

/** @throws ValueError if the amount is outside its range */
export function encodeBankTransfer(transfer: BankTransfer): Bytes {
  return new CanonicalWriter(fieldBytes(Address.bytes) + integerFieldBytes(transfer.amount))
    .fixed(1, transfer.to, Address.bytes)
    .uint64(2, transfer.amount)
    .finish();
}

/** Byte fields are views of `operation`. @throws EncodingError, EncodingLimitError */
export function decodeBankTransfer(operation: Bytes): BankTransfer {
  return decodeMessage(BANK_TRANSFER, operation, MAX_BODY_BYTES, (reader) => ({
    to: reader.fixed(1, Address.bytes) as Address,
    amount: reader.uint64(2),
  }));
}

/** An operation as a wallet thinks of it: who pays for it, and when it may be in a block. */
export interface OperationRequest {
  readonly chainId: string;
  /** Ed25519 secret key of the sender (32-byte seed). */
  readonly from: Bytes;
  readonly nonce: number;
  readonly fee: bigint;
  readonly memo?: string;
  readonly validFrom?: number;
  readonly validUntil?: number;
  /** Number of the module. */
  readonly module: number;
  /** The module's own canonical message. */
  readonly operation: Bytes;
}

/** A transfer as a wallet thinks of it. */
export interface TransferRequest extends Omit<OperationRequest, "module" | "operation"> {
  readonly to: Address;
  readonly amount: bigint;
}

/**
 * Builds and signs a transaction with one operation: raw bytes, ready to be submitted.
 *
 * @throws ValueError where a field is out of its range
 */
export function buildOperation(request: OperationRequest): Bytes {
  const chainHash = chainHashOf(request.chainId);
  const body = encodeAccountTransaction({
    chainTag: chainTagOf(chainHash),
    sender: Address.ofKey(publicKeyOf(request.from)),
    nonce: request.nonce,
    fee: Amount.from(request.fee),
    validFrom: request.validFrom ?? 0,
    validUntil: request.validUntil ?? 0,
    memo: request.memo ?? "",
    module: request.module,
    operation: request.operation,
  });
  return signTransaction(body, chainHash, [request.from]);
}

/** The same of a transfer. @throws ValueError where a field is out of its range */
export function buildTransfer({ to, amount, ...request }: TransferRequest): Bytes {
  return buildOperation({ ...request, module: BANK_MODULE, operation: encodeBankTransfer({ to, amount: Amount.from(amount) }) });
}

/**
 * The least fee with which an operation is let into a block: the fee's own digits are part of the bytes that it pays for.
 *
 * @param feeFloorPerByte the chain's rule at the next height, smallest unit for each raw byte
 */
export function leastOperationFee(request: Omit<OperationRequest, "fee">, feeFloorPerByte: number): bigint {
  return leastFee((fee) => buildOperation({ ...request, fee }), feeFloorPerByte);
}

/** The same of a transfer. */
export function leastTransferFee(request: Omit<TransferRequest, "fee">, feeFloorPerByte: number): bigint {
  return leastFee((fee) => buildTransfer({ ...request, fee }), feeFloorPerByte);
}

function leastFee(build: (fee: bigint) => Bytes, feeFloorPerByte: number): bigint {
  let fee = 0n;
  // A larger fee may be written with more digits, so it grows to a fixed point, in fewer steps than a varint has bytes.
  for (;;) {
    const needed = BigInt(build(fee).length) * BigInt(feeFloorPerByte);
    if (needed <= fee) return fee;
    fee = needed;
  }
}
