/**
 * The ledger's modules: the built-in bank and what other plugins contribute, by number; and the fences around them.
 *
 * A contributed module is third-party code inside consensus. It gets a writer that reaches its own namespace only, moves
 * balances only through its context, and what it answers is checked here once.
 */
import { assert, type Bytes, type LedgerModule, type StateWriter } from "../../core/sdk.js";
import { ModuleConflictError, ModuleFailures, ModuleLawError, ModulesDifferError } from "./errors.js";

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Ends an operation from within: caught by execution, never leaves it. */
export class ModuleFailure extends Error {
  override readonly name = "ModuleFailure";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class ModuleRegistry {
  readonly #byNumber: readonly (LedgerModule | undefined)[];
  readonly all: readonly LedgerModule[];
  /** `1 bank`, `7 staking` …, for messages. */
  readonly known: readonly string[];

  /** @throws ModuleConflictError for a number or name that is out of range or taken */
  constructor(builtIn: LedgerModule, contributed: readonly LedgerModule[]) {
    const byNumber: (LedgerModule | undefined)[] = new Array(256).fill(undefined);
    const names = new Map<string, number>();
    for (const module of [builtIn, ...contributed]) {
      const { name, namespace } = module;
      if (!Number.isInteger(namespace) || namespace < 1 || namespace > 255)
        throw new ModuleConflictError({ name, namespace, other: "is not within 1 and 255" });
      if (!NAME.test(name)) throw new ModuleConflictError({ name, namespace, other: "has no name of a-z, 0-9 and '-'" });
      const rival = byNumber[namespace];
      if (rival !== undefined) throw new ModuleConflictError({ name, namespace, other: `${rival.name} has already` });
      const sameName = names.get(name);
      if (sameName !== undefined) throw new ModuleConflictError({ name, namespace, other: `has its name at ${sameName} already` });
      byNumber[namespace] = module;
      names.set(name, namespace);
    }
    this.#byNumber = byNumber;
    this.all = byNumber.filter((module) => module !== undefined);
    this.known = this.all.map((module) => `${module.namespace} ${module.name}`);
  }

  get(number: number): LedgerModule | undefined {
    return this.#byNumber[number];
  }
}

/** A module as the chain spec names it. */
export type NamedModule = Pick<LedgerModule, "name" | "namespace">;

/**
 * A chain's modules are part of its rules: the node's plugins contribute exactly those that the chain spec names.
 *
 * @throws ModulesDifferError
 */
export function checkModules(named: readonly NamedModule[], contributed: readonly NamedModule[]): void {
  const here = new Map(contributed.map(({ name, namespace }) => [name, namespace]));
  const missing: string[] = [];
  const moved: string[] = [];
  for (const { name, namespace } of named) {
    const actual = here.get(name);
    here.delete(name);
    if (actual === undefined) missing.push(`${name} (${namespace})`);
    else if (actual !== namespace) moved.push(`${name} has number ${namespace} there and ${actual} here`);
  }
  const extra = [...here].map(([name, namespace]) => `${name} (${namespace})`);
  if (missing.length + moved.length + extra.length > 0) throw new ModulesDifferError({ missing, extra, moved });
}

/** What a module answered, checked: a weight or reserve out of range would break sums far from its cause. */
export function checkedWeight(module: LedgerModule, weight: number): number {
  if (!Number.isSafeInteger(weight) || weight < 0 || weight > 2 ** 40)
    throw new ModuleLawError({ module: module.name, reason: `weight() answers an integer within 0 and 2^40, not ${weight}` });
  return weight;
}

export function checkedReserve(module: LedgerModule, reserve: bigint): bigint {
  if (typeof reserve !== "bigint" || reserve < 0n)
    throw new ModuleLawError({ module: module.name, reason: `reserves() answers an amount, not ${String(reserve)}` });
  return reserve;
}

/** A writer that reaches only keys that begin with one byte, and takes back nothing that was written before it. */
/** Laws of the state port (core/ports/state.ts). */
const STATE_KEY_BYTES_MAX = 128;
const STATE_VALUE_BYTES_MAX = 65_536;

export class NamespacedWriter implements StateWriter {
  readonly #writer: StateWriter;
  readonly #module: NamedModule;
  /** What was written by then is the block's, not this operation's. */
  readonly #floor: number;

  constructor(writer: StateWriter, module: NamedModule) {
    assert(module.namespace >= 1 && module.namespace <= 255, "a namespace is one byte, not zero");
    this.#writer = writer;
    this.#module = module;
    this.#floor = writer.checkpoint();
  }

  get(key: Bytes): Bytes | undefined {
    return this.#writer.get(this.#own(key));
  }

  set(key: Bytes, value: Bytes): void {
    // The operation's fault, not the block's: whoever sends it pays for it, and blocks go on.
    if (key.length > STATE_KEY_BYTES_MAX || value.length > STATE_VALUE_BYTES_MAX)
      throw new ModuleFailure(ModuleFailures.stateLimit, `a key of ${key.length} bytes or a value of ${value.length} is too long`);
    this.#writer.set(this.#own(key), value);
  }

  delete(key: Bytes): void {
    this.#writer.delete(this.#own(key));
  }

  checkpoint(): number {
    return this.#writer.checkpoint();
  }

  revertTo(checkpoint: number): void {
    const newest = this.#writer.checkpoint();
    if (!Number.isSafeInteger(checkpoint) || checkpoint < this.#floor || checkpoint > newest)
      throw new ModuleLawError({
        module: this.#module.name,
        reason: `it goes back to mark ${checkpoint}, its operation's lie within ${this.#floor} and ${newest}`,
      });
    this.#writer.revertTo(checkpoint);
  }

  #own(key: Bytes): Bytes {
    if (key[0] !== this.#module.namespace)
      throw new ModuleLawError({
        module: this.#module.name,
        reason: `it reaches for a key of namespace ${key[0] ?? "none"}, its own is ${this.#module.namespace}`,
      });
    return key;
  }
}
