/**
 * A node in this process, without config files and plugins' containers: the node's own part (state, chain, mempool) over a
 * storage, the account ledger and the nakamoto engine, wired as the composition root wires them.
 */
import { join } from "node:path";
import { Value } from "typebox/value";
import type { Chain } from "../../core/chain/index.js";
import { ComputeService } from "../../core/compute/index.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import { NodePart } from "../../core/node/node-part.js";
import { NodePartSchema } from "../../core/node/node-part-config.js";
import type { SignatureBatch } from "../../core/ports/compute.js";
import {
  CHAIN_VIEW,
  type ChainView,
  type Clock,
  type Compute,
  type Logger,
  type Scheduler,
  type Signer,
  type Storage,
  TRANSACTION_SUBMISSION,
  type TransactionSubmission,
  type Transport,
} from "../../core/ports/index.js";
import { Address } from "../../core/primitives/address.js";
import { type Bytes, toHex } from "../../core/primitives/bytes.js";
import type { Hash } from "../../core/primitives/hash.js";
import { publicKeyOf, signMessage } from "../../core/primitives/signing.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../core/runtime/index.js";
import { NakamotoConfig, type NakamotoSpec } from "../../plugins/consensus-nakamoto/config.js";
import { NakamotoConsensus } from "../../plugins/consensus-nakamoto/engine.js";
import { AccountLedgerConfig, type AccountLedgerSpec } from "../../plugins/ledger-account/config.js";
import { AccountLedger } from "../../plugins/ledger-account/ledger.js";
import type { NodePlan } from "./plan.js";

/** Bounds that no bench reaches: all state stays in memory until somebody flushes it. */
export const NEVER_FLUSH = { flushAfterBlocks: 10_000, flushAfterMs: 600_000, flushAfterBytes: 2 ** 36 } as const;

export interface ChainNodeOptions {
  readonly plan: NodePlan;
  /** Started; whoever gives it stops it. */
  readonly storage: Storage;
  readonly compute: Compute;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Keys of the node config's `node.chain`. Default: what a node has by default. */
  readonly chain?: Readonly<Record<string, number | string>>;
  /** Default: none, a node by itself. */
  readonly transports?: readonly Transport[];
  /** Keys of the node config's `node.network`. */
  readonly network?: Readonly<Record<string, unknown>>;
  /** Keys of `node.sync` and `node.snapshots`. */
  readonly sync?: Readonly<Record<string, unknown>>;
  readonly snapshots?: Readonly<Record<string, unknown>>;
  /** Data directory, for snapshots; without one none are made. */
  readonly directory?: string;
  readonly logger?: Logger;
}

/** Signers that never sign: proof of work has no keys. */
const NO_KEYS: Signer = {
  publicKeys: async () => [],
  sign: () => Promise.reject(new Error("a generated chain has no signers")),
};

/**
 * Compute that takes every signature for good and does all else on this thread: for transactions that were signed here a moment
 * ago, and to measure what is left when signatures are known.
 */
export class GrantingCompute extends ComputeService {
  constructor(scheduler: Scheduler, clock: Clock) {
    super({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: 0 });
  }

  override async verifySignatures({ count }: SignatureBatch): Promise<Bytes> {
    const bitmap = new Uint8Array((count + 7) >> 3).fill(0xff);
    if (count % 8 !== 0) bitmap[bitmap.length - 1] = (1 << (count % 8)) - 1;
    return bitmap;
  }
}

export class ChainNode {
  readonly #part: NodePart;
  readonly ledger: AccountLedger;
  readonly consensus: NakamotoConsensus;

  constructor({
    plan,
    storage,
    compute,
    clock = new SystemClock(),
    chain = {},
    transports = [],
    network = {},
    ...options
  }: ChainNodeOptions) {
    const { directory = "", sync = {}, snapshots = {}, logger = SILENT } = options;
    const { spec } = plan;
    const parameters = { consensus: spec.consensus.parameters as NakamotoSpec, ledger: spec.ledger.parameters as AccountLedgerSpec };
    const ledgerConfig = Value.Default(AccountLedgerConfig, { maxNonceAhead: 65_536 }) as AccountLedgerConfig;
    const engineConfig = Value.Default(NakamotoConfig, { address: Address.format(plan.proposer, spec.addressPrefix) }) as NakamotoConfig;
    // One sender may fill a block, and a whole chain's transactions may wait.
    const config = Value.Default(NodePartSchema, {
      produce: false,
      chain,
      state: {},
      mempool: { maxCount: 1_000_000, maxPerSender: 65_536 },
      network,
      sync,
      snapshots,
    });
    const secretKey = new SystemEntropy().bytes(32);
    const identity = { nodeId: toHex(publicKeyOf(secretKey)), sign: (message: Bytes) => signMessage(secretKey, message) };
    this.ledger = new AccountLedger(spec, [], ledgerConfig, parameters.ledger, UNMETERED);
    this.consensus = new NakamotoConsensus(engineConfig, parameters.consensus, SILENT, UNMETERED);
    this.#part = new NodePart(
      config as ConstructorParameters<typeof NodePart>[0],
      logger,
      UNMETERED,
      identity,
      spec,
      storage,
      this.ledger,
      this.consensus,
      compute,
      clock,
      new SystemScheduler(clock),
      new SystemEntropy(),
      NO_KEYS,
      transports,
      { path: directory, resolve: (...segments) => join(directory, ...segments) },
      this.ledger,
    );
    this.#part.onFatal = (error) => {
      throw error;
    };
  }

  /** Opens what the storage holds, or makes genesis; then begins with mempool and peers. */
  async start(): Promise<void> {
    await this.open();
    await this.begin();
  }

  /** The node's own part. */
  get part(): NodePart {
    return this.#part;
  }

  /** The first half of `start`: the chain is there, nobody hears of it. */
  open(): Promise<void> {
    return this.#part.start();
  }

  /** The second half. */
  begin(): Promise<void> {
    return this.#part.begin();
  }

  /** Flushes the state; without it, the storage is left as a crash leaves it. */
  stop(): Promise<void> {
    return this.#part.stop();
  }

  get chain(): Chain {
    return this.#part.chain;
  }

  get view(): ChainView {
    return this.#part.capabilities()[CHAIN_VIEW] as ChainView;
  }

  /** Hands in transactions, as many at a time as the mempool takes, in order. */
  async submit(raws: readonly Bytes[]): Promise<void> {
    const submission = this.#part.capabilities()[TRANSACTION_SUBMISSION] as TransactionSubmission;
    for (let at = 0; at < raws.length; at += SUBMISSIONS_AT_ONCE)
      await Promise.all(raws.slice(at, at + SUBMISSIONS_AT_ONCE).map((raw) => submission.submit(raw)));
  }

  /** Makes one block of what the mempool holds. */
  async produce(): Promise<Hash> {
    const [id] = await this.#part.produceBlocks(1);
    if (id === undefined) throw new Error("the engine made no block");
    return id;
  }
}

const SUBMISSIONS_AT_ONCE = 2_000;
