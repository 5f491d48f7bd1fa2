/** The cache against a map: it may forget, but never answers what was not set last, and takes no more memory than it says. */
import fc from "fast-check";
import t from "tap";
import { BytesCache } from "../../../core/state/bytes-cache.js";
import { PathCache } from "../../../core/state/digest.js";
import { createEngine } from "../../../native/index.js";

const bytesOf = (...values: number[]) => new Uint8Array(values);
/** FNV-1a, as the table begins with: texts of one low part are looked for at places that lie together. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b | 0);
  return (hash ^ (hash >>> 13)) & 0xff;
}

t.test("answers what was set last, whatever it has forgotten", async () => {
  const key = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 4 });
  const step = fc.record({ key, value: fc.option(fc.uint8Array({ maxLength: 200 })), read: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 0, max: 20_000 }), (steps, maxBytes) => {
      const cache = new BytesCache(maxBytes);
      const model = new Map<string, Uint8Array | null>();
      for (const { key, value, read } of steps) {
        if (read) {
          const found = cache.get(key);
          if (found === undefined) continue;
          if (!model.has(key)) return false;
          const expected = model.get(key) ?? null;
          if (found === null ? expected !== null : expected === null || Buffer.compare(found, expected) !== 0) return false;
        } else {
          cache.set(key, value);
          model.set(key, value);
        }
      }
      return true;
    }),
    { numRuns: 200 },
  );
});

t.test("keeps everything while there is room, and what it handed out stays as it was", async (t) => {
  const cache = new BytesCache(1 << 20);
  for (let i = 0; i < 3000; i++) cache.set(`key ${i}`, bytesOf(i & 255, i >> 8));
  const before = cache.get("key 7");
  cache.set("key 7", bytesOf(1, 2));
  for (let i = 0; i < 3000; i++) if (!cache.has(`key ${i}`)) t.fail(`key ${i} was forgotten`);
  t.same(before, bytesOf(7, 0), "the value that was read first");
  t.same(cache.get("key 7"), bytesOf(1, 2));
  t.equal(cache.get("key 3000"), undefined);
  cache.set("gone", null);
  t.equal(cache.get("gone"), null);
  t.ok(cache.has("gone"));
  t.same(cache.put("kept", bytesOf(9)), bytesOf(9));
});

t.test("stays within its bound, and keeps what is used", async (t) => {
  const maxBytes = 1 << 20;
  const cache = new BytesCache(maxBytes);
  cache.set("used", bytesOf(1));
  const [value, longest] = [new Uint8Array(100), new Uint8Array(65_536).fill(3)];
  for (let i = 0; i < 50_000; i++) {
    cache.set(`other ${i}`, value);
    if (i % 500 === 0 && cache.get("used") === undefined) t.fail("what is used was forgotten");
    if (cache.bytes > maxBytes + 256 * 1024) t.fail(`${cache.bytes} bytes`);
  }
  t.equal(cache.get("other 0"), undefined, "what is not used goes");
  cache.set("long", longest);
  t.same(cache.get("long"), longest);
});

t.test("keys that meet in one place take no longer, and only push each other out", async (t) => {
  const cache = new BytesCache(1 << 14);
  const meeting: string[] = [];
  for (let i = 0; meeting.length < 40; i++) if (placeOf(`m${i}`) === 5) meeting.push(`m${i}`);
  for (const [i, text] of meeting.entries()) cache.set(text, bytesOf(i));
  const found = meeting.filter((text) => cache.has(text));
  t.ok(found.length >= 16 && found.length < meeting.length, `${found.length} of ${meeting.length} were kept`);
  for (const text of found) t.same(cache.get(text), bytesOf(meeting.indexOf(text)));
});

t.test("what was set before does not come back when others take a key's place", async (t) => {
  const meeting: string[] = [];
  for (let i = 0; meeting.length < 60; i++) if (placeOf(`m${i}`) === 5) meeting.push(`m${i}`);
  const victim = meeting.pop() as string;
  // Where the victim lies among those that are searched for at one place depends on how many came before it.
  for (let ahead = 0; ahead < 16; ahead++) {
    const cache = new BytesCache(1 << 14);
    cache.set(victim, bytesOf(1));
    // Until it is among the old entries: the bound of a generation is half of all.
    for (let i = 0; cache.bytes < (1 << 13) + 2048; i++) cache.set(`other ${i}`, new Uint8Array(200));
    for (const text of meeting.slice(0, ahead)) cache.set(text, null);
    cache.set(victim, bytesOf(2));
    for (const text of meeting.slice(ahead)) {
      cache.set(text, null);
      const found = cache.get(victim);
      if (found !== undefined) t.same(found, bytesOf(2));
    }
  }
});

const engine = createEngine({ engine: "auto", keyCacheEntries: 16 });
const hashMessages = engine.hashMessages?.bind(engine);

t.test("paths that the engine hashes are those of node:crypto", { skip: hashMessages === undefined }, async (t) => {
  const texts = Array.from({ length: 700 }, (_, i) => `${i}\xff`.padEnd(1 + (i % 128), "\x00"));
  const one = new PathCache(1 << 16);
  const many = new PathCache(1 << 16, hashMessages);
  t.same(
    many.valueKeysOf(texts).map((key) => Buffer.from(key)),
    texts.map((text) => Buffer.from(one.valueKeyOf(text))),
  );
  t.same(many.valueKeysOf([]), []);
});

t.test("keys of one hash are told apart", async (t) => {
  // Known collisions of 32-bit FNV-1a, on which the hash of the table is built.
  for (const [one, other] of [
    ["costarring", "liquid"],
    ["declinate", "macallums"],
  ] as const) {
    const cache = new BytesCache(1 << 14);
    cache.set(one, bytesOf(1));
    t.equal(cache.get(other), undefined);
    cache.set(other, bytesOf(2));
    t.same([cache.get(one), cache.get(other)], [bytesOf(1), bytesOf(2)]);
  }
});
