/** The addon's search for small hashes, in every tier: against node:crypto, at the borders of blocks and counters, and with input that is none. */
import { createHash } from "node:crypto";
import t from "tap";
import { createCounterSearch, describeAddon } from "../../native/index.js";

const described = describeAddon();
const tiers = "tiers" in described ? described.tiers.sha256.available : [];

function hashOf(prefix: Uint8Array, counter: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(counter);
  return createHash("sha256").update(prefix).update(bytes).digest();
}

function searchIn(tier: string) {
  const search = createCounterSearch(tier);
  if ("reason" in search) throw new Error(search.reason);
  return search;
}

if (tiers.length === 0) {
  const search = createCounterSearch();
  t.match(search, { reason: /addon/ });
} else {
  for (const tier of tiers) {
    t.test(tier, (t) => {
      const search = searchIn(tier);
      t.equal(search.tier, tier);
      for (const length of [0, 1, 50, 51, 52, 59, 60, 61, 63, 64, 65, 115, 344, 1_000]) {
        const prefix = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
        for (const from of [0, 70_000, 2 ** 32 - 70]) {
          const hashes = Array.from({ length: 70 }, (_, i) => hashOf(prefix, from + i));
          const [least, second] = [...hashes].sort(Buffer.compare) as [Buffer, Buffer];
          const at = hashes.indexOf(least);
          t.equal(search.find(prefix, from, 70, least), from + at, `${length} bytes from ${from}`);
          t.equal(search.find(prefix, from, at, least), undefined);
          t.equal(search.find(prefix, from, 70, second), from + Math.min(at, hashes.indexOf(second)), "the first, not the least");
          const rest = hashes.slice(at + 1).some((hash) => Buffer.compare(hash, least) <= 0);
          t.notOk(rest);
        }
      }
      t.equal(search.find(new Uint8Array(9), 5, 0, new Uint8Array(32).fill(0xff)), undefined, "none of none");
      t.equal(search.find(new Uint8Array(9), 5, 1, new Uint8Array(32).fill(0xff)), 5);
      t.end();
    });
  }

  t.test("input that is none", (t) => {
    const search = searchIn(tiers[0] as string);
    const [prefix, target] = [new Uint8Array(344), new Uint8Array(32)];
    for (const [what, call] of [
      ["a short target", () => search.find(prefix, 0, 1, target.subarray(1))],
      ["a counter beyond 32 bits", () => search.find(prefix, 2 ** 32 + 1, 0, target)],
      ["counters that go beyond", () => search.find(prefix, 2 ** 32 - 1, 2, target)],
      ["a fraction", () => search.find(prefix, 0.5, 1, target)],
      ["less than none", () => search.find(prefix, 0, -1, target)],
      ["no bytes", () => search.find("prefix" as unknown as Uint8Array, 0, 1, target)],
    ] as const)
      t.throws(call, { code: "NATIVE_INPUT" }, what);
    t.throws(() => createCounterSearch("abacus"), { code: "NATIVE_TIER_UNAVAILABLE" });
    t.end();
  });
}
