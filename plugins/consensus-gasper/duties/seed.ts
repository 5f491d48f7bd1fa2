/**
 * Seeds of duties: `get_seed` of the Ethereum consensus specification (specs/phase0/beacon-chain.md).
 *
 *   seed = SHA-256(domain type (4 bytes) ‖ epoch (8 bytes, little-endian) ‖ RANDAO mix (32))
 */
import { type Bytes, Hash, putUint32Little, sha256 } from "../../../core/sdk.js";

/** What a seed is for: its domain type, as 4 bytes little-endian. DOMAIN_BEACON_PROPOSER and DOMAIN_BEACON_ATTESTER. */
export const SeedDomain = { proposer: 0, attester: 1 } as const;
export type SeedDomain = (typeof SeedDomain)[keyof typeof SeedDomain];

/**
 * @param epoch the one that the duties are for
 * @param mix the RANDAO mix of epoch − 2 (MIN_SEED_LOOKAHEAD + 1), 32 bytes
 */
export function dutySeed(domain: SeedDomain, epoch: number, mix: Bytes): Hash {
  const message = new Uint8Array(12 + Hash.bytes);
  putUint32Little(message, 0, domain);
  putUint64Little(message, 4, epoch);
  message.set(mix, 12);
  return sha256(message);
}

/** A safe integer as eight bytes, little-endian: `uint_to_bytes` of the specification. */
export function putUint64Little(into: Bytes, at: number, value: number): void {
  putUint32Little(into, at, value);
  putUint32Little(into, at + 4, Math.floor(value / 0x1_0000_0000));
}
