/** Judges evidence: `proposer_slashing` and `attester_slashing` of p2p-interface.md, by the state of the head. */
import { type BlsSet, headerRecord, InvalidHeaderError } from "../../../core/sdk.js";
import { checkAttesterSlashing, checkProposerSlashing } from "../block/index.js";
import type { GasperChain } from "../chain-access.js";
import { attestationSigningRoot, blockSigningMessage, decodeExtra } from "../codec/index.js";
import { GasperFault } from "../errors.js";
import type { GasperState } from "../state/index.js";
import type { AttesterSlashing, ProposerSlashing } from "../types.js";
import { accusedBy, type Evidence, offenceOf } from "./evidence.js";
import { GOSSIP_CONDITIONS, GossipCode, type GossipOutcome } from "./gossip-conditions.js";
import type { SignatureQueue } from "./signature-queue.js";
import type { Slasher } from "./slasher.js";
import type { SlashingPool } from "./slashing-pool.js";
import { isInfinity } from "./vote-conditions.js";

/** Signatures of a piece of evidence. */
const SETS = 2;

export interface EvidenceJudgeParts {
  readonly slashings: SlashingPool;
  readonly slasher: Slasher;
  readonly signatures: SignatureQueue;
}

export class EvidenceJudge {
  constructor(
    private readonly chain: GasperChain,
    private readonly parts: EvidenceJudgeParts,
  ) {}

  async judge(evidence: Evidence): Promise<GossipOutcome> {
    const state = this.chain.stateOf(this.chain.head().root);
    const fault =
      evidence.kind === "proposer" ? this.#proposerFault(evidence.slashing, state) : this.#attesterFault(evidence.slashing, state);
    if (fault !== undefined) return fault;
    // Before keys are added up.
    if (!this.parts.signatures.hasRoom(SETS)) return GossipCode.busy;
    if (state === undefined) return GossipCode.unverified;
    const sets = evidence.kind === "proposer" ? this.#proposerSets(evidence.slashing, state) : this.#attesterSets(evidence.slashing, state);
    if (sets === undefined) return GossipCode.unverified;
    const verdicts = await this.parts.signatures.verify(sets);
    if (verdicts === undefined) return GossipCode.unverified;
    if (verdicts.includes(false))
      return evidence.kind === "proposer" ? GasperFault.proposerEvidenceSignature : GasperFault.attesterEvidenceSignature;
    // The same may have come twice, or there is no room for it.
    return this.parts.slasher.adopt(evidence) ? GossipCode.accepted : GossipCode.evidenceKnown;
  }

  #proposerFault(slashing: ProposerSlashing, state: GasperState | undefined): GossipOutcome | undefined {
    if (isInfinity(slashing.first.seal) || isInfinity(slashing.second.seal)) return GossipCode.infinity;
    const proposer = decodeExtra(slashing.first.extra)?.proposerIndex;
    if (proposer !== undefined && this.parts.slashings.hasProposer(proposer)) return GossipCode.evidenceKnown;
    return this.#stateFault(state, (known) => checkProposerSlashing(known, slashing));
  }

  #attesterFault(slashing: AttesterSlashing, state: GasperState | undefined): GossipOutcome | undefined {
    const { first, second } = slashing;
    if (isInfinity(first.signature) || isInfinity(second.signature)) return GossipCode.infinity;
    const accused = accusedBy(slashing);
    if (accused.length === 0 || offenceOf(first.data, second.data) === undefined) return GasperFault.attesterEvidence;
    if (accused.every((index) => this.parts.slashings.accuses(index))) return GossipCode.evidenceKnown;
    return this.#stateFault(state, (known) => checkAttesterSlashing(known, slashing));
  }

  /** What a block on the head would find wrong. */
  #stateFault(state: GasperState | undefined, check: (state: GasperState) => unknown): GossipOutcome | undefined {
    if (state === undefined) return GossipCode.unverified;
    try {
      check(state);
      return undefined;
    } catch (error) {
      const code = InvalidHeaderError.matches(error) ? error.data.code : undefined;
      if (code !== undefined && code in GOSSIP_CONDITIONS) return code as GossipOutcome;
      throw error;
    }
  }

  #proposerSets({ first, second }: ProposerSlashing, state: GasperState): readonly BlsSet[] | undefined {
    const { chain } = this;
    const proposer = decodeExtra(first.extra)?.proposerIndex;
    if (proposer === undefined) return undefined;
    const publicKey = chain.sumOfKeys(state, Uint32Array.of(proposer));
    return [first, second].map((header) => ({
      publicKey,
      message: blockSigningMessage(chain.chainHash, headerRecord(header).signingRoot),
      signature: header.seal,
    }));
  }

  /** @param state knows all of the voters: it was checked */
  #attesterSets({ first, second }: AttesterSlashing, state: GasperState): readonly BlsSet[] {
    const { chain } = this;
    return [first, second].map(({ data, indices, signature }) => ({
      publicKey: chain.sumOfKeys(state, indices),
      message: attestationSigningRoot(chain.chainHash, data),
      signature,
    }));
  }
}
