/** Storage conformance: single entries, batches and keys. */
import type { Storage } from "../../ports/storage.js";
import { bytesEqual } from "../../primitives/bytes.js";
import { type ConformanceCase, holds, rejectsWith } from "../case.js";
import { del, durable, expectValue, put, text, volatile } from "./subject.js";

export const readsAndWrites: readonly ConformanceCase<Storage>[] = [
  {
    name: "get: answers what was put, and undefined for what was not",
    async run(storage) {
      await storage.write([put(text("a"), text("1")), put(text("b"), new Uint8Array(0))], volatile);
      expectValue(storage.get(text("a")), text("1"), "`get` sees every write that has resolved");
      expectValue(storage.get(text("b")), new Uint8Array(0), "an empty value is a value");
      expectValue(storage.get(text("c")), undefined, "`get` answers undefined for a key that is not there");
    },
  },
  {
    name: "get: sees overwrites and deletions at once",
    async run(storage) {
      await storage.write([put(text("a"), text("1"))], volatile);
      expectValue(storage.get(text("a")), text("1"), "`get` sees every write that has resolved");
      await storage.write([put(text("a"), text("2"))], durable);
      expectValue(storage.get(text("a")), text("2"), "`get` sees every write that has resolved");
      await storage.write([del(text("a")), del(text("never"))], volatile);
      expectValue(storage.get(text("a")), undefined, "`get` sees every deletion that has resolved");
    },
  },
  {
    name: "get: answers plain bytes that belong to the caller",
    async run(storage) {
      const value = text("value");
      await storage.write([put(text("a"), value)], volatile);
      value.fill(0);
      expectValue(storage.get(text("a")), text("value"), "the bytes handed to `write` may change once it has resolved");
      const answered = storage.get(text("a"));
      holds(
        answered !== undefined && Object.getPrototypeOf(answered) === Uint8Array.prototype,
        "answers are plain Uint8Arrays (a Buffer's `slice` shares memory)",
        `a ${answered?.constructor.name}`,
      );
      answered.fill(1);
      expectValue(storage.get(text("a")), text("value"), "answered bytes belong to the caller, who may change them");
    },
  },
  {
    name: "getMany: answers in the order of the keys, with repeats and gaps",
    async run(storage) {
      await storage.write([put(text("a"), text("1")), put(text("b"), text("2"))], volatile);
      const seen = await storage.getMany([text("b"), text("x"), text("a"), text("b")]);
      const law = "`getMany` answers one value for each key, in order";
      holds(seen.length === 4, law, `${seen.length} values for 4 keys`);
      for (const [index, expected] of [text("2"), undefined, text("1"), text("2")].entries()) expectValue(seen[index], expected, law);
      holds((await storage.getMany([])).length === 0, law, "values for no keys");
    },
  },
  {
    name: "write: takes a batch in order, the last operation on a key wins",
    async run(storage) {
      const [a, b] = [text("a"), text("b")];
      await storage.write([put(a, text("1")), put(a, text("2")), put(b, text("1")), del(b)], volatile);
      expectValue(storage.get(a), text("2"), "operations of a write apply in their order");
      expectValue(storage.get(b), undefined, "operations of a write apply in their order");
    },
  },
  {
    name: "write: concurrent writes take effect in the order of their calls",
    async run(storage) {
      const key = text("contested");
      const writes: Promise<void>[] = [];
      for (let i = 0; i < 200; i++) writes.push(storage.write([put(key, text(`${i}`))], { durable: i % 50 === 0 }));
      await Promise.all(writes);
      expectValue(storage.get(key), text("199"), "writes take effect in the order of their calls");
    },
  },
  {
    name: "write: a large batch is there completely",
    async run(storage) {
      const keys = Array.from({ length: 3000 }, (_, i) => text(`key-${String(i).padStart(5, "0")}`));
      const value = new Uint8Array(1000).fill(7);
      await storage.write(
        keys.map((key) => put(key, value)),
        durable,
      );
      const seen = await storage.getMany(keys);
      const missing = seen.filter((found) => found === undefined || !bytesEqual(found, value)).length;
      holds(missing === 0, "`write` is atomic: all of its operations are there or none", `${missing} of 3000 are wrong`);
    },
  },
  {
    name: "write: nothing and a durable nothing resolve",
    async run(storage) {
      await storage.write([put(text("a"), text("1"))], volatile);
      await storage.write([], volatile);
      await storage.write([], durable);
      expectValue(storage.get(text("a")), text("1"), "a write without operations is a barrier and changes nothing");
    },
  },
];

export const keys: readonly ConformanceCase<Storage>[] = [
  {
    name: "keys: 1 to 255 bytes, any bytes",
    async run(storage) {
      const longest = new Uint8Array(255).fill(0xff);
      const accepted = [Uint8Array.of(0), Uint8Array.of(0xff), Uint8Array.of(0, 0), longest];
      await storage.write(
        accepted.map((key) => put(key, key)),
        volatile,
      );
      for (const key of accepted) expectValue(storage.get(key), key, "keys have 1 to 255 bytes, of any value");
    },
  },
  {
    name: "keys: no byte and 256 bytes are refused with STORAGE_KEY_INVALID, the whole write with them",
    async run(storage) {
      const law = "keys have 1 to 255 bytes; others throw STORAGE_KEY_INVALID";
      const good = text("good");
      for (const bad of [new Uint8Array(0), new Uint8Array(256)]) {
        await rejectsWith(() => storage.get(bad), ["STORAGE_KEY_INVALID"], law);
        await rejectsWith(() => storage.getMany([good, bad]), ["STORAGE_KEY_INVALID"], law);
        await rejectsWith(() => storage.write([put(good, good), put(bad, good)], volatile), ["STORAGE_KEY_INVALID"], law);
        await rejectsWith(() => storage.write([put(good, good), del(bad)], volatile), ["STORAGE_KEY_INVALID"], law);
      }
      expectValue(storage.get(good), undefined, "`write` is atomic: a refused write leaves nothing");
    },
  },
];
