/** What the engines need to run in a simulation: parameters of the chain, and the config of a node. Another engine is another entry. */
import { bitsOfTarget } from "../../sdk.js";
import type { Document } from "../node/documents.js";

export interface SimulatedEngine {
  /** Parameters in the chain spec, under those of the scenario. @param attempts that a block takes at first */
  parameters(attempts: number): Document;
  /** The plugin's section of a node config, under that of the scenario. */
  config(node: { readonly address: string; readonly hashShare: number }): Document;
}

const HASHES = 2n ** 256n;
/** A template is made anew with each head; in between, only now and then for transactions: a hundred miners do so at every turn. */
const TEMPLATE_REFRESH_MS = 120_000;

const nakamoto: SimulatedEngine = {
  parameters: (attempts) => ({
    blockIntervalMs: 60_000,
    initialTargetBits: bitsOfTarget(HASHES / BigInt(attempts))
      .toString(16)
      .padStart(8, "0"),
    powLimitBits: "207fffff",
  }),
  config: ({ address, hashShare }) => (hashShare > 0 ? { mine: true, address, templateRefreshMs: TEMPLATE_REFRESH_MS } : {}),
};

const ENGINES: Readonly<Record<string, SimulatedEngine>> = { "consensus-nakamoto": nakamoto };

const PLAIN: SimulatedEngine = { parameters: () => ({}), config: () => ({}) };

export function engineOf(plugin: string): SimulatedEngine {
  return (Object.hasOwn(ENGINES, plugin) ? ENGINES[plugin] : undefined) ?? PLAIN;
}
