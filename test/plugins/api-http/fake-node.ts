/**
 * A node of plain objects behind the view ports, for tests of the API: real blocks, transactions, roots and proofs made
 * with the primitives, and knobs for what a test wants to see (events, readiness, faults, answers that never come).
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { EventsAheadError, EventsPrunedError } from "../../../core/chain/errors.js";
import * as sdk from "../../../core/sdk.js";
import { ApiHttpPlugin } from "../../../plugins/api-http/api-http-plugin.js";
import { ApiHttpConfig } from "../../../plugins/api-http/config.js";
import { encode, LAST, Model } from "../../core/proofs/model.js";

export const CHAIN_ID = "api-test";
export const PREFIX = "cwt";
const chainHash = sdk.chainHashOf(CHAIN_ID);
const LIMITS = { blockBytes: 8_388_608, transactionBytes: 65_536, blockWeight: 40_000_000, feeFloorPerByte: 1 };

export interface Account {
  readonly secretKey: sdk.Bytes;
  readonly address: sdk.Address;
  readonly text: string;
}

export function account(seed: number): Account {
  const secretKey = sdk.generateSecretKey(new Uint8Array(32).fill(seed));
  const address = sdk.Address.ofKey(sdk.publicKeyOf(secretKey));
  return { secretKey, address, text: sdk.Address.format(address, PREFIX) };
}

export function transfer(from: Account, to: Account, nonce: number, amount = 5n): { readonly raw: sdk.Bytes; readonly id: sdk.Hash } {
  const body = sdk.encodeAccountTransaction({
    chainTag: sdk.chainTagOf(chainHash),
    sender: from.address,
    nonce,
    fee: 1_000n,
    validFrom: 0,
    validUntil: 0,
    memo: "",
    module: sdk.BANK_MODULE,
    operation: sdk.encodeBankTransfer({ to: to.address, amount }),
  });
  return { raw: sdk.signTransaction(body, chainHash, [from.secretKey]), id: sdk.transactionId(chainHash, body) };
}

const accountKey = (address: sdk.Address): sdk.Bytes => Uint8Array.of(1, ...address);
/** The state after every block: Alice's account, and entries of others. */
export const STATE = new Model(
  [
    { key: accountKey(account(1).address), value: Uint8Array.of(7) },
    ...Array.from({ length: 30 }, (_, i) => ({ key: Uint8Array.of(2, i), value: Uint8Array.of(i + 1, i) })),
  ],
  sdk.sha256,
);

interface StoredBlock {
  readonly block: sdk.Block;
  readonly record: sdk.TreeHeader;
  readonly receipts: readonly sdk.Receipt[];
  readonly canonical: boolean;
}

function store(parent: StoredBlock | undefined, raws: readonly sdk.Bytes[], extra: number, canonical = true): StoredBlock {
  const ids = raws.map((raw) => sdk.decodeTransaction(raw, chainHash, { transactionBytes: 65_536, authorizations: 16 }).id);
  const receipts = ids.map(
    (transactionId): sdk.Receipt => ({
      transactionId,
      ok: true,
      code: "",
      feePaid: 1_000n,
      weight: 21,
      events: [{ type: "bank.transfer", attributes: [["amount", "5"]] }],
    }),
  );
  const header: sdk.Header = {
    chainId: CHAIN_ID,
    height: parent === undefined ? sdk.Height.genesis : sdk.Height.next(parent.record.header.height),
    parent: parent?.record.id ?? sdk.Hash.zero,
    timestampMs: 1_800_000_000_000 + (parent === undefined ? 0 : (parent.record.header.height + 1) * 1_000),
    transactionsRoot: sdk.merkleRoot(raws.map(sdk.sha256)),
    receiptsRoot: sdk.merkleRoot(receipts.map(sdk.receiptHash)),
    stateRoot: sdk.Hash.from(STATE.root),
    payloadRoot: sdk.Hash.zero,
    proposer: account(9).address,
    extra: Uint8Array.of(extra),
    seal: Uint8Array.of(1, 2, 3),
  };
  const block: sdk.Block = { header, transactions: raws, payload: sdk.EMPTY_BYTES };
  // Through the codec, so that the fake holds nothing that a real chain could not.
  const decoded = sdk.decodeBlock(sdk.encodeBlock(block), LIMITS);
  return { block: decoded.block, record: { ...decoded.record, weight: BigInt(header.height) * 2n ** 70n }, receipts, canonical };
}

/** Whatever a test wants to be different. Mutable on purpose. */
export class FakeNode {
  readonly alice = account(1);
  readonly bob = account(2);
  readonly blocks: readonly StoredBlock[];
  readonly stale: StoredBlock;
  readonly included: { readonly raw: sdk.Bytes; readonly id: sdk.Hash };
  readonly pooled: sdk.PoolEntry[] = [];
  readonly droppedReasons = new Map<sdk.HashKey, sdk.DropReason>();
  readonly chainEvents: sdk.ChainEvent[] = [];
  readonly submitted: sdk.Bytes[] = [];
  readonly produced: number[] = [];
  readonly logs: { readonly level: string; readonly data: Record<string, unknown>; readonly message: string }[] = [];
  readonly counted: { readonly name: string; readonly labels: Readonly<Record<string, string>> | undefined }[] = [];
  readonly gauges = new Map<string, () => number>();
  readonly routes: sdk.ApiRoutes[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), "chainwright-api-"));
  producing = false;
  /** Events below this sequence are forgotten. */
  eventsPrunedBelow = 1;
  reasons: string[] = [];
  warnings: sdk.NodeWarning[] = [];
  submit: () => Promise<{ id: sdk.Hash; standing: "ready" | "queued" | "known" }> = async () => ({
    id: this.included.id,
    standing: "ready",
  });
  /** Bodies below this height are pruned. */
  bodiesFrom = 0;
  /** Headers below this height were never here: the node began from a snapshot. Genesis is there. */
  headersFrom = 0;
  /** From there up to `bodiesFrom`, headers came without bodies. */
  isHeadersOnly = false;
  /** Weights of blocks that are other than by their height. */
  readonly weights = new Map<sdk.HashKey, bigint>();
  /** The state at this height is an archive's: it answers for what was prefetched, and makes no proofs. */
  archivedHeight: number | undefined;
  /** When set, `chain.status()` throws it. */
  fault: unknown;
  /** When true, submissions never settle. */
  readonly listeners = new Set<() => void>();
  compute: Pick<sdk.Compute, "engine"> | undefined = {
    engine: { kind: "js", tiers: { ed25519: "noble", sha256: "node:crypto", sha512: "node:crypto" }, threads: 1 },
  };

  constructor() {
    const { alice, bob } = this;
    this.included = transfer(alice, bob, 0);
    const genesis = store(undefined, [], 0);
    const first = store(genesis, [this.included.raw, transfer(alice, bob, 1).raw, transfer(bob, alice, 0).raw], 1);
    const second = store(first, [], 2);
    const third = store(
      second,
      Array.from({ length: 130 }, (_, nonce) => transfer(alice, bob, nonce + 2).raw),
      3,
    );
    this.blocks = [genesis, first, second, third];
    this.stale = store(first, [transfer(bob, alice, 7).raw], 77, false);
  }

  get head(): StoredBlock {
    return sdk.present(this.blocks.at(-1), "a chain has a genesis");
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  event(event: Omit<sdk.ChainEvent, "sequence">): void {
    this.chainEvents.push({ ...event, sequence: this.chainEvents.length + 1 } as sdk.ChainEvent);
    for (const listener of [...this.listeners]) listener();
  }

  private isBelow({ record }: StoredBlock): boolean {
    return record.header.height > 0 && record.header.height < this.bodiesFrom;
  }

  private find(id: sdk.Hash): StoredBlock | undefined {
    return [...this.blocks, this.stale].find(({ record }) => sdk.bytesEqual(record.id, id));
  }

  chain(): sdk.ChainView {
    const describe = (raw: sdk.Bytes): sdk.Json => {
      const { body } = sdk.decodeTransaction(raw, chainHash, { transactionBytes: 65_536, authorizations: 16 });
      const { nonce, sender } = sdk.decodeAccountTransaction(body);
      return { nonce, sender: sdk.Address.format(sender, PREFIX) };
    };
    return {
      spec: {
        chainId: CHAIN_ID,
        addressPrefix: PREFIX,
        genesisTimeMs: 0,
        consensus: { plugin: "consensus-fake", parameters: {} },
        ledger: { plugin: "ledger-fake", parameters: {} },
        rulesAt: () => ({ revision: 0, limits: LIMITS, features: new Set() }),
        upgrades: [],
        parametersHash: sdk.Hash.zero,
      },
      status: () => {
        if (this.fault !== undefined) throw this.fault;
        const [genesis, first] = this.blocks as [StoredBlock, StoredBlock];
        return {
          head: this.head.record,
          justified: first.record,
          finalized: genesis.record,
          genesisId: genesis.record.id,
          flushedHeight: 1,
          pruning: this.bodiesFrom > 0 ? "pruned" : "full",
          bodiesFrom: this.bodiesFrom,
          statesFrom: 0,
        };
      },
      blockInfo: (id) => {
        const stored = this.find(id);
        return stored === undefined
          ? undefined
          : {
              record: { ...stored.record, weight: this.weights.get(sdk.Hash.key(id)) ?? stored.record.weight },
              standing: stored.canonical ? "canonical" : "stale",
              sizeBytes: this.isHeadersOnly && this.isBelow(stored) ? 0 : sdk.encodedBlockBytes(stored.block),
              transactionCount: this.isHeadersOnly && this.isBelow(stored) ? 0 : stored.block.transactions.length,
            };
      },
      block: async (id) => {
        const stored = this.find(id);
        return stored === undefined || stored.record.header.height < this.bodiesFrom ? undefined : stored.block;
      },
      outcomes: () => undefined,
      receipts: async (id) => (sdk.bytesEqual(id, this.stale.record.id) ? undefined : this.find(id)?.receipts),
      idAt: (height) => (height > 0 && height < this.headersFrom ? undefined : this.blocks[height]?.record.id),
      transaction: async (id) => {
        for (const { record, receipts, block } of this.blocks) {
          const index = receipts.findIndex(({ transactionId }) => sdk.bytesEqual(transactionId, id));
          if (index < 0) continue;
          return {
            blockId: record.id,
            height: record.header.height,
            index,
            raw: sdk.present(block.transactions[index], "as many receipts as transactions"),
            receipt: sdk.present(receipts[index], "found"),
            confirmations: this.head.record.header.height - record.header.height + 1,
          };
        }
        return undefined;
      },
      transactionProof: async ({ blockId, index }) =>
        sdk.merkleProof(sdk.present(this.find(blockId), "asked for a known block").block.transactions.map(sdk.sha256), index),
      state: (id = this.head.record.id) => {
        const stored = this.find(id);
        if (stored === undefined || stored.record.header.height === 0) return undefined;
        if (stored.record.header.height === this.archivedHeight) return archivedView(id, stored.record.header.stateRoot);
        return {
          blockId: id,
          root: stored.record.header.stateRoot,
          get: (wanted) => STATE.get(wanted),
          prefetch: async () => undefined,
          prove: async (wanted) => encode("single", STATE.keysProof([wanted])),
          proveMany: async (wanted) => encode("multi", STATE.keysProof(wanted)),
          proveRange: async (from, { to = LAST, entries }) => {
            const within = STATE.within(from, to);
            const next = within[entries]?.path;
            const proof = encode("range", STATE.rangeProof(from, to, next), next);
            return { proof, entries: Math.min(entries, within.length), ...(next === undefined ? {} : { next: sdk.Hash.from(next) }) };
          },
        };
      },
      describeTransaction: describe,
      describeAccount: (address, view) => {
        // One key that `accountKeys` names, and those of modules, which it does not.
        for (const at of [accountKey(address), Uint8Array.of(8), Uint8Array.of(9)]) view.get(at);
        return { balance: "1000", nonce: sdk.Address.equal(address, this.alice.address) ? 132 : 1 };
      },
      accountKeys: (address) => [accountKey(address)],
      consensus: {
        plugin: "consensus-fake",
        confirmations: 3,
        status: () => ({ mining: true }),
        describeHeader: () => ({ target: "0x1d00ffff" }),
      },
      ledger: { plugin: "ledger-fake", kind: "account", tellsAddresses: false },
    };
  }

  mempool(): sdk.MempoolView {
    const { pooled, droppedReasons } = this;
    return {
      get count() {
        return pooled.length;
      },
      get bytes() {
        return pooled.reduce((sum, { raw }) => sum + raw.length, 0);
      },
      get: (id) => pooled.find((entry) => sdk.bytesEqual(entry.id, id)),
      list: (offset, limit) => pooled.slice(offset, offset + limit),
      dropped: (id) => droppedReasons.get(sdk.Hash.key(id)),
      ofSender: (sender) => pooled.filter((entry) => entry.sender === sender),
    };
  }

  events(): sdk.ChainEvents {
    const all = this.chainEvents;
    return {
      get latest() {
        return all.length;
      },
      read: async (after, limit) => {
        if (after > all.length) throw new EventsAheadError({ after, latest: all.length });
        if (after < this.eventsPrunedBelow - 1) throw new EventsPrunedError({ after, oldest: this.eventsPrunedBelow });
        return all.filter(({ sequence }) => sequence > after).slice(0, limit);
      },
      onAppended: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }

  logger(): sdk.Logger {
    const at = (level: string) => (data: object, message: string) => void this.logs.push({ level, data: { ...data }, message });
    const logger: sdk.Logger = {
      trace: at("trace"),
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      fatal: at("fatal"),
      isLevelEnabled: () => true,
      child: () => logger,
    };
    return logger;
  }

  metrics(): sdk.Metrics {
    return {
      counter: ({ name }) => ({ increment: (_by, labels) => void this.counted.push({ name, labels }) }),
      gauge: ({ name, collect }) => {
        if (collect !== undefined) this.gauges.set(name, collect);
        return { set: () => undefined };
      },
      histogram: ({ name }) => ({ observe: (_value, labels) => void this.counted.push({ name, labels }) }),
    };
  }

  /** What administrators did to the peer book, in order. */
  readonly peerActions: unknown[] = [];
  readonly peerBook: sdk.PeerAdministration = {
    records: () => [
      { address: "tcp://10.0.0.1:1", source: "config", persistent: true, scoreMilli: 55_100, connected: true, failuresInARow: 0 },
      {
        address: "tcp://10.0.0.2:1",
        source: "exchange",
        persistent: false,
        scoreMilli: 48_000,
        connected: false,
        lastFailure: { atMs: 7, reason: "refused" },
        failuresInARow: 1,
      },
      {
        address: "tcp://10.0.0.4:1",
        source: "operator",
        persistent: true,
        scoreMilli: 48_000,
        connected: false,
        lastFailure: { atMs: 8, code: "NETWORK_BANNED", reason: "it refused: this node is banned" },
        failuresInARow: 1,
      },
    ],
    bans: () => [
      { subject: "tcp://10.0.0.9:1", untilMs: 99, reason: "test" },
      { subject: "tcp://10.0.0.8:1", untilMs: 99, reason: "test", by: "operator" },
    ],
    add: async (address, options) => void this.peerActions.push(["add", address, options]),
    ban: async (subject, options) => void this.peerActions.push(["ban", subject, options]),
    unban: async (subject) => {
      this.peerActions.push(["unban", subject]);
      return subject === "tcp://10.0.0.9:1";
    },
  };

  snapshots: sdk.SnapshotSummary[] = [];
  /** What the node does when it is asked for a snapshot. */
  makeSnapshot: (height?: number) => Promise<sdk.SnapshotSummary> = async () => this.snapshot(3);

  snapshot(height: number): sdk.SnapshotSummary {
    const hash = sdk.Hash.from(new Uint8Array(32).fill(height));
    return { height, id: hash, manifestHash: hash, entries: 5, chunks: 1, bytes: 158, folder: `/secret/snapshots/${height}` };
  }

  plugin(options: Partial<ApiHttpConfig> = {}): ApiHttpPlugin {
    const config = Value.Parse(ApiHttpConfig, Value.Default(ApiHttpConfig, { port: 0, ...options }));
    return new ApiHttpPlugin(
      this.chain(),
      this.events(),
      this.mempool(),
      {
        nodeId: "node-1",
        peers: [
          {
            nodeId: "p",
            address: "10.0.0.1:1",
            direction: "inbound",
            agent: "chainwright/0",
            headHeight: 3,
            headId: "00".repeat(32),
            scoreMilli: 50_000,
            connectedSinceMs: 0,
          },
        ],
        listening: [],
        sync: { state: "synced", currentHeight: 3, targetHeight: 3, headerHeight: 3, blocksPerSecond: 0, activePeers: 0 },
      },
      {
        submit: async (raw) => {
          this.submitted.push(raw);
          return this.submit();
        },
      },
      { startedAtMs: Date.now() - 5_000, version: "9.9.9", notReady: () => this.reasons, warnings: () => this.warnings },
      {
        produceBlocks: async (count) => {
          this.produced.push(count);
          return Array.from({ length: count }, () => this.head.record.id);
        },
        startProducing: async () => {
          this.producing = true;
        },
        stopProducing: async () => {
          this.producing = false;
        },
        makeSnapshot: (height) => this.makeSnapshot(height),
        snapshots: () => this.snapshots,
      },
      this.peerBook,
      this.compute as sdk.Compute | undefined,
      this.routes,
      { path: this.directory, resolve: (...segments) => join(this.directory, ...segments) },
      { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
      scheduler,
      { bytes: (length) => new Uint8Array(randomBytes(length)) },
      config,
      this.logger(),
      this.metrics(),
    );
  }
}

const scheduler: sdk.Scheduler = {
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  every: () => {
    throw new Error("the API schedules nothing periodic");
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
  slicer: () => ({ due: () => false, pause: async () => undefined }),
};

function archivedView(blockId: sdk.Hash, root: sdk.Hash): sdk.StateView {
  const loaded = new Set<string>();
  const refuse = async (): Promise<never> => {
    throw new sdk.ChainwrightError("STATE_PROOF_HORIZON", "missing", "there are no proofs of it", {});
  };
  return {
    blockId,
    root,
    get: (wanted) => {
      const at = sdk.toHex(wanted);
      if (!loaded.has(at)) throw new sdk.ChainwrightError("STATE_NOT_PREFETCHED", "internal", `${at} was not`, { key: at });
      return STATE.get(wanted);
    },
    prefetch: async (keys) => {
      for (const at of keys) loaded.add(sdk.toHex(at));
    },
    prove: refuse,
    proveMany: refuse,
    proveRange: refuse,
  };
}
