/** New coins by height: exact integers, halved by shifting, cut where the supply ends. Pure. */
import { assert } from "../../core/sdk.js";

export interface IssuanceParameters {
  readonly initialPerBlock: bigint;
  /** Undefined: never halved. */
  readonly halvingIntervalBlocks: number | undefined;
  readonly maxSupply: bigint;
}

export class IssuanceSchedule {
  readonly #parameters: IssuanceParameters;

  constructor(parameters: IssuanceParameters) {
    this.#parameters = parameters;
  }

  /**
   * What the proposer of the block at `height` (≥ 1) is paid beside fees, over a supply before that block.
   *
   * Blocks 1 … interval get the initial amount, the next interval half of it rounded down, and so on. The last payment
   * is what is left up to the maximal supply.
   */
  at(height: number, supply: bigint): bigint {
    assert(height >= 1, "genesis issues nothing: its supply is its allocations");
    const { initialPerBlock, halvingIntervalBlocks, maxSupply } = this.#parameters;
    const halvings = halvingIntervalBlocks === undefined ? 0 : Math.floor((height - 1) / halvingIntervalBlocks);
    // An amount has 64 bits; a longer shift would make BigInt do needless work.
    const scheduled = halvings >= 64 ? 0n : initialPerBlock >> BigInt(halvings);
    const left = maxSupply > supply ? maxSupply - supply : 0n;
    return scheduled < left ? scheduled : left;
  }
}
