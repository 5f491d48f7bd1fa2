/**
 * The history of a run, as a digest: SHA-256 over everything that happened, in order. Two runs with one digest were the same run.
 *
 * Each event adds its time, its machine and what it is; a message adds its channel, length and first bytes, a block its id. Whatever
 * else differs between two runs shows in one of these soon after.
 */
import { createHash } from "node:crypto";
import type { Bytes } from "../sdk.js";

/** What a record is of. The numbers are part of the digest. */
export const Note = {
  event: 1,
  message: 2,
  block: 3,
  head: 4,
  transaction: 5,
  fault: 6,
  connection: 7,
  mined: 8,
  end: 9,
} as const;

const BUFFER_BYTES = 65_536;
/** Of a message: enough for every id that announces something. */
const MESSAGE_BYTES = 96;
const RECORD_BYTES_MAX = 256;

export class History {
  readonly #hash = createHash("sha256");
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #at = 0;
  #records = 0;
  #isSealed = false;

  get records(): number {
    return this.#records;
  }

  note(kind: number, atUs: number, machine: number, content?: Bytes): void {
    const at = this.#room();
    const buffer = this.#buffer;
    const high = Math.floor(atUs / 4_294_967_296);
    buffer[at] = kind;
    put16(buffer, at + 1, machine);
    put32(buffer, at + 3, atUs - high * 4_294_967_296);
    put16(buffer, at + 7, high);
    this.#at = at + 9;
    if (content !== undefined) this.#append(content, MESSAGE_BYTES);
  }

  message(atUs: number, from: number, to: number, channel: number, bytes: Bytes): void {
    this.note(Note.message, atUs, from);
    const { length } = bytes;
    const at = this.#at;
    put16(this.#buffer, at, to);
    this.#buffer[at + 2] = channel;
    put32(this.#buffer, at + 3, length);
    this.#at = at + 7;
    this.#append(bytes, MESSAGE_BYTES);
  }

  text(kind: number, atUs: number, machine: number, text: string): void {
    this.note(kind, atUs, machine, Buffer.from(text, "utf8"));
  }

  /** Ends it: what is noted afterwards is not part of it. */
  seal(): string {
    this.#flush();
    this.#isSealed = true;
    return this.#hash.digest("hex");
  }

  #append(content: Bytes, most: number): void {
    const length = Math.min(content.length, most);
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) buffer[at++] = content[i] as number;
    this.#at = at;
  }

  #room(): number {
    this.#records++;
    if (this.#at > BUFFER_BYTES - RECORD_BYTES_MAX) this.#flush();
    return this.#at;
  }

  #flush(): void {
    if (!this.#isSealed) this.#hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}

function put16(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value & 0xff;
  buffer[at + 1] = (value >>> 8) & 0xff;
}

function put32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value & 0xff;
  buffer[at + 1] = (value >>> 8) & 0xff;
  buffer[at + 2] = (value >>> 16) & 0xff;
  buffer[at + 3] = (value >>> 24) & 0xff;
}
