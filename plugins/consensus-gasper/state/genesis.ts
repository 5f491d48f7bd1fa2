/** The engine's state of the genesis block: the chain spec's validators, active from epoch 0 on, their stakes made from nothing. */
import { Hash, putUint32Little, type StateWriter, type Treasury } from "../../../core/sdk.js";
import { dutySeed, SeedDomain, slotProposer } from "../duties/index.js";
import { commitValidatorSetSync } from "../epoch/set-commitment.js";
import type { GasperParameters } from "../parameters.js";
import { Activation, Eligibility, EPOCH_FIELDS } from "./columns.js";
import { GasperState, NO_PROPOSER } from "./gasper-state.js";
import { MIX_EPOCHS } from "./keys.js";

/** All mixes begin as the hash of the chain's parameters: the rules and first validators pick the first proposers. */
export function genesis(writer: StateWriter, parameters: GasperParameters, treasury: Treasury): void {
  const state = GasperState.empty(writer, parameters);
  const { summary, columns } = state;
  for (const { publicKey, account, balance } of parameters.validators) {
    const index = state.register(publicKey, account, balance);
    columns.epochs.set(index * EPOCH_FIELDS + Eligibility, 0);
    columns.epochs.set(index * EPOCH_FIELDS + Activation, 0);
    summary.activeCount++;
    summary.activeIncrements += state.effectiveIncrementsOf(index);
  }
  const mixes = new Uint8Array(MIX_EPOCHS * Hash.bytes);
  for (let place = 0; place < MIX_EPOCHS; place++) mixes.set(parameters.chainHash, place * Hash.bytes);
  state.values.set(state.keys.randaoMixes, mixes);
  state.values.set(state.keys.lookahead, firstProposers(state));
  commitValidatorSetSync(state, 0);
  state.escrow.mint(summary.balancesTotal);
  state.commit(writer, treasury);
}

/** Of epochs 0 and 1. */
function firstProposers(state: GasperState): Uint8Array {
  const { spec, slotsPerEpoch, maxEffectiveIncrements } = state.parameters;
  const { shuffleRounds } = spec;
  const proposers = new Uint8Array(4 * 2 * slotsPerEpoch);
  for (const epoch of [0, 1]) {
    const active = state.activeIndices(epoch);
    const seed = dutySeed(SeedDomain.proposer, epoch, state.randaoMix(epoch - 2));
    const input = { epoch, active, seed, effectiveBalances: state.effectiveIncrements() };
    for (let slot = epoch * slotsPerEpoch; slot < (epoch + 1) * slotsPerEpoch; slot++) {
      const index = active.length === 0 ? NO_PROPOSER : slotProposer(input, { slotsPerEpoch, shuffleRounds, maxEffectiveIncrements }, slot);
      putUint32Little(proposers, 4 * slot, index);
    }
  }
  return proposers;
}
