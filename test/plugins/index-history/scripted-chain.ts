/** A chain that a test scripts: blocks, reorgs, pruning, events that are forgotten; and what a naive index of it would hold. */
import { EventsAheadError, EventsPrunedError } from "../../../core/chain/errors.js";
import {
  Address,
  type ChainEvent,
  type ChainEvents,
  type ChainView,
  Hash,
  type Receipt,
  sha256,
  type TransactionOutcome,
} from "../../../core/sdk.js";

export const addressOf = (index: number): Address => Address.from(sha256(Uint8Array.of(1, index)).slice(0, 20));

export interface ScriptedTransaction {
  readonly id: Hash;
  readonly code: string;
  readonly addresses: readonly Address[];
}

export interface ScriptedBlock {
  readonly id: Hash;
  readonly parent: Hash;
  readonly height: number;
  readonly timestampMs: number;
  readonly transactions: readonly ScriptedTransaction[];
}

export interface Found {
  readonly id: string;
  readonly block: string;
  readonly height: number;
  readonly position: number;
  readonly code: string;
  readonly addresses: readonly string[];
}

const PIECE = 3;

export class ScriptedChain implements ChainEvents {
  readonly #blocks = new Map<string, ScriptedBlock>();
  #canonical: ScriptedBlock[] = [];
  #events: ChainEvent[] = [];
  #forgotten = 0;
  #sequence = 0;
  readonly #listeners = new Set<() => void>();
  /** Bodies below are pruned, but for genesis. */
  keptFrom = 0;
  /** Ids of canonical blocks below are pruned, too. */
  idsFrom = 0;
  tellsAddresses = true;
  finalizedHeight = 0;
  /** Every id that was ever in a block. */
  readonly everSeen = new Set<string>();
  #serial = 0;
  outcomesRead = 0;
  /** Called for each piece of a block that is read. */
  onPiece: (height: number, from: number) => void = () => undefined;

  constructor() {
    this.extend([]);
  }

  get height(): number {
    return this.#canonical.length - 1;
  }

  get head(): ScriptedBlock {
    return this.#canonical.at(-1) as ScriptedBlock;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  at(height: number): ScriptedBlock {
    return this.#canonical[height] as ScriptedBlock;
  }

  /** A transaction that no block has had. */
  transaction(addresses: readonly number[], code = ""): ScriptedTransaction {
    const id = sha256(new TextEncoder().encode(`transaction ${this.#serial++}`));
    return { id, code, addresses: addresses.map(addressOf) };
  }

  /** One block on top of the head. */
  extend(transactions: readonly ScriptedTransaction[], quietly = false): void {
    const height = this.#canonical.length;
    const id = sha256(new TextEncoder().encode(`block ${height} ${this.#serial++}`));
    const block = { id, parent: this.#canonical.at(-1)?.id ?? Hash.zero, height, timestampMs: 1_700_000_000_000 + height, transactions };
    this.#blocks.set(Hash.key(id), block);
    this.#canonical.push(block);
    for (const each of transactions) this.everSeen.add(Hash.key(each.id));
    this.#append("applied", block);
    if (!quietly) this.announce();
  }

  /** Undoes the newest blocks; answers them, oldest first. Nobody is told until the next announcement. */
  undo(depth: number): ScriptedBlock[] {
    const undone = this.#canonical.splice(this.#canonical.length - depth);
    for (const block of [...undone].reverse()) this.#append("undone", block);
    return undone;
  }

  announce(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Puts whole branches back: the very same blocks. */
  reapply(blocks: readonly ScriptedBlock[]): void {
    for (const block of blocks) {
      this.#canonical.push(block);
      this.#append("applied", block);
    }
    this.announce();
  }

  forgetEvents(): void {
    this.#events = [];
    this.#forgotten = this.#sequence;
  }

  /** As another database would: fewer events than a reader's cursor. */
  restartEvents(): void {
    this.#events = [];
    this.#sequence = 0;
    this.#forgotten = 0;
  }

  #append(type: ChainEvent["type"], { id, height }: ScriptedBlock): void {
    this.#events.push({ sequence: ++this.#sequence, type, blockId: id, height });
  }

  get latest(): number {
    return this.#sequence;
  }

  async read(after: number, limit: number): Promise<readonly ChainEvent[]> {
    if (after > this.#sequence) throw new EventsAheadError({ after, latest: this.#sequence });
    if (after < this.#forgotten) throw new EventsPrunedError({ after, oldest: this.#forgotten + 1 });
    return this.#events.filter(({ sequence }) => sequence > after).slice(0, limit);
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  view(): ChainView {
    const known = (id: Hash) => this.#blocks.get(Hash.key(id));
    const treeHeader = (block: ScriptedBlock) => ({
      id: block.id,
      header: { height: block.height, parent: block.parent, timestampMs: block.timestampMs },
    });
    const view = {
      spec: { chainId: "test-1", addressPrefix: "cw" },
      ledger: { plugin: "ledger-scripted", kind: "account", tellsAddresses: this.tellsAddresses },
      status: () => ({ head: treeHeader(this.head), finalized: treeHeader(this.at(this.finalizedHeight)), genesisId: this.at(0).id }),
      consensus: { plugin: "consensus-scripted", confirmations: 2 },
      idAt: (height: number) => (height < this.idsFrom ? undefined : this.#canonical[height]?.id),
      blockInfo: (id: Hash) => {
        const block = known(id);
        return block === undefined ? undefined : { record: treeHeader(block) };
      },
      outcomes: (id: Hash) => {
        const block = known(id);
        this.outcomesRead++;
        return block === undefined || (block.height > 0 && block.height < this.keptFrom) ? undefined : this.#pieces(block);
      },
    };
    return view as unknown as ChainView;
  }

  *#pieces({ height, transactions }: ScriptedBlock): Generator<readonly TransactionOutcome[]> {
    for (let from = 0; from < transactions.length; from += PIECE) {
      this.onPiece(height, from);
      yield transactions.slice(from, from + PIECE).map(({ id, code, addresses }) => ({
        raw: id,
        receipt: { transactionId: id, ok: code === "", code } as Receipt,
        addresses: this.tellsAddresses ? addresses : undefined,
      }));
    }
  }

  /** What an index of the canonical chain without these gaps holds, by whom it concerns; newest first. */
  naive(gaps: readonly { readonly from: number; readonly to: number }[]): { all: Map<string, Found>; byAddress: Map<string, Found[]> } {
    const all = new Map<string, Found>();
    const byAddress = new Map<string, Found[]>();
    for (const { id: block, height, transactions } of this.#canonical) {
      if (gaps.some(({ from, to }) => height >= from && height <= to)) continue;
      for (const [position, { id, code, addresses }] of transactions.entries()) {
        const keys = addresses.map(Address.key);
        const found = { id: Hash.key(id), block: Hash.key(block), height, position, code, addresses: keys };
        all.set(found.id, found);
        for (const key of keys) byAddress.set(key, [found, ...(byAddress.get(key) ?? [])]);
      }
    }
    return { all, byAddress };
  }
}
