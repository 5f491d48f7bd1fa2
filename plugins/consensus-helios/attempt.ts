/**
 * One attempt: an outer nonce through all three phases, on the calling thread. The simplest way to make a seal, for tests, test
 * vectors and trivial parameters; miners do the same in slices and in parallel.
 */
import { type Bytes, compareBytes, concatBytes, type Hash, sha256 } from "../../core/sdk.js";
import { type MemoryCost, memoryHash } from "./memory.js";
import type { Phases } from "./phases.js";
import { encodeSeal, innerNonceBytes, searchPrefix } from "./seal.js";

/** What a seal is made for. */
export interface SealWork {
  /** Signing root of the header. */
  readonly root: Hash;
  readonly parentId: Hash;
  /** 32 bytes, big-endian. */
  readonly target: Bytes;
  readonly memoryCost: MemoryCost;
  /** T. */
  readonly squarings: number;
  readonly innerNonceBits: number;
}

/** The seal that `outerNonce` gives; undefined if none of its inner nonces is below the target. */
export function attempt(phases: Phases, work: SealWork, outerNonce: bigint): Bytes | undefined {
  const { root, parentId, memoryCost, squarings } = work;
  const memory = memoryHash(phases.memory, root, outerNonce, parentId, memoryCost);
  const run = phases.timelock.begin(phases.timelock.elementOf(root, outerNonce, memory), squarings);
  run.advance(squarings);
  const output = run.output();
  const innerNonce = searched(searchPrefix(root, outerNonce, memory, output), work);
  return innerNonce === undefined ? undefined : encodeSeal({ outerNonce, innerNonce, memoryHash: memory, output, proof: run.prove() });
}

/** The seal of the first outer nonce from `first` on that gives one. */
export function mineOne(phases: Phases, work: SealWork, first = 0n): Bytes {
  for (let outerNonce = first; ; outerNonce++) {
    const seal = attempt(phases, work, outerNonce);
    if (seal !== undefined) return seal;
  }
}

function searched(prefix: Bytes, { target, innerNonceBits }: SealWork): number | undefined {
  const message = concatBytes(prefix, new Uint8Array(4));
  for (let innerNonce = 0; innerNonce < 2 ** innerNonceBits; innerNonce++) {
    message.set(innerNonceBytes(innerNonce), prefix.length);
    if (compareBytes(sha256(message), target) <= 0) return innerNonce;
  }
  return undefined;
}
