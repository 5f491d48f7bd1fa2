/** What the validators of a node see of the engine: no more than they need, so that tests stand in for it. */
import type { BlsSigner, ConsensusHost, Hash, Logger } from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import type { GasperMetrics } from "../metrics.js";
import type { GasperState } from "../state/index.js";
import type { Attestation, AttestationData, GasperPayload } from "../types.js";
import type { SlashingProtection } from "./protection.js";

export type DutyState = Pick<
  GasperState,
  | "slot"
  | "epoch"
  | "currentJustified"
  | "validatorCount"
  | "proposerAt"
  | "publicKey"
  | "account"
  | "indexOf"
  | "isActive"
  | "isSlashed"
  | "balance"
  | "validator"
>;

/** `GasperChain` is one. */
export interface DutyChain
  extends Pick<GasperChain, "clock" | "chainHash" | "currentSlot" | "head" | "block" | "ancestorAt" | "shuffling" | "decisionRoot"> {
  readonly host: Pick<ConsensusHost, "clock" | "scheduler" | "buildBlock" | "submit" | "publish">;
  stateOf(root: Hash): DutyState | undefined;
  stateAt(root: Hash, slot: number): Promise<DutyState>;
}

/** BLS keys by name, and signatures by them: of the keystore, or remote. */
export type DutySigner = Pick<BlsSigner, "keysOf" | "sign">;

export interface ValidatorDependencies {
  readonly chain: DutyChain;
  /** Undefined: this node's signer holds no BLS keys. */
  readonly signer: DutySigner | undefined;
  readonly protection: SlashingProtection;
  readonly metrics: Pick<
    GasperMetrics,
    | "proposals"
    | "votes"
    | "aggregates"
    | "protectionRefusals"
    | "includedVotes"
    | "canonicalProposals"
    | "inclusionDistance"
    | "effectiveness"
  >;
  readonly logger: Logger;
  /** What a block of `slot` is to be built on: the head, or its parent where the head came too late. */
  readonly proposerHead: (slot: number) => Hash;
  /** Votes and evidence for a block of `slot` on `parent`. */
  readonly payloadFor: (parent: Hash, slot: number) => GasperPayload | Promise<GasperPayload>;
  /** The pool's best aggregate of votes for exactly this. */
  readonly bestAggregate: (data: AttestationData) => Attestation | undefined;
  /** A vote of our own, signed and with one bit set: for the pool and fork choice. It was not verified and need not be. */
  readonly onOwnVote: (attestation: Attestation, validator: number) => void;
}

export interface ValidatorOptions {
  /** Names of BLS key files. */
  readonly validators: readonly string[];
  readonly propose: boolean;
  readonly doppelgangerEpochs: number;
  readonly targetAggregators: number;
}
