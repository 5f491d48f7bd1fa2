/** Metrics of the Gasper engine; listed in README.md. */
import type { Counter, Gauge, Histogram, Metrics } from "../../core/sdk.js";

export interface GasperMetrics {
  /** Labels: outcome = made, late, protected, refused, failed. */
  readonly proposals: Counter;
  /** Labels: outcome = cast, late, protected, failed. */
  readonly votes: Counter;
  /** Labels: outcome = published, late, failed. */
  readonly aggregates: Counter;
  /** Labels: kind = block, vote. */
  readonly protectionRefusals: Counter;
  /** What the chain says of this node's validators. Labels: outcome = included, missed. */
  readonly includedVotes: Counter;
  /** Labels: outcome = made, missed. */
  readonly canonicalProposals: Counter;
  readonly inclusionDistance: Histogram;
  /** Labels: validator = index of one of this node's, 64 of them at most. */
  readonly effectiveness: Gauge;
  readonly epochTransitionSeconds: Histogram;
}

export interface MetricSources {
  readonly slot: () => number;
  readonly epoch: () => number;
  readonly headSlot: () => number;
  readonly justifiedEpoch: () => number;
  readonly finalizedEpoch: () => number;
  /** Of the newest finality certificate; 0: there is none. */
  readonly certifiedEpoch: () => number;
  /** Share of the stake that voted for the previous epoch's target, 0 … 1. */
  readonly participation: () => number;
  readonly activeValidators: () => number;
  /** Of this node's validators: active ones. */
  readonly ownValidators: () => number;
}

export function registerMetrics(metrics: Metrics, sources: MetricSources): GasperMetrics {
  registerGauges(metrics, sources);
  return {
    proposals: metrics.counter({
      name: "gasper_proposals",
      help: "Slots of this node's validators, by what came of them.",
      labels: ["outcome"],
    }),
    votes: metrics.counter({ name: "gasper_votes", help: "Votes of this node's validators, by what came of them.", labels: ["outcome"] }),
    aggregates: metrics.counter({ name: "gasper_aggregates", help: "Aggregates by this node's validators.", labels: ["outcome"] }),
    protectionRefusals: metrics.counter({
      name: "gasper_protection_refusals",
      help: "Signatures that slashing protection refused.",
      labels: ["kind"],
    }),
    includedVotes: metrics.counter({
      name: "gasper_validator_votes",
      help: "Votes that were due from this node's validators, by whether the chain has them.",
      labels: ["outcome"],
    }),
    canonicalProposals: metrics.counter({
      name: "gasper_validator_proposals",
      help: "Slots of this node's validators, by whether the chain has their block.",
      labels: ["outcome"],
    }),
    inclusionDistance: metrics.histogram({
      name: "gasper_validator_inclusion_distance_slots",
      help: "Slots from a vote of this node's validators to the first block that has it.",
      buckets: [1, 2, 3, 4, 8, 16, 32],
    }),
    effectiveness: metrics.gauge({
      name: "gasper_validator_effectiveness_milli",
      help: "What this node's validators earned by voting, in thousandths of what they could.",
      labels: ["validator"],
    }),
    epochTransitionSeconds: metrics.histogram({
      name: "gasper_epoch_transition_seconds",
      help: "Moving state over the end of an epoch.",
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 1, 3],
    }),
  };
}

function registerGauges(metrics: Metrics, sources: MetricSources): void {
  const gauge = (name: string, help: string, collect: () => number) => metrics.gauge({ name: `gasper_${name}`, help, collect });
  gauge("slot", "Slot that is under way by this node's clock.", sources.slot);
  gauge("epoch", "Epoch that is under way by this node's clock.", sources.epoch);
  gauge("head_slot", "Slot of the head.", sources.headSlot);
  gauge("justified_epoch", "Epoch of the justified checkpoint.", sources.justifiedEpoch);
  gauge("finalized_epoch", "Epoch of the finalized checkpoint.", sources.finalizedEpoch);
  gauge("certified_epoch", "Epoch of the newest finality certificate; 0 without one.", sources.certifiedEpoch);
  gauge("participation_ratio", "Share of the stake that voted for the previous epoch's target.", sources.participation);
  gauge("active_validators", "Validators that are active.", sources.activeValidators);
  gauge("own_validators", "Validators of this node that are active.", sources.ownValidators);
}
