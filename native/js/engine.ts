/** The engine that needs nothing but Node: OpenSSL through node:crypto, with @noble/ed25519 as the judge of its refusals. */
import type { HashTag } from "../../core/ports/compute.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { SignatureBatch } from "../../core/primitives/signature-batch.js";
import { checkHashPairs, checkSubtreeRoot, checkVerify } from "../check-inputs.js";
import type { ComputeEngine, EngineOptions } from "../engine.js";
import { Ed25519Verifier } from "./ed25519.js";
import { subtreeRoot } from "./merkle.js";
import { hashPairs } from "./sha256-pairs.js";

class JsEngine implements ComputeEngine {
  readonly kind = "js";
  readonly tiers = { ed25519: "node:crypto, then @noble/ed25519 (ZIP-215)", sha256: "node:crypto", sha512: "node:crypto" };
  readonly #verifier: Ed25519Verifier;

  constructor(options: Pick<EngineOptions, "keyCacheEntries">) {
    this.#verifier = new Ed25519Verifier(options.keyCacheEntries);
  }

  verify(batch: SignatureBatch, from: number, to: number, bitmap: Bytes): number {
    const offsets = checkVerify(batch, from, to, bitmap);
    let valid = 0;
    for (let i = from; i < to; i++) {
      const publicKey = batch.publicKeys.subarray(32 * i, 32 * i + 32);
      const signature = batch.signatures.subarray(64 * i, 64 * i + 64);
      const message = batch.messages.subarray(offsets[i - from], offsets[i - from + 1]);
      if (!this.#verifier.verify(signature, message, publicKey)) continue;
      bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7));
      valid++;
    }
    return valid;
  }

  hashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void {
    checkHashPairs(input, output, tag, from, to);
    hashPairs(input, output, tag, from, to);
  }

  subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
    checkSubtreeRoot(nodes, fromDepth, toDepth);
    return subtreeRoot(nodes, fromDepth, toDepth);
  }

  clearKeyCache(): void {
    this.#verifier.clearKeyCache();
  }
}

export function createJsEngine(options: Pick<EngineOptions, "keyCacheEntries">): ComputeEngine {
  return new JsEngine(options);
}
