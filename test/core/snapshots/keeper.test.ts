/** When a node makes snapshots, how many stay, and what it does when the state is gone or the disk refuses. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import type { Clock } from "../../../core/ports/runtime.js";
import type { StateView } from "../../../core/ports/state.js";
import { Hash } from "../../../core/primitives/hash.js";
import { type SnapshotChain, SnapshotKeeper, type SnapshotKeeperOptions } from "../../../core/snapshots/keeper.js";
import { NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { CountedMetrics } from "../network/world.js";
import { Company, scheduler } from "./company.js";

const company = await Company.start({ blocks: 12, holders: 100 });
t.teardown(() => company.stop());
const { node } = await company.source("one", 12, undefined);
const headerAt = (height: number) => node.chain.header(node.chain.idAt(height) as Hash) as TreeHeader;

/** Counters and gauges. */
class Readings extends CountedMetrics {
  override gauge({ name }: { readonly name: string }) {
    return { ...NO_METRICS.gauge({ name, help: "" }), set: (value: number) => void this.counts.set(name, value) };
  }
}

/** A keeper over a real chain's states, whose finality, sync and time a test moves. */
class Kept implements SnapshotChain {
  readonly chainId = company.plan.spec.chainId;
  readonly genesisId = node.chain.genesisId;
  readonly ancestryDepth = 4;
  readonly metrics = new Readings();
  readonly held: (number | undefined)[] = [];
  /** Heights whose state is gone. */
  readonly gone = new Set<number>();
  height = 0;
  isSynced = true;
  nowMs = 0;
  freeBytes = 10e9;
  listener: (() => void) | undefined;
  readonly keeper: SnapshotKeeper;
  readonly root: string;

  constructor(name: string, options: Partial<SnapshotKeeperOptions>) {
    this.root = join(company.root, name);
    const clock: Clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
    const { metrics, root } = this;
    const spaceOf = async () => ({ freeBytes: this.freeBytes, totalBytes: 20e9 });
    this.keeper = new SnapshotKeeper(
      { chain: this, root, clock, scheduler, logger: SILENT, metrics, spaceOf },
      { everyBlocks: 3, keep: 2, restPercent: 0, ...options },
    );
  }

  get finalized(): TreeHeader {
    return headerAt(this.height);
  }
  header(id: Hash): TreeHeader | undefined {
    return node.chain.header(id);
  }
  idAt(height: number): Hash | undefined {
    return node.chain.idAt(height);
  }
  view(id: Hash) {
    return this.gone.has(this.header(id)?.header.height ?? 0) ? undefined : node.view.state(id);
  }
  holdUndo(height: number | undefined): void {
    this.held.push(height);
  }
  onMoved(listener: () => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }

  get heights(): number[] {
    return this.keeper.snapshots.map(({ height }) => height);
  }

  /** Makes a height final, and waits until what that began has ended. */
  async finalize(height: number): Promise<void> {
    this.height = height;
    this.listener?.();
    while (await this.isMaking()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** A second one is refused while one is made. */
  async isMaking(): Promise<boolean> {
    try {
      await this.keeper.make(-1);
    } catch (error) {
      return (error as { readonly code?: string }).code === "SNAPSHOT_BUSY";
    }
    return false;
  }
}

t.test("one at each multiple of everyBlocks once it is final; the newest stay, the state up to the next is held", async (t) => {
  const kept = new Kept("grid", {});
  await kept.keeper.start();
  t.same(kept.held, [3]);
  await kept.finalize(2);
  t.same(kept.heights, [], "nothing is due");
  await kept.finalize(3);
  t.same(kept.heights, [3]);
  t.equal(kept.held.at(-1), 6);
  await kept.finalize(7);
  t.same(kept.heights, [6, 3]);
  await kept.finalize(12);
  t.same(kept.heights, [12, 6], "9 was passed; 3 is deleted");
  t.equal(kept.held.at(-1), 15);
  t.same((await readdir(kept.root)).sort(), kept.keeper.snapshots.map(({ folder }) => folder.slice(kept.root.length + 1)).sort());
  t.equal(kept.metrics.of("snapshots_made_total"), 3);
  t.equal(kept.metrics.of("snapshots_kept"), 2);
  t.equal(kept.metrics.of("snapshots_newest_height"), 12);
  await kept.keeper.stop();
  t.equal(kept.listener, undefined);
});

t.test("one that was asked for stays until the next is made, though there are enough higher ones", async (t) => {
  const kept = new Kept("asked", { keep: 1 });
  await kept.keeper.start();
  await kept.finalize(6);
  const asked = await kept.keeper.make(4);
  t.same(kept.heights, [6, 4]);
  t.ok((await readdir(kept.root)).includes(asked.folder.slice(kept.root.length + 1)), "what was answered is there");
  await kept.finalize(9);
  t.same(kept.heights, [9]);
  await kept.keeper.stop();
});

t.test("what a peer is downloading stays for a while, twice as many at most", async (t) => {
  const kept = new Kept("grace", { keep: 1 });
  await kept.keeper.start();
  await kept.finalize(3);
  const [first] = kept.keeper.snapshots;
  t.ok(await kept.keeper.chunk(first?.manifestHash as Hash, 0));
  t.equal(await kept.keeper.chunk(first?.manifestHash as Hash, 1), undefined, "there is no second chunk");
  t.equal(await kept.keeper.manifest(Hash.zero), undefined, "nor such a snapshot");
  await kept.finalize(6);
  t.same(kept.heights, [6, 3]);
  t.ok(await kept.keeper.manifest(kept.keeper.snapshots[0]?.manifestHash as Hash));
  await kept.finalize(9);
  t.same(kept.heights, [9, 6], "3 goes, though it was served: there are twice as many");
  kept.nowMs += 10 * 60_000;
  await kept.finalize(12);
  t.same(kept.heights, [12], "nobody asked for 6 and 9 for long");
  await kept.keeper.stop();
});

t.test("none while the node syncs, and none of a state that is gone: the next height is tried", async (t) => {
  const kept = new Kept("gone", {});
  await kept.keeper.start();
  kept.isSynced = false;
  await kept.finalize(4);
  t.same(kept.heights, []);
  t.equal(kept.held.at(-1), 6, "the state of 3 is not held any more");
  kept.isSynced = true;
  kept.gone.add(6);
  await kept.finalize(6);
  t.same(kept.heights, []);
  t.equal(kept.metrics.of("snapshots_failed_total SNAPSHOT_VIEW_GONE"), 1);
  t.equal(kept.held.at(-1), 9);
  await kept.finalize(9);
  t.same(kept.heights, [9]);
  await t.rejects(kept.keeper.make(6), { code: "SNAPSHOT_VIEW_GONE" } as never);
  await t.rejects(kept.keeper.make(0), { code: "SNAPSHOT_VIEW_GONE" } as never, "genesis needs no snapshot");
  await kept.keeper.stop();
});

t.test("begins again with what is on disk: whole ones are offered, half made ones deleted, damaged ones left out", async (t) => {
  const first = new Kept("again", {});
  await first.keeper.start();
  await first.finalize(3);
  await first.finalize(6);
  await first.keeper.stop();
  const [newest, older] = first.keeper.snapshots;
  await writeFile(join(older?.folder as string, "manifest"), "harmed");
  await mkdir(join(first.root, `.making-9-${"a".repeat(64)}`));
  const second = new Kept("again", {});
  second.height = 7;
  await second.keeper.start();
  t.same(second.heights, [6]);
  t.equal(second.held.at(-1), 9, "it does not make again what it has");
  t.notOk((await readdir(second.root)).some((name) => name.startsWith(".")));
  await rm(join(newest?.folder as string, "000000.chunk"));
  t.equal(await second.keeper.chunk(newest?.manifestHash as Hash, 0), undefined);
  t.same(second.heights, [], "who lost a chunk offers it no more");
  await second.keeper.stop();
});

t.test("a disk that refuses: said with its place, counted, and the chain goes on", async (t) => {
  const kept = new Kept("refused", {});
  await kept.keeper.start();
  await rm(kept.root, { recursive: true, force: true });
  await writeFile(kept.root, "a file where the folder should be");
  await t.rejects(kept.keeper.make(2), { code: "SNAPSHOT_IO", data: { path: kept.root } } as never);
  await kept.finalize(3);
  t.equal(kept.metrics.of("snapshots_failed_total SNAPSHOT_IO"), 1);
  t.equal(kept.held.at(-1), 6, "the state of 3 is let go");
  await kept.keeper.stop();
});

t.test("a volume that is nearly full: what is left is the chain's, at the beginning and while one is made", async (t) => {
  const kept = new Kept("narrow", {});
  await kept.keeper.start();
  kept.freeBytes = 1024 ** 3 - 1;
  await t.rejects(kept.keeper.make(2), { code: "SNAPSHOT_NO_SPACE", message: /keep fewer .*the chain goes on/ } as never);
  await kept.finalize(3);
  t.equal(kept.metrics.of("snapshots_failed_total SNAPSHOT_NO_SPACE"), 1);
  t.equal(kept.held.at(-1), 6, "the state of 3 is let go");
  kept.freeBytes = 10e9;
  const { manifest } = await kept.keeper.make(4);
  // Enough to begin with, but not for one like that.
  kept.freeBytes = 1024 ** 3 + manifest.chunks.chunkBytes - 1;
  await t.rejects(kept.keeper.make(5), { code: "SNAPSHOT_NO_SPACE", data: { needBytes: manifest.chunks.chunkBytes } } as never);
  kept.freeBytes = 1024 ** 3 + 2 * manifest.chunks.chunkBytes;
  await kept.keeper.make(5);
  const fresh = new Kept("narrower", {});
  let looks = 0;
  Object.defineProperty(fresh, "freeBytes", { get: () => (++looks > 1 ? 0 : 10e9) });
  await t.rejects(fresh.keeper.make(2), { code: "SNAPSHOT_NO_SPACE" } as never);
  t.same(await readdir(fresh.root), [], "and nothing of it stays");
  for (const { keeper } of [kept, fresh]) await keeper.stop();
});

t.test("as many proofs as may wait are asked for while a snapshot is made: it is made all the same", async (t) => {
  const kept = new Kept("asked-much", {});
  const view = node.view.state(headerAt(4).id) as StateView;
  let refused = 0;
  const asked: Promise<unknown>[] = [];
  /** Everybody asks for something just before the maker does. */
  const crowded: StateView["proveRange"] = (from, limits) => {
    const ask = () => view.proveRange(Hash.zero, { entries: 1, bytes: 1_000 }).catch(() => void refused++);
    asked.push(...Array.from({ length: 300 }, ask));
    return view.proveRange(from, limits);
  };
  kept.view = () => Object.create(view, { proveRange: { value: crowded } });
  t.equal((await kept.keeper.make(4)).height, 4);
  await Promise.all(asked);
  t.ok(refused > 0, "there was no room for others");
});
