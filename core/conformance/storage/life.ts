/** Storage conformance: starting, stopping, persistence, locking and space. */
import type { Storage } from "../../ports/storage.js";
import { type ConformanceCase, holds, rejectsWith } from "../case.js";
import { collect, del, durable, expectKeys, expectValue, put, type StorageSubject, text, volatile } from "./subject.js";

export const lifecycle: readonly ConformanceCase<StorageSubject>[] = [
  {
    name: "life: everything throws STORAGE_CLOSED before start and after stop; stopping twice is harmless",
    async run({ storage }) {
      const law = "everything throws STORAGE_CLOSED before start and after stop";
      const uses: readonly (() => unknown)[] = [
        () => storage.get(text("a")),
        () => storage.getMany([text("a")]),
        () => storage.write([put(text("a"), text("1"))], volatile),
        () => collect(storage, {}),
        () => storage.snapshot(),
        () => storage.compact(),
        () => storage.sizeBytes(),
        () => storage.database,
      ];
      for (const use of uses) await rejectsWith(use, ["STORAGE_CLOSED"], law);
      await storage.start();
      await storage.write([put(text("a"), text("1"))], volatile);
      await storage.stop();
      for (const use of uses) await rejectsWith(use, ["STORAGE_CLOSED"], law);
      await storage.stop();
    },
  },
  {
    name: "life: stop with an open snapshot, an open iteration and writes under way loses nothing and does not hang",
    async run({ storage }) {
      await storage.start();
      await storage.write([put(text("a"), text("1")), put(text("b"), text("2"))], volatile);
      const snapshot = storage.snapshot();
      const iterator = storage.range({})[Symbol.asyncIterator]();
      await iterator.next();
      const writes = Array.from({ length: 20 }, (_, i) => storage.write([put(text(`w${i}`), text("1"))], volatile));
      const written = Promise.allSettled(writes);
      await storage.stop();
      const lost = (await written).filter(({ status }) => status === "rejected").length;
      holds(lost === 0, "stop does not lose what was handed to `write` before it", `${lost} of ${writes.length} writes were refused`);
      await rejectsWith(() => snapshot.get(text("a")), ["STORAGE_CLOSED"], "a snapshot ends with its storage");
    },
  },
];

export const persistence: readonly ConformanceCase<StorageSubject>[] = [
  {
    name: "persistence: what was written is there after a clean stop",
    async run(subject) {
      await subject.storage.start();
      await subject.storage.write([put(text("durable"), text("1")), put(text("gone"), text("1"))], durable);
      await subject.storage.write([put(text("volatile"), text("2")), del(text("gone"))], volatile);
      await subject.storage.stop();
      const again = subject.reopen?.();
      holds(again !== undefined, "a storage with `persistence` can be reopened", "the subject has no `reopen`");
      await again.start();
      const law = "a clean stop loses nothing";
      expectValue(again.get(text("durable")), text("1"), law);
      expectValue(again.get(text("volatile")), text("2"), law);
      expectValue(again.get(text("gone")), undefined, law);
      holds(
        again.durability !== "none",
        "a storage that persists says what its durable writes survive",
        `durability is ${again.durability}`,
      );
      await again.stop();
    },
  },
];

export const locking: readonly ConformanceCase<StorageSubject>[] = [
  {
    name: "lock: a second instance over the same data is refused with STORAGE_LOCKED until the first has stopped",
    async run(subject) {
      await subject.storage.start();
      const second = subject.reopen?.();
      holds(second !== undefined, "a storage with `lock` can be opened twice", "the subject has no `reopen`");
      await rejectsWith(() => second.start(), ["STORAGE_LOCKED"], "one instance at a time has the data open");
      await subject.storage.stop();
      const third = subject.reopen?.();
      await third?.start();
      await third?.stop();
    },
  },
];

export function compaction(shrinks: boolean): ConformanceCase<Storage> {
  return {
    name: "size: grows with what is written; compact keeps every entry and reclaims the space of deleted ones",
    async run(storage) {
      const before = await storage.sizeBytes();
      const keysOfAll = Array.from({ length: 500 }, (_, i) => text(`k${i}`));
      // Not compressible, so that the size on disk follows: each value is its own pseudo-random sequence.
      const valueFrom = (seed: number) =>
        Uint8Array.from({ length: 2000 }, (_, i) => (Math.imul(seed * 2000 + i + 1, 2654435761) >>> 24) & 0xff);
      await storage.write(
        keysOfAll.map((key, i) => put(key, valueFrom(i))),
        durable,
      );
      const full = await storage.sizeBytes();
      holds(full - before > 500_000, "`sizeBytes` tells approximately what is stored", `it grew by ${full - before} after a megabyte`);
      await storage.write(
        keysOfAll.slice(1).map((key) => del(key)),
        durable,
      );
      await storage.compact();
      expectValue(storage.get(text("k0")), valueFrom(0), "`compact` keeps every entry");
      await expectKeys(storage, {}, [text("k0")], "`compact` does not bring back what was deleted");
      const after = await storage.sizeBytes();
      if (shrinks) holds(after < full / 2, "`compact` reclaims the space of deleted entries", `${after} bytes of ${full} are left`);
    },
  };
}
