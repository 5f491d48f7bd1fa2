/** A process for level-storage.test.ts: writes batches of three durably, and prints the number of each acknowledged one. */
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Metrics } from "../../../core/ports/runtime.js";
import { asciiBytes } from "../../../core/primitives/bytes.js";
import { LevelStorage } from "../../../plugins/storage-level/index.js";

const path = process.argv[2] ?? "";
const metrics: Metrics = {
  counter: () => ({ increment: () => {} }),
  gauge: () => ({ set: () => {} }),
  histogram: () => ({ observe: () => {} }),
};
const storage = new LevelStorage(
  { path, resolve: (...segments) => join(path, ...segments) },
  { nowMs: () => 0, monotonicMs: () => 0 },
  metrics,
  { cacheBytes: 1024 * 1024, writeBufferBytes: 64 * 1024, maxOpenFiles: 74, compression: true },
);
await storage.start();
const value = new Uint8Array(100).fill(5);
for (let i = 0; ; i++) {
  // Every other write is not synced by itself: the durable one after it has to cover it.
  await storage.write(
    [0, 1, 2].map((part) => ({ type: "put", key: asciiBytes(`${i}/${part}`), value })),
    { durable: i % 2 === 1 },
  );
  if (i % 2 === 1) writeSync(1, `${i}\n`);
}
