/**
 * How long work on stored data tells how far it is, and how it is asked to stop. Tools of this folder know no terminal.
 */
import { InterruptedError } from "./errors.js";

/** One stage of the work: `total` in `unit`, undefined where it is not known before. */
export interface Stage {
  readonly title: string;
  readonly unit: "bytes" | "blocks" | "records" | "entries" | "ranges";
  readonly total: number | undefined;
}

export interface Progress {
  /** A stage begins; the one before has ended. */
  stage(stage: Stage): void;
  /** So much of the stage is done. */
  done(amount: number): void;
}

/** A request to stop (Ctrl-C). */
export interface Cancellation {
  readonly requested: boolean;
}

export interface Work {
  readonly progress: Progress;
  readonly cancellation: Cancellation;
}

/**
 * Called where work may end.
 * @param next what the same command does when it is given again
 * @throws InterruptedError
 */
export function mayStop({ cancellation }: Pick<Work, "cancellation">, what: string, next: "goes on" | "anew" = "goes on"): void {
  if (cancellation.requested) throw new InterruptedError(next === "anew" ? { what, anew: true } : { what });
}

/** For work that nobody watches or stops. */
export const SILENT_WORK: Work = { progress: { stage: () => undefined, done: () => undefined }, cancellation: { requested: false } };
