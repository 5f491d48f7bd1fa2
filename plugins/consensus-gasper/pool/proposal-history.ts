/** Headers that were sealed lately, by slot and proposer, to find who proposes twice. */
import { assert, bytesEqual, type HeaderRecord } from "../../../core/sdk.js";
import type { ProposerSlashing } from "../types.js";

/** Slots that are looked back on: what an attacker may bring late is still found, 256 epochs of 32. */
const PROPOSAL_SLOTS = 8_192;
/** Headers of one slot: each branch may have another proposer, who had to be drawn for it. */
const PROPOSALS_PER_SLOT = 64;

export class ProposalHistory {
  readonly #slots = new Map<number, Map<number, HeaderRecord>>();
  #newest = 0;

  constructor(private readonly maxSlots: number = PROPOSAL_SLOTS) {
    assert(maxSlots > 0, "a history has room");
  }

  /**
   * Records a header and answers what it proves together with an earlier one. The first of a slot stays.
   *
   * @param record its seal is the proposer's
   */
  record(slot: number, proposer: number, record: HeaderRecord): ProposerSlashing | undefined {
    if (slot + this.maxSlots <= this.#newest) return undefined;
    let proposals = this.#slots.get(slot);
    if (proposals === undefined) {
      proposals = new Map();
      this.#slots.set(slot, proposals);
      if (slot > this.#newest) this.#advance(slot);
    }
    const earlier = proposals.get(proposer);
    if (earlier !== undefined)
      return bytesEqual(earlier.signingRoot, record.signingRoot) ? undefined : { first: earlier.header, second: record.header };
    if (proposals.size < PROPOSALS_PER_SLOT) proposals.set(proposer, record);
    return undefined;
  }

  get size(): number {
    let size = 0;
    for (const proposals of this.#slots.values()) size += proposals.size;
    return size;
  }

  #advance(newest: number): void {
    this.#newest = newest;
    for (const slot of this.#slots.keys()) if (slot + this.maxSlots <= newest) this.#slots.delete(slot);
  }
}
