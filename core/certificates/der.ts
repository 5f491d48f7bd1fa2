/**
 * The little of DER (ITU-T X.690) that is needed without node-forge, which takes 60 ms to load: encrypted keys are read at
 * a node's start, and the flags of a TLS session at each TLS 1.2 handshake.
 */
import { type Bytes, concatBytes, fromHex } from "../primitives/bytes.js";
import { CertificateValueError } from "./errors.js";

export const DerTag = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06, sequence: 0x30 } as const;

/** Beyond any key or session; a longer length is a lie. */
const CONTENT_BYTES_MAX = 1 << 20;

/** Reads elements one after the other. @throws CertificateValueError for what is no DER */
export class DerReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next element, whatever it is: one-byte tags and definite lengths only. */
  next(): { readonly tag: number; readonly content: Bytes } {
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw broken("a tag has more than one byte");
    let length = this.#byte();
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw broken("a length is not definite");
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + this.#byte();
    }
    if (length > CONTENT_BYTES_MAX || this.#at + length > this.#bytes.length) throw broken("an element is longer than what holds it");
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { tag, content };
  }

  /** The content of the next element, which has this tag. */
  content(tag: number): Bytes {
    const element = this.next();
    if (element.tag !== tag) throw broken(`tag ${element.tag} stands where ${tag} belongs`);
    return element.content;
  }

  sequence(): DerReader {
    return new DerReader(this.content(DerTag.sequence));
  }

  /** A non-negative integer below 2^47. */
  integer(): number {
    return derInteger(this.content(DerTag.integer));
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw broken("it ends within an element");
    this.#at++;
    return byte;
  }
}

/** Value of an INTEGER's content. */
function derInteger(content: Bytes): number {
  if (content.length === 0 || content.length > 6 || (content[0] ?? 0) >= 0x80) throw broken("an integer is negative or too large");
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

export function derElement(tag: number, ...contents: readonly Bytes[]): Bytes {
  const content = concatBytes(...contents);
  const { length } = content;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), content);
  const digits = length.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`) ?? new Uint8Array(0);
  return concatBytes(Uint8Array.of(tag, 0x80 | bytes.length), bytes, content);
}

export function derSequence(...contents: readonly Bytes[]): Bytes {
  return derElement(DerTag.sequence, ...contents);
}

/** @param value non-negative, below 2^53 */
export function derUnsigned(value: number): Bytes {
  const digits = value.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`) ?? new Uint8Array(0);
  // The top bit is the sign.
  return derElement(DerTag.integer, (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes);
}

function broken(reason: string): Error {
  return new CertificateValueError({ what: "not DER", reason });
}
