/**
 * States of blocks for all parts of the engine that only read: opened once, moved on through empty slots where somebody asks for a later
 * slot, kept within bounds; and the committees, which branches share.
 */
import { type ConsensusHost, Hash, type HashKey } from "../../core/sdk.js";
import {
  type CommitteeParameters,
  CommitteeShuffling,
  committeeParametersOf,
  dutySeed,
  SeedDomain,
  ShufflingCache,
} from "./duties/index.js";
import { type EpochServices, processSlots } from "./epoch/index.js";
import { EpochBorders } from "./epoch-borders.js";
import { StateNotKeptError } from "./errors.js";
import type { GasperParameters } from "./parameters.js";
import { GasperState } from "./state/index.js";
import type { StateChanges } from "./state-changes.js";

/** States of blocks: those of an epoch or two. Each has only the columns that were asked for. */
const STATES_MAX = 96;
/** Moved on ones: of a few heads, at a few slots. */
const ADVANCED_MAX = 24;

export class StateAccess {
  readonly #host: ConsensusHost;
  readonly #parameters: GasperParameters;
  readonly #committees: CommitteeParameters;
  readonly #verify: EpochServices["verify"];
  readonly #borders: EpochBorders;
  readonly #states = new Map<HashKey, GasperState>();
  readonly #advanced = new Map<string, Promise<GasperState>>();
  readonly #shufflings = new ShufflingCache();

  /** @param onEpoch told how long it took to move a state over the end of an epoch */
  constructor(host: ConsensusHost, parameters: GasperParameters, verify: EpochServices["verify"], onEpoch: (seconds: number) => void) {
    this.#host = host;
    this.#parameters = parameters;
    this.#committees = committeeParametersOf(parameters.spec);
    this.#verify = verify;
    this.#borders = new EpochBorders(host, parameters, verify, onEpoch);
  }

  /** State after a block, as long as it is kept. Not to be changed. */
  of(root: Hash): GasperState | undefined {
    const key = Hash.key(root);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const view = this.#host.view(root);
    if (view === undefined) return undefined;
    const state = GasperState.open(view, this.#parameters);
    keep(this.#states, key, state, STATES_MAX);
    return state;
  }

  /** @throws StateNotKeptError */
  require(root: Hash): GasperState {
    const state = this.of(root);
    if (state === undefined) throw new StateNotKeptError({ id: Hash.key(root) });
    return state;
  }

  /**
   * The state moved on to `slot`, where that is later. Not to be changed.
   *
   * @throws StateNotKeptError
   */
  async at(root: Hash, slot: number): Promise<GasperState> {
    const state = this.require(root);
    if (state.slot >= slot) return state;
    const key = `${slot}:${Hash.key(root)}`;
    const known = this.#advanced.get(key);
    if (known !== undefined) return known;
    const made = this.#advance(root, state.epoch, slot);
    keep(this.#advanced, key, made, ADVANCED_MAX);
    made.catch(() => this.#advanced.delete(key));
    return made;
  }

  /**
   * What moving the state of `root` to the first slot of a later epoch changes: for a block of that epoch, which begins with the same.
   *
   * @throws StateNotKeptError
   */
  border(root: Hash, epoch: number): Promise<StateChanges> {
    return this.#borders.at(root, epoch);
  }

  /**
   * The block that settles the committees of `epoch` on the branch of `root`: the last one before the first slot of `epoch` − 1. Undefined
   * where the state of `root` is not kept, or has forgotten so old a block.
   */
  decisionRoot(epoch: number, root: Hash): Hash | undefined {
    const state = this.of(root);
    return state === undefined ? undefined : this.#decisionRootBy(state, epoch, root);
  }

  /** Committees of `epoch` on the branch of `root`, a block of that epoch, the one after, or any before. @throws StateNotKeptError */
  async shuffling(epoch: number, root: Hash): Promise<CommitteeShuffling> {
    const decision = this.decisionRoot(epoch, root);
    if (decision === undefined) throw new StateNotKeptError({ id: Hash.key(root) });
    return this.#shufflings.getOrCompute(epoch, decision, async () =>
      this.#shuffle(await this.at(root, this.#parameters.slotsPerEpoch * Math.max(0, epoch - 1)), epoch),
    );
  }

  /** The same by a state that is being moved on over `root`: of its epoch, or the one before. */
  shufflingBy(state: GasperState, epoch: number, root: Hash): Promise<CommitteeShuffling> {
    const decision = this.#decisionRootBy(state, epoch, root);
    if (decision === undefined) return this.#shuffle(state, epoch);
    return this.#shufflings.getOrCompute(epoch, decision, () => this.#shuffle(state, epoch));
  }

  /** Forgets states of blocks that are out, and committees of epochs before `epoch`. */
  prune(roots: readonly Hash[], epoch: number): void {
    for (const root of roots) {
      this.#states.delete(Hash.key(root));
      this.#borders.forget(root);
    }
    this.#shufflings.prune(epoch);
  }

  async #advance(root: Hash, from: number, slot: number): Promise<GasperState> {
    const epoch = Math.floor(slot / this.#parameters.slotsPerEpoch);
    const reader = epoch > from ? await this.#borders.at(root, epoch) : this.#host.view(root);
    if (reader === undefined) throw new StateNotKeptError({ id: Hash.key(root) });
    const state = GasperState.open(reader, this.#parameters);
    await processSlots(state, slot, root, { slicer: this.#host.slicer(), verify: this.#verify });
    return state;
  }

  #decisionRootBy(state: GasperState, epoch: number, root: Hash): Hash | undefined {
    const slot = state.firstSlotOf(epoch - 1) - 1;
    if (slot < 0) return this.#host.genesis.id;
    return slot >= state.slot ? root : state.blockRootAt(slot);
  }

  #shuffle(state: GasperState, epoch: number): Promise<CommitteeShuffling> {
    const { compute } = this.#host;
    const input = { epoch, active: state.activeIndices(epoch), seed: dutySeed(SeedDomain.attester, epoch, state.randaoMix(epoch - 2)) };
    return CommitteeShuffling.compute(input, this.#committees, this.#host.slicer(), compute.hashMessagesSync?.bind(compute));
  }
}

/** Adds an entry; the oldest leave. */
function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
