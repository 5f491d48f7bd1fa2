/** Claims with real seals at trivial parameters, engines that count what they are asked for, and seals that differ in one field. */
import { Hash } from "../../../core/primitives/hash.js";
import { mineOne, type SealWork } from "../../../plugins/consensus-helios/attempt.js";
import type { SealClaim } from "../../../plugins/consensus-helios/judge.js";
import type { MemoryEngine } from "../../../plugins/consensus-helios/memory.js";
import type { Phases } from "../../../plugins/consensus-helios/phases.js";
import { decodeSeal, encodeSeal, type HeliosSeal } from "../../../plugins/consensus-helios/seal.js";
import type { ModularArithmetic } from "../../../plugins/consensus-helios/timelock/arithmetic.js";
import { chooseArithmetic, RSA_2048, Timelock } from "../../../plugins/consensus-helios/timelock/index.js";
import { bytesOfInteger, integerOf } from "../../../plugins/consensus-helios/timelock/integers.js";
import { PHASES } from "./test-chain.js";

/** Half of all hashes are below. */
export const EASY_TARGET = new Uint8Array(32).fill(0xff).fill(0x7f, 0, 1);

export function workOfSeed(seed: number, differences: Partial<SealWork> = {}): SealWork {
  return {
    root: Hash.from(new Uint8Array(32).fill(seed)),
    parentId: Hash.from(new Uint8Array(32).fill(seed + 100)),
    target: EASY_TARGET,
    memoryCost: { memoryKiB: 64, passes: 1 },
    squarings: 300,
    innerNonceBits: 6,
    ...differences,
  };
}

export function madeClaim(seed: number, differences: Partial<SealWork> = {}): SealClaim {
  const work = workOfSeed(seed, differences);
  return { ...work, seal: mineOne(PHASES, work) };
}

/** The claim with some fields of its seal replaced. */
export function resealed(claim: SealClaim, fields: Partial<HeliosSeal>): SealClaim {
  return { ...claim, seal: encodeSeal({ ...(decodeSeal(claim.seal) as HeliosSeal), ...fields }) };
}

const N = integerOf(RSA_2048);
/** A value of the group as 256 bytes; negative ones from the modulus down. */
export const element = (value: bigint): Uint8Array => bytesOfInteger(value < 0n ? N + value : value, 256);
/** The other representative. */
export const negated = (value: Uint8Array): Uint8Array => bytesOfInteger(N - integerOf(value), 256);

export interface PhaseCalls {
  argon2id: number;
  proofs: number;
  units: number;
}

/** Phases that count: runs of Argon2id, proofs checked, gcds. */
export function countingPhases(): { readonly phases: Phases; readonly calls: PhaseCalls } {
  const calls: PhaseCalls = { argon2id: 0, proofs: 0, units: 0 };
  const memory: MemoryEngine = {
    kind: PHASES.memory.kind,
    argon2id: (input) => {
      calls.argon2id++;
      return PHASES.memory.argon2id(input);
    },
  };
  const real = chooseArithmetic();
  const arithmetic: ModularArithmetic = {
    kind: real.kind,
    tier: real.tier,
    modulus: real.modulus,
    squarings: (x, count) => real.squarings(x, count),
    power: (base, exponent) => real.power(base, exponent),
    powerProduct: (a, ea, b, eb) => real.powerProduct(a, ea, b, eb),
    challengePrime: (seed) => real.challengePrime(seed),
    chain: (x, count) => real.chain(x, count),
    isUnit: (value) => {
      calls.units++;
      return real.isUnit(value);
    },
    checkProofs: (claims) => {
      calls.proofs += claims.length;
      return real.checkProofs(claims);
    },
  };
  return { phases: { memory, timelock: new Timelock(arithmetic) }, calls };
}
