/** Commands that a plugin brings to the command line: `chainwright <group> <name>`. They run without a node. */
import type { Bytes } from "../primitives/bytes.js";
import type { ChainSpec } from "./chain-spec.js";
import type { EngineJournal } from "./consensus.js";
import type { Json } from "./ledger.js";

export interface PluginCommandOption {
  /** As help shows it: `--seconds <seconds>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

/** What a stopped node keeps for its engine. */
export interface StoppedEngine {
  readonly spec: ChainSpec;
  /** The one that the engine has as `ConsensusHost.journal`. */
  readonly journal: EngineJournal;
  /** Public keys (BLS12-381, 48 bytes) of the key files that the node's config unlocks; no passphrase is asked for. */
  readonly blsPublicKeys: readonly Bytes[];
}

/** What plugins can't ask the system for themselves. */
export interface PluginCommandTools {
  /** Processor time of this process so far, ms. */
  readonly processorMs: () => number;
  /** A line about what is under way, on the error stream. */
  readonly note: (line: string) => void;
  /** A text file that the user named. @throws a typed error of kind "input" if it can't be read */
  readonly readText: (file: string) => Promise<string>;
  /**
   * Opens what the node of a config keeps for its engine, under the node's own lock, and closes it when `use` has ended.
   *
   * @param configFile as the user named it
   * @throws what is wrong with the config; DATA_DIRECTORY_LOCKED while the node runs
   */
  readonly withStoppedEngine: <Result>(configFile: string, use: (engine: StoppedEngine) => Promise<Result>) => Promise<Result>;
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
