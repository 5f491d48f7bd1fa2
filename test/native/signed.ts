/** Signatures as the tests of the engines make them, pack them and read their verdicts. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from "node:crypto";
import { hashes, verify as nobleVerify } from "@noble/ed25519";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { SignatureBatch } from "../../core/primitives/signature-batch.js";

export interface Signed {
  readonly publicKey: Bytes;
  readonly signature: Bytes;
  readonly message: Bytes;
}

/** With its ZIP-215 verdict, and what it is for whoever reads a failure. */
export interface Judged extends Signed {
  readonly valid: boolean;
  readonly what: string;
}

hashes.sha512 = (message) => new Uint8Array(hash("sha512", message, "buffer"));

/** The oracle: @noble/ed25519 under ZIP-215, 1 ms a verdict. */
export function noble({ signature, message, publicKey }: Signed): boolean {
  return nobleVerify(signature, message, publicKey, { zip215: true });
}

/** The item with the oracle's verdict. */
export function judged(item: Signed, what: string): Judged {
  return { ...item, valid: noble(item), what };
}

/** The order of the base point. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The modulus of the coordinates. */
export const FIELD = 2n ** 255n - 19n;

export function littleEndian(value: bigint, length = 32): Bytes {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

export function fromLittleEndian(bytes: Bytes): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** SHA-512(R ‖ A ‖ M) modulo L. */
export function challenge(r: Bytes, publicKey: Bytes, message: Bytes): bigint {
  return fromLittleEndian(new Uint8Array(hash("sha512", Buffer.concat([r, publicKey, message]), "buffer"))) % ORDER;
}

/** What precedes the 32 bytes of a seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** A key pair that follows from a number. OpenSSL signs, and what it signs is valid under RFC 8032, hence under ZIP-215. */
export class Signer {
  readonly publicKey: Bytes;
  readonly #key: KeyObject;

  constructor(seed: number) {
    const secret = hash("sha256", Buffer.from(`key ${seed}`), "buffer");
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: "der", type: "pkcs8" });
    const { x } = createPublicKey(this.#key).export({ format: "jwk" });
    this.publicKey = new Uint8Array(Buffer.from(String(x), "base64url"));
  }

  sign(message: Bytes): Judged {
    const signature = new Uint8Array(sign(null, message, this.#key));
    return { publicKey: this.publicKey, signature, message, valid: true, what: `good, ${message.length} bytes` };
  }
}

/** `count` good signatures by `keys` keys in turn; messages of 0 to 299 bytes, each its own. */
export function goodSignatures(count: number, keys = count): Judged[] {
  const signers = Array.from({ length: Math.min(keys, count) }, (_, i) => new Signer(i));
  return Array.from({ length: count }, (_, i) => (signers[i % signers.length] as Signer).sign(numberedMessage(i, (i * 37) % 300)));
}

/** `length` bytes that no other number has (from 4 bytes on). */
export function numberedMessage(number: number, length: number): Bytes {
  const message = new Uint8Array(length);
  for (let i = 0; i < length; i++) message[i] = i < 4 ? number >> (8 * i) : (number * 31 + i * 7) & 0xff;
  return message;
}

/** The same with s + error modulo L: the equation fails by exactly [error]B, which valid encodings hide until the end. */
export function withScalarError(item: Judged, error: bigint): Judged {
  const s = (fromLittleEndian(item.signature.subarray(32)) + error + ORDER) % ORDER;
  const signature = item.signature.slice();
  signature.set(littleEndian(s), 32);
  return { ...item, signature, valid: error % ORDER === 0n, what: `${item.what}, s off by ${error}` };
}

export interface Packing {
  /** Bytes by which each buffer begins behind its memory's beginning (offsets: four times as much). */
  readonly shift?: number;
  readonly shared?: boolean;
}

/** A batch in memory that ends where its last byte does. */
export function packed(items: readonly Signed[], { shift = 0, shared = false }: Packing = {}): SignatureBatch {
  const memory = (bytes: number) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  const place = (length: number) => new Uint8Array(memory(shift + length), shift, length);
  const offsets = new Uint32Array(memory(4 * (shift + items.length + 1)), 4 * shift, items.length + 1);
  let bytes = 0;
  for (const [i, { message }] of items.entries()) {
    bytes += message.length;
    offsets[i + 1] = bytes;
  }
  const batch = {
    scheme: "ed25519-zip215",
    count: items.length,
    publicKeys: place(32 * items.length),
    signatures: place(64 * items.length),
    messages: place(bytes),
    offsets,
  } as const;
  for (const [i, { publicKey, signature, message }] of items.entries()) {
    batch.publicKeys.set(publicKey, 32 * i);
    batch.signatures.set(signature, 64 * i);
    batch.messages.set(message, offsets[i] as number);
  }
  return batch;
}
