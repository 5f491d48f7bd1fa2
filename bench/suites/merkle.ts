/**
 * SHA-256 of 64-byte pairs and SSZ Merkle roots: every engine and tier beside its peers, on one core, interleaved and by CPU
 * time; and the proofs of core/primitives.
 */
import { hash } from "node:crypto";
import { hashInto as wasmHashInto } from "@chainsafe/as-sha256";
import hashtree from "@chainsafe/hashtree";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { assert } from "../../core/kernel/assert.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { type Hash, sha256Of } from "../../core/primitives/hash.js";
import { merkleProof, merkleRoot, verifyMerkleProof } from "../../core/primitives/merkle.js";
import { type ComputeEngine, createEngine, type EngineOptions } from "../../native/index.js";
import { lacking } from "../generator/engines.js";
import type { BenchContext, BenchSuite, ComparedCase } from "../suite.js";

const HASHTREE = "peer/hashtree";
const TIERS = ["avx512", "sha-ni", "portable"] as const;

interface Material {
  readonly pairs: number;
  readonly input: Bytes;
  readonly leaves: Bytes;
  readonly depth: number;
  /** What hashtree says they are. */
  readonly root: Bytes;
  readonly hashes: Bytes;
}

/** A root by a peer that hashes one level a call. */
function rootByLevels(hashInto: (input: Bytes, output: Bytes) => void, leaves: Bytes, work: Bytes): Bytes {
  let level: Bytes = leaves;
  while (level.length > 32) {
    const above = work.subarray(0, level.length / 2);
    hashInto(level, above);
    level = above;
  }
  return level.slice(0, 32);
}

function material({ quick, seed }: BenchContext): Material {
  const depth = quick ? 8 : 16;
  const pairs = quick ? 64 : 4096;
  const leaves = new Uint8Array(32 * 2 ** depth);
  for (let i = 0; i < 2 ** depth; i++) leaves.set(sha256Of(new Uint8Array(new Uint32Array([seed, i]).buffer)), 32 * i);
  const input = leaves.slice(0, 64 * Math.min(pairs, leaves.length / 64));
  const hashes = new Uint8Array(input.length / 2);
  hashtree.hashInto(input, hashes);
  const root = rootByLevels(hashtree.hashInto, leaves, new Uint8Array(leaves.length / 2));
  return { pairs: input.length / 64, input, leaves, depth, root, hashes };
}

const same = (a: Bytes, b: Bytes) => Buffer.compare(a, b) === 0;

function pairsCase(
  name: string,
  run: (input: Bytes, output: Bytes) => void,
  { input, hashes, pairs }: Material,
  reference?: string,
): ComparedCase {
  const output = new Uint8Array(32 * pairs);
  run(input, output);
  assert(same(output, hashes), `${name} hashes rightly`);
  return { name, operations: pairs, run: () => run(input, output), ...(reference === undefined ? {} : { reference }) };
}

/** Counted in hashes: a tree of 2^n leaves has 2^n - 1 of them. */
function rootCase(name: string, run: (leaves: Bytes) => Bytes, { leaves, root, depth }: Material, reference?: string): ComparedCase {
  const checked = () => assert(same(run(leaves), root), `${name} finds the root`);
  checked();
  return { name, operations: 2 ** depth - 1, run: checked, ...(reference === undefined ? {} : { reference }) };
}

/** One hash and one object at a time, as applications do it. */
function nodeCryptoPairs(input: Bytes, output: Bytes): void {
  for (let at = 0; at < input.length; at += 64) output.set(hash("sha256", input.subarray(at, at + 64), "buffer"), at / 2);
}

function engineCases(name: string, engine: ComputeEngine, given: Material): ComparedCase[] {
  return [
    pairsCase(
      `${name}/pairs-4096`,
      (input, output) => engine.hashPairs(input, output, "plain", 0, given.pairs),
      given,
      `${HASHTREE}, pairs`,
    ),
    rootCase(`${name}/root-65536`, (leaves) => engine.subtreeRoot(leaves, 0, given.depth), given, `${HASHTREE}, root`),
  ];
}

function peers(given: Material): ComparedCase[] {
  const work = new Uint8Array(given.leaves.length / 2);
  const noblePairs = (input: Bytes, output: Bytes) => {
    for (let at = 0; at < input.length; at += 64) output.set(nobleSha256(input.subarray(at, at + 64)), at / 2);
  };
  return [
    pairsCase(`${HASHTREE}, pairs`, hashtree.hashInto, given),
    rootCase(`${HASHTREE}, root`, (leaves) => rootByLevels(hashtree.hashInto, leaves, work), given),
    pairsCase("peer/as-sha256, pairs", wasmHashInto, given, `${HASHTREE}, pairs`),
    pairsCase("peer/node-crypto, pairs", nodeCryptoPairs, given, `${HASHTREE}, pairs`),
    pairsCase("peer/noble, pairs", noblePairs, given, `${HASHTREE}, pairs`),
  ];
}

async function proofs(context: BenchContext): Promise<void> {
  const leaves = Array.from({ length: 1_024 }, (_, index) => sha256Of(new Uint8Array(new Uint32Array([context.seed, index]).buffer)));
  await context.measure("root of 1024", () => void merkleRoot(leaves), { unit: "leaves/s", operations: 1_024 });
  const leaf = leaves[500] as Hash;
  const [root, proof] = [merkleRoot(leaves), merkleProof(leaves, 500)];
  const operations = context.quick ? 5 : 2_000;
  const verify = () => {
    for (let index = 0; index < operations; index++) assert(verifyMerkleProof(root, leaf, proof), "the proof holds");
  };
  await context.measure("verify a proof", verify, { unit: "ops/s", operations });
}

const suite: BenchSuite = {
  name: "merkle",
  description: "SHA-256 of pairs and SSZ Merkle roots, every engine and tier beside its peers, one core, by CPU time",
  async run(context) {
    const given = material(context);
    const cases = peers(given);
    const add = (name: string, chosen: Omit<EngineOptions, "keyCacheEntries">) => {
      const options: EngineOptions = { ...chosen, keyCacheEntries: 0 };
      const reason = lacking(options);
      if (reason === undefined) cases.push(...engineCases(name, createEngine(options), given));
      else for (const what of ["pairs-4096", "root-65536"]) context.skip(`${name}/${what}`, reason);
    };
    for (const tier of TIERS) add(tier, { engine: "native", tiers: { sha256: tier } });
    add("wasm", { engine: "wasm" });
    add("js", { engine: "js" });
    await context.compare("hashes/s", cases);
    await proofs(context);
  },
};

export default suite;
