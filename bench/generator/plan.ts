/**
 * What a generated chain is made to: its size, its seed, and the chain spec that follows from them.
 *
 * The engine is nakamoto at the easiest target, sealed by its own producer on the spot; blocks carry timestamps on the
 * schedule, so that the difficulty stays where it is.
 */
import { Value } from "typebox/value";
import { type ChainSpecDocument, chainSpecSchema, makeChainSpec } from "../../core/node/chain-spec.js";
import type { ChainSpec } from "../../core/ports/chain-spec.js";
import { Address } from "../../core/primitives/address.js";
import { NakamotoSpec } from "../../plugins/consensus-nakamoto/config.js";
import { AccountLedgerSpec } from "../../plugins/ledger-account/config.js";
import { type KeyedAccount, keyedAccount, keylessAddress } from "./accounts.js";

export interface ChainOptions {
  /** Blocks after genesis. */
  readonly blocks: number;
  /** Transfers in each block. */
  readonly transactions: number;
  /** Accounts with keys and a balance at genesis: they send. At least 1. */
  readonly accounts: number;
  /** Unsigned 32-bit integer: the same options and seed give the same block ids. */
  readonly seed: number;
  /** More accounts with a balance at genesis, which only receive: makes the state large without a key pair for each. Default 0. */
  readonly holders?: number;
  /** Default: 2026-01-01T00:00:00Z. In the past, or nodes under real time will not take the blocks. */
  readonly genesisTimeMs?: number;
}

/** Everything that follows from the options before a block is made. */
export interface ChainPlan {
  readonly options: Required<ChainOptions>;
  /** The chain spec as a file holds it: JSON. */
  readonly document: ChainSpecDocument;
  readonly spec: ChainSpec;
  readonly accounts: readonly KeyedAccount[];
  /** Where rewards go. */
  readonly proposer: Address;
  /** An address that is known at genesis, with a key or without. */
  addressAt(index: number): Address;
}

/** What a node needs of a plan: nothing that blocks are made with. */
export type NodePlan = Pick<ChainPlan, "spec" | "proposer">;

export const BLOCK_INTERVAL_MS = 1_000;
const GENESIS_TIME_MS = Date.UTC(2026, 0, 1);
const ADDRESS_PREFIX = "cw";
/** Of each account at genesis: enough for any chain that fits into memory. */
const BALANCE = 1_000_000_000_000;
/** 2^-8 of all hashes meet it: some 256 attempts a block. */
const EASY_TARGET = "2000ffff";

/** @throws RangeError for a size or seed out of range */
export function planChain(given: ChainOptions): ChainPlan {
  const options = { holders: 0, genesisTimeMs: GENESIS_TIME_MS, ...given };
  check("blocks", options.blocks, 0, 1_000_000);
  check("transactions", options.transactions, 0, 40_000);
  check("accounts", options.accounts, 1, 1_000_000);
  check("holders", options.holders, 0, 10_000_000);
  check("seed", options.seed, 0, 0xffff_ffff);
  const { seed, holders } = options;
  const accounts = Array.from({ length: options.accounts }, (_, index) => keyedAccount(seed, index));
  const holding = Array.from({ length: holders }, (_, index) => keylessAddress(seed, "holder", index));
  const addresses = [...accounts.map(({ address }) => address), ...holding];
  const document = Value.Default(chainSpecSchema({ consensus: NakamotoSpec, ledger: AccountLedgerSpec }), {
    chainId: `bench-${seed}`,
    addressPrefix: ADDRESS_PREFIX,
    genesisTimeMs: options.genesisTimeMs,
    consensus: {
      plugin: "consensus-nakamoto",
      parameters: { blockIntervalMs: BLOCK_INTERVAL_MS, initialTargetBits: EASY_TARGET, powLimitBits: EASY_TARGET },
    },
    ledger: {
      plugin: "ledger-account",
      parameters: {
        allocations: addresses.map((address) => ({ address: Address.format(address, ADDRESS_PREFIX), amount: BALANCE })),
        issuance: { initialPerBlock: 1_000_000 },
      },
    },
  }) as ChainSpecDocument;
  return {
    options,
    document,
    spec: makeChainSpec(document),
    accounts,
    proposer: keylessAddress(seed, "proposer", 0),
    addressAt: (index) => addresses[index % addresses.length] as Address,
  };
}

function check(name: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw new RangeError(`${name} is an integer from ${minimum} to ${maximum}, not ${value}`);
}
