import t from "tap";
import { type StorageSubject, storageConformance } from "../../../core/conformance/index.js";
import type { Metrics } from "../../../core/ports/runtime.js";
import type { Storage, StorageOperation, StorageRange, StorageSnapshot } from "../../../core/ports/storage.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { MemoryStorage } from "../../../plugins/storage-memory/index.js";

const metrics: Metrics = {
  counter: () => ({ increment: () => {} }),
  gauge: () => ({ set: () => {} }),
  histogram: () => ({ observe: () => {} }),
};

/** Names of the cases that a storage fails, with their messages. */
async function failuresOf(make: () => StorageSubject["storage"], persistence = false): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (const { name, run } of storageConformance(() => ({ storage: make() }), { persistence })) {
    await run().catch((error: unknown) => failures.set(name, error instanceof Error ? error.message : String(error)));
  }
  return failures;
}

t.test("a storage that keeps all laws fails nothing", async (t) => {
  t.same([...(await failuresOf(() => new MemoryStorage(metrics)))], []);
});

t.test("names are unique, and every subject is disposed of", async (t) => {
  let open = 0;
  const cases = storageConformance(
    () => {
      open++;
      return { storage: new MemoryStorage(metrics), dispose: () => void open-- };
    },
    { persistence: false },
  );
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { run } of cases) await run();
  t.equal(open, 0);
});

t.test("a storage that breaks a law fails the case of that law", async (t) => {
  await t.test("answers that share memory", async (t) => {
    class Sharing extends MemoryStorage {
      readonly #answers = new Map<string, Bytes>();
      override get(key: Bytes): Bytes | undefined {
        const value = super.get(key);
        if (value === undefined) return undefined;
        const shared = this.#answers.get(key.join()) ?? Buffer.from(value);
        this.#answers.set(key.join(), shared);
        return shared;
      }
    }
    const failures = await failuresOf(() => new Sharing(metrics));
    t.match(failures.get("get: answers plain bytes that belong to the caller"), /law broken: answers are plain Uint8Arrays.*\n.*a Buffer/);
    t.match(failures.get("get: sees overwrites and deletions at once"), /sees every write that has resolved/);
  });

  await t.test("writes that are not atomic", async (t) => {
    class Torn extends MemoryStorage {
      override async write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
        for (const operation of operations) await super.write([operation], options);
      }
    }
    const failures = await failuresOf(() => new Torn(metrics));
    const name = "keys: no byte and 256 bytes are refused with STORAGE_KEY_INVALID, the whole write with them";
    t.same([...failures.keys()], [name]);
    t.match(failures.get(name), /a refused write leaves nothing/);
  });

  await t.test("writes that overtake each other", async (t) => {
    class Racing extends MemoryStorage {
      #count = 0;
      override async write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
        if (this.#count++ === 199) return super.write(operations, options);
        await new Promise<void>((resolve) => void setImmediate(resolve));
        return super.write(operations, options);
      }
    }
    const failures = await failuresOf(() => new Racing(metrics));
    t.match(failures.get("write: concurrent writes take effect in the order of their calls"), /in the order of their calls/);
  });

  await t.test("keys compared as signed bytes, and a limit that counts from the wrong end", async (t) => {
    class Signed extends MemoryStorage {
      override async *range(range: StorageRange): AsyncGenerator<readonly [Bytes, Bytes]> {
        const all: (readonly [Bytes, Bytes])[] = [];
        for await (const entry of super.range({ ...range, limit: -1 })) all.push(entry);
        const sign = range.reverse === true ? -1 : 1;
        all.sort(([a], [b]) => sign * (((a[0] ?? 0) << 24) - ((b[0] ?? 0) << 24)));
        yield* range.limit === undefined || range.limit < 0 ? all : all.slice(all.length - range.limit);
      }
    }
    const failures = await failuresOf(() => new Signed(metrics));
    t.match(failures.get("range: every kind of bound, forward and reverse, in unsigned byte order"), /compared as unsigned bytes/);
    t.match(failures.get("range: limit counts from where it begins; 0 is none and -1 is all"), /`limit` is at most so many/);
  });

  await t.test("snapshots that thaw", async (t) => {
    class Thawing extends MemoryStorage {
      override snapshot(): StorageSnapshot {
        this.get(Uint8Array.of(1));
        return { get: (key) => this.get(key), range: (range) => this.range(range), close: async () => {} };
      }
    }
    const failures = await failuresOf(() => new Thawing(metrics));
    t.match(failures.get("snapshot: stays as it was, by get and by range"), /a snapshot is a frozen view/);
    t.match(
      failures.get("snapshot: throws STORAGE_CLOSED once closed; closing twice is harmless"),
      /a closed snapshot throws STORAGE_CLOSED/,
    );
  });

  await t.test("use after stop", async (t) => {
    class Immortal extends MemoryStorage {
      override async compact(): Promise<void> {}
      override get database(): Storage["database"] {
        throw new Error("not open");
      }
    }
    const failures = await failuresOf(() => new Immortal(metrics));
    t.match(
      failures.get("life: everything throws STORAGE_CLOSED before start and after stop; stopping twice is harmless"),
      /threw nothing/,
    );
  });

  await t.test("persistence that is claimed only", async (t) => {
    const failures = await failuresOf(() => new MemoryStorage(metrics), true);
    t.same(
      [...failures.keys()].map((name) => name.split(":")[0]),
      ["persistence", "lock"],
    );
  });
});
