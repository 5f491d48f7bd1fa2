/** Fresh nodes, one after the other, each at genesis over a storage of its own: what a bench repeats itself on. */
import { Value } from "typebox/value";
import { present } from "../../core/kernel/assert.js";
import { UNMETERED } from "../../core/kernel/quiet.js";
import type { Compute } from "../../core/ports/compute.js";
import type { Storage } from "../../core/ports/storage.js";
import { SystemClock } from "../../core/runtime/index.js";
import { StorageLevelConfig, type StorageLevelOptions } from "../../plugins/storage-level/config.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
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

export interface FreshNodeOptions {
  /** Folder of a chain that is kept. Default: a new one. */
  readonly path?: string;
  /** Keys of the node config's `node.chain`. */
  readonly chain?: Readonly<Record<string, number>>;
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

  /** Of the last node. */
  get storage(): Storage {
    return present(this.#storage, "ask for a node first");
  }

  /** The last one that was asked for. */
  get node(): ChainNode {
    return present(this.#node, "ask for a node first");
  }

  /** The next node, started. The last one is left as a crash leaves it. */
  async next(plan: ChainPlan, compute: Compute, options: FreshNodeOptions = {}): Promise<ChainNode> {
    const node = await this.prepare(plan, compute, options);
    await node.start();
    return node;
  }

  /** The next node, not started, over an open storage. */
  async prepare(plan: ChainPlan, compute: Compute, { path, chain = {} }: FreshNodeOptions = {}): Promise<ChainNode> {
    await this.close();
    this.#storage = storageOf(this.#kind, path ?? (await this.#context.directory()));
    await this.#storage.start();
    this.#node = new ChainNode({ plan, storage: this.#storage, compute, chain });
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
