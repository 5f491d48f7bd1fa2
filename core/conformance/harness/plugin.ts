/** Constructs a plugin from its manifest as the kernel does, without a kernel: options checked, dependencies by token. */
import type { TObject } from "typebox";
import { Value } from "#bundled/typebox/value";
import type { ChainSpec, Rules } from "../../ports/chain-spec.js";
import { CAPABILITIES } from "../../ports/index.js";
import { PLUGIN_CONFIG, PLUGIN_LOGGER, PLUGIN_METRICS, PLUGIN_SPEC, type Plugin, type PluginManifest } from "../../ports/plugin.js";
import { asciiBytes } from "../../primitives/bytes.js";
import { sha256 } from "../../primitives/hash.js";
import { ADDRESS_PREFIX, silentLogger, silentMetrics } from "./services.js";

/** Where `@inject` notes tokens on a class (core/kernel/di.ts), whichever copy of the package it came from. */
const TOKENS = Symbol.for("chainwright:injection-tokens");

/** Chain id of every conformance run: what transactions are signed for. */
export const CONFORMANCE_CHAIN_ID = "conformance";
/** 2026-01-01T00:00:00Z. */
export const GENESIS_TIME_MS = 1_767_225_600_000;

export const CONFORMANCE_RULES: Rules = {
  revision: 0,
  limits: { blockBytes: 8 * 1024 * 1024, transactionBytes: 64 * 1024, blockWeight: 10_000_000, feeFloorPerByte: 1 },
  features: new Set(),
};

/** Capabilities of which nobody providing any is an empty list. */
const MANY: ReadonlySet<string> = new Set(CAPABILITIES.filter(({ cardinality }) => cardinality === "many").map(({ name }) => name));

/** What an author says of a plugin under test. */
export interface PluginUnderTest {
  readonly manifest: PluginManifest;
  /** Its section of the chain spec; defaults of its schema are filled in. */
  readonly parameters?: unknown;
  /** Its options in the node config; defaults of its schema are filled in. */
  readonly config?: unknown;
  /** Values of further capabilities that it requires. */
  readonly provide?: Readonly<Record<string, unknown>>;
}

/** The value with the schema's defaults, or an error that names what is wrong. */
function completed(schema: TObject, value: unknown, what: string): unknown {
  const filled: unknown = Value.Default(schema, Value.Clone(value ?? {}));
  if (Value.Check(schema, filled)) return filled;
  const faults = [...Value.Errors(schema, filled)].map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
  throw new TypeError(`the ${what} given to the conformance run do not fit the manifest's schema: ${faults.join("; ")}`);
}

/** The chain spec of a run. */
export function specFor({ manifest, parameters }: PluginUnderTest): ChainSpec {
  const section = {
    plugin: manifest.id,
    parameters: manifest.spec === undefined ? {} : completed(manifest.spec.schema, parameters, "parameters"),
  };
  const other = { plugin: "conformance-harness", parameters: {} };
  const isLedger = manifest.spec?.section === "ledger";
  return {
    chainId: CONFORMANCE_CHAIN_ID,
    addressPrefix: ADDRESS_PREFIX,
    genesisTimeMs: GENESIS_TIME_MS,
    consensus: isLedger ? other : section,
    ledger: isLedger ? section : other,
    rulesAt: () => CONFORMANCE_RULES,
    upgrades: [],
    parametersHash: sha256(asciiBytes(JSON.stringify(section))),
  };
}

/** @param capabilities values by token, to which the plugin's own are added */
export function constructPlugin(under: PluginUnderTest, spec: ChainSpec, capabilities: Readonly<Record<string, unknown>>): Plugin {
  const { manifest } = under;
  const section = manifest.spec?.section;
  const available: Readonly<Record<string, unknown>> = {
    ...capabilities,
    ...under.provide,
    [PLUGIN_CONFIG]: completed(manifest.config, under.config, "options"),
    [PLUGIN_SPEC]: section === undefined ? undefined : spec[section].parameters,
    [PLUGIN_LOGGER]: silentLogger,
    [PLUGIN_METRICS]: silentMetrics,
  };
  const declared = new Set([...manifest.requires, ...(manifest.optional ?? []), PLUGIN_CONFIG, PLUGIN_SPEC, PLUGIN_LOGGER, PLUGIN_METRICS]);
  const noted: unknown = manifest.plugin.inject ?? Reflect.get(manifest.plugin, TOKENS) ?? [];
  const tokens: readonly unknown[] = Array.isArray(noted) ? noted : [];
  const dependencies = tokens.map((token) => {
    if (typeof token !== "string" || !declared.has(token))
      throw new TypeError(`${manifest.id} injects ${String(token)}, which its manifest does not declare`);
    const isOptional = manifest.optional?.includes(token) === true;
    if (!(token in available) && !isOptional && !MANY.has(token))
      throw new TypeError(`the conformance harness has no ${token}; pass one in \`provide\``);
    return available[token] ?? (MANY.has(token) ? [] : undefined);
  });
  return new manifest.plugin(...dependencies);
}

/** The value that a plugin provides under a capability. */
export function provided(plugin: Plugin, capability: string): unknown {
  return plugin.capabilities === undefined ? plugin : plugin.capabilities()[capability];
}
