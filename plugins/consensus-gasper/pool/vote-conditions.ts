/**
 * Conditions that single votes and aggregates share: form, time, block, branch, committee. Cheapest first, nothing of it costs a signature.
 */
import { bytesEqual, type Hash } from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import { bitsFit, countBits } from "../codec/index.js";
import { GasperFault } from "../errors.js";
import type { Attestation, AttestationData, Checkpoint } from "../types.js";
import { CommitteeSource } from "./committee-source.js";
import { GossipCode, type GossipOutcome } from "./gossip-conditions.js";

/** How far clocks of honest nodes may be apart: MAXIMUM_GOSSIP_CLOCK_DISPARITY, and for short slots an eighth of one, ms. */
const MAX_DISPARITY_MS = 500;
const INFINITY_FLAG = 0x40;
/** Votes that may wait for committees at once, some 2 kB each: what comes in while the states of a new epoch are made. */
const COMMITTEE_WAITS_MAX = 8_192;

/** A vote's committee, on its branch. */
export interface VoteCommittee {
  readonly members: Uint32Array;
  readonly decisionRoot: Hash;
}

export function isInfinity(signature: Uint8Array): boolean {
  return ((signature[0] as number) & INFINITY_FLAG) !== 0;
}

export class VoteConditions {
  readonly #committees: CommitteeSource;
  readonly #disparityMs: number;
  #waits = 0;

  /** @param maxWaits votes that may wait for committees at once */
  constructor(
    private readonly chain: GasperChain,
    private readonly maxWaits = COMMITTEE_WAITS_MAX,
  ) {
    this.#committees = new CommitteeSource(chain);
    this.#disparityMs = Math.min(MAX_DISPARITY_MS, Math.floor(chain.clock.slotMs / 8));
  }

  /** The latest slot that some honest clock may be in. */
  latestSlot(): number {
    return this.chain.clock.slotAt(this.chain.host.clock.nowMs() + this.#disparityMs);
  }

  /** The first slot of the oldest epoch of which votes still go round. */
  earliestSlot(): number {
    const { clock, host } = this.chain;
    const slot = Math.max(0, clock.slotAt(host.clock.nowMs() - this.#disparityMs));
    return clock.firstSlotOf(Math.max(0, clock.epochOf(slot) - 1));
  }

  /** What is wrong with a vote, as far as can be told without its committee. */
  fault({ data, signature }: Attestation): GossipOutcome | undefined {
    return (
      this.#formFault(data) ?? (isInfinity(signature) ? GossipCode.infinity : undefined) ?? this.#timeFault(data) ?? this.#blockFault(data)
    );
  }

  /** The committee that `bits` are of, or why there is none. @param isOwn made here: it finds room */
  async committeeOf({ data, bits }: Attestation, isOwn = false): Promise<VoteCommittee | GossipOutcome> {
    if (!isOwn && this.#waits >= this.maxWaits) return GossipCode.busy;
    this.#waits++;
    const branch = await this.#committees.of(data.target.epoch, data.headRoot).finally(() => this.#waits--);
    if (branch === undefined) return GossipCode.noCommittees;
    const { shuffling, decisionRoot } = branch;
    if (!shuffling.has(data.slot, data.committeeIndex)) return GasperFault.attestationCommittee;
    const members = shuffling.committee(data.slot, data.committeeIndex);
    if (!bitsFit(bits, members.length) || countBits(bits) === 0) return GasperFault.attestationBits;
    return { members, decisionRoot };
  }

  /** Whether there may be committees for it in the next slot. */
  isPutOff({ data }: Attestation): boolean {
    return this.#committees.isPutOff(data.target.epoch, data.headRoot);
  }

  #formFault({ slot, source, target }: AttestationData): GossipOutcome | undefined {
    if (this.chain.clock.epochOf(slot) !== target.epoch) return GasperFault.attestationTarget;
    return source.epoch < target.epoch || (target.epoch === 0 && source.epoch === 0) ? undefined : GossipCode.sourceEpoch;
  }

  #timeFault({ slot }: AttestationData): GossipOutcome | undefined {
    if (slot > this.latestSlot()) return GasperFault.attestationFuture;
    return slot < this.earliestSlot() ? GasperFault.attestationAncient : undefined;
  }

  #blockFault({ slot, headRoot, target }: AttestationData): GossipOutcome | undefined {
    const { chain } = this;
    const block = chain.block(headRoot);
    if (block === undefined) return GossipCode.unknownHead;
    if (block.slot > slot) return GossipCode.headAfterSlot;
    const finalized = chain.finalized();
    // Everything descends from genesis.
    if (finalized.epoch > 0 && !this.#descends(headRoot, finalized)) return GossipCode.offFinalized;
    const checkpoint = chain.ancestorAt(headRoot, chain.clock.firstSlotOf(target.epoch));
    if (checkpoint === undefined) return GossipCode.offFinalized;
    return bytesEqual(checkpoint, target.root) ? undefined : GossipCode.targetNotAncestor;
  }

  #descends(headRoot: Hash, { epoch, root }: Checkpoint): boolean {
    const ancestor = this.chain.ancestorAt(headRoot, this.chain.clock.firstSlotOf(epoch));
    return ancestor !== undefined && bytesEqual(ancestor, root);
  }
}
