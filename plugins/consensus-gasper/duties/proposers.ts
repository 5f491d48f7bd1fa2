/**
 * Who proposes: a validator drawn by effective balance for each slot.
 *
 * Source: `compute_proposer_index` of the Ethereum consensus specification as Electra has it (16 random bits a draw; specs/electra/
 * beacon-chain.md) and `compute_proposer_indices` of Fulu, which makes a whole epoch at once for the lookahead (EIP-7917). Candidates
 * come in shuffled order; each is taken with probability effective balance / maximum:
 *
 *   slot seed    = SHA-256(seed of the epoch ‖ slot (8 bytes, little-endian))
 *   candidate i  = active[σ(i mod count)]                 σ: the shuffle of the slot seed
 *   random i     = 16 bits, little-endian, at 2 · (i mod 16) of SHA-256(slot seed ‖ ⌊i / 16⌋ (8 bytes, little-endian))
 *   it proposes if effective balance · (2^16 − 1) ≥ maximum · random
 *
 * Balances are in increments here; both sides shrink by the same factor, so that nothing differs.
 */
import { assert, type Bytes, type Slicer, sha256 } from "../../../core/sdk.js";
import { putUint64Little } from "./seed.js";
import { SEED_BYTES, SwapOrNot } from "./swap-or-not.js";

const MAX_RANDOM = 0xffff;
const DRAWS_PER_HASH = 16;

export interface ProposerInput {
  readonly epoch: number;
  /** Validators that are active in `epoch`, ascending; at least one. */
  readonly active: Uint32Array;
  /** `dutySeed(SeedDomain.proposer, epoch, mix of epoch − 2)`. */
  readonly seed: Bytes;
  /** Effective balance in increments by validator, 0 … 65,535. */
  readonly effectiveBalances: Uint16Array | Uint32Array;
}

export interface ProposerParameters {
  readonly slotsPerEpoch: number;
  readonly shuffleRounds: number;
  /** Greatest effective balance that the rules allow, in increments, 1 … 65,535. */
  readonly maxEffectiveIncrements: number;
}

/** Proposers of all slots of an epoch, in order. About 0.1 ms a slot while balances are near their maximum. */
export async function epochProposers(input: ProposerInput, parameters: ProposerParameters, slicer: Slicer): Promise<Uint32Array> {
  const { slotsPerEpoch } = parameters;
  const greatest = greatestBalance(input);
  const proposers = new Uint32Array(slotsPerEpoch);
  for (let i = 0; i < slotsPerEpoch; i++) {
    if (slicer.due()) await slicer.pause();
    proposers[i] = draw(input, parameters, slotSeed(input.seed, input.epoch * slotsPerEpoch + i), greatest);
  }
  return proposers;
}

/** The proposer of one slot of the epoch. */
export function slotProposer(input: ProposerInput, parameters: ProposerParameters, slot: number): number {
  return draw(input, parameters, slotSeed(input.seed, slot), greatestBalance(input));
}

function slotSeed(seed: Bytes, slot: number): Bytes {
  const message = new Uint8Array(SEED_BYTES + 8);
  message.set(seed);
  putUint64Little(message, SEED_BYTES, slot);
  return sha256(message);
}

function greatestBalance({ active, effectiveBalances }: ProposerInput): number {
  let greatest = 0;
  for (const validator of active) greatest = Math.max(greatest, effectiveBalances[validator] as number);
  return greatest;
}

function draw(input: ProposerInput, parameters: ProposerParameters, seed: Bytes, greatest: number): number {
  const { active, effectiveBalances } = input;
  const { maxEffectiveIncrements, shuffleRounds } = parameters;
  assert(active.length > 0, "an epoch with a proposer has active validators");
  assert(maxEffectiveIncrements >= 1 && maxEffectiveIncrements <= MAX_RANDOM, "increments have 16 bits");
  const shuffle = new SwapOrNot(seed, active.length, shuffleRounds);
  const message = new Uint8Array(SEED_BYTES + 8);
  message.set(seed);
  let random: Bytes = message;
  // Ends for certain, though not soon where all balances are 0: a random value of 0 takes anybody.
  for (let i = 0; ; i++) {
    const offset = 2 * (i % DRAWS_PER_HASH);
    if (offset === 0) {
      putUint64Little(message, SEED_BYTES, i / DRAWS_PER_HASH);
      random = sha256(message);
    }
    // Products below 2^32.
    const threshold = maxEffectiveIncrements * ((random[offset] as number) | ((random[offset + 1] as number) << 8));
    // Not even the richest would be taken, so that it does not matter who it is: a shuffled index is 90 hashes, this is none.
    if (greatest * MAX_RANDOM < threshold) continue;
    const candidate = active[shuffle.indexOf(i % active.length)] as number;
    if ((effectiveBalances[candidate] as number) * MAX_RANDOM >= threshold) return candidate;
  }
}
