/** A search module for the miner's tests: behaves as its input says. */
import type { SearchFactory } from "../../../core/ports/work-source.js";

export type Behaviour =
  /** Finds its lane's number in a certain slice; each takes a millisecond or more. */
  | { readonly kind: "slice"; readonly number: number }
  | { readonly kind: "never" }
  /** Finds in the end, and does not care that it was cancelled meanwhile. */
  | { readonly kind: "late"; readonly afterMs: number }
  | { readonly kind: "throws"; readonly where: "factory" | "search" }
  /** The thread ends without a word. */
  | { readonly kind: "dies" }
  /** One attempt that takes forever, unless it is asked to give up. */
  | { readonly kind: "deaf" };

const create: SearchFactory<Behaviour> = async (behaviour, lane) => {
  await Promise.resolve();
  if (behaviour.kind === "throws" && behaviour.where === "factory") throw new Error("no such puzzle");
  let slices = 0;
  return {
    search(attempts) {
      if (behaviour.kind === "throws") throw new Error("out of luck");
      if (behaviour.kind === "dies") process.exit(3);
      if (behaviour.kind === "deaf") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      if (behaviour.kind === "late") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, behaviour.afterMs);
        return { attempts, found: Uint8Array.of(0xff) };
      }
      const endsAt = Date.now() + 2;
      while (Date.now() < endsAt);
      slices += 1;
      if (behaviour.kind === "slice" && slices === behaviour.number) return { attempts, found: Uint8Array.of(lane.index, lane.count) };
      return { attempts };
    },
  };
};

export default create;
