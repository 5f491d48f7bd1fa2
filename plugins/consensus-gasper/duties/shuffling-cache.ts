/**
 * Shufflings that are in use, by epoch and decision root: the last block before the epoch before. Branches that share that block
 * share the committees, so gossip, fork choice and block import meet here and each shuffling is computed once.
 */
import { Hash } from "../../../core/sdk.js";
import type { CommitteeShuffling } from "./committees.js";

/** Epochs that gossip and blocks ask for (the previous, this one, the next) on a few branches. */
const DEFAULT_MAX_SHUFFLINGS = 16;

interface Entry {
  readonly made: Promise<CommitteeShuffling>;
  value: CommitteeShuffling | undefined;
}

export class ShufflingCache {
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();

  /** @param maxShufflings ones that are kept; each is 4 bytes an active validator, 8 once somebody asked for positions */
  constructor(private readonly maxShufflings = DEFAULT_MAX_SHUFFLINGS) {}

  /** What is there already. */
  get(epoch: number, decisionRoot: Hash): CommitteeShuffling | undefined {
    return this.#use(keyOf(epoch, decisionRoot))?.value;
  }

  /**
   * What is there, or is being made, or what `make` answers. A failed `make` fails for all who wait and is forgotten.
   * An entry that falls out while it is made still reaches those who wait for it.
   */
  getOrCompute(epoch: number, decisionRoot: Hash, make: () => Promise<CommitteeShuffling>): Promise<CommitteeShuffling> {
    const key = keyOf(epoch, decisionRoot);
    const known = this.#use(key);
    if (known !== undefined) return known.made;
    // Not at once, so that the entry is in its place whatever `make` does.
    const entry: Entry = { made: Promise.resolve().then(make), value: undefined };
    entry.made.then(
      (value) => {
        entry.value = value;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    this.#entries.set(key, entry);
    this.#shrink();
    return entry.made;
  }

  /** Forgets what is older than `epoch`. */
  prune(epoch: number): void {
    for (const key of this.#entries.keys()) if (Number.parseInt(key, 10) < epoch) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  #use(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.maxShufflings) return;
      this.#entries.delete(key);
    }
  }
}

function keyOf(epoch: number, decisionRoot: Hash): string {
  return `${epoch}:${Hash.key(decisionRoot)}`;
}
