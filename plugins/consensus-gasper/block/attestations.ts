/**
 * Votes in a block: `process_attestation` of Altair, with Deneb's inclusion window (until the end of the next epoch, for target and source).
 */
import { bytesEqual } from "../../../core/sdk.js";
import { attestationSigningRoot, bitsFit, countBits, membersOf } from "../codec/index.js";
import type { CommitteeShuffling } from "../duties/index.js";
import { baseRewardPerIncrement, Flag } from "../epoch/index.js";
import { FLAGS, PROPOSER_REWARD_DENOMINATOR } from "../epoch/participation.js";
import { GasperFault, invalidBlock } from "../errors.js";
import { integerSquareRoot } from "../parameters.js";
import type { GasperState } from "../state/index.js";
import type { Attestation, AttestationData, Checkpoint } from "../types.js";
import type { BlockContext } from "./context.js";

/** Slots between a vote and the first block that may have it. */
const MIN_INCLUSION_DELAY = 1;

/** Sum of weights for each combination of flags. */
const WEIGHTS = Uint8Array.from({ length: 8 }, (_, flags) =>
  FLAGS.reduce((sum, { flag, weight }) => sum + ((flags & flag) !== 0 ? weight : 0), 0),
);

/**
 * Whether a vote may be in a block of the state's slot, and the flags that it earns there
 * (`get_attestation_participation_flag_indices`). Looks neither at committee nor at signature.
 *
 * @throws InvalidHeaderError GASPER_ATTESTATION_FUTURE, _ANCIENT, _TARGET_EPOCH, _SOURCE
 */
export function attestationFlags(state: GasperState, data: AttestationData): number {
  const { slot, epoch, previousEpoch, parameters } = state;
  const { target } = data;
  if (target.epoch !== Math.floor(data.slot / parameters.slotsPerEpoch))
    throw invalidBlock(GasperFault.attestationTarget, `a vote of slot ${data.slot} is not for epoch ${target.epoch}`);
  if (data.slot + MIN_INCLUSION_DELAY > slot)
    throw invalidBlock(GasperFault.attestationFuture, `a vote of slot ${data.slot} can't be in a block of slot ${slot}`);
  if (target.epoch < previousEpoch)
    throw invalidBlock(GasperFault.attestationAncient, `a vote for epoch ${target.epoch} is too old in epoch ${epoch}`);
  const justified = target.epoch === epoch ? state.currentJustified : state.previousJustified;
  if (!sameCheckpoint(data.source, justified))
    throw invalidBlock(
      GasperFault.attestationSource,
      `its source (epoch ${data.source.epoch}) is not what was justified (${justified.epoch})`,
    );
  const delay = slot - data.slot;
  const isTarget = matches(state, state.firstSlotOf(target.epoch), target.root);
  let flags = 0;
  if (delay <= Number(integerSquareRoot(BigInt(parameters.slotsPerEpoch)))) flags |= Flag.source;
  if (isTarget) flags |= Flag.target;
  if (isTarget && delay === MIN_INCLUSION_DELAY && matches(state, data.slot, data.headRoot)) flags |= Flag.head;
  return flags;
}

function sameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.epoch === b.epoch && bytesEqual(a.root, b.root);
}

/** Whether this branch has that block there. */
function matches(state: GasperState, slot: number, root: Uint8Array): boolean {
  const own = state.blockRootAt(slot);
  return own !== undefined && bytesEqual(own, root);
}

/**
 * Whom a vote speaks for.
 *
 * @throws InvalidHeaderError GASPER_ATTESTATION_COMMITTEE, GASPER_ATTESTATION_BITS
 */
export function attestationVoters({ data, bits }: Attestation, shuffling: CommitteeShuffling): Uint32Array {
  if (!shuffling.has(data.slot, data.committeeIndex))
    throw invalidBlock(GasperFault.attestationCommittee, `slot ${data.slot} has no committee ${data.committeeIndex}`);
  const committee = shuffling.committee(data.slot, data.committeeIndex);
  if (!bitsFit(bits, committee.length) || countBits(bits) === 0)
    throw invalidBlock(GasperFault.attestationBits, `its bits are not those of a committee of ${committee.length}`);
  return membersOf(committee, bits);
}

export async function processAttestation(context: BlockContext, attestation: Attestation): Promise<void> {
  const { state, services, claims, outcome } = context;
  const { data, signature } = attestation;
  const flags = attestationFlags(state, data);
  const indices = attestationVoters(attestation, await services.shuffling(state, data.target.epoch));
  const message = attestationSigningRoot(state.parameters.chainHash, data);
  claims.add(
    { publicKey: services.sumOfKeys(state, indices), message, signature },
    GasperFault.attestationSignature,
    `its voters did not sign the vote of slot ${data.slot}, committee ${data.committeeIndex}`,
  );
  const weighed = setFlags(state, data.target.epoch, indices, flags);
  // Increments times weights are below 2^36 · 2^6, rewards of an increment below 2^47.
  const reward = Number((BigInt(weighed) * BigInt(baseRewardPerIncrement(state))) / BigInt(PROPOSER_REWARD_DENOMINATOR));
  state.increaseBalance(context.proposerIndex, reward);
  state.escrow.mint(BigInt(reward));
  outcome.votes.push({ data, indices });
}

/** Answers the sum of increments times the weights of flags that were not set before. */
function setFlags(state: GasperState, epoch: number, indices: Uint32Array, flags: number): number {
  const column = state.columns.flagsOf(epoch);
  let weighed = 0;
  let target = 0;
  for (const index of indices) {
    const before = column.get(index);
    const fresh = flags & ~before;
    if (fresh === 0) continue;
    column.set(index, before | fresh);
    const increments = state.effectiveIncrementsOf(index);
    weighed += increments * (WEIGHTS[fresh] as number);
    if ((fresh & Flag.target) !== 0 && !state.isSlashed(index)) target += increments;
  }
  if (epoch === state.epoch) state.summary.currentTargetIncrements += target;
  else state.summary.previousTargetIncrements += target;
  return weighed;
}
