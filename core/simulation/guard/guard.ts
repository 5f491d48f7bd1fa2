/**
 * Holds a simulated run to its law: no real asynchronous resource exists in it, and nobody looks at real time or takes real randomness.
 *
 * Three nets. The patched clock, timers, sources of randomness and synchronous files (patches.ts) name what was called. An async_hooks
 * hook sees every other resource at its birth: files, sockets, workers, DNS, compression. What neither sees (`Atomics.waitAsync`,
 * `import()`, the compiler of WebAssembly, finalizers) can't come to an end while the run stays in Node's queue of ticks and
 * microtasks (drain.ts); it does when the world steps out of its time. There the guard is `out`: whoever then asks a simulated clock, a
 * disk or randomness, schedules or sends, is no event, and is found.
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
      else if (!LAWFUL.has(type)) this.#seen(type);
    },
  });
  /** off: no run. in: an event, or its drain. out: the event loop turns. aside: the simulator itself, in the middle of a run. */
  #mode: "off" | "in" | "out" | "aside" = "off";
  #ticks = 0;

  /** @param onBreach called inside of what breaks the law; it must not throw */
  constructor(onBreach: (breach: LawBreach) => void) {
    this.#onBreach = onBreach;
  }

  /** `process.nextTick`s since it was armed first, the simulator's own included. */
  get ticks(): number {
    return this.#ticks;
  }

  /** The event loop turns: nothing simulated may run now. */
  get isOut(): boolean {
    return this.#mode === "out";
  }

  arm(): void {
    if (this.#mode === "off") {
      this.#hook.enable();
      watchPatches((what) => this.#seen(what));
    }
    this.#mode = "in";
  }

  /** The event loop is about to turn; until `arm` or `disarm`. */
  stepOut(): void {
    if (this.#mode !== "off") this.#mode = "out";
  }

  disarm(): void {
    if (this.#mode === "off") return;
    this.#mode = "off";
    this.#hook.disable();
    watchPatches(undefined);
  }

  /** For what the simulator itself does in the middle of a run and no event sees. */
  aside<Result>(action: () => Result): Result {
    const before = this.#mode;
    if (before !== "off") this.#mode = "aside";
    try {
      return action();
    } finally {
      this.#mode = before;
    }
  }

  /** Something simulated was used. While the event loop turns, that is a breach: whoever did so is not in an event. */
  used(what: string): void {
    if (this.#mode === "out") this.#breach(`${what} after it had continued outside of an event`);
  }

  #seen(what: string): void {
    if (this.#mode === "in") this.#breach(what);
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
