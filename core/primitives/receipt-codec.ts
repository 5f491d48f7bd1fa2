/** Canonical bytes of receipts. Their SHA-256 values are the leaves under a header's receipts root. */
import type { Bytes } from "./bytes.js";
import { type CanonicalReader, CanonicalWriter, decodeMessage, messageShape } from "./codec.js";
import { EncodingLimitError, ValueError } from "./errors.js";
import { Hash, sha256 } from "./hash.js";
import { MERKLE_LIST_LIMIT } from "./merkle.js";
import type { LedgerEvent, Receipt } from "./receipt.js";

const RECEIPT = messageShape("Receipt", ["transaction_id", "ok", "code", "fee_paid", "weight", "events"]);
const EVENT = messageShape("LedgerEvent", ["type", "attributes"]);
const ATTRIBUTE = messageShape("EventAttribute", ["key", "value"]);
const RECEIPTS = messageShape("Receipts", ["receipts"]);

/** Encoded receipt, bytes. A ledger must bound its events by weight so that it stays far below. */
export const MAX_RECEIPT_BYTES = 2 ** 20;
/** Events of one receipt. */
export const MAX_RECEIPT_EVENTS = 4_096;
/** Attributes of one event. */
export const MAX_EVENT_ATTRIBUTES = 64;
/** All receipts of one block, bytes: the longest list that is read back. */
const MAX_RECEIPTS_BYTES = 2 ** 28 - 1;

/** @throws ValueError (a code on success, none on failure, an empty name), EncodingLimitError */
export function encodeReceipt(receipt: Receipt): Bytes {
  const bytes = writeReceipt(new CanonicalWriter(), receipt).finish();
  checkReceiptLimit("bytes", bytes.length, MAX_RECEIPT_BYTES);
  return bytes;
}

/** @throws EncodingError, EncodingLimitError */
export function decodeReceipt(bytes: Bytes): Receipt {
  return decodeMessage(RECEIPT, bytes, MAX_RECEIPT_BYTES, readReceipt);
}

/** The Merkle leaf of a receipt: SHA-256 of its canonical bytes. */
export function receiptHash(receipt: Receipt): Hash {
  return sha256(encodeReceipt(receipt));
}

/**
 * All receipts of a block in one string, as they are stored; empty for none. The strings of several parts of a list, one
 * after the other, are the string of the list.
 */
export function encodeReceipts(receipts: readonly Receipt[]): Bytes {
  return encodeReceiptsAndLeaves(receipts).bytes;
}

/** The same with the receipts' Merkle leaves, 32 bytes each: every receipt is encoded once for both. @throws as `encodeReceipt` */
export function encodeReceiptsAndLeaves(receipts: readonly Receipt[]): { readonly bytes: Bytes; readonly leaves: Bytes } {
  const bytes = new CanonicalWriter(64 + 256 * receipts.length).repeatedMessages(1, receipts, writeReceipt).finish();
  const leaves = new Uint8Array(Hash.bytes * receipts.length);
  let at = 0;
  for (let index = 0; index < receipts.length; index++) {
    // Before each of them: its tag, one byte, and its length as a varint.
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[++at] as number;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    checkReceiptLimit("bytes", length, MAX_RECEIPT_BYTES);
    leaves.set(sha256(bytes.subarray(++at, at + length)), Hash.bytes * index);
    at += length;
  }
  return { bytes, leaves };
}

/** @throws EncodingError, EncodingLimitError */
export function decodeReceipts(bytes: Bytes): readonly Receipt[] {
  return decodeMessage(RECEIPTS, bytes, MAX_RECEIPTS_BYTES, (reader) =>
    reader.repeatedMessages(1, RECEIPT, { maxCount: MERKLE_LIST_LIMIT, maxBytes: MAX_RECEIPT_BYTES }, readReceipt),
  );
}

/**
 * The same, `count` receipts at a time, each piece decoded when it is asked for: a large block's receipts take too long to decode
 * in one go. @throws EncodingError, EncodingLimitError, after the pieces before the fault
 */
export function* decodeReceiptPieces(bytes: Bytes, count: number): Generator<readonly Receipt[], void, void> {
  let end = 0;
  while (end < bytes.length) {
    const start = end;
    // Past each receipt: its tag, one byte, its length as a varint, and as many bytes. Whatever is wrong the decoder finds.
    for (let taken = 0; taken < count && end < bytes.length; taken++) {
      let length = 0;
      let shift = 0;
      let byte = 0x80;
      for (end++; byte >= 0x80 && shift < 35 && end < bytes.length; shift += 7) {
        byte = bytes[end++] as number;
        length += (byte & 0x7f) * 2 ** shift;
      }
      end = Math.min(end + length, bytes.length);
    }
    yield decodeReceipts(bytes.subarray(start, end));
  }
}

function writeReceipt(writer: CanonicalWriter, receipt: Receipt): CanonicalWriter {
  if (receipt.ok !== (receipt.code === ""))
    throw new ValueError({ type: "receipt", reason: receipt.ok ? "it succeeded with a failure code" : "it failed without a code" });
  checkReceiptLimit("events", receipt.events.length, MAX_RECEIPT_EVENTS);
  return writer
    .fixed(1, receipt.transactionId, Hash.bytes)
    .bool(2, receipt.ok)
    .string(3, receipt.code)
    .uint64(4, receipt.feePaid)
    .uint64(5, receipt.weight)
    .repeatedMessages(6, receipt.events, writeEvent);
}

function writeEvent(writer: CanonicalWriter, event: LedgerEvent): void {
  if (event.type === "") throw new ValueError({ type: "event", reason: "its type is empty" });
  checkReceiptLimit("events.attributes", event.attributes.length, MAX_EVENT_ATTRIBUTES);
  writer.string(1, event.type).repeatedMessages(2, event.attributes, (nested, [key, value]) => {
    if (key === "") throw new ValueError({ type: "event attribute", reason: "its key is empty" });
    nested.string(1, key).string(2, value);
  });
}

function readReceipt(reader: CanonicalReader): Receipt {
  const receipt: Receipt = {
    // A copy: a receipt is kept for its values, not for the bytes around it.
    transactionId: new Uint8Array(reader.fixed(1, Hash.bytes)) as Hash,
    ok: reader.bool(2),
    code: reader.string(3, MAX_RECEIPT_BYTES),
    feePaid: reader.uint64(4),
    weight: reader.safeInteger(5),
    events: reader.repeatedMessages(6, EVENT, { maxCount: MAX_RECEIPT_EVENTS, maxBytes: MAX_RECEIPT_BYTES }, readEvent),
  };
  if (receipt.ok && receipt.code !== "") throw reader.refusal(3, "a successful receipt has no code");
  if (!receipt.ok && receipt.code === "") throw reader.refusal(3, "a failed receipt has a code");
  return receipt;
}

function readEvent(reader: CanonicalReader): LedgerEvent {
  return {
    type: reader.requiredString(1, MAX_RECEIPT_BYTES),
    attributes: reader.repeatedMessages(2, ATTRIBUTE, { maxCount: MAX_EVENT_ATTRIBUTES, maxBytes: MAX_RECEIPT_BYTES }, readAttribute),
  };
}

function readAttribute(reader: CanonicalReader): readonly [string, string] {
  return [reader.requiredString(1, MAX_RECEIPT_BYTES), reader.string(2, MAX_RECEIPT_BYTES)];
}

function checkReceiptLimit(field: string, actual: number, limit: number): void {
  if (actual > limit) throw new EncodingLimitError({ message: RECEIPT.name, field, limit, actual });
}
