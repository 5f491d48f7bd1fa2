/** The chain that is killed: its accounts, the transfers that they send, its files, and what it has promised so far. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { Address } from "../../core/primitives/address.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { type Key, key, PREFIX } from "../plugins/ledger-account/fixtures.js";

export const CHAIN_ID = "crash-test";
export const SENDERS = 8;
/** Of a node that prunes: the least that may be set. Once in a while a node makes more between two kills. */
const KEPT_BLOCKS = 128;
const FUNDS = 1_000_000_000_000n;
export const MINER = key(100);
const RIVAL = key(101);

export const sender = (index: number): Key => key(index % SENDERS);

/** Transfers are a function of sender and nonce: whatever is on the chain, the model knows what it must have done. */
function amountOf(from: number, nonce: number): bigint {
  return BigInt(7 + ((from + nonce) % 5));
}

export interface Transfer {
  readonly raw: Bytes;
  readonly fee: bigint;
  readonly amount: bigint;
}

export function transferOf(from: number, nonce: number): Transfer {
  const amount = amountOf(from, nonce);
  const wish = { chainId: CHAIN_ID, from: sender(from).secret, to: sender(from + 1).address, amount, nonce };
  const fee = leastTransferFee(wish, 1);
  return { raw: buildTransfer({ ...wish, fee }), fee, amount };
}

/** Balances after `nonces[i]` transfers of sender i, by arithmetic alone. */
export class Balances {
  readonly #sums: bigint[][] = [];
  readonly #spent: bigint[][] = [];

  of(nonces: readonly number[]): bigint[] {
    return nonces.map((_, index) => {
      const before = (index + SENDERS - 1) % SENDERS;
      return FUNDS - this.#upTo(this.#spent, index, nonces[index] ?? 0, true) + this.#upTo(this.#sums, before, nonces[before] ?? 0, false);
    });
  }

  /** Sums are kept, since nonces only grow. */
  #upTo(kept: bigint[][], from: number, nonce: number, withFee: boolean): bigint {
    kept[from] ??= [0n];
    const sums = kept[from];
    for (let next = sums.length; next <= nonce; next++) {
      const { amount, fee } = transferOf(from, next - 1);
      sums.push((sums[next - 1] ?? 0n) + amount + (withFee ? fee : 0n));
    }
    return sums[nonce] ?? 0n;
  }
}

/** What users were told: the head's blocks by height, and for each sender the transfers that were accepted. */
export class Promises {
  readonly blocks = new Map<number, string>();
  /** `accepted[sender][nonce]` is the transfer's id; one whose answer a kill cut off is not in it. */
  readonly accepted: Map<number, string>[] = Array.from({ length: SENDERS }, () => new Map());
  /** First nonce of each sender that was never accepted, as far as is known. */
  readonly nextNonce: number[] = Array.from({ length: SENDERS }, () => 0);
  /** Blocks that were told to be undone, and how many times a row of them was. */
  undone = 0;
  reorgs = 0;
  deepestReorg = 0;
  #undoneInRow = 0;

  get acceptedCount(): number {
    return this.accepted.reduce((sum, each) => sum + each.size, 0);
  }

  /** What was told of blocks up to a height, and nothing of transfers: those in the mempool do not go with the blocks. */
  blocksUpTo(height: number): Promises {
    const copy = new Promises();
    for (const [each, hash] of this.blocks) if (each <= height) copy.blocks.set(each, hash);
    return copy;
  }

  /** What was promised up to now. */
  copy(): Promises {
    const copy = new Promises();
    for (const [height, hash] of this.blocks) copy.blocks.set(height, hash);
    for (const [from, ids] of this.accepted.entries()) for (const [nonce, id] of ids) copy.accepted[from]?.set(nonce, id);
    return copy;
  }

  get height(): number {
    return Math.max(0, ...this.blocks.keys());
  }

  note(line: { readonly type: string; readonly height: number; readonly hash?: string }): void {
    if (line.type === "block" && line.hash !== undefined) this.blocks.set(line.height, line.hash);
    const isUndone = line.type === "undone";
    if (isUndone) this.blocks.delete(line.height);
    if (isUndone) this.undone++;
    this.#undoneInRow = isUndone ? this.#undoneInRow + 1 : 0;
    if (this.#undoneInRow === 1) this.reorgs++;
    this.deepestReorg = Math.max(this.deepestReorg, this.#undoneInRow);
  }
}

/** Settings that decide how often the node flushes, rotates its logs and makes tables. */
export interface Tuning {
  readonly flushAfterBlocks: number;
  readonly writeBufferBytes: number;
  readonly finalDepth: number;
  readonly blockIntervalMs: number;
  /** Between two transfers of a sender: leaves a node time for what its kind is about. Default: as many as it takes. */
  readonly restMs?: number;
}

/** What one node of the chain is set to, beside what all have in common. */
export interface NodeSettings {
  /** Where its blocks are paid to; undefined: it does not mine. */
  readonly miner?: Address;
  readonly blockIntervalMs?: number;
  readonly hasApi?: boolean;
  /** Port on which it takes peers; 0: any. Undefined: it has no peers. */
  readonly peerPort?: number;
  /** Under `node` of its config. */
  readonly node?: Readonly<Record<string, unknown>>;
  readonly logLevel?: string;
}

export interface CrashChain {
  readonly directory: string;
  readonly data: string;
  readonly configFile: string;
  /** The config of a second miner, which makes forks; undefined if there is none. */
  readonly rivalFile: string | undefined;
  readonly rivalPort: number | undefined;
  /** The same chain for whoever only looks: no API, no mining, no peers. */
  readonly auditFile: (data: string) => Promise<string>;
  /** Writes the config of one more node, whose data is in `data`. */
  readonly nodeFile: (file: string, data: string, settings: NodeSettings) => Promise<string>;
  /** Writes the config of the node anew: what it keeps of the past from its next start on. */
  readonly keep: (pruning: Pruning) => Promise<void>;
  /** As the node's next start will have it. */
  readonly pruning: () => Pruning;
}

export type Pruning = "archive" | "full" | "pruned";

export interface ChainOptions {
  /** Of storage-level. */
  readonly storage?: Readonly<Record<string, unknown>>;
  readonly pruning?: Pruning;
  readonly hasRival?: boolean;
  /** Port at which the node reaches the second miner, if not at its own. */
  readonly rivalThrough?: number;
  /** Accounts that only lie there: a state of several chunks. */
  readonly idleAccounts?: number;
  /** `node.snapshots` of the node. */
  readonly snapshots?: Readonly<Record<string, unknown>>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function specOf(tuning: Tuning, idleAccounts: number) {
  const idle = Array.from({ length: idleAccounts }, (_, index) => {
    const bytes = createHash("sha256").update(`idle ${index}`).digest().subarray(0, 20);
    return { address: Address.format(Address.from(new Uint8Array(bytes)), PREFIX), amount: "7" };
  });
  return {
    chainId: CHAIN_ID,
    addressPrefix: PREFIX,
    genesisTimeMs: Date.now(),
    consensus: {
      plugin: "consensus-nakamoto",
      parameters: {
        blockIntervalMs: 100,
        difficulty: { algorithm: "asert", halfLifeMs: 600_000 },
        initialTargetBits: "207fffff",
        powLimitBits: "207fffff",
        maxReorgDepth: tuning.finalDepth,
        confirmations: 1,
      },
    },
    ledger: {
      plugin: "ledger-account",
      parameters: {
        allocations: [...Array.from({ length: SENDERS }, (_, index) => ({ address: sender(index).text, amount: String(FUNDS) })), ...idle],
        issuance: { initialPerBlock: 1_000 },
      },
    },
  };
}

export async function makeChain(directory: string, tuning: Tuning, options: ChainOptions = {}): Promise<CrashChain> {
  let pruning: Pruning = options.pruning ?? "full";
  const rivalPort = options.hasRival === true ? await freePort() : undefined;
  await mkdir(directory, { recursive: true });
  const spec = join(directory, "chain.json");
  await writeFile(spec, JSON.stringify(specOf(tuning, options.idleAccounts ?? 0), undefined, 2));
  const nodeFile = async (file: string, data: string, settings: NodeSettings) => {
    await writeFile(file, JSON.stringify(configOf(spec, data, tuning, settings, options.storage), undefined, 2));
    return file;
  };
  const data = join(directory, "data");
  const configFile = join(directory, "node.json");
  const chainOf = (pruning: Pruning) => ({ chain: { ...flushing(tuning), pruning, keepBlocks: KEPT_BLOCKS } });
  const keep = async (next: Pruning) => {
    pruning = next;
    const rival = `tcp://127.0.0.1:${options.rivalThrough ?? rivalPort}`;
    await nodeFile(configFile, data, {
      miner: MINER.address,
      hasApi: true,
      ...(rivalPort === undefined ? {} : { peerPort: 0 }),
      node: {
        ...chainOf(pruning),
        ...(rivalPort === undefined ? {} : { network: { persistent: [rival], redialMs: 20, redialMaxMs: 100, exchange: false } }),
        ...(options.snapshots === undefined ? {} : { snapshots: options.snapshots }),
      },
    });
  };
  await keep(pruning);
  const rivalFile =
    rivalPort === undefined
      ? undefined
      : await nodeFile(join(directory, "rival.json"), join(directory, "rival"), {
          miner: RIVAL.address,
          // A little faster: of two branches, its is the heavier one more often.
          blockIntervalMs: Math.floor(tuning.blockIntervalMs * 0.7),
          peerPort: rivalPort,
          // Or the node learns where to reach it past the link.
          node: { ...chainOf(pruning), network: { exchange: false } },
        });
  // Whoever looks deletes nothing meanwhile.
  const auditFile = (copy: string) => nodeFile(`${copy}.json`, copy, { node: chainOf(pruning === "pruned" ? "full" : pruning) });
  return { directory, data, configFile, rivalFile, rivalPort, auditFile, nodeFile, keep, pruning: () => pruning };
}

function flushing({ flushAfterBlocks }: Tuning) {
  return { flushAfterBlocks, flushAfterMs: 600_000 };
}

function configOf(chain: string, dataDir: string, tuning: Tuning, settings: NodeSettings, storage: ChainOptions["storage"]) {
  const { miner, blockIntervalMs = tuning.blockIntervalMs, hasApi, peerPort, node, logLevel = "warn" } = settings;
  const mining = {
    mine: true,
    address: miner === undefined ? undefined : Address.format(miner, PREFIX),
    cpuShare: 0.1,
    minBlockIntervalMs: blockIntervalMs,
    templateRefreshMs: 100,
  };
  return {
    chain,
    dataDir,
    log: { level: logLevel },
    compute: { threads: 0 },
    node: { chain: flushing(tuning), ...node },
    plugins: {
      "storage-level": { writeBufferBytes: tuning.writeBufferBytes, ...storage },
      "ledger-account": {},
      "consensus-nakamoto": miner === undefined ? {} : mining,
      ...(hasApi === true ? { "api-http": { port: 0, docs: false } } : {}),
      ...(peerPort === undefined ? {} : { "transport-tcp": { host: "127.0.0.1", port: peerPort, tls: { trust: "open" } } }),
    },
  };
}
