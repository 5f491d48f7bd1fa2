/**
 * The canonical form of protobuf, for everything that is hashed or signed: one value, one byte string.
 *
 * The bytes are ordinary protobuf (any protobuf library reads them), narrowed so that nobody can make a second
 * encoding of the same value: fields ascend, varints and lengths are minimal, nothing is unknown, written twice,
 * default-valued or empty, strings are valid UTF-8. The reader is a hand-written single-pass scanner because decoding with
 * a library, encoding again and comparing is four times slower and lets empty sub-messages pass. It checks every
 * limit before it allocates, and throws nothing but `EncodingError` and `EncodingLimitError`.
 *
 * ```ts
 * const TRANSFER = messageShape("BankTransfer", ["to", "amount"]);
 * const bytes = new CanonicalWriter().fixed(1, to, 20).uint64(2, amount).finish();
 * const transfer = decodeMessage(TRANSFER, bytes, 64, (reader) => ({ to: reader.fixed(1, 20), amount: reader.uint64(2) }));
 * ```
 *
 * Rules and messages in full: core/primitives/README.md.
 */
export { CanonicalReader, decodeMessage } from "./canonical-reader.js";
export { CanonicalWriter } from "./canonical-writer.js";
export { fieldBytes, integerFieldBytes, type MessageShape, messageShape, varintBytes } from "./wire-format.js";
