/**
 * What crosses into a worker and back, and how a worker does it. The worker entry is thin; this is its logic, and the
 * calling thread uses the same functions on its inline path.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { ComputeEngine, EngineOptions } from "../../native/engine.js";
import { ChainwrightError, messageOf, type SerializedError } from "../kernel/errors.js";
import type { HashTag } from "../ports/compute.js";
import type { Bytes } from "../primitives/bytes.js";
import type { SignatureBatch } from "../primitives/signature-batch.js";

/** What the pool tells each of its workers at their start. */
export interface WorkerSetup {
  readonly engine: EngineOptions;
}

/**
 * One piece of a request. A signature batch and its bitmap lie in shared memory: pieces of one batch read the same bytes
 * and write different ones (a piece begins at a multiple of 8). The other buffers are a piece's own: transferred, not shared.
 */
export type Job =
  | { readonly kind: "signatures"; readonly batch: SignatureBatch; readonly from: number; readonly to: number; readonly bitmap: Bytes }
  | { readonly kind: "pairs"; readonly input: Bytes; readonly tag: HashTag }
  | { readonly kind: "merkle"; readonly leaves: Bytes; readonly depth: number }
  | { readonly kind: "task"; readonly module: string; readonly input: unknown };

/** What a piece answers. A task's own failure is an answer: a rejected promise means that the thread is gone. */
export type JobResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: SerializedError };

type TaskFunction = (input: unknown) => unknown;

/** Runs jobs with one engine. Modules of tasks are loaded once. */
export class JobRunner {
  readonly engine: ComputeEngine;
  readonly #tasks = new Map<string, TaskFunction>();

  constructor(engine: ComputeEngine) {
    this.engine = engine;
  }

  /** Never rejects. */
  async run(job: Job): Promise<JobResult> {
    try {
      return { ok: true, value: await this.#value(job) };
    } catch (thrown) {
      return { ok: false, error: serialize(thrown) };
    }
  }

  /** Loads a task's module, so that a later run needs no `import()`. @throws if it has no default export to call */
  async load(module: string): Promise<TaskFunction> {
    const known = this.#tasks.get(module);
    if (known !== undefined) return known;
    const loaded = await importModule(module);
    if (typeof loaded.default !== "function") throw new TypeError(`${module} has no function as its default export`);
    const task = loaded.default as TaskFunction;
    this.#tasks.set(module, task);
    return task;
  }

  #value(job: Job): unknown {
    switch (job.kind) {
      case "signatures":
        return this.engine.verify(job.batch, job.from, job.to, job.bitmap);
      case "pairs": {
        const output = new Uint8Array(job.input.length / 2);
        this.engine.hashPairs(job.input, output, job.tag, 0, job.input.length / 64);
        return output;
      }
      case "merkle":
        return this.engine.subtreeRoot(job.leaves, 0, job.depth);
      case "task":
        return this.#runTask(job.module, job.input);
    }
  }

  async #runTask(module: string, input: unknown): Promise<unknown> {
    // A loaded task starts without an extra turn, so that under virtual time nothing real is waited for.
    const task = this.#tasks.get(module) ?? (await this.load(module));
    const output = await task(input);
    // What can't be copied would end the thread at the moment of answering, without a trace of the reason.
    if (typeof output === "object" ? !ArrayBuffer.isView(output) : typeof output === "function" || typeof output === "symbol") {
      structuredClone(output);
    }
    return output;
  }
}

async function importModule(module: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(module);
  } catch (thrown) {
    // TypeScript loaders of the development loop hook `require` in worker threads, but not all of them `import`.
    if (!module.endsWith(".ts") || !isUnknownExtension(thrown)) throw thrown;
    return createRequire(import.meta.url)(fileURLToPath(module));
  }
}

function isUnknownExtension(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_UNKNOWN_FILE_EXTENSION";
}

function serialize(thrown: unknown): SerializedError {
  if (ChainwrightError.is(thrown)) return thrown.toJSON();
  return { code: "", kind: "internal", message: messageOf(thrown), data: {} };
}
