/** Builds an engine by its kind: the one place that knows them all. Called once in each thread. */
import type { ComputeEngine, EngineKind, EngineOptions } from "./engine.js";
import { createJsEngine } from "./js/engine.js";

export function createEngine(kind: EngineKind, options: EngineOptions): ComputeEngine {
  switch (kind) {
    case "js":
      return createJsEngine(options);
  }
}
