/** One state in two forms: the specification's objects and the engine's columns, to be moved on side by side and compared. */
import { Hash } from "../../../../core/sdk.js";
import { Flag } from "../../../../plugins/consensus-gasper/epoch/index.js";
import type { GasperParameters } from "../../../../plugins/consensus-gasper/parameters.js";
import { EPOCH_FIELDS, GasperState, NO_PROPOSER } from "../../../../plugins/consensus-gasper/state/index.js";
import { addSlashed, slashedIn } from "../../../../plugins/consensus-gasper/state/slashings.js";
import type { MemoryState } from "../../ledger-account/fixtures.js";
import { accountOf, BAD_SIGNATURE, GOOD_SIGNATURE, hex, publicKeyOf } from "../state/fixtures.js";
import { FAR_FUTURE_EPOCH, type SpecCheckpoint, type SpecConfig, SpecState } from "./specification.js";

export function specConfig(parameters: GasperParameters): SpecConfig {
  const { lifecycle, rewards, slashing, spec } = parameters;
  return {
    SLOTS_PER_EPOCH: BigInt(parameters.slotsPerEpoch),
    EFFECTIVE_BALANCE_INCREMENT: BigInt(parameters.increment),
    MAX_EFFECTIVE_BALANCE: BigInt(parameters.maxEffective),
    EJECTION_BALANCE: BigInt(spec.balances.ejection),
    MAX_SEED_LOOKAHEAD: BigInt(lifecycle.maxSeedLookaheadEpochs),
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: BigInt(lifecycle.minWithdrawabilityDelayEpochs),
    MIN_PER_EPOCH_CHURN_LIMIT: BigInt(lifecycle.minChurnPerEpoch),
    CHURN_LIMIT_QUOTIENT: BigInt(lifecycle.churnQuotient),
    BASE_REWARD_FACTOR: BigInt(rewards.baseRewardFactor),
    INACTIVITY_SCORE_BIAS: BigInt(rewards.inactivityScoreBias),
    INACTIVITY_SCORE_RECOVERY_RATE: BigInt(rewards.inactivityScoreRecovery),
    INACTIVITY_PENALTY_QUOTIENT: BigInt(rewards.inactivityPenaltyQuotient),
    MIN_EPOCHS_TO_INACTIVITY_PENALTY: BigInt(rewards.minEpochsToInactivityPenalty),
    EPOCHS_PER_SLASHINGS_VECTOR: BigInt(slashing.vectorEpochs),
    PROPORTIONAL_SLASHING_MULTIPLIER: BigInt(slashing.proportionalMultiplier),
    SHUFFLE_ROUND_COUNT: BigInt(spec.shuffleRounds),
    MAX_PENDING_DEPOSITS_PER_EPOCH: BigInt(lifecycle.maxPendingDepositsPerEpoch),
  };
}

/** Writes the specification's state into an empty one of the engine: what blocks and epochs would have left behind. */
export function engineState(spec: SpecState, memory: MemoryState, parameters: GasperParameters): GasperState {
  const state = GasperState.empty(memory, parameters);
  const { summary, columns } = state;
  const increment = BigInt(parameters.increment);
  summary.slot = Number(spec.slot);
  for (const [index, validator] of spec.validators.entries()) {
    state.register(publicKeyOf(validator.name), accountOf(validator.name), Number(spec.balances[index]));
    columns.effective.set(index, Number(validator.effective_balance / increment));
    columns.slashed.set(index, validator.slashed ? 1 : 0);
    columns.scores.set(index, Number(spec.inactivity_scores[index]));
    const { activation_eligibility_epoch, activation_epoch, exit_epoch, withdrawable_epoch } = validator;
    columns.epochs.put(index * EPOCH_FIELDS, [activation_eligibility_epoch, activation_epoch, exit_epoch, withdrawable_epoch].map(Number));
    const flags = [spec.previous_epoch_participation, spec.current_epoch_participation];
    for (const back of state.epoch === 0 ? [0] : [0, 1]) columns.flagsOf(state.epoch - back).set(index, flags[1 - back]?.[index] ?? 0);
  }
  fillSums(spec, state);
  for (const deposit of spec.pending_deposits) {
    const publicKey = publicKeyOf(deposit.name);
    state.setPending(publicKey, true);
    const proofOfPossession = deposit.isProven ? GOOD_SIGNATURE : BAD_SIGNATURE;
    const account = accountOf(deposit.name);
    state.deposits.append({ publicKey, proofOfPossession, account, sender: account, amount: Number(deposit.amount), slot: 0 });
  }
  fillRings(spec, state);
  state.escrow.mint(summary.balancesTotal + summary.pendingTotal);
  return state;
}

function fillSums(spec: SpecState, state: GasperState): void {
  const { summary } = state;
  const increment = BigInt(state.parameters.increment);
  const sum = (indices: readonly number[]) =>
    Number(indices.reduce((total, index) => total + spec.at(index).effective_balance, 0n) / increment);
  const active = spec.get_active_validator_indices(spec.get_current_epoch());
  summary.activeCount = active.length;
  summary.activeIncrements = sum(active);
  summary.currentTargetIncrements = sum(spec.get_unslashed_participating_indices(1, spec.get_current_epoch()));
  if (state.epoch > 0) summary.previousTargetIncrements = sum(spec.get_unslashed_participating_indices(1, spec.get_previous_epoch()));
  const exits = spec.validators.map(({ exit_epoch }) => exit_epoch).filter((epoch) => epoch !== FAR_FUTURE_EPOCH);
  summary.exitQueueEpoch = Math.max(0, ...exits.map(Number));
  summary.exitQueueChurn = exits.filter((epoch) => Number(epoch) === summary.exitQueueEpoch).length;
  for (const [place, amount] of spec.slashings.entries()) if (amount > 0n) addSlashed(state, place, Number(amount / increment));
  summary.justificationBits = spec.justification_bits.reduce((bits, bit, index) => bits | (bit ? 1 << index : 0), 0);
  summary.previousJustified = checkpoint(spec.previous_justified_checkpoint);
  summary.currentJustified = checkpoint(spec.current_justified_checkpoint);
  summary.finalized = checkpoint(spec.finalized_checkpoint);
}

function fillRings(spec: SpecState, state: GasperState): void {
  const { slotsPerEpoch } = state.parameters;
  for (let epoch = Math.max(0, state.epoch - 3); epoch <= state.epoch; epoch++) {
    const roots: number[] = [];
    for (let slot = epoch * slotsPerEpoch; slot < Math.min(state.slot, (epoch + 1) * slotsPerEpoch); slot++)
      roots.push(...Buffer.from(spec.block_roots.get(BigInt(slot)) as string, "hex"));
    if (roots.length > 0) state.values.set(state.keys.blockRoots(epoch), Uint8Array.from(roots));
  }
  state.values.set(state.keys.randaoMixes, new Uint8Array(256));
  for (let epoch = Math.max(0, state.epoch - 6); epoch <= state.epoch; epoch++)
    state.setRandaoMix(epoch, Hash.from(new Uint8Array(spec.randao_mixes.get(BigInt(epoch)) as Buffer)));
  const lookahead = new Uint8Array(4 * spec.proposer_lookahead.length);
  const view = new DataView(lookahead.buffer);
  for (const [at, index] of spec.proposer_lookahead.entries()) view.setUint32(4 * at, index < 0 ? NO_PROPOSER : index, true);
  state.values.set(state.keys.lookahead, lookahead);
}

function checkpoint({ epoch, root }: SpecCheckpoint) {
  return { epoch: Number(epoch), root: Hash.parse(root) };
}

/** Votes in both. Flags that a validator has already stay. */
export function vote(spec: SpecState, state: GasperState, index: number, flags: number): void {
  const before = spec.current_epoch_participation[index] as number;
  spec.current_epoch_participation[index] = before | flags;
  state.columns.flagsOf(state.epoch).set(index, before | flags);
  if ((flags & ~before & Flag.target) !== 0 && !state.isSlashed(index))
    state.summary.currentTargetIncrements += state.effectiveIncrementsOf(index);
}

/** All that both know, in one plain form. */
export function describeSpec(spec: SpecState): object {
  const increment = spec.config.EFFECTIVE_BALANCE_INCREMENT;
  const plain = ({ epoch, root }: SpecCheckpoint) => `${epoch} ${root}`;
  return {
    slot: Number(spec.slot),
    validators: spec.validators.map((v, index) => ({
      key: hex(publicKeyOf(v.name)),
      balance: Number(spec.balances[index]),
      effective: Number(v.effective_balance / increment),
      slashed: v.slashed,
      epochs: [v.activation_eligibility_epoch, v.activation_epoch, v.exit_epoch, v.withdrawable_epoch].map(Number),
      flags: [spec.previous_epoch_participation[index], spec.current_epoch_participation[index]],
      score: Number(spec.inactivity_scores[index]),
    })),
    slashings: spec.slashings.map((amount) => Number(amount / increment)),
    bits: spec.justification_bits.map(Number).reverse().join(""),
    previousJustified: plain(spec.previous_justified_checkpoint),
    currentJustified: plain(spec.current_justified_checkpoint),
    finalized: plain(spec.finalized_checkpoint),
    mix: spec.randao_mixes.get(spec.get_current_epoch())?.toString("hex"),
    proposers: spec.proposer_lookahead,
    pending: spec.pending_deposits.map(({ name }) => hex(publicKeyOf(name))),
    refused: spec.refunds.map(({ name }) => hex(publicKeyOf(name))).reverse(),
    active: spec.get_active_validator_indices(spec.get_current_epoch()),
    activeIncrements: Number(
      spec.get_active_validator_indices(spec.get_current_epoch()).reduce((sum, index) => sum + spec.at(index).effective_balance, 0n) /
        increment,
    ),
  };
}

export function describeState(state: GasperState): object {
  const { epoch, summary, parameters } = state;
  const plain = ({ epoch, root }: { readonly epoch: number; readonly root: Hash }) => `${epoch} ${hex(root)}`;
  const { slotsPerEpoch } = parameters;
  return {
    slot: state.slot,
    validators: Array.from({ length: state.validatorCount }, (_, index) => {
      const v = state.validator(index);
      return {
        key: hex(v.publicKey),
        balance: v.balance,
        effective: v.effectiveIncrements,
        slashed: v.slashed,
        epochs: [v.eligibilityEpoch, v.activationEpoch, v.exitEpoch, v.withdrawableEpoch],
        flags: [v.previousFlags, v.currentFlags],
        score: v.inactivityScore,
      };
    }),
    slashings: Array.from({ length: parameters.slashing.vectorEpochs }, (_, place) => slashedIn(state, place)),
    bits: summary.justificationBits.toString(2).padStart(4, "0"),
    previousJustified: plain(state.previousJustified),
    currentJustified: plain(state.currentJustified),
    finalized: plain(state.finalized),
    mix: hex(state.randaoMix(epoch)),
    proposers: Array.from({ length: 2 * slotsPerEpoch }, (_, at) => state.proposerAt(epoch * slotsPerEpoch + at) ?? -1),
    pending: state.deposits.first(1_000).map(({ publicKey }) => hex(publicKey)),
    refused: state.deposits.refused().map(({ publicKey }) => hex(publicKey)),
    active: [...state.activeIndices(epoch)],
    activeIncrements: summary.activeIncrements,
  };
}
