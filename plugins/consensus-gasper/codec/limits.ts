/** What decoders allow, and how long messages can get by it: everything is checked before anything is allocated. */
import { fieldBytes, Hash, integerFieldBytes } from "../../../core/sdk.js";
import type { GasperSpec } from "../config.js";
import { type CommitteeSpec, committeeParametersOf, maxCommitteeSize } from "../duties/committees.js";
import { gapsBytes } from "./index-gaps.js";

/** BLS12-381 signature (min-pk: a point of G2, compressed). */
export const SIGNATURE_BYTES = 96;

/** Limits of a chain's messages. All at least 1. */
export interface CodecLimits {
  /** Members of a committee at most (`maxCommitteeSize`). */
  readonly committeeSize: number;
  /** Validators that there may ever be: indices are below it. */
  readonly validators: number;
  /** Of one block's payload, each. */
  readonly attestations: number;
  readonly proposerSlashings: number;
  readonly attesterSlashings: number;
}

export function codecLimitsOf(spec: CommitteeSpec & Pick<GasperSpec, "limits">): CodecLimits {
  return { ...spec.limits, committeeSize: maxCommitteeSize(spec.limits.validators, committeeParametersOf(spec)) };
}

const INTEGER_BYTES = integerFieldBytes(Number.MAX_SAFE_INTEGER);

export const MAX_CHECKPOINT_BYTES = INTEGER_BYTES + fieldBytes(Hash.bytes);
export const MAX_ATTESTATION_DATA_BYTES =
  INTEGER_BYTES + integerFieldBytes(0xffff_ffff) + fieldBytes(Hash.bytes) + 2 * fieldBytes(MAX_CHECKPOINT_BYTES);

/** Bytes of the bits of a committee. */
export function bitsBytes(committeeSize: number): number {
  return Math.ceil(committeeSize / 8);
}

export function maxAttestationBytes({ committeeSize }: CodecLimits): number {
  return fieldBytes(MAX_ATTESTATION_DATA_BYTES) + fieldBytes(bitsBytes(committeeSize)) + fieldBytes(SIGNATURE_BYTES);
}

export function maxIndexedAttestationBytes({ committeeSize, validators }: CodecLimits): number {
  return fieldBytes(MAX_ATTESTATION_DATA_BYTES) + fieldBytes(gapsBytes(committeeSize, validators)) + fieldBytes(SIGNATURE_BYTES);
}

export function maxAttesterSlashingBytes(limits: CodecLimits): number {
  return 2 * fieldBytes(maxIndexedAttestationBytes(limits));
}

/** An aggregate of the gossip channel. */
export function maxAggregateAndProofBytes(limits: CodecLimits): number {
  return integerFieldBytes(0xffff_ffff) + fieldBytes(maxAttestationBytes(limits)) + 2 * fieldBytes(SIGNATURE_BYTES);
}
