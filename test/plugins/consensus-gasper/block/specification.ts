/** Blocks as the specification words them (Altair's attestations, Bellatrix' slashing, Capella's withdrawals, Deneb's inclusion window). */
import { createHash } from "node:crypto";
import { FAR_FUTURE_EPOCH, type SpecCheckpoint, type SpecConfig, SpecState } from "../epoch/specification.js";

export interface SpecBlockConfig extends SpecConfig {
  MIN_SLASHING_PENALTY_QUOTIENT: bigint;
  WHISTLEBLOWER_REWARD_QUOTIENT: bigint;
  MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP: bigint;
  MAX_WITHDRAWALS_PER_PAYLOAD: bigint;
}

export interface SpecAttestationData {
  slot: bigint;
  beacon_block_root: string;
  source: SpecCheckpoint;
  target: SpecCheckpoint;
}

export interface SpecWithdrawal {
  index: bigint;
  validator_index: number;
  amount: bigint;
}

const WEIGHTS = [14n, 26n, 14n];

export class SpecChain extends SpecState {
  next_withdrawal_index = 0n;
  next_withdrawal_validator_index = 0;

  constructor(readonly rules: SpecBlockConfig) {
    super(rules);
  }

  get_block_root_at_slot(slot: bigint): string {
    if (slot >= this.slot) throw new Error("a past slot");
    return this.block_roots.get(slot) as string;
  }

  get_attestation_participation_flag_indices(data: SpecAttestationData, inclusion_delay: bigint): number[] {
    const justified =
      data.target.epoch === this.get_current_epoch() ? this.current_justified_checkpoint : this.previous_justified_checkpoint;
    const is_matching_source = data.source.epoch === justified.epoch && data.source.root === justified.root;
    const is_matching_target = is_matching_source && data.target.root === this.get_block_root(data.target.epoch);
    const is_matching_head = is_matching_target && data.beacon_block_root === this.get_block_root_at_slot(data.slot);
    if (!is_matching_source) throw new Error("source");
    const flags: number[] = [];
    let root = 1n;
    while ((root + 1n) * (root + 1n) <= this.config.SLOTS_PER_EPOCH) root += 1n;
    if (is_matching_source && inclusion_delay <= root) flags.push(0);
    if (is_matching_target) flags.push(1);
    if (is_matching_head && inclusion_delay === 1n) flags.push(2);
    return flags;
  }

  process_attestation(data: SpecAttestationData, indices: number[], proposer: number): void {
    const flags = this.get_attestation_participation_flag_indices(data, this.slot - data.slot);
    const participation =
      data.target.epoch === this.get_current_epoch() ? this.current_epoch_participation : this.previous_epoch_participation;
    let proposer_reward_numerator = 0n;
    for (const index of indices)
      for (const [flag_index, weight] of WEIGHTS.entries())
        if (flags.includes(flag_index) && (((participation[index] as number) >> flag_index) & 1) === 0) {
          participation[index] = (participation[index] as number) | (1 << flag_index);
          proposer_reward_numerator += this.get_base_reward(index) * weight;
        }
    const proposer_reward_denominator = ((64n - 8n) * 64n) / 8n;
    this.increase_balance(proposer, proposer_reward_numerator / proposer_reward_denominator);
  }

  slash_validator(index: number, proposer: number): void {
    const epoch = this.get_current_epoch();
    this.initiate_validator_exit(index);
    const validator = this.at(index);
    validator.slashed = true;
    const wait = epoch + this.config.EPOCHS_PER_SLASHINGS_VECTOR;
    if (wait > validator.withdrawable_epoch) validator.withdrawable_epoch = wait;
    const place = Number(epoch % this.config.EPOCHS_PER_SLASHINGS_VECTOR);
    this.slashings[place] = (this.slashings[place] as bigint) + validator.effective_balance;
    this.decrease_balance(index, validator.effective_balance / this.rules.MIN_SLASHING_PENALTY_QUOTIENT);
    const whistleblower_reward = validator.effective_balance / this.rules.WHISTLEBLOWER_REWARD_QUOTIENT;
    const proposer_reward = (whistleblower_reward * 8n) / 64n;
    this.increase_balance(proposer, proposer_reward);
    // There is no other whistleblower.
    this.increase_balance(proposer, whistleblower_reward - proposer_reward);
  }

  is_slashable_validator(index: number): boolean {
    const v = this.at(index);
    const epoch = this.get_current_epoch();
    return !v.slashed && v.activation_epoch <= epoch && epoch < v.withdrawable_epoch;
  }

  process_withdrawals(): SpecWithdrawal[] {
    const expected = this.get_expected_withdrawals();
    for (const { validator_index, amount } of expected) this.decrease_balance(validator_index, amount);
    const last = expected.at(-1);
    if (last !== undefined) this.next_withdrawal_index = last.index + 1n;
    if (BigInt(expected.length) === this.rules.MAX_WITHDRAWALS_PER_PAYLOAD)
      this.next_withdrawal_validator_index = ((last as SpecWithdrawal).validator_index + 1) % this.validators.length;
    else
      this.next_withdrawal_validator_index =
        (this.next_withdrawal_validator_index + Number(this.rules.MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP)) % this.validators.length;
    return expected;
  }

  get_expected_withdrawals(): SpecWithdrawal[] {
    const epoch = this.get_current_epoch();
    let index = this.next_withdrawal_index;
    let validator_index = this.next_withdrawal_validator_index;
    const withdrawals: SpecWithdrawal[] = [];
    const bound = Math.min(this.validators.length, Number(this.rules.MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP));
    for (let i = 0; i < bound; i++) {
      const validator = this.at(validator_index);
      const balance = this.balances[validator_index] as bigint;
      const max = this.config.MAX_EFFECTIVE_BALANCE;
      if (validator.withdrawable_epoch <= epoch && balance > 0n) withdrawals.push({ index: index++, validator_index, amount: balance });
      else if (validator.effective_balance === max && balance > max)
        withdrawals.push({ index: index++, validator_index, amount: balance - max });
      if (BigInt(withdrawals.length) === this.rules.MAX_WITHDRAWALS_PER_PAYLOAD) break;
      validator_index = (validator_index + 1) % this.validators.length;
    }
    return withdrawals;
  }

  process_randao(reveal: Uint8Array): void {
    const epoch = this.get_current_epoch();
    const mix = this.randao_mixes.get(epoch) as Buffer;
    const digest = createHash("sha256").update(reveal).digest();
    this.randao_mixes.set(epoch, Buffer.from(mix.map((byte, at) => byte ^ (digest[at] as number))));
  }

  /** Genesis: everybody active, proposers of epochs 0 and 1 from the first mix. */
  begin(names: string[], balance: bigint, mix: Uint8Array): void {
    for (const name of names) {
      this.validators.push({
        name,
        effective_balance: balance,
        slashed: false,
        activation_eligibility_epoch: 0n,
        activation_epoch: 0n,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
      });
      this.balances.push(balance);
      this.previous_epoch_participation.push(0);
      this.current_epoch_participation.push(0);
      this.inactivity_scores.push(0n);
    }
    this.randao_mixes.set(0n, Buffer.from(mix));
    this.proposer_lookahead = [...this.get_beacon_proposer_indices(0n), ...this.get_beacon_proposer_indices(1n)];
  }
}
