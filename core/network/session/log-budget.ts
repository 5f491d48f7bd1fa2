/** Keeps lines that outsiders can cause to a number a minute; says afterwards how many were left out. */
import type { Clock, Logger } from "../../ports/runtime.js";

const MINUTE_MS = 60_000;

export class LogBudget {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #linesPerMinute: number;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  constructor(clock: Clock, logger: Logger, linesPerMinute: number) {
    this.#clock = clock;
    this.#logger = logger;
    this.#linesPerMinute = linesPerMinute;
  }

  info(data: object, message: string): void {
    this.#write("info", data, message);
  }

  /** @returns whether there was room for it */
  warn(data: object, message: string): boolean {
    return this.#write("warn", data, message);
  }

  #write(level: "info" | "warn", data: object, message: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs >= MINUTE_MS) {
      const leftOut = this.#lines - this.#linesPerMinute;
      if (leftOut > 0) this.#logger.info({ lines: leftOut }, "lines about connections were left out in the last minute");
      this.#sinceMs = nowMs;
      this.#lines = 0;
    }
    this.#lines++;
    const hasRoom = this.#lines <= this.#linesPerMinute;
    this.#logger[hasRoom ? level : "debug"](data, message);
    return hasRoom;
  }
}
