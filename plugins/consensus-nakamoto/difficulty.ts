/** Which target the next block must state: a function of the chain's parameters and a few ancestors, in exact integers. */
import {
  type Ancestors,
  bitsFromBytes,
  bitsOfTarget,
  difficultyRatio,
  GenesisAsert,
  type HeaderRecord,
  present,
  retarget,
  targetOfBits,
  windowEndsAt,
} from "../../core/sdk.js";
import type { NakamotoParameters } from "./parameters.js";

export class Difficulty {
  readonly #parameters: NakamotoParameters;
  readonly #asert: GenesisAsert;

  constructor(parameters: NakamotoParameters, genesis: HeaderRecord) {
    const { spec, initialTarget, powLimit } = parameters;
    this.#parameters = parameters;
    this.#asert = new GenesisAsert(genesis.header.timestampMs, {
      anchorTarget: initialTarget,
      powLimit,
      blockInterval: BigInt(spec.blockIntervalMs),
      halfLife: BigInt(spec.difficulty.halfLifeMs),
    });
  }

  /** Compact target of the block whose ancestors these are. */
  requiredBits(ancestors: Ancestors): number {
    const { header: tip } = present(ancestors.at(1), "every block but genesis has a parent");
    if (this.#parameters.spec.difficulty.algorithm === "asert") return bitsOfTarget(this.#asert.nextTarget(tip));
    const { windowBlocks } = this.#parameters.spec.difficulty;
    const tipBits = bitsOf(tip.extra);
    if (!windowEndsAt(tip.height, windowBlocks)) return tipBits;
    const border = present(ancestors.at(windowBlocks + 1), "a window that ends has a border block before it");
    return bitsOfTarget(
      retarget(targetOfBits(tipBits), tip.timestampMs - border.header.timestampMs, {
        blocks: windowBlocks,
        blockIntervalMs: this.#parameters.spec.blockIntervalMs,
        powLimit: this.#parameters.powLimit,
      }),
    );
  }

  /**
   * What the timestamp of the block with these ancestors has to be above, besides the median: where it ends a window, the end of the
   * window before. Else a miner of most blocks could turn a window's end back, which counts for a quarter at least, and then be
   * paid for the same time again and again: difficulty would go to nothing (BIP 54, "timewarp"; core/simulation's attack `time-warp`).
   */
  borderBeforeMs(ancestors: Ancestors): number {
    const { algorithm, windowBlocks } = this.#parameters.spec.difficulty;
    const { header: tip } = present(ancestors.at(1), "every block but genesis has a parent");
    if (algorithm === "asert" || !windowEndsAt(tip.height + 1, windowBlocks)) return 0;
    return present(ancestors.at(windowBlocks), "a window that ends has a border block before it").header.timestampMs;
  }

  /** How many times harder `target` is than the easiest allowed, in thousandths rounded down; for people, never for rules. */
  ratio(target: bigint): number {
    return difficultyRatio(this.#parameters.powLimit, target);
  }
}

/** The bits of a header that has passed `checkHeader`. */
export function bitsOf(extra: Uint8Array): number {
  return present(bitsFromBytes(extra), "checked headers carry four bytes of bits");
}
