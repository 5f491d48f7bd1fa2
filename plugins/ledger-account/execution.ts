/**
 * One block's execution over the working set: check, take the fee, run the operation, in order; then pay the proposer,
 * prove that nothing was made or lost, and write what changed.
 *
 * Import and production run the same code; they differ only in what happens to a transaction that may not be there.
 */
import {
  type Address,
  assert,
  type BlockEnvironment,
  type ChainwrightError,
  type ExecutionOptions,
  type ExecutionOutcome,
  InvalidTransactionError,
  type LedgerEvent,
  type LedgerModule,
  type ModuleContext,
  present,
  type Receipt,
  type StateWriter,
} from "../../core/sdk.js";
import { BANK_NAMESPACE, readSupply, type WorkingAccount, WorkingSet, writeAccount, writeSupply } from "./accounts.js";
import type { AccountBatch, DecodedTransaction } from "./batch.js";
import { type CheckContext, canNeverBecomeValid, statelessRefusal } from "./checks.js";
import {
  BankFailures,
  BlockFullError,
  InsufficientBalanceError,
  ModuleFailures,
  ModuleLawError,
  NonceGapError,
  NotYetValidError,
  StaleNonceError,
} from "./errors.js";
import type { IssuanceSchedule } from "./issuance.js";
import { checkedEvent, MAX_BLOCK_EVENT_BYTES, MAX_EVENTS, MAX_OPERATION_EVENT_BYTES } from "./module-events.js";
import { ModuleFailure, NamespacedWriter } from "./modules.js";

/** What a module may call its failures: short enough for any receipt. */
const FAILURE_CODE = /^[!-~]{1,128}$/;
/** How many accounts are written between two looks at the slicer. */
const WRITES_PER_LOOK = 128;

const NO_EVENTS: readonly LedgerEvent[] = [];

export class BlockExecution implements ModuleContext {
  readonly env: BlockEnvironment;
  readonly #context: CheckContext;
  readonly #writer: StateWriter;
  readonly #working: WorkingSet;
  readonly #supplyBefore: bigint;
  #fees = 0n;
  #weight = 0;
  // Of the operation that is being executed.
  #sender: Address;
  /** The sender's account, which each operation asks for several times. */
  #senderAccount: WorkingAccount;
  #module: LedgerModule | undefined;
  #events: LedgerEvent[] = [];
  #eventBytes = 0;
  /** Of contributed modules' operations before it. */
  #blockEventBytes = 0;

  constructor(context: CheckContext, writer: StateWriter, env: BlockEnvironment) {
    this.#context = context;
    this.#writer = writer;
    this.env = env;
    this.#working = new WorkingSet(writer);
    this.#supplyBefore = readSupply(writer);
    this.#sender = env.proposer;
    this.#senderAccount = this.#working.of(env.proposer);
  }

  /** @throws InvalidTransactionError in mode `import` */
  async run(batch: AccountBatch, issuance: IssuanceSchedule, { mode, slicer }: ExecutionOptions): Promise<ExecutionOutcome> {
    const included: number[] = [];
    const receipts: Receipt[] = [];
    const skipped: { index: number; code: string; drop: boolean }[] = [];
    const { decoded } = batch;
    for (let index = 0; index < decoded.length; index++) {
      if (slicer.due()) await slicer.pause();
      const transaction = decoded[index] as DecodedTransaction;
      const refusal = this.#refusal(transaction);
      if (refusal === undefined) {
        included.push(index);
        receipts.push(this.#apply(transaction));
      } else if (mode === "import") {
        throw new InvalidTransactionError({ index, code: refusal.code, reason: refusal.message }, refusal);
      } else {
        skipped.push({ index, code: refusal.code, drop: canNeverBecomeValid(refusal.code) });
      }
    }
    this.#payProposer(issuance);
    let untilLook = WRITES_PER_LOOK;
    for (const account of this.#working.accounts()) {
      if (account.balance !== account.loadedBalance || account.nonce !== account.loadedNonce)
        writeAccount(this.#writer, account.key, account);
      if (--untilLook > 0) continue;
      untilLook = WRITES_PER_LOOK;
      if (slicer.due()) await slicer.pause();
    }
    return { included, receipts, skipped, weight: this.#weight };
  }

  /** Why this transaction may not be in this block at this place. */
  #refusal(transaction: DecodedTransaction): ChainwrightError | undefined {
    const { env } = this;
    const stateless = statelessRefusal(transaction, this.#context, env.height, env.rules);
    if (stateless !== undefined) return stateless;
    const { sender, nonce, fee, validFrom } = transaction.body;
    if (validFrom > env.height) return new NotYetValidError({ validFrom, height: env.height, furthest: env.height });
    const { blockWeight } = env.rules.limits;
    const weight = this.#weight + transaction.weight;
    if (weight > blockWeight) return new BlockFullError({ weight, limit: blockWeight });
    const account = this.#working.of(sender);
    this.#sender = sender;
    this.#senderAccount = account;
    const { addresses } = this.#context;
    if (nonce < account.nonce) return new StaleNonceError({ sender: addresses.format(sender), nonce, expected: account.nonce });
    if (nonce > account.nonce) return new NonceGapError({ sender: addresses.format(sender), nonce, expected: account.nonce });
    if (account.balance < fee)
      return new InsufficientBalanceError({
        account: addresses.format(sender),
        needed: fee.toString(),
        available: account.balance.toString(),
      });
    return undefined;
  }

  /** Executes a transaction that was not refused. */
  #apply({ envelope, body, module, operation, weight }: DecodedTransaction): Receipt {
    const account = this.#senderAccount;
    this.#working.setBalance(account, account.balance - body.fee);
    account.nonce++;
    this.#fees += body.fee;
    this.#weight += weight;
    this.#working.mark();
    this.#module = present(module, "a transaction of an unknown module was refused");
    this.#events = [];
    this.#eventBytes = 0;
    const code = this.#module.namespace === BANK_NAMESPACE ? this.#operate(operation, this.#writer) : this.#operateFenced(operation);
    if (code === "") this.#blockEventBytes += this.#eventBytes;
    return {
      transactionId: envelope.id,
      ok: code === "",
      code,
      feePaid: body.fee,
      weight,
      events: code === "" ? this.#events : NO_EVENTS,
    };
  }

  /** A contributed module: its own writes are undone with the balances when it fails. */
  #operateFenced(operation: unknown): string {
    const checkpoint = this.#writer.checkpoint();
    const code = this.#operate(operation, new NamespacedWriter(this.#writer, present(this.#module, "a module is being executed")));
    if (code !== "") this.#writer.revertTo(checkpoint);
    return code;
  }

  /** Answers the code of the failure, or "". Anything but a failure that the module declared goes up: the block can't be judged. */
  #operate(operation: unknown, writer: StateWriter): string {
    try {
      present(this.#module, "a module is being executed").execute(operation, writer, this);
      return "";
    } catch (error) {
      if (!(error instanceof ModuleFailure)) throw error;
      this.#working.revert();
      return error.code;
    }
  }

  /** Issuance and fees, after all transactions: a proposer can't spend in a block what the block pays. */
  #payProposer(issuance: IssuanceSchedule): void {
    const issued = issuance.at(this.env.height, this.#supplyBefore);
    const proposer = this.#working.of(this.env.proposer);
    const reward = issued + this.#fees;
    if (reward > 0n) this.#working.setBalance(proposer, proposer.balance + reward);
    let moved = 0n;
    for (const account of this.#working.accounts()) moved += account.balance - account.loadedBalance;
    assert(moved === issued, `the block at ${this.env.height} changed balances by ${moved} in sum and issued ${issued}`);
    if (issued > 0n) writeSupply(this.#writer, this.#supplyBefore + issued);
  }

  // What a module may do. See ports/contributions.ts.

  get sender(): Address {
    return this.#sender;
  }

  transfer(from: Address, to: Address, amount: bigint): void {
    if (amount < 0n) throw new ModuleLawError({ module: this.#name(), reason: `it transfers a negative amount (${amount})` });
    const source = this.#of(from);
    if (source.balance < amount) this.fail(BankFailures.insufficientBalance, `the account has ${source.balance}, not ${amount}`);
    this.#working.setBalance(source, source.balance - amount);
    // Read only now: `to` may be `from`.
    const target = this.#of(to);
    this.#working.setBalance(target, target.balance + amount);
  }

  balance(of: Address): bigint {
    return this.#of(of).balance;
  }

  emit(event: LedgerEvent): void {
    const module = present(this.#module, "a module is being executed");
    if (module.namespace === BANK_NAMESPACE) {
      // Ours, and the same few short texts each time.
      this.#events.push(event);
      return;
    }
    const checked = checkedEvent(module, event);
    if ("fault" in checked) this.fail(ModuleFailures.invalidEvent, checked.fault);
    const bytes = this.#eventBytes + checked.bytes;
    if (this.#events.length >= MAX_EVENTS || bytes > MAX_OPERATION_EVENT_BYTES || this.#blockEventBytes + bytes > MAX_BLOCK_EVENT_BYTES)
      this.fail(
        ModuleFailures.tooManyEvents,
        `an operation has at most ${MAX_EVENTS} events, of ${MAX_OPERATION_EVENT_BYTES} bytes in all`,
      );
    this.#eventBytes = bytes;
    this.#events.push(checked.event);
  }

  fail(code: string, message: string): never {
    if (typeof code === "string" && FAILURE_CODE.test(code)) throw new ModuleFailure(code, message);
    throw new ModuleFailure(ModuleFailures.invalidCode, message);
  }

  /** By identity, not by bytes: a module may use one buffer for several addresses, but the sender's is the transaction's own. */
  #of(address: Address): WorkingAccount {
    return address === this.#sender ? this.#senderAccount : this.#working.of(address);
  }

  #name(): string {
    return this.#module?.name ?? "none";
  }
}
