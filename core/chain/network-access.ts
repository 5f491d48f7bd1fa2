/**
 * What the network asks of the chain beyond importing: what a block is known as, its bytes as they were stored, who wants to
 * hear of new blocks, and the engine's gossip.
 */
import { messageOf } from "../kernel/errors.js";
import type { MessageVerdict, TreeHeader } from "../ports/consensus.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree } from "./block-tree.js";
import type { BlockChecks } from "./checks.js";
import type { ChainDependencies } from "./dependencies.js";
import { BlockInvalidError } from "./errors.js";

export type ImportListener = (header: TreeHeader, canonical: boolean) => void;
/** `waiting`: for a parent, a time, a certificate, or for its verdict. */
export type BlockStanding = "unknown" | "waiting" | "valid" | "invalid";

export interface NetworkAccessParts {
  readonly dependencies: ChainDependencies;
  readonly store: BlockStore;
  readonly tree: BlockTree;
  readonly checks: BlockChecks;
  readonly isUnderWay: (id: Hash) => boolean;
}

export class NetworkAccess {
  readonly #parts: NetworkAccessParts;
  readonly #listeners = new Set<ImportListener>();

  constructor(parts: NetworkAccessParts) {
    this.#parts = parts;
  }

  standing(id: Hash): BlockStanding {
    const { tree, store, isUnderWay } = this.#parts;
    const node = tree.get(id);
    if (node !== undefined) return node.standing === "invalid" ? "invalid" : "valid";
    if (isUnderWay(id)) return "waiting";
    const index = store.index(id);
    if (index === undefined) return "unknown";
    return index.invalid ? "invalid" : "valid";
  }

  /** Of a valid block, as `encodeBlock` made it. @throws ChainDamagedError */
  encodedBlock(id: Hash): Bytes | undefined {
    return this.standing(id) === "valid" ? this.#parts.store.encodedBlock(id) : undefined;
  }

  /** Of a valid block: the one that it came with, or what the engine holds. @throws ChainDamagedError */
  certificate(id: Hash): Bytes | undefined {
    const { dependencies, store } = this.#parts;
    if (!dependencies.consensus.traits.certificates) return undefined;
    return store.certificate(id) ?? dependencies.consensus.certificateFor?.(id);
  }

  /** Whether the body is of lawful size and the one that the header names. */
  async isWhole(block: Block): Promise<boolean> {
    try {
      await this.#parts.checks.isWhole(block);
      return true;
    } catch (error) {
      if (BlockInvalidError.matches(error)) return false;
      throw error;
    }
  }

  onImported(listener: ImportListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** In the lane: a block is in the tree. */
  announce(header: TreeHeader, canonical: boolean): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(header, canonical);
      } catch (error) {
        // A listener is its owner's business; its fault must not stop the chain.
        this.#parts.dependencies.logger.error({ reason: messageOf(error) }, "a listener of imported blocks failed");
      }
    }
  }

  /** A message of another node's engine. An engine that fails over one is logged, and nobody is blamed for its fault. */
  async onEngineMessage(channel: string, payload: Bytes): Promise<MessageVerdict> {
    const { consensus, logger } = this.#parts.dependencies;
    try {
      return (await consensus.onMessage?.(channel, payload)) ?? "ignore";
    } catch (error) {
      logger.error({ channel, reason: messageOf(error) }, "the engine failed over a message; it was dropped");
      return "ignore";
    }
  }
}
