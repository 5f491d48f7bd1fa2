/** Every canonical message with a generator of its values, its codec and its twin in the code generated from the .proto file. */
import fc from "fast-check";
import Long from "long";
import { chainwright } from "#proto";
import {
  decodeAccountTransaction,
  decodeBankTransfer,
  encodeAccountTransaction,
  encodeBankTransfer,
} from "../../../core/primitives/account-transaction.js";
import type { Address } from "../../../core/primitives/address.js";
import type { Height } from "../../../core/primitives/amount.js";
import type { Header } from "../../../core/primitives/block.js";
import { decodeBlock, decodeHeader, encodeBlock, encodeHeader } from "../../../core/primitives/block-codec.js";
import { type Bytes, compareBytes } from "../../../core/primitives/bytes.js";
import type { Hash } from "../../../core/primitives/hash.js";
import type { PublicKey, Signature } from "../../../core/primitives/keys.js";
import type { Receipt } from "../../../core/primitives/receipt.js";
import { decodeReceipt, decodeReceipts, encodeReceipt, encodeReceipts } from "../../../core/primitives/receipt-codec.js";
import type { Transaction } from "../../../core/primitives/transaction.js";
import { chainHashOf, decodeTransaction, encodeTransaction } from "../../../core/primitives/transaction-codec.js";
import {
  decodeValidatorOperation,
  encodeValidatorOperation,
  type ValidatorOperation,
} from "../../../core/primitives/validator-operations.js";

/** A field value as protobufjs has it, but integers as bigint. */
export type Plain = boolean | string | bigint | Bytes | readonly Plain[] | { readonly [field: string]: Plain };

interface ProtobufType {
  decode(bytes: Bytes): object;
  encode(message: never): { finish(): Bytes };
}

export interface MessageCase<Value = unknown> {
  readonly name: string;
  readonly values: fc.Arbitrary<Value>;
  encode(value: Value): Bytes;
  decode(bytes: Bytes): Value;
  /** The value in the shape of the .proto file. */
  plain(value: Value): { readonly [field: string]: Plain };
  readonly generated: ProtobufType;
}

/** Hides the value's type, so that cases of different types stand in one list. */
function messageCase<Value>(definition: MessageCase<Value>): MessageCase {
  return definition as unknown as MessageCase;
}

const fixed = <T>(length: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
    fc.constant(new Uint8Array(length)),
  ) as unknown as fc.Arbitrary<T>;
const uint64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.bigInt(0n, 300n),
  fc.constantFrom(2n ** 49n - 1n, 2n ** 49n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
);
const safeInteger = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeNat(),
  fc.constantFrom(2 ** 28 - 1, 2 ** 28, 2 ** 32, 2 ** 49, 2 ** 53 - 1),
);
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 200 }));
const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
const chainId = fc.stringMatching(/^[a-z0-9.-]{1,32}$/);

export const CHAIN_HASH = chainHashOf("test-1");
export const TRANSACTION_LIMITS = { transactionBytes: 65_536, authorizations: 16 };

const authorizations = fc
  .uniqueArray(fc.record({ publicKey: fixed<PublicKey>(32), signature: fixed<Signature>(64) }), {
    minLength: 1,
    maxLength: 4,
    comparator: (a, b) => compareBytes(a.publicKey, b.publicKey) === 0,
  })
  .map((list) => list.sort((a, b) => compareBytes(a.publicKey, b.publicKey)));

const transactions: fc.Arbitrary<Pick<Transaction, "body" | "authorizations">> = fc.record({
  body: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  authorizations,
});

export const headers: fc.Arbitrary<Header> = fc.record({
  chainId,
  height: safeInteger as fc.Arbitrary<Height>,
  parent: fixed<Hash>(32),
  timestampMs: safeInteger,
  transactionsRoot: fixed<Hash>(32),
  receiptsRoot: fixed<Hash>(32),
  stateRoot: fixed<Hash>(32),
  payloadRoot: fixed<Hash>(32),
  proposer: fixed<Address>(20),
  extra: fc.uint8Array({ maxLength: 200 }),
  seal: fc.uint8Array({ maxLength: 200 }),
});

const receipts: fc.Arbitrary<Receipt> = fc
  .record({
    transactionId: fixed<Hash>(32),
    ok: fc.boolean(),
    code: name,
    feePaid: uint64,
    weight: safeInteger,
    events: fc.array(fc.record({ type: name, attributes: fc.array(fc.tuple(name, text), { maxLength: 3 }) }), { maxLength: 4 }),
  })
  .map((receipt) => ({ ...receipt, code: receipt.ok ? "" : receipt.code }));

const plainHeader = (header: Header) => ({ ...header, height: BigInt(header.height), timestampMs: BigInt(header.timestampMs) });

const plainReceipt = (receipt: Receipt) => ({
  ...receipt,
  weight: BigInt(receipt.weight),
  events: receipt.events.map(({ type, attributes }) => ({ type, attributes: attributes.map(([key, value]) => ({ key, value })) })),
});

export const MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "Transaction",
    values: transactions,
    encode: (value) => encodeTransaction(value.body, value.authorizations),
    decode: (bytes) => {
      const { body, authorizations: list } = decodeTransaction(bytes, CHAIN_HASH, TRANSACTION_LIMITS);
      return { body, authorizations: list };
    },
    plain: (value) => ({ body: value.body, authorizations: value.authorizations.map((entry) => ({ ...entry })) }),
    generated: chainwright.Transaction,
  }),
  messageCase({
    name: "Header",
    values: headers,
    encode: encodeHeader,
    decode: (bytes) => decodeHeader(bytes).header,
    plain: plainHeader,
    generated: chainwright.Header,
  }),
  messageCase({
    name: "Block",
    values: fc.record({
      header: headers,
      transactions: fc.array(fc.uint8Array({ minLength: 105, maxLength: 200 }), { maxLength: 5 }),
      payload: fc.uint8Array({ maxLength: 200 }),
    }),
    encode: encodeBlock,
    decode: (bytes) => {
      const { block } = decodeBlock(bytes, { blockBytes: 65_536, transactionBytes: 1_000 });
      return { ...block, transactions: [...block.transactions] };
    },
    plain: (block) => ({ ...block, header: plainHeader(block.header) }),
    generated: chainwright.Block,
  }),
  messageCase({
    name: "Receipt",
    values: receipts,
    encode: encodeReceipt,
    decode: decodeReceipt,
    plain: plainReceipt,
    generated: chainwright.Receipt,
  }),
  messageCase({
    name: "Receipts",
    values: fc.array(receipts, { maxLength: 4 }) as fc.Arbitrary<readonly Receipt[]>,
    encode: encodeReceipts,
    decode: decodeReceipts,
    plain: (list) => ({ receipts: list.map(plainReceipt) }),
    generated: chainwright.Receipts,
  }),
  messageCase({
    name: "AccountTransaction",
    values: fc.record({
      chainTag: fixed<Bytes>(4),
      sender: fixed<Address>(20),
      nonce: safeInteger,
      fee: uint64,
      validFrom: safeInteger,
      validUntil: safeInteger,
      memo: text,
      module: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      operation: fc.uint8Array({ maxLength: 200 }),
    }),
    encode: encodeAccountTransaction,
    decode: decodeAccountTransaction,
    plain: (value) => ({
      ...value,
      nonce: BigInt(value.nonce),
      validFrom: BigInt(value.validFrom),
      validUntil: BigInt(value.validUntil),
      module: BigInt(value.module),
    }),
    generated: chainwright.AccountTransaction,
  }),
  messageCase({
    name: "BankTransfer",
    values: fc.record({ to: fixed<Address>(20), amount: uint64 }),
    encode: encodeBankTransfer,
    decode: decodeBankTransfer,
    plain: (value) => ({ ...value }),
    generated: chainwright.BankTransfer,
  }),
  messageCase<ValidatorOperation>({
    name: "ValidatorOperation",
    values: fc.oneof(
      fc
        .record(
          { publicKey: fixed<Bytes>(48), proofOfPossession: fixed<Bytes>(96), account: fixed<Address>(20), amount: uint64 },
          { requiredKeys: ["publicKey", "proofOfPossession", "amount"] },
        )
        .map((fields) => ({ kind: "deposit" as const, ...fields })),
      fc.record({ kind: fc.constant("top-up" as const), publicKey: fixed<Bytes>(48), amount: uint64 }),
      fc.record({ kind: fc.constant("exit" as const), publicKey: fixed<Bytes>(48) }),
    ) as fc.Arbitrary<ValidatorOperation>,
    encode: encodeValidatorOperation,
    decode: decodeValidatorOperation,
    plain: ({ kind, ...fields }) => ({ [kind === "top-up" ? "topUp" : kind]: fields }),
    generated: chainwright.ValidatorOperation,
  }),
];

/** The value as input for protobufjs' encoder: 64-bit integers as Long, default values left out. */
export function forGenerated(plain: Plain): unknown {
  if (typeof plain === "bigint") return Long.fromString(plain.toString(), true);
  if (plain instanceof Uint8Array || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map(forGenerated);
  const fields = Object.entries(plain).filter(([, value]) => !isDefault(value));
  return Object.fromEntries(fields.map(([field, value]) => [field, forGenerated(value)]));
}

function isDefault(value: Plain): boolean {
  return value === 0n || value === "" || value === false || (value instanceof Uint8Array && value.length === 0);
}

/** What protobufjs decoded, in the shape of `like`. */
export function fromGenerated(decoded: unknown, like: Plain): unknown {
  if (typeof like === "bigint") return BigInt(String(decoded));
  if (like instanceof Uint8Array) return new Uint8Array(decoded as Uint8Array);
  if (typeof like !== "object") return decoded;
  if (Array.isArray(like)) {
    const list = decoded as readonly unknown[];
    return list.map((element, index) => (index < like.length ? fromGenerated(element, like[index] as Plain) : element));
  }
  const message = decoded as Record<string, unknown>;
  return Object.fromEntries(Object.entries(like).map(([field, value]) => [field, fromGenerated(message[field], value)]));
}
