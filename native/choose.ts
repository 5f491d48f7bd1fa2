/**
 * Which engine it will be: the rules of `createEngine`, apart from the engines themselves.
 *
 * Two environment variables stand behind the options, for tests and trials on a whole process: CHAINWRIGHT_ENGINE where the
 * option is `auto`, CHAINWRIGHT_TIERS (`ed25519=avx2,sha256=portable`) where no tiers are forced and the addon may run. `modular` among them holds for
 * arithmetic modulo large numbers, which is no part of an engine (modulus.ts); an engine only says which it is.
 */
import { present } from "../core/kernel/assert.js";
import { messageOf } from "../core/kernel/errors.js";
import type { ComputeTiers, EngineKind } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import type { ComputeEngine, EngineOptions } from "./engine.js";
import { NativeEngineUnavailableError, NativeSettingError, NativeTierUnavailableError } from "./errors.js";
import { selfCheck } from "./self-check.js";

type Tiers = Partial<ComputeTiers>;

/** Makes one kind of engine, or says in a few words why it can't. */
export type EngineMaker = (tiers: Tiers, keyCacheEntries: number) => ComputeEngine | { readonly reason: string };
export type EngineMakers = { readonly [K in EngineKind]: EngineMaker };

/** From the fastest to the one that always works. */
const ORDER: readonly EngineKind[] = ["native", "wasm", "js"];
const PRIMITIVES: readonly (keyof ComputeTiers)[] = ["ed25519", "sha256", "sha512", "modular"];
const NAMES: { readonly [K in EngineKind]: string } = { native: "native engine", wasm: "WebAssembly engine", js: "JavaScript engine" };
const REMEDIES: { readonly [K in EngineKind]: string } = {
  native: "build it with `npm rebuild chainwright` (in a clone: `npm run build:native`), or leave the choice to `auto`",
  wasm: "install chainwright again, or leave the choice to `auto`",
  js: "install chainwright again",
};

/** Of CHAINWRIGHT_ENGINE. @throws NativeSettingError */
function engineSetting(value: string | undefined): EngineOptions["engine"] {
  if (value === undefined || value === "") return "auto";
  const kind = (["auto", ...ORDER] as const).find((each) => each === value);
  if (kind === undefined) throw new NativeSettingError({ setting: "CHAINWRIGHT_ENGINE", value, allowed: "auto, native, wasm or js" });
  return kind;
}

/** Of CHAINWRIGHT_TIERS. @throws NativeSettingError */
export function tiersSetting(value: string | undefined): Tiers {
  const tiers: { -readonly [P in keyof ComputeTiers]?: string } = {};
  for (const pair of value === undefined || value === "" ? [] : value.split(",")) {
    const [name, tier, ...rest] = pair.trim().split("=");
    const primitive = PRIMITIVES.find((each) => each === name);
    if (primitive === undefined || tier === undefined || tier === "" || rest.length > 0) {
      throw new NativeSettingError({
        setting: "CHAINWRIGHT_TIERS",
        value: String(value),
        allowed: `pairs like ed25519=avx2,sha256=portable, of ${PRIMITIVES.join(", ")}`,
      });
    }
    tiers[primitive] = tier;
  }
  return tiers;
}

const isForced = (tiers: Tiers): boolean => PRIMITIVES.some((primitive) => tiers[primitive] !== undefined);

/** An engine that gave the right answers to the self-check; JavaScript, which the others are held against, is not asked. */
function checked(kind: EngineKind, make: EngineMaker, tiers: Tiers, keyCacheEntries: number): ReturnType<EngineMaker> {
  try {
    const made = make(tiers, keyCacheEntries);
    if ("reason" in made || kind === "js") return made;
    const fault = selfCheck(made);
    return fault === undefined ? made : { reason: `its self-check failed: ${fault}` };
  } catch (error) {
    if (NativeTierUnavailableError.matches(error)) throw error;
    return { reason: messageOf(error) };
  }
}

/** A tier that was asked for is the one that runs, or none does. */
function demandTiers(engine: ComputeEngine, forced: Tiers): void {
  for (const primitive of PRIMITIVES) {
    const tier = forced[primitive];
    const actual = engine.tiers[primitive];
    if (tier !== undefined && tier !== actual)
      throw new NativeTierUnavailableError({ primitive, tier, available: actual === undefined ? [] : [actual] });
  }
}

/**
 * @throws NativeEngineUnavailableError, NativeTierUnavailableError, NativeSettingError
 */
export function chooseEngine(
  options: EngineOptions,
  environment: Readonly<Record<string, string | undefined>>,
  makers: EngineMakers,
): ComputeEngine {
  const { keyCacheEntries } = options;
  const wanted = options.engine === "auto" ? engineSetting(environment.CHAINWRIGHT_ENGINE) : options.engine;
  const given = options.tiers ?? {};
  const mayBeNative = wanted === "auto" || wanted === "native";
  const tiers = !isForced(given) && mayBeNative ? tiersSetting(environment.CHAINWRIGHT_TIERS) : given;
  // Only the addon has a choice of tiers: who forces one, wants the addon.
  const kind = wanted === "auto" && isForced(tiers) ? "native" : wanted;
  if (kind !== "auto") {
    const engine = checked(kind, makers[kind], tiers, keyCacheEntries);
    if ("reason" in engine) throw new NativeEngineUnavailableError({ engine: kind, reason: engine.reason, remedy: REMEDIES[kind] });
    demandTiers(engine, tiers);
    return engine;
  }
  const reasons: string[] = [];
  for (const candidate of ORDER) {
    const engine = checked(candidate, makers[candidate], {}, keyCacheEntries);
    if (!("reason" in engine)) return reasons.length === 0 ? engine : withFallback(engine, reasons.join("; "));
    reasons.push(`no ${NAMES[candidate]}: ${engine.reason}`);
  }
  throw new NativeEngineUnavailableError({ engine: "any", reason: reasons.join("; "), remedy: REMEDIES.js });
}

/** The same engine, that also says why it is not a faster one. */
function withFallback(engine: ComputeEngine, fallback: string): ComputeEngine {
  return {
    kind: engine.kind,
    tiers: engine.tiers,
    fallback,
    verify: (batch, from, to, bitmap) => engine.verify(batch, from, to, bitmap),
    hashPairs: (input, output, tag, from, to) => engine.hashPairs(input, output, tag, from, to),
    subtreeRoot: (nodes, fromDepth, toDepth) => engine.subtreeRoot(nodes, fromDepth, toDepth),
    ...(engine.hashMessages === undefined
      ? {}
      : { hashMessages: (messages: Bytes, offsets: Uint32Array, output: Bytes) => engine.hashMessages?.(messages, offsets, output) }),
    ...(engine.trieWalk === undefined ? {} : { trieWalk: () => present(engine.trieWalk?.(), "checked above") }),
    clearKeyCache: () => engine.clearKeyCache(),
  };
}
