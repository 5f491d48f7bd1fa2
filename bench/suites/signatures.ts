/**
 * Ed25519 verification from bytes, every engine and tier beside its peers, on one core, interleaved and by CPU time.
 *
 * Cold means cold: these engines keep no keys between calls, and 8,192 signatures rotate. What a cache of keys gives has
 * rows of its own (`warm`). Peers: sodium-native and node:crypto don't follow ZIP-215 (their verdicts on odd encodings
 * differ from ours), @noble/ed25519 does.
 */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import { verify as nobleVerify } from "@noble/ed25519";
import sodium from "sodium-native";
import { assert } from "../../core/kernel/assert.js";
import type { SignatureBatch } from "../../core/primitives/signature-batch.js";
import { createEngine, type EngineOptions } from "../../native/index.js";
import { lacking } from "../generator/engines.js";
import { batchesOf, batchOf, type Signed, signMessages, spoiled } from "../generator/signatures.js";
import type { BenchContext, BenchSuite, ComparedCase } from "../suite.js";

const UNIT = "signatures/s";
const SODIUM = "peer/sodium-native";
const NOBLE = "peer/noble";
/** Native Ed25519 tiers, best first. */
const TIERS = ["ifma", "avx2", "portable"] as const;
const NATIVE_CASES = [
  "distinct-8192",
  "distinct-1024",
  "distinct-64",
  "distinct-8",
  "hot64-1024",
  "single",
  "one-bad-1024",
  "all-bad-1024",
  "warm-distinct-1024",
  "warm-single",
] as const;

/** What is verified, made once for all engines. */
interface Material {
  readonly items: readonly Signed[];
  readonly single: SignatureBatch;
  /** Batches by their size; 8,192 signatures in all. */
  readonly distinct: ReadonlyMap<number, readonly SignatureBatch[]>;
  readonly hot: readonly SignatureBatch[];
  readonly oneBad: readonly SignatureBatch[];
  readonly allBad: SignatureBatch;
  readonly sizes: { readonly whole: number; readonly large: number; readonly small: number };
}

function material({ quick, seed }: BenchContext): Material {
  const sizes = quick ? { whole: 128, large: 64, small: 16 } : { whole: 8192, large: 1024, small: 64 };
  const items = signMessages(seed, sizes.whole, sizes.whole);
  const oneBad = batchesOf(
    // The bad one lies elsewhere in each batch.
    items.map((item, index) =>
      index % sizes.large === (389 * (1 + Math.floor(index / sizes.large))) % sizes.large ? spoiled(item) : item,
    ),
    sizes.large,
  );
  return {
    items,
    single: batchOf(items.slice(0, 256)),
    distinct: new Map([sizes.whole, sizes.large, sizes.small, 8].map((size) => [size, batchesOf(items, size)])),
    hot: batchesOf(signMessages(seed, sizes.whole, Math.min(64, sizes.large)), sizes.large),
    oneBad,
    allBad: batchOf(items.slice(0, sizes.large).map(spoiled)),
    sizes,
  };
}

/** Verifies the next of `batches` with each call, and checks how many are valid. */
function judge(options: EngineOptions, batches: readonly SignatureBatch[], bad = 0): () => void {
  const engine = createEngine(options);
  let next = 0;
  return () => {
    const batch = batches[next++ % batches.length] as SignatureBatch;
    const valid = engine.verify(batch, 0, batch.count, new Uint8Array((batch.count + 7) >> 3));
    assert(valid === batch.count - bad, `${batch.count - bad} of the batch are valid, not ${valid}`);
  };
}

/** Verifies signatures one by one, a call each. */
function judgeSingles(options: EngineOptions, batch: SignatureBatch): () => void {
  const engine = createEngine(options);
  return () => {
    let valid = 0;
    const bitmap = new Uint8Array((batch.count + 7) >> 3);
    for (let i = 0; i < batch.count; i++) valid += engine.verify(batch, i, i + 1, bitmap);
    assert(valid === batch.count, "all are valid");
  };
}

function peers(items: readonly Signed[]): ComparedCase[] {
  const part = items.slice(0, 64);
  const few = items.slice(0, 8);
  const spki = Buffer.from("302a300506032b6570032100", "hex");
  const parse = (key: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" });
  const parsed = part.map(({ publicKey }) => parse(publicKey));
  const each = (list: readonly Signed[], check: (item: Signed, index: number) => boolean) => () => {
    for (const [index, item] of list.entries()) assert(check(item, index), "it is valid");
  };
  let rotation = 0;
  const sodiumRun = () => {
    // As cold as ours: other signatures with each call.
    const from = (64 * rotation++) % items.length;
    for (let i = from; i < Math.min(from + 64, items.length); i++) {
      const { signature, message, publicKey } = items[i] as Signed;
      assert(sodium.crypto_sign_verify_detached(signature, message, publicKey), "it is valid");
    }
  };
  return [
    { name: SODIUM, operations: 64, run: sodiumRun },
    {
      name: NOBLE,
      operations: few.length,
      run: each(few, (item) => nobleVerify(item.signature, item.message, item.publicKey, { zip215: true })),
    },
    {
      name: "peer/node-crypto",
      operations: part.length,
      run: each(part, ({ signature, message, publicKey }) => opensslVerify(null, message, parse(publicKey), signature)),
    },
    {
      name: "peer/node-crypto, keys parsed",
      operations: part.length,
      run: each(part, ({ signature, message }, index) => opensslVerify(null, message, parsed[index] as KeyObject, signature)),
    },
  ];
}

function nativeCases(tier: string, { single, distinct, hot, oneBad, allBad, sizes }: Material): ComparedCase[] {
  const cold: EngineOptions = { engine: "native", tiers: { ed25519: tier }, keyCacheEntries: 0 };
  const warm: EngineOptions = { ...cold, keyCacheEntries: 2 * sizes.large };
  const { whole, large, small } = sizes;
  const of = (size: number) => distinct.get(size) as readonly SignatureBatch[];
  const good = `${tier}/distinct-1024`;
  return [
    { name: `${tier}/distinct-8192`, operations: whole, run: judge(cold, of(whole)), reference: SODIUM },
    { name: good, operations: large, run: judge(cold, of(large)), reference: SODIUM },
    { name: `${tier}/distinct-64`, operations: small, run: judge(cold, of(small)), reference: SODIUM },
    { name: `${tier}/distinct-8`, operations: 8, run: judge(cold, of(8)), reference: SODIUM },
    { name: `${tier}/hot64-1024`, operations: large, run: judge(cold, hot), reference: SODIUM },
    { name: `${tier}/single`, operations: single.count, run: judgeSingles(cold, single), reference: SODIUM },
    { name: `${tier}/one-bad-1024`, operations: large, run: judge(cold, oneBad, 1), reference: good },
    { name: `${tier}/all-bad-1024`, operations: large, run: judge(cold, [allBad], large), reference: good },
    { name: `${tier}/warm-distinct-1024`, operations: large, run: judge(warm, of(large).slice(0, 1)), reference: good },
    { name: `${tier}/warm-single`, operations: single.count, run: judgeSingles(warm, single), reference: `${tier}/single` },
  ];
}

const suite: BenchSuite = {
  name: "signatures",
  description: "Ed25519 under ZIP-215, every engine and tier beside its peers, one core, by CPU time",
  async run(context) {
    const given = material(context);
    const cases = peers(given.items);
    for (const tier of TIERS) {
      const reason = lacking({ engine: "native", tiers: { ed25519: tier }, keyCacheEntries: 0 });
      if (reason === undefined) cases.push(...nativeCases(tier, given));
      else for (const name of NATIVE_CASES) context.skip(`${tier}/${name}`, reason);
    }
    const { large } = given.sizes;
    const batches = given.distinct.get(large) as readonly SignatureBatch[];
    const wasm: EngineOptions = { engine: "wasm", keyCacheEntries: 0 };
    cases.push({ name: "wasm/distinct-1024", operations: large, run: judge(wasm, batches), reference: NOBLE });
    cases.push({ name: "wasm/single", operations: 256, run: judgeSingles(wasm, given.single), reference: NOBLE });
    const part = batchesOf(given.items.slice(0, 128), 64);
    cases.push({ name: "js/distinct-64", operations: 64, run: judge({ engine: "js", keyCacheEntries: 0 }, part), reference: NOBLE });
    await context.compare(UNIT, cases);
  },
};
export default suite;
