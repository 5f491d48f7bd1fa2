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
    const fault = evidence.kind === "proposer" ? this.#proposerFault(evidence.slashing) : this.#attesterFault(evidence.slashing);
    if (fault !== undefined) return fault;
    const sets = evidence.kind === "proposer" ? this.#proposerSets(evidence.slashing) : this.#attesterSets(evidence.slashing);
    if (sets === undefined) return GossipCode.unverified;
    if (!this.parts.signatures.hasRoom(sets.length)) return GossipCode.busy;
    const verdicts = await this.parts.signatures.verify(sets);
    if (verdicts === undefined) return GossipCode.unverified;
    if (verdicts.includes(false))
      return evidence.kind === "proposer" ? GasperFault.proposerEvidenceSignature : GasperFault.attesterEvidenceSignature;
    // The same may have come twice, or there is no room for it.
    return this.parts.slasher.adopt(evidence) ? GossipCode.accepted : GossipCode.evidenceKnown;
  }

  #proposerFault(slashing: ProposerSlashing): GossipOutcome | undefined {
    if (isInfinity(slashing.first.seal) || isInfinity(slashing.second.seal)) return GossipCode.infinity;
    const proposer = decodeExtra(slashing.first.extra)?.proposerIndex;
    if (proposer !== undefined && this.parts.slashings.hasProposer(proposer)) return GossipCode.evidenceKnown;
    return this.#stateFault((state) => checkProposerSlashing(state, slashing));
  }

  #attesterFault(slashing: AttesterSlashing): GossipOutcome | undefined {
    const { first, second } = slashing;
    if (isInfinity(first.signature) || isInfinity(second.signature)) return GossipCode.infinity;
    const accused = accusedBy(slashing);
    if (accused.length === 0 || offenceOf(first.data, second.data) === undefined) return GasperFault.attesterEvidence;
    if (accused.every((index) => this.parts.slashings.accuses(index))) return GossipCode.evidenceKnown;
    return this.#stateFault((state) => checkAttesterSlashing(state, slashing));
  }

  /** What a block on the head would find wrong. */
  #stateFault(check: (state: GasperState) => unknown): GossipOutcome | undefined {
    const state = this.chain.stateOf(this.chain.head().root);
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

  #proposerSets({ first, second }: ProposerSlashing): readonly BlsSet[] | undefined {
    const { chain } = this;
    const proposer = decodeExtra(first.extra)?.proposerIndex;
    if (proposer === undefined || !chain.keys.has(proposer)) return undefined;
    const publicKey = chain.keys.get(proposer);
    return [first, second].map((header) => ({
      publicKey,
      message: blockSigningMessage(chain.chainHash, headerRecord(header).signingRoot),
      signature: header.seal,
    }));
  }

  #attesterSets({ first, second }: AttesterSlashing): readonly BlsSet[] | undefined {
    const { chain } = this;
    const sets: BlsSet[] = [];
    for (const { data, indices, signature } of [first, second]) {
      if (!indices.every((index) => chain.keys.has(index))) return undefined;
      sets.push({ publicKey: chain.keys.aggregate(indices), message: attestationSigningRoot(chain.chainHash, data), signature });
    }
    return sets;
  }
}
