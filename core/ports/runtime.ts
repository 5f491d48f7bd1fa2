/**
 * Time, randomness, logs and metrics as ports. Core and plugins take them from the container and never touch the
 * real ones (a lint rule enforces it), so that a whole network can run under virtual time.
 *
 * Laws: `Clock.monotonicMs` never goes back. A callback of `Scheduler` never runs inside the call that scheduled it,
 * and never after its `cancel()` returned. `Scheduler.yield` resolves after other pending work had a turn.
 */
import type { Bytes } from "../primitives/bytes.js";

export interface Clock {
  /** Wall time in milliseconds since the Unix epoch; may jump. */
  nowMs(): number;
  /** Milliseconds from an arbitrary origin, with fractions; never goes back. */
  monotonicMs(): number;
}

export interface Cancellable {
  cancel(): void;
}

/** Decides when long work on the main thread makes room for others. */
export interface Slicer {
  /** True when the current slice has used its budget: `if (slicer.due()) await slicer.pause()`. Costs a few nanoseconds most times. */
  due(): boolean;
  /** Lets others run, then begins a new slice. */
  pause(): Promise<void>;
}

export interface Scheduler {
  /** Runs `callback` once, `delayMs` (≥ 0) from now. */
  after(delayMs: number, callback: () => void): Cancellable;
  /** Runs `callback` every `periodMs` (> 0); a run that is due while the last is pending is skipped. */
  every(periodMs: number, callback: () => void): Cancellable;
  yield(): Promise<void>;
  /** @param budgetMs how long a slice may hold the main thread (default 3) */
  slicer(budgetMs?: number): Slicer;
}

export interface Entropy {
  /** Cryptographically secure random bytes (seeded in a simulation). */
  bytes(length: number): Bytes;
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Structured logger of one component. `data` holds plain values; secrets never get in. */
export interface Logger {
  trace(data: object, message: string): void;
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
  fatal(data: object, message: string): void;
  isLevelEnabled(level: LogLevel): boolean;
  child(bindings: { readonly component: string }): Logger;
}

export interface Counter {
  increment(by?: number, labels?: Readonly<Record<string, string>>): void;
}
export interface Gauge {
  set(value: number, labels?: Readonly<Record<string, string>>): void;
}
export interface Histogram {
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface MetricOptions {
  /** snake_case, with its unit last (`block_import_seconds`); the registry adds the prefix `chainwright_`. */
  readonly name: string;
  readonly help: string;
  /** Names of labels; their values come from a small closed set, never from outsiders. */
  readonly labels?: readonly string[];
}

/** Registers metrics. Registering one name twice with the same options answers the same metric. */
export interface Metrics {
  counter(options: MetricOptions): Counter;
  gauge(options: MetricOptions & { /** Read at each scrape. */ readonly collect?: () => number }): Gauge;
  histogram(options: MetricOptions & { readonly buckets: readonly number[] }): Histogram;
}

/** All metrics of the node in Prometheus' text format, for the plugin that serves them. */
export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

/**
 * BLS12-381 keys of a signer (core/bls): the voting keys of validators. They come in named groups, as key files have them, so that a
 * config names a file and not each of a thousand keys. What must not be signed twice, whoever asks has to see to before it asks.
 */
export interface BlsSigner {
  /** All public keys that are held: 48 bytes each, compressed. */
  publicKeys(): Promise<readonly Bytes[]>;
  /** Those of the key file (or group) of that name, in its order; undefined if there is none, or it was not unlocked. */
  keysOf(name: string): Promise<readonly Bytes[] | undefined>;
  /** Signature (96 bytes) of `message` (32 bytes by convention) by `publicKey`. @throws if the key is not held */
  sign(publicKey: Bytes, message: Bytes): Promise<Bytes>;
}

/** Signs with keys that stay where they are: in a keystore, or in a remote signer. */
export interface Signer {
  /** Ed25519 public keys that this signer holds. */
  publicKeys(): Promise<readonly Bytes[]>;
  /** Ed25519 signature (64 bytes) of `message` by `publicKey`. @throws if the key is not held */
  sign(publicKey: Bytes, message: Bytes): Promise<Bytes>;
  /** BLS12-381 keys; absent where a signer knows nothing of them. */
  readonly bls?: BlsSigner;
}
