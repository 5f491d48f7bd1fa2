/**
 * Which engine it is: chosen once for each thread, the native one where it loads and gives right answers, else the portable one.
 *
 * CHAINWRIGHT_BLS (`auto`, `native`, `portable`) forces one for a whole process, for tests and comparisons. Libraries are loaded when they are
 * asked for first, since most nodes never do: 8 ms for the native one, 25 for the other, synchronously. Whoever may not wait, or not
 * touch files (a simulation), calls `loadBls` when its module loads.
 */
import { createRequire } from "node:module";
import type * as Blst from "@chainsafe/blst";
import { messageOf } from "../kernel/errors.js";
import { bytesEqual, fromHex } from "../primitives/bytes.js";
import { sha256Of } from "../primitives/hash.js";
import type { BlsEngine, BlsEngineName } from "./engine.js";
import { BlsSettingError, BlsUnavailableError } from "./errors.js";
import { createNative } from "./native.js";
import { createPortable } from "./portable.js";

/** What verifies and signs, for status, metrics and `doctor`. */
export interface BlsEngineInfo {
  readonly name: BlsEngineName;
  /** Why it is not the native one; absent when nothing was lost, or it was asked for. */
  readonly fallback?: string;
}

export type BlsEngineMakers = { readonly [Name in BlsEngineName]: () => BlsEngine };

const require = createRequire(import.meta.url);

const MAKERS: BlsEngineMakers = {
  native: () => createNative(require("@chainsafe/blst") as typeof Blst),
  portable: () => {
    // An ES module, and a synchronous `require` of it: Node does that from 20.19 on.
    const { bls12_381 } = require("@noble/curves/bls12-381.js") as typeof import("@noble/curves/bls12-381.js");
    return createPortable(bls12_381, sha256Of);
  },
};

const bytesOf = (hex: string) => fromHex(hex) ?? new Uint8Array(0);

/** A published signature (ethereum/bls12-381-tests, sign): by its first key, of 32 zero bytes. */
const KNOWN = {
  secretKey: bytesOf("263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3"),
  message: new Uint8Array(32),
  publicKey: bytesOf("a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20fd6e10c1b77654d067c0618f6e5a7f79a"),
  signature: bytesOf(
    "b6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6076334f91e2366c96e9ab279fb5158090352ea1c5b0c9274504f4f0e7053af24802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55",
  ),
};

/** What is wrong with an engine's answers; undefined if nothing is. */
function selfCheck(engine: BlsEngine): string | undefined {
  const { secretKey, message, publicKey, signature } = KNOWN;
  if (!bytesEqual(engine.publicKeyOf(secretKey), publicKey)) return "it derives a wrong public key";
  if (!bytesEqual(engine.sign(secretKey, message), signature)) return "it signs wrongly";
  const verdictOn = (signed: Uint8Array): boolean => {
    const prepared = engine.prepare({ publicKey, message: signed, signature });
    return prepared !== undefined && engine.verify(prepared);
  };
  if (!verdictOn(message)) return "it refuses a good signature";
  return verdictOn(new Uint8Array(32).fill(1)) ? "it accepts a bad signature" : undefined;
}

/**
 * The rules of the choice, apart from the libraries.
 *
 * @param setting value of CHAINWRIGHT_BLS
 * @throws BlsSettingError, BlsUnavailableError
 */
export function chooseBls(
  setting: string | undefined,
  makers: BlsEngineMakers,
): { readonly engine: BlsEngine; readonly info: BlsEngineInfo } {
  const wanted = (["auto", "native", "portable"] as const).find((each) => each === (setting ?? "") || (each === "auto" && !setting));
  if (wanted === undefined) throw new BlsSettingError({ setting: "CHAINWRIGHT_BLS", value: String(setting) });
  if (wanted === "portable") return { engine: makers.portable(), info: { name: "portable" } };
  let reason: string | undefined;
  try {
    const engine = makers.native();
    const fault = selfCheck(engine);
    if (fault === undefined) return { engine, info: { name: "native" } };
    reason = `its self-check failed: ${fault}`;
  } catch (error) {
    reason = messageOf(error);
  }
  if (wanted === "native") throw new BlsUnavailableError({ engine: "native", reason });
  return { engine: makers.portable(), info: { name: "portable", fallback: `no native BLS engine: ${reason}` } };
}

let chosen: ReturnType<typeof chooseBls> | undefined;
const named = new Map<BlsEngineName, BlsEngine>();

function choice(): ReturnType<typeof chooseBls> {
  chosen ??= chooseBls(process.env.CHAINWRIGHT_BLS, MAKERS);
  return chosen;
}

/** Loads the engine of this thread, if it is not there yet, and says which it is. @throws BlsSettingError, BlsUnavailableError */
export function loadBls(): BlsEngineInfo {
  return choice().info;
}

/** The engine of this thread. @throws BlsSettingError, BlsUnavailableError */
export function blsEngine(): BlsEngine {
  return choice().engine;
}

/** One of the two, whatever was chosen: for comparisons, and for a worker, which takes what its main thread has. */
export function blsEngineNamed(name: BlsEngineName): BlsEngine {
  const existing = chosen?.info.name === name ? chosen.engine : named.get(name);
  if (existing !== undefined) return existing;
  const engine = MAKERS[name]();
  named.set(name, engine);
  return engine;
}
