/** `ChainView`: the chain as APIs, indexers and explorers see it. */

import { ChainwrightError } from "../kernel/errors.js";
import type { ChainSpec } from "../ports/chain-spec.js";
import type { Json, Receipt } from "../ports/ledger.js";
import type { StateView } from "../ports/state.js";
import type { BlockInfo, ChainStatus, ChainView, TransactionInfo, TransactionLocation, TransactionOutcome } from "../ports/views.js";
import type { Address } from "../primitives/address.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, sha256 } from "../primitives/hash.js";
import { type MerkleProof, merkleProof } from "../primitives/merkle.js";
import { decodeReceiptPieces } from "../primitives/receipt-codec.js";
import type { Chain } from "./chain.js";
import type { ChainDependencies } from "./dependencies.js";
import { BodyPrunedError, ChainDamagedError, UnknownBlockError } from "./errors.js";

/** Receipts and transactions of one piece of a block: about a millisecond of decoding. */
const PIECE_TRANSACTIONS = 32;

export class ChainReader implements ChainView {
  readonly #chain: Chain;
  readonly #dependencies: ChainDependencies;
  readonly consensus: ChainView["consensus"];
  readonly ledger: ChainView["ledger"];

  constructor(chain: Chain, dependencies: ChainDependencies) {
    this.#chain = chain;
    this.#dependencies = dependencies;
    const { consensus, ledger, spec } = dependencies;
    this.consensus = {
      plugin: spec.consensus.plugin,
      confirmations: consensus.confirmations,
      status: () => consensus.status?.() ?? {},
      describeHeader: (id) => {
        const header = chain.header(id);
        return header === undefined ? {} : (consensus.describeHeader?.(header.header) ?? {});
      },
    };
    this.ledger = { plugin: spec.ledger.plugin, kind: ledger.kind, tellsAddresses: ledger.addresses !== undefined };
  }

  get spec(): ChainSpec {
    return this.#dependencies.spec;
  }

  status(): ChainStatus {
    const { head, justified, finalized, genesis, pruning, store } = this.#chain;
    const { flushed, statesFrom } = this.#dependencies.state;
    return {
      head,
      justified,
      finalized,
      genesisId: genesis.id,
      flushedHeight: flushed?.height ?? 0,
      pruning,
      bodiesFrom: store.history.bodiesFrom,
      statesFrom: statesFrom ?? 0,
    };
  }

  blockInfo(id: Hash): BlockInfo | undefined {
    return this.#chain.store.info(id, this.#chain.isCanonical(id));
  }

  async block(id: Hash): Promise<Block | undefined> {
    return this.#chain.store.block(id);
  }

  async receipts(id: Hash): Promise<readonly Receipt[] | undefined> {
    return this.#chain.store.receipts(id);
  }

  outcomes(id: Hash): Iterable<readonly TransactionOutcome[]> | undefined {
    const block = this.#chain.store.block(id);
    const receipts = this.#chain.store.encodedReceipts(id);
    return block === undefined || receipts === undefined ? undefined : this.#outcomes(id, block, receipts);
  }

  *#outcomes(id: Hash, block: Block, encodedReceipts: Bytes): Generator<readonly TransactionOutcome[], void, void> {
    const { ledger, spec } = this.#dependencies;
    const rules = spec.rulesAt(block.header.height);
    let from = 0;
    for (const receipts of decodeReceiptPieces(encodedReceipts, PIECE_TRANSACTIONS)) {
      const raws = block.transactions.slice(from, from + receipts.length);
      if (raws.length < receipts.length) break;
      from += raws.length;
      const addresses = ledger.addresses?.(ledger.decodeBlock(raws, rules), receipts);
      yield receipts.map((receipt, index) => ({ raw: raws[index] as Bytes, receipt, addresses: addresses?.[index] }));
    }
    if (from !== block.transactions.length)
      throw new ChainDamagedError({
        record: `receipts of block ${Hash.key(id)}`,
        reason: `they are not as many as its ${block.transactions.length} transactions`,
      });
  }

  idAt(height: number): Hash | undefined {
    return this.#chain.store.idAt(height);
  }

  async transaction(id: Hash): Promise<TransactionInfo | undefined> {
    const location = this.#chain.store.location(id);
    if (location === undefined) return undefined;
    const raw = this.#chain.store.block(location.blockId)?.transactions[location.index];
    const receipt = this.#chain.store.receipts(location.blockId)?.[location.index];
    if (raw === undefined || receipt === undefined)
      throw new ChainDamagedError({
        record: `${raw === undefined ? "block" : "receipts of block"} ${Hash.key(location.blockId)}`,
        reason: `transaction ${Hash.key(id)} is missing in it`,
      });
    return { ...location, raw, receipt, confirmations: this.#chain.head.header.height - location.height + 1 };
  }

  async transactionProof(location: TransactionLocation): Promise<MerkleProof> {
    const block = this.#chain.store.block(location.blockId);
    if (block === undefined) {
      const { store } = this.#chain;
      if (store.keepsBodyAt(location.height)) throw new UnknownBlockError({ id: Hash.key(location.blockId) });
      throw new BodyPrunedError({ height: location.height, bodiesFrom: store.history.bodiesFrom });
    }
    return merkleProof(
      block.transactions.map((raw) => sha256(raw)),
      location.index,
    );
  }

  state(id?: Hash): StateView | undefined {
    const { state } = this.#dependencies;
    const wanted = id ?? this.#chain.head.id;
    return state.view(wanted) ?? this.#archived(wanted);
  }

  /** Below the undo horizon there is one branch: the canonical one. */
  #archived(id: Hash): StateView | undefined {
    const header = this.#chain.header(id);
    if (header === undefined || !this.#chain.isCanonical(id)) return undefined;
    const { height, stateRoot } = header.header;
    return this.#dependencies.state.archivedView({ id, height, root: stateRoot });
  }

  describeTransaction(raw: Bytes, height: number): Json | undefined {
    const { ledger, spec } = this.#dependencies;
    try {
      return ledger.describe(ledger.decodeBlock([raw], spec.rulesAt(height)), 0);
    } catch (error) {
      if (ChainwrightError.is(error) && error.kind === "input") return undefined;
      throw error;
    }
  }

  describeAccount(address: Address, view: StateView): Json {
    return this.#dependencies.ledger.describeAccount(address, view);
  }

  accountKeys(address: Address): readonly Bytes[] {
    return this.#dependencies.ledger.accountKeys(address);
  }
}
