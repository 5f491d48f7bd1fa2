/**
 * What crosses to a worker that judges seals, and back. Claims are packed into one byte string: copying a view between threads
 * would copy all of the message that it is a view of.
 */
import { assert, type Bytes, Hash, present } from "../../core/sdk.js";
import { HeaderFault } from "./errors.js";
import type { SealClaim } from "./judge.js";
import type { PhaseChoice } from "./phases.js";
import { SEAL_BYTES } from "./seal.js";

/**
 * `proofs`: claims and time-locks. `memory`: Argon2id alone, of claims that `proofs` found good. `all`: one after the other.
 * In a row the answer ends with the first bad one.
 */
export type JudgeStage = "proofs" | "memory" | "all";

export interface JudgeInput {
  readonly stage: JudgeStage;
  readonly row: boolean;
  readonly phases: PhaseChoice;
  /** Root ‖ parent id ‖ target ‖ seal, of each claim. */
  readonly packed: Bytes;
  /** Memory in KiB, passes, squarings, inner nonce bits, bytes of the seal, of each claim. */
  readonly numbers: readonly number[];
}

/** One byte a claim: index into `FAULTS`. */
export type JudgeOutput = Bytes;

/** Place of a fault in an answer; 0 is none. */
const FAULTS: readonly (HeaderFault | undefined)[] = [undefined, ...Object.values(HeaderFault)];

const PARENT_AT = Hash.bytes;
const TARGET_AT = PARENT_AT + Hash.bytes;
const SEAL_AT = TARGET_AT + 32;
/** A seal takes its full place, whatever it has; of a longer one its length alone is judged. */
const PACKED_BYTES = SEAL_AT + SEAL_BYTES;
const NUMBERS = 5;

export function packClaims(claims: readonly SealClaim[]): Pick<JudgeInput, "packed" | "numbers"> {
  const packed = new Uint8Array(claims.length * PACKED_BYTES);
  for (const [i, { root, parentId, target, seal }] of claims.entries()) {
    const at = i * PACKED_BYTES;
    packed.set(root, at);
    packed.set(parentId, at + PARENT_AT);
    packed.set(target, at + TARGET_AT);
    packed.set(seal.subarray(0, SEAL_BYTES), at + SEAL_AT);
  }
  const numbers = claims.flatMap(({ memoryCost: { memoryKiB, passes }, squarings, innerNonceBits, seal }) => [
    memoryKiB,
    passes,
    squarings,
    innerNonceBits,
    seal.length,
  ]);
  return { packed, numbers };
}

export function unpackClaims({ packed, numbers }: Pick<JudgeInput, "packed" | "numbers">): SealClaim[] {
  assert(packed.length % PACKED_BYTES === 0 && numbers.length / NUMBERS === packed.length / PACKED_BYTES, "packed claims are whole");
  const claims: SealClaim[] = [];
  for (let i = 0; i * PACKED_BYTES < packed.length; i++) {
    const [memoryKiB, passes, squarings, innerNonceBits, sealBytes] = numbers.slice(i * NUMBERS) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const whole = packed.subarray(i * PACKED_BYTES, (i + 1) * PACKED_BYTES);
    const root = Hash.from(whole.subarray(0, PARENT_AT));
    const parentId = Hash.from(whole.subarray(PARENT_AT, TARGET_AT));
    const target = whole.subarray(TARGET_AT, SEAL_AT);
    // Of one that is too long, that it is says all.
    const seal = sealBytes > SEAL_BYTES ? new Uint8Array(sealBytes) : whole.subarray(SEAL_AT, SEAL_AT + sealBytes);
    claims.push({ root, parentId, target, seal, memoryCost: { memoryKiB, passes }, squarings, innerNonceBits });
  }
  return claims;
}

export function encodeFaults(faults: readonly (HeaderFault | undefined)[]): JudgeOutput {
  return Uint8Array.from(faults, (fault) => FAULTS.indexOf(fault));
}

export function decodeFaults(output: JudgeOutput): (HeaderFault | undefined)[] {
  return Array.from(output, (place) => {
    assert(place < FAULTS.length, "a fault has a place in the list");
    return FAULTS[place];
  });
}

/** Up to the first fault of a row; all of anything else. */
export function upToFault(faults: readonly (HeaderFault | undefined)[], row: boolean): readonly (HeaderFault | undefined)[] {
  const first = row ? faults.findIndex((fault) => fault !== undefined) : -1;
  return first < 0 ? faults : faults.slice(0, first + 1);
}

/** Runs one job with these engines. */
export function runJudgeJob(
  { stage, row, packed, numbers }: JudgeInput,
  judge: {
    readonly proofFaults: (claims: readonly SealClaim[]) => (HeaderFault | undefined)[];
    readonly memoryFault: (claim: SealClaim) => HeaderFault | undefined;
  },
): JudgeOutput {
  const claims = unpackClaims({ packed, numbers });
  const faults = stage === "memory" ? claims.map(() => undefined) : judge.proofFaults(claims);
  const kept: (HeaderFault | undefined)[] = [...upToFault(faults, row)];
  if (stage === "proofs") return encodeFaults(kept);
  for (let i = 0; i < kept.length; i++) {
    kept[i] ??= judge.memoryFault(present(claims[i], "a fault belongs to a claim"));
    if (row && kept[i] !== undefined) return encodeFaults(kept.slice(0, i + 1));
  }
  return encodeFaults(kept);
}
