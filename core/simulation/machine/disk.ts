/**
 * The disk of a simulated machine: what is on it outlives the processes. Writes take effect in the order of their calls and are
 * atomic; a crash keeps all that was synced, and of the writes after it as many, from the first on, as chance has it. That is what
 * a disk with a log does: a torn record at its end makes the whole record void, and nothing behind one that is lost survives.
 */
import type { Bytes, StorageOperation } from "../../sdk.js";
import type { SeededRandom } from "../random.js";
import { type KeyText, keyText, OrderedMap } from "./ordered-map.js";

/** What a write changed, as it was before. */
type Undo = readonly (readonly [key: KeyText, before: Bytes | undefined])[];

export interface DiskOptions {
  /** How long a sync takes, µs; 0: none of a process' time. */
  readonly syncUs: number;
}

export class SimulatedDisk {
  readonly entries = new OrderedMap();
  readonly syncUs: number;
  /** The genesis block that the data directory is bound to, hex. */
  genesisId: string | undefined;
  readonly #random: SeededRandom;
  /** Writes that a crash may undo, oldest first. */
  #unsynced: Undo[] = [];
  #written = 0;
  #lost = 0;

  constructor(random: SeededRandom, options: DiskOptions) {
    this.#random = random;
    this.syncUs = options.syncUs;
  }

  /** Writes that crashes have undone. */
  get lostWrites(): number {
    return this.#lost;
  }

  get isSynced(): boolean {
    return this.#unsynced.length === 0;
  }

  /** Answers the write's number, for `sync`. */
  write(operations: readonly StorageOperation[], willSyncNow: boolean): number {
    const undo: [KeyText, Bytes | undefined][] = [];
    for (const operation of operations) {
      const key = keyText(operation.key);
      if (!willSyncNow) undo.push([key, this.entries.get(key)]);
      if (operation.type === "del") this.entries.delete(key);
      // Not `slice`: that of a Buffer shares memory.
      else this.entries.set(key, new Uint8Array(operation.value));
    }
    this.#written++;
    if (willSyncNow) this.#unsynced = [];
    else this.#unsynced.push(undo);
    return this.#written;
  }

  /** Everything up to this write is safe from crashes. */
  sync(write: number): void {
    const kept = this.#written - write;
    if (this.#unsynced.length > kept) this.#unsynced.splice(0, this.#unsynced.length - kept);
  }

  crash(): void {
    const survivors = this.#unsynced.length === 0 ? 0 : this.#random.below(this.#unsynced.length + 1);
    for (const undo of this.#unsynced.splice(survivors).reverse()) {
      this.#lost++;
      for (const [key, before] of [...undo].reverse()) {
        if (before === undefined) this.entries.delete(key);
        else this.entries.set(key, before);
      }
    }
    this.#unsynced = [];
  }
}
