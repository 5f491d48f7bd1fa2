/** Announcing, asking for and sending transactions: TransactionAnnouncement, TransactionsRequest, Transactions. */
import { assert } from "../../kernel/assert.js";
import type { Bytes } from "../../primitives/bytes.js";
import { messageShape } from "../../primitives/codec.js";
import { Hash } from "../../primitives/hash.js";
import { type ContentLimits, LIST_OVERHEAD_BYTES, WIRE_LIMITS } from "./limits.js";
import { type AnyMessageFormat, elementsFit, hashListSize, listFits, messageFormat } from "./message-format.js";
import type { TransactionAnnouncement, Transactions, TransactionsRequest } from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import { repeatedBytesSize, type WireWriter } from "./wire-writer.js";

export const TRANSACTION_REQUEST_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<TransactionsRequest>({
    type: "transactions-request",
    member: 3,
    shape: messageShape("TransactionsRequest", ["request_id", "hashes"]),
    sizeHint: ({ hashes }) => LIST_OVERHEAD_BYTES + hashListSize(hashes),
    write: writeRequest,
    read: readRequest,
  }),
];

export const TRANSACTION_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<TransactionAnnouncement>({
    type: "transaction-announcement",
    member: 1,
    shape: messageShape("TransactionAnnouncement", ["hashes"]),
    sizeHint: ({ hashes }) => hashListSize(hashes),
    write: writeAnnouncement,
    read: readAnnouncement,
  }),
  messageFormat<Transactions>({
    type: "transactions",
    member: 2,
    shape: messageShape("Transactions", ["request_id", "transactions", "more"]),
    sizeHint: ({ transactions }) => LIST_OVERHEAD_BYTES + repeatedBytesSize(transactions),
    write: writeTransactions,
    read: readTransactions,
  }),
];

function writeAnnouncement(writer: WireWriter, { hashes }: TransactionAnnouncement): void {
  assert(listFits(hashes, WIRE_LIMITS.transactions), "not too many transactions are announced at once");
  writer.repeatedFixed(1, hashes, Hash.bytes);
}

function readAnnouncement(reader: WireReader): TransactionAnnouncement {
  const hashes: Hash[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) reader.pushHash(hashes, WIRE_LIMITS.transactions);
    else reader.skip();
  }
  return { type: "transaction-announcement", hashes };
}

function writeRequest(writer: WireWriter, { requestId, hashes }: TransactionsRequest): void {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(listFits(hashes, WIRE_LIMITS.transactions), "not too many transactions are asked for at once");
  writer.integer(1, requestId).repeatedFixed(2, hashes, Hash.bytes);
}

function readRequest(reader: WireReader): TransactionsRequest {
  let requestId = 0;
  const hashes: Hash[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushHash(hashes, WIRE_LIMITS.transactions);
    else reader.skip();
  }
  return { type: "transactions-request", requestId, hashes };
}

function writeTransactions(writer: WireWriter, { requestId, transactions, more }: Transactions, limits: ContentLimits): void {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(elementsFit(transactions, WIRE_LIMITS.transactions, limits.transactionBytes), "transactions are not too many and not too long");
  writer.integer(1, requestId).repeatedBytes(2, transactions).boolean(3, more);
}

function readTransactions(reader: WireReader, limits: ContentLimits): Transactions {
  let requestId = 0;
  const transactions: Bytes[] = [];
  let more = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushBytes(transactions, WIRE_LIMITS.transactions, limits.transactionBytes);
    else if (field === 3) more = reader.boolean();
    else reader.skip();
  }
  return { type: "transactions", requestId, transactions, more };
}
