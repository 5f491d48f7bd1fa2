/** Options of the compute service: every bound of it, with its default and why. */
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
   * Signature batches up to this count run on the calling thread: one verification takes about 0.1 ms, a trip to a
   * worker about as long. 0 to 64, since 64 refused signatures hold that thread for 70 ms (in slices).
   */
  readonly inlineSignatures: number;
  /**
   * Refused signatures a second that may be judged on the calling thread. A refusal costs ten times an acceptance (see
   * js/ed25519.ts), so beyond this rate small batches go to the workers too, and a flood of bad ones can't take the main thread.
   */
  readonly inlineRefusalsPerSecond: number;
  /** Merkle and pair batches up to this many hashes run on the calling thread: 2048 take about 1 ms. */
  readonly inlineHashes: number;
  /** Signatures that a worker verifies before it looks for more urgent work; a multiple of 8. 128 take about 15 ms. */
  readonly signaturesPerPiece: number;
  /** Hashes that a worker does before it looks for more urgent work; a power of two. 8192 take about 3 ms. */
  readonly hashesPerPiece: number;
  /** Parsed public keys that each thread keeps (about 1 KiB each). */
  readonly keyCacheEntries: number;
  /** Limit of a worker's JavaScript heap. */
  readonly workerHeapMb: number;
  /** The workers end after this long without work; the next heavy request starts them again (about 50 ms). */
  readonly idleTimeoutMs: number;
  /** How long `close` waits for work that has begun. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_COMPUTE_OPTIONS: ComputeServiceOptions = {
  threads: 1,
  maxQueuedRequests: 4096,
  maxQueuedBytes: 128 * 1024 * 1024,
  inlineSignatures: 8,
  inlineRefusalsPerSecond: 50,
  inlineHashes: 2048,
  signaturesPerPiece: 128,
  hashesPerPiece: 8192,
  keyCacheEntries: 1024,
  workerHeapMb: 256,
  idleTimeoutMs: 30_000,
  closeTimeoutMs: 500,
};

interface Range {
  readonly min: number;
  readonly max: number;
}

const RANGES: { readonly [K in keyof ComputeServiceOptions]: Range } = {
  threads: { min: 0, max: 256 },
  maxQueuedRequests: { min: 1, max: 1_000_000 },
  maxQueuedBytes: { min: 1024, max: Number.MAX_SAFE_INTEGER },
  inlineSignatures: { min: 0, max: 64 },
  inlineRefusalsPerSecond: { min: 0, max: 1_000_000 },
  inlineHashes: { min: 0, max: 1_048_576 },
  signaturesPerPiece: { min: 8, max: 65_536 },
  hashesPerPiece: { min: 2, max: 1_048_576 },
  keyCacheEntries: { min: 0, max: 1_000_000 },
  workerHeapMb: { min: 16, max: 65_536 },
  idleTimeoutMs: { min: 1, max: 86_400_000 },
  closeTimeoutMs: { min: 0, max: 600_000 },
};

/** Fills in the defaults and checks the ranges. @throws ComputeOptionError */
export function computeOptions(given: Partial<ComputeServiceOptions>): ComputeServiceOptions {
  const options = { ...DEFAULT_COMPUTE_OPTIONS, ...given };
  for (const [name, { min, max }] of Object.entries(RANGES) as [keyof ComputeServiceOptions, Range][]) {
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
