/** Judges votes of both channels: all conditions, signatures last; and hands on what is valid. */
import { type Bytes, bytesEqual, type Hash } from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import { aggregateSigningRoot, attestationSigningRoot, countBits, membersOf, selectionSigningRoot } from "../codec/index.js";
import { isAggregator } from "../duties/index.js";
import { GasperFault } from "../errors.js";
import type { AggregateAndProof, Attestation } from "../types.js";
import type { AttestationPool } from "./attestation-pool.js";
import { EpochMarks } from "./epoch-marks.js";
import { GossipCode, type GossipOutcome } from "./gossip-conditions.js";
import { SeenAggregates } from "./seen-aggregates.js";
import type { SignatureQueue } from "./signature-queue.js";
import type { Slasher } from "./slasher.js";
import { isInfinity, type VoteCommittee, VoteConditions } from "./vote-conditions.js";

/** Different votes whose aggregates are remembered: two epochs of 32 slots with 64 committees each, each with two opinions. */
const SEEN_VOTES_MAX = 8_192;

export interface VoteJudgeParts {
  readonly pool: AttestationPool;
  readonly slasher: Slasher;
  readonly signatures: SignatureQueue;
  /** Votes that may wait for committees at once; undefined: the default. */
  readonly maxCommitteeWaits?: number | undefined;
}

/** A signature, and the validators whose it has to be. */
interface Signed {
  readonly signers: Uint32Array;
  readonly message: Hash;
  readonly signature: Bytes;
}

export class VoteJudge {
  readonly conditions: VoteConditions;
  /** Validators of whom a valid single vote was seen, by target epoch. */
  readonly #voters = new EpochMarks();
  /** Those of them of whom a second, other one was seen: further ones are no news. */
  readonly #doubleVoters = new EpochMarks();
  /** Aggregators of whom a valid aggregate was seen, by target epoch. */
  readonly #aggregators = new EpochMarks();
  readonly #aggregates = new SeenAggregates(SEEN_VOTES_MAX);

  constructor(
    private readonly chain: GasperChain,
    private readonly parts: VoteJudgeParts,
  ) {
    this.conditions = new VoteConditions(chain, parts.maxCommitteeWaits);
  }

  /** Forgets what is older than gossip may bring. */
  prune(): void {
    const slot = this.conditions.earliestSlot();
    const epoch = this.chain.clock.epochOf(slot);
    this.#voters.prune(epoch);
    this.#doubleVoters.prune(epoch);
    this.#aggregators.prune(epoch);
    this.#aggregates.prune(slot);
  }

  /** Judges a single vote. @param isOwn it was made here: its signature is good */
  async vote(attestation: Attestation, isOwn = false): Promise<GossipOutcome> {
    const { data, bits, signature } = attestation;
    if (countBits(bits) !== 1) return GossipCode.notSingle;
    const fault = this.conditions.fault(attestation);
    if (fault !== undefined) return fault;
    const committee = await this.conditions.committeeOf(attestation, isOwn);
    if (typeof committee === "string") return committee;
    const indices = membersOf(committee.members, bits);
    const validator = indices[0] as number;
    const root = attestationSigningRoot(this.chain.chainHash, data);
    if (this.#isKnownVoter(validator, data.target.epoch, root)) return GossipCode.voteSeen;
    if (!isOwn) {
      const verdicts = await this.#verify(data.headRoot, [{ signers: indices, message: root, signature }]);
      if (typeof verdicts === "string") return verdicts;
      if (verdicts[0] !== true) return GasperFault.attestationSignature;
      // Another one may have been verified meanwhile.
      if (this.#isKnownVoter(validator, data.target.epoch, root)) return GossipCode.voteSeen;
    }
    const isFirst = this.#voters.add(data.target.epoch, validator);
    if (!isFirst) this.#doubleVoters.add(data.target.epoch, validator);
    this.#count(attestation, root, committee, indices);
    return isFirst ? GossipCode.accepted : GossipCode.doubleVote;
  }

  async aggregate(message: AggregateAndProof): Promise<GossipOutcome> {
    const { aggregatorIndex, aggregate, selectionProof, signature } = message;
    const { data, bits } = aggregate;
    if (countBits(bits) === 0) return GasperFault.attestationBits;
    if (isInfinity(selectionProof) || isInfinity(signature)) return GossipCode.infinity;
    const fault = this.conditions.fault(aggregate);
    if (fault !== undefined) return fault;
    const committee = await this.conditions.committeeOf(aggregate);
    if (typeof committee === "string") return committee;
    const root = attestationSigningRoot(this.chain.chainHash, data);
    const seen = this.#seenAggregate(message, root);
    if (seen !== undefined) return seen;
    if (!committee.members.includes(aggregatorIndex)) return GossipCode.aggregatorCommittee;
    if (!isAggregator(committee.members.length, selectionProof, this.chain.parameters.spec.committees.targetAggregators))
      return GossipCode.notAggregator;
    const indices = membersOf(committee.members, bits).sort();
    const wrong = await this.#aggregateFault(message, root, indices);
    // Another one may have been verified meanwhile.
    const judged = wrong ?? this.#seenAggregate(message, root);
    if (judged !== undefined) return judged;
    this.#aggregators.add(data.target.epoch, aggregatorIndex);
    this.#aggregates.add(root, data.slot, bits);
    this.#count(aggregate, root, committee, indices);
    return GossipCode.accepted;
  }

  /** A vote that was seen, or one more of somebody who voted twice already. A second vote is evidence, so it is not known before it is verified. */
  #isKnownVoter(validator: number, epoch: number, root: Hash): boolean {
    if (!this.#voters.has(epoch, validator)) return false;
    const voted = this.parts.slasher.votedRoot(validator, epoch);
    return voted === undefined || bytesEqual(voted, root) || this.#doubleVoters.has(epoch, validator);
  }

  #seenAggregate({ aggregatorIndex, aggregate }: AggregateAndProof, root: Hash): GossipOutcome | undefined {
    if (this.#aggregators.has(aggregate.data.target.epoch, aggregatorIndex)) return GossipCode.aggregatorSeen;
    return this.#aggregates.covers(root, aggregate.bits) ? GossipCode.aggregateCovered : undefined;
  }

  async #aggregateFault(message: AggregateAndProof, root: Hash, indices: Uint32Array): Promise<GossipOutcome | undefined> {
    const { chainHash } = this.chain;
    const { aggregatorIndex, aggregate, selectionProof, signature } = message;
    const signers = Uint32Array.of(aggregatorIndex);
    const verdicts = await this.#verify(aggregate.data.headRoot, [
      { signers, message: selectionSigningRoot(chainHash, aggregate.data.slot), signature: selectionProof },
      { signers, message: aggregateSigningRoot(chainHash, message), signature },
      { signers: indices, message: root, signature: aggregate.signature },
    ]);
    if (typeof verdicts === "string") return verdicts;
    if (verdicts[0] !== true) return GossipCode.selectionProof;
    if (verdicts[1] !== true) return GossipCode.aggregateSignature;
    return verdicts[2] === true ? undefined : GasperFault.attestationSignature;
  }

  /** @param headRoot whose branch says which keys the numbers are; they are added up only if there is room */
  async #verify(headRoot: Hash, signed: readonly Signed[]): Promise<readonly boolean[] | GossipOutcome> {
    const { signatures } = this.parts;
    if (!signatures.hasRoom(signed.length)) return GossipCode.busy;
    const state = this.chain.stateOf(headRoot);
    const isKnown = state !== undefined && signed.every(({ signers }) => signers.every((index) => index < state.validatorCount));
    if (!isKnown) return GossipCode.noCommittees;
    const sets = signed.map(({ signers, message, signature }) => ({
      publicKey: this.chain.sumOfKeys(state, signers),
      message,
      signature,
    }));
    return (await signatures.verify(sets)) ?? GossipCode.unverified;
  }

  /** @param indices the voters, ascending */
  #count(attestation: Attestation, root: Hash, committee: VoteCommittee, indices: Uint32Array): void {
    const indexed = { data: attestation.data, indices, signature: attestation.signature };
    this.parts.pool.add({ attestation, root, committee: committee.members, decisionRoot: committee.decisionRoot });
    this.parts.slasher.onVotes(indexed, root);
    this.chain.applyVotes(indexed);
  }
}
