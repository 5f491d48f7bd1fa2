/**
 * The C++ addon as a compute engine. It lies where npm's install script built it, or came prebuilt with the package
 * (install.js); `#addon/…` in package.json finds both from sources and from dist alike.
 */
import { createRequire } from "node:module";
import { messageOf } from "../core/kernel/errors.js";
import type { ComputeTiers, HashTag, TrieWalk } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import type { SignatureBatch } from "../core/primitives/signature-batch.js";
import type { ComputeEngine } from "./engine.js";
import { NativeInputError, NativeMemoryError, NativeTierUnavailableError } from "./errors.js";

/** What addon.cc exports. */
export interface Addon {
  readonly Engine: new (options: Omit<ComputeTiers, "modular"> & { readonly keyCacheEntries: number }) => AddonEngine;
  readonly TrieWalk: new (options: Pick<ComputeTiers, "sha256">) => TrieWalk;
  readonly Modulus: new (modulus: Bytes, options: { readonly modular: string; readonly sha256: string }) => AddonModulus;
  /** What this build contains and this processor runs. */
  tiers(): Omit<AddonTiers, "modular">;
  modularTiers(): AddonTiers["modular"];
  /** -1: none. */
  searchCounter(prefix: Bytes, from: number, count: number, target: Bytes, options: Pick<ComputeTiers, "sha256">): number;
  /** Of the processor, where the operating system saves the registers. */
  features(): CpuFeatures;
}

interface AddonEngine {
  verify(publicKeys: Bytes, signatures: Bytes, messages: Bytes, offsets: Uint32Array, from: number, to: number, bitmap: Bytes): number;
  hashPairs(input: Bytes, output: Bytes, tag: number, from: number, to: number): void;
  hashMessages(messages: Bytes, offsets: Uint32Array, output: Bytes): void;
  subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number, root: Bytes): void;
  clearKeyCache(): void;
  cachedKeys(): number;
}

/** Results go to the last parameter. */
export interface AddonModulus {
  elementBytes(): number;
  power(base: Bytes, exponent: Bytes, result: Bytes): void;
  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes, result: Bytes): void;
  squarings(x: Bytes, count: number, result: Bytes): void;
  isUnit(value: Bytes): boolean;
  challengePrime(candidateTag: Bytes, baseTag: Bytes, seed: Bytes, prime: Bytes): number;
  enter(value: Bytes, element: Bytes): void;
  leave(element: Bytes, value: Bytes): void;
  advance(element: Bytes, count: number, kept: Bytes, done: number, spacing: number): void;
  prove(kept: Bytes, squarings: number, window: number, digitsApart: number, prime: Bytes, proof: Bytes): void;
  checkProofs(
    candidateTag: Bytes,
    baseTag: Bytes,
    xs: Bytes,
    ys: Bytes,
    proofs: Bytes,
    squarings: Uint32Array,
    seeds: Bytes,
    verdicts: Bytes,
  ): void;
}

/** Of each primitive: the fastest tier, and all that run here, slowest first. */
export type AddonTiers = { readonly [P in keyof ComputeTiers]-?: { readonly best: string; readonly available: readonly string[] } };

export type CpuFeatures = Readonly<Record<string, boolean>>;

const PRIMITIVES: readonly (keyof ComputeTiers)[] = ["ed25519", "sha256", "sha512", "modular"];
const TAG_NUMBERS: { readonly [T in HashTag]: number } = { plain: 0, leaf: 1, inner: 2 };

/** What was built here goes before what came with the package. */
const BINARIES = ["#addon/build/Release/chainwright.node", `#addon/prebuilds/${process.platform}-${process.arch}/chainwright.node`];
const OUTCOME = "#addon/build/chainwright.json";

const require = createRequire(import.meta.url);

/** `isBroken`: a binary is there, but does not load. */
export type LoadedAddon = { readonly addon: Addon; readonly file: string } | { readonly reason: string; readonly isBroken: boolean };

let loaded: LoadedAddon | undefined;

/** Loads the addon, once in each thread; or says why there is none. */
export function loadAddon(): LoadedAddon {
  loaded ??= load();
  return loaded;
}

function load(): LoadedAddon {
  const failures: string[] = [];
  for (const name of BINARIES) {
    try {
      return { addon: require(name) as Addon, file: require.resolve(name) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") failures.push(messageOf(error).split("\n", 1)[0] as string);
    }
  }
  const isBroken = failures.length > 0;
  return { isBroken, reason: isBroken ? `the addon does not load: ${failures.join("; ")}` : whyNotBuilt() };
}

/** The install script leaves word of what went wrong. */
function whyNotBuilt(): string {
  try {
    const { reason } = require(OUTCOME) as { readonly reason?: string };
    if (typeof reason === "string") return `the addon was not built: ${reason}`;
  } catch {
    // It never ran: npm ci --ignore-scripts.
  }
  return "the addon was not built: npm ran without its install script";
}

/** Turns what addon.cc throws into the typed errors of this folder. */
export function typed(call: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "NATIVE_INPUT") return new NativeInputError({ call, reason: error.message });
  if (code === "NATIVE_MEMORY") return new NativeMemoryError({ call });
  return error;
}

/** Walks that are kept for the next update, with the memory that they have grown; more are made when more are in use. */
const IDLE_WALKS_MAX = 2;

class NativeTrieWalk implements TrieWalk {
  constructor(
    private readonly walk: TrieWalk,
    private readonly idle: NativeTrieWalk[],
  ) {}

  begin(paths: Uint32Array, valueHashes: Uint32Array, deleted: Bytes, count: number, hasRoot: boolean): void {
    try {
      this.walk.begin(paths, valueHashes, deleted, count, hasRoot);
    } catch (error) {
      throw typed("trieWalk.begin", error);
    }
  }

  descend(slabs: readonly Uint32Array[], places: Uint32Array, count: number, requests: Uint32Array): number {
    try {
      return this.walk.descend(slabs, places, count, requests);
    } catch (error) {
      throw typed("trieWalk.descend", error);
    }
  }

  build(slabs: readonly Uint32Array[], output: Uint32Array, from: number, frames: number, results: Uint32Array): number {
    try {
      return this.walk.build(slabs, output, from, frames, results);
    } catch (error) {
      throw typed("trieWalk.build", error);
    }
  }

  end(): void {
    this.walk.end();
    if (this.idle.length < IDLE_WALKS_MAX && !this.idle.includes(this)) this.idle.push(this);
  }
}

class NativeEngine implements ComputeEngine {
  readonly kind = "native";
  readonly tiers: ComputeTiers;
  readonly #addon: Addon;
  readonly #engine: AddonEngine;
  readonly #idleWalks: NativeTrieWalk[] = [];

  constructor(addon: Addon, tiers: ComputeTiers, keyCacheEntries: number) {
    this.tiers = tiers;
    this.#addon = addon;
    try {
      this.#engine = new addon.Engine({ ...tiers, keyCacheEntries });
    } catch (error) {
      throw typed("createEngine", error);
    }
  }

  verify({ publicKeys, signatures, messages, offsets }: SignatureBatch, from: number, to: number, bitmap: Bytes): number {
    try {
      return this.#engine.verify(publicKeys, signatures, messages, offsets, from, to, bitmap);
    } catch (error) {
      throw typed("verify", error);
    }
  }

  hashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void {
    try {
      this.#engine.hashPairs(input, output, TAG_NUMBERS[tag], from, to);
    } catch (error) {
      throw typed("hashPairs", error);
    }
  }

  hashMessages(messages: Bytes, offsets: Uint32Array, output: Bytes): void {
    try {
      this.#engine.hashMessages(messages, offsets, output);
    } catch (error) {
      throw typed("hashMessages", error);
    }
  }

  subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
    const root = new Uint8Array(32);
    try {
      this.#engine.subtreeRoot(nodes, fromDepth, toDepth, root);
    } catch (error) {
      throw typed("subtreeRoot", error);
    }
    return root;
  }

  trieWalk(): TrieWalk {
    const idle = this.#idleWalks.pop();
    if (idle !== undefined) return idle;
    try {
      return new NativeTrieWalk(new this.#addon.TrieWalk({ sha256: this.tiers.sha256 }), this.#idleWalks);
    } catch (error) {
      throw typed("trieWalk", error);
    }
  }

  clearKeyCache(): void {
    this.#engine.clearKeyCache();
  }
}

/** Of all that it computes. */
export function tiersOf(addon: Addon): AddonTiers {
  return { ...addon.tiers(), modular: addon.modularTiers() };
}

/** @throws NativeTierUnavailableError if the processor or this build lacks a forced tier */
export function createNativeEngine(addon: Addon, forced: Partial<ComputeTiers>, keyCacheEntries: number): ComputeEngine {
  const known = tiersOf(addon);
  for (const primitive of PRIMITIVES) {
    const tier = forced[primitive];
    const { available } = known[primitive];
    if (tier !== undefined && !available.includes(tier)) throw new NativeTierUnavailableError({ primitive, tier, available });
  }
  const tiers = {
    ed25519: forced.ed25519 ?? known.ed25519.best,
    sha256: forced.sha256 ?? known.sha256.best,
    sha512: forced.sha512 ?? known.sha512.best,
    modular: forced.modular ?? known.modular.best,
  };
  return new NativeEngine(addon, tiers, keyCacheEntries);
}
