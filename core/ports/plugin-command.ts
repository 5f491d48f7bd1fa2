/** Commands that a plugin brings to the command line: `chainwright <group> <name>`. They run without a node. */
import type { Json } from "./ledger.js";

export interface PluginCommandOption {
  /** As help shows it: `--seconds <seconds>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

/** What plugins can't ask the system for themselves. */
export interface PluginCommandTools {
  /** Processor time of this process so far, ms. */
  readonly processorMs: () => number;
  /** A line about what is under way, on the error stream. */
  readonly note: (line: string) => void;
}

export interface PluginCommandReport {
  /** With `--json`, all that is printed. */
  readonly json: Json;
  /** Otherwise: a table of two columns, then lines. */
  readonly table: readonly (readonly [string, string])[];
  readonly lines: readonly string[];
}

export interface PluginCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly PluginCommandOption[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** @param options by their long names in camel case, as text. @throws typed errors of kind "input" for options that make no sense */
  run(options: Readonly<Record<string, string | undefined>>, tools: PluginCommandTools): Promise<PluginCommandReport>;
}
