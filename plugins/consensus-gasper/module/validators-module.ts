/**
 * The ledger module `validators`: how accounts get into the registry, and out of it.
 *
 * Its state is the engine's own, under the same namespace: what an operation does is seen by the next block's transition. It runs within a
 * block's transactions, when the state stands at the block's slot already.
 */
import {
  Address,
  type Bytes,
  type Json,
  type LedgerEvent,
  type LedgerModule,
  type ModuleContext,
  type StateReader,
  type StateWriter,
  toHex,
  unreachable,
} from "../../../core/sdk.js";
import { OperationFault } from "../errors.js";
import type { GasperParameters } from "../parameters.js";
import { ESCROW, GasperState, StateKeys } from "../state/index.js";
import { FAR_FUTURE_EPOCH } from "../types.js";
import { describeStakes } from "./account-description.js";
import { type DepositOperation, decodeOperation, type ExitOperation, type TopUpOperation, type ValidatorOperation } from "./operations.js";

/** Execution weights (a transfer has 100): a deposit's proof of possession is verified later, which takes a millisecond. */
const WEIGHT: Readonly<Record<ValidatorOperation["kind"], number>> = { deposit: 2_000, "top-up": 300, exit: 300 };

export class ValidatorsModule implements LedgerModule {
  readonly name = "validators";
  readonly namespace: number;
  readonly #parameters: GasperParameters;
  readonly #keys: StateKeys;
  readonly #prefix: string;

  /** @param addressPrefix the chain's, for events */
  constructor(parameters: GasperParameters, addressPrefix: string) {
    this.namespace = parameters.namespace;
    this.#parameters = parameters;
    this.#keys = new StateKeys(parameters.namespace);
    this.#prefix = addressPrefix;
  }

  decode(payload: Bytes): ValidatorOperation {
    return decodeOperation(payload);
  }

  weight(operation: unknown): number {
    return WEIGHT[(operation as ValidatorOperation).kind];
  }

  reserves(operation: unknown): bigint {
    const wanted = operation as ValidatorOperation;
    return wanted.kind === "exit" ? 0n : wanted.amount;
  }

  execute(operation: unknown, writer: StateWriter, context: ModuleContext): void {
    const wanted = operation as ValidatorOperation;
    const state = GasperState.open(writer, this.#parameters);
    switch (wanted.kind) {
      case "deposit":
        this.#deposit(state, wanted, context);
        break;
      case "top-up":
        this.#topUp(state, wanted, context);
        break;
      case "exit":
        this.#exit(state, wanted, context);
        break;
      default:
        unreachable(wanted);
    }
    state.commit(writer);
  }

  #deposit(state: GasperState, { publicKey, proofOfPossession, account, amount }: DepositOperation, context: ModuleContext): void {
    const { minDeposit, maxFunded, limits } = this.#parameters;
    if (amount < BigInt(minDeposit) || amount > BigInt(maxFunded))
      context.fail(OperationFault.depositAmount, `a deposit is ${minDeposit} at least and ${maxFunded} at most`);
    if (state.isPending(publicKey)) context.fail(OperationFault.depositPending, "a deposit for this key waits already");
    if (state.indexOf(publicKey) !== undefined) context.fail(OperationFault.depositKnown, "a validator has this key; top it up instead");
    if (state.validatorCount + state.deposits.length >= limits.validators)
      context.fail(OperationFault.registryFull, `there may be ${limits.validators} validators`);
    this.#pay(context, amount);
    const owner = account ?? context.sender;
    state.setPending(publicKey, true);
    state.deposits.append({
      publicKey,
      proofOfPossession,
      account: owner,
      sender: context.sender,
      amount: Number(amount),
      slot: state.slot,
    });
    context.emit({
      type: "validators.deposit",
      attributes: [
        ["public-key", toHex(publicKey)],
        ["account", Address.format(owner, this.#prefix)],
        ["amount", amount.toString()],
      ],
    });
  }

  #topUp(state: GasperState, { publicKey, amount }: TopUpOperation, context: ModuleContext): void {
    const index = this.#indexOf(state, publicKey, context);
    if (state.exitEpoch(index) !== FAR_FUTURE_EPOCH) context.fail(OperationFault.topUpLeaving, `validator ${index} leaves or has left`);
    if (amount === 0n || BigInt(state.balance(index)) + amount > BigInt(this.#parameters.maxFunded))
      context.fail(OperationFault.topUpAmount, `a top-up is not nothing, and the balance ${this.#parameters.maxFunded} at most after it`);
    this.#pay(context, amount);
    state.increaseBalance(index, Number(amount));
    context.emit({
      type: "validators.top-up",
      attributes: [
        ["validator", index.toString()],
        ["public-key", toHex(publicKey)],
        ["amount", amount.toString()],
      ],
    });
  }

  /** `process_voluntary_exit`, signed by the account instead of the consensus key: whoever owns the stake decides, not who runs the node. */
  #exit(state: GasperState, { publicKey }: ExitOperation, context: ModuleContext): void {
    const index = this.#indexOf(state, publicKey, context);
    const { epoch } = state;
    const earliest = state.activationEpoch(index) + this.#parameters.lifecycle.shardCommitteePeriodEpochs;
    if (!Address.equal(state.account(index), context.sender))
      context.fail(OperationFault.exitAccount, `validator ${index} is another account's`);
    if (state.exitEpoch(index) !== FAR_FUTURE_EPOCH)
      context.fail(OperationFault.exitLeaving, `validator ${index} leaves in epoch ${state.exitEpoch(index)}`);
    if (!state.isActive(index, epoch)) context.fail(OperationFault.exitInactive, `validator ${index} is not active`);
    if (epoch < earliest)
      context.fail(OperationFault.exitEarly, `validator ${index} may leave from epoch ${earliest} on, this is ${epoch}`);
    state.initiateExit(index);
    context.emit({
      type: "validators.exit",
      attributes: [
        ["validator", index.toString()],
        ["public-key", toHex(publicKey)],
        ["exit-epoch", state.exitEpoch(index).toString()],
        ["withdrawable-epoch", state.withdrawableEpoch(index).toString()],
      ],
    });
  }

  #indexOf(state: GasperState, publicKey: Bytes, context: ModuleContext): number {
    return state.indexOf(publicKey) ?? context.fail(OperationFault.unknownValidator, "no validator has this key");
  }

  #pay(context: ModuleContext, amount: bigint): void {
    if (context.balance(context.sender) < amount)
      context.fail(OperationFault.balance, "the sender has less than the amount after paying the fee");
    context.transfer(context.sender, ESCROW, amount);
  }

  access(operation: unknown, _sender: Address): readonly Bytes[] {
    return [this.#keys.summary, this.#keys.publicKey((operation as ValidatorOperation).publicKey)];
  }

  describe(operation: unknown, addressPrefix: string): Json {
    const wanted = operation as ValidatorOperation;
    const publicKey = toHex(wanted.publicKey);
    if (wanted.kind === "exit") return { type: "exit", publicKey };
    const amount = wanted.amount.toString();
    if (wanted.kind === "top-up") return { type: "top-up", publicKey, amount };
    const account = wanted.account === undefined ? null : Address.format(wanted.account, addressPrefix);
    return { type: "deposit", publicKey, proofOfPossession: toHex(wanted.proofOfPossession), account, amount };
  }

  addresses(operation: unknown, _sender: Address, _events: readonly LedgerEvent[]): readonly Address[] {
    const wanted = operation as ValidatorOperation;
    return wanted.kind === "deposit" && wanted.account !== undefined ? [wanted.account] : [];
  }

  describeAccount(address: Address, view: StateReader): Json {
    return describeStakes(address, view, this.#parameters);
  }
}
