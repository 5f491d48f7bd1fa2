/**
 * A real node to be attacked: one process with transport-tcp under its own certificate authority, whose blocks are made on
 * demand and cost nothing. Its patience is short, so that what takes minutes elsewhere is over in a second here.
 */

import type { X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Authority,
  type CertifiedKey,
  createAuthority,
  issueCertificate,
  readAuthority,
  writeAuthority,
  writeNodeCertificate,
} from "../../core/certificates/index.js";
import { toHex } from "../../core/primitives/bytes.js";
import { publicKeyOf } from "../../core/primitives/signing.js";
import { SystemEntropy } from "../../core/runtime/index.js";
import { type Identity, seedOf } from "./hostile-peer.js";
import { getJson, NodeProcess } from "./node-process.js";

/** Of the node; those of peers follow. */
const NODE_SEED = 0xffff;
const DAY_MS = 86_400_000;
/** dev:alice. */
const MINER = "cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee";

export const LIMITS = { blockBytes: 1 << 20, transactionBytes: 65_536 } as const;

const CHAIN = {
  chainId: "target-1",
  addressPrefix: "cw",
  genesisTimeMs: 1_767_225_600_000,
  consensus: {
    plugin: "consensus-nakamoto",
    parameters: {
      blockIntervalMs: 1_000,
      difficulty: { algorithm: "window", windowBlocks: 4_000 },
      initialTargetBits: "207fffff",
      powLimitBits: "207fffff",
    },
  },
  ledger: { plugin: "ledger-account", parameters: { allocations: [{ address: MINER, amount: "1000000000000" }] } },
  limits: { ...LIMITS, feeFloorPerByte: 1 },
};

/** A certificate authority, whose certificates may be of any age. */
export class TestAuthority {
  readonly #authority: Authority;
  readonly #entropy = new SystemEntropy();

  private constructor(authority: Authority) {
    this.#authority = authority;
  }

  static async create(directory: string, name: string): Promise<TestAuthority> {
    const entropy = new SystemEntropy();
    await writeAuthority(directory, await createAuthority({ nowMs: Date.now() - 1_000 * DAY_MS, entropy }, { name, bits: 2048 }), entropy);
    return new TestAuthority(await readAuthority(directory, async () => undefined));
  }

  get certificate(): X509Certificate {
    return this.#authority.certificate;
  }

  /** @param validFromDays from now, when the certificate was issued */
  issue(nodeId: string, validFromDays = 0, days = 365): Promise<CertifiedKey> {
    return issueCertificate(this.#authority, { nowMs: Date.now() + validFromDays * DAY_MS, entropy: this.#entropy }, { nodeId, days });
  }

  /** A peer with a certificate of this authority. */
  async identity(index: number): Promise<Identity> {
    const seed = seedOf(index);
    return { seed, ...(await this.issue(toHex(publicKeyOf(seed)))) };
  }

  async equip(directory: string, nodeId: string): Promise<void> {
    await writeNodeCertificate(directory, await this.issue(nodeId), this.certificate, this.#entropy);
  }
}

export class TargetNode {
  readonly process: NodeProcess;
  readonly api: string;
  /** tcp://127.0.0.1:port */
  readonly address: string;
  readonly #token: string;

  private constructor(process: NodeProcess, api: string, address: string, token: string) {
    this.process = process;
    this.api = api;
    this.address = address;
    this.#token = token;
  }

  /** @param heapMebibytes most memory of JavaScript objects: with a bound, what is collected late does not look like a leak */
  static async start(directory: string, authority: TestAuthority, heapMebibytes?: number): Promise<TargetNode> {
    const data = join(directory, "data");
    await mkdir(data, { recursive: true, mode: 0o700 });
    await chmod(data, 0o700);
    const seed = seedOf(NODE_SEED);
    await writeFile(join(data, "node.key"), `${toHex(seed)}\n`, { mode: 0o600 });
    await authority.equip(join(data, "tls"), toHex(publicKeyOf(seed)));
    await writeFile(join(directory, "chain.json"), JSON.stringify(CHAIN));
    await writeFile(join(directory, "node.json"), JSON.stringify(CONFIG));
    const environment = heapMebibytes === undefined ? {} : { NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}` };
    const process = new NodeProcess(["start", "--config", join(directory, "node.json")], environment);
    const api = await process.api();
    const { listening } = (await getJson(`${api}/v1/peers`)) as { readonly listening: readonly string[] };
    const [address = ""] = listening;
    return new TargetNode(process, api, address, (await readFile(join(data, "admin.token"), "utf8")).trim());
  }

  /** Makes blocks. @returns their hashes, hex */
  async produce(count: number): Promise<readonly string[]> {
    const response = await fetch(`${this.api}/v1/admin/blocks`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify({ count }),
    });
    if (!response.ok) throw new Error(`no blocks were made: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { readonly hashes: readonly string[] }).hashes;
  }

  /** The sum of all series of a metric whose labels hold `labels`. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const response = await fetch(`${this.api}/metrics`);
    let sum = 0;
    for (const line of (await response.text()).split("\n")) {
      if (!line.startsWith(`chainwright_${name}{`) && !line.startsWith(`chainwright_${name} `)) continue;
      if (Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`))) sum += Number(line.split(" ").at(-1));
    }
    return sum;
  }

  /** Resident memory, bytes. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.process.pid}/status`, "utf8");
    return 1_024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
  }
}

const CONFIG = {
  chain: "chain.json",
  dataDir: "data",
  // What operators see: refusals must be there.
  log: { level: "info" },
  compute: { threads: 0 },
  node: {
    network: {
      targetOutbound: 0,
      helloTimeoutMs: 1_000,
      requestTimeoutMs: 600,
      pingIntervalMs: 500,
      pingTimeoutMs: 2_000,
      bytesUnderWay: 65_536,
      // Peers of a test come again under their names: they are neither banned nor lose points; that they do is tested elsewhere.
      score: { violationsToBan: 1_000_000, failure: 0, invalid: 0, violation: 0 },
    },
  },
  plugins: {
    "storage-level": {},
    "ledger-account": {},
    "consensus-nakamoto": { mine: false, address: MINER },
    "transport-tcp": {
      host: "127.0.0.1",
      port: 0,
      limits: { acceptsPerSecond: 65_535, acceptBurst: 65_535 },
      timeouts: { handshakeMs: 1_000, messageMs: 800, sendMs: 2_000, goodbyeMs: 500 },
      tls: { trust: "ca" },
    },
    "api-http": { port: 0 },
    "metrics-prometheus": {},
  },
};
