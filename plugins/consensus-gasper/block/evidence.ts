/** Evidence of double proposals and of double and surround votes: `process_proposer_slashing`, `process_attester_slashing`. */
import { bytesEqual, type Hash, type Header, headerRecord } from "../../../core/sdk.js";
import { attestationSigningRoot, blockSigningMessage, decodeExtra, encodeAttestationData, SIGNATURE_BYTES } from "../codec/index.js";
import { GasperFault, invalidBlock } from "../errors.js";
import type { GasperState } from "../state/index.js";
import type { AttestationData, AttesterSlashing, IndexedAttestation, ProposerSlashing } from "../types.js";
import type { BlockContext } from "./context.js";
import { slashValidator } from "./slashing.js";
import { slotBeginningAt } from "./slot.js";

interface SignedHeader {
  readonly slot: number;
  readonly proposerIndex: number;
  readonly signingRoot: Hash;
  readonly seal: Uint8Array;
}

/**
 * Whom a double proposal convicts, as far as can be told without signatures.
 *
 * @throws InvalidHeaderError GASPER_PROPOSER_SLASHING_HEADER, GASPER_PROPOSER_SLASHING_EVIDENCE, GASPER_PROPOSER_NOT_SLASHABLE
 */
export function checkProposerSlashing(state: GasperState, slashing: ProposerSlashing): readonly [SignedHeader, SignedHeader] {
  const first = signedHeader(state, slashing.first);
  const second = signedHeader(state, slashing.second);
  if (first.slot !== second.slot || first.proposerIndex !== second.proposerIndex)
    throw invalidBlock(GasperFault.proposerEvidence, "the headers are of different slots or proposers");
  if (bytesEqual(first.signingRoot, second.signingRoot)) throw invalidBlock(GasperFault.proposerEvidence, "it is twice the same header");
  const { proposerIndex } = first;
  if (proposerIndex >= state.validatorCount || !state.isSlashable(proposerIndex, state.epoch))
    throw invalidBlock(GasperFault.proposerNotSlashable, `validator ${proposerIndex} can't be slashed (any more)`);
  return [first, second];
}

function signedHeader(state: GasperState, header: Header): SignedHeader {
  const extra = decodeExtra(header.extra);
  const slot = slotBeginningAt(state.parameters, header.timestampMs);
  if (extra === undefined || slot === undefined || header.seal.length !== SIGNATURE_BYTES)
    throw invalidBlock(GasperFault.proposerEvidenceHeader, "a header in evidence is none of this engine");
  return { slot, proposerIndex: extra.proposerIndex, signingRoot: headerRecord(header).signingRoot, seal: header.seal };
}

export function processProposerSlashing(context: BlockContext, slashing: ProposerSlashing): void {
  const { state, services, claims, outcome } = context;
  const headers = checkProposerSlashing(state, slashing);
  const { proposerIndex } = headers[0];
  const publicKey = services.sumOfKeys(state, Uint32Array.of(proposerIndex));
  for (const { signingRoot, seal } of headers) {
    const set = { publicKey, message: blockSigningMessage(state.parameters.chainHash, signingRoot), signature: seal };
    claims.add(set, GasperFault.proposerEvidenceSignature, `validator ${proposerIndex} did not sign a header of the evidence`);
  }
  slashValidator(state, proposerIndex, context.proposerIndex);
  outcome.slashed.push(proposerIndex);
}

/** Whether nobody who signs both can be honest: `is_slashable_attestation_data`. */
export function contradict(first: AttestationData, second: AttestationData): boolean {
  const isDouble = first.target.epoch === second.target.epoch && !sameData(first, second);
  const isSurround = first.source.epoch < second.source.epoch && second.target.epoch < first.target.epoch;
  return isDouble || isSurround;
}

function sameData(first: AttestationData, second: AttestationData): boolean {
  return bytesEqual(encodeAttestationData(first), encodeAttestationData(second));
}

/**
 * Validators that two contradicting votes convict, ascending, as far as can be told without signatures.
 *
 * @throws InvalidHeaderError GASPER_ATTESTER_SLASHING_EVIDENCE, GASPER_ATTESTER_SLASHING_INDICES, GASPER_ATTESTER_NOT_SLASHABLE
 */
export function checkAttesterSlashing(state: GasperState, { first, second }: AttesterSlashing): readonly number[] {
  if (!contradict(first.data, second.data)) throw invalidBlock(GasperFault.attesterEvidence, "an honest voter may sign both votes");
  checkIndices(state, first);
  checkIndices(state, second);
  const others = new Set(second.indices);
  const convicted: number[] = [];
  for (const index of first.indices) if (others.has(index) && state.isSlashable(index, state.epoch)) convicted.push(index);
  if (convicted.length === 0) throw invalidBlock(GasperFault.attesterNotSlashable, "nobody who voted both ways can be slashed (any more)");
  return convicted;
}

function checkIndices(state: GasperState, { indices }: IndexedAttestation): void {
  let last = -1;
  for (const index of indices) {
    if (index <= last) throw invalidBlock(GasperFault.attesterEvidenceIndices, "voters ascend, each once");
    last = index;
  }
  if (indices.length === 0 || last >= state.validatorCount)
    throw invalidBlock(GasperFault.attesterEvidenceIndices, "a vote has voters, all of them validators");
}

export function processAttesterSlashing(context: BlockContext, slashing: AttesterSlashing): void {
  const { state, services, claims, outcome } = context;
  const convicted = checkAttesterSlashing(state, slashing);
  for (const { data, indices, signature } of [slashing.first, slashing.second]) {
    const set = {
      publicKey: services.sumOfKeys(state, indices),
      message: attestationSigningRoot(state.parameters.chainHash, data),
      signature,
    };
    claims.add(set, GasperFault.attesterEvidenceSignature, "the voters did not sign a vote of the evidence");
  }
  for (const index of convicted) slashValidator(state, index, context.proposerIndex);
  outcome.slashed.push(...convicted);
}
