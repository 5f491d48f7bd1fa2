/** Votes of this node's validators: one for each in an epoch, for the head of its slot (specs/phase0/validator.md, "Attesting"). */
import type { Hash } from "../../../core/sdk.js";
import { encodeAttestation, singleBit } from "../codec/index.js";
import type { AttestationData } from "../types.js";
import type { DutyState, ValidatorDependencies } from "./dependencies.js";
import type { DutyLog } from "./duty-log.js";
import { DutyBranchError } from "./errors.js";
import type { Permit, ValidatorSigning } from "./signing.js";
import type { VoteDuties, VoteDuty } from "./vote-duties.js";

export interface CastVote {
  readonly duty: VoteDuty;
  readonly data: AttestationData;
}

export interface AttesterParts {
  readonly dependencies: Pick<ValidatorDependencies, "chain" | "onOwnVote">;
  readonly signing: ValidatorSigning;
  readonly duties: VoteDuties;
  readonly log: DutyLog;
}

export class Attester {
  readonly #parts: AttesterParts;

  constructor(parts: AttesterParts) {
    this.#parts = parts;
  }

  /** Votes with all keys whose turn is in this slot; answers what was signed. @throws DutyBranchError, and what the chain throws */
  async vote(slot: number, permit: Permit): Promise<readonly CastVote[]> {
    const { chain } = this.#parts.dependencies;
    const root = this.#headFor(slot);
    const epoch = chain.clock.epochOf(slot);
    const { due, source } = await this.#due(slot, epoch, root);
    if (due.length === 0) return [];
    const targetRoot = chain.ancestorAt(root, chain.clock.firstSlotOf(epoch));
    if (targetRoot === undefined)
      throw new DutyBranchError({ duty: "vote", slot, reason: "the block at the start of its epoch is unknown" });
    const common = { slot, headRoot: root, source, target: { epoch, root: targetRoot } };
    const cast = await Promise.all(due.map((duty) => this.#cast(duty, { ...common, committeeIndex: duty.committeeIndex }, permit)));
    return cast.filter((vote) => vote !== undefined);
  }

  /** Which validators vote in a slot, and from which source. */
  async #due(slot: number, epoch: number, root: Hash) {
    const { duties } = this.#parts;
    const state = await this.#stateIn(epoch, root);
    const ofSlot = (await duties.of(epoch, root, state)).get(slot) ?? [];
    const due = ofSlot.filter(
      ({ own, validator }) =>
        own.refusal === undefined &&
        own.signsFrom <= epoch &&
        own.votedEpoch < epoch &&
        own.isIn(state, validator) &&
        !state.isSlashed(validator),
    );
    return { due, source: state.currentJustified };
  }

  async #cast(duty: VoteDuty, data: AttestationData, permit: Permit): Promise<CastVote | undefined> {
    const { dependencies, signing, log } = this.#parts;
    const { own, validator, position, committeeSize } = duty;
    try {
      const signature = await signing.vote(own.publicKey, data, permit);
      own.votedEpoch = data.target.epoch;
      const attestation = { data, bits: singleBit(committeeSize, position), signature };
      dependencies.chain.host.publish("attestations", encodeAttestation(attestation));
      log.count("vote", "cast");
      dependencies.onOwnVote(attestation, validator);
      return { duty, data };
    } catch (error) {
      log.failed("vote", data.slot, validator, error);
      return undefined;
    }
  }

  /** State of a branch in an epoch: the justified checkpoint changes only where one ends, so that any of its slots will do. */
  async #stateIn(epoch: number, root: Hash): Promise<DutyState> {
    const { chain } = this.#parts.dependencies;
    const first = chain.clock.firstSlotOf(epoch);
    const headSlot = chain.block(root)?.slot ?? 0;
    const state = headSlot >= first ? chain.stateOf(root) : undefined;
    return state ?? chain.stateAt(root, Math.max(headSlot, first));
  }

  /** The head as a vote of the slot may name it: a clock that was set back must not make it vote for what is to come. */
  #headFor(slot: number): Hash {
    const { chain } = this.#parts.dependencies;
    const head = chain.head();
    const root = head.slot <= slot ? head.root : chain.ancestorAt(head.root, slot);
    if (root === undefined) throw new DutyBranchError({ duty: "vote", slot, reason: "the head of that time is unknown" });
    return root;
  }
}
