/**
 * Finds offences in what everybody sees, and hands evidence on: to the pool for blocks, to fork choice, to peers.
 *
 * Every node does it. What it looks at is valid already: votes of gossip and of blocks, sealed headers, whether their blocks are imported or
 * not. Its memory is that of this run; after a restart it knows what it is given again.
 */
import type { HeaderRecord } from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import { attestationSigningRoot, decodeExtra } from "../codec/index.js";
import type { IndexedAttestation } from "../types.js";
import { accusedBy, detachedEvidence, type Evidence, encodeEvidence } from "./evidence.js";
import { GossipChannels } from "./gossip-conditions.js";
import type { PoolMetrics } from "./metrics.js";
import { ProposalHistory } from "./proposal-history.js";
import type { SlashingPool } from "./slashing-pool.js";
import { VoteHistory, type VoteHistoryOptions } from "./vote-history.js";

export class Slasher {
  readonly #votes: VoteHistory;
  readonly #proposals = new ProposalHistory();

  constructor(
    private readonly chain: GasperChain,
    private readonly slashings: SlashingPool,
    private readonly metrics: PoolMetrics,
    options: VoteHistoryOptions = {},
  ) {
    this.#votes = new VoteHistory(options);
  }

  get historyEntries(): number {
    return this.#votes.entries;
  }

  /** What a validator voted for a target epoch, by signing root. */
  votedRoot(validator: number, targetEpoch: number): ReturnType<VoteHistory["rootOf"]> {
    return this.#votes.rootOf(validator, targetEpoch);
  }

  /**
   * Votes that were found valid: of gossip, and of each block that was imported.
   *
   * @param root their signing root, if it is known
   */
  onVotes(attestation: IndexedAttestation, root = attestationSigningRoot(this.chain.chainHash, attestation.data)): void {
    for (const { offence, slashing } of this.#votes.record(attestation, root)) {
      const accused = accusedBy(slashing);
      if (accused.every((index) => this.slashings.accuses(index)) || this.#isPunished(accused)) continue;
      const evidence: Evidence = { kind: "attester", slashing };
      if (!this.adopt(evidence)) continue;
      this.metrics.offences.increment(1, { offence });
      this.#tell(evidence, offence);
    }
  }

  /** A header with a good seal of the slot's proposer, whatever becomes of its block. */
  onHeader(record: HeaderRecord): void {
    const slot = this.chain.clock.slotStartingAt(record.header.timestampMs);
    const proposer = decodeExtra(record.header.extra)?.proposerIndex;
    if (slot === undefined || proposer === undefined) return;
    const slashing = this.#proposals.record(slot, proposer, record);
    if (slashing === undefined || this.slashings.hasProposer(proposer) || this.#isPunished([proposer])) return;
    const evidence: Evidence = { kind: "proposer", slashing };
    if (!this.adopt(evidence)) return;
    this.metrics.offences.increment(1, { offence: "double_proposal" });
    this.#tell(evidence, "double_proposal");
  }

  /** Takes evidence that was checked, of gossip or of an imported block. Answers whether it accuses somebody new. */
  adopt(evidence: Evidence): boolean {
    const copy = detachedEvidence(evidence);
    if (copy.kind === "proposer") {
      const index = decodeExtra(copy.slashing.first.extra)?.proposerIndex;
      return index !== undefined && this.slashings.addProposer(index, copy.slashing);
    }
    const fresh = this.slashings.addAttester(copy.slashing);
    // Whether there is room for it in the pool or not: their votes count no more.
    this.chain.applyEquivocation(accusedBy(copy.slashing));
    return fresh.length > 0;
  }

  #tell(evidence: Evidence, offence: string): void {
    const { host } = this.chain;
    const accused =
      evidence.kind === "attester" ? [...accusedBy(evidence.slashing)] : [decodeExtra(evidence.slashing.first.extra)?.proposerIndex];
    host.logger.warn({ offence, validators: accused.slice(0, 16), count: accused.length }, "validators were caught in a slashable offence");
    host.publish(GossipChannels.slashings, encodeEvidence(evidence));
  }

  /** Whether the head's state says that evidence against them is of no use (any more). */
  #isPunished(accused: Iterable<number>): boolean {
    const state = this.chain.stateOf(this.chain.head().root);
    if (state === undefined) return false;
    for (const index of accused) if (state.isSlashable(index, state.epoch)) return false;
    return true;
  }
}
