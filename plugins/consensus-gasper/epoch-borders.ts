/**
 * States moved over the ends of epochs, once for everybody: duties, committees, seals, and the blocks that come after, which begin with the
 * same walk. A chain that stood still for a night has thousands of epochs to walk through: the walk goes on from where it was, whoever asks.
 */
import { type ConsensusHost, Hash, type HashKey, present } from "../../core/sdk.js";
import { type EpochServices, processSlots } from "./epoch/index.js";
import { StateNotKeptError } from "./errors.js";
import type { GasperParameters } from "./parameters.js";
import { GasperState } from "./state/index.js";
import { StateChanges } from "./state-changes.js";

/** Blocks whose states were moved on: the heads of an epoch's end. Each holds what the walk changed: some 30 bytes a validator. */
const BORDERS_MAX = 6;
/** Epochs of a walk between two places to go on from. */
const EPOCHS_PER_STEP = 16;

interface Border {
  readonly epoch: number;
  readonly changes: StateChanges;
}

export class EpochBorders {
  readonly #host: ConsensusHost;
  readonly #parameters: GasperParameters;
  readonly #verify: EpochServices["verify"];
  readonly #onEpoch: (seconds: number) => void;
  /** The furthest of each block. */
  readonly #borders = new Map<HashKey, Border>();
  /** One walk at a time for each block. */
  readonly #walks = new Map<HashKey, Promise<unknown>>();

  /** @param onEpoch told how long it took to move a state over the end of one epoch */
  constructor(host: ConsensusHost, parameters: GasperParameters, verify: EpochServices["verify"], onEpoch: (seconds: number) => void) {
    this.#host = host;
    this.#parameters = parameters;
    this.#verify = verify;
    this.#onEpoch = onEpoch;
  }

  /** What moving the state of `root`, of an earlier epoch, to the first slot of `epoch` changes. @throws StateNotKeptError */
  async at(root: Hash, epoch: number): Promise<StateChanges> {
    const key = Hash.key(root);
    for (let walk = this.#walks.get(key); walk !== undefined; walk = this.#walks.get(key)) await walk.catch(() => undefined);
    const known = this.#borders.get(key);
    if (known?.epoch === epoch) return known.changes;
    // Somebody asks for what lies behind: rare enough to be walked to anew, and not kept; not so rare that several may do so at once.
    const isBehind = known !== undefined && known.epoch > epoch;
    const walk = this.#walk(root, isBehind ? undefined : known, epoch, !isBehind);
    this.#walks.set(key, walk);
    try {
      return (await walk).changes;
    } finally {
      this.#walks.delete(key);
    }
  }

  forget(root: Hash): void {
    this.#borders.delete(Hash.key(root));
  }

  async #walk(root: Hash, from: Border | undefined, epoch: number, isKept: boolean): Promise<Border> {
    const { clock, slicer } = { clock: this.#host.clock, slicer: this.#host.slicer() };
    const treasury = present(this.#host.treasury, "attach saw to it");
    let at = from;
    for (;;) {
      const view = this.#host.view(root);
      if (view === undefined) throw new StateNotKeptError({ id: Hash.key(root) });
      const changes = new StateChanges(view, at?.changes);
      const state = GasperState.open(changes, this.#parameters);
      const began = state.epoch;
      const to = Math.min(epoch, began + EPOCHS_PER_STEP);
      const beganMs = clock.monotonicMs();
      await processSlots(state, to * this.#parameters.slotsPerEpoch, root, { slicer, verify: this.#verify });
      state.commit(changes, treasury);
      if (to === began + 1) this.#onEpoch((clock.monotonicMs() - beganMs) / 1_000);
      at = { epoch: to, changes };
      if (isKept) this.#keep(root, at);
      if (to === epoch) return at;
    }
  }

  #keep(root: Hash, border: Border): void {
    const key = Hash.key(root);
    this.#borders.delete(key);
    this.#borders.set(key, border);
    for (const oldest of this.#borders.keys()) {
      if (this.#borders.size <= BORDERS_MAX) return;
      this.#borders.delete(oldest);
    }
  }
}
