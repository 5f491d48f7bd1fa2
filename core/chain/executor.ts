/**
 * Execution: the one way in which a block's effect on state comes about.
 *
 * Import, production, recovery and `host.execute` all come through `#run`, so a node can't propose what it would refuse.
 */
import { assert } from "../kernel/assert.js";
import { ChainwrightError } from "../kernel/errors.js";
import type { ProposalFields, UnsealedBlock } from "../ports/consensus.js";
import { InvalidHeaderError, InvalidTransactionError } from "../ports/errors.js";
import type { BlockEnvironment, ExecutionOptions, ExecutionOutcome, TransactionBatch } from "../ports/ledger.js";
import type { Slicer } from "../ports/runtime.js";
import { Height } from "../primitives/amount.js";
import type { Block, HeaderRecord, UnsealedHeader } from "../primitives/block.js";
import { encodedBlockBytes, payloadRootOf, signingRootOf } from "../primitives/block-codec.js";
import { type Bytes, concatBytes, EMPTY_BYTES } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { Receipt } from "../primitives/receipt.js";
import { encodeReceiptsAndLeaves } from "../primitives/receipt-codec.js";
import type { Overlay } from "../state/index.js";
import type { ChainDependencies } from "./dependencies.js";
import { BlockInvalidError, StateUnavailableError, UnknownBlockError, Verdicts } from "./errors.js";
import { decodeUsable, forEachPiece } from "./transaction-pieces.js";

/** Overlays of blocks built here, kept until they come back sealed. */
const BUILT_BLOCKS_KEPT = 8;
/** Room in a block for header, seal and framing. */
const BLOCK_OVERHEAD_BYTES = 12 * 1024;
/** A transaction's tag and length inside a block. */
const TRANSACTION_FRAMING_BYTES = 5;
/** How many receipts are encoded between two looks at the slicer: about 0.5 ms. */
const RECEIPTS_PER_LOOK = 128;
/** SSZ list limit of the transactions root. */
const BLOCK_TRANSACTIONS_MAX = 2 ** 20;

export interface Execution {
  readonly overlay: Overlay;
  readonly receipts: readonly Receipt[];
  /** The same, encoded for the store. */
  readonly encodedReceipts: Bytes;
  readonly transactionIds: readonly Hash[];
  readonly executionMs: number;
}

interface Run {
  readonly overlay: Overlay;
  readonly outcome: ExecutionOutcome;
}

export type ExecutorDependencies = Pick<
  ChainDependencies,
  "spec" | "state" | "ledger" | "consensus" | "compute" | "clock" | "scheduler" | "transactions"
>;

export class Executor {
  readonly #dependencies: ExecutorDependencies;
  readonly #built = new Map<HashKey, Execution>();
  /** Asked for ahead of execution, as long as the batch is there. */
  readonly #keys = new WeakMap<TransactionBatch, readonly Bytes[]>();

  constructor(dependencies: ExecutorDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Executes a block over its parent's state and checks what its header says of the result.
   *
   * @throws BlockInvalidError
   */
  async execute(block: Block, record: HeaderRecord, batch: TransactionBatch): Promise<Execution> {
    const built = this.#built.get(Hash.key(record.signingRoot));
    // The signing root commits to parent, transactions, payload and results: the same work was done here already.
    if (built !== undefined) {
      this.#built.delete(Hash.key(record.signingRoot));
      return built;
    }
    const { clock, scheduler } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    const { header } = record;
    const env = this.#environment(header, block.payload);
    const slicer = scheduler.slicer();
    const { overlay, outcome } = await this.#run(header.parent, env, batch, { mode: "import", slicer, root: "now" });
    const { receipts } = outcome;
    assert(receipts.length === batch.transactions.length, "the ledger answers a receipt for each transaction of an imported block");
    const encoded = await this.#encode(receipts, slicer);
    if (!sameHash(encoded.root, header.receiptsRoot))
      throw new BlockInvalidError({ code: Verdicts.receiptsRoot, reason: "its receipts root is not what execution gives" });
    if (overlay.root === undefined || !sameHash(overlay.root, header.stateRoot))
      throw new BlockInvalidError({ code: Verdicts.stateRoot, reason: "its state root is not what execution gives" });
    return {
      overlay,
      receipts,
      encodedReceipts: encoded.bytes,
      transactionIds: batch.transactions.map((each) => each.id),
      executionMs: clock.monotonicMs() - beganMs,
    };
  }

  /**
   * Executes a block that was executed and checked here before, for its effect on state alone: receipts are not encoded and
   * the root is put off. A block above it that `execute` checks vouches for the state.
   *
   * @throws BlockInvalidError
   */
  async executeUnchecked(block: Block, batch: TransactionBatch): Promise<Overlay> {
    const { header } = block;
    const slicer = this.#dependencies.scheduler.slicer();
    const env = this.#environment(header, block.payload);
    return (await this.#run(header.parent, env, batch, { mode: "import", slicer, root: "later" })).overlay;
  }

  /** Picks transactions, executes them over `parent` and fills the header. @throws StateUnavailableError, UnknownBlockError */
  async build(parent: HeaderRecord | undefined, parentId: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    if (parent === undefined) throw new UnknownBlockError({ id: Hash.key(parentId) });
    const { spec, ledger, transactions, clock, scheduler } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    const height = Height.next(parent.header.height);
    const { limits } = spec.rulesAt(height);
    const payload = fields.payload ?? EMPTY_BYTES;
    const maxBytes = Math.min(fields.maxBytes ?? limits.blockBytes, limits.blockBytes) - BLOCK_OVERHEAD_BYTES - payload.length;
    const selected = transactions.select({
      maxBytes: Math.max(0, maxBytes),
      maxWeight: limits.blockWeight,
      maxCount: BLOCK_TRANSACTIONS_MAX,
    });
    const picked = within(selected, maxBytes);
    const rules = spec.rulesAt(height);
    const env: BlockEnvironment = {
      chainId: spec.chainId,
      height,
      parent: parentId,
      timestampMs: fields.timestampMs,
      proposer: fields.proposer,
      rules,
      extra: fields.extra,
      payload,
    };
    const raws = picked.map(({ raw }) => raw);
    const slicer = scheduler.slicer();
    const { batch, refused } = await decodeUsable(ledger, raws, rules, slicer);
    const { overlay, outcome } = await this.#run(parentId, env, batch, { mode: "produce", slicer, root: "now" });
    const leftOut = [
      ...refused.flatMap((index) => picked[index]?.id ?? []),
      ...outcome.skipped.flatMap(({ index }) => batch.transactions[index]?.id ?? []),
    ];
    if (leftOut.length > 0) await transactions.recheck(leftOut);
    const included = outcome.included.map((index) => {
      const transaction = batch.transactions[index];
      assert(transaction !== undefined, "the ledger includes transactions of the batch");
      return transaction;
    });
    assert(overlay.root !== undefined, "a built block has a state root");
    const receipts = await this.#encode(outcome.receipts, slicer);
    const header: UnsealedHeader = {
      chainId: spec.chainId,
      height,
      parent: parentId,
      timestampMs: fields.timestampMs,
      transactionsRoot: await this.merkleRoot(included.map((each) => each.rawHash)),
      receiptsRoot: receipts.root,
      stateRoot: overlay.root,
      payloadRoot: payloadRootOf(payload),
      proposer: fields.proposer,
      extra: fields.extra,
    };
    const signingRoot = signingRootOf(header);
    const kept = included.map((each) => each.raw);
    assert(
      encodedBlockBytes({ header: { ...header, seal: EMPTY_BYTES }, transactions: kept, payload }) <= limits.blockBytes,
      "a built block keeps within the limit",
    );
    this.keep(signingRoot, {
      overlay,
      receipts: outcome.receipts,
      encodedReceipts: receipts.bytes,
      transactionIds: included.map((each) => each.id),
      executionMs: clock.monotonicMs() - beganMs,
    });
    return { header, signingRoot, transactions: kept, payload };
  }

  /** Keeps the result of a block that is expected to be imported soon, so that it is not executed twice. */
  keep(signingRoot: Hash, execution: Execution): void {
    this.#built.set(Hash.key(signingRoot), execution);
    while (this.#built.size > BUILT_BLOCKS_KEPT) {
      const oldest = this.#built.keys().next().value;
      if (oldest === undefined) return;
      this.#built.delete(oldest);
    }
  }

  /** The state keys that a block of these transactions will touch, as far as the ledger tells; a key may come more than once. */
  async keysOf(batch: TransactionBatch, env: Pick<BlockEnvironment, "proposer">, slicer?: Slicer): Promise<readonly Bytes[]> {
    const known = this.#keys.get(batch);
    if (known !== undefined) return known;
    const { ledger, scheduler } = this.#dependencies;
    const keys: Bytes[] = [];
    await forEachPiece(ledger, batch, slicer ?? scheduler.slicer(), (piece) => {
      for (const key of ledger.access(piece, env).keys) keys.push(key);
    });
    this.#keys.set(batch, keys);
    return keys;
  }

  /** Whether a block's result is here already. */
  isBuilt(signingRoot: Hash): boolean {
    return this.#built.has(Hash.key(signingRoot));
  }

  async #run(
    parent: Hash,
    env: BlockEnvironment,
    batch: TransactionBatch,
    { mode, slicer, root }: ExecutionOptions & { readonly root: "now" | "later" },
  ): Promise<Run> {
    const { state, ledger, consensus } = this.#dependencies;
    const view = state.view(parent);
    if (view === undefined) throw new StateUnavailableError({ id: Hash.key(parent) });
    await view.prefetch(await this.keysOf(batch, env, slicer));
    const writer = state.writer(parent);
    try {
      await consensus.begin?.(writer, env, slicer);
      const outcome = await ledger.execute(batch, writer, env, { mode, slicer });
      if (outcome.weight > env.rules.limits.blockWeight)
        throw new BlockInvalidError({
          code: Verdicts.overweight,
          reason: `its transactions weigh ${outcome.weight}, the limit is ${env.rules.limits.blockWeight}`,
        });
      await consensus.end?.(writer, env, outcome.receipts, slicer);
      return { outcome, overlay: await state.finish(writer, { slicer, root }) };
    } catch (error) {
      throw asInvalid(error);
    }
  }

  #environment(header: UnsealedHeader, payload: Uint8Array): BlockEnvironment {
    return {
      chainId: header.chainId,
      height: header.height,
      parent: header.parent,
      timestampMs: header.timestampMs,
      proposer: header.proposer,
      rules: this.#dependencies.spec.rulesAt(header.height),
      extra: header.extra,
      payload,
    };
  }

  /** Receipts as they are stored, and their root. */
  async #encode(receipts: readonly Receipt[], slicer: Slicer): Promise<{ readonly bytes: Bytes; readonly root: Hash }> {
    const parts: Bytes[] = [];
    const leaves = new Uint8Array(Hash.bytes * receipts.length);
    for (let at = 0; at < receipts.length; at += RECEIPTS_PER_LOOK) {
      if (slicer.due()) await slicer.pause();
      const part = encodeReceiptsAndLeaves(receipts.slice(at, at + RECEIPTS_PER_LOOK));
      parts.push(part.bytes);
      leaves.set(part.leaves, Hash.bytes * at);
    }
    // One block at a time: a queue that others have filled must not be a fault of the chain.
    const root = await this.#dependencies.compute.merkleRoot(leaves, { priority: "block", mayExceed: true });
    return { bytes: concatBytes(...parts), root };
  }

  merkleRoot(leaves: readonly Hash[]): Promise<Hash> {
    const packed = new Uint8Array(leaves.length * Hash.bytes);
    for (const [index, leaf] of leaves.entries()) packed.set(leaf, index * Hash.bytes);
    return this.#dependencies.compute.merkleRoot(packed, { priority: "block" });
  }
}

export function sameHash(a: Hash, b: Hash): boolean {
  return Hash.key(a) === Hash.key(b);
}

/** As many from the front as fit. */
function within<T extends { readonly raw: Bytes }>(picked: readonly T[], maxBytes: number): readonly T[] {
  let bytes = 0;
  for (const [index, { raw }] of picked.entries()) {
    bytes += raw.length + TRANSACTION_FRAMING_BYTES;
    if (bytes > maxBytes) return picked.slice(0, index);
  }
  return picked;
}

/** What ledgers and engines throw for an invalid block becomes the block's verdict; anything else is a fault and stays one. */
function asInvalid(error: unknown): unknown {
  if (InvalidTransactionError.matches(error) || InvalidHeaderError.matches(error))
    return new BlockInvalidError({ code: error.data.code, reason: error.message }, error);
  if (ChainwrightError.is(error) && error.kind === "input" && !BlockInvalidError.matches(error))
    return new BlockInvalidError({ code: error.code, reason: error.message }, error);
  return error;
}
