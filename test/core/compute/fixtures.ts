/** What the compute tests share: real time behind the ports, counted metrics, signed batches, a task module. */

import type { ComputeDependencies } from "../../../core/compute/service.js";
import type { Counter, Gauge, Histogram, Logger, Metrics } from "../../../core/ports/runtime.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { sha256 } from "../../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../../core/primitives/keys.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../../../core/primitives/signature-batch.js";
import { publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import type { TaskInput } from "./task.js";

const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);

const logger: Logger = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  fatal: () => {},
  isLevelEnabled: () => false,
  child: () => logger,
};

/** Metrics whose values tests can read: by name and labels, `compute_requests_total{kind=signatures,path=inline,…}`. */
export class CountedMetrics implements Metrics {
  readonly values = new Map<string, number>();
  readonly gauges = new Map<string, () => number>();

  #add(name: string, by: number, labels: Readonly<Record<string, string>> = {}): void {
    const key = `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .sort()
      .join()}}`;
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }

  counter({ name }: { name: string }): Counter {
    return { increment: (by = 1, labels) => this.#add(name, by, labels) };
  }

  gauge({ name, collect }: { name: string; collect?: () => number }): Gauge {
    if (collect !== undefined) this.gauges.set(name, collect);
    return { set: () => {} };
  }

  histogram({ name }: { name: string }): Histogram {
    return { observe: (_value, labels) => this.#add(`${name}_count`, 1, labels) };
  }

  /** Sum of all values whose key has `name` and all of `parts`. */
  total(name: string, ...parts: readonly string[]): number {
    let sum = 0;
    for (const [key, value] of this.values) {
      if (key.startsWith(`${name}{`) && parts.every((part) => key.includes(part))) sum += value;
    }
    return sum;
  }
}

export function dependencies(metrics: Metrics = new CountedMetrics()): ComputeDependencies {
  return { clock, scheduler, logger, metrics };
}

export interface Signed {
  readonly publicKey: Bytes;
  readonly signature: Bytes;
  readonly message: Bytes;
}

/** A signature by the key that follows from `seed`. */
export function signed(seed: number, keySeed = seed): Signed {
  const secretKey = sha256(Uint8Array.of(1, keySeed & 0xff, keySeed >> 8)).slice();
  const message = sha256(Uint8Array.of(2, seed & 0xff, seed >> 8)).slice(0, seed % 33);
  return { publicKey: publicKeyOf(secretKey), signature: signMessage(secretKey, message), message };
}

/** The same with one bit of its signature's R flipped. */
export function spoiled({ publicKey, signature, message }: Signed): Signed {
  const broken = signature.slice();
  broken[3] = (broken[3] as number) ^ 0x10;
  return { publicKey, signature: broken, message };
}

export function batchOf(items: readonly Signed[]): SignatureBatch {
  const builder = new SignatureBatchBuilder(items.length);
  for (const { publicKey, signature, message } of items) builder.add(PublicKey.from(publicKey), Signature.from(signature), message);
  return builder.build();
}

/** Indexes of the set bits among the first `count`. */
export function verdicts(bitmap: Bytes, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => (((bitmap[i >> 3] as number) >> (i & 7)) & 1) === 1);
}

/** The test task, as a plugin would register it. */
export const testTask = {
  name: "test-task",
  module: new URL(`./task${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
  types: undefined as unknown as { input: TaskInput; output: unknown },
};

/** Holds a worker until it is opened: the task blocks on it, so no test has to sleep. */
export class Gate {
  readonly words = new Int32Array(new SharedArrayBuffer(8));

  open(): void {
    Atomics.store(this.words, 0, 1);
    Atomics.notify(this.words, 0);
  }

  /** Resolves when a worker stands at the gate. */
  async reached(): Promise<void> {
    while (Atomics.load(this.words, 1) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
