/**
 * The engines and tiers that the tests hold against each other. What this machine lacks (a tier that its processor does not
 * have, an addon that was not built) is reported as skipped, and fails where REQUIRE_TIERS=1. Anything else that keeps an
 * engine from running is a failure everywhere.
 */
import t, { type Test } from "tap";
import { ChainwrightError } from "../../core/kernel/errors.js";
import type { ComputeTiers } from "../../core/ports/compute.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { type ComputeEngine, createEngine, type EngineOptions } from "../../native/index.js";
import { type Packing, packed, type Signed } from "./signed.js";

const REQUIRED = process.env.REQUIRE_TIERS === "1";

/** An engine that a test is to run. */
export interface Subject {
  readonly name: string;
  readonly options: Pick<EngineOptions, "engine" | "tiers">;
  /** Good signatures a millisecond, roughly: tests choose their sizes by it. */
  readonly speed: number;
}

const native = (name: string, speed: number, tiers: Partial<ComputeTiers>): Subject => ({
  name,
  speed,
  options: { engine: "native", tiers },
});
const WASM: Subject = { name: "wasm", speed: 10, options: { engine: "wasm" } };
const JS: Subject = { name: "js", speed: 1, options: { engine: "js" } };

/** Every way to verify. */
export const VERIFIERS: readonly Subject[] = [
  native("ifma", 300, { ed25519: "ifma", sha512: "avx512" }),
  native("avx2", 150, { ed25519: "avx2", sha512: "avx2" }),
  native("portable", 60, { ed25519: "portable", sha512: "portable" }),
  WASM,
  JS,
];

/** Every way to hash challenges, under the plainest curve. */
export const CHALLENGERS: readonly Subject[] = [
  ...["avx512", "avx2", "portable"].map((sha512) => native(`sha512 ${sha512}`, 60, { ed25519: "portable", sha512 })),
  WASM,
  JS,
];

/** Every way to hash pairs. */
export const HASHERS: readonly Subject[] = [
  ...["avx512", "sha-ni", "portable"].map((sha256) => native(`sha256 ${sha256}`, 60, { sha256 })),
  WASM,
  JS,
];

export function create(subject: Subject, keyCacheEntries = 64): ComputeEngine {
  return createEngine({ keyCacheEntries, ...subject.options });
}

/** Why the subject cannot run here though nothing is broken; undefined if it must. */
function absence(subject: Subject): string | undefined {
  try {
    create(subject);
    return undefined;
  } catch (error) {
    if (!ChainwrightError.is(error)) throw error;
    const notBuilt = error.code === "NATIVE_ENGINE_UNAVAILABLE" && subject.options.engine === "native" && /not built/.test(error.message);
    if (error.code !== "NATIVE_TIER_UNAVAILABLE" && !notBuilt) throw error;
    return error.message;
  }
}

/** The subjects that run here, for tests that compare them with each other. */
export function present(subjects: readonly Subject[]): Subject[] {
  return subjects.filter((subject) => absence(subject) === undefined);
}

/** Runs `test` once for each subject, as a subtest named after it. */
export function forEach(subjects: readonly Subject[], what: string, test: (t: Test, subject: Subject) => void | Promise<void>): void {
  for (const subject of subjects) {
    t.test(`${what}: ${subject.name}`, async (t) => {
      const reason = absence(subject);
      if (reason === undefined) return test(t, subject);
      if (REQUIRED) t.fail(`REQUIRE_TIERS=1, but ${reason}`);
      else t.pass(reason, { skip: reason });
    });
  }
}

/** What an engine says of entries `from` to `to`: verdicts, and faults of how it said it. */
export interface Answer {
  readonly verdicts: boolean[];
  readonly faults: string[];
}

/** Asks for entries `from` to `to`, and looks whether count, bits outside and inputs are as they have to be. */
export function ask(engine: ComputeEngine, items: readonly Signed[], from = 0, to = items.length, packing?: Packing): Answer {
  const batch = packed(items, packing);
  const copies = [batch.publicKeys, batch.signatures, batch.messages, batch.offsets].map((part) => Buffer.from(part.slice().buffer));
  const shift = packing?.shift ?? 0;
  // Outside the range, and in a byte behind the end, every second bit is set.
  const bitmap: Bytes = new Uint8Array(shift + ((items.length + 7) >> 3) + 1).subarray(shift).fill(0x55);
  const bit = (i: number) => (((bitmap[i >> 3] as number) >> (i & 7)) & 1) === 1;
  for (let i = from; i < to; i++) bitmap[i >> 3] = (bitmap[i >> 3] as number) & ~(1 << (i & 7));
  const count = engine.verify(batch, from, to, bitmap);
  const verdicts = Array.from({ length: to - from }, (_, i) => bit(from + i));
  const faults: string[] = [];
  const valid = verdicts.filter(Boolean).length;
  if (count !== valid) faults.push(`${valid} bits are set, ${count} were counted`);
  for (let i = 0; i < 8 * bitmap.length; i++) {
    if (i >= from && i < to) continue;
    if (bit(i) !== (i % 2 === 0)) faults.push(`bit ${i} outside ${from} to ${to} of ${items.length} was changed`);
  }
  const parts = [batch.publicKeys, batch.signatures, batch.messages, batch.offsets];
  if (parts.some((part, i) => Buffer.compare(Buffer.from(part.slice().buffer), copies[i] as Buffer) !== 0))
    faults.push("an input was changed");
  return { verdicts, faults };
}

interface Expected extends Signed {
  readonly valid: boolean;
  readonly what: string;
}

/** Where the engine is wrong about `items`, in words; nothing if it is right. */
export function mistakes(engine: ComputeEngine, items: readonly Expected[], from = 0, to = items.length, packing?: Packing): string[] {
  const { verdicts, faults } = ask(engine, items, from, to, packing);
  for (const [i, verdict] of verdicts.entries()) {
    const { valid, what } = items[from + i] as Expected;
    if (verdict !== valid && faults.length < 10)
      faults.push(`${verdict ? "accepts" : "refuses"} entry ${from + i} of ${items.length}: ${what}`);
  }
  return faults;
}
