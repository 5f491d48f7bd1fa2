/** The operating system's random numbers. */
import { randomFillSync } from "node:crypto";
import { assert } from "../kernel/assert.js";
import type { Entropy } from "../ports/runtime.js";
import type { Bytes } from "../primitives/bytes.js";

export class SystemEntropy implements Entropy {
  bytes(length: number): Bytes {
    assert(Number.isSafeInteger(length) && length >= 0, "a length of random bytes is a count");
    // Not randomBytes: memory of our own, no slice of a pool.
    return randomFillSync(new Uint8Array(length));
  }
}
