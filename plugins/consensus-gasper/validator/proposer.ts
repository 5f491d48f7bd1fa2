/** Blocks of this node's validators (specs/phase0/validator.md, "Block proposal"). */
import { type Hash, messageOf, type ProposalFields, type UnsealedBlock } from "../../../core/sdk.js";
import { encodeExtra, encodePayload } from "../codec/index.js";
import type { GasperPayload } from "../types.js";
import type { DutyState, ValidatorDependencies } from "./dependencies.js";
import type { DutyLog } from "./duty-log.js";
import { DutyBranchError, ProposalRefusedError } from "./errors.js";
import type { OwnValidator, OwnValidators } from "./own-validators.js";
import type { Permit, ValidatorSigning } from "./signing.js";

const EMPTY_PAYLOAD: GasperPayload = { attestations: [], proposerSlashings: [], attesterSlashings: [] };

export interface ProposerParts {
  readonly dependencies: Pick<ValidatorDependencies, "chain" | "logger" | "proposerHead" | "payloadFor">;
  readonly signing: ValidatorSigning;
  readonly validators: OwnValidators;
  readonly log: DutyLog;
}

interface Turn {
  readonly own: OwnValidator;
  readonly validator: number;
  readonly state: DutyState;
}

export class Proposer {
  readonly #parts: ProposerParts;

  constructor(parts: ProposerParts) {
    this.#parts = parts;
  }

  /** Makes the block of a slot, if it is one of our validators' turn. @throws DutyBranchError, and what the chain throws */
  async propose(slot: number, permit: Permit): Promise<void> {
    const { dependencies, log } = this.#parts;
    const parent = dependencies.proposerHead(slot);
    const parentSlot = dependencies.chain.block(parent)?.slot;
    if (parentSlot === undefined) throw new DutyBranchError({ duty: "proposal", slot, reason: "its parent is unknown" });
    // The slot has its block (genesis is slot 0's), or the clock was set back.
    if (parentSlot >= slot) return;
    const turn = await this.#turn(slot, parent, parentSlot);
    if (turn === undefined) return;
    try {
      await this.#make(slot, parent, turn, permit);
      log.count("proposal", "made");
    } catch (error) {
      log.failed("proposal", slot, turn.validator, error);
    }
  }

  async #turn(slot: number, parent: Hash, parentSlot: number): Promise<Turn | undefined> {
    const { dependencies, validators } = this.#parts;
    const state = await this.#stateFor(slot, parent, parentSlot);
    validators.find(state);
    const validator = state.proposerAt(slot);
    const own = validator === undefined ? undefined : validators.at(validator);
    if (own === undefined || validator === undefined) return undefined;
    const refusal = this.#refusal(slot, own, state.isSlashed(validator));
    if (refusal === undefined) return { own, validator, state };
    dependencies.logger.warn({ slot, validator, reason: refusal }, "a validator of this node leaves its slot empty");
    return undefined;
  }

  #refusal(slot: number, own: OwnValidator, isSlashed: boolean): string | undefined {
    if (isSlashed) return "it was slashed";
    if (this.#parts.dependencies.chain.clock.epochOf(slot) < own.signsFrom) return "it has no record of what it signed lately";
    return own.refusal?.message;
  }

  /** A state that knows the slot's proposer: proposers are known to the end of the epoch after the parent's. */
  async #stateFor(slot: number, parent: Hash, parentSlot: number): Promise<DutyState> {
    const { chain } = this.#parts.dependencies;
    const epoch = chain.clock.epochOf(slot);
    const near = epoch <= chain.clock.epochOf(parentSlot) + 1 ? chain.stateOf(parent) : undefined;
    return near ?? chain.stateAt(parent, Math.max(parentSlot, chain.clock.firstSlotOf(epoch)));
  }

  async #make(slot: number, parent: Hash, { own, validator, state }: Turn, permit: Permit): Promise<void> {
    const { dependencies, signing } = this.#parts;
    const { chain, logger } = dependencies;
    const randaoReveal = await signing.randaoReveal(own.publicKey, chain.clock.epochOf(slot), permit);
    const fields = {
      timestampMs: chain.clock.startOf(slot),
      proposer: state.account(validator),
      extra: encodeExtra({ proposerIndex: validator, randaoReveal }),
    };
    const { header, signingRoot, transactions, payload } = await this.#build(slot, parent, fields, permit);
    const seal = await signing.seal(own.publicKey, slot, signingRoot, permit);
    const verdict = await chain.host.submit({ header: { ...header, seal }, transactions, payload });
    if (verdict.status === "invalid" || verdict.status === "not-yet")
      throw new ProposalRefusedError({ slot, status: verdict.status, code: verdict.code, reason: verdict.reason });
    logger.info({ slot, validator, height: header.height, transactions: transactions.length }, "proposed a block");
  }

  /** With votes and evidence; without, should these be what fails: a block that helps nobody's vote is better than none. */
  async #build(slot: number, parent: Hash, fields: Omit<ProposalFields, "payload">, permit: Permit): Promise<UnsealedBlock> {
    const { chain, logger, payloadFor } = this.#parts.dependencies;
    try {
      const payload = encodePayload(await payloadFor(parent, slot));
      return await chain.host.buildBlock(parent, { ...fields, payload });
    } catch (error) {
      logger.error({ slot, reason: messageOf(error) }, "a block with votes could not be built; it is tried without");
      permit();
      return chain.host.buildBlock(parent, { ...fields, payload: encodePayload(EMPTY_PAYLOAD) });
    }
  }
}
