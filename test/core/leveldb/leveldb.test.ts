/** LevelDB's files, read without LevelDB: whatever changes in a table is noticed. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import fc from "fast-check";
import t from "tap";
import { damageMark, markDamaged } from "../../../core/leveldb/damage-mark.js";
import { unsnappy } from "../../../core/leveldb/snappy.js";
import { tableDamage } from "../../../core/leveldb/table-file.js";
import { damagedTable } from "../../../core/leveldb/table-patrol.js";
import { seeded } from "../chain/harness.js";

/** The footer: two handles of a few bytes, padding to 40, and a magic number. */
const FOOTER_BYTES = 48;
const MAGIC_BYTES = 8;

/** A database of at least one table each round; every third value can be compressed. */
async function databaseIn(path: string, rounds = 1): Promise<string[]> {
  const options = { keyEncoding: "view", valueEncoding: "view" };
  for (let round = 0; round < rounds; round++) {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(path, options);
    for (let number = 0; number < 1_500; number++) {
      const value = number % 3 === 0 ? new Uint8Array(300).fill(number) : createHash("sha512").update(`${number}`).digest();
      await level.put(createHash("sha256").update(`${round} ${number}`).digest(), value);
    }
    await level.close();
  }
  // At the next open, the log becomes a table.
  const last = new ClassicLevel<Uint8Array, Uint8Array>(path, options);
  await last.open();
  await last.close();
  return (await readdir(path)).filter((name) => name.endsWith(".ldb")).sort();
}

t.test("a bit that flips anywhere in a table is noticed, but in the padding of its footer", async (t) => {
  const path = t.testdir();
  const [name = ""] = await databaseIn(join(path, "level"));
  const original = join(path, "level", name);
  const table = await readFile(original);
  t.equal(await tableDamage(original), undefined, "as LevelDB wrote it, it is whole");
  const random = seeded("flips");
  const places = Array.from({ length: 120 }, () => Math.floor(random() * (table.length - FOOTER_BYTES)));
  for (let at = table.length - FOOTER_BYTES; at < table.length - FOOTER_BYTES + 6; at++) places.push(at);
  for (let at = table.length - MAGIC_BYTES; at < table.length; at++) places.push(at);
  const missed: number[] = [];
  const copy = join(path, "copy.ldb");
  for (const at of places) {
    const bytes = Buffer.from(table);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    await writeFile(copy, bytes);
    if ((await tableDamage(copy)) === undefined) missed.push(at);
  }
  t.strictSame(missed, []);
  for (const bytes of [0, 1, FOOTER_BYTES - 1, FOOTER_BYTES, table.length >> 1, table.length - 1]) {
    await writeFile(copy, table.subarray(0, bytes));
    t.type(await tableDamage(copy), "string", `cut to ${bytes}`);
  }
});

t.test("tables are looked at newest first, up to the bound and the one that goes beyond it", async (t) => {
  const path = t.testdir();
  const tables = await databaseIn(path, 2);
  t.ok(tables.length >= 2, `${tables.length} tables`);
  const oldest = join(path, tables[0] ?? "");
  const bytes = await readFile(oldest);
  bytes[1_000] = (bytes[1_000] ?? 0) ^ 8;
  await writeFile(oldest, bytes);
  for (const limit of [0, 1]) t.equal(await damagedTable(path, limit), undefined, `${limit} bytes`);
  t.match(await damagedTable(path, Number.MAX_SAFE_INTEGER), new RegExp(`its table ${tables[0]} is damaged`));
  await writeFile(join(path, "CURRENT"), "nonsense");
  t.match(await damagedTable(path, 1), /CURRENT/);
});

t.test("a mark says what was found, in a folder that is there or not", async (t) => {
  const path = t.testdir();
  t.equal(await damageMark(join(path, "none")), undefined);
  t.equal(await damageMark(path), undefined);
  await markDamaged(path, "its table is damaged");
  t.equal(await damageMark(path), "its table is damaged");
});

t.test("Snappy: literals, copies that overlap, and nothing that reaches beyond", async (t) => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  t.equal(text(unsnappy(Uint8Array.of(3, 0b000010_00, 0x61, 0x62, 0x63), 100)), "abc");
  t.equal(text(unsnappy(Uint8Array.of(9, 0b000001_00, 0x61, 0x62, 0b000_011_01, 2), 100)), "ababababa", "one byte of distance");
  t.equal(text(unsnappy(Uint8Array.of(6, 0b000000_00, 0x61, 0b000100_10, 1, 0), 100)), "aaaaaa", "two bytes");
  t.equal(text(unsnappy(Uint8Array.of(3, 0b000000_00, 0x61, 0b000001_11, 1, 0, 0, 0), 100)), "aaa", "four bytes");
  const long = new Uint8Array(100).fill(0x7a);
  t.equal(text(unsnappy(Uint8Array.of(100, 0b111100_00, 99, ...long), 100)), "z".repeat(100), "a long literal");
  for (const [bytes, fault] of [
    [[200, 1], /too large/],
    [[3], /ends early/],
    [[3, 0b000010_00, 0x61], /too long/],
    [[3, 0b000000_00, 0x61, 0b000001_10, 2, 0], /beyond/],
    [[3, 0b000000_00, 0x61, 0b000001_10, 0, 0], /beyond/],
    [[2, 0b000000_00, 0x61, 0b001001_10, 1, 0], /beyond/],
    [[0x80], /ends early/],
  ] as const)
    t.throws(() => unsnappy(Uint8Array.from(bytes), 100), { name: "RangeError", message: fault });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        return unsnappy(bytes, 1_000).length <= 1_000;
      } catch (error) {
        return error instanceof RangeError;
      }
    }),
    { numRuns: 2_000 },
  );
});
