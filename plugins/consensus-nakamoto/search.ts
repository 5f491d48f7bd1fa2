/**
 * The search for a nonce, as it runs in a mining thread (and inline, for a few easy blocks). Its only run-time import
 * is the hash, so that a thread starts fast and small.
 */
import type { Searcher, SearchFactory, SearchLane, SearchSlice } from "../../core/sdk.js";
import { DoubleSha256 } from "./sha256d.js";

export interface NonceSearchInput {
  /** 32 bytes: the header's signing root. */
  readonly signingRoot: Uint8Array;
  /** 32 bytes, big-endian. */
  readonly target: Uint8Array;
}

const LOW_NONCES = 2 ** 32;

class NonceSearcher implements Searcher {
  readonly #hash: DoubleSha256;
  /** Words of the target as unsigned integers. */
  readonly #target: Uint32Array;
  readonly #lanes: number;
  #nonceHigh: number;
  #nonceLow = 0;

  constructor(input: NonceSearchInput, lane: SearchLane) {
    this.#hash = new DoubleSha256(input.signingRoot);
    const view = new DataView(input.target.buffer, input.target.byteOffset, 32);
    this.#target = Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i));
    this.#lanes = lane.count;
    // Lanes interleave on the high half, so they never try the same nonce.
    this.#nonceHigh = lane.index;
    this.#hash.setNonceHigh(this.#nonceHigh);
  }

  search(attempts: number): SearchSlice {
    const mostSignificant = this.#target[0] as number;
    for (let made = 1; made <= attempts; made++) {
      if (this.#nonceLow === LOW_NONCES) this.#nextHigh();
      const nonceLow = this.#nonceLow++;
      if (this.#hash.hash(nonceLow) >>> 0 <= mostSignificant && this.#meets()) {
        return { attempts: made, found: sealOf(this.#nonceHigh, nonceLow) };
      }
    }
    return { attempts };
  }

  #nextHigh(): void {
    this.#nonceHigh += this.#lanes;
    this.#nonceLow = 0;
    this.#hash.setNonceHigh(this.#nonceHigh);
  }

  /** Whether the last digest, as a big-endian integer, is not above the target. */
  #meets(): boolean {
    const { digest } = this.#hash;
    for (let i = 0; i < 8; i++) {
      const difference = ((digest[i] as number) >>> 0) - (this.#target[i] as number);
      if (difference !== 0) return difference < 0;
    }
    return true;
  }
}

/** The nonce as the header's seal: 8 bytes, big-endian. */
function sealOf(nonceHigh: number, nonceLow: number): Uint8Array {
  const seal = new Uint8Array(8);
  const view = new DataView(seal.buffer);
  view.setUint32(0, nonceHigh);
  view.setUint32(4, nonceLow);
  return seal;
}

const createSearcher: SearchFactory<NonceSearchInput> = (input, lane) => new NonceSearcher(input, lane);

export default createSearcher;
