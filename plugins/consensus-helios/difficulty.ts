/**
 * What the next block must state in `extra`: its target, and the steps of memory and squarings. A function of the chain's
 * parameters and of the parent's header, in exact integers.
 *
 * ASERT says which target the block would have at step 0; what it states is that target times the cost of an attempt at its
 * steps, divided by the cost at step 0. An attempt that costs more so succeeds as much more often, and the block interval holds
 * over a step. ASERT computes from genesis each time, so the rescaling never accumulates rounding.
 */
import {
  type Ancestors,
  type Bytes,
  bitsFromBytes,
  bitsOfTarget,
  bitsToBytes,
  concatBytes,
  GenesisAsert,
  type HeaderRecord,
  MAX_TARGET,
  present,
  targetOfBits,
  workOfTarget,
} from "../../core/sdk.js";
import type { HeliosSpec } from "./config.js";
import type { HeliosParameters } from "./parameters.js";
import { attemptCost, BASE_COST, beginsEpoch, NO_STEPS, nextSteps, type Steps } from "./steps.js";

/** Bytes of a header's `extra`: compact target (4) ‖ memory step (1) ‖ time step (1). */
export const EXTRA_BYTES = 6;
const BITS_BYTES = 4;

/** What `extra` says. */
export interface Demand {
  /** Compact target, at the steps. */
  readonly bits: number;
  readonly steps: Steps;
}

export function encodeExtra({ bits, steps }: Demand): Bytes {
  return concatBytes(bitsToBytes(bits), Uint8Array.of(steps.memory, steps.time));
}

/** Reads what `encodeExtra` wrote; undefined unless there are exactly six bytes. The bits need not be a target. */
export function decodeExtra(extra: Bytes): Demand | undefined {
  const bits = extra.length === EXTRA_BYTES ? bitsFromBytes(extra.subarray(0, BITS_BYTES)) : undefined;
  const [memory, time] = extra.subarray(BITS_BYTES);
  return bits === undefined || memory === undefined || time === undefined ? undefined : { bits, steps: { memory, time } };
}

/** The `extra` of a header that has passed `checkHeader`. */
export function demandOf(extra: Bytes): Demand {
  return present(decodeExtra(extra), "checked headers carry six bytes of extra");
}

/**
 * Work of a block: hashes of phase 3 that it takes on average, each with its part of phases 1 and 2, counted at the cost of
 * step 0. So a block weighs what it cost, whatever its steps. ≥ 1.
 */
export function workOf(spec: HeliosSpec, { bits, steps }: Demand): bigint {
  return (workOfTarget(targetOfBits(bits)) * attemptCost(spec, steps)) / BASE_COST;
}

/** Attempts (outer nonces) that a block takes on average, at the cost of step 0; 0 where less than one does. */
export function attemptsOf(spec: HeliosSpec, demand: Demand): bigint {
  return workOf(spec, demand) >> BigInt(spec.search.innerNonceBits);
}

/** The target at `steps` that is as hard as `target` at step 0, 1 … 2^256 − 1. */
export function rescaled(spec: HeliosSpec, target: bigint, steps: Steps): bigint {
  const scaled = (target * attemptCost(spec, steps)) / BASE_COST;
  if (scaled <= MAX_TARGET) return scaled;
  return MAX_TARGET;
}

export class Difficulty {
  readonly #parameters: HeliosParameters;
  readonly #asert: GenesisAsert;

  constructor(parameters: HeliosParameters, genesis: HeaderRecord) {
    const { spec, initialTarget, powLimit } = parameters;
    this.#parameters = parameters;
    this.#asert = new GenesisAsert(genesis.header.timestampMs, {
      anchorTarget: initialTarget,
      powLimit,
      blockInterval: BigInt(spec.blockIntervalMs),
      halfLife: BigInt(spec.difficulty.halfLifeMs),
    });
  }

  /** What genesis states. */
  static genesis({ initialBits }: HeliosParameters): Demand {
    return { bits: initialBits, steps: NO_STEPS };
  }

  /** What the block must state whose ancestors these are. */
  demand(ancestors: Ancestors): Demand {
    const { spec } = this.#parameters;
    const { header: tip } = present(ancestors.at(1), "every block but genesis has a parent");
    const before = demandOf(tip.extra);
    const steps = beginsEpoch(spec, tip.height + 1) ? nextSteps(spec, before.steps, attemptsOf(spec, before)) : before.steps;
    return { bits: bitsOfTarget(rescaled(spec, this.#asert.nextTarget(tip), steps)), steps };
  }

  /** How many times harder a block is than the easiest allowed; for people, never for rules. */
  ratio(demand: Demand): number {
    const easiest = rescaled(this.#parameters.spec, this.#parameters.powLimit, demand.steps);
    return Number((easiest * 1_000n) / targetOfBits(demand.bits)) / 1_000;
  }
}
