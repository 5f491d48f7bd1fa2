/**
 * Addresses as bech32m text, for events. `Address.format` goes through a general library, at a few microseconds for each;
 * a block of thousands of transfers names thousands of addresses, so this does the one case by table and shift.
 * Same output (BIP 350), held to `Address.format` by a differential test.
 */
import type { Address } from "../../core/sdk.js";

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32M_CONSTANT = 0x2bc830a3;
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** 20 bytes are 32 groups of 5 bits; the checksum has 6. */
const DATA_GROUPS = 32;
const CHECKSUM_GROUPS = 6;

const ALPHABET_CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
/** What the five bits shifted out of the checksum add to it. */
const FOLD = Int32Array.from({ length: 32 }, (_, top) =>
  GENERATORS.reduce((sum, generator, bit) => ((top >> bit) & 1 ? sum ^ generator : sum), 0),
);

const step = (checksum: number, value: number): number => ((checksum & 0x1ffffff) << 5) ^ value ^ (FOLD[checksum >>> 25] as number);

/** Formats addresses of one prefix. */
export class AddressFormatter {
  readonly #prefixChecksum: number;
  readonly #buffer: Buffer;
  readonly #dataAt: number;

  /** @param prefix 1 to 16 lower-case letters */
  constructor(prefix: string) {
    let checksum = 1;
    for (let i = 0; i < prefix.length; i++) checksum = step(checksum, prefix.charCodeAt(i) >> 5);
    checksum = step(checksum, 0);
    for (let i = 0; i < prefix.length; i++) checksum = step(checksum, prefix.charCodeAt(i) & 31);
    this.#prefixChecksum = checksum;
    this.#buffer = Buffer.from(`${prefix}1${"q".repeat(DATA_GROUPS + CHECKSUM_GROUPS)}`, "latin1");
    this.#dataAt = prefix.length + 1;
  }

  format(address: Address): string {
    const buffer = this.#buffer;
    let at = this.#dataAt;
    let checksum = this.#prefixChecksum;
    let pending = 0;
    let bits = 0;
    for (let i = 0; i < 20; i++) {
      pending = (pending << 8) | (address[i] as number);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        const group = (pending >> bits) & 31;
        checksum = step(checksum, group);
        buffer[at++] = ALPHABET_CODES[group] as number;
      }
      pending &= 31;
    }
    for (let i = 0; i < CHECKSUM_GROUPS; i++) checksum = step(checksum, 0);
    checksum ^= BECH32M_CONSTANT;
    for (let i = 0; i < CHECKSUM_GROUPS; i++) buffer[at++] = ALPHABET_CODES[(checksum >> (5 * (5 - i))) & 31] as number;
    return buffer.toString("latin1");
  }
}
