/** A block's header, as far as a light client looks into it; its id names everything else. Format: proto/chainwright.proto. */
import { type CanonicalReader, decodeMessage, fieldBytes, messageShape } from "../../../core/primitives/codec.js";
import { type Bytes, HASH_BYTES, hashOf, tagOf } from "./bytes.js";

const HEADER = messageShape("Header", [
  "chain_id",
  "height",
  "parent",
  "timestamp_ms",
  "transactions_root",
  "receipts_root",
  "state_root",
  "payload_root",
  "proposer",
  "extra",
  "seal",
]);
const TAG_HEADER = tagOf("cw/header/1");
const CHAIN_ID_BYTES_MAX = 32;
const ADDRESS_BYTES = 20;
/** Of this engine: the proposer's index and RANDAO reveal, and its signature. */
const EXTRA_BYTES = 100;
const SEAL_BYTES = 96;
/** No header of this engine is longer. */
export const HEADER_BYTES_MAX = 512;

export interface LightHeader {
  /** Block id. */
  readonly id: Bytes;
  readonly chainId: string;
  readonly height: number;
  readonly timestampMs: number;
  readonly stateRoot: Bytes;
}

/** @throws EncodingError, EncodingLimitError */
export function decodeLightHeader(bytes: Bytes): LightHeader {
  return decodeMessage(HEADER, bytes, HEADER_BYTES_MAX, (reader) => readHeader(reader, bytes));
}

function readHeader(reader: CanonicalReader, bytes: Bytes): LightHeader {
  const chainId = reader.requiredString(1, CHAIN_ID_BYTES_MAX);
  const height = reader.safeInteger(2);
  reader.fixed(3, HASH_BYTES);
  const timestampMs = reader.safeInteger(4);
  reader.fixed(5, HASH_BYTES);
  reader.fixed(6, HASH_BYTES);
  const stateRoot = reader.fixed(7, HASH_BYTES).slice();
  reader.fixed(8, HASH_BYTES);
  reader.fixed(9, ADDRESS_BYTES);
  reader.requiredBytes(10, EXTRA_BYTES);
  const seal = reader.bytes(11, SEAL_BYTES);
  // The seal is the last field: what comes before it is the header without seal.
  const signingRoot = hashOf(TAG_HEADER, bytes.subarray(0, bytes.length - fieldBytes(seal.length)));
  return { id: hashOf(signingRoot, hashOf(seal)), chainId, height, timestampMs, stateRoot };
}
