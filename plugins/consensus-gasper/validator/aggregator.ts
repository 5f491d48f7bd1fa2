/**
 * Aggregates of the committees that this node's validators vote in (specs/phase0/validator.md, "Attestation aggregation").
 *
 * One for each vote that its members cast: several aggregators of this node in one committee would say the same.
 */
import { toHex } from "../../../core/sdk.js";
import { encodeAggregateAndProof, encodeAttestationData } from "../codec/index.js";
import { isAggregator } from "../duties/index.js";
import type { CastVote } from "./attester.js";
import type { ValidatorDependencies } from "./dependencies.js";
import type { DutyLog } from "./duty-log.js";
import type { Permit, ValidatorSigning } from "./signing.js";

export interface AggregatorParts {
  readonly dependencies: Pick<ValidatorDependencies, "chain" | "bestAggregate">;
  readonly signing: ValidatorSigning;
  readonly log: DutyLog;
  /** Aggregators of a committee on average. */
  readonly targetAggregators: number;
}

export class Aggregator {
  readonly #parts: AggregatorParts;

  constructor(parts: AggregatorParts) {
    this.#parts = parts;
  }

  async aggregate(votes: readonly CastVote[], permit: Permit): Promise<void> {
    const byData = new Map<string, CastVote[]>();
    for (const vote of votes) {
      const name = toHex(encodeAttestationData(vote.data));
      const alike = byData.get(name);
      if (alike === undefined) byData.set(name, [vote]);
      else alike.push(vote);
    }
    await Promise.all([...byData.values()].map((alike) => this.#ofCommittee(alike, permit)));
  }

  async #ofCommittee(votes: readonly CastVote[], permit: Permit): Promise<void> {
    for (const vote of votes) {
      try {
        if (await this.#publish(vote, permit)) return;
      } catch (error) {
        this.#parts.log.failed("aggregate", vote.data.slot, vote.duty.validator, error);
      }
    }
  }

  /** Whether this validator was picked, so that the committee's aggregate is out. */
  async #publish({ duty, data }: CastVote, permit: Permit): Promise<boolean> {
    const { dependencies, signing, log, targetAggregators } = this.#parts;
    const { publicKey } = duty.own;
    const selectionProof = await signing.selectionProof(publicKey, data.slot, permit);
    if (!isAggregator(duty.committeeSize, selectionProof, targetAggregators)) return false;
    const aggregate = dependencies.bestAggregate(data);
    // The pool may be full of better things, or have dropped it after a reorg.
    if (aggregate === undefined) return false;
    const unsigned = { aggregatorIndex: duty.validator, aggregate, selectionProof };
    const signature = await signing.aggregate(publicKey, unsigned, permit);
    dependencies.chain.host.publish("aggregates", encodeAggregateAndProof({ ...unsigned, signature }));
    log.count("aggregate", "published");
    return true;
  }
}
