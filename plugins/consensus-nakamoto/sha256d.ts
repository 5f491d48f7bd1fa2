/**
 * SHA256(SHA256(prefix ‖ nonce)) for a fixed 32-byte prefix and many 8-byte nonces (FIPS 180-4), without allocation.
 *
 * 40 bytes fit one block of SHA-256, so the first hash is one compression, and so is the second. Nine of its sixteen
 * message words stay the same while the low half of the nonce counts: their rounds are done once. Measured on
 * Node 20.20 (one core): 1.6 million double hashes a second, against 0.36 million with `createHash` and 0.45 million with
 * one-shot `crypto.hash`, whose time goes into the calls. Used for searching only: proofs are checked with `node:crypto`, so a fault
 * here could never make a node believe a wrong block.
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const ROUND = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

/** Initial hash value (FIPS 180-4, 5.3.3). */
const INITIAL = Int32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);

/** The padding's first bit, in the word after the message. */
const PADDING = 0x80000000 | 0;
const FIRST_MESSAGE_BITS = 40 * 8;
const SECOND_MESSAGE_BITS = 32 * 8;
/** Rounds whose message words (the prefix and the nonce's high half) don't change with its low half. */
const FIXED_ROUNDS = 9;

export class DoubleSha256 {
  readonly #prefix = new Int32Array(8);
  /** Message schedule of the compression under way. */
  readonly #words = new Int32Array(64);
  /** Working variables after the fixed rounds. */
  readonly #midstate = new Int32Array(8);
  /** The last double hash: eight big-endian words. */
  readonly digest = new Int32Array(8);
  #nonceHigh = 0;

  /** @param prefix 32 bytes: what is sealed */
  constructor(prefix: Uint8Array) {
    const view = new DataView(prefix.buffer, prefix.byteOffset, 32);
    for (let i = 0; i < 8; i++) this.#prefix[i] = view.getInt32(4 * i);
    this.setNonceHigh(0);
  }

  /** Chooses the high 32 bits of the nonces to come. */
  setNonceHigh(nonceHigh: number): void {
    this.#nonceHigh = nonceHigh | 0;
    this.#loadFirstMessage(0);
    rounds(this.#words, INITIAL, 0, FIXED_ROUNDS, this.#midstate);
  }

  /** Hashes one nonce; answers the most significant word of `digest` (signed), which settles nearly all attempts. */
  hash(nonceLow: number): number {
    const words = this.#words;
    this.#loadFirstMessage(nonceLow | 0);
    schedule(words);
    rounds(words, this.#midstate, FIXED_ROUNDS, 64, words);
    for (let i = 0; i < 8; i++) words[i] = ((words[i] as number) + (INITIAL[i] as number)) | 0;
    words[8] = PADDING;
    for (let i = 9; i < 15; i++) words[i] = 0;
    words[15] = SECOND_MESSAGE_BITS;
    schedule(words);
    rounds(words, INITIAL, 0, 64, this.digest);
    for (let i = 0; i < 8; i++) this.digest[i] = ((this.digest[i] as number) + (INITIAL[i] as number)) | 0;
    return this.digest[0] as number;
  }

  #loadFirstMessage(nonceLow: number): void {
    const words = this.#words;
    for (let i = 0; i < 8; i++) words[i] = this.#prefix[i] as number;
    words[8] = this.#nonceHigh;
    words[9] = nonceLow;
    words[10] = PADDING;
    for (let i = 11; i < 15; i++) words[i] = 0;
    words[15] = FIRST_MESSAGE_BITS;
  }
}

/** Expands the 16 message words in place (FIPS 180-4, 6.2.2 step 1). */
function schedule(words: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15] as number;
    const y = words[i - 2] as number;
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = ((words[i - 16] as number) + small0 + (words[i - 7] as number) + small1) | 0;
  }
}

/** Rounds [first, last) of the compression (FIPS 180-4, 6.2.2 step 3), from the variables `start` into `out`. */
function rounds(words: Int32Array, start: Int32Array, first: number, last: number, out: Int32Array): void {
  let a = start[0] as number;
  let b = start[1] as number;
  let c = start[2] as number;
  let d = start[3] as number;
  let e = start[4] as number;
  let f = start[5] as number;
  let g = start[6] as number;
  let h = start[7] as number;
  for (let i = first; i < last; i++) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + big1 + (g ^ (e & (f ^ g))) + (ROUND[i] as number) + (words[i] as number)) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (big0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
  out[4] = e;
  out[5] = f;
  out[6] = g;
  out[7] = h;
}
