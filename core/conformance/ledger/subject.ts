/** What an author passes for a ledger, and what the cases of ledger conformance share. */

import type { ChainSpec } from "../../ports/chain-spec.js";
import { CHAIN_SPEC, CLOCK, COMPUTE, LEDGER, SCHEDULER, TREASURY } from "../../ports/index.js";
import type { BlockEnvironment, ExecutionOutcome, Ledger, TransactionBatch, Treasury } from "../../ports/ledger.js";
import type { Slicer } from "../../ports/runtime.js";
import { Address } from "../../primitives/address.js";
import { Height } from "../../primitives/amount.js";
import { type Bytes, EMPTY_BYTES } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import { receiptHash } from "../../primitives/receipt-codec.js";
import { holds } from "../case.js";
import { constructPlugin, type PluginUnderTest, provided, specFor } from "../harness/plugin.js";
import { CONFORMANCE_KEYS, InlineCompute, strangerHash } from "../harness/services.js";
import { EMPTY_VIEW, MapView, MapWriter, rootOf } from "../harness/state.js";
import { VirtualTime } from "../harness/virtual-time.js";

export interface LedgerSupports {
  /** The ledger provides a treasury, as chains with rewards and penalties need. Default true. */
  readonly treasury?: boolean;
}

export interface LedgerSubject extends PluginUnderTest {
  /**
   * Raw transactions for the chain `CONFORMANCE_CHAIN_ID`, valid one after another on the genesis state: at least two,
   * which succeed. Sign them with `CONFORMANCE_KEYS`, and give these accounts something in the parameters.
   */
  readonly samples: readonly Bytes[];
  /** Well-formed raw transactions that may not be in the first block (a far nonce, no such output, too little balance …). */
  readonly refused?: readonly Bytes[];
  /** New coins of the first block, smallest unit. Default 0. */
  readonly issued?: bigint;
  readonly supports?: LedgerSupports;
}

const PROPOSER = CONFORMANCE_KEYS.addresses[3] ?? Address.zero;

/** Never says that it is time to pause, or always does. */
const SLICERS: Readonly<Record<"never" | "always", Slicer>> = {
  never: { due: () => false, pause: async () => {} },
  always: { due: () => true, pause: async () => {} },
};

export class LedgerRun {
  readonly subject: LedgerSubject;
  readonly spec: ChainSpec;
  readonly ledger: Ledger;
  readonly treasury: Treasury | undefined;
  readonly env: BlockEnvironment;

  constructor(subject: LedgerSubject) {
    this.subject = subject;
    this.spec = specFor(subject);
    const time = new VirtualTime(this.spec.genesisTimeMs);
    const capabilities = { [CHAIN_SPEC]: this.spec, [CLOCK]: time, [SCHEDULER]: time, [COMPUTE]: new InlineCompute() };
    const plugin = constructPlugin(subject, this.spec, capabilities);
    this.ledger = provided(plugin, LEDGER) as Ledger;
    this.treasury = subject.manifest.provides.includes(TREASURY) ? (provided(plugin, TREASURY) as Treasury) : undefined;
    this.env = {
      chainId: this.spec.chainId,
      height: Height.from(1),
      parent: strangerHash("parent"),
      timestampMs: this.spec.genesisTimeMs + 1_000,
      proposer: PROPOSER,
      rules: this.spec.rulesAt(1),
      extra: EMPTY_BYTES,
      payload: EMPTY_BYTES,
    };
  }

  /** The genesis state, made anew. */
  genesis(): MapView {
    const writer = new MapWriter(EMPTY_VIEW);
    this.ledger.genesis(writer, this.spec);
    return new MapView(Hash.zero, writer.entries);
  }

  decode(raws: readonly Bytes[]): TransactionBatch {
    return this.ledger.decodeBlock(raws, this.env.rules);
  }

  /** Executes as the first block. */
  async execute(
    raws: readonly Bytes[],
    mode: "import" | "produce",
    slicing: "never" | "always" = "never",
    env: BlockEnvironment = this.env,
  ): Promise<{ readonly outcome: ExecutionOutcome; readonly writer: MapWriter; readonly state: MapView }> {
    return this.executeBatch(this.decode(raws), mode, slicing, env);
  }

  async executeBatch(
    batch: TransactionBatch,
    mode: "import" | "produce" = "import",
    slicing: "never" | "always" = "never",
    env: BlockEnvironment = this.env,
  ): Promise<{ readonly outcome: ExecutionOutcome; readonly writer: MapWriter; readonly state: MapView }> {
    const writer = new MapWriter(this.genesis());
    const outcome = await this.ledger.execute(batch, writer, env, { mode, slicer: SLICERS[slicing] });
    holds(
      outcome.receipts.length === outcome.included.length,
      "one receipt for each included transaction",
      `${outcome.receipts.length} for ${outcome.included.length}`,
    );
    return { outcome, writer, state: new MapView(Hash.zero, writer.entries) };
  }

  /** The samples, of which there are enough. */
  get samples(): readonly Bytes[] {
    holds(this.subject.samples.length >= 2, "the subject has at least two samples", `${this.subject.samples.length}`);
    return this.subject.samples;
  }

  /** Transactions that must not be in a block after the samples: one of these is there already. */
  get refused(): readonly Bytes[] {
    return [...(this.subject.refused ?? []), ...this.samples.slice(0, 1)];
  }
}

/** State root and receipts, as one text to compare. */
export function resultOf({ outcome, writer }: { readonly outcome: ExecutionOutcome; readonly writer: MapWriter }): string {
  const receipts = outcome.receipts.map((receipt) => Hash.key(receiptHash(receipt))).join(" ");
  return `state ${Hash.key(rootOf(writer.entries))}, weight ${outcome.weight}, receipts ${receipts}`;
}
