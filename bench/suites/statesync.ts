/**
 * State sync: a fresh node loads the state of a checkpoint from three real processes over TCP with TLS, one of which lies, is killed
 * in the middle (SIGKILL), goes on, and comes to the same root. And how fast snapshots are made, checked and restored.
 *
 * The state is made of random accounts over a small real chain: its last header is given the state root of all of them, which nodes that
 * begin from a snapshot take by its id.
 */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ComputeService } from "../../core/compute/index.js";
import { assert, present } from "../../core/kernel/assert.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { TreeHeader } from "../../core/ports/consensus.js";
import type { Storage } from "../../core/ports/storage.js";
import { headerRecord } from "../../core/primitives/block-codec.js";
import { compareBytes } from "../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../core/primitives/hash.js";
import { verifyRange } from "../../core/proofs/index.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { makeSnapshot, type StoredSnapshot, verifySnapshot } from "../../core/snapshots/index.js";
import { BulkLoader, RootMismatchError, type StateEntry, StateStore } from "../../core/state/index.js";
import { accountKey, encodeAccount } from "../../plugins/ledger-account/accounts.js";
import { keylessAddress } from "../generator/accounts.js";
import { storageOf } from "../generator/fresh-nodes.js";
import { HeldWatch } from "../generator/held-watch.js";
import { ChainNode, GrantingCompute, generateBlocks, planChain } from "../generator/index.js";
import type { StateSyncNode, StateSyncReport } from "../generator/statesync-node.process.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);
const BLOCKS = 9;
const STATE_OPTIONS = { pageCacheBytes: 64 << 20, valueCacheBytes: 64 << 20, undoBlocks: 8 };
const CHILD = fileURLToPath(new URL("../generator/statesync-node.process.js", import.meta.url));
const LAST_PATH = new Uint8Array(32).fill(255);

/** All entries of the real chain's state, and random accounts beside, in the order of their paths. */
async function entriesOf(node: ChainNode, accounts: number, seed: number): Promise<StateEntry[]> {
  const view = present(node.view.state(), "the head has its state");
  const { proof } = await view.proveRange(Hash.zero, { entries: 4_096, bytes: 1 << 20 });
  const own = verifyRange(view.root, Hash.zero, LAST_PATH, proof, { sha256 }).entries;
  const value = encodeAccount({ balance: 1_000_000n, nonce: 0 });
  const made = Array.from({ length: accounts }, (_, index) => {
    const key = accountKey(keylessAddress(seed, "holder", index));
    return { path: sha256(key), key, value };
  });
  return [...own, ...made].sort((a, b) => compareBytes(a.path, b.path));
}

/** Loads the entries into a storage; the header that has their root. */
async function load(storage: Storage, compute: ComputeService, entries: readonly StateEntry[], below: TreeHeader): Promise<TreeHeader> {
  const dependencies = { storage, compute, scheduler };
  const first = await BulkLoader.open(dependencies, { values: "write" });
  await first.add(entries);
  const version = { blockId: Hash.zero, height: BLOCKS + 1, parent: below.id };
  let stateRoot = Hash.zero;
  try {
    await first.finish({ ...version, root: Hash.zero });
  } catch (error) {
    if (!RootMismatchError.matches(error)) throw error;
    stateRoot = Hash.parse(error.data.computed);
  }
  const { header } = below;
  const record = headerRecord({
    ...header,
    height: (header.height + 1) as typeof header.height,
    parent: below.id,
    timestampMs: header.timestampMs + 1_000,
    stateRoot,
  });
  const second = await BulkLoader.open(dependencies, { values: "write" });
  await second.finish({ ...version, blockId: record.id, root: stateRoot });
  return { ...record, weight: 0n };
}

class Child {
  readonly process: ChildProcess;
  readonly reports: StateSyncReport[] = [];
  #onReport: () => void = () => undefined;

  constructor(setup: StateSyncNode) {
    this.process = fork(CHILD, [JSON.stringify(setup)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.process.on("message", (report: StateSyncReport) => {
      this.reports.push(report);
      this.#onReport();
    });
    this.process.on("exit", () => this.#onReport());
  }

  async until<Report extends StateSyncReport>(is: (report: StateSyncReport) => report is Report): Promise<Report> {
    for (;;) {
      const failed = this.reports.find(({ type }) => type === "failed");
      assert(failed === undefined, `a node of the suite failed: ${JSON.stringify(failed)}`);
      const found = this.reports.find(is);
      if (found !== undefined) return found;
      assert(this.process.exitCode === null && this.process.signalCode === null, "a node of the suite ended");
      await new Promise<void>((resolve) => {
        this.#onReport = resolve;
      });
    }
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await gone;
  }
}

const megabytesOf = ({ manifest }: StoredSnapshot): number => manifest.chunks.chunkBytes / 1e6;

type Ready = Extract<StateSyncReport, { readonly type: "ready" }>;
type Progress = Extract<StateSyncReport, { readonly type: "progress" }>;
type Loaded = Extract<StateSyncReport, { readonly type: "loaded" }>;

/** Three sources, one of them a liar; a fresh node that is killed when 40 % of the ranges are there. Answers what it took. */
async function sync(context: BenchContext, snapshot: StoredSnapshot, plan: StateSyncNode["plan"]): Promise<string[]> {
  const root = await context.directory();
  const children: Child[] = [];
  const spawn = (setup: StateSyncNode): Child => {
    const child = new Child(setup);
    children.push(child);
    return child;
  };
  try {
    const roles = ["liar", "source", "source"] as const;
    const sources = roles.map((role, index) =>
      spawn({ role, directory: join(root, `source-${index}`), plan, snapshot: snapshot.folder, peers: [] }),
    );
    const ready = await Promise.all(sources.map((source) => source.until((report): report is Ready => report.type === "ready")));
    const peers = ready.map(({ address }) => address);
    const setup: StateSyncNode = {
      role: "fresh",
      directory: join(root, "fresh"),
      plan,
      peers,
      checkpoint: { height: snapshot.height, id: Hash.key(snapshot.id) },
    };
    const chunks = snapshot.manifest.chunks.length;
    const megabytes = megabytesOf(snapshot);
    const beganMs = clock.monotonicMs();
    const first = spawn(setup);
    const killAt = Math.floor(chunks * 0.4);
    // A small state may be there before anybody looked.
    const isFar = (report: StateSyncReport): report is Progress | Loaded =>
      report.type === "loaded" || (report.type === "progress" && (report.phase === "build" || report.rangesDone >= killAt));
    await first.until(isFar);
    await first.kill();
    const killedMs = clock.monotonicMs();
    const second = spawn(setup);
    const isResumed = (report: StateSyncReport): report is Progress | Loaded =>
      report.type === "loaded" || (report.type === "progress" && report.rangesDone > 0);
    const resumed = await second.until(isResumed);
    const loaded = await second.until((report): report is Loaded => report.type === "loaded");
    const endedMs = clock.monotonicMs();
    assert(loaded.root === Hash.key(snapshot.manifest.header.header.stateRoot), "the loaded state has the header's root");
    const kept = resumed.type === "progress" ? resumed.rangesDone : chunks;
    assert(kept >= Math.min(killAt, 1), "what was stored before the kill counts");
    // Ordinary sync goes on from there.
    sources[1]?.process.send("produce");
    const above = await second.until((report): report is Loaded => report.type === "loaded" && report.height > snapshot.height);
    const peak = (child: Child) => Math.max(...child.reports.map((report) => ("residentBytes" in report ? report.residentBytes : 0)));
    const seconds = (fromMs: number, toMs: number) => ((toMs - fromMs) / 1_000).toFixed(1);
    const restoreMs = Math.max(...ready.map((report) => report.restoreMs));
    return [
      `restored by three processes at a time in ${(restoreMs / 1_000).toFixed(1)} s at most`,
      `killed at ${killAt} of ${chunks} ranges after ${seconds(beganMs, killedMs)} s; began again with ${kept}`,
      `state sync: ${seconds(beganMs, endedMs)} s in all, both processes' starts included: ${(megabytes / ((endedMs - beganMs) / 1_000)).toFixed(1)} MB/s of ${megabytes.toFixed(0)} MB`,
      `memory: ${Math.round(peak(first) / 2 ** 20)} and ${Math.round(peak(second) / 2 ** 20)} MiB resident at most; main thread held for ${loaded.held}`,
      `root ${loaded.root.slice(0, 16)}… matches; head at ${above.height} by ordinary sync`,
    ];
  } finally {
    for (const child of children) await child.kill();
  }
}

const suite: BenchSuite = {
  name: "statesync",
  description: "snapshots are made, checked and restored; a fresh node loads one from three processes, one lying, through a kill",
  async run(context) {
    const { quick, seed } = context;
    const accounts = quick ? 8_000 : (context.accounts ?? 1_000_000);
    const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: 1 });
    const planOptions = { blocks: BLOCKS, transactions: 4, accounts: 8, seed };
    const plan = planChain(planOptions);
    const memory = storageOf("memory", "");
    await memory.start();
    const granting = new GrantingCompute(scheduler, clock);
    const chain = new ChainNode({ plan, storage: memory, compute: granting });
    await chain.open();
    for await (const block of generateBlocks(plan)) await chain.chain.import(block);
    const storage = storageOf("level", await context.directory());
    await storage.start();
    const header = await load(storage, compute, await entriesOf(chain, accounts, seed), chain.chain.head);
    const weighed = { ...header, weight: chain.chain.weigh(header, chain.chain.head.weight) };
    const ancestors: TreeHeader[] = [];
    for (let at = chain.chain.head; at.header.height > 0; at = present(chain.chain.header(at.header.parent), "a stored ancestor"))
      ancestors.push(at);
    const state = new StateStore({ storage, compute, scheduler, logger: SILENT, metrics: UNMETERED }, STATE_OPTIONS);
    await state.open();
    const view = present(state.view(header.id), "the loaded state has a view");
    const root = await context.directory();
    const source = { chainId: plan.spec.chainId, genesisId: chain.chain.genesis.id, header: weighed, ancestors, view };
    let snapshot: StoredSnapshot | undefined;
    const make = async () => {
      snapshot = await makeSnapshot({ clock, scheduler }, source, { root, restPercent: 0 });
    };
    const held = new HeldWatch();
    held.begin();
    await make();
    held.end();
    held.close();
    const made = present(snapshot, "it was just made");
    const megabytes = megabytesOf(made);
    const name = `${accounts.toLocaleString("en")} accounts`;
    await context.measure(`make, ${name}`, make, { unit: "MB/s", operations: megabytes });
    await context.measure(`verify, ${name}`, () => verifySnapshot(made.folder, { scheduler, compute }).then(() => undefined), {
      unit: "MB/s",
      operations: megabytes,
    });
    context.log(`${name}: made with the main thread held for ${held}`);
    try {
      for (const line of await sync(context, made, planOptions)) context.log(`${name}: ${line}`);
    } finally {
      await storage.stop();
      await chain.stop();
      await memory.stop();
      await granting.close();
      await compute.close();
      scheduler.close();
    }
  },
};

export default suite;
