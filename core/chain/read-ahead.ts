/**
 * Loads what blocks will touch from the disk while their signatures are verified, so that execution finds it in memory.
 *
 * One block at a time, in order of arrival, and not far ahead of execution: what was loaded must not push out what is needed first.
 * Only a hint: a block that has not been reached when its turn to be executed comes is left alone, and a failure is not
 * told, since execution reads the same and knows what it means.
 */
import { messageOf } from "../kernel/errors.js";
import type { TransactionBatch } from "../ports/ledger.js";
import type { StateView } from "../ports/state.js";
import type { Block } from "../primitives/block.js";
import type { ChainDependencies } from "./dependencies.js";
import type { Executor } from "./executor.js";
import type { Stages } from "./stages.js";

/** No other block is begun while those that are not executed yet have so many keys: some 3 MiB in the state's caches. */
const AHEAD_KEYS_MAX = 16_384;

export interface ReadAheadParts {
  readonly dependencies: Pick<ChainDependencies, "logger">;
  readonly executor: Pick<Executor, "keysOf">;
  readonly stages: Stages;
  /** The state after a block's parent, or the nearest one that there is. */
  readonly viewOver: (block: Block) => StateView | undefined;
}

/** A block whose values are, will be or were loaded. */
export interface AheadOf {
  /** To be awaited right before it is executed: what is being loaded is not read twice. */
  ready(): Promise<void>;
  /** It was executed, or never will be. */
  end(): void;
}

interface Load {
  readonly block: Block;
  readonly batch: TransactionBatch;
  keys: number;
  hasEnded: boolean;
  /** Set while it is being loaded, and after. */
  loaded: Promise<void> | undefined;
}

export class ReadAhead {
  readonly #parts: ReadAheadParts;
  readonly #keysMax: number;
  readonly #waiting = new Set<Load>();
  #isLoading = false;
  #aheadKeys = 0;

  constructor(parts: ReadAheadParts, keysMax = AHEAD_KEYS_MAX) {
    this.#parts = parts;
    this.#keysMax = keysMax;
  }

  /** Begins, or waits for its turn. Nothing of it is ever thrown. */
  begin(block: Block, batch: TransactionBatch): AheadOf {
    const load: Load = { block, batch, keys: 0, hasEnded: false, loaded: undefined };
    this.#waiting.add(load);
    this.#next();
    return {
      ready: async () => {
        this.#waiting.delete(load);
        await load.loaded;
      },
      end: () => {
        if (load.hasEnded) return;
        load.hasEnded = true;
        this.#waiting.delete(load);
        this.#aheadKeys -= load.keys;
        this.#next();
      },
    };
  }

  #next(): void {
    const [load] = this.#waiting;
    if (load === undefined || this.#isLoading || this.#aheadKeys >= this.#keysMax) return;
    this.#waiting.delete(load);
    this.#isLoading = true;
    load.loaded = this.#load(load).finally(() => {
      this.#isLoading = false;
      this.#next();
    });
  }

  async #load(load: Load): Promise<void> {
    const { dependencies, executor, stages, viewOver } = this.#parts;
    const { block, batch } = load;
    try {
      await stages.run("prefetch", async () => {
        const keys = await executor.keysOf(batch, block.header);
        if (load.hasEnded) return;
        load.keys = keys.length;
        this.#aheadKeys += keys.length;
        await viewOver(block)?.prefetch(keys);
      });
    } catch (error) {
      dependencies.logger.debug({ height: block.header.height, reason: messageOf(error) }, "reading ahead for a block failed");
    }
  }
}
