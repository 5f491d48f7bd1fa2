/**
 * The account ledger: accounts with a balance and a nonce, modules that act on them, fees and issuance to the proposer.
 *
 * This class only joins the parts: batch.ts decodes, checks.ts and execution.ts judge and execute, pool-facts.ts speaks to the mempool.
 */
import {
  Address,
  Amount,
  assert,
  type BlockEnvironment,
  type Bytes,
  CHAIN_SPEC,
  type ChainSpec,
  chainHashOf,
  chainTagOf,
  type ExecutionOptions,
  type ExecutionOutcome,
  type Hash,
  type Height,
  inject,
  injectable,
  type Json,
  LEDGER,
  LEDGER_MODULES,
  type Ledger,
  type LedgerModule,
  type Metrics,
  PLUGIN_CONFIG,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Plugin,
  type PoolFacts,
  present,
  type Receipt,
  type Rules,
  type SignatureBatch,
  SignatureBatchBuilder,
  type StateReader,
  type StateWriter,
  signingMessage,
  TREASURY,
  type TransactionBatch,
  type Treasury,
  toHex,
} from "../../core/sdk.js";
import { accountKey, readAccount, readSupply, SUPPLY_KEY, writeAccount, writeSupply } from "./accounts.js";
import { AddressFormatter } from "./address-text.js";
import { BankModule } from "./bank.js";
import { AccountBatch, type DecodedTransaction, decodeBatch } from "./batch.js";
import type { CheckContext } from "./checks.js";
import { concernedBy } from "./concerned.js";
import type { AccountLedgerConfig, AccountLedgerSpec } from "./config.js";
import { SupplyExceededError } from "./errors.js";
import { BlockExecution } from "./execution.js";
import { type LedgerMetrics, ledgerMetrics } from "./metrics.js";
import { checkModules, ModuleRegistry } from "./modules.js";
import { type LedgerParameters, ledgerParameters } from "./parameters.js";
import { poolFacts } from "./pool-facts.js";

@injectable()
export class AccountLedger implements Ledger, Treasury, Plugin {
  readonly kind = "account";
  readonly #chainHash: Hash;
  readonly #prefix: string;
  readonly #context: CheckContext;
  readonly #config: AccountLedgerConfig;
  readonly #parameters: LedgerParameters;
  readonly #modules: ModuleRegistry;
  readonly #bank: BankModule;
  readonly #metrics: LedgerMetrics;

  /** @throws SpecInvalidError, ModuleConflictError, ModulesDifferError */
  constructor(
    @inject(CHAIN_SPEC) spec: ChainSpec,
    @inject(LEDGER_MODULES) modules: readonly LedgerModule[],
    @inject(PLUGIN_CONFIG) config: AccountLedgerConfig,
    @inject(PLUGIN_SPEC) parameters: AccountLedgerSpec,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    const addresses = new AddressFormatter(spec.addressPrefix);
    this.#prefix = spec.addressPrefix;
    this.#chainHash = chainHashOf(spec.chainId);
    this.#config = config;
    this.#parameters = ledgerParameters(parameters, spec.addressPrefix);
    this.#bank = new BankModule(addresses);
    this.#modules = new ModuleRegistry(this.#bank, modules);
    checkModules(this.#parameters.modules, modules);
    this.#context = { chainId: spec.chainId, chainTag: chainTagOf(this.#chainHash), modules: this.#modules, addresses };
    this.#metrics = ledgerMetrics(metrics);
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return { [LEDGER]: this, [TREASURY]: this };
  }

  genesis(writer: StateWriter, _spec: ChainSpec): void {
    for (const { address, amount } of this.#parameters.allocations)
      writeAccount(writer, accountKey(address), { balance: amount, nonce: 0 });
    writeSupply(writer, this.#parameters.initialSupply);
  }

  decodeBlock(raws: readonly Bytes[], rules: Rules): AccountBatch {
    return decodeBatch(raws, { chainHash: this.#chainHash, modules: this.#modules, transactionBytes: rules.limits.transactionBytes });
  }

  join(batches: readonly TransactionBatch[]): AccountBatch {
    return new AccountBatch(batches.flatMap(decodedOf));
  }

  slice(batch: TransactionBatch, from: number, to: number): AccountBatch {
    return new AccountBatch(decodedOf(batch).slice(from, to));
  }

  signatures(batch: TransactionBatch): { readonly batch: SignatureBatch; readonly transactionIndexes: Uint32Array } {
    const builder = new SignatureBatchBuilder(batch.transactions.length);
    const indexes: number[] = [];
    for (const [index, { body, authorizations }] of batch.transactions.entries()) {
      const message = signingMessage(this.#chainHash, body);
      for (const { publicKey, signature } of authorizations) {
        builder.add(publicKey, signature, message);
        indexes.push(index);
      }
    }
    return { batch: builder.build(), transactionIndexes: Uint32Array.from(indexes) };
  }

  access(
    batch: TransactionBatch,
    env: Pick<BlockEnvironment, "proposer">,
  ): { readonly keys: readonly Bytes[]; readonly complete: boolean } {
    const keys: Bytes[] = [SUPPLY_KEY, accountKey(env.proposer)];
    let complete = true;
    for (const { body, module, operation } of decodedOf(batch)) {
      keys.push(accountKey(body.sender));
      if (module === undefined) continue;
      keys.push(...module.access(operation, body.sender));
      // A contributed module names keys of its own namespace; which accounts its transfers reach only it knows.
      complete &&= module === this.#bank;
    }
    return { keys, complete };
  }

  async execute(batch: TransactionBatch, writer: StateWriter, env: BlockEnvironment, options: ExecutionOptions): Promise<ExecutionOutcome> {
    assert(batch instanceof AccountBatch, "a batch comes from this ledger's decodeBlock");
    const outcome = await new BlockExecution(this.#context, writer, env).run(batch, this.#parameters.issuance, options);
    this.#metrics.executed(outcome, options.mode);
    return outcome;
  }

  pool(batch: TransactionBatch, index: number, view: StateReader, env: { readonly height: Height; readonly rules: Rules }): PoolFacts {
    return poolFacts(decodedAt(batch, index), this.#context, this.#config, view, env);
  }

  describe(batch: TransactionBatch, index: number): Json {
    const { envelope, body, module, operation, weight } = decodedAt(batch, index);
    return {
      id: toHex(envelope.id),
      sender: this.#context.addresses.format(body.sender),
      nonce: body.nonce,
      fee: body.fee.toString(),
      validFrom: body.validFrom === 0 ? null : body.validFrom,
      validUntil: body.validUntil === 0 ? null : body.validUntil,
      memo: body.memo,
      module: module?.name ?? String(body.module),
      operation: module === undefined ? { payload: toHex(body.operation) } : module.describe(operation, this.#prefix),
      authorizations: envelope.authorizations.map(({ publicKey }) => toHex(publicKey)),
      sizeBytes: envelope.raw.length,
      weight,
    };
  }

  describeAccount(address: Address, view: StateReader): Json {
    const { balance, nonce } = readAccount(view, address);
    const description: Record<string, Json> = { address: Address.format(address, this.#prefix), balance: balance.toString(), nonce };
    for (const module of this.#modules.all) {
      const extra = module.describeAccount?.(address, view);
      if (extra !== undefined) description[module.name] = extra;
    }
    return description;
  }

  addresses(batch: TransactionBatch, receipts: readonly Receipt[]): readonly (readonly Address[])[] {
    return decodedOf(batch).map((decoded, index) =>
      concernedBy(decoded, present(receipts[index], "each transaction has its receipt"), this.#prefix),
    );
  }

  accountKeys(address: Address): readonly Bytes[] {
    return [accountKey(address)];
  }

  /** @throws SupplyExceededError */
  credit(writer: StateWriter, account: Address, amount: bigint): void {
    assert(amount >= 0n, "a credit is not negative");
    if (amount === 0n) return;
    const supply = readSupply(writer);
    if (supply + amount > Amount.max) throw new SupplyExceededError({ supply: supply.toString(), amount: amount.toString() });
    const { balance, nonce } = readAccount(writer, account);
    writeAccount(writer, accountKey(account), { balance: balance + amount, nonce });
    writeSupply(writer, supply + amount);
  }

  debit(writer: StateWriter, account: Address, amount: bigint): bigint {
    assert(amount >= 0n, "a debit is not negative");
    const { balance, nonce } = readAccount(writer, account);
    const taken = amount < balance ? amount : balance;
    if (taken === 0n) return 0n;
    writeAccount(writer, accountKey(account), { balance: balance - taken, nonce });
    writeSupply(writer, readSupply(writer) - taken);
    return taken;
  }

  supply(view: StateReader): bigint {
    return readSupply(view);
  }
}

function decodedOf(batch: TransactionBatch): readonly DecodedTransaction[] {
  assert(batch instanceof AccountBatch, "a batch comes from this ledger's decodeBlock");
  return batch.decoded;
}

function decodedAt(batch: TransactionBatch, index: number): DecodedTransaction {
  return present(decodedOf(batch)[index], "the index lies within the batch");
}
