/** Errors of choosing and calling an engine. */
import { defineError } from "../core/kernel/errors.js";

/** A buffer's length, type or place, an offset or a range does not fit. Nothing was read or written outside. */
export const NativeInputError = defineError<{ readonly call: string; readonly reason: string }>(
  "NATIVE_INPUT",
  "input",
  ({ call, reason }) => `${call}: ${reason}`,
);

/** The engine that was asked for, and nothing else, cannot run here. */
export const NativeEngineUnavailableError = defineError<{ readonly engine: string; readonly reason: string; readonly remedy: string }>(
  "NATIVE_ENGINE_UNAVAILABLE",
  "unavailable",
  ({ engine, reason, remedy }) => `the ${engine} engine is not available: ${reason}; ${remedy}`,
);

/** A tier that does not exist, or that this processor or build lacks. */
export const NativeTierUnavailableError = defineError<{
  readonly primitive: string;
  readonly tier: string;
  readonly available: readonly string[];
}>(
  "NATIVE_TIER_UNAVAILABLE",
  "unavailable",
  ({ primitive, tier, available }) =>
    `no tier ${tier} of ${primitive} here; this machine has ${available.length === 0 ? "none" : available.join(", ")}`,
);

/** An environment variable that chooses engine or tiers is not understood. */
export const NativeSettingError = defineError<{ readonly setting: string; readonly value: string; readonly allowed: string }>(
  "NATIVE_SETTING",
  "input",
  ({ setting, value, allowed }) => `${setting}=${value} is not understood; it takes ${allowed}`,
);

/** The engine got no memory for its work; no verdict was given. */
export const NativeMemoryError = defineError<{ readonly call: string }>(
  "NATIVE_MEMORY",
  "limit",
  ({ call }) => `${call}: memory was short; give the process more, or send smaller batches`,
);
