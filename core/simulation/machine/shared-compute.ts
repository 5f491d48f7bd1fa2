/**
 * What all nodes of a run compute with: one engine, the one that this machine really has, and a memo of verified signatures and of roots.
 * What one node has verified is true for the next, whoever it is: the verdict depends on key, signature and message alone.
 */
import {
  type Bytes,
  bitmapGet,
  type Compute,
  type Hash,
  type SignatureBatch,
  SignatureBatchBuilder,
  sha256Of,
  toLatin1,
  type VerdictBitmap,
  type WorkerTask,
} from "../../sdk.js";
import type { World } from "../world.js";

/** The service that the memo stands before. */
export interface InlineCompute extends Compute {
  preload(task: Pick<WorkerTask<unknown, unknown>, "module">): Promise<void>;
}

/** Verdicts kept; the oldest go. */
const VERDICTS_MAX = 500_000;
/** Roots of lists up to so long are kept, so many of them. */
const ROOT_LEAVES_BYTES = 4_096;
const ROOTS_MAX = 16_384;

export class SharedCompute {
  readonly service: InlineCompute;
  readonly #world: World;
  readonly #verdicts = new Map<string, boolean>();
  readonly #roots = new Map<string, Hash>();
  readonly #tasks = new Set<string>();

  constructor(world: World, service: InlineCompute) {
    this.#world = world;
    this.service = service;
  }

  async verify(batch: SignatureBatch): Promise<VerdictBitmap> {
    const { count } = batch;
    const bitmap = new Uint8Array((count + 7) >> 3);
    const keys: string[] = [];
    const open: number[] = [];
    for (let index = 0; index < count; index++) {
      const key = entryKey(batch, index);
      keys.push(key);
      const verdict = this.#verdicts.get(key);
      if (verdict === undefined) open.push(index);
      else if (verdict) mark(bitmap, index);
    }
    if (open.length === 0) return bitmap;
    const builder = new SignatureBatchBuilder(open.length);
    for (const index of open) builder.addEntry(batch, index);
    const found = await this.service.verifySignatures(builder.build());
    for (const [at, index] of open.entries()) {
      const verdict = bitmapGet(found, at);
      if (verdict) mark(bitmap, index);
      remember(this.#verdicts, VERDICTS_MAX, keys[index] as string, verdict);
    }
    return bitmap;
  }

  /** Of the lists of a block, which all nodes work out. */
  async merkleRoot(leaves: Bytes): Promise<Hash> {
    if (leaves.length > ROOT_LEAVES_BYTES) return this.service.merkleRoot(leaves);
    const key = toLatin1(leaves);
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const root = await this.service.merkleRoot(leaves);
    remember(this.#roots, ROOTS_MAX, key, root);
    return root;
  }

  async run<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output> {
    const module = task.module.href;
    if (!this.#tasks.has(module)) {
      this.#tasks.add(module);
      this.#world.prepare(() => this.service.preload(task));
      await new Promise<void>((resolve) => this.#world.after(0, resolve));
    }
    return this.service.run(task, input);
  }
}

/** Keeps at most `max`: the oldest go. */
function remember<Value>(known: Map<string, Value>, max: number, key: string, value: Value): void {
  if (known.size >= max) known.delete(known.keys().next().value as string);
  known.set(key, value);
}

function mark(bitmap: Bytes, index: number): void {
  bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
}

function entryKey({ publicKeys, signatures, messages, offsets }: SignatureBatch, index: number): string {
  const hash = sha256Of(
    publicKeys.subarray(32 * index, 32 * index + 32),
    signatures.subarray(64 * index, 64 * index + 64),
    messages.subarray(offsets[index], offsets[index + 1]),
  );
  return toLatin1(hash);
}
