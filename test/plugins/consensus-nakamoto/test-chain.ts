/** A chain around the nakamoto engine: see work-chain.ts. */
import { Value } from "typebox/value";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import type { Block } from "../../../core/primitives/block.js";
import { signingRootOf } from "../../../core/primitives/block-codec.js";
import { bitsToBytes, targetOfBits, targetToBytes } from "../../../core/work/compact.js";
import { NakamotoConfig, NakamotoSpec } from "../../../plugins/consensus-nakamoto/config.js";
import { Difficulty } from "../../../plugins/consensus-nakamoto/difficulty.js";
import { NakamotoConsensus } from "../../../plugins/consensus-nakamoto/engine.js";
import { checkParameters } from "../../../plugins/consensus-nakamoto/parameters.js";
import createSearcher from "../../../plugins/consensus-nakamoto/search.js";
import { EASY_BITS, PAYOUT, WorkChain, type WorkChainOptions } from "../../core/work/work-chain.js";

/** What a block to be made differs in from a valid one. */
export interface Deviation {
  readonly timestampMs?: number;
  readonly bits?: number;
  readonly extra?: Uint8Array;
  readonly seal?: Uint8Array;
}

export class TestChain extends WorkChain<NakamotoConsensus, Deviation> {
  readonly difficulty: Difficulty;

  constructor(options: WorkChainOptions = {}) {
    const easy = { initialTargetBits: EASY_BITS, powLimitBits: EASY_BITS, blockIntervalMs: 1_000 };
    const spec = Value.Default(NakamotoSpec, { ...easy, ...options.spec }) as NakamotoSpec;
    const config = Value.Default(NakamotoConfig, { address: PAYOUT, ...options.config }) as NakamotoConfig;
    super(options, (logger, metrics) => new NakamotoConsensus(config, spec, logger, metrics, options.workSource));
    this.difficulty = new Difficulty(checkParameters(spec), this.genesis);
  }

  start(): this {
    this.engine.attach(this.host());
    this.restore([], this.genesis.id);
    return this;
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    this.scheduler.close();
  }

  make(parent: TreeHeader, deviation: Deviation = {}): Block {
    const bits = deviation.bits ?? this.difficulty.requiredBits({ at: (distance) => this.ancestor(parent, distance) });
    const timestampMs = deviation.timestampMs ?? parent.header.timestampMs + 1_000;
    const unsealed = this.fieldsOver(parent, timestampMs, deviation.extra ?? bitsToBytes(bits), Address.zero);
    const seal = deviation.seal ?? sealFor(signingRootOf(unsealed), targetOfBits(bits));
    return { header: { ...unsealed, seal }, transactions: [], payload: new Uint8Array(0) };
  }
}

/** Searches a nonce inline. */
export function sealFor(signingRoot: Uint8Array, target: bigint): Uint8Array {
  const searcher = createSearcher({ signingRoot, target: targetToBytes(target) }, { index: 0, count: 1 });
  if (searcher instanceof Promise) throw new Error("the search is synchronous");
  for (;;) {
    const slice = searcher.search(1_000, () => false);
    if (!(slice instanceof Promise) && slice.found !== undefined) return slice.found;
  }
}
