/**
 * Who aggregates: members of a committee whose proof of selection happens to fit.
 *
 * Source: `is_aggregator` of the Ethereum consensus specification (specs/phase0/validator.md).
 */
import { type Bytes, sha256, uint32LittleAt } from "../../../core/sdk.js";

/**
 * @param selectionProof BLS signature of the slot, 96 bytes
 * @param targetAggregators of a committee, on average; at least 1
 */
export function isAggregator(committeeSize: number, selectionProof: Bytes, targetAggregators: number): boolean {
  const modulus = Math.max(1, Math.floor(committeeSize / targetAggregators));
  const hash = sha256(selectionProof);
  // The first 8 bytes, little-endian. A committee has less than 2^21 members, so that the sum stays below 2^53.
  return ((uint32LittleAt(hash, 4) % modulus) * 0x1_0000_0000 + uint32LittleAt(hash, 0)) % modulus === 0;
}
