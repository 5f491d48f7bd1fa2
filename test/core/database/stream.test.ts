import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { encodeHistoryPointer, keys, WHOLE_HISTORY } from "../../../core/chain/records.js";
import { BlockStreamWriter, readBlockStream, type StreamBlock } from "../../../core/database/block-stream.js";
import { exportToFile } from "../../../core/database/export-file.js";
import { executeBlocks } from "../../../core/database/rebuild.js";
import { exportBlocks, importBlocks } from "../../../core/database/transfer.js";
import { SILENT_WORK } from "../../../core/database/work.js";
import { concatBytes } from "../../../core/primitives/bytes.js";
import { crc32c } from "../../../core/primitives/crc32c.js";
import { Hash } from "../../../core/primitives/hash.js";
import { CHAIN_ID } from "../../plugins/ledger-account/fixtures.js";
import { scripted } from "../chain/harness.js";
import { factsOf, fixture, put, stopsAfter, verified } from "./fixtures.js";

const identity = { chainId: CHAIN_ID, parametersHash: "ab".repeat(32) };
const header = { ...identity, version: 1, genesisId: "cd".repeat(32), from: 1, to: 3 };

function streamOf(blocks: readonly StreamBlock[]): Uint8Array {
  const writer = new BlockStreamWriter();
  return concatBytes(writer.begin(header), ...blocks.map((block) => writer.block(block)), writer.end());
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, size = 1_000): Promise<StreamBlock[]> {
  const out: StreamBlock[] = [];
  for await (const { height, block, certificate } of (await readBlockStream(inPieces(bytes, size))).blocks)
    out.push({ height, block, certificate });
  return out;
}

const someBlocks: readonly StreamBlock[] = [
  { height: 1, block: Uint8Array.of(1, 2, 3), certificate: undefined },
  { height: 2, block: new Uint8Array(40).fill(9), certificate: Uint8Array.of(4) },
  { height: 3, block: new Uint8Array(0), certificate: undefined },
];

t.test("a stream is read as it was written, in pieces of any size", async (t) => {
  const block = fc.record(
    {
      height: fc.nat(),
      block: fc.uint8Array({ maxLength: 300 }),
      certificate: fc.option(fc.uint8Array({ minLength: 1, maxLength: 50 }), { nil: undefined }),
    },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 8 }), fc.integer({ min: 1, max: 700 }), async (blocks, size) => {
      t.strictSame(await readAll(streamOf(blocks), size), blocks);
    }),
    { numRuns: 40 },
  );
});

t.test("cut off anywhere, or with any bit flipped, it is refused with the frame's number", async (t) => {
  const whole = streamOf(someBlocks);
  for (let length = 0; length < whole.length; length++) {
    const error = await readAll(whole.subarray(0, length)).then(
      () => undefined,
      (thrown: { readonly code?: string }) => thrown,
    );
    if (!/^STREAM_(DAMAGED|FOREIGN)$/.test(error?.code ?? "")) t.fail(`cut at ${length}: ${error?.code}`);
  }
  for (let at = 0; at < whole.length; at++) {
    const flipped = new Uint8Array(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    const error = await readAll(flipped).then(
      () => undefined,
      (thrown: { readonly code?: string }) => thrown,
    );
    if (!/^STREAM_(DAMAGED|FOREIGN)$/.test(error?.code ?? "")) t.fail(`byte ${at}: ${error?.code}`);
  }
  const twoFrames = concatBytes(whole.subarray(0, whole.length - 49 - 21));
  await t.rejects(readAll(twoFrames), {
    code: "STREAM_DAMAGED",
    data: { frame: 4, imported: 2 },
    message: /frame 4 .*the 2 blocks before it were taken/,
  });
});

t.test("a header with the right checksum that makes no sense is refused as damage of frame 1", async (t) => {
  for (const text of [
    "",
    "no JSON",
    "null",
    "[]",
    "{}",
    '{"version":1}',
    JSON.stringify({ ...header, to: "3" }),
    JSON.stringify({ ...header, from: 0 }),
  ]) {
    const body = Buffer.from(text);
    const head = new Uint8Array(9);
    const view = new DataView(head.buffer);
    view.setUint8(0, 1);
    view.setUint32(1, body.length);
    view.setUint32(5, (crc32c(body) ^ crc32c(head.subarray(0, 5))) >>> 0);
    await t.rejects(readAll(concatBytes(Buffer.from("CWBLOCKS"), head, body)), { code: "STREAM_DAMAGED", data: { frame: 1 } }, text);
  }
});

t.test("whole frames that are missing are noticed by the end", async (t) => {
  const writer = new BlockStreamWriter();
  const begin = writer.begin(header);
  const frames = someBlocks.map((block) => writer.block(block));
  const end = writer.end();
  await t.rejects(readAll(concatBytes(begin, ...frames.slice(1), end)), { code: "STREAM_DAMAGED", message: /missing or others/ });
});

t.test("from one chain to another", async (t) => {
  const { node, blocks } = await fixture();
  const facts = await factsOf(node.storage);
  const pieces: Uint8Array[] = [];
  const write = async (piece: Uint8Array) => void pieces.push(piece);
  const afterStop = "anew";
  const exportOf = (from?: number, to?: number) => {
    pieces.length = 0;
    return exportBlocks({ storage: node.storage, facts, chain: identity, from, to, write, afterStop }, SILENT_WORK);
  };
  const setup = { payloads: true, finalAtDepth: 5 };

  t.match(await exportOf(), { from: 1, to: 12 });
  const stream = concatBytes(...pieces);
  const fresh = await scripted(setup);
  const cut = inPieces(stream.subarray(0, stream.length >> 1), 100);
  const error = (await importBlocks(fresh.chain, identity, cut, SILENT_WORK).catch((thrown: unknown) => thrown)) as {
    readonly data: { readonly imported: number };
  };
  t.match(error, { code: "STREAM_DAMAGED" });
  t.equal(fresh.height, error.data.imported, "what came before is there");
  t.match(await importBlocks(fresh.chain, identity, inPieces(stream, 333), SILENT_WORK), {
    imported: 12 - error.data.imported,
    skipped: error.data.imported,
  });
  t.equal(fresh.head, Hash.key(blocks.at(-1)?.id ?? Hash.zero));
  await fresh.stop();
  t.equal((await verified(fresh.storage)).count, 0);

  t.match(await exportOf(3, 5), { from: 3, to: 5 });
  const late = await scripted(setup);
  await t.rejects(importBlocks(late.chain, identity, inPieces(concatBytes(...pieces), 100), SILENT_WORK), {
    code: "STREAM_BLOCK_REFUSED",
    message: /frame 2 of the stream, block 3, was refused: BLOCK_UNKNOWN_PARENT/,
  });
  await t.rejects(importBlocks(late.chain, { ...identity, chainId: "other" }, inPieces(stream, 100), SILENT_WORK), {
    code: "STREAM_FOREIGN",
  });
  await t.rejects(importBlocks(late.chain, identity, inPieces(Buffer.from("no stream at all"), 100), SILENT_WORK), {
    code: "STREAM_FOREIGN",
  });
  // A good frame around what is no block.
  const writer = new BlockStreamWriter();
  const junk = concatBytes(
    writer.begin({ ...header, genesisId: facts.genesisId }),
    writer.block({ height: 1, block: Uint8Array.of(1, 2, 3), certificate: undefined }),
    writer.end(),
  );
  await t.rejects(importBlocks(late.chain, identity, inPieces(junk, 100), SILENT_WORK), {
    code: "STREAM_BLOCK_REFUSED",
    data: { frame: 2 },
  });
  // Executed again from a database whose canonical index is wrong.
  const strict = await scripted({ payloads: true, finalAtDepth: 5 });
  const damaged = await node.storage.copied();
  await put(damaged, [{ type: "put", key: keys.canonical(2), value: damaged.get(keys.canonical(4)) ?? new Uint8Array(0) }]);
  await t.rejects(executeBlocks(damaged, strict.chain, 12, SILENT_WORK), {
    code: "DATABASE_BLOCK_DIFFERS",
    data: { height: 2, code: "BLOCK_UNKNOWN_PARENT" },
  });
  await strict.stop();
  await put(damaged, [{ type: "del", key: keys.canonical(1) }]);
  const empty = await scripted({ payloads: true, finalAtDepth: 5 });
  await t.rejects(executeBlocks(damaged, empty.chain, 12, SILENT_WORK), { code: "DATABASE_BLOCK_MISSING" });
  await empty.stop();
  await late.stop();
  for (const [from, to] of [
    [0, 3],
    [1, 13],
    [5, 4],
  ] as const)
    await t.rejects(exportOf(from, to), { code: "EXPORT_RANGE" });
  // Begun from a snapshot of height 12, and nothing came since.
  await put(node.storage, [
    { type: "put", key: keys.pointer("history"), value: encodeHistoryPointer({ ...WHOLE_HISTORY, bodiesFrom: 13, sweptTo: 13 }) },
  ]);
  await t.rejects(exportOf(), { code: "EXPORT_RANGE", message: /keeps blocks from height 13 on, and its head is at 12/ });
});

t.test("an export into a file goes on behind the last whole block, wherever it was cut off", async (t) => {
  const { node } = await fixture();
  const facts = await factsOf(node.storage);
  const folder = await mkdtemp(join(tmpdir(), "chainwright-export-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "blocks.cw");
  const part = `${file}.part`;
  const range = { storage: node.storage, facts, chain: identity, from: undefined, to: undefined };
  const run = (change: Partial<typeof range> | { readonly to: number; readonly from?: number } = {}, work = SILENT_WORK) =>
    exportToFile(file, { ...range, ...change }, work);

  t.match(await run(), { from: 1, to: 12, before: 0 });
  const whole = await readFile(file);
  t.same(await readdir(folder), ["blocks.cw"]);
  const endsOf = [];
  const { headerBytes, blocks } = await readBlockStream(inPieces(whole, 5_000));
  for await (const { endOffset } of blocks) endsOf.push(endOffset);

  // A cut or a flipped bit anywhere: what is whole before it stays.
  const places = [
    0,
    8,
    headerBytes,
    endsOf[0] ?? 0,
    (endsOf[0] ?? 0) + 1,
    (endsOf[4] ?? 0) - 1,
    endsOf[6] ?? 0,
    whole.length - 1,
    whole.length,
  ];
  for (const place of places)
    for (const how of ["cut", "flipped"]) {
      await rm(file);
      const left = how === "cut" ? whole.subarray(0, place) : Buffer.from(whole);
      if (how === "flipped" && place < whole.length) left[place] = (left[place] ?? 0) ^ 4;
      await writeFile(part, left);
      const before = endsOf.filter((end) => end <= place).length;
      t.match(await run(), { from: 1, to: 12, before, bytes: whole.length }, `${how} at ${place}`);
      t.ok(whole.equals(await readFile(file)), "and comes to the same");
    }

  for (let looks = 0; ; looks++) {
    const ended = await run({}, stopsAfter(looks)).catch((error: { readonly code: string; readonly message: string }) => error);
    if (!("code" in ended)) {
      t.ok(ended.before > 0, "what earlier runs wrote was kept");
      break;
    }
    t.match(ended, { code: "DATABASE_INTERRUPTED", message: /goes on where it was/ });
    if (looks > 40) return t.fail("it never ends");
  }
  t.ok(whole.equals(await readFile(file)));

  // The head moved on meanwhile.
  await run({ to: 7 });
  await rename(file, part);
  t.match(await run(), { to: 12, before: 7 });
  t.ok(whole.equals(await readFile(file)));

  // Of other blocks, or of another chain: begun anew.
  for (const change of [{ chain: { ...identity, chainId: "other" } }, { from: 2 }, { to: 5 }]) {
    await writeFile(part, whole);
    t.match(await run(change as never), { before: 0 }, JSON.stringify(change));
  }
  await writeFile(part, whole.subarray(0, endsOf[4]));
  const other = await node.storage.copied();
  await put(other, [{ type: "put", key: keys.canonical(5), value: other.get(keys.canonical(4)) ?? new Uint8Array(0) }]);
  t.match(await run({ storage: other }), { before: 0 }, "the last of its blocks is not canonical any more");

  await t.rejects(exportToFile(join(folder, "no", "folder.cw"), range, SILENT_WORK), {
    code: "DATABASE_PATH_REFUSED",
    message: /check the path/,
  });
  await t.rejects(run({ to: 99 }), { code: "EXPORT_RANGE", message: /there are 1 to 12/ });
});
