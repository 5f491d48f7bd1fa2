/**
 * Any number of BLS keys at the price of an addition each: secret keys that follow one another, so that a public key is the one before it plus the
 * generator, and what a committee signs takes one signature, by the sum of its secret keys. Signatures and keys are as good as any.
 */
import { compressKey, UNCOMPRESSED_KEY_BYTES } from "../../core/bls/encoding.js";
import type { BlsEngine } from "../../core/bls/engine.js";
import { blsSign } from "../../core/bls/index.js";
import { blsEngine } from "../../core/bls/select.js";
import { present } from "../../core/kernel/assert.js";
import { type Bytes, fromHex } from "../../core/primitives/bytes.js";

/** r, the order of the group. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

export class BenchKeys {
  readonly #first: bigint;
  /** Uncompressed. */
  readonly #points: Bytes[] = [];

  constructor(
    readonly count: number,
    seed: number,
  ) {
    const engine = blsEngine();
    this.#first = (0x1234_5678_9abc_def0n << 64n) + BigInt(seed);
    const generator = present(engine.decompress(engine.publicKeyOf(scalarBytes(1n))), "a key is a point");
    let point = present(engine.decompress(engine.publicKeyOf(scalarBytes(this.#first))), "a key is a point");
    for (let index = 0; index < count; index++) {
      this.#points.push(new Uint8Array(point));
      point = engine.sumKeys([point, generator]);
    }
  }

  /** Compressed. */
  publicKey(index: number): Bytes {
    return compressKey(this.#point(index));
  }

  /** The sum of the public keys of all these, uncompressed: as `BlsKeys` makes it. */
  sum(engine: BlsEngine, indices: Iterable<number>): Bytes {
    const points = Array.from(indices, (index) => this.#point(index));
    return new Uint8Array(points.length === 1 ? this.#point(Array.from(indices)[0] as number) : engine.sumKeys(points));
  }

  /** What the aggregate of the signatures of all these is. */
  sign(indices: Iterable<number>, message: Bytes): Bytes {
    let secret = 0n;
    for (const index of indices) secret += this.#first + BigInt(index);
    return blsSign(scalarBytes(secret % ORDER), message);
  }

  #point(index: number): Bytes {
    const point = present(this.#points[index], "there is such a key");
    return point.length === UNCOMPRESSED_KEY_BYTES ? point : new Uint8Array(point);
  }
}

function scalarBytes(scalar: bigint): Bytes {
  return present(fromHex(scalar.toString(16).padStart(64, "0")), "a scalar below r has 32 bytes");
}
