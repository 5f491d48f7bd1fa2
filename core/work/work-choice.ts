/**
 * Fork choice by work as an engine needs it: a `HeaviestChain` from `restore` on, what it chose told to core, reorgs and refused
 * branches told to the operator.
 */
import { present } from "../kernel/assert.js";
import type { ConsensusHost, RestoredTree, TreeHeader } from "../ports/consensus.js";
import type { Counter, Histogram, Logger } from "../ports/runtime.js";
import { bytesEqual, toHex } from "../primitives/bytes.js";
import { HeaviestChain, type HeaviestChainOptions, type Placement } from "./heaviest.js";

export interface WorkChoiceDependencies {
  readonly logger: Logger;
  readonly metrics: {
    /** Blocks that were left when the head moved to another branch. */
    readonly reorgDepth: Histogram;
    readonly refusedBranches: Counter;
  };
  /** After core was told of a new head. */
  readonly onHeadMoved: () => void;
}

export class WorkChoice {
  readonly #dependencies: WorkChoiceDependencies;
  readonly #options: HeaviestChainOptions;
  #host: ConsensusHost | undefined;
  #chain: HeaviestChain | undefined;

  constructor(dependencies: WorkChoiceDependencies, options: HeaviestChainOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  attach(host: ConsensusHost): void {
    this.#host = host;
  }

  /** `Consensus.restore`. */
  restore(tree: RestoredTree): void {
    const host = this.#ready;
    const finalized = tree.blocks.find(({ id }) => bytesEqual(id, tree.finalized)) ?? host.header(tree.finalized);
    this.#chain = new HeaviestChain(
      present(finalized, "core keeps the header of the finalized block"),
      { lookup: (id) => host.header(id), isExecuted: (id) => host.view(id) !== undefined },
      this.#options,
    );
    this.#chain.restore(tree.blocks, tree.head);
    host.choiceChanged(this.#chain.choice);
  }

  /** `Consensus.onBlock`. */
  onBlock(block: TreeHeader): void {
    const placement = this.#heaviest.add(block);
    this.#report(block, placement);
    if (placement.kind === "extended" || placement.kind === "reorganized") this.#headMoved();
  }

  /** `Consensus.onInvalid`. */
  onInvalid(blockId: TreeHeader["id"]): void {
    if (this.#heaviest.invalidate(blockId)) this.#headMoved();
  }

  get isRestored(): boolean {
    return this.#chain !== undefined;
  }

  /** What blocks are made on. */
  get head(): TreeHeader {
    return present(this.#ready.header(this.#heaviest.choice.head), "core keeps the header of the head");
  }

  get #ready(): ConsensusHost {
    return present(this.#host, "attach comes first");
  }

  get #heaviest(): HeaviestChain {
    return present(this.#chain, "restore comes before blocks");
  }

  #headMoved(): void {
    this.#ready.choiceChanged(this.#heaviest.choice);
    this.#dependencies.onHeadMoved();
  }

  #report(block: TreeHeader, placement: Placement): void {
    const { logger, metrics } = this.#dependencies;
    const about = { height: block.header.height, id: toHex(block.id) };
    if (placement.kind === "reorganized" && placement.depth > 0) {
      metrics.reorgDepth.observe(placement.depth);
      logger.info({ ...about, depth: placement.depth }, "reorg: a heavier branch became the head's chain");
    }
    if (placement.kind === "refused") {
      metrics.refusedBranches.increment();
      logger.warn(about, "a heavier branch leaves the chain below maxReorgDepth and is refused; is this node on the right chain?");
    }
  }
}
