/**
 * Which attestations a block should hold: those that earn validators the most participation flags which the state has not set.
 *
 * Weighted maximum coverage, greedy: the one with the greatest gain, then the greatest gain beside that, and so on. What an attestation
 * gains depends on its own committee only, so after each choice one committee is counted again.
 *
 * The gain is what the proposer's reward is in proportion to: weight of the flags × effective balance.
 */
import { bytesEqual, compareBytes, InvalidHeaderError } from "../../../core/sdk.js";
import { attestationFlags } from "../block/index.js";
import { FLAGS } from "../epoch/participation.js";
import type { GasperState } from "../state/index.js";
import type { Attestation, AttestationData } from "../types.js";
import type { Steps } from "./steps.js";
import type { VoteCandidate, VoteGroup } from "./vote-group.js";

/** Sums of weights by flags. */
const WEIGHTS = Uint8Array.from({ length: 8 }, (_, flags) =>
  FLAGS.reduce((sum, { flag, weight }) => sum + ((flags & flag) === 0 ? 0 : weight), 0),
);

interface Choice {
  readonly group: VoteGroup;
  readonly candidate: VoteCandidate;
  /** Flags that it earns its voters. */
  readonly flags: number;
}

/** The candidates of one committee, with the flags that its members have. */
class CommitteeChoices {
  readonly choices: Choice[] = [];
  best: Choice | undefined;
  gain = 0;
  readonly #flags: Uint8Array;
  readonly #increments: Uint16Array;

  constructor(committee: Uint32Array, epoch: number, state: GasperState) {
    const column = state.columns.flagsOf(epoch);
    this.#flags = Uint8Array.from(committee, (validator) => column.get(validator));
    this.#increments = Uint16Array.from(committee, (validator) => state.effectiveIncrementsOf(validator));
  }

  /** Sets the flags of what was chosen. */
  include({ candidate, flags }: Choice): void {
    forEachBit(candidate.bits, (position) => {
      this.#flags[position] = (this.#flags[position] as number) | flags;
    });
  }

  /** Finds the choice with the greatest gain, the first of equals. */
  count(): void {
    this.best = undefined;
    this.gain = 0;
    for (const choice of this.choices) {
      const gain = this.#gainOf(choice);
      if (gain <= this.gain) continue;
      this.gain = gain;
      this.best = choice;
    }
  }

  /** Below 2^21 members × 2^16 increments × 2^6. */
  #gainOf({ candidate, flags }: Choice): number {
    let gain = 0;
    forEachBit(candidate.bits, (position) => {
      const fresh = flags & ~(this.#flags[position] as number);
      gain += (WEIGHTS[fresh] as number) * (this.#increments[position] as number);
    });
    return gain;
  }
}

/** @param state at the slot of the block */
export function* selectAttestations(groups: Iterable<VoteGroup>, state: GasperState, limit: number): Steps<Attestation[]> {
  const committees = gather(groups, state);
  for (const committee of committees) {
    committee.count();
    yield;
  }
  const selected: Attestation[] = [];
  while (selected.length < limit) {
    let next: CommitteeChoices | undefined;
    for (const committee of committees) if (committee.gain > (next?.gain ?? 0)) next = committee;
    if (next?.best === undefined) break;
    const { best } = next;
    const attestation = yield* best.group.materialize(best.candidate);
    if (attestation === undefined) next.choices.splice(next.choices.indexOf(best), 1);
    else {
      selected.push(attestation);
      next.include(best);
    }
    next.count();
  }
  return selected;
}

/** What is valid in the state, by committee: newest slots first, whose flags are lost soonest. */
function gather(groups: Iterable<VoteGroup>, state: GasperState): readonly CommitteeChoices[] {
  const ordered = [...groups].sort(
    (a, b) => b.data.slot - a.data.slot || a.data.committeeIndex - b.data.committeeIndex || compareBytes(a.root, b.root),
  );
  const committees = new Map<string, CommitteeChoices>();
  for (const group of ordered) {
    const { slot, committeeIndex, target } = group.data;
    const flags = earnedFlags(state, group.data) ?? 0;
    if (flags === 0 || !isOfBranch(state, target.epoch, group.decisionRoot)) continue;
    const key = `${slot}:${committeeIndex}`;
    const committee = committees.get(key) ?? new CommitteeChoices(group.committee, target.epoch, state);
    committees.set(key, committee);
    for (const candidate of group.candidates()) committee.choices.push({ group, candidate, flags });
  }
  return [...committees.values()];
}

/** Whether the state's branch has the committees that the votes were checked against. */
function isOfBranch(state: GasperState, epoch: number, decisionRoot: Uint8Array): boolean {
  const decisionSlot = state.firstSlotOf(epoch - 1) - 1;
  // Committees of the first two epochs follow from genesis, whatever the branch.
  if (decisionSlot < 0) return true;
  const root = state.blockRootAt(decisionSlot);
  return root !== undefined && bytesEqual(root, decisionRoot);
}

/** Flags of those who voted so, if a block at the state's slot holds it; undefined where it may not. */
function earnedFlags(state: GasperState, data: AttestationData): number | undefined {
  // Most of what is not valid, without the price of an error.
  if (data.slot >= state.slot || data.target.epoch < state.previousEpoch) return undefined;
  try {
    return attestationFlags(state, data);
  } catch (error) {
    if (InvalidHeaderError.matches(error)) return undefined;
    throw error;
  }
}

function forEachBit(bits: Uint8Array, visit: (position: number) => void): void {
  for (let i = 0; i < bits.length; i++) {
    for (let rest = bits[i] as number; rest !== 0; rest &= rest - 1) visit(8 * i + 31 - Math.clz32(rest & -rest));
  }
}
