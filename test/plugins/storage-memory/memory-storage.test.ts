import t from "tap";
import { storageConformance } from "../../../core/conformance/storage/index.js";
import type { Metrics } from "../../../core/ports/runtime.js";
import manifest, { MemoryStorage } from "../../../plugins/storage-memory/index.js";

function countingMetrics() {
  const counts = new Map<string, number>();
  const add = (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by);
  const metrics: Metrics = {
    counter: ({ name }) => ({
      increment: (by = 1, labels) => void add(`${name}${labels === undefined ? "" : `/${Object.values(labels)}`}`, by),
    }),
    gauge: () => ({ set: () => {} }),
    histogram: () => ({ observe: () => {} }),
  };
  return { counts, metrics };
}

t.test("keeps the laws of the storage port", async (t) => {
  const { metrics } = countingMetrics();
  const cases = storageConformance(() => ({ storage: new MemoryStorage(metrics) }), { persistence: false });
  t.ok(cases.length >= 18, "all cases but those of persistence");
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("uses microtasks only, as a simulated run demands", async (t) => {
  const storage = new MemoryStorage(countingMetrics().metrics);
  let macrotask = false;
  const handle = setImmediate(() => {
    macrotask = true;
  });
  await storage.start();
  const key = Uint8Array.of(1);
  await storage.write([{ type: "put", key, value: key }], { durable: true });
  await storage.getMany([key]);
  const snapshot = storage.snapshot();
  for await (const _ of snapshot.range({})) await storage.sizeBytes();
  await snapshot.close();
  await storage.compact();
  await storage.stop();
  t.equal(macrotask, false, "no turn of the event loop went by");
  clearImmediate(handle);
});

t.test("counts what it writes", async (t) => {
  const { metrics, counts } = countingMetrics();
  const storage = new MemoryStorage(metrics);
  await storage.start();
  await storage.write([{ type: "put", key: Uint8Array.of(1, 2), value: new Uint8Array(10) }], { durable: true });
  await storage.write([{ type: "del", key: Uint8Array.of(1, 2) }], { durable: false });
  t.equal(counts.get("storage_writes_total/yes"), 1);
  t.equal(counts.get("storage_writes_total/no"), 1);
  t.equal(counts.get("storage_written_bytes_total"), 14);
  await storage.stop();
});

t.test("manifest", async (t) => {
  t.equal(manifest.id, "storage-memory");
  t.same(manifest.provides, ["chainwright:storage"]);
});
