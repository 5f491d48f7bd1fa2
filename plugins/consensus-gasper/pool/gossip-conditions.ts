/**
 * What may be said of a gossip message: every code, its verdict, and what it means. The only place where the three meet; the protocol
 * document and the metric `gasper_gossip_messages` are made of it.
 *
 * Conditions are those of the Ethereum consensus specification (specs/phase0/p2p-interface.md: `beacon_attestation_{subnet_id}`,
 * `beacon_aggregate_and_proof`, `proposer_slashing`, `attester_slashing`; the propagation window is that of specs/deneb/p2p-interface.md).
 * "Reject" is for what any node finds wrong alike, "ignore" for what depends on what this one has seen. Codes are API.
 */
import type { MessageVerdict } from "../../../core/sdk.js";
import { GasperFault } from "../errors.js";

/** Names of the engine's channels. */
export const GossipChannels = { attestations: "attestations", aggregates: "aggregates", slashings: "slashings" } as const;
export type GossipChannel = (typeof GossipChannels)[keyof typeof GossipChannels];

/** Codes that only gossip has; the others are those of blocks (`GasperFault`). */
export const GossipCode = {
  accepted: "GASPER_GOSSIP_ACCEPTED",
  channel: "GASPER_GOSSIP_CHANNEL",
  encoding: "GASPER_GOSSIP_ENCODING",
  busy: "GASPER_GOSSIP_BUSY",
  unverified: "GASPER_GOSSIP_UNVERIFIED",
  notSingle: "GASPER_GOSSIP_NOT_SINGLE",
  sourceEpoch: "GASPER_GOSSIP_SOURCE_EPOCH",
  infinity: "GASPER_GOSSIP_INFINITY_SIGNATURE",
  unknownHead: "GASPER_GOSSIP_UNKNOWN_HEAD",
  headAfterSlot: "GASPER_GOSSIP_HEAD_AFTER_SLOT",
  offFinalized: "GASPER_GOSSIP_OFF_FINALIZED",
  targetNotAncestor: "GASPER_GOSSIP_TARGET_NOT_ANCESTOR",
  noCommittees: "GASPER_GOSSIP_NO_COMMITTEES",
  voteSeen: "GASPER_GOSSIP_VOTE_SEEN",
  doubleVote: "GASPER_GOSSIP_DOUBLE_VOTE",
  aggregateCovered: "GASPER_GOSSIP_AGGREGATE_COVERED",
  aggregatorSeen: "GASPER_GOSSIP_AGGREGATOR_SEEN",
  aggregatorCommittee: "GASPER_GOSSIP_AGGREGATOR_COMMITTEE",
  notAggregator: "GASPER_GOSSIP_NOT_AGGREGATOR",
  selectionProof: "GASPER_GOSSIP_SELECTION_PROOF",
  aggregateSignature: "GASPER_GOSSIP_AGGREGATE_SIGNATURE",
  evidenceKnown: "GASPER_GOSSIP_EVIDENCE_KNOWN",
} as const;

interface Condition {
  readonly verdict: MessageVerdict;
  readonly channels: readonly GossipChannel[];
  readonly meaning: string;
}

const VOTES = [GossipChannels.attestations, GossipChannels.aggregates] as const;
const SINGLE = [GossipChannels.attestations] as const;
const AGGREGATE = [GossipChannels.aggregates] as const;
const EVIDENCE = [GossipChannels.slashings] as const;
const ALL = [...VOTES, ...EVIDENCE] as const;

const condition = (verdict: MessageVerdict, channels: readonly GossipChannel[], meaning: string): Condition => ({
  verdict,
  channels,
  meaning,
});

/** About in the order in which they are looked at: cheapest first, signatures last. */
export const GOSSIP_CONDITIONS = {
  [GossipCode.accepted]: condition("accept", ALL, "All conditions hold: it counts, and goes on to all peers."),
  [GossipCode.channel]: condition("reject", [], "The engine has no such channel."),
  [GossipCode.encoding]: condition(
    "reject",
    ALL,
    "Its bytes are not the canonical encoding of what the channel carries, or exceed a limit.",
  ),
  [GossipCode.busy]: condition("ignore", ALL, "More signatures wait to be verified, or more votes for committees, than there is room for."),
  [GossipCode.unverified]: condition("ignore", ALL, "Its signatures could not be verified here: a trouble of this node."),
  [GossipCode.notSingle]: condition("reject", SINGLE, "Not exactly one bit is set."),
  [GasperFault.attestationTarget]: condition("reject", VOTES, "The target's epoch is not the slot's."),
  [GossipCode.sourceEpoch]: condition(
    "reject",
    VOTES,
    "The source's epoch is not below the target's (nor are both 0): no state justifies its own epoch.",
  ),
  [GossipCode.infinity]: condition("reject", ALL, "A signature is the point at infinity."),
  [GasperFault.attestationFuture]: condition(
    "ignore",
    VOTES,
    "Its slot has not begun, by this node's clock and the allowed disparity. One slot ahead at most, it waits here until it has.",
  ),
  [GasperFault.attestationAncient]: condition("ignore", VOTES, "Its epoch is neither the current nor the previous one."),
  [GossipCode.unknownHead]: condition(
    "ignore",
    VOTES,
    "The block that it votes for is not known here (yet, or because it is invalid or below finality). It waits here for the block.",
  ),
  [GossipCode.headAfterSlot]: condition("reject", VOTES, "The block that it votes for is of a later slot than the vote."),
  [GossipCode.offFinalized]: condition(
    "ignore",
    VOTES,
    "The block that it votes for does not descend from the finalized checkpoint of this node.",
  ),
  [GossipCode.targetNotAncestor]: condition(
    "reject",
    VOTES,
    "The target is not the checkpoint of its epoch on the branch of the block that it votes for.",
  ),
  [GossipCode.noCommittees]: condition(
    "ignore",
    VOTES,
    "The committees of that branch are not to be had: its state is not kept; it is not the head's and its last block is more than an epoch old; or this slot's budget for branches off the head's is used up, and it waits here for the next.",
  ),
  [GasperFault.attestationCommittee]: condition("reject", VOTES, "The slot has no such committee."),
  [GasperFault.attestationBits]: condition(
    "reject",
    VOTES,
    "The bits are not as many as the committee has members, go beyond it, or none is set.",
  ),
  [GossipCode.voteSeen]: condition("ignore", SINGLE, "A valid vote of this validator for this target epoch was seen."),
  [GossipCode.doubleVote]: condition(
    "ignore",
    SINGLE,
    "Another valid vote of this validator for this target epoch was seen, with other data: what goes on to peers is the evidence.",
  ),
  [GossipCode.aggregateCovered]: condition("ignore", AGGREGATE, "A valid aggregate of the same data with all of these voters was seen."),
  [GossipCode.aggregatorSeen]: condition("ignore", AGGREGATE, "A valid aggregate of this aggregator for this target epoch was seen."),
  [GossipCode.aggregatorCommittee]: condition("reject", AGGREGATE, "The aggregator is not a member of the committee."),
  [GossipCode.notAggregator]: condition("reject", AGGREGATE, "The selection proof does not make its sender an aggregator."),
  [GossipCode.selectionProof]: condition("reject", AGGREGATE, "The selection proof is not the aggregator's signature of the slot."),
  [GossipCode.aggregateSignature]: condition("reject", AGGREGATE, "The message is not signed by the aggregator."),
  [GasperFault.attestationSignature]: condition("reject", VOTES, "The signature is not that of the voters."),
  [GasperFault.proposerEvidence]: condition(
    "reject",
    EVIDENCE,
    "The two headers prove nothing: of other slots or proposers, or with the same signing root.",
  ),
  [GasperFault.proposerEvidenceHeader]: condition("reject", EVIDENCE, "A header has a timestamp that no slot begins at."),
  [GasperFault.attesterEvidence]: condition(
    "reject",
    EVIDENCE,
    "The two votes prove nothing: neither different votes for one target epoch nor the first around the second; or no voter is in both.",
  ),
  [GossipCode.evidenceKnown]: condition("ignore", EVIDENCE, "There is evidence against all of these validators already."),
  [GasperFault.proposerNotSlashable]: condition(
    "ignore",
    EVIDENCE,
    "By the head's state the proposer is unknown, slashed already, not active yet or free to go.",
  ),
  [GasperFault.attesterEvidenceIndices]: condition("ignore", EVIDENCE, "A voter is unknown to the head's state."),
  [GasperFault.attesterNotSlashable]: condition(
    "ignore",
    EVIDENCE,
    "By the head's state none of the voters in both can be slashed (any more).",
  ),
  [GasperFault.proposerEvidenceSignature]: condition("reject", EVIDENCE, "A header is not sealed by the proposer."),
  [GasperFault.attesterEvidenceSignature]: condition("reject", EVIDENCE, "A vote is not signed by its voters."),
} as const satisfies Readonly<Record<string, Condition>>;

/** One of the closed set: a key of `GOSSIP_CONDITIONS`. */
export type GossipOutcome = keyof typeof GOSSIP_CONDITIONS;

export function verdictOf(outcome: GossipOutcome): MessageVerdict {
  return GOSSIP_CONDITIONS[outcome].verdict;
}
