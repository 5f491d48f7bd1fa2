/**
 * The end of an epoch as the public Ethereum consensus specification words it (phase 0, Altair, Bellatrix, Capella, EIP-7917), function by
 * function, over objects and BigInt, without any of the engine's code: what that must equal to the unit.
 *
 * Where the engine departs on purpose, so does this, and says so.
 */
import { createHash } from "node:crypto";

export const FAR_FUTURE_EPOCH = 0xffff_ffffn;

export interface SpecValidator {
  name: string;
  effective_balance: bigint;
  slashed: boolean;
  activation_eligibility_epoch: bigint;
  activation_epoch: bigint;
  exit_epoch: bigint;
  withdrawable_epoch: bigint;
}

export interface SpecCheckpoint {
  epoch: bigint;
  root: string;
}

export interface SpecConfig {
  SLOTS_PER_EPOCH: bigint;
  EFFECTIVE_BALANCE_INCREMENT: bigint;
  MAX_EFFECTIVE_BALANCE: bigint;
  EJECTION_BALANCE: bigint;
  MAX_SEED_LOOKAHEAD: bigint;
  MIN_VALIDATOR_WITHDRAWABILITY_DELAY: bigint;
  MIN_PER_EPOCH_CHURN_LIMIT: bigint;
  CHURN_LIMIT_QUOTIENT: bigint;
  BASE_REWARD_FACTOR: bigint;
  INACTIVITY_SCORE_BIAS: bigint;
  INACTIVITY_SCORE_RECOVERY_RATE: bigint;
  INACTIVITY_PENALTY_QUOTIENT: bigint;
  MIN_EPOCHS_TO_INACTIVITY_PENALTY: bigint;
  EPOCHS_PER_SLASHINGS_VECTOR: bigint;
  PROPORTIONAL_SLASHING_MULTIPLIER: bigint;
  SHUFFLE_ROUND_COUNT: bigint;
  MAX_PENDING_DEPOSITS_PER_EPOCH: bigint;
}

export interface SpecDeposit {
  name: string;
  amount: bigint;
  isProven: boolean;
}

const TIMELY_SOURCE_FLAG_INDEX = 0;
const TIMELY_TARGET_FLAG_INDEX = 1;
const TIMELY_HEAD_FLAG_INDEX = 2;
const PARTICIPATION_FLAG_WEIGHTS = [14n, 26n, 14n];
const WEIGHT_DENOMINATOR = 64n;
const GENESIS_EPOCH = 0n;

function max(...values: bigint[]): bigint {
  return [...values].sort((a, b) => (a < b ? 1 : -1))[0] as bigint;
}

function min(...values: bigint[]): bigint {
  return [...values].sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
}

function integer_squareroot(n: bigint): bigint {
  let x = n;
  let y = (x + 1n) / 2n;
  while (y < x) {
    x = y;
    y = (x + n / x) / 2n;
  }
  return x;
}

function hash(data: Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

function uint_to_bytes(value: bigint, length = 8): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

export class SpecState {
  slot = 0n;
  validators: SpecValidator[] = [];
  balances: bigint[] = [];
  previous_epoch_participation: number[] = [];
  current_epoch_participation: number[] = [];
  inactivity_scores: bigint[] = [];
  slashings: bigint[];
  randao_mixes = new Map<bigint, Buffer>();
  /** By slot. */
  block_roots = new Map<bigint, string>();
  justification_bits = [false, false, false, false];
  previous_justified_checkpoint: SpecCheckpoint = { epoch: 0n, root: "00".repeat(32) };
  current_justified_checkpoint: SpecCheckpoint = { epoch: 0n, root: "00".repeat(32) };
  finalized_checkpoint: SpecCheckpoint = { epoch: 0n, root: "00".repeat(32) };
  /** Of the current and the next epoch; −1: nobody. */
  proposer_lookahead: number[] = [];
  pending_deposits: SpecDeposit[] = [];
  refunds: SpecDeposit[] = [];

  constructor(readonly config: SpecConfig) {
    this.slashings = Array.from({ length: Number(config.EPOCHS_PER_SLASHINGS_VECTOR) }, () => 0n);
  }

  get_current_epoch(): bigint {
    return this.slot / this.config.SLOTS_PER_EPOCH;
  }

  get_previous_epoch(): bigint {
    const current = this.get_current_epoch();
    return current === GENESIS_EPOCH ? GENESIS_EPOCH : current - 1n;
  }

  get_block_root(epoch: bigint): string {
    const root = this.block_roots.get(epoch * this.config.SLOTS_PER_EPOCH);
    if (root === undefined) throw new Error(`no block root of epoch ${epoch}`);
    return root;
  }

  is_active_validator(validator: SpecValidator, epoch: bigint): boolean {
    return validator.activation_epoch <= epoch && epoch < validator.exit_epoch;
  }

  get_active_validator_indices(epoch: bigint): number[] {
    return this.validators.flatMap((validator, index) => (this.is_active_validator(validator, epoch) ? [index] : []));
  }

  get_total_balance(indices: number[]): bigint {
    return max(
      this.config.EFFECTIVE_BALANCE_INCREMENT,
      indices.reduce((sum, index) => sum + this.at(index).effective_balance, 0n),
    );
  }

  get_total_active_balance(): bigint {
    return this.get_total_balance(this.get_active_validator_indices(this.get_current_epoch()));
  }

  at(index: number): SpecValidator {
    return this.validators[index] as SpecValidator;
  }

  get_unslashed_participating_indices(flag_index: number, epoch: bigint): number[] {
    const participation = epoch === this.get_current_epoch() ? this.current_epoch_participation : this.previous_epoch_participation;
    return this.get_active_validator_indices(epoch).filter(
      (index) => (((participation[index] as number) >> flag_index) & 1) === 1 && !this.at(index).slashed,
    );
  }

  get_eligible_validator_indices(): number[] {
    const previous = this.get_previous_epoch();
    return this.validators.flatMap((v, index) =>
      this.is_active_validator(v, previous) || (v.slashed && previous + 1n < v.withdrawable_epoch) ? [index] : [],
    );
  }

  is_in_inactivity_leak(): boolean {
    return this.get_previous_epoch() - this.finalized_checkpoint.epoch > this.config.MIN_EPOCHS_TO_INACTIVITY_PENALTY;
  }

  increase_balance(index: number, delta: bigint): void {
    this.balances[index] = (this.balances[index] as bigint) + delta;
  }

  decrease_balance(index: number, delta: bigint): void {
    const balance = this.balances[index] as bigint;
    this.balances[index] = delta > balance ? 0n : balance - delta;
  }

  process_justification_and_finalization(): void {
    const current = this.get_current_epoch();
    if (current <= GENESIS_EPOCH + 1n) return;
    const previous = this.get_previous_epoch();
    // Departure: the engine counts no votes as nothing, where the specification counts at least one increment.
    const sum = (epoch: bigint) =>
      this.get_unslashed_participating_indices(TIMELY_TARGET_FLAG_INDEX, epoch).reduce((s, i) => s + this.at(i).effective_balance, 0n);
    const total = this.get_total_active_balance();
    const old_previous = this.previous_justified_checkpoint;
    const old_current = this.current_justified_checkpoint;
    this.previous_justified_checkpoint = this.current_justified_checkpoint;
    const bits = this.justification_bits;
    this.justification_bits = [false, ...bits.slice(0, 3)];
    if (sum(previous) * 3n >= total * 2n) {
      this.current_justified_checkpoint = { epoch: previous, root: this.get_block_root(previous) };
      this.justification_bits[1] = true;
    }
    if (sum(current) * 3n >= total * 2n) {
      this.current_justified_checkpoint = { epoch: current, root: this.get_block_root(current) };
      this.justification_bits[0] = true;
    }
    const all = (from: number, to: number) => this.justification_bits.slice(from, to).every(Boolean);
    if (all(1, 4) && old_previous.epoch + 3n === current) this.finalized_checkpoint = old_previous;
    if (all(1, 3) && old_previous.epoch + 2n === current) this.finalized_checkpoint = old_previous;
    if (all(0, 3) && old_current.epoch + 2n === current) this.finalized_checkpoint = old_current;
    if (all(0, 2) && old_current.epoch + 1n === current) this.finalized_checkpoint = old_current;
  }

  process_inactivity_updates(): void {
    if (this.get_current_epoch() === GENESIS_EPOCH) return;
    const participating = new Set(this.get_unslashed_participating_indices(TIMELY_TARGET_FLAG_INDEX, this.get_previous_epoch()));
    for (const index of this.get_eligible_validator_indices()) {
      let score = this.inactivity_scores[index] as bigint;
      if (participating.has(index)) score -= min(1n, score);
      else score += this.config.INACTIVITY_SCORE_BIAS;
      if (!this.is_in_inactivity_leak()) score -= min(this.config.INACTIVITY_SCORE_RECOVERY_RATE, score);
      this.inactivity_scores[index] = score;
    }
  }

  get_base_reward(index: number): bigint {
    const increments = this.at(index).effective_balance / this.config.EFFECTIVE_BALANCE_INCREMENT;
    const per_increment =
      (this.config.EFFECTIVE_BALANCE_INCREMENT * this.config.BASE_REWARD_FACTOR) / integer_squareroot(this.get_total_active_balance());
    return increments * per_increment;
  }

  get_flag_index_deltas(flag_index: number): [bigint[], bigint[]] {
    const rewards = this.validators.map(() => 0n);
    const penalties = this.validators.map(() => 0n);
    const participating = new Set(this.get_unslashed_participating_indices(flag_index, this.get_previous_epoch()));
    const weight = PARTICIPATION_FLAG_WEIGHTS[flag_index] as bigint;
    const participating_increments = this.get_total_balance([...participating]) / this.config.EFFECTIVE_BALANCE_INCREMENT;
    const active_increments = this.get_total_active_balance() / this.config.EFFECTIVE_BALANCE_INCREMENT;
    for (const index of this.get_eligible_validator_indices()) {
      const base_reward = this.get_base_reward(index);
      if (participating.has(index)) {
        if (!this.is_in_inactivity_leak())
          rewards[index] = (base_reward * weight * participating_increments) / (active_increments * WEIGHT_DENOMINATOR);
      } else if (flag_index !== TIMELY_HEAD_FLAG_INDEX) {
        penalties[index] = (base_reward * weight) / WEIGHT_DENOMINATOR;
      }
    }
    return [rewards, penalties];
  }

  get_inactivity_penalty_deltas(): [bigint[], bigint[]] {
    const rewards = this.validators.map(() => 0n);
    const penalties = this.validators.map(() => 0n);
    const matching = new Set(this.get_unslashed_participating_indices(TIMELY_TARGET_FLAG_INDEX, this.get_previous_epoch()));
    for (const index of this.get_eligible_validator_indices()) {
      if (matching.has(index)) continue;
      const numerator = this.at(index).effective_balance * (this.inactivity_scores[index] as bigint);
      penalties[index] = numerator / (this.config.INACTIVITY_SCORE_BIAS * this.config.INACTIVITY_PENALTY_QUOTIENT);
    }
    return [rewards, penalties];
  }

  process_rewards_and_penalties(): void {
    if (this.get_current_epoch() === GENESIS_EPOCH) return;
    const deltas = [TIMELY_SOURCE_FLAG_INDEX, TIMELY_TARGET_FLAG_INDEX, TIMELY_HEAD_FLAG_INDEX].map((flag) =>
      this.get_flag_index_deltas(flag),
    );
    deltas.push(this.get_inactivity_penalty_deltas());
    for (const [rewards, penalties] of deltas)
      for (let index = 0; index < this.validators.length; index++) {
        this.increase_balance(index, rewards[index] as bigint);
        this.decrease_balance(index, penalties[index] as bigint);
      }
  }

  compute_activation_exit_epoch(epoch: bigint): bigint {
    return epoch + 1n + this.config.MAX_SEED_LOOKAHEAD;
  }

  get_validator_churn_limit(): bigint {
    const active = BigInt(this.get_active_validator_indices(this.get_current_epoch()).length);
    return max(this.config.MIN_PER_EPOCH_CHURN_LIMIT, active / this.config.CHURN_LIMIT_QUOTIENT);
  }

  initiate_validator_exit(index: number): void {
    const validator = this.at(index);
    if (validator.exit_epoch !== FAR_FUTURE_EPOCH) return;
    const exit_epochs = this.validators.filter((v) => v.exit_epoch !== FAR_FUTURE_EPOCH).map((v) => v.exit_epoch);
    let exit_queue_epoch = max(...exit_epochs, this.compute_activation_exit_epoch(this.get_current_epoch()));
    const exit_queue_churn = BigInt(this.validators.filter((v) => v.exit_epoch === exit_queue_epoch).length);
    if (exit_queue_churn >= this.get_validator_churn_limit()) exit_queue_epoch += 1n;
    validator.exit_epoch = exit_queue_epoch;
    validator.withdrawable_epoch = exit_queue_epoch + this.config.MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
  }

  process_registry_updates(): void {
    const current = this.get_current_epoch();
    for (const [index, validator] of this.validators.entries()) {
      const is_eligible_for_activation_queue =
        validator.activation_eligibility_epoch === FAR_FUTURE_EPOCH && validator.effective_balance === this.config.MAX_EFFECTIVE_BALANCE;
      if (is_eligible_for_activation_queue) validator.activation_eligibility_epoch = current + 1n;
      if (this.is_active_validator(validator, current) && validator.effective_balance <= this.config.EJECTION_BALANCE)
        this.initiate_validator_exit(index);
    }
    const activation_queue = this.validators
      .map((_, index) => index)
      .filter((index) => {
        const v = this.at(index);
        return v.activation_eligibility_epoch <= this.finalized_checkpoint.epoch && v.activation_epoch === FAR_FUTURE_EPOCH;
      })
      .sort((a, b) => Number(this.at(a).activation_eligibility_epoch - this.at(b).activation_eligibility_epoch) || a - b);
    for (const index of activation_queue.slice(0, Number(this.get_validator_churn_limit())))
      this.at(index).activation_epoch = this.compute_activation_exit_epoch(current);
  }

  process_slashings(): void {
    const epoch = this.get_current_epoch();
    const total_balance = this.get_total_active_balance();
    const sum = this.slashings.reduce((a, b) => a + b, 0n);
    const adjusted = min(sum * this.config.PROPORTIONAL_SLASHING_MULTIPLIER, total_balance);
    for (const [index, validator] of this.validators.entries()) {
      if (!validator.slashed || epoch + this.config.EPOCHS_PER_SLASHINGS_VECTOR / 2n !== validator.withdrawable_epoch) continue;
      const increment = this.config.EFFECTIVE_BALANCE_INCREMENT;
      const penalty_numerator = (validator.effective_balance / increment) * adjusted;
      this.decrease_balance(index, (penalty_numerator / total_balance) * increment);
    }
  }

  /** Departure: deposits come from the engine's own queue; none of them needs to be finalized, and proofs are only looked at here. */
  process_pending_deposits(): void {
    for (const deposit of this.pending_deposits.splice(0, Number(this.config.MAX_PENDING_DEPOSITS_PER_EPOCH))) {
      if (!deposit.isProven) {
        this.refunds.push(deposit);
        continue;
      }
      const increment = this.config.EFFECTIVE_BALANCE_INCREMENT;
      this.validators.push({
        name: deposit.name,
        effective_balance: min(deposit.amount - (deposit.amount % increment), this.config.MAX_EFFECTIVE_BALANCE),
        slashed: false,
        activation_eligibility_epoch: FAR_FUTURE_EPOCH,
        activation_epoch: FAR_FUTURE_EPOCH,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
      });
      this.balances.push(deposit.amount);
      this.previous_epoch_participation.push(0);
      this.current_epoch_participation.push(0);
      this.inactivity_scores.push(0n);
    }
  }

  process_effective_balance_updates(): void {
    const increment = this.config.EFFECTIVE_BALANCE_INCREMENT;
    const hysteresis = increment / 4n;
    const downward = hysteresis * 1n;
    const upward = hysteresis * 5n;
    for (const [index, validator] of this.validators.entries()) {
      const balance = this.balances[index] as bigint;
      if (balance + downward < validator.effective_balance || validator.effective_balance + upward < balance)
        validator.effective_balance = min(balance - (balance % increment), this.config.MAX_EFFECTIVE_BALANCE);
    }
  }

  process_resets(): void {
    const next = this.get_current_epoch() + 1n;
    this.slashings[Number(next % this.config.EPOCHS_PER_SLASHINGS_VECTOR)] = 0n;
    this.randao_mixes.set(next, this.randao_mixes.get(next - 1n) as Buffer);
    this.previous_epoch_participation = this.current_epoch_participation;
    this.current_epoch_participation = this.validators.map(() => 0);
  }

  process_proposer_lookahead(): void {
    const epoch = this.get_current_epoch() + 2n;
    this.proposer_lookahead = [
      ...this.proposer_lookahead.slice(Number(this.config.SLOTS_PER_EPOCH)),
      ...this.get_beacon_proposer_indices(epoch),
    ];
  }

  get_beacon_proposer_indices(epoch: bigint): number[] {
    const indices = this.get_active_validator_indices(epoch);
    const mix = this.randao_mixes.get(epoch < 2n ? 0n : epoch - 2n) as Buffer;
    const seed = hash(Buffer.concat([uint_to_bytes(0n, 4), uint_to_bytes(epoch), mix]));
    const start = epoch * this.config.SLOTS_PER_EPOCH;
    return Array.from({ length: Number(this.config.SLOTS_PER_EPOCH) }, (_, i) =>
      indices.length === 0 ? -1 : this.compute_proposer_index(indices, hash(Buffer.concat([seed, uint_to_bytes(start + BigInt(i))]))),
    );
  }

  compute_proposer_index(indices: number[], seed: Buffer): number {
    const total = BigInt(indices.length);
    for (let i = 0n; ; i++) {
      const candidate = indices[Number(this.compute_shuffled_index(i % total, total, seed))] as number;
      const random_bytes = hash(Buffer.concat([seed, uint_to_bytes(i / 16n)]));
      const offset = Number((i % 16n) * 2n);
      const random_value = BigInt(random_bytes.readUInt16LE(offset));
      if (this.at(candidate).effective_balance * 65_535n >= this.config.MAX_EFFECTIVE_BALANCE * random_value) return candidate;
    }
  }

  compute_shuffled_index(index: bigint, index_count: bigint, seed: Buffer): bigint {
    for (let current_round = 0n; current_round < this.config.SHUFFLE_ROUND_COUNT; current_round++) {
      const round = uint_to_bytes(current_round, 1);
      const pivot = hash(Buffer.concat([seed, round])).readBigUInt64LE(0) % index_count;
      const flip = (pivot + index_count - index) % index_count;
      const position = max(index, flip);
      const source = hash(Buffer.concat([seed, round, uint_to_bytes(position / 256n, 4)]));
      const byte = source[Number((position % 256n) / 8n)] as number;
      if (((byte >> Number(position % 8n)) & 1) === 1) index = flip;
    }
    return index;
  }

  process_epoch(): void {
    this.process_justification_and_finalization();
    this.process_inactivity_updates();
    this.process_rewards_and_penalties();
    this.process_registry_updates();
    this.process_slashings();
    this.process_pending_deposits();
    this.process_effective_balance_updates();
    this.process_resets();
    this.process_proposer_lookahead();
  }

  process_slots(slot: bigint, root: string): void {
    while (this.slot < slot) {
      this.block_roots.set(this.slot, root);
      if ((this.slot + 1n) % this.config.SLOTS_PER_EPOCH === 0n) this.process_epoch();
      this.slot += 1n;
    }
  }
}
