/** Headers as they come from a peer, one encoded header at a time. */
import { ChainwrightError } from "../../kernel/errors.js";
import type { HeaderRecord } from "../../primitives/block.js";
import { decodeHeader } from "../../primitives/block-codec.js";
import type { Bytes } from "../../primitives/bytes.js";

/** Undefined where the bytes are no header: the peer's fault, for the caller to hold against it. */
export function headerFromPeer(bytes: Bytes): HeaderRecord | undefined {
  try {
    return decodeHeader(bytes);
  } catch (error) {
    if (ChainwrightError.is(error)) return undefined;
    throw error;
  }
}
