/**
 * Canonical encoding and decoding of transactions, headers and blocks, beside protobufjs' generated code on the same
 * bytes: the strict reader must not cost more than the lenient one that it replaces. And the messages between nodes whose size
 * or number matters; there ours copies what may live long, protobufjs does not.
 */
import { chainwright } from "#proto";
import { WireCodec } from "../../core/network/wire/codec.js";
import type { WireMessage } from "../../core/network/wire/messages.js";
import {
  decodeAccountTransaction,
  decodeBankTransfer,
  encodeAccountTransaction,
  encodeBankTransfer,
} from "../../core/primitives/account-transaction.js";
import { Address } from "../../core/primitives/address.js";
import { Height } from "../../core/primitives/amount.js";
import type { Block, Header } from "../../core/primitives/block.js";
import { decodeBlock, decodeHeader, encodeBlock, encodeHeader } from "../../core/primitives/block-codec.js";
import { type Bytes, EMPTY_BYTES } from "../../core/primitives/bytes.js";
import { sha256Of } from "../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../core/primitives/keys.js";
import { chainHashOf, decodeTransaction, encodeTransaction } from "../../core/primitives/transaction-codec.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const CHAIN_ID = "bench-1";
const CHAIN_HASH = chainHashOf(CHAIN_ID);
const LIMITS = { transactionBytes: 65_536, authorizations: 16 };
const BLOCK_LIMITS = { blockBytes: 8 * 2 ** 20, transactionBytes: 65_536 };
const TRANSACTIONS_PER_BLOCK = 1_000;

/** 32 bytes that depend on the seed, a label and a number only. */
function seeded(seed: number, label: number, index: number) {
  return sha256Of(new Uint8Array(new Uint32Array([seed, label, index]).buffer));
}

/** A transfer's body and its authorization. The signature is random: reading does not check it. */
function transfer(seed: number, index: number) {
  const publicKey = PublicKey.from(seeded(seed, 1, index));
  const body = encodeAccountTransaction({
    chainTag: CHAIN_HASH.subarray(0, 4),
    sender: Address.ofKey(publicKey),
    nonce: index,
    fee: 2_000n + BigInt(index),
    validFrom: 0,
    validUntil: 100_000,
    memo: "",
    module: 1,
    operation: encodeBankTransfer({ to: Address.from(seeded(seed, 2, index).subarray(0, 20)), amount: 1_000_000n * BigInt(index + 1) }),
  });
  const half = seeded(seed, 3, index);
  return { body, authorization: { publicKey, signature: Signature.from(Uint8Array.from([...half, ...half])) } };
}

function header(seed: number): Header {
  return {
    chainId: CHAIN_ID,
    height: Height.from(1_000_000),
    parent: seeded(seed, 4, 0),
    timestampMs: 1_700_000_000_000,
    transactionsRoot: seeded(seed, 4, 1),
    receiptsRoot: seeded(seed, 4, 2),
    stateRoot: seeded(seed, 4, 3),
    payloadRoot: seeded(seed, 4, 4),
    proposer: Address.from(seeded(seed, 4, 5).subarray(0, 20)),
    extra: seeded(seed, 4, 6).subarray(0, 4),
    seal: seeded(seed, 4, 7).subarray(0, 8),
  };
}

/** One repetition does `work` so often that it takes some milliseconds. */
async function rate(context: BenchContext, name: string, times: number, work: () => unknown, reference?: string): Promise<void> {
  const operations = context.quick ? 10 : times;
  const run = () => {
    for (let index = 0; index < operations; index++) work();
  };
  await context.measure(name, run, { unit: "ops/s", operations, ...(reference === undefined ? {} : { reference }) });
}

async function transactions(context: BenchContext, raw: Bytes): Promise<void> {
  const { body, authorizations } = decodeTransaction(raw, CHAIN_HASH, LIMITS);
  const message = { body, authorizations: [...authorizations] };
  await rate(context, "protobufjs: decode transaction", 50_000, () => chainwright.Transaction.decode(raw));
  await rate(context, "decode transaction", 50_000, () => decodeTransaction(raw, CHAIN_HASH, LIMITS), "protobufjs: decode transaction");
  const hashed = () => {
    const transaction = decodeTransaction(raw, CHAIN_HASH, LIMITS);
    return [transaction.id, transaction.rawHash];
  };
  await rate(context, "decode transaction, with both hashes", 20_000, hashed);
  const lenient = () =>
    chainwright.BankTransfer.decode(chainwright.AccountTransaction.decode(chainwright.Transaction.decode(raw).body).operation);
  const strict = () => decodeBankTransfer(decodeAccountTransaction(decodeTransaction(raw, CHAIN_HASH, LIMITS).body).operation);
  await rate(context, "protobufjs: decode transfer to its operation", 20_000, lenient);
  await rate(context, "decode transfer to its operation", 20_000, strict, "protobufjs: decode transfer to its operation");
  await rate(context, "protobufjs: encode transaction", 20_000, () => chainwright.Transaction.encode(message).finish());
  await rate(context, "encode transaction", 20_000, () => encodeTransaction(body, authorizations), "protobufjs: encode transaction");
}

async function headers(context: BenchContext, value: Header): Promise<void> {
  const bytes = encodeHeader(value);
  await rate(context, "protobufjs: decode header", 20_000, () => chainwright.Header.decode(bytes));
  await rate(context, "decode header, with its id", 20_000, () => decodeHeader(bytes), "protobufjs: decode header");
  await rate(context, "encode header", 20_000, () => encodeHeader(value));
}

async function blocks(context: BenchContext, block: Block): Promise<void> {
  const bytes = encodeBlock(block);
  context.log(`block of ${block.transactions.length} transfers: ${bytes.length} bytes`);
  await rate(context, "protobufjs: decode block of 1,000", 200, () => chainwright.Block.decode(bytes));
  await rate(context, "decode block of 1,000", 200, () => decodeBlock(bytes, BLOCK_LIMITS), "protobufjs: decode block of 1,000");
  const whole = () => decodeBlock(bytes, BLOCK_LIMITS).block.transactions.map((raw) => decodeTransaction(raw, CHAIN_HASH, LIMITS));
  await rate(context, "decode block of 1,000, and each transaction", 50, whole);
  await rate(context, "encode block of 1,000", 200, () => encodeBlock(block));
}

/** Messages as nodes send them: a full announcement, a batch of transactions, headers of a sync, a block of a megabyte. */
async function wireMessages(context: BenchContext, raws: readonly Bytes[], header: Bytes): Promise<void> {
  const { TransactionsEnvelope, HeadersEnvelope, BlocksEnvelope } = chainwright.network;
  const codec = new WireCodec(BLOCK_LIMITS, []);
  const hashes = Array.from({ length: 1_024 }, (_, index) => seeded(context.seed, 5, index));
  const block = { requestId: 1, id: seeded(context.seed, 6, 0), block: new Uint8Array(2 ** 20), certificate: EMPTY_BYTES };
  const cases: readonly {
    readonly name: string;
    readonly message: WireMessage;
    readonly generated: { decode(bytes: Bytes): unknown };
    readonly times: number;
  }[] = [
    { name: "announcement of 1,024", message: { type: "transaction-announcement", hashes }, generated: TransactionsEnvelope, times: 200 },
    {
      name: "message of 1,000 transactions",
      message: { type: "transactions", requestId: 1, transactions: raws, more: false },
      generated: TransactionsEnvelope,
      times: 50,
    },
    {
      name: "message of 2,000 headers",
      message: { type: "headers", requestId: 1, headers: new Array<Bytes>(2_000).fill(header) },
      generated: HeadersEnvelope,
      times: 20,
    },
    { name: "block response of 1 MiB", message: { type: "block-response", ...block }, generated: BlocksEnvelope, times: 100 },
  ];
  for (const { name, message, generated, times } of cases) {
    const { channel, bytes } = codec.encodeMessage(message);
    await rate(context, `encode ${name}`, times, () => codec.encodeMessage(message));
    await rate(context, `protobufjs: decode ${name}`, times, () => generated.decode(bytes));
    await rate(context, `decode ${name}`, times, () => codec.decodeMessage(channel, bytes), `protobufjs: decode ${name}`);
  }
}

const suite: BenchSuite = {
  name: "codec",
  description: "canonical encoding and decoding of transactions, headers and blocks; messages between nodes",
  async run(context) {
    const raws: Bytes[] = [];
    for (let index = 0; index < TRANSACTIONS_PER_BLOCK; index++) {
      const { body, authorization } = transfer(context.seed, index);
      raws.push(encodeTransaction(body, [authorization]));
    }
    await transactions(context, raws[1] as Bytes);
    await headers(context, header(context.seed));
    await blocks(context, { header: header(context.seed), transactions: raws, payload: EMPTY_BYTES });
    await wireMessages(context, raws, encodeHeader(header(context.seed)));
  },
};

export default suite;
