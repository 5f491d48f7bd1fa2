/**
 * The wire format: frames of `length (4, big-endian) | channel (1) | kind (1) | payload`, `length` being the payload's.
 *
 * Kind `end` (0) ends a message, and is the whole of it if nothing came before; `more` (1) is a fragment of one that goes on, and
 * always full, so that a message has one encoding and a fragment without bytes can't be had for nothing; `goodbye` (2), on channel
 * 0, is the last frame of a side: `CODE message`, UTF-8. README.md is the specification.
 */
import type { Bytes } from "../../core/sdk.js";
import { CloseCode } from "./errors.js";

export const HEADER_BYTES = 6;
/** Payload of a fragment; an unfragmented message has at most this. */
export const FRAGMENT_BYTES = 65_536;
export const GOODBYE_BYTES_MAX = 256;

export const FrameKind = { end: 0, more: 1, goodbye: 2 } as const;

/** Writes a header at `at`. */
export function writeHeader(target: Bytes, at: number, length: number, channel: number, kind: number): void {
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
  target[at + 4] = channel;
  target[at + 5] = kind;
}

/** Bytes on the wire of a message of `length` bytes. */
export function wireBytes(length: number): number {
  return length + HEADER_BYTES * Math.max(1, Math.ceil(length / FRAGMENT_BYTES));
}

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
/** Control, format and unassigned characters: a stranger's text goes into logs and terminals. */
const UNPRINTABLE = /\p{C}/gu;

/** A whole goodbye frame. What does not fit is cut off. */
export function goodbyeFrame(code: string, message: string): Bytes {
  const payload = new TextEncoder().encode(`${code} ${message}`).subarray(0, GOODBYE_BYTES_MAX);
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, 0, payload.length, 0, FrameKind.goodbye);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** What the other side gave as its reason; something sensible if it is none. */
export function readGoodbye(payload: Bytes): { readonly code: string; readonly message: string } {
  const text = new TextDecoder().decode(payload);
  const space = text.indexOf(" ");
  const code = space < 0 ? text : text.slice(0, space);
  const message = space < 0 ? "" : text.slice(space + 1).replace(UNPRINTABLE, "?");
  return CODE.test(code)
    ? { code, message }
    : { code: CloseCode.closed, message: "the other side closed the connection with a reason that is none" };
}
