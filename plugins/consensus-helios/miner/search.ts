/**
 * The search for a seal, as it runs in a mining thread (and at once, for trivial parameters): one outer nonce after the other through the three
 * phases, in slices of a few milliseconds.
 *
 * Each thread has one outer nonce in flight: the phases of one nonce wait for each other, and a second one on the same core would gain nothing. An
 * attempt, as work sources count it, is one hash of phase 3: of these it is known how many a block takes, and difficulty is counted in them.
 */
import type { Searcher, SearchFactory, SearchLane, SearchSlice } from "../../../core/sdk.js";
import type { SealWork } from "../attempt.js";
import { MemoryCancelled, memoryHash } from "../memory.js";
import { type PhaseChoice, type Phases, phasesFor } from "../phases.js";
import { encodeSeal, searchPrefix } from "../seal.js";
import type { Timelock } from "../timelock/index.js";
import { type InnerSearch, innerSearch } from "./inner-search.js";
import { MemorySlots } from "./memory-slots.js";
import { type SliceBounds, SliceSize } from "./slice-size.js";
import { Tally } from "./tallies.js";

export interface HeliosSearchInput {
  readonly work: SealWork;
  readonly phases: PhaseChoice;
  /** See memory-slots.ts; without it, phase 1 is begun whenever it is its turn. */
  readonly memorySlots?: SharedArrayBuffer;
}

/** At most two calls of node:crypto, which do 2,046 each; natively about a millisecond. */
const SQUARINGS_A_SLICE: SliceBounds = { first: 512, least: 64, most: 4_092 };
/** Half a millisecond natively, 16 in JavaScript. */
const HASHES_A_SLICE: SliceBounds = { first: 1_024, least: 256, most: 16_384 };
/** How long a thread waits for its turn in phase 1 before it looks whether the search is void, ms. */
const SLOT_PATIENCE_MS = 4;
const OUTER_NONCES = 2n ** 64n;
const NO_CLOCK = (): number => 0;
const TALLIES = Object.keys(Tally).length;

type Run = ReturnType<Timelock["begin"]>;

/** Where the outer nonce in flight is. */
type Stage =
  | { readonly at: "memory" }
  | { readonly at: "timeLock"; readonly memory: Uint8Array; readonly run: Run }
  | {
      readonly at: "search";
      readonly memory: Uint8Array;
      readonly run: Run;
      readonly output: Uint8Array;
      readonly inner: InnerSearch;
      next: number;
    };

class SealSearcher implements Searcher {
  readonly #work: SealWork;
  readonly #phases: Phases;
  readonly #slots: MemorySlots | undefined;
  readonly #step: bigint;
  readonly #nowMs: () => number;
  readonly #squarings = new SliceSize(SQUARINGS_A_SLICE);
  readonly #hashes = new SliceSize(HASHES_A_SLICE);
  #outerNonce: bigint;
  #stage: Stage = { at: "memory" };

  constructor({ work, phases, memorySlots }: HeliosSearchInput, { index, count, monotonicMs = NO_CLOCK }: SearchLane) {
    this.#work = work;
    this.#phases = phasesFor(phases);
    this.#slots = memorySlots === undefined ? undefined : new MemorySlots(memorySlots, index);
    // Lanes interleave, so they never try the same nonce.
    this.#outerNonce = BigInt(index);
    this.#step = BigInt(count);
    this.#nowMs = monotonicMs;
  }

  search(attempts: number, cancelled: () => boolean): SearchSlice {
    switch (this.#stage.at) {
      case "memory":
        return this.#remember(cancelled);
      case "timeLock":
        return this.#square(this.#stage);
      case "search":
        return this.#find(this.#stage, attempts);
    }
  }

  /** Phase 1: the one part that can't be cut into slices. The native engine can't be called off either: it is done after milliseconds. */
  #remember(cancelled: () => boolean): SearchSlice {
    const { root, parentId, memoryCost, squarings } = this.#work;
    if (this.#slots?.take(SLOT_PATIENCE_MS) === false) return { attempts: 0 };
    const startMs = this.#nowMs();
    let memory: Uint8Array;
    try {
      memory = memoryHash(this.#phases.memory, root, this.#outerNonce, parentId, memoryCost, cancelled);
    } catch (thrown) {
      if (thrown instanceof MemoryCancelled) return { attempts: 0 };
      throw thrown;
    } finally {
      this.#slots?.release();
    }
    const { timelock } = this.#phases;
    const run = timelock.begin(timelock.elementOf(root, this.#outerNonce, memory), squarings);
    this.#stage = { at: "timeLock", memory, run };
    return { attempts: 0, tallies: this.#tallies(Tally.memories, 1, Tally.memoryUs, startMs) };
  }

  /** A part of phase 2. */
  #square({ memory, run }: Stage & { at: "timeLock" }): SearchSlice {
    const startMs = this.#nowMs();
    const before = run.done;
    const isDone = run.advance(this.#squarings.size);
    this.#squarings.took(run.done - before, this.#nowMs() - startMs);
    if (isDone) {
      const output = run.output();
      const inner = innerSearch(searchPrefix(this.#work.root, this.#outerNonce, memory, output), this.#work.target);
      this.#stage = { at: "search", memory, run, output, inner, next: 0 };
    }
    return { attempts: 0, tallies: this.#tallies(Tally.squarings, run.done - before, Tally.squaringUs, startMs) };
  }

  /** A part of phase 3; of a winner the proof, too. */
  #find(stage: Stage & { at: "search" }, attempts: number): SearchSlice {
    const startMs = this.#nowMs();
    const { memory, run, output, inner, next } = stage;
    const end = Math.min(2 ** this.#work.innerNonceBits, next + Math.min(attempts, this.#hashes.size));
    const innerNonce = inner.find(next, end - next);
    const made = (innerNonce === undefined ? end : innerNonce + 1) - next;
    this.#hashes.took(made, this.#nowMs() - startMs);
    const tallies = this.#tallies(Tally.hashes, made, Tally.hashUs, startMs);
    if (innerNonce === undefined) {
      stage.next = end;
      if (end === 2 ** this.#work.innerNonceBits) this.#nextOuterNonce();
      return { attempts: made, tallies };
    }
    const provingMs = this.#nowMs();
    const proof = run.prove();
    const found = encodeSeal({ outerNonce: this.#outerNonce, innerNonce, memoryHash: memory, output, proof });
    this.#nextOuterNonce();
    const proven = this.#tallies(Tally.proofs, 1, Tally.proofUs, provingMs);
    return { attempts: made, found, tallies: tallies.map((tally, place) => tally + (proven[place] ?? 0)) };
  }

  #nextOuterNonce(): void {
    this.#outerNonce = (this.#outerNonce + this.#step) % OUTER_NONCES;
    this.#stage = { at: "memory" };
  }

  #tallies(count: number, counted: number, time: number, startMs: number): number[] {
    const tallies = new Array<number>(TALLIES).fill(0);
    tallies[count] = counted;
    tallies[time] = Math.round((this.#nowMs() - startMs) * 1_000);
    return tallies;
  }
}

const createSearcher: SearchFactory<HeliosSearchInput> = (input, lane) => new SealSearcher(input, lane);

export default createSearcher;
