/**
 * Builds an engine: the C++ addon where it loads and passes its self-check, else its portable code as WebAssembly, else
 * JavaScript. Called once in each thread.
 */
import { type AddonTiers, type CpuFeatures, createNativeEngine, loadAddon, tiersOf } from "./addon.js";
import { chooseEngine, type EngineMakers } from "./choose.js";
import type { ComputeEngine, EngineOptions } from "./engine.js";
import { createJsEngine } from "./js/engine.js";
import { createWasmEngine } from "./wasm.js";

export type { AddonTiers, CpuFeatures } from "./addon.js";
export { createCounterSearch } from "./counter-search.js";
export type { ComputeEngine, EngineOptions } from "./engine.js";
export { createModulus } from "./modulus.js";

const MAKERS: EngineMakers = {
  native(tiers, keyCacheEntries) {
    const loaded = loadAddon();
    return "reason" in loaded ? loaded : createNativeEngine(loaded.addon, tiers, keyCacheEntries);
  },
  wasm: (_tiers, keyCacheEntries) => createWasmEngine({ keyCacheEntries }),
  js: (_tiers, keyCacheEntries) => createJsEngine({ keyCacheEntries }),
};

/** @throws NativeEngineUnavailableError, NativeTierUnavailableError, NativeSettingError */
export function createEngine(options: EngineOptions): ComputeEngine {
  return chooseEngine(options, process.env, MAKERS);
}

/** The addon without its engine: where it lies and what this processor can do with it, or why it is not there. */
export type AddonDescription =
  | { readonly file: string; readonly tiers: AddonTiers; readonly features: CpuFeatures }
  /** `isBroken`: a binary is there, but does not load. */
  | { readonly reason: string; readonly isBroken: boolean };

export function describeAddon(): AddonDescription {
  const loaded = loadAddon();
  if ("reason" in loaded) return loaded;
  const { addon, file } = loaded;
  return { file, tiers: tiersOf(addon), features: addon.features() };
}
