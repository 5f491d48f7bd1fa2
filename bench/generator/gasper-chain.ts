/**
 * A chain of Gasper of any number of validators, without a node: the engine's state in a state store over storage in memory, with the
 * account ledger as its treasury, at the default chain spec. All is done as the engine does it; only votes are written without blocks that bring them.
 */
import { Value } from "typebox/value";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Compute } from "../../core/ports/compute.js";
import type { Slicer } from "../../core/ports/runtime.js";
import type { StateWriter } from "../../core/ports/state.js";
import { Address } from "../../core/primitives/address.js";
import { type Bytes, concatBytes, putUint32 } from "../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { StateStore } from "../../core/state/index.js";
import { type ComputeEngine, createEngine } from "../../native/index.js";
import { GasperSpec } from "../../plugins/consensus-gasper/config.js";
import { Flag, processSlots } from "../../plugins/consensus-gasper/epoch/index.js";
import { checkParameters, type GasperParameters } from "../../plugins/consensus-gasper/parameters.js";
import { GasperState, genesis } from "../../plugins/consensus-gasper/state/index.js";
import { AccountLedgerConfig, AccountLedgerSpec } from "../../plugins/ledger-account/config.js";
import { AccountLedger } from "../../plugins/ledger-account/ledger.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import { planChain } from "./plan.js";

const MIB = 1024 * 1024;
/** The whole registry of 100,000 validators and its trie stay in memory, as those of a node do that has them. */
const CACHES = { pageCacheBytes: 256 * MIB, valueCacheBytes: 64 * MIB, undoBlocks: 4 } as const;
const ALL_FLAGS = Flag.source | Flag.target | Flag.head;
/** One validator in so many never votes. */
const IDLE_ONE_IN = 100;

interface GasperChainOptions {
  readonly validators: number;
  readonly slotsPerEpoch: number;
  readonly seed: number;
  /** Default: bytes that are no keys, which is fine where nothing is verified. */
  readonly publicKey?: (index: number) => Bytes;
}

function inline(engine: ComputeEngine): Pick<Compute, "hashPairs" | "hashPairsSync" | "hashMessagesSync" | "trieWalk"> {
  return {
    hashPairsSync: (input, output, tag) => engine.hashPairs(input, output, tag, 0, input.length / 64),
    hashPairs: async (input, output, tag) => engine.hashPairs(input, output, tag, 0, input.length / 64),
    hashMessagesSync: engine.hashMessages?.bind(engine),
    trieWalk: () => engine.trieWalk?.(),
  };
}

export class GasperBenchChain {
  readonly parameters: GasperParameters;
  readonly treasury: AccountLedger;
  readonly store: StateStore;
  readonly #scheduler = new SystemScheduler(new SystemClock());
  readonly #storage: MemoryStorage;
  #height = -1;
  #head: Hash | undefined;

  private constructor(storage: MemoryStorage, { validators, slotsPerEpoch, seed, publicKey = noKey }: GasperChainOptions) {
    const { spec: chain } = planChain({ blocks: 0, transactions: 0, accounts: 1, seed });
    const ledger = Value.Default(AccountLedgerSpec, { issuance: { initialPerBlock: 0 } }) as AccountLedgerSpec;
    this.treasury = new AccountLedger(chain, [], Value.Default(AccountLedgerConfig, {}) as AccountLedgerConfig, ledger, UNMETERED);
    this.#storage = storage;
    const compute = inline(createEngine({ engine: "auto", keyCacheEntries: 16 }));
    this.store = new StateStore({ storage, compute, scheduler: this.#scheduler, logger: SILENT, metrics: UNMETERED }, CACHES);
    const spec = Value.Default(GasperSpec, { slotsPerEpoch }) as GasperSpec;
    const parameters = checkParameters(spec, chain);
    // In the form that the chain spec's checks give them: writing 100,000 as text to read them again would take longer than all else.
    const first = Array.from({ length: validators }, (_, index) => ({
      publicKey: publicKey(index),
      proofOfPossession: new Uint8Array(96),
      account: Address.from(numbered("account", index).slice(0, Address.bytes)),
      balance: parameters.maxEffective,
    }));
    this.parameters = { ...parameters, validators: first };
  }

  /** At genesis. */
  static async begin(options: GasperChainOptions): Promise<GasperBenchChain> {
    const storage = new MemoryStorage(UNMETERED);
    await storage.start();
    const chain = new GasperBenchChain(storage, options);
    await chain.store.open();
    const writer = chain.store.writer(undefined);
    genesis(writer, chain.parameters, chain.treasury);
    await chain.#adopt(writer);
    await chain.flush();
    return chain;
  }

  async close(): Promise<void> {
    this.#scheduler.close();
    await this.#storage.stop();
  }

  get head(): Hash {
    if (this.#head === undefined) throw new Error("there is genesis at least");
    return this.#head;
  }

  slicer(): Slicer {
    return this.#scheduler.slicer();
  }

  /** Over the state of the newest block. */
  writer(): StateWriter & Parameters<StateStore["finish"]>[0] {
    return this.store.writer(this.head);
  }

  /** The newest block's, to be changed for nobody to see. */
  state(): GasperState {
    return GasperState.open(this.writer(), this.parameters);
  }

  /** A block more. */
  async extend(change: (state: GasperState) => Promise<void>): Promise<void> {
    const writer = this.writer();
    const state = GasperState.open(writer, this.parameters);
    await change(state);
    state.commit(writer, this.treasury);
    await this.#adopt(writer);
  }

  /** A block more, at `slot`. */
  moveTo(slot: number): Promise<void> {
    return this.extend((state) => processSlots(state, slot, this.head, this.epochServices()));
  }

  /** All but a few vote in time in the epoch of the newest block, as if blocks had brought it. */
  vote(): Promise<void> {
    return this.extend(async (state) => {
      const flags = state.columns.flagsOf(state.epoch);
      let increments = 0;
      for (let index = 0; index < state.validatorCount; index++) {
        if (index % IDLE_ONE_IN === 0) continue;
        flags.set(index, ALL_FLAGS);
        increments += state.effectiveIncrementsOf(index);
      }
      state.summary.currentTargetIncrements = increments;
    });
  }

  /** Brings all that changed to storage. */
  async flush(): Promise<void> {
    await this.store.flush(this.head);
  }

  /** No deposit waits, so that nothing is ever to be verified. */
  epochServices(slicer = this.slicer()) {
    return { slicer, verify: async () => [] };
  }

  async #adopt(writer: Parameters<StateStore["finish"]>[0]): Promise<void> {
    const overlay = await this.store.finish(writer);
    const id = numbered("block", ++this.#height);
    this.store.adopt(id, this.#height, this.#head, overlay);
    this.#head = id;
  }
}

/** A chain whose next slot begins an epoch, with the votes of two epochs: the end of an epoch in which everything is to be done. */
export async function chainBeforeEpoch(options: GasperChainOptions): Promise<GasperBenchChain> {
  const chain = await GasperBenchChain.begin(options);
  const { slotsPerEpoch } = options;
  await chain.moveTo(1);
  for (const epoch of [0, 1]) {
    await chain.vote();
    await chain.moveTo((epoch + 1) * slotsPerEpoch);
  }
  await chain.vote();
  await chain.moveTo(3 * slotsPerEpoch - 1);
  return chain;
}

function numbered(what: string, number: number): Hash {
  const bytes = new Uint8Array(4);
  putUint32(bytes, 0, number);
  return sha256(concatBytes(new TextEncoder().encode(what), bytes));
}

function noKey(index: number): Bytes {
  const key = new Uint8Array(48);
  key.set(numbered("key", index));
  key[0] = 0x80;
  return key;
}
