/** Which engines and tiers this machine has, for suites that measure all of them. */
import { NativeTierUnavailableError } from "../../native/errors.js";
import { type AddonDescription, createEngine, describeAddon, type EngineOptions } from "../../native/index.js";

/**
 * Why an engine or tier is not to be had on this machine; undefined if it is. What should be here and does not work is no reason to leave a case out.
 *
 * @throws why it does not work: an addon that does not load, a self-check that fails
 */
export function lacking(
  options: EngineOptions,
  addon: AddonDescription = describeAddon(),
  create: (options: EngineOptions) => unknown = createEngine,
): string | undefined {
  if (options.engine === "native" && "reason" in addon && !addon.isBroken) return addon.reason;
  try {
    create(options);
    return undefined;
  } catch (thrown) {
    if (NativeTierUnavailableError.matches(thrown)) return thrown.message;
    throw thrown;
  }
}
