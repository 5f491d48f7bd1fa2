/**
 * Stages of a block's life: each runs under its metric, and what engines, ledgers and decoders throw in it becomes a verdict
 * (`BlockInvalidError` or `BlockNotYetError`). Anything else is a fault and stays one.
 */
import { ChainwrightError } from "../kernel/errors.js";
import { InvalidHeaderError, InvalidTransactionError, NotYetError } from "../ports/errors.js";
import type { Clock } from "../ports/runtime.js";
import { BlockInvalidError, BlockNotYetError } from "./errors.js";
import type { ChainMetrics, Stage } from "./metrics.js";

export class Stages {
  readonly #clock: Clock;
  readonly #metrics: ChainMetrics;

  constructor(clock: Clock, metrics: ChainMetrics) {
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** Runs one stage. @throws BlockInvalidError, BlockNotYetError; faults as they are */
  async run<T>(stage: Stage, step: () => T | Promise<T>): Promise<T> {
    const beganMs = this.#clock.monotonicMs();
    try {
      return await step();
    } catch (error) {
      throw asVerdict(error);
    } finally {
      this.#metrics.stageSeconds.observe((this.#clock.monotonicMs() - beganMs) / 1000, { stage });
    }
  }
}

function asVerdict(error: unknown): unknown {
  if (BlockInvalidError.matches(error) || BlockNotYetError.matches(error)) return error;
  if (NotYetError.matches(error)) return new BlockNotYetError(error.data, error);
  if (InvalidHeaderError.matches(error)) return new BlockInvalidError(error.data, error);
  if (InvalidTransactionError.matches(error)) return new BlockInvalidError({ code: error.data.code, reason: error.message }, error);
  // Decoders and ledgers refuse a body with typed input errors of their own.
  if (ChainwrightError.is(error) && error.kind === "input")
    return new BlockInvalidError({ code: error.code, reason: error.message }, error);
  return error;
}
