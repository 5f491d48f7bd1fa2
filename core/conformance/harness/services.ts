/** Compute, work, signer, entropy, logs and metrics for conformance cases: all on this thread, nothing hidden. */
import { verifyAsync } from "@noble/ed25519";
import type { Compute, ComputeEngineInfo, HashTag, WorkerTask } from "../../ports/compute.js";
import type { Treasury } from "../../ports/ledger.js";
import type { Entropy, Logger, Metrics, Signer } from "../../ports/runtime.js";
import type { StateReader, StateWriter } from "../../ports/state.js";
import type { SearchFactory, SearchJob, WorkSource } from "../../ports/work-source.js";
import { Address } from "../../primitives/address.js";
import { asciiBytes, type Bytes, bytesEqual, concatBytes } from "../../primitives/bytes.js";
import { type Hash, sha256, sha256Of } from "../../primitives/hash.js";
import type { PublicKey } from "../../primitives/keys.js";
import { merkleRootPacked } from "../../primitives/merkle.js";
import type { SignatureBatch } from "../../primitives/signature-batch.js";
import { generateSecretKey, publicKeyOf, signMessage } from "../../primitives/signing.js";
import { validatorSigner } from "./validators.js";

/** The keys that a conformance run signs with: the same in every run. */
export interface ConformanceKeys {
  /** Known to everybody: never for anything but tests. */
  readonly secretKeys: readonly Bytes[];
  readonly publicKeys: readonly PublicKey[];
  readonly addresses: readonly Address[];
  /** The addresses as this chain writes them. */
  readonly addressTexts: readonly string[];
}

export const ADDRESS_PREFIX = "cw";
const SECRET_KEYS = [0, 1, 2, 3].map((index) => generateSecretKey(sha256(asciiBytes(`chainwright conformance key ${index}`))));
const PUBLIC_KEYS = SECRET_KEYS.map(publicKeyOf);
const ADDRESSES = PUBLIC_KEYS.map((key) => Address.ofKey(key));

export const CONFORMANCE_KEYS: ConformanceKeys = {
  secretKeys: SECRET_KEYS,
  publicKeys: PUBLIC_KEYS,
  addresses: ADDRESSES,
  addressTexts: ADDRESSES.map((address) => Address.format(address, ADDRESS_PREFIX)),
};

export const signer: Signer = {
  publicKeys: async () => PUBLIC_KEYS,
  async sign(publicKey, message) {
    const index = PUBLIC_KEYS.findIndex((key) => bytesEqual(key, publicKey));
    const secretKey = SECRET_KEYS[index];
    if (secretKey === undefined) throw new Error("the conformance signer does not hold this key; use one of `keys.publicKeys`");
    return signMessage(secretKey, message);
  },
  bls: validatorSigner,
};

/** SHA-256 of seed and counter. */
export function seededEntropy(seed: string): Entropy {
  let counter = 0;
  return {
    bytes(length) {
      const parts: Bytes[] = [];
      for (let made = 0; made < length; made += 32) parts.push(sha256(asciiBytes(`${seed} ${counter++}`)));
      return concatBytes(...parts).slice(0, length);
    },
  };
}

function hashPairs(input: Bytes, output: Bytes, tag: HashTag): void {
  const pairs = input.length / 64;
  for (let i = 0; i < pairs; i++) {
    const hash: Bytes = sha256(input.subarray(64 * i, 64 * i + 64));
    const first = hash[0] ?? 0;
    if (tag === "leaf") hash[0] = first & 0x7f;
    if (tag === "inner") hash[0] = first | 0x80;
    output.set(hash, 32 * i);
  }
}

async function verifySignatures(batch: SignatureBatch): Promise<Bytes> {
  const verdicts = new Uint8Array(Math.ceil(batch.count / 8));
  for (let i = 0; i < batch.count; i++) {
    const signature = batch.signatures.slice(64 * i, 64 * i + 64);
    const message = batch.messages.slice(batch.offsets[i], batch.offsets[i + 1]);
    const publicKey = batch.publicKeys.slice(32 * i, 32 * i + 32);
    const good = await verifyAsync(signature, message, publicKey, { zip215: true }).catch(() => false);
    if (good) verdicts[i >> 3] = (verdicts[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return verdicts;
}

export class InlineCompute implements Compute {
  readonly engine: ComputeEngineInfo = {
    kind: "js",
    tiers: { ed25519: "noble", sha256: "node:crypto", sha512: "node:crypto" },
    threads: 1,
  };

  verifySignatures(batch: SignatureBatch): Promise<Bytes> {
    return verifySignatures(batch);
  }

  async hashPairs(input: Bytes, output: Bytes, tag: HashTag): Promise<void> {
    hashPairs(input, output, tag);
  }

  hashPairsSync(input: Bytes, output: Bytes, tag: HashTag): void {
    hashPairs(input, output, tag);
  }

  async merkleRoot(leaves: Bytes): Promise<Hash> {
    return merkleRootPacked(leaves);
  }

  async run<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output> {
    const { default: work } = (await import(task.module.href)) as { readonly default: (input: Input) => Output | Promise<Output> };
    return structuredClone(await work(structuredClone(input)));
  }
}

/** Attempts of a search between two looks at whether it was cancelled. */
const ATTEMPTS_A_SLICE = 16;

/** Searches on this thread, as a miner of one lane does on its own. */
export class InlineWorkSource implements WorkSource {
  readonly attemptsPerSecond = 0;
  #current: { cancelled: boolean } | undefined;

  async search(job: SearchJob): Promise<Bytes | undefined> {
    this.cancel();
    const run = { cancelled: false };
    this.#current = run;
    const { default: create } = (await import(job.module.href)) as { readonly default: SearchFactory };
    const searcher = await create(job.input, { index: 0, count: 1 });
    while (!run.cancelled) {
      const { found } = await searcher.search(ATTEMPTS_A_SLICE, () => run.cancelled);
      if (found !== undefined && !run.cancelled) return found;
      await undefined;
    }
    return undefined;
  }

  cancel(): void {
    if (this.#current !== undefined) this.#current.cancelled = true;
  }

  status(): null {
    return null;
  }
}

const nothing = () => {};

export const silentLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isLevelEnabled: () => false,
  child: () => silentLogger,
};

export const silentMetrics: Metrics = {
  counter: () => ({ increment: nothing }),
  gauge: () => ({ set: nothing }),
  histogram: () => ({ observe: nothing }),
};

const ACCOUNTS = Uint8Array.of(1);
const SUPPLY_KEY = Uint8Array.of(1);

function readAmount(view: StateReader, key: Bytes): bigint {
  const value = view.get(key);
  return value === undefined ? 0n : new DataView(value.buffer, value.byteOffset, value.length).getBigUint64(0);
}

function writeAmount(writer: StateWriter, key: Bytes, amount: bigint): void {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, amount);
  writer.set(key, value);
}

/** Balances and supply in the namespace 1, for engines that pay rewards. */
export const mapTreasury: Treasury = {
  credit(writer, account, amount) {
    const key = concatBytes(ACCOUNTS, account);
    writeAmount(writer, key, readAmount(writer, key) + amount);
    writeAmount(writer, SUPPLY_KEY, readAmount(writer, SUPPLY_KEY) + amount);
  },
  debit(writer, account, amount) {
    const key = concatBytes(ACCOUNTS, account);
    const balance = readAmount(writer, key);
    let taken = amount;
    if (taken > balance) taken = balance;
    writeAmount(writer, key, balance - taken);
    writeAmount(writer, SUPPLY_KEY, readAmount(writer, SUPPLY_KEY) - taken);
    return taken;
  },
  supply: (view) => readAmount(view, SUPPLY_KEY),
};

/** What an account has, by the treasury above. */
export function mapBalanceOf(view: StateReader, account: Address): bigint {
  return readAmount(view, concatBytes(ACCOUNTS, account));
}

/** What all accounts have together, counted one by one. @param keys all keys of the state */
export function mapBalancesTotal(view: StateReader, keys: Iterable<Bytes>): bigint {
  let total = 0n;
  for (const key of keys) if (key[0] === ACCOUNTS[0] && key.length > ACCOUNTS.length) total += readAmount(view, key);
  return total;
}

/** A hash that stands for something unknown to the chain. */
export function strangerHash(text: string): Hash {
  return sha256Of(asciiBytes("stranger "), asciiBytes(text));
}
