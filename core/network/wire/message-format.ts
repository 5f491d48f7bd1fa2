/** How one message is written and read: the entry that codec.ts keeps for it. */
import type { Bytes } from "../../primitives/bytes.js";
import type { MessageShape } from "../../primitives/codec.js";
import type { Hash } from "../../primitives/hash.js";
import type { ContentLimits } from "./limits.js";
import type { WireMessage } from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

export interface MessageFormat<M extends WireMessage> {
  readonly type: M["type"];
  /** Its number in the envelope of its channel. */
  readonly member: number;
  /** Names as in proto/network.proto. */
  readonly shape: MessageShape;
  /** Size of its content, or somewhat more. */
  sizeHint(message: M): number;
  /** Writes its fields in ascending order. What is over a limit is an assertion. */
  write(writer: WireWriter, message: M, limits: ContentLimits): void;
  /** Reads its fields to the end. @throws WIRE_* */
  read(reader: WireReader, limits: ContentLimits): M;
}

/** A format whose message's type is forgotten, so that different ones stand in one list. */
export type AnyMessageFormat = MessageFormat<WireMessage>;

export function messageFormat<M extends WireMessage>(format: MessageFormat<M>): AnyMessageFormat {
  return format as unknown as AnyMessageFormat;
}

/** What 32-byte elements take, with tag and length. */
const HASH_ELEMENT_BYTES = 34;

export function hashListSize(hashes: readonly Hash[]): number {
  return hashes.length * HASH_ELEMENT_BYTES;
}

/** Keeps a list within its bound before it is written. */
export function listFits(list: readonly unknown[], maxCount: number): boolean {
  return list.length <= maxCount;
}

/** Whether each element has 1 to `maxBytes` bytes. */
export function elementsFit(list: readonly Bytes[], maxCount: number, maxBytes: number): boolean {
  return listFits(list, maxCount) && list.every(({ length }) => length > 0 && length <= maxBytes);
}
