/** What of the past is kept: each mode, each change of mode, killed at every write; reorgs at the boundary; a chain that begins late. */
import t, { type Test } from "tap";
import { BlockStore } from "../../../core/chain/block-store.js";
import { historyBeginningAt, keys } from "../../../core/chain/records.js";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import type { StorageOperation } from "../../../core/ports/storage.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { type CrashKind, FaultStorage } from "../../fixtures/fault-storage.js";
import {
  BlockMaker,
  type CutStorage,
  importAll,
  key,
  type MadeBlock,
  type NodeSetup,
  replay,
  replayEach,
  rootOf,
  scripted,
  seeded,
  TestNode,
  transfer,
  worded,
} from "./harness.js";
import { ScriptedEngine } from "./scripted-engine.js";

type Setup = Partial<NodeSetup<ScriptedEngine>>;
type Mode = "archive" | "full" | "pruned";

const BLOCKS = 24;
const KEEP = 6;

const optionsOf = (pruning: Mode, keepBlocks = KEEP) => ({
  pruning,
  keepBlocks,
  flushAfterBlocks: 2,
  flushAfterMs: 1e9,
  pruneSliceRecords: 9,
});
const setupOf = (pruning: Mode, more: Setup = {}): Setup => ({ options: optionsOf(pruning), undoBlocks: 8, ...more });

interface Chain {
  readonly trunk: readonly MadeBlock[];
  /** Off the trunk, at heights 3 and 4. */
  readonly stale: readonly MadeBlock[];
}

/** Transfers in every block, and a branch that loses. */
async function chainOf(count = BLOCKS): Promise<Chain> {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, count, (index) => ({
    weight: 2,
    transactions: [transfer(0, index, 1), transfer(2, index, 3)],
  }));
  const stale = await maker.row(trunk[1] as MadeBlock, 2, (index) => ({ salt: 9, transactions: [transfer(4, index, 5)] }));
  return { trunk, stale };
}

const made = chainOf();

/** In an order in which the stale branch is the head for none of the time, but is stored. */
function orderOf({ trunk, stale }: Chain): MadeBlock[] {
  return [...trunk.slice(0, 4), ...stale, ...trunk.slice(4)];
}

const FINAL = { finalAtDepth: 3 };

/** Everything that must hold of any node at any moment; answers what does not. */
async function faultsOf(node: TestNode, { trunk }: Chain): Promise<string[]> {
  const faults: string[] = [];
  const { bodiesFrom, statesFrom } = node.reader.status();
  const { height } = node;
  if (bodiesFrom > node.chain.finalized.header.height) faults.push("bodies above finality are gone");
  for (const { record, block } of trunk.slice(0, height)) {
    const at = record.header.height;
    const id = node.reader.idAt(at);
    if (id === undefined || Hash.key(id) !== Hash.key(record.id)) faults.push(`height ${at} is not canonical`);
    if (node.chain.header(record.id) === undefined) faults.push(`header ${at} is gone`);
    // All in one turn: the pointer may move in any other.
    const body = node.chain.store.block(record.id);
    const receipts = node.chain.store.receipts(record.id);
    const outcomes = node.reader.outcomes(record.id);
    const kept = at >= node.reader.status().bodiesFrom;
    const whole = body !== undefined && receipts?.length === block.transactions.length && outcomes !== undefined;
    const bare = body === undefined && receipts === undefined && outcomes === undefined && node.chain.encodedBlock(record.id) === undefined;
    if (kept ? !whole : !bare) faults.push(`body ${at} is ${kept ? "not whole" : "served"}`);
    for (const receipt of kept ? (receipts ?? []) : []) {
      const found = await node.reader.transaction(receipt.transactionId);
      if (found?.height !== at && at >= node.reader.status().bodiesFrom) faults.push(`a transaction of ${at} is not found`);
    }
    if (at >= statesFrom && node.reader.state(record.id) === undefined) faults.push(`state ${at} is missing`);
  }
  for (const fatal of node.fatals) faults.push(`fatal: ${fatal}`);
  return faults;
}

const counted = async (node: TestNode) => {
  const counts = await Promise.all([0x01, 0x02, 0x03, 0x04, 0x05, 0x28].map((prefix) => node.storage.keys(prefix)));
  const [bodies, headers, canonical, receipts, places, differences] = counts.map(({ length }) => length);
  return { bodies, headers, canonical, receipts, places, differences };
};

/** What a pruned node of the whole chain has, and nothing else. */
const PRUNED = { bodies: KEEP + 1, headers: BLOCKS + 1, canonical: BLOCKS + 1, receipts: KEEP + 1, places: 2 * KEEP, differences: 0 };

t.test("the last blocks are kept, of all others the headers; stale ones go", async (t) => {
  const chain = await made;
  const node = await scripted(FINAL, setupOf("pruned"));
  await importAll(node, orderOf(chain));
  let isDone = false;
  const pruning = node.chain.prune().finally(() => {
    isDone = true;
  });
  const stages = new Set<string | undefined>();
  for (; !isDone; await new Promise((resolve) => setImmediate(resolve))) stages.add(node.chain.pruningBacklog.stage);
  await pruning;
  t.ok(stages.has("blocks") && stages.has("compaction"), `how far it is can be told: ${[...stages]}`);
  t.strictSame(node.chain.pruningBacklog, { stage: undefined, left: 0 });
  t.strictSame(await faultsOf(node, chain), []);
  t.strictSame(await counted(node), PRUNED);
  t.match(node.reader.status(), { pruning: "pruned", bodiesFrom: BLOCKS - KEEP + 1 });
  const [old] = chain.trunk as [MadeBlock];
  const [stale] = chain.stale as [MadeBlock];
  t.match(node.reader.blockInfo(old.id), { standing: "canonical", transactionCount: 2 });
  t.equal(node.reader.blockInfo(stale.id), undefined);
  const location = { blockId: old.id, height: 1, index: 0 };
  await t.rejects(node.reader.transactionProof(location), { code: "CHAIN_BODY_PRUNED", data: { bodiesFrom: BLOCKS - KEEP + 1 } });
  t.equal(worded(await node.chain.import(old.block)), "known");
  t.match(worded(await node.chain.import(stale.block)), "invalid BLOCK_BELOW_FINALITY");
  t.equal((await node.reader.block(node.chain.genesis.id))?.header.height, 0, "genesis is kept");
  for (const how of ["clean", "crash"] as const) {
    const again = await node.restart(how);
    t.strictSame(await faultsOf(again, chain), [], how);
    t.equal(again.height, BLOCKS);
    t.equal(Hash.key(again.view().root), rootOf(await replay(chain.trunk.map(({ block }) => block))));
  }
});

t.test("blocks that are imported meanwhile don't wait, and pruning follows them by itself", async (t) => {
  const chain = await made;
  const node = await scripted(FINAL, setupOf("pruned"));
  for (const { block } of orderOf(chain)) {
    t.equal(worded(await node.chain.import(block)), "imported");
    for (let turn = 0; turn < 20; turn++) {
      node.time.advance(1_000);
      await node.time.yield();
    }
    t.strictSame(await faultsOf(node, chain), []);
  }
  t.equal(node.reader.status().bodiesFrom, BLOCKS - KEEP + 1);
  t.strictSame(await counted(node), PRUNED);
  await node.stop();
});

const KINDS: readonly CrashKind[] = ["kill", "power-drop", "power-tear"];

/** Ends the process at each write of what pruning does over a copy of `before`, in each way there is, and starts again. */
async function killedAtEachWrite(
  t: Test,
  before: CutStorage,
  setup: Setup,
  check: (node: TestNode, cut: string) => Promise<void>,
): Promise<number> {
  const entries: (readonly [Bytes, Bytes])[] = [];
  for await (const entry of before.inner.range({})) entries.push(entry);
  const random = seeded("crashes");
  const nodeOver = (storage: CutStorage) => new TestNode({ engine: () => new ScriptedEngine(FINAL), ...setup }, storage);
  for (let cutAt = 0; ; cutAt++) {
    const kind = KINDS[cutAt % KINDS.length] ?? "kill";
    const storage = await FaultStorage.make({ cutAt }, entries);
    const node = nodeOver(storage);
    const run = async () => {
      await node.start();
      await node.chain.prune();
      return "done" as const;
    };
    const ended = await Promise.race([run(), storage.cut]);
    await check(await nodeOver(await storage.afterCrash(kind, random)).start(), `cut at write ${cutAt}, ${kind}`);
    if (ended === "done") return cutAt;
    t.ok(cutAt < 200, "pruning ends");
  }
}

/** The chain as a full node left it. */
async function fullStorage(chain: Chain, setup = setupOf("full")): Promise<CutStorage> {
  const node = await scripted(FINAL, setup);
  await importAll(node, orderOf(chain));
  await node.stop();
  return node.storage;
}

t.test("full to pruned, killed at each write: nothing half deleted is served, and the next start ends it", async (t) => {
  const chain = await made;
  const before = await fullStorage(chain);
  const cuts = await killedAtEachWrite(t, before, setupOf("pruned"), async (node, cut) => {
    t.strictSame(await faultsOf(node, chain), [], cut);
    await node.chain.prune();
    t.strictSame(await faultsOf(node, chain), []);
    t.strictSame(await counted(node), PRUNED, `${cut}, and then to the end`);
  });
  t.ok(cuts > 3, `${cuts} writes`);
});

t.test("pruned to full: goes on keeping; what a kill left is taken back; what is missing is said", async (t) => {
  const chain = await made;
  const before = await fullStorage(chain);
  const bodies = new Set<number>();
  for (let cutAt = 1; cutAt < 16; cutAt += 2) {
    const storage = (await before.copied()).reopened(cutAt);
    const node = new TestNode({ engine: () => new ScriptedEngine(FINAL), ...setupOf("pruned") }, storage);
    await Promise.race([node.start().then(() => node.chain.prune()), storage.cut]);
    const again = await new TestNode({ engine: () => new ScriptedEngine(FINAL), ...setupOf("full") }, storage.reopened()).start();
    t.strictSame(await faultsOf(again, chain), [], `cut at write ${cutAt}`);
    await again.chain.prune();
    t.strictSame(await faultsOf(again, chain), []);
    const { bodiesFrom } = again.reader.status();
    bodies.add(bodiesFrom);
    const warning = again.logged.find(({ data }) => data.code === "CHAIN_BODIES_MISSING");
    if (bodiesFrom > 1) t.match(warning, { level: "warn", data: { bodiesFrom }, message: /db import/ });
    else t.equal(warning, undefined);
  }
  t.ok(bodies.has(0), "before anything was deleted, all of it comes back");
  t.ok(bodies.has(BLOCKS - KEEP + 1), "what is deleted is gone");
});

t.test("a reorg as deep as undo goes finds all it needs, however few blocks are to be kept", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 20, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const fork = 20 - 5;
  const branch = await maker.row(trunk[fork - 1] as MadeBlock, 7, (index) => ({
    salt: 1,
    weight: 3,
    transactions: [transfer(0, index + fork, 6)],
  }));
  const node = await scripted({}, { options: { ...optionsOf("pruned", 1), flushAfterBlocks: 1 }, undoBlocks: 5 });
  await importAll(node, trunk);
  await node.chain.prune();
  t.equal(node.reader.status().bodiesFrom, 0, "without finality nothing goes");
  await node.stop();
  const final = await scripted({ finalAtDepth: 5 }, { options: { ...optionsOf("pruned", 1), flushAfterBlocks: 1 }, undoBlocks: 5 });
  await importAll(final, trunk);
  await final.chain.prune();
  t.equal(final.reader.status().bodiesFrom, fork, "finality and undo say how far");
  for (const { block } of branch) t.equal(worded(await final.chain.import(block)), "imported");
  t.equal(final.head, Hash.key((branch.at(-1) as MadeBlock).id));
  await final.chain.prune();
  const canonical = [...trunk.slice(0, fork), ...branch];
  t.strictSame(await faultsOf(final, { trunk: canonical, stale: [] }), []);
  const again = await final.restart("crash");
  t.equal(Hash.key(again.view().root), rootOf(await replay(canonical.map(({ block }) => block))));
  t.strictSame(await faultsOf(again, { trunk: canonical, stale: [] }), []);
});

t.test("a chain whose bodies begin in the middle lives, reorganizes and restarts like any other", async (t) => {
  const chain = await made;
  const before = await fullStorage(chain);
  const began = 16;
  const storage = await before.copied();
  // As after a start from a snapshot at that height: headers from some height on, bodies above it.
  const gone: StorageOperation[] = [];
  for (const { id, record } of chain.trunk.slice(0, began)) {
    gone.push({ type: "del", key: keys.block(id) }, { type: "del", key: keys.receipts(id) });
    if (record.header.height < 8)
      gone.push({ type: "del", key: keys.canonical(record.header.height) }, { type: "del", key: keys.index(id) });
  }
  const store = new BlockStore(storage);
  await storage.write([...gone, store.putHistory(historyBeginningAt(began + 1, 8))], { durable: true });
  for (const mode of ["full", "pruned", "archive"] as const) {
    const over = await storage.copied();
    const node = await scripted(FINAL, setupOf(mode, { storage: over }));
    t.equal(node.height, BLOCKS, mode);
    t.ok(mode === "pruned" || node.reader.status().bodiesFrom === began + 1);
    t.equal(node.reader.idAt(3), undefined);
    t.equal(await node.reader.block(chain.trunk[began - 1]?.id as Hash), undefined);
    t.ok(await node.reader.block(chain.trunk[BLOCKS - KEEP]?.id as Hash));
    t.equal(
      node.logged.some(({ data }) => data.code === "CHAIN_BODIES_MISSING"),
      mode !== "pruned",
    );
    await node.chain.prune();
    t.equal(node.reader.status().bodiesFrom, mode === "pruned" ? BLOCKS - KEEP + 1 : began + 1);
    t.equal(Hash.key((await node.restart("crash")).view().root), rootOf(await replay(chain.trunk.map(({ block }) => block))));
  }
});

t.test("a damaged receipt of an old block does not keep pruning from its end", async (t) => {
  const chain = await made;
  const storage = await fullStorage(chain);
  await storage.flip(keys.receipts((chain.trunk[2] as MadeBlock).id), 9);
  const node = await scripted(FINAL, setupOf("pruned", { storage: storage.reopened() }));
  await node.chain.prune();
  t.match(await counted(node), { ...PRUNED, places: PRUNED.places + 2 });
  t.ok(node.logged.some(({ message }) => /receipts are damaged/.test(message)));
  t.strictSame(await faultsOf(node, chain), []);
});

t.test("a storage that fails while pruning ends it, and not the node", async (t) => {
  const chain = await made;
  const storage = (await fullStorage(chain)).reopened();
  const node = new TestNode({ engine: () => new ScriptedEngine(FINAL), ...setupOf("pruned") }, storage);
  await node.start();
  storage.failure = new Error("no space left");
  await t.rejects(node.chain.prune(), /no space left/);
  t.ok(node.chain.running);
  t.ok(node.logged.some(({ message }) => /pruning has ended/.test(message)));
  t.strictSame(await faultsOf(node, chain), []);
  const again = await node.restart("clean");
  await again.chain.prune();
  t.strictSame(await counted(again), PRUNED);
});

// --- archive ---------------------------------------------------------------------------------------------------------

/** Every value of every state equals a replay's; below the undo horizon through the archive. */
async function statesDiffer(node: TestNode, blocks: readonly MadeBlock[]): Promise<string[]> {
  const faults: string[] = [];
  const last = await replay(blocks.map(({ block }) => block));
  const names = [...last.entries.keys()];
  const { statesFrom } = node.reader.status();
  const wanted = names.map((name) => new Uint8Array(Buffer.from(name, "latin1")));
  let height = -1;
  for await (const model of replayEach(blocks.map(({ block }) => block))) {
    const id = node.reader.idAt(++height) as Hash;
    const view = node.reader.state(id);
    if ((view !== undefined) !== height >= statesFrom) faults.push(`state ${height} is ${view === undefined ? "missing" : "there"}`);
    if (view === undefined) continue;
    await view.prefetch(wanted);
    for (const [index, name] of names.entries()) {
      const found = view.get(wanted[index] as Uint8Array);
      const expected = model.entries.get(name);
      if (Buffer.compare(found ?? new Uint8Array(0), expected ?? new Uint8Array(0)) !== 0)
        faults.push(`a value of height ${height} is wrong`);
    }
    if (Hash.key(view.root) !== Hash.key(node.chain.header(id)?.header.stateRoot as Hash)) faults.push(`the root of ${height} is wrong`);
  }
  if (height !== node.height) faults.push(`the head is at ${node.height} instead of ${height}`);
  return faults;
}

t.test("archive: the state after any block, below the undo horizon without proofs", async (t) => {
  const chain = await made;
  const node = await scripted(FINAL, setupOf("archive"));
  await importAll(node, orderOf(chain));
  t.match(node.reader.status(), { pruning: "archive", bodiesFrom: 0, statesFrom: 0 });
  t.strictSame(await statesDiffer(node, chain.trunk), []);
  const old = node.reader.state(chain.trunk[4]?.id);
  if (old === undefined) throw new Error("an archive has it");
  const [wanted] = node.reader.accountKeys(key(0).address) as [Uint8Array];
  t.throws(() => old.get(wanted), { code: "STATE_NOT_PREFETCHED" });
  await old.prefetch([wanted, wanted]);
  t.ok(old.get(wanted));
  for (const prove of [
    () => old.prove(wanted),
    () => old.proveMany([wanted]),
    async () => void (await old.proveRange(Hash.zero, { entries: 1, bytes: 1_000 })),
  ])
    await t.rejects(prove() as Promise<void>, { code: "STATE_PROOF_HORIZON", data: { height: 5 } });
  const many = Array.from({ length: 16_385 }, (_, index) => Uint8Array.of(1, index >> 8, index));
  await t.rejects(old.prefetch(many), { code: "STATE_VIEW_LIMIT" });
  t.equal(node.reader.state(chain.stale[0]?.id), undefined, "of the canonical chain only");
  const again = await node.restart("crash");
  t.strictSame(await statesDiffer(again, chain.trunk), []);
});

t.test("archive: any reorgs, flushes and restarts leave the right differences", async (t) => {
  for (let run = 0; run < 3; run++) {
    const random = seeded(`archive ${run}`);
    const maker = await BlockMaker.start();
    let node = await scripted({}, { options: { ...optionsOf("archive"), flushAfterBlocks: 1 + Math.floor(random() * 3) }, undoBlocks: 6 });
    let trunk: MadeBlock[] = [];
    for (let step = 0; step < 12; step++) {
      // Back some blocks within undo, then on, heavier than all before.
      const depth = random() < 0.5 ? 0 : Math.min(trunk.length, Math.floor(random() * 4));
      trunk = trunk.slice(0, trunk.length - depth);
      const nonces = [0, 0, 0, 0];
      for (const { block } of trunk)
        nonces[(block.header.extra[1] as number) % 4] = (nonces[(block.header.extra[1] as number) % 4] ?? 0) + block.transactions.length;
      for (let count = depth + 1; count > 0; count--) {
        const from = Math.floor(random() * 4);
        const transactions = Array.from({ length: Math.floor(random() * 3) }, (_, i) =>
          transfer(from, (nonces[from] ?? 0) + i, 4 + Math.floor(random() * 20)),
        );
        nonces[from] = (nonces[from] ?? 0) + transactions.length;
        trunk.push(
          await maker.extend(trunk.at(-1) ?? maker.genesis, {
            weight: Math.min(1 + step * 20, 255),
            salt: from + 4 * Math.floor(random() * 60),
            transactions,
          }),
        );
      }
      for (const { block } of trunk.slice(-(depth + 1))) {
        const verdict = worded(await node.chain.import(block));
        if (verdict !== "imported") t.equal(verdict, "imported");
      }
      if (random() < 0.15) node = await node.restart(random() < 0.5 ? "clean" : "crash");
    }
    t.equal(node.head, Hash.key((trunk.at(-1) as MadeBlock).id));
    t.strictSame(await statesDiffer(node, trunk), [], `run ${run}`);
  }
});

t.test("full to archive keeps from what undo still tells; archive to full drops all of it; and back", async (t) => {
  const chain = await made;
  let node = await scripted(FINAL, setupOf("full", { undoBlocks: 2 }));
  await importAll(node, chain.trunk.slice(0, 10));
  t.equal(node.reader.status().statesFrom, node.state.undoFrom);
  const from = node.state.undoFrom as number;
  t.ok(from > 0);
  node = await node.restart("clean", setupOf("archive", { undoBlocks: 2 }));
  const began = node.reader.status().statesFrom;
  t.ok(began >= from && began < 10, `from ${began}`);
  await importAll(node, chain.trunk.slice(10, 18));
  t.equal(node.reader.status().statesFrom, began, "it stays where it was");
  t.strictSame(await statesDiffer(node, chain.trunk.slice(0, 18)), []);
  node = await node.restart("crash", setupOf("full", { undoBlocks: 2 }));
  t.equal(node.reader.status().statesFrom, node.state.undoFrom, "off at once");
  t.equal(node.reader.state(chain.trunk[11]?.id), undefined);
  await node.chain.prune();
  t.equal((await node.storage.keys(0x28)).length, 0);
  t.equal((await node.storage.keys(0x29)).length, 0);
  await importAll(node, chain.trunk.slice(18, 20));
  node = await node.restart("clean", setupOf("archive", { undoBlocks: 2 }));
  await importAll(node, chain.trunk.slice(20));
  t.ok(node.reader.status().statesFrom > began);
  t.strictSame(await statesDiffer(node, chain.trunk), []);
});

t.test("each change of archive mode, killed at each write", async (t) => {
  const chain = await made;
  const archived = await fullStorage(chain, setupOf("archive", { undoBlocks: 2 }));
  const full = await fullStorage(chain, setupOf("full", { undoBlocks: 3 }));
  const off = setupOf("full", { undoBlocks: 2 });
  const on = setupOf("archive", { undoBlocks: 3 });
  await killedAtEachWrite(t, archived, off, async (node, cut) => {
    t.equal(node.reader.status().statesFrom, node.state.undoFrom, cut);
    await node.chain.prune();
    t.equal((await node.storage.keys(0x28)).length, 0);
  });
  await killedAtEachWrite(t, full, on, async (node) => {
    t.strictSame(await statesDiffer(node, chain.trunk), []);
  });
  // Half dropped, and wanted again.
  for (let cutAt = 1; cutAt < 8; cutAt += 3) {
    const storage = (await archived.copied()).reopened(cutAt);
    const node = new TestNode({ engine: () => new ScriptedEngine(FINAL), ...off }, storage);
    await Promise.race([node.start().then(() => node.chain.prune()), storage.cut]);
    const again = await new TestNode({ engine: () => new ScriptedEngine(FINAL), ...on }, storage.reopened()).start();
    t.ok(again.reader.status().statesFrom > 0);
    t.strictSame(await statesDiffer(again, chain.trunk), [], `cut at write ${cutAt}`);
  }
});

t.test("damage of the archive and of the history pointer is named, never served", async (t) => {
  const chain = await made;
  const archived = await fullStorage(chain, setupOf("archive", { undoBlocks: 2 }));
  const codeOf = (error: unknown) => (ChainwrightError.is(error) ? error.code : String(error));
  const differences = await archived.keys(0x28);
  let served = 0;
  for (const at of differences) {
    const storage = await archived.copied();
    await storage.flip(at, 6);
    const node = await scripted(FINAL, setupOf("archive", { storage: storage.reopened(), undoBlocks: 2 }));
    try {
      for (const fault of await statesDiffer(node, chain.trunk)) t.fail(fault);
      served++;
    } catch (error) {
      t.equal(codeOf(error), "STATE_DAMAGED");
    }
    if (differences.indexOf(at) > 5) break;
  }
  t.equal(served, 0);
  const pruned = await archived.copied();
  const store = new BlockStore(pruned);
  await pruned.write([store.putHistory(historyBeginningAt(3, 0))], { durable: true });
  await pruned.flip(keys.pointer("history"), 8);
  await t.rejects(scripted(FINAL, setupOf("full", { storage: pruned })), { code: "CHAIN_DAMAGED" });
  const gap = await archived.copied();
  const without = await scripted(FINAL, { options: { flushAfterBlocks: 1 }, undoBlocks: 2, storage: gap.reopened() });
  t.equal(without.reader.status().statesFrom, 0, "a tool that does not say keeps on archiving");
});
