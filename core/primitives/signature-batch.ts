/** Signatures packed for one crossing into a worker or native code: no object for each signature. */
import type { Bytes } from "./bytes.js";
import { ValueError } from "./errors.js";
import type { PublicKey, Signature } from "./keys.js";

/**
 * Packed Ed25519 signatures under ZIP-215. Entry i: key `publicKeys[32i, 32i+32)`, signature `signatures[64i, 64i+64)`,
 * message `messages[offsets[i], offsets[i+1])`. `offsets` has count + 1 ascending entries, begins with 0, ends with
 * `messages.length`. Build it with `SignatureBatchBuilder`.
 */
export interface SignatureBatch {
  readonly scheme: "ed25519-zip215";
  readonly count: number;
  readonly publicKeys: Bytes;
  readonly signatures: Bytes;
  readonly messages: Bytes;
  readonly offsets: Uint32Array;
}

/** Collects signatures into a batch; grows as needed. Not reusable after `build`. */
export class SignatureBatchBuilder {
  #count = 0;
  #publicKeys: Bytes;
  #signatures: Bytes;
  #offsets: Uint32Array;
  #messages: Bytes;
  #messageBytes = 0;

  /** @param expectedCount how many signatures will come; a guess is fine */
  constructor(expectedCount = 16) {
    const capacity = Math.max(1, expectedCount);
    this.#publicKeys = new Uint8Array(32 * capacity);
    this.#signatures = new Uint8Array(64 * capacity);
    this.#offsets = new Uint32Array(capacity + 1);
    this.#messages = new Uint8Array(256 * capacity);
  }

  /** Adds one signature over the concatenation of `messageParts`. */
  add(publicKey: PublicKey, signature: Signature, ...messageParts: readonly Bytes[]): this {
    const index = this.#count;
    if (index === this.#offsets.length - 1) this.#grow();
    this.#publicKeys.set(publicKey, 32 * index);
    this.#signatures.set(signature, 64 * index);
    for (const part of messageParts) {
      const end = this.#messageBytes + part.length;
      if (end > this.#messages.length) this.#messages = resized(this.#messages, Math.max(end, 2 * this.#messages.length));
      this.#messages.set(part, this.#messageBytes);
      this.#messageBytes = end;
    }
    this.#count = index + 1;
    this.#offsets[this.#count] = this.#messageBytes;
    return this;
  }

  build(): SignatureBatch {
    return {
      scheme: "ed25519-zip215",
      count: this.#count,
      publicKeys: this.#publicKeys.slice(0, 32 * this.#count),
      signatures: this.#signatures.slice(0, 64 * this.#count),
      messages: this.#messages.slice(0, this.#messageBytes),
      offsets: this.#offsets.slice(0, this.#count + 1),
    };
  }

  #grow(): void {
    const capacity = 2 * (this.#offsets.length - 1);
    this.#publicKeys = resized(this.#publicKeys, 32 * capacity);
    this.#signatures = resized(this.#signatures, 64 * capacity);
    const offsets = new Uint32Array(capacity + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }
}

function resized(bytes: Bytes, length: number): Bytes {
  const grown = new Uint8Array(length);
  grown.set(bytes);
  return grown;
}

/** Entry `index` of a verdict bitmap: bit (index & 7) of byte (index >> 3). */
export function bitmapGet(bitmap: Bytes, index: number): boolean {
  return (((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** Checks that the batch has the shape that its type promises, so that what crosses into workers or native code can't read outside. @throws ValueError */
export function checkSignatureBatch(batch: SignatureBatch): void {
  const refuse = (reason: string) => new ValueError({ type: "signature batch", reason });
  const { count, offsets } = batch;
  if (batch.scheme !== "ed25519-zip215") throw refuse(`its scheme is ed25519-zip215, not ${String(batch.scheme)}`);
  if (!Number.isSafeInteger(count) || count < 0) throw refuse(`its count is not a whole number: ${count}`);
  if (batch.publicKeys.length !== 32 * count) throw refuse(`it has ${32 * count} key bytes, not ${batch.publicKeys.length}`);
  if (batch.signatures.length !== 64 * count) throw refuse(`it has ${64 * count} signature bytes, not ${batch.signatures.length}`);
  if (offsets.length !== count + 1) throw refuse(`it has ${count + 1} offsets, not ${offsets.length}`);
  if (offsets[0] !== 0) throw refuse("its offsets begin with 0");
  for (let index = 1; index <= count; index++)
    if ((offsets[index] as number) < (offsets[index - 1] as number)) throw refuse(`its offsets do not ascend at ${index}`);
  if (offsets[count] !== batch.messages.length) throw refuse("its last offset is the length of its messages");
}
