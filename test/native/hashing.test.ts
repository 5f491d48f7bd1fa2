/** SHA-256 of pairs and Merkle roots: every engine and tier against node:crypto. */
import { hash } from "node:crypto";
import t, { type Test } from "tap";
import type { HashTag } from "../../core/ports/compute.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { ComputeEngine } from "../../native/index.js";
import { Random } from "../fixtures/random.js";
import { create, forEach, HASHERS } from "./engines.js";

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fff_ffff);
t.comment(`FUZZ_SEED=${SEED}`);

const PAIRS = 2600;
const TAGS: readonly HashTag[] = ["plain", "leaf", "inner"];
const pool = new Random(1).bytes(64 * PAIRS);
const digests: Readonly<Record<HashTag, Bytes>> = {
  plain: new Uint8Array(32 * PAIRS),
  leaf: new Uint8Array(32 * PAIRS),
  inner: new Uint8Array(32 * PAIRS),
};
for (let i = 0; i < PAIRS; i++) {
  const digest = hash("sha256", pool.subarray(64 * i, 64 * i + 64), "buffer");
  const first = digest[0] as number;
  for (const [tag, byte] of [
    ["plain", first],
    ["leaf", first & 0x7f],
    ["inner", first | 0x80],
  ] as const) {
    digests[tag].set(digest, 32 * i);
    digests[tag][32 * i] = byte;
  }
}

const same = (a: Bytes, b: Bytes) => Buffer.compare(a, b) === 0;

/** Memory whose view begins `shift` bytes behind an aligned place. */
function view(length: number, shift: number, shared: boolean): Bytes {
  const memory = shared ? new SharedArrayBuffer(shift + length + 16) : new ArrayBuffer(shift + length + 16);
  return new Uint8Array(memory, shift, length);
}

interface Layout {
  readonly inputShift: number;
  readonly outputShift: number;
  readonly shared: boolean;
}

/** What is wrong with `count` pairs from pair `first` of the pool, of which `from` to `to` are asked for; undefined if nothing is. */
function pairFault(
  engine: ComputeEngine,
  tag: HashTag,
  first: number,
  count: number,
  from: number,
  to: number,
  layout: Layout,
): string | undefined {
  const what = `${tag}, ${from} to ${to} of ${count} pairs from ${first}, ${JSON.stringify(layout)}`;
  const input = view(64 * count, layout.inputShift, layout.shared);
  const source = pool.subarray(64 * first, 64 * (first + count));
  input.set(source);
  const whole = view(32 * count + 8, layout.outputShift, layout.shared).fill(0xa5);
  const output = whole.subarray(0, 32 * count);
  engine.hashPairs(input, output, tag, from, to);
  if (!same(output.subarray(32 * from, 32 * to), digests[tag].subarray(32 * (first + from), 32 * (first + to)))) return `${what}: wrong`;
  if (!same(input, source)) return `${what}: the input was changed`;
  if ([...whole.subarray(0, 32 * from), ...whole.subarray(32 * to)].some((byte) => byte !== 0xa5)) return `${what}: written outside`;
  return undefined;
}

/** The same in place; the output may begin up to `before` bytes before the input. */
function inPlaceFault(
  engine: ComputeEngine,
  tag: HashTag,
  first: number,
  count: number,
  shift: number,
  before: number,
): string | undefined {
  const memory = view(before + 64 * count, shift, false);
  const input = memory.subarray(before);
  input.set(pool.subarray(64 * first, 64 * (first + count)));
  const output = memory.subarray(0, 32 * count);
  engine.hashPairs(input, output, tag, 0, count);
  return same(output, digests[tag].subarray(32 * first, 32 * (first + count)))
    ? undefined
    : `${tag}, ${count} pairs in place, output ${before} bytes before the input: wrong`;
}

function none(t: Test, faults: readonly (string | undefined)[], what: string): void {
  t.same(faults.filter((fault) => fault !== undefined).slice(0, 5), [], what);
}

const ALIGNED: Layout = { inputShift: 0, outputShift: 0, shared: false };

forEach(HASHERS, "pairs", async (t, subject) => {
  const engine = create(subject);
  const random = new Random(SEED);
  const counts = Array.from({ length: 131 }, (_, i) => i);
  for (const tag of TAGS) {
    none(
      t,
      counts.map((count) => pairFault(engine, tag, 0, count, 0, count, ALIGNED)),
      `${tag}: 0 to 130 pairs`,
    );
    none(
      t,
      counts.map((count) => pairFault(engine, tag, count, count, 0, count, { inputShift: 1, outputShift: 3, shared: true })),
      `${tag}: unaligned, shared`,
    );
    none(
      t,
      counts.map((count) => inPlaceFault(engine, tag, 7, count, count % 5, 0)),
      `${tag}: in place`,
    );
    none(
      t,
      counts.map((count) => inPlaceFault(engine, tag, 9, count, 0, count % 67)),
      `${tag}: in place, output first`,
    );
  }
  const faults: (string | undefined)[] = [];
  for (let round = 0; round < 150; round++) {
    const count = 1 + random.below(round < 140 ? 200 : PAIRS);
    const [from, to] = random.distinct(2, count + 1) as [number, number];
    const layout = { inputShift: random.below(64), outputShift: random.below(64), shared: random.chance(50) };
    const tag = random.pick(TAGS);
    faults.push(pairFault(engine, tag, random.below(PAIRS - count + 1), count, from, to, layout));
    faults.push(inPlaceFault(engine, tag, 0, count, random.below(64), random.below(64)));
    faults.push(pairFault(engine, tag, 0, count, to, to, layout));
  }
  none(t, faults, "ranges, sizes and places at random");
});

/** Roots of zero subtrees by depth. */
const zeroRoots: Bytes[] = [new Uint8Array(32)];
for (let depth = 0; depth < 40; depth++)
  zeroRoots.push(new Uint8Array(hash("sha256", Buffer.concat([zeroRoots[depth] as Bytes, zeroRoots[depth] as Bytes]), "buffer")));

/** SSZ merkleization in its plainest words. */
function referenceRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
  if (nodes.length === 0) return zeroRoots[toDepth] as Bytes;
  let level: Bytes = nodes;
  for (let depth = fromDepth; depth < toDepth; depth++) {
    const padded = level.length % 64 === 0 ? level : Buffer.concat([level, zeroRoots[depth] as Bytes]);
    const above = new Uint8Array(padded.length / 2);
    for (let at = 0; at < padded.length; at += 64) above.set(hash("sha256", padded.subarray(at, at + 64), "buffer"), at / 2);
    level = above;
  }
  return level;
}

const SMALL_COUNTS = Array.from({ length: 131 }, (_, i) => i);
const depthOf = (count: number) => (count <= 1 ? 0 : Math.ceil(Math.log2(count)));

/** Trees with their roots, made once for all engines. */
interface Tree {
  readonly nodes: Bytes;
  readonly fromDepth: number;
  readonly toDepth: number;
  readonly root: Bytes;
}

function tree(count: number, fromDepth: number, toDepth: number, shift: number): Tree {
  const nodes = view(32 * count, shift, false);
  for (let at = 0; at < nodes.length; at += pool.length) nodes.set(pool.subarray(0, Math.min(pool.length, nodes.length - at)), at);
  // So that repetitions of the pool differ.
  for (let i = 0; i < count; i += 1000) nodes[32 * i] = i / 1000;
  return { nodes, fromDepth, toDepth, root: referenceRoot(nodes, fromDepth, toDepth) };
}

const random = new Random(SEED);
const trees: Readonly<Record<string, readonly Tree[]>> = {
  "0 to 130 nodes, no deeper than needed": SMALL_COUNTS.map((count) => tree(count, 0, depthOf(count), count % 3)),
  "0 to 130 nodes, padded": SMALL_COUNTS.map((count) => tree(count, 0, depthOf(count) + 1 + (count % 14), 0)),
  "0 to 130 nodes, from above the leaves": SMALL_COUNTS.map((count) =>
    tree(count, count % 23, (count % 23) + depthOf(count) + (count % 3), 1),
  ),
  "the full depth": [0, 1, 2, 3, 130].flatMap((count) => [tree(count, 0, 40, 0), tree(count, 32, 40, 0)]),
  "one node, no levels": [tree(1, 0, 0, 0), tree(1, 40, 40, 5), tree(0, 40, 40, 0)],
  "random sizes": Array.from({ length: 24 }, () => {
    const count = random.below(5000);
    const fromDepth = random.below(20);
    return tree(count, fromDepth, fromDepth + depthOf(count) + random.below(5), random.below(64));
  }),
  "sizes around blocks": [4095, 4096, 4097, 8191, 8193, 12_289].map((count) => tree(count, 0, 20, 0)),
  "70,000 nodes": [tree(70_000, 0, 20, 0), tree(70_001, 3, 20, 7)],
};

forEach(HASHERS, "roots", async (t, subject) => {
  const engine = create(subject);
  for (const [what, cases] of Object.entries(trees)) {
    const faults = cases.map(({ nodes, fromDepth, toDepth, root }) => {
      const before = Buffer.from(nodes);
      const found = engine.subtreeRoot(nodes, fromDepth, toDepth);
      if (!same(before, nodes)) return `${nodes.length / 32} nodes, ${fromDepth} to ${toDepth}: the nodes were changed`;
      if (found.length !== 32 || !same(found, root)) return `${nodes.length / 32} nodes, ${fromDepth} to ${toDepth}: wrong`;
      return undefined;
    });
    none(t, faults, what);
  }
  // Scratch memory of a large tree does not show in a small one.
  none(
    t,
    (trees["0 to 130 nodes, padded"] as Tree[]).map(({ nodes, fromDepth, toDepth, root }) =>
      same(engine.subtreeRoot(nodes, fromDepth, toDepth), root) ? undefined : "wrong after large ones",
    ),
    "small ones again",
  );
  const first = engine.subtreeRoot(pool.subarray(0, 64), 0, 1);
  const kept = first.slice();
  engine.subtreeRoot(pool.subarray(64, 128), 0, 1);
  t.ok(same(first, kept), "an answer is the caller's own");
});
