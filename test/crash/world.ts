/** The chain that is killed: its accounts, the transfers that they send, its files, and what it has promised so far. */
import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { Address } from "../../core/primitives/address.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { type Key, key, PREFIX } from "../plugins/ledger-account/fixtures.js";

export const CHAIN_ID = "crash-test";
export const SENDERS = 8;
/** Of a node that prunes: the least that may be set. More than a node makes between two kills. */
const KEPT_BLOCKS = 128;
const FUNDS = 1_000_000_000_000n;
const MINER = key(100);
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
  #wasUndone = false;

  get acceptedCount(): number {
    return this.accepted.reduce((sum, each) => sum + each.size, 0);
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
    if (isUndone && !this.#wasUndone) this.reorgs++;
    this.#wasUndone = isUndone;
  }
}

/** Settings that decide how often the node flushes, rotates its logs and makes tables. */
export interface Tuning {
  readonly flushAfterBlocks: number;
  readonly writeBufferBytes: number;
  readonly finalDepth: number;
  readonly blockIntervalMs: number;
}

export interface CrashChain {
  readonly directory: string;
  readonly data: string;
  readonly configFile: string;
  /** The config of a second miner, which makes forks; undefined if there is none. */
  readonly rivalFile: string | undefined;
  /** The same chain for whoever only looks: no API, no mining, no peers. */
  readonly auditFile: (data: string) => Promise<string>;
  /** Writes the config of the node anew: what it keeps of the past from its next start on. */
  readonly keep: (pruning: Pruning) => Promise<void>;
  /** As the node's next start will have it. */
  readonly pruning: () => Pruning;
}

export type Pruning = "archive" | "full" | "pruned";

type Role = "victim" | "rival" | "audit";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function makeChain(
  directory: string,
  tuning: Tuning,
  options: { readonly storage?: Readonly<Record<string, unknown>>; readonly hasRival?: boolean; readonly pruning?: Pruning } = {},
): Promise<CrashChain> {
  let pruning: Pruning = options.pruning ?? "full";
  const rivalPort = options.hasRival === true ? await freePort() : undefined;
  await mkdir(directory, { recursive: true });
  const spec = {
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
        allocations: Array.from({ length: SENDERS }, (_, index) => ({ address: sender(index).text, amount: String(FUNDS) })),
        issuance: { initialPerBlock: 1_000 },
      },
    },
  };
  await writeFile(join(directory, "chain.json"), JSON.stringify(spec, undefined, 2));
  const mining = (address: Address) => ({
    mine: true,
    address: Address.format(address, PREFIX),
    cpuShare: 0.1,
    minBlockIntervalMs: tuning.blockIntervalMs,
    templateRefreshMs: 100,
  });
  const node = (data: string, role: Role) => ({
    chain: join(directory, "chain.json"),
    dataDir: data,
    log: { level: "warn" },
    compute: { threads: 0 },
    node: {
      chain: {
        flushAfterBlocks: tuning.flushAfterBlocks,
        flushAfterMs: 600_000,
        // Whoever looks deletes nothing meanwhile.
        pruning: role === "audit" && pruning === "pruned" ? "full" : pruning,
        keepBlocks: KEPT_BLOCKS,
      },
      ...(rivalPort !== undefined && role === "victim" ? { network: { persistent: [`tcp://127.0.0.1:${rivalPort}`] } } : {}),
    },
    plugins: {
      "storage-level": { writeBufferBytes: tuning.writeBufferBytes, ...options.storage },
      "ledger-account": {},
      "consensus-nakamoto": role === "audit" ? {} : mining((role === "victim" ? MINER : RIVAL).address),
      ...(role === "victim" ? { "api-http": { port: 0, docs: false } } : {}),
      ...(rivalPort === undefined || role === "audit"
        ? {}
        : { "transport-tcp": { host: "127.0.0.1", port: role === "rival" ? rivalPort : 0, tls: { trust: "open" } } }),
    },
  });
  const data = join(directory, "data");
  const configFile = join(directory, "node.json");
  const keep = async (next: Pruning) => {
    pruning = next;
    await writeFile(configFile, JSON.stringify(node(data, "victim"), undefined, 2));
  };
  await keep(pruning);
  const rivalFile = rivalPort === undefined ? undefined : join(directory, "rival.json");
  if (rivalFile !== undefined) await writeFile(rivalFile, JSON.stringify(node(join(directory, "rival"), "rival")));
  const auditFile = async (copy: string) => {
    const file = `${copy}.json`;
    await writeFile(file, JSON.stringify(node(copy, "audit")));
    return file;
  };
  return { directory, data, configFile, rivalFile, auditFile, keep, pruning: () => pruning };
}
