/** A search module for the miner's tests: behaves as its input says. */
import type { SearchFactory } from "../../../core/ports/work-source.js";

export type Behaviour =
  /** Finds its lane's number after so many attempts. */
  | { readonly kind: "after"; readonly attempts: number }
  | { readonly kind: "never" }
  | { readonly kind: "throws"; readonly where: "factory" | "search" }
  /** The thread ends without a word. */
  | { readonly kind: "dies" }
  /** One attempt that takes forever, unless it is asked to give up. */
  | { readonly kind: "deaf" };

const create: SearchFactory<Behaviour> = async (behaviour, lane) => {
  await Promise.resolve();
  if (behaviour.kind === "throws" && behaviour.where === "factory") throw new Error("no such puzzle");
  let made = 0;
  return {
    search(attempts) {
      if (behaviour.kind === "throws") throw new Error("out of luck");
      if (behaviour.kind === "dies") process.exit(3);
      if (behaviour.kind === "deaf") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      made += attempts;
      const endsAt = Date.now() + 1;
      while (Date.now() < endsAt);
      if (behaviour.kind === "after" && made >= behaviour.attempts) {
        return { attempts, found: Uint8Array.of(lane.index, lane.count) };
      }
      return { attempts };
    },
  };
};

export default create;
