/** Options of the compute service: every bound of it, with its default and why. */
import type { EngineOptions } from "../../native/index.js";
import type { EngineKind } from "../ports/compute.js";
import { ComputeOptionError } from "./errors.js";

export interface ComputeServiceOptions {
  /**
   * Worker threads, 0 to 256. 0: no thread ever starts, all work runs in slices on the calling thread (simulations, tests).
   * The composition root passes `availableParallelism() - 1`, at least 1: one core stays with the main thread.
   */
  readonly threads: number;
  /** Requests that may wait or be at work, 1 to 1,000,000. Mempool work may take three quarters of it, background work half. */
  readonly maxQueuedRequests: number;
  /** Bytes of input that these may hold together. A larger request is taken only when nothing else waits. */
  readonly maxQueuedBytes: number;
  /**
   * Signature batches up to this count run on the calling thread: at most 0.3 ms of it, where a trip to a worker takes 0.04 ms
   * of it and delays the verdicts by 0.1 ms. 0 to 1,024.
   */
  readonly inlineSignatures: number;
  /**
   * Refused signatures a second that may be judged on the calling thread: 4 to 8 % of it. A refusal costs up to sixteen times an
   * acceptance in JS, four times natively, so beyond this rate small batches go to the workers too, and a flood of bad ones can't take
   * the main thread.
   */
  readonly inlineRefusalsPerSecond: number;
  /** Merkle and pair batches up to this many hashes run on the calling thread: 0.4 to 0.7 ms of work. */
  readonly inlineHashes: number;
  /** Signatures that a worker verifies before it looks for more urgent work; a multiple of 8. 2 to 8 ms; 8 to 31 ms were all refused. */
  readonly signaturesPerPiece: number;
  /** Hashes that a worker does before it looks for more urgent work; a power of two. About 3 ms. */
  readonly hashesPerPiece: number;
  /** Decoded public keys that each thread keeps (128 bytes each natively, about 1 KiB in JS). */
  readonly keyCacheEntries: number;
  /** Which engine: `auto` takes the fastest that works here; any other is that or an error. */
  readonly engine: EngineOptions["engine"];
  /** Tiers of the addon to force, for comparisons; what is absent is the best that the processor has. */
  readonly tiers: NonNullable<EngineOptions["tiers"]>;
  /** Limit of a worker's JavaScript heap. */
  readonly workerHeapMb: number;
  /** The workers end after this long without work; the next heavy request starts them again (about 50 ms). */
  readonly idleTimeoutMs: number;
  /** How long `close` waits for work that has begun. */
  readonly closeTimeoutMs: number;
}

/** Sizes that follow from how fast an engine is; `npm run bench -- pool` measures what each of them costs (README.md has the figures). */
type PacedOption = "inlineSignatures" | "inlineRefusalsPerSecond" | "inlineHashes" | "signaturesPerPiece" | "hashesPerPiece";

export const PACED_DEFAULTS: { readonly [K in EngineKind]: Readonly<Record<PacedOption, number>> } = {
  native: { inlineSignatures: 16, inlineRefusalsPerSecond: 5000, inlineHashes: 16_384, signaturesPerPiece: 1024, hashesPerPiece: 65_536 },
  wasm: { inlineSignatures: 4, inlineRefusalsPerSecond: 500, inlineHashes: 4096, signaturesPerPiece: 256, hashesPerPiece: 8192 },
  js: { inlineSignatures: 2, inlineRefusalsPerSecond: 50, inlineHashes: 2048, signaturesPerPiece: 16, hashesPerPiece: 8192 },
};

export const DEFAULT_COMPUTE_OPTIONS: Omit<ComputeServiceOptions, PacedOption> = {
  threads: 1,
  maxQueuedRequests: 4096,
  maxQueuedBytes: 128 * 1024 * 1024,
  engine: "auto",
  tiers: {},
  keyCacheEntries: 4096,
  workerHeapMb: 256,
  idleTimeoutMs: 30_000,
  closeTimeoutMs: 500,
};

interface Range {
  readonly min: number;
  readonly max: number;
}

type NumericOption = Exclude<keyof ComputeServiceOptions, "engine" | "tiers">;

const RANGES: { readonly [K in NumericOption]: Range } = {
  threads: { min: 0, max: 256 },
  maxQueuedRequests: { min: 1, max: 1_000_000 },
  maxQueuedBytes: { min: 1024, max: Number.MAX_SAFE_INTEGER },
  inlineSignatures: { min: 0, max: 1024 },
  inlineRefusalsPerSecond: { min: 0, max: 1_000_000 },
  inlineHashes: { min: 0, max: 1_048_576 },
  signaturesPerPiece: { min: 8, max: 65_536 },
  hashesPerPiece: { min: 2, max: 1_048_576 },
  keyCacheEntries: { min: 0, max: 1_000_000 },
  workerHeapMb: { min: 16, max: 65_536 },
  idleTimeoutMs: { min: 1, max: 86_400_000 },
  closeTimeoutMs: { min: 0, max: 600_000 },
};

/** Fills in the defaults, those that depend on the engine included, and checks the ranges. @throws ComputeOptionError */
export function computeOptions(given: Partial<ComputeServiceOptions>, kind: EngineKind): ComputeServiceOptions {
  const options = { ...DEFAULT_COMPUTE_OPTIONS, ...PACED_DEFAULTS[kind], ...given };
  for (const [name, { min, max }] of Object.entries(RANGES) as [NumericOption, Range][]) {
    const value = options[name];
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new ComputeOptionError({ option: name, value, allowed: `an integer from ${min} to ${max}` });
    }
  }
  if (options.signaturesPerPiece % 8 !== 0) {
    // Verdicts come back as whole bytes of the bitmap.
    throw new ComputeOptionError({ option: "signaturesPerPiece", value: options.signaturesPerPiece, allowed: "a multiple of 8" });
  }
  if ((options.hashesPerPiece & (options.hashesPerPiece - 1)) !== 0) {
    // A piece of a Merkle tree is a whole subtree.
    throw new ComputeOptionError({ option: "hashesPerPiece", value: options.hashesPerPiece, allowed: "a power of two" });
  }
  return options;
}
