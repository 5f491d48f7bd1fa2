/**
 * Signatures packed for one crossing into a worker or native code: no object for each signature.
 *
 * Batches that are worth a worker's time lie in shared memory, in one block, so that handing one to a thread copies nothing.
 */
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

/** Smaller batches are verified where they are made: a block of shared memory would cost more than it saves. */
const MIN_SHARED_COUNT = 9;

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
    for (const part of messageParts) this.#appendMessage(part);
    this.#count = index + 1;
    this.#offsets[this.#count] = this.#messageBytes;
    return this;
  }

  /** Adds entry `index` of another batch. */
  addEntry({ publicKeys, signatures, messages, offsets }: SignatureBatch, index: number): this {
    const [begin, end] = [offsets[index] as number, offsets[index + 1] as number];
    const at = this.#count;
    if (at === this.#offsets.length - 1) this.#grow();
    this.#publicKeys.set(publicKeys.subarray(32 * index, 32 * index + 32), 32 * at);
    this.#signatures.set(signatures.subarray(64 * index, 64 * index + 64), 64 * at);
    this.#appendMessage(messages.subarray(begin, end));
    this.#count = at + 1;
    this.#offsets[this.#count] = this.#messageBytes;
    return this;
  }

  build(): SignatureBatch {
    return packed(
      {
        scheme: "ed25519-zip215",
        count: this.#count,
        publicKeys: this.#publicKeys.subarray(0, 32 * this.#count),
        signatures: this.#signatures.subarray(0, 64 * this.#count),
        messages: this.#messages.subarray(0, this.#messageBytes),
        offsets: this.#offsets.subarray(0, this.#count + 1),
      },
      this.#count >= MIN_SHARED_COUNT,
    );
  }

  #appendMessage(part: Bytes): void {
    const end = this.#messageBytes + part.length;
    if (end > this.#messages.length) this.#messages = resized(this.#messages, Math.max(end, 2 * this.#messages.length));
    this.#messages.set(part, this.#messageBytes);
    this.#messageBytes = end;
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

/** The same batch in shared memory, as threads need it; itself where it lies there already. */
export function sharedBatch(batch: SignatureBatch): SignatureBatch {
  const { publicKeys, signatures, messages, offsets } = batch;
  const isShared = [publicKeys, signatures, messages, offsets].every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  return isShared ? batch : packed(batch, true);
}

/** A copy of `batch` in one block of memory: offsets first, since they have to lie at multiples of four. */
function packed(batch: SignatureBatch, shared: boolean): SignatureBatch {
  const { scheme, count, publicKeys, signatures, messages, offsets } = batch;
  const bytes = offsets.byteLength + publicKeys.length + signatures.length + messages.length;
  const block = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  let at = offsets.byteLength;
  const place = (part: Bytes): Bytes => {
    const view = new Uint8Array(block, at, part.length);
    view.set(part);
    at += part.length;
    return view;
  };
  const placedOffsets = new Uint32Array(block, 0, offsets.length);
  placedOffsets.set(offsets);
  return { scheme, count, offsets: placedOffsets, publicKeys: place(publicKeys), signatures: place(signatures), messages: place(messages) };
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
