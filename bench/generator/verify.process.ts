/**
 * One of the independent processes that the pool is measured against: verifies batches on its one thread for as long as it is told.
 *
 *   node verify.process.js SEED COUNT BATCH
 *
 * Answers `{ runMs }` over IPC with how many signatures a second it verified.
 */
import { assert } from "../../core/kernel/assert.js";
import { createEngine } from "../../native/index.js";
import { batchesOf, signMessages } from "./signatures.js";

const [seed, count, size] = process.argv.slice(2).map(Number);
assert(
  process.send !== undefined && seed !== undefined && count !== undefined && size !== undefined,
  "a parent starts it, with its arguments",
);
const batches = batchesOf(signMessages(seed, count, count), size);
const engine = createEngine({ engine: "auto", keyCacheEntries: 0 });

process.on("message", ({ runMs }: { readonly runMs: number }) => {
  let done = 0;
  const startMs = performance.now();
  for (let turn = 0; performance.now() - startMs < runMs; turn++) {
    const batch = batches[turn % batches.length];
    assert(batch !== undefined, "there are batches");
    done += engine.verify(batch, 0, batch.count, new Uint8Array((batch.count + 7) >> 3));
  }
  process.send?.({ signaturesPerSecond: (1000 * done) / (performance.now() - startMs) });
});
process.send({ ready: true });
