/** Evidence: what it proves, against whom, and its bytes on the channel `slashings`. Pure. */
import { type Bytes, decodeHeader, encodeHeader, Hash, type Header } from "../../../core/sdk.js";
import { contradict } from "../block/index.js";
import { type CodecLimits, decodePayload, encodePayload, maxPayloadBytes } from "../codec/index.js";
import type { AttestationData, AttesterSlashing, Checkpoint, IndexedAttestation, ProposerSlashing } from "../types.js";

/** One of the two kinds. */
export type Evidence =
  | { readonly kind: "proposer"; readonly slashing: ProposerSlashing }
  | { readonly kind: "attester"; readonly slashing: AttesterSlashing };

/** What two votes of one validator may prove. */
export type VoteOffence = "double_vote" | "surround_vote";

/** The channel's message is a payload (`GasperPayload`) with one piece of evidence and nothing else. */
export function encodeEvidence(evidence: Evidence): Bytes {
  return encodePayload({
    attestations: [],
    proposerSlashings: evidence.kind === "proposer" ? [evidence.slashing] : [],
    attesterSlashings: evidence.kind === "attester" ? [evidence.slashing] : [],
  });
}

/** Undefined where there is not exactly one piece of evidence. @throws EncodingError, EncodingLimitError */
export function decodeEvidence(bytes: Bytes, limits: CodecLimits): Evidence | undefined {
  const { proposerSlashings, attesterSlashings } = decodePayload(bytes, evidenceLimits(limits));
  const [proposer] = proposerSlashings;
  const [attester] = attesterSlashings;
  if (proposer !== undefined) return attester === undefined ? { kind: "proposer", slashing: proposer } : undefined;
  return attester === undefined ? undefined : { kind: "attester", slashing: attester };
}

/** Longest message of the channel. */
export function maxEvidenceBytes(limits: CodecLimits): number {
  return maxPayloadBytes(evidenceLimits(limits));
}

function evidenceLimits(limits: CodecLimits): CodecLimits {
  return { ...limits, attestations: 0, proposerSlashings: 1, attesterSlashings: 1 };
}

/** What the first vote proves with the second, in this order; undefined: nothing. */
export function offenceOf(first: AttestationData, second: AttestationData): VoteOffence | undefined {
  if (!contradict(first, second)) return undefined;
  return first.target.epoch === second.target.epoch ? "double_vote" : "surround_vote";
}

/** Who is in both. @param a @param b ascending */
export function commonIndices(a: Uint32Array, b: Uint32Array): Uint32Array {
  const common = new Uint32Array(Math.min(a.length, b.length));
  let found = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i] as number;
    const right = b[j] as number;
    if (left === right) common[found++] = left;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return common.slice(0, found);
}

/** Everybody whom the evidence is against. */
export function accusedBy({ first, second }: AttesterSlashing): Uint32Array {
  return commonIndices(first.indices, second.indices);
}

/** A copy without views: bytes of votes are views of the block that brought them, which nobody wants to keep for hours. */
export function detached({ data, indices, signature }: IndexedAttestation): IndexedAttestation {
  const copy = ({ epoch, root }: Checkpoint): Checkpoint => ({ epoch, root: Hash.from(new Uint8Array(root)) });
  const { headRoot, source, target } = data;
  return {
    data: { ...data, headRoot: Hash.from(new Uint8Array(headRoot)), source: copy(source), target: copy(target) },
    indices: indices.slice(),
    signature: new Uint8Array(signature),
  };
}

/** The same of evidence. */
export function detachedEvidence(evidence: Evidence): Evidence {
  if (evidence.kind === "attester") {
    const { first, second } = evidence.slashing;
    return { kind: "attester", slashing: { first: detached(first), second: detached(second) } };
  }
  const copy = (header: Header): Header => decodeHeader(encodeHeader(header)).header;
  return { kind: "proposer", slashing: { first: copy(evidence.slashing.first), second: copy(evidence.slashing.second) } };
}
