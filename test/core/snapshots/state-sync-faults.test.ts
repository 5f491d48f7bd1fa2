/** What may go wrong with a start from a checkpoint: peers with untrue snapshots, disks that fill or lose something, changed minds of operators. */
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Storage, StorageOperation } from "../../../core/ports/storage.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { concatBytes } from "../../../core/primitives/index.js";
import { openSnapshot, snapshotName } from "../../../core/snapshots/folder.js";
import { verifySnapshot } from "../../../core/snapshots/index.js";
import { type ChunkRecord, ChunkTable, encodeManifest, type Manifest } from "../../../core/snapshots/manifest.js";
import { VALUE_PREFIX } from "../../../core/state/records.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import { NO_METRICS } from "../../plugins/ledger-account/fixtures.js";
import { Company, type Member, type MemberOptions } from "./company.js";

const SNAPSHOT = 10;
const HEAD = 12;
const CHUNKS = 7;
const company = await Company.start({ blocks: HEAD, holders: 9_000 });
t.teardown(() => company.stop());
const checkpoint = company.checkpoint(SNAPSHOT);
/** With a state of one chunk, where more tell nothing. */
const small = await Company.start({ blocks: HEAD, holders: 100 });
t.teardown(() => small.stop());
const smallSource = await small.source("whole", HEAD, SNAPSHOT);
const sync = { mode: "state", checkpoint };
/** A storage that has a say in every write. */
class WatchedStorage extends MemoryStorage {
  onWrite: (operations: readonly StorageOperation[]) => readonly StorageOperation[] = (operations) => operations;

  static async started(): Promise<WatchedStorage> {
    const storage = new WatchedStorage(NO_METRICS);
    await storage.start();
    return storage;
  }

  override write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    try {
      return super.write(this.onWrite(operations), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

const template = await company.source("template", HEAD, SNAPSHOT);
const stateRoot = rootOf(template, HEAD);
await template.stop();

async function copyOf(other: Storage): Promise<WatchedStorage> {
  const storage = await WatchedStorage.started();
  const operations: StorageOperation[] = [];
  for await (const [key, value] of other.range({})) operations.push({ type: "put", key, value });
  await storage.write(operations, { durable: true });
  return storage;
}

/** A node that has what the template has, its snapshot included. */
async function twin(name: string, options: MemberOptions = {}, bend?: (folder: string) => Promise<void>): Promise<Member> {
  const storage = await copyOf(template.storage);
  const member = await company.member(name, { ...options, storage });
  await cp(join(template.directory, "snapshots"), join(member.directory, "snapshots"), { recursive: true });
  await bend?.(folderOf(member));
  await member.node.start();
  return member;
}

function folderOf({ directory }: Member): string {
  return join(directory, "snapshots", snapshotName(SNAPSHOT, company.idAt(SNAPSHOT)));
}

function rootOf(member: Member, height: number): string {
  const id = member.node.chain.idAt(height);
  const view = id === undefined ? undefined : member.node.view.state(id);
  return view === undefined ? "none" : Hash.key(view.root);
}

async function isWhole(t: Test, member: Member, root = stateRoot): Promise<void> {
  await member.until(() => member.height === HEAD, "it has the whole chain");
  t.equal(rootOf(member, HEAD), root);
  t.same(member.fatals, []);
  await member.stop();
}

/** The mark of a chunk that was stored: the write has the last of its values too. */
const isChunk = (operations: readonly StorageOperation[]) => operations.some(({ type, key }) => type === "put" && key[0] === 0x76);

/** Makes a snapshot's manifest say something else, with files that fit it. */
function bent(bend: (manifest: Manifest, folder: string) => Promise<Manifest>) {
  return async (folder: string): Promise<void> => {
    const { manifest } = await openSnapshot(folder);
    const encoded = encodeManifest(await bend(manifest, folder));
    await writeFile(join(folder, "manifest"), concatBytes(encoded, sha256(encoded)));
  };
}

function changed({ chunks }: Manifest, index: number, change: (chunk: ChunkRecord) => ChunkRecord): ChunkTable {
  return ChunkTable.of([...chunks].map((chunk, at) => (at === index ? change(chunk) : chunk)));
}

/** Takes a chunk out of the folder and the table. */
function without(index: number) {
  return async (manifest: Manifest, folder: string): Promise<Manifest> => {
    const file = (at: number) => join(folder, `${String(at).padStart(6, "0")}.chunk`);
    await rm(file(index));
    for (let at = index + 1; at < manifest.chunks.length; at++) await rename(file(at), file(at - 1));
    const chunks = [...manifest.chunks].filter((_, at) => at !== index);
    return { ...manifest, chunks: ChunkTable.of(chunks), entries: chunks.reduce((sum, { entries }) => sum + entries, 0) };
  };
}

const untrue = {
  "a gap: a chunk is left out": without(1),
  "an omission: the last chunk is left out": without(2),
  "a chunk with other bytes, which the manifest vouches for": async (manifest: Manifest, folder: string) => {
    const path = join(folder, "000001.chunk");
    const bytes = new Uint8Array(await readFile(path));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] as number) ^ 1;
    await writeFile(path, bytes);
    return { ...manifest, chunks: changed(manifest, 1, (chunk) => ({ ...chunk, hash: sha256(bytes) })) };
  },
  "counts that are not the chunks'": async (manifest: Manifest) => ({
    ...manifest,
    chunks: changed(manifest, 2, (chunk) => ({ ...chunk, entries: chunk.entries - 1 })),
    entries: manifest.entries - 1,
  }),
};

t.test("untrue manifests on disk: each is found out by a chunk that does not prove what it should", async (t) => {
  for (const [what, bend] of Object.entries(untrue)) {
    const folder = join(company.root, "untrue");
    await cp(folderOf(template), folder, { recursive: true });
    await bent(bend)(folder);
    await t.rejects(verifySnapshot(folder), { code: "SNAPSHOT_DAMAGED", data: { part: /^chunk / } } as never, what);
    await rm(folder, { recursive: true });
  }
});

t.test(
  "untrue manifests, and manifests that are not the offered ones: both are found out, and the state comes from somebody else",
  async (t) => {
    const liar = await twin("liar", {}, bent(without(1)));
    const forger = await twin("forger", {
      bend: (channel, message) => {
        if (channel !== CHUNKS || message.length < 400 || message.length > 10_000) return message;
        const changed = new Uint8Array(message);
        changed[200] = (changed[200] as number) ^ 1;
        return changed;
      },
    });
    const fresh = await company.fresh("misled", { peers: ["liar", "forger", "honest"], sync });
    await fresh.until(() => fresh.said("a snapshot is not used").length > 0, "it finds the liar out");
    t.match(fresh.said("a snapshot is not used")[0]?.data.reason, /do not prove the state/);
    const isFoundOut = () => fresh.said("peer disconnected").some(({ data }) => data.code === "SNAPSHOT_BAD_MANIFEST");
    await fresh.until(isFoundOut, "it finds the forger out");
    t.equal(fresh.height, 0, "nothing of it is believed");
    await twin("honest");
    await isWhole(t, fresh);
    await liar.stop();
    await forger.stop();
  },
);

t.test("a peer whose snapshot lost a chunk says so, and others have it", async (t) => {
  const loser = await twin("loser", {}, (folder) => rm(join(folder, "000001.chunk")));
  const fresh = await company.fresh("choosy", { peers: ["loser"], sync });
  await fresh.until(() => loser.said("a snapshot is damaged").length === 1, "who lost it says so");
  await fresh.stop();
  await isWhole(t, await company.fresh("choosier", { storage: fresh.storage, peers: ["loser", "honest"], sync }));
  await loser.stop();
});

t.test("a snapshot above the checkpoint: its headers are checked, and it is taken", async (t) => {
  const fresh = await small.fresh("above", { peers: ["whole"], sync: { mode: "state", checkpoint: small.checkpoint(4) } });
  await fresh.until(() => fresh.height === HEAD, "it has the whole chain");
  t.equal(fresh.node.view.status().bodiesFrom, SNAPSHOT + 1);
  t.equal(fresh.said("loading a snapshot")[0]?.data.height, SNAPSHOT);
  t.ok(fresh.node.chain.header(small.idAt(7)), "headers between are there");
  await isWhole(t, fresh, rootOf(smallSource, HEAD));
});

t.test("a snapshot of a branch that most peers do not have is not taken", async (t) => {
  const lonely = await small.source("lonely", 6, undefined);
  await lonely.node.produce();
  await lonely.node.part.makeSnapshot(7);
  const names = ["crowd-1", "crowd-2"];
  const crowd = [await small.source("crowd-1", 8, undefined), await small.source("crowd-2", 8, undefined)];
  const fresh = await small.fresh("wary", { peers: ["lonely", ...names], sync: { mode: "state", checkpoint: small.checkpoint(4) } });
  await fresh.until(() => fresh.said("a snapshot is put aside").length > 0, "it does not take it");
  t.match(fresh.said("a snapshot is put aside")[0]?.data.reason, /not on the chain of most peers/);
  await fresh.until(() => /could not be used/.test(fresh.sync.sync.snapshot?.problem ?? ""), "it says what it waits for");
  t.equal(fresh.height, 0);
  for (const member of [fresh, lonely, ...crowd]) await member.stop();
});

/** What a start leaves that stops when one range is stored. */
async function halfLoaded(t: Test): Promise<Storage> {
  let served = 0;
  const slow = await twin("slow", {
    bend: (channel, message) => (channel === CHUNKS && message.length > 10_000 && ++served > 1 ? undefined : message),
  });
  const first = await company.fresh("half", { peers: ["slow"], sync });
  await first.until(() => first.sync.sync.snapshot?.rangesDone === 1, "one range is stored");
  await slow.stop();
  await first.until(() => /no peer that has the snapshot/.test(first.sync.sync.snapshot?.problem ?? ""), "it says that all are gone");
  t.same(first.fatals, [], "which is no reason to give up");
  await first.stop();
  return first.storage;
}

t.test("started again after half of it, with another checkpoint, or with mode full: what was loaded is discarded", async (t) => {
  const half = await halfLoaded(t);
  const changed = await company.fresh("changed", {
    storage: await copyOf(half),
    peers: ["honest"],
    sync: { mode: "state", checkpoint: company.checkpoint(SNAPSHOT - 1) },
  });
  t.equal(changed.said("another checkpoint than before").length, 1);
  t.equal(changed.said("goes on where it was").length, 0);
  await isWhole(t, changed);
  const storage = await copyOf(half);
  const full = await company.fresh("turned", { storage, peers: ["honest"], sync: { mode: "full" } });
  t.equal(full.said("node.sync.mode is full").length, 1);
  await full.until(() => full.height === HEAD, "it has the whole chain");
  t.equal(full.node.view.status().bodiesFrom, 0);
  for await (const [key] of storage.range({ gte: Uint8Array.of(0x70), lt: Uint8Array.of(0x80) })) t.fail(`a record is left: ${key[0]}`);
  await isWhole(t, full);
});

t.test("a disk that is full in the middle: said, nothing lost, and the next start goes on", async (t) => {
  const storage = await WatchedStorage.started();
  let chunks = 0;
  storage.onWrite = (operations) => {
    if (isChunk(operations) && ++chunks > 1) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    return operations;
  };
  const first = await company.fresh("full", { storage, peers: ["honest"], sync });
  await first.until(() => first.fatals.length > 0, "it gives up");
  t.match(first.fatals[0], { code: "SNAPSHOT_WRITE_FAILED", message: /no space left.*free space.*goes on where it was/ });
  await first.stop();
  storage.onWrite = (operations) => operations;
  const second = await company.fresh("full-again", { storage, peers: ["honest"], sync });
  t.equal(second.height, 0, "no half state is shown");
  await second.until(() => second.said("goes on where it was").length > 0, "it goes on");
  await isWhole(t, second);
});

t.test("killed right after the state was there: what state sync left is deleted at the next start", async (t) => {
  const storage = await WatchedStorage.started();
  const isTidying = ({ type, key }: StorageOperation) => type === "del" && [0x72, 0x73, 0x75, 0x76].includes(key[0] ?? 0);
  storage.onWrite = (operations) => operations.filter((operation) => !isTidying(operation));
  const first = await small.fresh("cut-off", { storage, peers: ["whole"], sync: { mode: "state", checkpoint: small.checkpoint(4) } });
  await first.until(() => first.height === HEAD, "it has the whole chain");
  await first.stop();
  storage.onWrite = (operations) => operations;
  const left = async () => {
    const prefixes = new Set<number>();
    for await (const [key] of storage.range({ gte: Uint8Array.of(0x70), lt: Uint8Array.of(0x80) })) prefixes.add(key[0] ?? 0);
    return [...prefixes];
  };
  t.same(await left(), [0x70, 0x71, 0x72, 0x73, 0x75, 0x76]);
  const second = await small.fresh("tidied", { storage, peers: ["whole"] });
  t.same(await left(), []);
  t.equal(second.height, HEAD);
  await second.stop();
});

t.test("a disk that lost a value: the root shows it, and the state is fetched again", async (t) => {
  const storage = await WatchedStorage.started();
  let lost = false;
  storage.onWrite = (operations) => {
    const isValue = operations.length > 1 && operations[0]?.key[0] === VALUE_PREFIX;
    if (lost || !isValue) return operations;
    lost = true;
    return operations.slice(1);
  };
  const fresh = await small.fresh("forgetful", {
    storage,
    peers: ["whole"],
    sync: { mode: "state", checkpoint: small.checkpoint(SNAPSHOT) },
  });
  await isWhole(t, fresh, rootOf(smallSource, HEAD));
  t.equal(fresh.said("discarded and fetched again")[0]?.data.code, "SNAPSHOT_ROOT_MISMATCH");
});

t.test("blocks that the checkpoint's headers do not name are refused, whoever sends them", async (t) => {
  const other = await small.source("other-branch", 2, undefined);
  const id = await other.node.produce();
  const stray = await other.node.view.block(id);
  const full = await small.fresh("anchored", { peers: ["whole"], sync: { mode: "full", checkpoint: small.checkpoint(SNAPSHOT) } });
  await full.until(() => full.height === HEAD, "it has the whole chain");
  const verdict = await full.node.chain.import(stray as never);
  t.match(verdict, { status: "invalid", code: "BLOCK_OFF_CHECKPOINT" });
  await full.stop();
  await other.stop();
});

t.test("the only peer began with a snapshot: which blocks are missing, and what to do, is said", async (t) => {
  const fresh = await small.fresh("late", { peers: ["whole"], sync: { mode: "state", checkpoint: small.checkpoint(SNAPSHOT) } });
  await fresh.until(() => fresh.height === HEAD, "it has the whole chain");
  const poor = await small.fresh("poor", { peers: ["late"] });
  await poor.until(() => poor.lines.some(({ data }) => data.code === "SYNC_BLOCKS_NOT_KEPT"), "it says so");
  const line = poor.lines.find(({ data }) => data.code === "SYNC_BLOCKS_NOT_KEPT");
  t.match(`${line?.message} ${JSON.stringify(line?.data)}`, new RegExp(`below height ${SNAPSHOT + 1}`));
  t.equal(poor.height, 0);
  await poor.stop();
  await isWhole(t, fresh, rootOf(smallSource, HEAD));
});
