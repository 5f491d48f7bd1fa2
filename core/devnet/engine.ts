/** What a devnet has to know of a consensus engine to run it: the shape of an entry in engines.ts. */

/** Of a devnet's genesis. */
export const VALIDATORS_MAX = 4_096;

/** What parameters follow from. */
export interface DevnetChain {
  readonly blockIntervalMs: number;
  /** With which the chain began. */
  readonly nodes: number;
  /** At genesis; 0 where the engine has none. */
  readonly validators: number;
}

/** A node, for its config. */
export interface DevnetNode {
  readonly number: number;
  /** Of its account, as text. */
  readonly address: string;
  /** How many there are by now. */
  readonly nodes: number;
  /** Whether it makes blocks. */
  readonly mine: boolean;
  readonly chain: DevnetChain;
}

export interface DevnetEngine {
  /** Id of the plugin. */
  readonly plugin: string;
  /** Between two blocks, ms: what is taken where nobody asks, and the most that the engine can do. */
  readonly blockIntervalMs: { readonly default: number; readonly most: number };
  /** At genesis: how many where nobody asks, and at most. Absent: the engine has none. */
  readonly validators?: { readonly default: number; readonly most: number };
  /** Section `consensus.parameters` of the chain spec. */
  parameters(chain: DevnetChain): object;
  /** Of the section `ledger.parameters`: what is beside the allocations. */
  readonly ledger: object;
  /** The plugin's section of a node's config. */
  config(node: DevnetNode): object;
  /** What the section `keys.unlock` of a node's config names. Absent: nothing. */
  keys?(node: DevnetNode): readonly string[];
}
