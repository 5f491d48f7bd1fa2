/**
 * Judging seals, cheapest first. What each step costs natively on one core, at the default chain spec:
 *
 * 1. `claimFault`: sizes, ranges, canonical form, target on the claimed values. 3 µs, no arithmetic modulo N.
 * 2. `proofFaults`: units, then Wesolowski's proof. A third of a millisecond.
 * 3. `memoryFault`: Argon2id. Eight milliseconds.
 *
 * A seal that fails at one step never sees the next. Pure: no clock, no state but the engines.
 */
import { type Bytes, bytesEqual, compareBytes, present } from "../../core/sdk.js";
import type { SealWork } from "./attempt.js";
import { HeaderFault } from "./errors.js";
import { memoryHash } from "./memory.js";
import type { Phases } from "./phases.js";
import { decodeSeal, type HeliosSeal, sealHash } from "./seal.js";

/** A header's seal with all that it is judged by. */
export interface SealClaim extends SealWork {
  /** Of whatever length. */
  readonly seal: Bytes;
}

/** What is wrong with a claim by its bytes alone; undefined: nothing. */
export function claimFault({ timelock }: Phases, claim: SealClaim): HeaderFault | undefined {
  const seal = decodeSeal(claim.seal);
  if (seal === undefined) return HeaderFault.sealSize;
  if (seal.innerNonce >= 2 ** claim.innerNonceBits) return HeaderFault.innerNonce;
  const shape = timelock.shapeFault(seal.output, seal.proof, claim.squarings);
  if (shape !== undefined) return shape;
  return compareBytes(sealHash(claim.root, claim.seal), claim.target) > 0 ? HeaderFault.work : undefined;
}

/** For each claim what is wrong with its time-lock, or with its bytes alone. Those are left out of the arithmetic. */
export function proofFaults(phases: Phases, claims: readonly SealClaim[]): (HeaderFault | undefined)[] {
  const faults: (HeaderFault | undefined)[] = claims.map((claim) => claimFault(phases, claim));
  const open = claims.flatMap((claim, index) => (faults[index] === undefined ? [{ claim, index }] : []));
  const found = phases.timelock.check(
    open.map(({ claim: { root, seal, squarings } }) => {
      const { outerNonce, memoryHash, output, proof } = decoded(seal);
      return { x: phases.timelock.elementOf(root, outerNonce, memoryHash), y: output, proof, squarings };
    }),
  );
  for (const [at, { index }] of open.entries()) faults[index] = found[at];
  return faults;
}

/** Whether M is Argon2id's, of a claim whose bytes are good. */
export function memoryFault({ memory }: Phases, { root, parentId, seal, memoryCost }: SealClaim): HeaderFault | undefined {
  const { outerNonce, memoryHash: claimed } = decoded(seal);
  return bytesEqual(memoryHash(memory, root, outerNonce, parentId, memoryCost), claimed) ? undefined : HeaderFault.memory;
}

function decoded(seal: Bytes): HeliosSeal {
  return present(decodeSeal(seal), "its size has been checked");
}
