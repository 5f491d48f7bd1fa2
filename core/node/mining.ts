/**
 * The node's miner, as administrators and miners outside see it (`MiningControl`): the engine's, behind the node's own judgement of
 * whether it knows the chain well enough to build on it.
 */
import type { ProofOfWorkMiner } from "../ports/consensus.js";
import type { MiningControl, MiningStatus, MiningTemplates } from "../ports/mining.js";
import { CannotProduceError } from "./errors.js";
import type { Production } from "./production.js";

/** The most that a miner takes. */
export { MINER_THREADS_MAX } from "../work/index.js";

export interface NodeMiningParts {
  readonly miner: ProofOfWorkMiner;
  readonly production: Pick<Production, "isWanted" | "isRunning" | "isBehind">;
  /** Why no block can be built now; undefined where one can. */
  readonly obstacle: () => string | undefined;
}

export class NodeMining implements MiningControl {
  readonly #parts: NodeMiningParts;
  readonly templates: MiningTemplates;

  constructor(parts: NodeMiningParts) {
    this.#parts = parts;
    const { miner } = parts;
    this.templates = {
      make: async (address) => {
        const obstacle = parts.obstacle() ?? (parts.production.isBehind ? "it is far behind its peers, or has just started" : undefined);
        if (obstacle !== undefined) throw new CannotProduceError({ reason: obstacle });
        return miner.templates.make(address);
      },
      standing: (id) => miner.templates.standing(id),
      submit: (id, seal) => miner.templates.submit(id, seal),
    };
  }

  get status(): MiningStatus {
    const { miner, production } = this.#parts;
    return {
      wanted: production.isWanted,
      running: production.isRunning,
      threads: miner.threads,
      attemptsPerSecond: miner.attemptsPerSecond,
      templates: miner.templateCount,
    };
  }

  async setThreads(count: number): Promise<void> {
    await this.#parts.miner.setThreads(count);
  }
}
