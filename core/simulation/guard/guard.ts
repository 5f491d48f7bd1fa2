/**
 * Holds a simulated run to its law: no real asynchronous resource exists in it, and nobody looks at real time or takes real randomness.
 *
 * Three nets. The patched clock, timers and sources of randomness (patches.ts) name what was called. An async_hooks hook sees every
 * other resource at its birth: files, sockets, workers, DNS, compression. And since the run never leaves Node's queue of ticks and
 * microtasks (drain.ts), what slips through both could not come to an end inside of it.
 *
 * Promises, ticks and microtasks are no resources in this sense: they end before the event does.
 */
import { createHook } from "node:async_hooks";
import { watchPatches } from "./patches.js";

/** What was done, and by whom. */
export interface LawBreach {
  /** `Date.now`, `crypto.randomBytes`, or the type of an async resource: `FSREQPROMISE`, `TCPWRAP` … */
  readonly what: string;
  readonly stack: string;
}

/** Born and gone within the drain of an event. Signing is done when the call returns, unless it has a callback (patches.ts). */
const LAWFUL: ReadonlySet<string> = new Set(["PROMISE", "TickObject", "Microtask", "SIGNREQUEST"]);
const STACK_FRAMES = 30;

export class Guard {
  readonly #onBreach: (breach: LawBreach) => void;
  readonly #hook = createHook({
    init: (_id, type) => {
      if (type === "TickObject") this.#ticks++;
      else if (!LAWFUL.has(type)) this.#breach(type);
    },
  });
  #armed = false;
  #ticks = 0;

  /** @param onBreach called inside of what breaks the law; it must not throw */
  constructor(onBreach: (breach: LawBreach) => void) {
    this.#onBreach = onBreach;
  }

  /** `process.nextTick`s since it was armed first, the simulator's own included. */
  get ticks(): number {
    return this.#ticks;
  }

  arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#hook.enable();
    watchPatches((what) => this.#breach(what));
  }

  disarm(): void {
    if (!this.#armed) return;
    this.#armed = false;
    this.#hook.disable();
    watchPatches(undefined);
  }

  /** For what the simulator itself does in the middle of a run and no event sees. */
  aside<Result>(action: () => Result): Result {
    const wasArmed = this.#armed;
    this.disarm();
    try {
      return action();
    } finally {
      if (wasArmed) this.arm();
    }
  }

  #breach(what: string): void {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = STACK_FRAMES;
    const { stack = "" } = new Error(what);
    Error.stackTraceLimit = limit;
    this.#onBreach({ what, stack: framesOf(stack) });
  }
}

/** Without the guard's own frames. */
function framesOf(stack: string): string {
  const lines = stack.split("\n").slice(1);
  const first = lines.findIndex((line) => !line.includes("/simulation/guard/") && !line.includes("node:internal/async_hooks"));
  return lines.slice(Math.max(0, first)).join("\n");
}
