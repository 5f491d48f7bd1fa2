/**
 * The engine's state as a working set: read lazily from a view or writer, changed in memory, written by `commit`.
 *
 * Whoever only reads (API, pool, duties) opens it over a view and may advance it through empty slots; nothing is written then. A state that
 * a block failed on is thrown away. It reads when somebody asks: over a writer, whoever opened it first must have read what it needs before
 * somebody else writes. What `get`ters answer as arrays is not to be changed.
 *
 * Amounts here are Numbers (parameters.ts has why they are safe); sums over all validators are BigInt or counted in increments.
 */
import {
  Address,
  assert,
  type Bytes,
  bytesEqual,
  Hash,
  present,
  putUint32,
  type StateReader,
  type StateWriter,
  type Treasury,
  uint32At,
  uint32LittleAt,
} from "../../../core/sdk.js";
import { StateDamagedError } from "../errors.js";
import type { GasperParameters } from "../parameters.js";
import { type Checkpoint, FAR_FUTURE_EPOCH } from "../types.js";
import { ACCOUNT_BYTES, Activation, Columns, Eligibility, EPOCH_FIELDS, Exit, PUBLIC_KEY_BYTES, Withdrawable } from "./columns.js";
import { DepositQueue } from "./deposit-queue.js";
import { EscrowChanges } from "./escrow.js";
import { MIX_EPOCHS, ROOT_EPOCHS, StateKeys } from "./keys.js";
import { decodeSummary, emptySummary, encodeSummary, type Summary } from "./summary.js";
import type { ValidatorView } from "./validator.js";
import { StateValues } from "./values.js";

/** Value under a public key whose deposit waits. */
const PENDING_INDEX = 0xffff_ffff;
/** In the lookahead where nobody is active. */
export const NO_PROPOSER = 0xffff_ffff;
/** A balance that is higher was not made by these rules. */
const BALANCE_MAX = 2 ** 52;

export class GasperState {
  readonly parameters: GasperParameters;
  readonly keys: StateKeys;
  /** For the transition: change balances by `increaseBalance` and `decreaseBalance` only. */
  readonly columns: Columns;
  readonly summary: Summary;
  readonly values: StateValues;
  readonly escrow = new EscrowChanges();
  readonly deposits: DepositQueue;

  private constructor(reader: StateReader, parameters: GasperParameters, summary: Summary | undefined) {
    this.parameters = parameters;
    this.keys = new StateKeys(parameters.namespace);
    this.columns = new Columns(reader, this.keys);
    this.values = new StateValues(reader);
    this.summary = summary ?? decodeSummary(present(reader.get(this.keys.summary), "a chain of this engine begins with its genesis state"));
    this.deposits = new DepositQueue(this);
  }

  /** @throws StateDamagedError */
  static open(reader: StateReader, parameters: GasperParameters): GasperState {
    return new GasperState(reader, parameters, undefined);
  }

  /** Before genesis. */
  static empty(reader: StateReader, parameters: GasperParameters): GasperState {
    return new GasperState(reader, parameters, emptySummary());
  }

  /** Whether there is one: a view of a chain before its genesis has none. */
  static exists(reader: StateReader, parameters: GasperParameters): boolean {
    return reader.get(new StateKeys(parameters.namespace).summary) !== undefined;
  }

  // Where the chain stands.

  get slot(): number {
    return this.summary.slot;
  }

  get epoch(): number {
    return Math.floor(this.summary.slot / this.parameters.slotsPerEpoch);
  }

  /** The one before the current epoch; 0 in epoch 0. */
  get previousEpoch(): number {
    return Math.max(0, this.epoch - 1);
  }

  get previousJustified(): Checkpoint {
    return this.summary.previousJustified;
  }

  get currentJustified(): Checkpoint {
    return this.summary.currentJustified;
  }

  get finalized(): Checkpoint {
    return this.summary.finalized;
  }

  firstSlotOf(epoch: number): number {
    return epoch * this.parameters.slotsPerEpoch;
  }

  /** Epoch in which a decision of `epoch` (an activation, an exit) takes effect at the earliest: `compute_activation_exit_epoch`. */
  effectEpoch(epoch: number): number {
    return epoch + 1 + this.parameters.lifecycle.maxSeedLookaheadEpochs;
  }

  /** How many may enter, and how many leave, in an epoch: `get_validator_churn_limit`. */
  get churnLimit(): number {
    const { minChurnPerEpoch, churnQuotient } = this.parameters.lifecycle;
    return Math.max(minChurnPerEpoch, Math.floor(this.summary.activeCount / churnQuotient));
  }

  /** Effective balance of all active validators, increments, at least 1: `get_total_active_balance`. */
  get activeIncrements(): number {
    return Math.max(1, this.summary.activeIncrements);
  }

  // Block roots, randomness, proposers.

  /** Root of the newest block at or before a past slot; undefined for the current slot and later, and where it is forgotten. */
  blockRootAt(slot: number): Hash | undefined {
    const epoch = Math.floor(slot / this.parameters.slotsPerEpoch);
    if (slot < 0 || slot >= this.slot || epoch + ROOT_EPOCHS <= this.epoch) return undefined;
    const roots = this.values.get(this.keys.blockRoots(epoch));
    const at = (slot - this.firstSlotOf(epoch)) * Hash.bytes;
    if (roots === undefined || roots.length < at + Hash.bytes)
      throw new StateDamagedError({ what: "list of block roots", reason: `it lacks slot ${slot}` });
    return Hash.from(roots.slice(at, at + Hash.bytes));
  }

  /** `root` is the newest block of all slots from the current one up to and without `to`, which lie in one epoch. */
  fillBlockRoots(to: number, root: Hash): void {
    const { epoch, slot } = this;
    const first = this.firstSlotOf(epoch);
    assert(to > slot && to <= this.firstSlotOf(epoch + 1), "roots are filled epoch by epoch");
    const key = this.keys.blockRoots(epoch);
    const roots = new Uint8Array((to - first) * Hash.bytes);
    if (slot > first) roots.set(present(this.values.get(key), "roots of earlier slots are there").subarray(0, (slot - first) * Hash.bytes));
    for (let at = slot - first; at < to - first; at++) roots.set(root, at * Hash.bytes);
    this.values.set(key, roots);
  }

  /** RANDAO mix of an epoch: of the current one as it stands, of those up to 6 before as they ended. */
  randaoMix(epoch: number): Hash {
    const mixes = present(this.values.get(this.keys.randaoMixes), "there are mixes from genesis on");
    // Epochs before genesis have the mix of genesis: −2 is asked for by the seeds of epoch 0.
    const at = ((epoch + MIX_EPOCHS) % MIX_EPOCHS) * Hash.bytes;
    return Hash.from(mixes.slice(at, at + Hash.bytes));
  }

  setRandaoMix(epoch: number, mix: Hash): void {
    const mixes = present(this.values.get(this.keys.randaoMixes), "there are mixes from genesis on").slice();
    mixes.set(mix, (epoch % MIX_EPOCHS) * Hash.bytes);
    this.values.set(this.keys.randaoMixes, mixes);
  }

  /** Proposer of a slot of the current or the next epoch; undefined elsewhere, and where nobody is active. */
  proposerAt(slot: number): number | undefined {
    const at = slot - this.firstSlotOf(this.epoch);
    if (at < 0 || at >= 2 * this.parameters.slotsPerEpoch) return undefined;
    const index = uint32LittleAt(present(this.values.get(this.keys.lookahead), "proposers are known from genesis on"), at * 4);
    return index === NO_PROPOSER ? undefined : index;
  }

  // Validators.

  get validatorCount(): number {
    return this.summary.validatorCount;
  }

  publicKey(index: number): Bytes {
    return this.columns.publicKeys.slice(index * PUBLIC_KEY_BYTES, (index + 1) * PUBLIC_KEY_BYTES);
  }

  account(index: number): Address {
    return Address.from(this.columns.accounts.slice(index * ACCOUNT_BYTES, (index + 1) * ACCOUNT_BYTES));
  }

  /** Undefined for a key that no validator has (yet). */
  indexOf(publicKey: Bytes): number | undefined {
    const index = this.#indexEntry(publicKey);
    return index === PENDING_INDEX ? undefined : index;
  }

  /** Whether a deposit for this key waits. */
  isPending(publicKey: Bytes): boolean {
    return this.#indexEntry(publicKey) === PENDING_INDEX;
  }

  setPending(publicKey: Bytes, isPending: boolean): void {
    const key = this.keys.publicKey(publicKey);
    if (isPending) this.values.set(key, indexBytes(PENDING_INDEX));
    else this.values.delete(key);
  }

  /** Validators of an account, ascending: a walk over all, for whoever asks from outside. */
  validatorsOf(account: Address): readonly number[] {
    const found: number[] = [];
    this.columns.accounts.eachChunk(this.validatorCount, (accounts, first, count) => {
      for (let item = 0, at = 0; item < count; item++, at += ACCOUNT_BYTES) {
        if (accounts[at] !== account[0] || accounts[at + 1] !== account[1]) continue;
        if (bytesEqual(accounts.subarray(at, at + ACCOUNT_BYTES), account)) found.push(first + item);
      }
    });
    return found;
  }

  eligibilityEpoch(index: number): number {
    return this.columns.epochs.get(index * EPOCH_FIELDS + Eligibility);
  }

  activationEpoch(index: number): number {
    return this.columns.epochs.get(index * EPOCH_FIELDS + Activation);
  }

  exitEpoch(index: number): number {
    return this.columns.epochs.get(index * EPOCH_FIELDS + Exit);
  }

  withdrawableEpoch(index: number): number {
    return this.columns.epochs.get(index * EPOCH_FIELDS + Withdrawable);
  }

  isActive(index: number, epoch: number): boolean {
    return this.activationEpoch(index) <= epoch && epoch < this.exitEpoch(index);
  }

  isSlashed(index: number): boolean {
    return this.columns.slashed.get(index) === 1;
  }

  /** Whether evidence against it still counts in `epoch`: `is_slashable_validator`. */
  isSlashable(index: number, epoch: number): boolean {
    return !this.isSlashed(index) && this.activationEpoch(index) <= epoch && epoch < this.withdrawableEpoch(index);
  }

  balance(index: number): number {
    return this.columns.balances.get(index);
  }

  /** Of validator `index`, in increments. */
  effectiveIncrementsOf(index: number): number {
    return this.columns.effective.get(index);
  }

  /** A validator with all that state says of it. */
  validator(index: number): ValidatorView {
    assert(index >= 0 && index < this.validatorCount, "validators are numbered from 0 on without gaps");
    return {
      index,
      publicKey: this.publicKey(index),
      account: this.account(index),
      eligibilityEpoch: this.eligibilityEpoch(index),
      activationEpoch: this.activationEpoch(index),
      exitEpoch: this.exitEpoch(index),
      withdrawableEpoch: this.withdrawableEpoch(index),
      slashed: this.isSlashed(index),
      balance: this.balance(index),
      effectiveIncrements: this.effectiveIncrementsOf(index),
      inactivityScore: this.columns.scores.get(index),
      currentFlags: this.columns.flagsOf(this.epoch).get(index),
      previousFlags: this.epoch === 0 ? 0 : this.columns.flagsOf(this.epoch - 1).get(index),
    };
  }

  /** Effective balances of all validators, increments. A copy. */
  effectiveIncrements(): Uint16Array {
    const all = new Uint16Array(this.validatorCount);
    this.columns.effective.eachChunk(this.validatorCount, (effective, first, count) => all.set(effective.subarray(0, count), first));
    return all;
  }

  /** Validators that are active in an epoch, ascending. Final for epochs up to the next one. */
  activeIndices(epoch: number): Uint32Array {
    const active = new Uint32Array(this.validatorCount);
    let found = 0;
    this.columns.epochs.eachChunk(this.validatorCount, (epochs, first, count) => {
      for (let item = 0, at = 0; item < count; item++, at += EPOCH_FIELDS)
        if ((epochs[at + Activation] as number) <= epoch && epoch < (epochs[at + Exit] as number)) active[found++] = first + item;
    });
    return active.slice(0, found);
  }

  // Changes.

  increaseBalance(index: number, amount: number): void {
    const balance = this.balance(index) + amount;
    assert(amount >= 0 && balance <= BALANCE_MAX, `a validator's balance stays below 2^52, not ${balance}`);
    this.columns.balances.set(index, balance);
    this.summary.balancesTotal += BigInt(amount);
  }

  /** Takes at most what is there; answers what was taken. */
  decreaseBalance(index: number, amount: number): number {
    const balance = this.balance(index);
    const taken = Math.min(balance, amount);
    this.columns.balances.set(index, balance - taken);
    this.summary.balancesTotal -= BigInt(taken);
    return taken;
  }

  /** A new validator, not yet in the queue for activation. Its deposit lies in the escrow already. */
  register(publicKey: Bytes, account: Address, amount: number): number {
    const { summary, columns, parameters } = this;
    const index = summary.validatorCount;
    assert(index < parameters.limits.validators, "there is room for a validator");
    assert(this.indexOf(publicKey) === undefined, "a key has one validator");
    summary.validatorCount = index + 1;
    columns.publicKeys.put(index * PUBLIC_KEY_BYTES, publicKey);
    columns.accounts.put(index * ACCOUNT_BYTES, account);
    columns.epochs.put(index * EPOCH_FIELDS, [FAR_FUTURE_EPOCH, FAR_FUTURE_EPOCH, FAR_FUTURE_EPOCH, FAR_FUTURE_EPOCH]);
    columns.effective.set(index, Math.min(Math.floor(amount / parameters.increment), parameters.maxEffectiveIncrements));
    this.increaseBalance(index, amount);
    this.values.set(this.keys.publicKey(publicKey), indexBytes(index));
    return index;
  }

  /**
   * Puts a validator at the end of those who leave: `initiate_validator_exit`, with the end of the queue kept in the summary instead of
   * searched. Does nothing for one that leaves already.
   */
  initiateExit(index: number): void {
    if (this.exitEpoch(index) !== FAR_FUTURE_EPOCH) return;
    const { summary } = this;
    const earliest = this.effectEpoch(this.epoch);
    if (summary.exitQueueEpoch < earliest) {
      summary.exitQueueEpoch = earliest;
      summary.exitQueueChurn = 0;
    }
    if (summary.exitQueueChurn >= this.churnLimit) {
      summary.exitQueueEpoch++;
      summary.exitQueueChurn = 0;
    }
    summary.exitQueueChurn++;
    this.columns.epochs.set(index * EPOCH_FIELDS + Exit, summary.exitQueueEpoch);
    const withdrawable = summary.exitQueueEpoch + this.parameters.lifecycle.minWithdrawabilityDelayEpochs;
    this.columns.epochs.set(index * EPOCH_FIELDS + Withdrawable, withdrawable);
  }

  /**
   * Writes what changed, and settles with the ledger.
   *
   * @param treasury not needed where no reward, penalty, withdrawal or refund happened
   */
  commit(writer: StateWriter, treasury?: Treasury): void {
    if (!this.escrow.isEmpty) this.escrow.settle(writer, present(treasury, "who moves money brings the treasury"));
    this.columns.commit(writer);
    this.values.set(this.keys.summary, encodeSummary(this.summary));
    this.values.commit(writer);
  }

  #indexEntry(publicKey: Bytes): number | undefined {
    const value = this.values.get(this.keys.publicKey(publicKey));
    return value === undefined ? undefined : uint32At(value, 0);
  }
}

function indexBytes(index: number): Bytes {
  const bytes = new Uint8Array(4);
  putUint32(bytes, 0, index);
  return bytes;
}
