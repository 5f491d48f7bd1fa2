/**
 * From what a scenario says of a node to its config, as a node reads it: whatever would be real is exchanged, everything else stays as it
 * is written.
 */

import type { PluginManifest } from "../../sdk.js";
import { forgingMiner } from "../byzantine/forging-miner.js";
import { misbehavingPeer } from "../byzantine/misbehaving-peer.js";
import { SIMULATED_MACHINE } from "../capability.js";
import { simulatedCompute } from "../machine/compute.js";
import { simulatedStorage } from "../machine/storage.js";
import { virtualMiner } from "../machine/virtual-miner.js";
import { simulatedTransport } from "../network/transport.js";

export type Document = { readonly [key: string]: unknown };

const PLUGINS: readonly PluginManifest[] = [simulatedStorage, simulatedTransport, virtualMiner];
/** Known by their ids to every scenario, and in no node that does not name them. */
const BYZANTINE: readonly PluginManifest[] = [forgingMiner, misbehavingPeer];

/** The same of engines' own, which know their messages: by module from here, since nothing imports a plugin. */
const ADVERSARIES: Readonly<Record<string, string>> = { "byzantine-gasper": "../../../plugins/consensus-gasper/adversary/index" };

function adversary(path: string): Promise<{ readonly default: PluginManifest }> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return import(new URL(`${path}.${ending}`, import.meta.url).href);
}

/** For `loadNodeConfig`. */
export const SIMULATED_MODULES = {
  plugins: Object.fromEntries([
    ...[...PLUGINS, ...BYZANTINE].map((manifest) => [manifest.id, async () => ({ default: manifest })] as const),
    ...Object.entries(ADVERSARIES).map(([id, path]) => [id, () => adversary(path)] as const),
  ]),
  parts: [simulatedCompute],
  host: [SIMULATED_MACHINE],
};

/** Kinds of plugins that are exchanged, or left out since they serve whom a simulation has not: `storage-level`, `api-http` … */
const REAL_KINDS = /^(?:storage|transport|api|metrics)-/;

/** A node's config with everything real exchanged. */
export function simulatedConfig(document: Document): Document {
  const plugins = Object.entries((document.plugins ?? {}) as Document).filter(([id]) => !REAL_KINDS.test(id));
  const simulated = PLUGINS.map(({ id }) => [id, null]);
  return { ...document, plugins: Object.fromEntries([...plugins, ...simulated]) };
}

/** Maps are merged key by key; anything else of `over` takes the place of what was there. */
export function merged(under: Document, over: Document | undefined): Document {
  const out: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over ?? {})) {
    const below = out[key];
    out[key] = isDocument(below) && isDocument(value) ? merged(below, value) : value;
  }
  return out;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
