/** What a header says for the engine (`extra`), 100 bytes: proposer index (4, big-endian) ‖ RANDAO reveal (96). */
import { assert, type Bytes, putUint32, uint32At } from "../../../core/sdk.js";
import type { GasperExtra } from "../types.js";
import { SIGNATURE_BYTES } from "./limits.js";

const REVEAL_AT = 4;
export const EXTRA_BYTES = REVEAL_AT + SIGNATURE_BYTES;

export function encodeExtra({ proposerIndex, randaoReveal }: GasperExtra): Bytes {
  assert(proposerIndex >= 0 && proposerIndex <= 0xffff_ffff, "a validator's index has 32 bits");
  assert(randaoReveal.length === SIGNATURE_BYTES, "a RANDAO reveal has 96 bytes");
  const extra = new Uint8Array(EXTRA_BYTES);
  putUint32(extra, 0, proposerIndex);
  extra.set(randaoReveal, REVEAL_AT);
  return extra;
}

/** The reveal is a view. Undefined unless they are 100 bytes. */
export function decodeExtra(extra: Bytes): GasperExtra | undefined {
  if (extra.length !== EXTRA_BYTES) return undefined;
  return { proposerIndex: uint32At(extra, 0), randaoReveal: extra.subarray(REVEAL_AT) };
}
