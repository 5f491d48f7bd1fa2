/** Fresh nodes, one after the other, each at genesis over a storage of its own: what a bench repeats itself on. */
import { Value } from "typebox/value";
import type { Compute } from "../../core/ports/compute.js";
import type { Storage } from "../../core/ports/storage.js";
import { SystemClock } from "../../core/runtime/index.js";
import { StorageLevelConfig, type StorageLevelOptions } from "../../plugins/storage-level/config.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import { UNMETERED } from "../quiet.js";
import type { BenchContext } from "../suite.js";
import { ChainNode } from "./chain-node.js";
import type { ChainPlan } from "./plan.js";

export type StorageKind = "memory" | "level";

/** A storage that its owner starts and stops. */
export type OwnedStorage = Storage & { start(): Promise<void>; stop(): Promise<void> };

/** `path` is a folder, for storage-level with its default options. */
export function storageOf(kind: StorageKind, path: string): OwnedStorage {
  if (kind === "memory") return new MemoryStorage(UNMETERED);
  const options = Value.Default(StorageLevelConfig, {}) as StorageLevelOptions;
  return new LevelStorage({ path, resolve: (name) => `${path}/${name}` }, new SystemClock(), UNMETERED, options);
}

export class FreshNodes {
  readonly #context: BenchContext;
  readonly #kind: StorageKind;
  #storage: OwnedStorage | undefined;
  #node: ChainNode | undefined;

  constructor(context: BenchContext, kind: StorageKind) {
    this.#context = context;
    this.#kind = kind;
  }

  /** The last one that was asked for. */
  get node(): ChainNode {
    if (this.#node === undefined) throw new Error("ask for a node first");
    return this.#node;
  }

  /**
   * The next node, started. The last one is left as a crash leaves it and its storage closed.
   *
   * @param path folder of a chain that is kept; default: a new one
   */
  async next(plan: ChainPlan, compute: Compute, options: { readonly path?: string; readonly chain?: Readonly<Record<string, number>> } = {}): Promise<ChainNode> {
    await this.close();
    const storage = storageOf(this.#kind, options.path ?? (await this.#context.directory()));
    await storage.start();
    this.#storage = storage;
    this.#node = new ChainNode({ plan, storage, compute, ...(options.chain === undefined ? {} : { chain: options.chain }) });
    await this.#node.start();
    return this.#node;
  }

  /** Closes the last node's storage, without a flush of its state. */
  async close(): Promise<void> {
    const storage = this.#storage;
    this.#storage = undefined;
    this.#node = undefined;
    await storage?.stop();
  }
}
