/** Storage conformance: ranges and snapshots. */
import type { Storage, StorageRange } from "../../ports/storage.js";
import { type Bytes, bytesEqual, compareBytes, concatBytes, toHex } from "../../primitives/bytes.js";
import { type ConformanceCase, holds, rejectsWith } from "../case.js";
import { collect, del, durable, expectKeys, expectValue, put, text, volatile } from "./subject.js";

/** In unsigned order, with bytes that signed or textual comparison would put elsewhere. */
const ORDERED: readonly Bytes[] = [
  Uint8Array.of(0x00),
  Uint8Array.of(0x00, 0xff),
  Uint8Array.of(0x41),
  Uint8Array.of(0x7f),
  Uint8Array.of(0x7f, 0x00),
  Uint8Array.of(0x80),
  Uint8Array.of(0xc3, 0x28),
  Uint8Array.of(0xff),
  Uint8Array.of(0xff, 0xff),
];

/** Some bounds around the ordered keys, on and between them. */
const BOUNDS: readonly Bytes[] = [...ORDERED, new Uint8Array(0), Uint8Array.of(0x42), Uint8Array.of(0xff, 0xff, 0xff)];

function within(key: Bytes, range: StorageRange): boolean {
  return (
    (range.gt === undefined || compareBytes(key, range.gt) > 0) &&
    (range.gte === undefined || compareBytes(key, range.gte) >= 0) &&
    (range.lt === undefined || compareBytes(key, range.lt) < 0) &&
    (range.lte === undefined || compareBytes(key, range.lte) <= 0)
  );
}

function allRanges(): StorageRange[] {
  const ranges: StorageRange[] = [{}];
  for (const bound of BOUNDS) ranges.push({ gt: bound }, { gte: bound }, { lt: bound }, { lte: bound });
  const some = BOUNDS.filter((_, i) => i % 2 === 0);
  for (const lower of some) for (const upper of BOUNDS) ranges.push({ gte: lower, lt: upper }, { gt: lower, lte: upper });
  return ranges;
}

export const ranges: readonly ConformanceCase<Storage>[] = [
  {
    name: "range: every kind of bound, forward and reverse, in unsigned byte order",
    async run(storage) {
      await storage.write(
        [...ORDERED].reverse().map((key) => put(key, concatBytes(key, key))),
        volatile,
      );
      const law = "keys are compared as unsigned bytes; gt, gte, lt and lte bound a range";
      for (const range of allRanges()) {
        const expected = ORDERED.filter((key) => within(key, range));
        await expectKeys(storage, range, expected, law);
        await expectKeys(storage, { ...range, reverse: true }, [...expected].reverse(), `${law}; \`reverse\` begins at the upper end`);
      }
      for (const [key, value] of await collect(storage, {})) expectValue(value, concatBytes(key, key), "`range` answers [key, value]");
    },
  },
  {
    name: "range: limit counts from where it begins; 0 is none and -1 is all",
    async run(storage) {
      await storage.write(
        ORDERED.map((key) => put(key, key)),
        volatile,
      );
      const law = "`limit` is at most so many entries, −1 for all";
      await expectKeys(storage, { limit: 2 }, ORDERED.slice(0, 2), law);
      await expectKeys(storage, { limit: 2, reverse: true }, [...ORDERED].reverse().slice(0, 2), law);
      await expectKeys(storage, { limit: 0 }, [], law);
      await expectKeys(storage, { limit: -1 }, ORDERED, law);
      await expectKeys(storage, { limit: 1000 }, ORDERED, law);
    },
  },
  {
    name: "range: sees the moment at which the iteration began",
    async run(storage) {
      const initial = Array.from({ length: 2000 }, (_, i) => text(`k${String(i).padStart(4, "0")}`));
      await storage.write(
        initial.map((key) => put(key, text("old"))),
        volatile,
      );
      const iterator = storage.range({})[Symbol.asyncIterator]();
      await storage.write([...initial.map((key) => put(key, text("new"))), put(text("k0000x"), text("new"))], volatile);
      let count = 0;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        expectValue(next.value[1], text("old"), "iterators see the moment at which they began");
        count++;
      }
      holds(count === initial.length, "iterators see the moment at which they began", `${count} entries instead of ${initial.length}`);
    },
  },
  {
    name: "range: may be left early, and be iterated again",
    async run(storage) {
      await storage.write(
        ORDERED.map((key) => put(key, key)),
        volatile,
      );
      const range = storage.range({});
      for await (const [key] of range) {
        expectValue(key, ORDERED[0], "a range begins with its first key");
        break;
      }
      let count = 0;
      for await (const _ of range) count++;
      holds(count === ORDERED.length, "each iteration over a range begins anew", `${count} entries instead of ${ORDERED.length}`);
      await storage.compact();
    },
  },
];

export const snapshots: readonly ConformanceCase<Storage>[] = [
  {
    name: "snapshot: stays as it was, by get and by range",
    async run(storage) {
      await storage.write([put(text("a"), text("old")), put(text("b"), text("old"))], volatile);
      const snapshot = storage.snapshot();
      await storage.write([put(text("a"), text("new")), del(text("b")), put(text("c"), text("new"))], durable);
      await storage.compact();
      const law = "a snapshot is a frozen view";
      expectValue(snapshot.get(text("a")), text("old"), law);
      expectValue(snapshot.get(text("b")), text("old"), law);
      expectValue(snapshot.get(text("c")), undefined, law);
      const seen = (await collect(snapshot, {})).map(([key, value]) => `${toHex(key)}=${toHex(value)}`).join(" ");
      holds(seen === "61=6f6c64 62=6f6c64", law, `its range answers [${seen}]`);
      expectValue(storage.get(text("a")), text("new"), "a snapshot does not change what the storage answers");
      await snapshot.close();
    },
  },
  {
    name: "snapshot: throws STORAGE_CLOSED once closed; closing twice is harmless",
    async run(storage) {
      await storage.write([put(text("a"), text("1"))], volatile);
      const snapshot = storage.snapshot();
      await snapshot.close();
      await snapshot.close();
      const law = "a closed snapshot throws STORAGE_CLOSED";
      await rejectsWith(() => snapshot.get(text("a")), ["STORAGE_CLOSED"], law);
      await rejectsWith(() => collect(snapshot, {}), ["STORAGE_CLOSED"], law);
      expectValue(storage.get(text("a")), text("1"), "closing a snapshot does not touch the storage");
    },
  },
  {
    name: "database: is an abstract-level database over the same entries, with binary keys and values",
    async run(storage) {
      await storage.write([put(text("a"), text("1"))], volatile);
      const law = "`database` is the database itself, with binary keys and values";
      const value = await storage.database.get(text("a"));
      holds(value instanceof Uint8Array && bytesEqual(value, text("1")), law, `database.get answers ${typeof value}`);
      await storage.database.put(text("b"), text("2"));
      expectValue(storage.get(text("b")), text("2"), law);
    },
  },
];
