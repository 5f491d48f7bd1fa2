import fc from "fast-check";
import t from "tap";
import { BlockStreamWriter, readBlockStream, type StreamBlock } from "../../../core/database/block-stream.js";
import { exportBlocks, importBlocks } from "../../../core/database/transfer.js";
import { SILENT_WORK } from "../../../core/database/work.js";
import { concatBytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { CHAIN_ID } from "../../plugins/ledger-account/fixtures.js";
import { scripted } from "../chain/harness.js";
import { factsOf, fixture, verified } from "./fixtures.js";

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
  const exportOf = (from?: number, to?: number) => {
    pieces.length = 0;
    return exportBlocks({ storage: node.storage, facts, chain: identity, from, to, write }, SILENT_WORK);
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
  await late.stop();
  for (const [from, to] of [
    [0, 3],
    [1, 13],
    [5, 4],
  ] as const)
    await t.rejects(exportOf(from, to), { code: "EXPORT_RANGE" });
});
