/** What all nodes of a chain must agree on, after validation. Read from a chain-spec file (genesis file) by core/node. */
import type { Hash } from "../primitives/hash.js";

/** Limits that consensus enforces; by height through `Rules`. */
export interface ChainLimits {
  /** Encoded block, bytes. Default 8 MiB. */
  readonly blockBytes: number;
  /** Raw transaction, bytes. Default 64 KiB. */
  readonly transactionBytes: number;
  /** Sum of the ledger's execution weights in a block. */
  readonly blockWeight: number;
  /** Least fee for each raw transaction byte, smallest unit. */
  readonly feeFloorPerByte: number;
}

/** The rules in force at a height: the initial ones with all upgrades up to that height applied, field by field. */
export interface Rules {
  /** Counts upgrades: 0 initially. The mempool re-checks its content when it changes. */
  readonly revision: number;
  readonly limits: ChainLimits;
  /** Names of switched-on features, in order of activation, for ledgers and engines to consult. */
  readonly features: ReadonlySet<string>;
}

export interface ChainSpec {
  readonly chainId: string;
  /** Human-readable part of this chain's addresses: 1 to 16 lower-case letters. */
  readonly addressPrefix: string;
  readonly genesisTimeMs: number;
  /** `plugin` is the id of the manifest that every node must run for this section; parameters are validated by its schema. */
  readonly consensus: { readonly plugin: string; readonly parameters: unknown };
  readonly ledger: { readonly plugin: string; readonly parameters: unknown };
  readonly rulesAt: (height: number) => Rules;
  /** Scheduled changes of rules, ascending by height; `hash` is SHA-256 over an upgrade's canonical JSON. Nodes compare them in Hello. */
  readonly upgrades: readonly { readonly height: number; readonly hash: Hash }[];
  /**
   * SHA-256 over the canonical JSON of everything but the upgrade schedule. It is the genesis header's `parent`'s
   * stand-in in Hello; the genesis block's id commits to it through the payload root.
   */
  readonly parametersHash: Hash;
}
