/**
 * Phase 1: M = Argon2id (RFC 9106, version 1.3)
 *
 *   password = tag (16) ‖ root (32) ‖ outer nonce (8)    salt = id of the parent (32)
 *   memory and passes from the chain spec and the header's step; parallelism 1; no secret, no associated data; 32 bytes
 *
 * The password commits to the whole header without its seal, the salt to all of history: nothing can be computed before the parent
 * is known, and nothing serves two headers, nonces or chains.
 *
 * Two engines, the same bytes. `native`: @node-rs/argon2 (Rust, prebuilt for thirteen platforms, an optional dependency);
 * `portable`: @noble/hashes (JavaScript). Both are synchronous, so a check is one piece of work in a worker and no real asynchronous
 * resource exists in a simulation. Measured at 16 MiB and one pass, CPU time: 7 ms and 95 ms; see SPECIFICATION.md for those that
 * were not taken.
 */
import { createRequire } from "node:module";
import { argon2id } from "@noble/hashes/argon2.js";
import { type Bytes, bytesEqual, concatBytes, domainTag, fromHex, messageOf } from "../../core/sdk.js";
import { MemoryEngineError } from "./errors.js";
import { MEMORY_HASH_BYTES, outerNonceBytes } from "./seal.js";

const TAG_MEMORY = domainTag("cw/helios/mem/1");

/** Argon2id's costs. */
export interface MemoryCost {
  /** ≥ 8. */
  readonly memoryKiB: number;
  readonly passes: number;
}

/** What Argon2id is asked for, beyond what Helios uses: vectors are published with more. */
export interface Argon2idInput extends MemoryCost {
  readonly password: Bytes;
  /** ≥ 8 bytes. */
  readonly salt: Bytes;
  readonly parallelism: number;
  readonly outputBytes: number;
  readonly secret?: Bytes;
  /** The native library takes none. */
  readonly associatedData?: Bytes;
  /** Asked now and then by the portable engine, which takes a tenth of a second for what the native one does in milliseconds. */
  readonly cancelled?: () => boolean;
}

/** What a run that was called off ends with: `cancelled` said so. No fault of anybody's. */
export class MemoryCancelled extends Error {}

export interface MemoryEngine {
  readonly kind: "native" | "portable";
  argon2id(input: Argon2idInput): Bytes;
}

/** What an operator may ask for. */
export type EngineChoice = "auto" | "native" | "portable";

/** M of an outer nonce. @throws MemoryCancelled */
export function memoryHash(
  engine: MemoryEngine,
  root: Bytes,
  outerNonce: bigint,
  parentId: Bytes,
  cost: MemoryCost,
  cancelled?: () => boolean,
): Bytes {
  const password = concatBytes(TAG_MEMORY, root, outerNonceBytes(outerNonce));
  const given = cancelled === undefined ? {} : { cancelled };
  return engine.argon2id({ password, salt: parentId, ...cost, parallelism: 1, outputBytes: MEMORY_HASH_BYTES, ...given });
}

export const portableMemory: MemoryEngine = {
  kind: "portable",
  argon2id({ password, salt, memoryKiB, passes, parallelism, outputBytes, secret, associatedData, cancelled }) {
    const onProgress = (): void => {
      if (cancelled?.() === true) throw new MemoryCancelled();
    };
    return argon2id(password, salt, {
      m: memoryKiB,
      t: passes,
      p: parallelism,
      dkLen: outputBytes,
      maxmem: 1024 * memoryKiB + MAXMEM_SLACK_BYTES,
      ...(secret === undefined ? {} : { key: secret }),
      ...(associatedData === undefined ? {} : { personalization: associatedData }),
      ...(cancelled === undefined ? {} : { onProgress }),
    });
  },
};

/** What the library counts besides the memory itself. */
const MAXMEM_SLACK_BYTES = 1024 * 1024;

/** The part of @node-rs/argon2 that is used: https://github.com/napi-rs/node-rs/tree/main/packages/argon2 */
interface NodeRsArgon2 {
  hashRawSync(
    password: Bytes,
    options: {
      readonly algorithm: number;
      readonly version: number;
      readonly memoryCost: number;
      readonly timeCost: number;
      readonly parallelism: number;
      readonly outputLen: number;
      readonly salt: Bytes;
      readonly secret?: Bytes;
    },
  ): Uint8Array;
}

/** Its enumerations: `Algorithm.Argon2id` and `Version.V0x13`. */
const ARGON2ID = 2;
const VERSION_1_3 = 1;

/** What both engines answer for SELF_CHECK: a build that answers anything else is none that may judge blocks. */
const SELF_CHECK: Argon2idInput = {
  password: new Uint8Array(56).fill(1),
  salt: new Uint8Array(32).fill(2),
  memoryKiB: 64,
  passes: 2,
  parallelism: 1,
  outputBytes: 32,
};
const SELF_CHECK_ANSWER = fromHex("4755fd6e64b396603c532a62b847a95bd2c5b02edd1c4f8ce04a9650560d5b2a");

/** @throws MemoryEngineError if it is not installed for this platform, or does not compute Argon2id */
export function nativeMemory(): MemoryEngine {
  const engine = wrap(load());
  const answer = engine.argon2id(SELF_CHECK);
  if (SELF_CHECK_ANSWER === undefined || !bytesEqual(answer, SELF_CHECK_ANSWER)) {
    throw new MemoryEngineError({ reason: "@node-rs/argon2 does not reproduce a known answer", isBroken: true });
  }
  return engine;
}

function load(): NodeRsArgon2 {
  try {
    return createRequire(import.meta.url)("@node-rs/argon2") as NodeRsArgon2;
  } catch (thrown) {
    throw new MemoryEngineError(
      { reason: messageOf(thrown).split("\n", 1)[0] ?? "it can't be loaded", isBroken: !isAbsence(thrown) },
      thrown,
    );
  }
}

/** It is not installed, or has no binary for this platform: of all that it tries (the chain of causes), not one is there. */
export function isAbsence(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if (!/cannot find|not found|unsupported/i.test(error.message)) return false;
  return thrown instanceof Error;
}

function wrap(library: NodeRsArgon2): MemoryEngine {
  return {
    kind: "native",
    argon2id({ password, salt, memoryKiB, passes, parallelism, outputBytes, secret, associatedData }) {
      if (associatedData !== undefined) throw new MemoryEngineError({ reason: "it takes no associated data", isBroken: false });
      const answer = library.hashRawSync(password, {
        algorithm: ARGON2ID,
        version: VERSION_1_3,
        memoryCost: memoryKiB,
        timeCost: passes,
        parallelism,
        outputLen: outputBytes,
        salt,
        ...(secret === undefined ? {} : { secret }),
      });
      // A view without Buffer's ways: it is compared, hashed and sent between threads like all other bytes.
      return new Uint8Array(answer);
    },
  };
}

/** The engine that `choice` names; `auto`: the native one where it works. @throws MemoryEngineError for `native` where it does not */
export function chooseMemory(choice: EngineChoice): MemoryEngine {
  if (choice === "portable") return portableMemory;
  try {
    return nativeMemory();
  } catch (thrown) {
    if (choice === "native") throw thrown;
    return portableMemory;
  }
}
