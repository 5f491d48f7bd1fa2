/** A ledger over state in memory, with funded keys: for tests of the ledger and of what uses one. */
import { createHash } from "node:crypto";
import type { ChainLimits, ChainSpec, Rules } from "../../../core/ports/chain-spec.js";
import type { LedgerModule } from "../../../core/ports/contributions.js";
import type { BlockEnvironment } from "../../../core/ports/ledger.js";
import type { Logger, Metrics, Slicer } from "../../../core/ports/runtime.js";
import type { StateView, StateWriter } from "../../../core/ports/state.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import { type Bytes, EMPTY_BYTES } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { publicKeyOf } from "../../../core/primitives/signing.js";
import type { AccountLedgerSpec } from "../../../plugins/ledger-account/config.js";
import { AccountLedger } from "../../../plugins/ledger-account/ledger.js";

export const CHAIN_ID = "test-1";
export const PREFIX = "cw";

/** Everything in a map; also a view, and a writer with marks. */
export class MemoryState implements StateView, StateWriter {
  readonly blockId = Hash.zero;
  readonly root = Hash.zero;
  readonly entries: Map<string, Bytes>;
  #undo: (() => void)[] = [];

  constructor(entries: Iterable<readonly [string, Bytes]> = []) {
    this.entries = new Map(entries);
  }

  copy(): MemoryState {
    return new MemoryState(this.entries);
  }

  get(key: Bytes): Bytes | undefined {
    return this.entries.get(nameOf(key));
  }

  set(key: Bytes, value: Bytes): void {
    if (value.length === 0) {
      this.delete(key);
      return;
    }
    this.#remember(nameOf(key));
    this.entries.set(nameOf(key), value);
  }

  delete(key: Bytes): void {
    this.#remember(nameOf(key));
    this.entries.delete(nameOf(key));
  }

  checkpoint(): number {
    return this.#undo.length;
  }

  revertTo(checkpoint: number): void {
    while (this.#undo.length > checkpoint) this.#undo.pop()?.();
  }

  async prefetch(): Promise<void> {}

  prove(): Promise<never> {
    return Promise.reject(new Error("no proofs here"));
  }
  readonly proveMany = this.prove;
  readonly proveRange = this.prove;

  #remember(name: string): void {
    const before = this.entries.get(name);
    this.#undo.push(() => {
      if (before === undefined) this.entries.delete(name);
      else this.entries.set(name, before);
    });
  }
}

const nameOf = (key: Bytes): string => Buffer.from(key).toString("latin1");

export interface Key {
  readonly secret: Bytes;
  readonly address: Address;
  readonly text: string;
}

/** The same keys in each run. */
export function key(index: number): Key {
  const secret = new Uint8Array(createHash("sha256").update(`test key ${index}`).digest());
  const address = Address.ofKey(publicKeyOf(secret));
  return { secret, address, text: Address.format(address, PREFIX) };
}

export const LIMITS: ChainLimits = {
  blockBytes: 8 * 1024 * 1024,
  transactionBytes: 64 * 1024,
  blockWeight: 10_000_000,
  feeFloorPerByte: 1,
};

export function rulesOf(limits: Partial<ChainLimits> = {}, revision = 0): Rules {
  return { revision, limits: { ...LIMITS, ...limits }, features: new Set() };
}

export function specOf(rulesAt: (height: number) => Rules = () => rulesOf()): ChainSpec {
  return {
    chainId: CHAIN_ID,
    addressPrefix: PREFIX,
    genesisTimeMs: 0,
    consensus: { plugin: "none", parameters: {} },
    ledger: { plugin: "ledger-account", parameters: {} },
    rulesAt,
    upgrades: [],
    parametersHash: Hash.zero,
  };
}

const nothing = (): undefined => undefined;
export const NO_METRICS: Metrics = {
  counter: () => ({ increment: nothing }),
  gauge: () => ({ set: nothing }),
  histogram: () => ({ observe: nothing }),
};

export const SILENT: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isLevelEnabled: () => false,
  child: () => SILENT,
};

export const NEVER_DUE: Slicer = { due: () => false, pause: async () => {} };

export interface LedgerOptions {
  readonly allocations?: AccountLedgerSpec["allocations"];
  readonly issuance?: AccountLedgerSpec["issuance"];
  readonly modules?: readonly LedgerModule[];
  /** What the chain spec says of modules. Default: the same. */
  readonly named?: AccountLedgerSpec["modules"];
  readonly maxNonceAhead?: number;
  readonly rulesAt?: (height: number) => Rules;
}

export function ledgerOf(options: LedgerOptions = {}): AccountLedger {
  return new AccountLedger(
    specOf(options.rulesAt),
    options.modules ?? [],
    { maxNonceAhead: options.maxNonceAhead ?? 256, maxValidFromAheadBlocks: 1_000 },
    {
      allocations: options.allocations ?? [],
      issuance: options.issuance ?? { initialPerBlock: 0 },
      modules: options.named ?? options.modules?.map(({ name, namespace }) => ({ name, namespace })) ?? [],
    },
    NO_METRICS,
  );
}

export function environment(height: number, proposer: Address, rules: Rules = rulesOf()): BlockEnvironment {
  return {
    chainId: CHAIN_ID,
    height: Height.from(height),
    parent: Hash.zero,
    timestampMs: height * 1_000,
    proposer,
    rules,
    extra: EMPTY_BYTES,
    payload: EMPTY_BYTES,
  };
}
