import t from "tap";
import { encodeHistoryPointer, keys, WHOLE_HISTORY } from "../../../core/chain/records.js";
import { compactStorage } from "../../../core/database/compact.js";
import { Mend } from "../../../core/database/findings.js";
import {
  DATABASE_FORMAT,
  formatOperation,
  migrate,
  planMigration,
  prepareDatabase,
  readDatabaseFormat,
} from "../../../core/database/format.js";
import { MIGRATIONS, type Migration } from "../../../core/database/migrations.js";
import {
  carryOver,
  executeBlocks,
  heightToGoOnFrom,
  rebuildPages,
  rebuildTransactions,
  requireAllBlocks,
} from "../../../core/database/rebuild.js";
import { rewind, rewindHorizon } from "../../../core/database/rewind.js";
import { recordStats } from "../../../core/database/stats.js";
import { SILENT_WORK, type Stage } from "../../../core/database/work.js";
import { asciiBytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { ARCHIVE_KEY, decodeArchive, differenceKey, encodeArchive, encodeDifference } from "../../../core/state/archive-records.js";
import { CHAIN_ID, NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { BlockMaker, CutStorage, replay, rootOf, scripted, TestNode, transfer } from "../chain/harness.js";
import { testCompute, testScheduler } from "../state/fixtures.js";
import { factsOf, fixture, put, verified } from "./fixtures.js";

const { node, blocks } = await fixture();
const parts = { compute: testCompute as never, scheduler: testScheduler };

/** What a check of a damaged copy says. */
async function afterDamage(damage: (copy: CutStorage) => Promise<void>) {
  const copy = await node.storage.copied();
  await damage(copy);
  try {
    return await verified(copy);
  } catch (error) {
    // Without a head there is no chain to check.
    return { count: 1, mend: undefined, faults: [], refused: (error as { readonly code?: string }).code };
  }
}

t.test("verify finds a whole database whole, and counts it", async (t) => {
  const { count, faults, counts, facts } = await verified(node.storage);
  t.equal(count, 0, JSON.stringify(faults));
  t.match(counts, { blocks: 14, transactions: 24, undoBlocks: 5 });
  t.ok(counts.entries > 8 && counts.pages > 1);
  t.equal(facts?.head.height, 12);
});

t.test("a flipped bit in any kind of record is found and named, wherever in it", async (t) => {
  const kinds = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25];
  const mends: Record<number, readonly string[]> = {
    1: [Mend.copy],
    2: [Mend.copy],
    3: [Mend.copy],
    4: [Mend.state],
    5: [Mend.transactions],
    32: [Mend.state],
    33: [Mend.pages, Mend.state],
    34: [Mend.state],
  };
  for (const kind of kinds) {
    const records = await node.storage.keys(kind);
    t.ok(records.length > 0, `there are records of kind ${kind}`);
    for (const at of [records[0], records[records.length >> 1]]) {
      if (at === undefined) continue;
      const length = node.storage.get(at)?.length ?? 0;
      for (const byte of new Set([0, length >> 1, length - 1])) {
        const { count, mend } = await afterDamage((copy) => copy.flip(at, byte));
        t.ok(count > 0, `kind ${kind}, byte ${byte}`);
        if (mends[kind] !== undefined) t.ok(mends[kind]?.includes(mend ?? ""), `kind ${kind}: ${mend}`);
      }
    }
  }
});

t.test("a record that is gone is found", async (t) => {
  for (const kind of [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25]) {
    const records = await node.storage.keys(kind);
    for (const at of [records[0], records.at(-1)]) {
      if (at === undefined) continue;
      // The side block's body and the engine's snapshot are linked to nothing.
      const isSide = kind === 1 && !blocks.some(({ id }) => Hash.key(id) === Buffer.from(at.subarray(1)).toString("hex"));
      const isSnapshot = kind === 8 && Buffer.from(at.subarray(1)).toString() === "snapshot";
      // The oldest event is the one that is forgotten next.
      const isOldestEvent = kind === 6 && at === records[0];
      if (isSide || isSnapshot || isOldestEvent) continue;
      const { count } = await afterDamage((copy) => put(copy, [{ type: "del", key: at }]));
      t.ok(count > 0, `kind ${kind}: ${Buffer.from(at).toString("hex")}`);
    }
  }
});

t.test("values and places that belong to nothing are found", async (t) => {
  const stray = new Uint8Array(33).fill(0x77);
  stray[0] = 0x20;
  t.match((await afterDamage((copy) => put(copy, [{ type: "put", key: stray, value: Uint8Array.of(1, 2, 3) }]))).faults, [
    { reason: "no page knows of it" },
  ]);
  const page = Uint8Array.of(0x21, 2, 0xfe);
  t.match((await afterDamage((copy) => put(copy, [{ type: "put", key: page, value: new Uint8Array(4) }]))).mend, Mend.pages);
});

t.test("rebuilding pages and places of transactions, cut at each write", async (t) => {
  for (let cutAt = 0; ; cutAt++) {
    const copy = await node.storage.copied();
    for (const at of await copy.keys(0x21)) await put(copy, [{ type: "put", key: at, value: new Uint8Array(3) }]);
    for (const at of (await copy.keys(0x05)).slice(3)) await put(copy, [{ type: "del", key: at }]);
    t.equal((await verified(copy)).count > 0, true);
    const dying = copy.reopened(cutAt);
    const both = async (storage: CutStorage) => {
      await rebuildPages({ storage, ...parts }, SILENT_WORK);
      return rebuildTransactions(storage, CHAIN_ID, 12, SILENT_WORK);
    };
    const ended = await Promise.race([both(dying), dying.cut]);
    const again = dying.reopened();
    if (ended === "cut") {
      t.ok((await verified(again)).count > 0, "half of it is seen as what it is");
      await both(again);
    }
    const after = await verified(again);
    t.equal(after.count, 0, `cut at ${cutAt}: ${JSON.stringify(after.faults[0])}`);
    if (ended !== "cut") break;
  }
});

t.test("pages of values that are damaged themselves are refused", async (t) => {
  const copy = await node.storage.copied();
  const [value] = await copy.keys(0x20);
  await copy.flip(value ?? new Uint8Array(1), (copy.get(value ?? new Uint8Array(1))?.length ?? 1) - 1);
  await t.rejects(rebuildPages({ storage: copy, ...parts }, SILENT_WORK), { code: "STATE_ROOT_MISMATCH" });
});

t.test("rewind", async (t) => {
  const lowest = rewindHorizon(await factsOf(node.storage));
  const go = async (storage: CutStorage, to: number, drop: boolean) =>
    rewind(
      { storage, ...parts, logger: SILENT, metrics: NO_METRICS, facts: await factsOf(storage), chainId: CHAIN_ID, to, drop },
      SILENT_WORK,
    );

  await t.test("to each height within the horizon; the node comes up there, or goes forward again", async (t) => {
    for (let to = lowest; to <= 12; to++)
      for (const drop of [true, false]) {
        const copy = await node.storage.copied();
        await go(copy, to, drop);
        const after = await verified(copy);
        t.equal(after.count, 0, `to ${to}: ${JSON.stringify(after.faults[0])}`);
        t.equal(after.facts?.head.height, to);
        t.ok((after.facts?.finalizedHeight ?? 99) <= to);
        const started = await new TestNode(node.setup, copy).start();
        if (drop) t.equal(started.height, to, "nothing above is known any more");
        else t.equal(started.height, 12, "the engine chose what was kept");
        const expected = rootOf(await replay(blocks.slice(0, started.height).map(({ block }) => block)));
        t.equal(Hash.key(started.view().root), expected);
        if (drop) for (const { block } of blocks.slice(to)) await started.chain.import(block);
        t.equal(started.height, 12);
        t.equal((await started.events()).at(-1)?.sequence, started.chain.events.latest);
        await started.stop();
        t.equal((await verified(copy)).count, 0, "and is whole after that");
      }
  });

  await t.test("cut at each write, it stands at some height between, and goes on", async (t) => {
    for (let cutAt = 0; ; cutAt++) {
      const dying = (await node.storage.copied()).reopened(cutAt);
      const ended = await Promise.race([go(dying, lowest, true), dying.cut]);
      const again = dying.reopened();
      const between = await verified(again);
      t.equal(between.count, 0, `cut at ${cutAt}: ${JSON.stringify(between.faults[0])}`);
      await go(again, lowest, true);
      t.equal((await factsOf(again)).head.height, lowest);
      if (ended !== "cut") break;
    }
  });

  await t.test("an archive goes on; one that is being dropped is left to whoever drops it", async (t) => {
    const { flushedHeight } = await factsOf(node.storage);
    const archiveAfter = async (standing: "keeping" | "dropping") => {
      const copy = await node.storage.copied();
      const through = standing === "keeping" ? flushedHeight : 0;
      const archive = encodeArchive({ standing, from: 0, through, cursor: Hash.zero });
      const left = [1, 2, 3].map((height) => differenceKey(new Uint8Array(33), height));
      await put(copy, [
        { type: "put", key: ARCHIVE_KEY, value: archive },
        ...left.map((key) => ({ type: "put" as const, key, value: encodeDifference(key, null) })),
      ]);
      await go(copy, lowest, false);
      const stored = copy.get(ARCHIVE_KEY);
      const differences = left.filter((key) => copy.get(key) !== undefined).length;
      return { ...(stored === undefined ? undefined : decodeArchive(stored)), differences };
    };
    t.match(await archiveAfter("dropping"), { standing: "dropping", from: 0, differences: 3 });
    t.match(await archiveAfter("keeping"), { standing: "keeping", from: 0, through: lowest, differences: 3 });
  });

  await t.test("beyond what undo reaches, or above the head, is refused", async (t) => {
    await t.rejects(go(await node.storage.copied(), lowest - 1, false), { code: "REWIND_IMPOSSIBLE", message: /undo records reach down/ });
    await t.rejects(go(await node.storage.copied(), 13, false), { code: "REWIND_IMPOSSIBLE" });
  });
});

t.test("what is executed again begins its log of events above the old one's, so that no old cursor gets another meaning", async (t) => {
  const { events: old } = (await factsOf(node.storage)).pointer;
  for (const [to, keepAbove] of [
    [12, true],
    [9, false],
    [0, false],
  ] as const) {
    const executed = await scripted({ payloads: true, finalAtDepth: 5 });
    await executeBlocks(node.storage, executed.chain, to, SILENT_WORK);
    await executed.stop();
    const carry = (into: CutStorage) => carryOver(node.storage, into, keepAbove ? to : undefined, SILENT_WORK);
    for (let cutAt = 0; ; cutAt++) {
      const dying = (await executed.storage.copied()).reopened(cutAt);
      const ended = await Promise.race([carry(dying), dying.cut]);
      const again = dying.reopened();
      t.equal((await verified(again)).count, 0, `to ${to}, cut at ${cutAt}`);
      await carry(again);
      const after = await verified(again);
      t.equal(after.count, 0, `to ${to}, done again after a cut at ${cutAt}: ${JSON.stringify(after.faults[0])}`);
      if (ended === "cut") continue;
      const started = await new TestNode(executed.setup, again).start();
      const { events } = started.chain;
      for (const cursor of [0, 1, old - 1, old])
        await t.rejects(events.read(cursor, 1), { code: "EVENTS_PRUNED", data: { oldest: old + 2 } }, `cursor ${cursor}`);
      t.match(await events.read(old + 1, 9), [{ sequence: old + 2, type: "finalized" }]);
      for (const { block } of blocks.slice(to)) await started.chain.import(block);
      t.equal(started.height, 12);
      await t.rejects(events.read(old, 1), { code: "EVENTS_PRUNED" }, "nor after it has grown again");
      t.equal((await events.read(old + 2, 1_000)).filter(({ type }) => type === "applied").length, 12 - to);
      await started.stop();
      t.equal((await verified(again)).count, 0, "and a start finds it whole");
      break;
    }
  }
});

t.test("what an earlier run executed is gone on with only as far as its blocks are canonical", async (t) => {
  const upTo = async (height: number) => {
    const copy = await node.storage.copied();
    const facts = await factsOf(copy);
    const parts_ = { storage: copy, ...parts, logger: SILENT, metrics: NO_METRICS, facts, chainId: CHAIN_ID, to: height, drop: true };
    await rewind(parts_, SILENT_WORK);
    return copy;
  };
  const source = node.storage;
  t.equal(heightToGoOnFrom(source, await upTo(9), 12), 9);
  t.equal(heightToGoOnFrom(source, source, 12), 12);
  t.equal(heightToGoOnFrom(source, source, 11), undefined, "it stands above");
  t.equal(heightToGoOnFrom(source, await CutStorage.empty(), 12), undefined, "it has no chain");
  // The source went back to 9 and came to another block at height 10.
  const other = await node.storage.copied();
  await put(other, [{ type: "put", key: keys.canonical(10), value: other.get(keys.canonical(4)) ?? new Uint8Array(0) }]);
  t.equal(heightToGoOnFrom(other, await upTo(10), 12), undefined, "another block is canonical there");
  t.equal(heightToGoOnFrom(other, await upTo(9), 12), 9);
  t.equal(heightToGoOnFrom(await upTo(8), await upTo(9), 8), undefined);

  t.equal(requireAllBlocks(source, ""), undefined);
  const pruned = await node.storage.copied();
  const history = encodeHistoryPointer({ ...WHOLE_HISTORY, bodiesFrom: 5, sweptTo: 5 });
  await put(pruned, [{ type: "put", key: keys.pointer("history"), value: history }]);
  t.throws(() => requireAllBlocks(pruned, "do that"), { code: "DATABASE_BLOCKS_NOT_KEPT", message: /from height 5 on.*do that/ });
});

t.test("compaction tells its ranges, and stops between two", async (t) => {
  const copy = await node.storage.copied();
  let ranges = 0;
  copy.compact = async () => void ranges++;
  let total = 0;
  let done = 0;
  const work = (stopAt: number) => ({
    progress: {
      stage: (stage: Stage) => {
        total = stage.total ?? 0;
        done = 0;
      },
      done: (amount: number) => {
        done += amount;
      },
    },
    cancellation: {
      get requested() {
        return ranges >= stopAt;
      },
    },
  });
  await t.rejects(compactStorage(copy, work(3)), { code: "DATABASE_INTERRUPTED" });
  t.equal(ranges, 3);
  t.equal(done, 3);
  ranges = 0;
  await compactStorage(copy, work(Number.POSITIVE_INFINITY));
  t.ok(total > 20 && ranges === total && done === total, `${ranges} of ${total}`);
});

t.test("stats counts every record once", async (t) => {
  const kinds = await recordStats(node.storage, SILENT_WORK);
  t.equal(kinds.find(({ kind }) => kind === "blocks")?.records, 14);
  let all = 0;
  for await (const _ of node.storage.range({})) all++;
  t.equal(
    kinds.reduce((sum, { records }) => sum + records, 0),
    all,
  );
});

t.test("formats", async (t) => {
  /** A database as the first version of the program left it. */
  const formatOne = async () => {
    const copy = await node.storage.copied();
    for (const name of ["history", "format"] as const) await put(copy, [{ type: "del", key: keys.pointer(name) }]);
    return copy;
  };
  const raised: number[] = [];
  const context = (storage: CutStorage) => ({ storage, ...parts, path: "here", raise: async (format: number) => void raised.push(format) });
  const start = (storage: CutStorage, policy: "quick" | "always" | "never") =>
    prepareDatabase({ ...context(storage), logger: SILENT, isOnDisk: true }, policy);

  await t.test("what is there is told, and a dry run changes nothing", async (t) => {
    const old = await formatOne();
    t.same(await readDatabaseFormat(old, "here"), { format: 1 });
    t.same(await readDatabaseFormat(await CutStorage.empty(), "here"), undefined);
    t.match(await planMigration(old, "here"), [{ from: 1, to: 2, records: 1, quick: true, begun: false }]);
    t.equal(old.writes, 0);
    t.same(raised, []);
  });

  await t.test("the real migrations, cut at each write: nothing is lost, the directory is raised first, and it goes on", async (t) => {
    for (let cutAt = 0; ; cutAt++) {
      raised.length = 0;
      const dying = (await formatOne()).reopened(cutAt);
      const ended = await Promise.race([migrate(context(dying)), dying.cut]);
      t.same(raised, [DATABASE_FORMAT], "an older program is kept out before anything is written");
      const again = dying.reopened();
      if (ended === "cut") {
        t.equal((await verified(again)).count, 0, "half-way, everything is there");
        if (cutAt > 0) t.match(await planMigration(again, "here"), [{ from: 1, begun: true }]);
        await migrate(context(again));
      }
      t.same(await readDatabaseFormat(again, "here"), { format: DATABASE_FORMAT });
      t.ok(again.get(keys.pointer("history")));
      t.equal((await verified(again)).count, 0);
      t.same(await migrate(context(again)), [], "and there is nothing more to do");
      if (ended !== "cut") break;
    }
  });

  await t.test("a long migration in many batches, cut at each write, resumes and does each record once", async (t) => {
    const long: Migration = {
      title: "reseal events",
      estimate: async () => ({ records: 17, seconds: 200, extraBytes: 1, quick: false }),
      run: async ({ storage, finish }) => {
        const done = storage.get(Uint8Array.of(0xf0))?.[0] ?? 0;
        for (let each = done; each < 5; each++)
          await storage.write(
            [
              { type: "put", key: Uint8Array.of(0xf1, each), value: Uint8Array.of((storage.get(Uint8Array.of(0xf1, each))?.[0] ?? 0) + 1) },
              { type: "put", key: Uint8Array.of(0xf0), value: Uint8Array.of(each + 1) },
            ],
            { durable: false },
          );
        await finish([{ type: "del", key: Uint8Array.of(0xf0) }]);
      },
    };
    const both = [...MIGRATIONS, long];
    for (let cutAt = 0; ; cutAt++) {
      const dying = (await formatOne()).reopened(cutAt);
      const ended = await Promise.race([migrate(context(dying), SILENT_WORK, both), dying.cut]);
      const again = dying.reopened();
      if (ended === "cut") await migrate(context(again), SILENT_WORK, both);
      for (let each = 0; each < 5; each++) t.same(again.get(Uint8Array.of(0xf1, each)), Uint8Array.of(1), `cut at ${cutAt}`);
      t.equal(again.get(Uint8Array.of(0xf0)), undefined);
      if (ended !== "cut") break;
    }
  });

  await t.test("the start of a node goes by its policy", async (t) => {
    const fresh = await CutStorage.empty();
    await start(fresh, "never");
    t.same(await readDatabaseFormat(fresh, "here"), { format: DATABASE_FORMAT }, "a new database says so from the beginning");
    const old = await formatOne();
    await t.rejects(start(old, "never"), { code: "DATA_FORMAT_OLDER", message: /chainwright db migrate/ });
    t.equal(old.writes, 0);
    await start(old, "quick");
    t.same(await readDatabaseFormat(old, "here"), { format: DATABASE_FORMAT });
  });

  await t.test("a newer one, and one that is damaged, are refused", async (t) => {
    const copy = await node.storage.copied();
    await put(copy, [formatOperation({ format: DATABASE_FORMAT + 1 })]);
    await t.rejects(readDatabaseFormat(copy, "here"), { code: "DATA_FORMAT_NEWER" });
    await copy.flip(keys.pointer("format"), 6);
    await t.rejects(readDatabaseFormat(copy, "here"), { code: "DATA_FORMAT_DAMAGED" });
  });

  await t.test("another program's is refused before anything is written to it", async (t) => {
    const foreign = await CutStorage.empty();
    await put(foreign, [{ type: "put", key: asciiBytes("user:1"), value: asciiBytes("{}") }]);
    const { writes } = foreign;
    await t.rejects(start(foreign, "always"), { code: "DATA_FORMAT_FOREIGN" });
    t.equal(foreign.writes, writes);
    const headless = await formatOne();
    await put(headless, [{ type: "del", key: keys.pointer("head") }]);
    await t.rejects(start(headless, "always"), { code: "DATA_FORMAT_FOREIGN" }, "nor is one begun anew that lost its head");
  });
});

t.test("whatever a kill left is whole: state may be on disk before the head that it belongs to", async (t) => {
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 6, (index) => ({ transactions: [transfer(0, index, 1)], weight: 2 }));
  const rivals = await maker.row(row[2] ?? maker.genesis, 5, () => ({ weight: 9, salt: 3 }));
  await maker.node.stop();
  const settings = { payloads: true, finalAtDepth: 3 };
  const options = { flushAfterBlocks: 1, flushAfterMs: 1e9 };
  let ahead = 0;
  for (let cutAt = 1, wasCut = true; wasCut; cutAt++) {
    const storage = (await CutStorage.empty()).reopened(cutAt);
    const life = (async () => {
      const dying = await scripted(settings, { storage, options });
      for (const { block } of [...row, ...rivals]) await dying.chain.import(block);
      await dying.stop();
    })();
    wasCut = (await Promise.race([life, storage.cut])) === "cut";
    const left = storage.reopened();
    const found = await verified(left).catch((error: { readonly code?: string }) => error.code);
    if (typeof found === "string" || found === undefined) {
      t.equal(found, "DATABASE_MISSING", `cut at write ${cutAt}`);
      continue;
    }
    t.equal(found.count, 0, `cut at write ${cutAt}: ${JSON.stringify(found.faults)}`);
    if ((found.facts?.flushedHeight ?? 0) > (found.facts?.head.height ?? 0)) ahead++;
  }
  t.ok(ahead > 0, "there was state ahead of its head");
});
