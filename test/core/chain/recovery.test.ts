/** Coming up again: after a crash at every single write, after a clean stop, over damaged and over other databases. */
import t, { type Test } from "tap";
import { ChainDamagedError, OtherChainError } from "../../../core/chain/index.js";
import { keys } from "../../../core/chain/records.js";
import type { ChainEvent } from "../../../core/ports/views.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import {
  accountLedger,
  BlockMaker,
  CutStorage,
  idOf,
  importAll,
  type MadeBlock,
  type NodeSetup,
  replay,
  rootOf,
  scripted,
  TestNode,
  tampered,
  testSpec,
  transfer,
  worded,
} from "./harness.js";
import { GOOD_CERTIFICATE, ScriptedEngine, type ScriptedOptions } from "./scripted-engine.js";

/** What a process had promised when it was killed. */
interface Promises {
  readonly acknowledged: MadeBlock[];
  head: MadeBlock | undefined;
  finalizedHeight: number;
  events: readonly ChainEvent[];
}

/** Imports block by block until the storage is cut. */
async function runUntilCut(node: TestNode, script: readonly MadeBlock[], promises: Promises): Promise<"done" | "cut"> {
  for (const block of script) {
    const verdict = await Promise.race([node.chain.import(block.block), node.storage.cut]);
    if (verdict === "cut") return "cut";
    if (verdict.status === "invalid" || verdict.status === "not-yet") throw new Error(worded(verdict));
    promises.acknowledged.push(block);
    promises.head = block.id === undefined ? undefined : { ...block, id: node.chain.head.id };
    promises.finalizedHeight = node.chain.finalized.header.height;
    promises.events = await node.events();
  }
  return "done";
}

async function keepsPromises(t: Test, node: TestNode, promises: Promises, name: string): Promise<void> {
  for (const block of promises.acknowledged)
    if (worded(await node.chain.import(block.block)) !== "known") t.fail(`${name}: block ${block.record.header.height} is lost`);
  if (promises.head !== undefined) {
    const { weight } = node.chain.header(promises.head.id) ?? { weight: 1n << 64n };
    t.ok(node.chain.head.weight >= weight, `${name}: the head is not below the acknowledged one`);
  }
  t.ok(node.chain.finalized.header.height >= promises.finalizedHeight, `${name}: finality did not move back`);
  t.strictSame((await node.events()).slice(0, promises.events.length), promises.events, `${name}: events that were seen stay`);
  const root = rootOf(await replay(await node.canonical()));
  t.equal(Hash.key(node.view().root), root, `${name}: the state is that of a naive replay`);
  t.strictSame(node.fatals, [], name);
}

/** A trunk, a heavier branch, and the trunk again, with transfers in all of them. */
async function scriptOf(maker: BlockMaker): Promise<MadeBlock[]> {
  const trunk = await maker.row(maker.genesis, 3, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const branch = await maker.row(trunk[0] as MadeBlock, 2, (index) => ({
    salt: 1,
    weight: 2,
    transactions: [transfer(0, index + 1, 2)],
  }));
  const onward = await maker.row(trunk[2] as MadeBlock, 2, (index) => ({ weight: 2, transactions: [transfer(1, index, 3)] }));
  return [...trunk, ...branch, ...onward];
}

const CRASHES: readonly (readonly [string, ScriptedOptions, Partial<NodeSetup<ScriptedEngine>>])[] = [
  ["headers first", {}, { options: { flushAfterBlocks: 2, flushAfterMs: 1e9 } }],
  ["every block flushed", {}, { options: { flushAfterBlocks: 1 } }],
  ["branches spill to disk", {}, { options: { flushAfterBytes: 1, flushAfterBlocks: 1_000 } }],
  ["state first", { headers: "state" }, { options: { flushAfterBlocks: 2, flushAfterMs: 1e9 } }],
  ["finality trails", { finalAtDepth: 4 }, { options: { flushAfterBlocks: 1_000, flushAfterMs: 1e9 } }],
];

t.test("a crash at any write loses nothing that was acknowledged", async (t) => {
  const maker = await BlockMaker.start();
  const script = await scriptOf(maker);
  const last = script.at(-1) as MadeBlock;
  for (const [name, engine, setup] of CRASHES) {
    const make = (storage: CutStorage) => new TestNode({ engine: () => new ScriptedEngine(engine), ...setup }, storage);
    let outcome = "cut";
    for (let cutAt = 0; outcome === "cut"; cutAt++) {
      const promises: Promises = { acknowledged: [], head: undefined, finalizedHeight: 0, events: [] };
      const { inner } = await CutStorage.empty();
      const first = make(new CutStorage(inner, cutAt));
      outcome = (await Promise.race([first.start(), first.storage.cut])) === "cut" ? "cut" : await runUntilCut(first, script, promises);
      // The second process is killed, too, while it recovers or a little later.
      const second = make(first.storage.reopened(cutAt % 3));
      if ((await Promise.race([second.start(), second.storage.cut])) !== "cut") await runUntilCut(second, script, promises);
      const third = await make(second.storage.reopened()).start();
      await keepsPromises(t, third, promises, `${name}, cut at write ${cutAt}`);
      await importAll(third, script);
      t.equal(third.head, idOf(last), `${name}, cut at write ${cutAt}: and goes on to the same head`);
      t.ok(cutAt < 200, "the script ends");
    }
  }
});

t.test("instant finality: a crash at any write, with certificates", async (t) => {
  const maker = await BlockMaker.start();
  const script = await maker.row(maker.genesis, 4, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const make = (storage: CutStorage) =>
    new TestNode({ engine: () => new ScriptedEngine({ finalAtDepth: 0, certificates: true }) }, storage);
  let finished = false;
  for (let cutAt = 0; !finished; cutAt++) {
    const node = make(new CutStorage((await CutStorage.empty()).inner, cutAt));
    let acknowledged = 0;
    finished = (await Promise.race([node.start(), node.storage.cut])) !== "cut";
    for (const { block } of finished ? script : []) {
      const verdict = await Promise.race([node.chain.import(block, GOOD_CERTIFICATE), node.storage.cut]);
      if (verdict === "cut") {
        finished = false;
        break;
      }
      t.equal(worded(verdict), "imported");
      acknowledged++;
    }
    const again = await make(node.storage.reopened()).start();
    t.ok(again.height >= acknowledged && again.chain.finalized.header.height >= acknowledged, `cut at write ${cutAt}`);
    t.equal(again.chain.finalized.id, again.chain.head.id);
    t.equal(Hash.key(again.view().root), rootOf(await replay(await again.canonical())));
    if (again.height > 0) t.strictSame(again.chain.store.certificate(again.chain.head.id), GOOD_CERTIFICATE);
    t.ok(cutAt < 100, "the script ends");
  }
});

t.test("a branch longer than the undo horizon, chosen at once: a crash at any write", async (t) => {
  const maker = await BlockMaker.start();
  const undoBlocks = 3;
  const long = await maker.row(maker.genesis, 11, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const rivals = await maker.row(maker.genesis, 3, () => ({ salt: 1, weight: 3 }));
  const onward = long.map(({ id }) => Hash.key(id));
  const target = long.at(-1) as MadeBlock;
  /** The engine holds back what it thinks of the long branch until its last block is there. */
  const engineOf = (old: MadeBlock | undefined) => {
    const engine = new ScriptedEngine({ finalAtDepth: 1 });
    engine.bend = (choice) => (Hash.key(choice.head) === Hash.key(target.id) ? choice : { head: old?.id ?? maker.genesis.id });
    return engine;
  };
  for (const old of [undefined, rivals.at(-1)])
    for (const flushAfterBytes of [1, 1 << 30]) {
      const name = `${old === undefined ? "an extension" : "a reorg"}, flushed after ${flushAfterBytes} bytes`;
      const options = { flushAfterBlocks: 1_000, flushAfterMs: 1e9, flushAfterBytes };
      const make = (storage: CutStorage) => new TestNode({ engine: () => engineOf(old), undoBlocks, options }, storage);
      const node = await make(await CutStorage.empty()).start();
      await importAll(node, [...(old === undefined ? [] : rivals), ...long.slice(0, -1)]);
      t.equal(node.head, Hash.key(old?.id ?? maker.genesis.id), "the long branch is stored and not chosen");
      await node.stop();
      const heads = new Set<string>();
      let outcome = "cut";
      for (let cutAt = 0; outcome === "cut"; cutAt++) {
        const copy = (await node.storage.copied()).reopened(cutAt);
        const first = make(copy);
        const life = async () => {
          await first.start();
          await importAll(first, [target]);
          return "done";
        };
        outcome = await Promise.race([life(), copy.cut]);
        const second = make(copy.reopened());
        // Before the engine chooses again.
        second.engine.bend = () => ({ head: (second.engine.restored as { readonly head: Hash }).head });
        await second.start().catch((error: unknown) => t.fail(`${name}, cut at write ${cutAt}: ${String(error)}`));
        t.equal(Hash.key(second.view().root), rootOf(await replay(await second.canonical())), `${name}, cut at write ${cutAt}`);
        heads.add(onward.includes(second.head) ? `height ${second.height}` : "old");
        await second.stop();
        const third = await make(copy.reopened()).start();
        await importAll(third, [target]);
        t.same([third.height, third.chain.finalized.header.height], [11, 10], `${name}, cut at write ${cutAt}: there in the end`);
        t.strictSame(third.fatals, []);
      }
      t.ok(heads.has("old") && heads.has("height 11"), [...heads].join());
    }
});

t.test("a block that fails late on a branch longer than the undo horizon: the node stands on good blocks, and goes on", async (t) => {
  const maker = await BlockMaker.start();
  const good = await maker.row(maker.genesis, 7, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const bad = tampered(await maker.make(good[6] as MadeBlock, { weight: 9 }), { stateRoot: Hash.zero });
  const rivals = await maker.row(maker.genesis, 3, () => ({ salt: 1, weight: 3 }));
  for (const flushAfterBytes of [1, 1 << 30]) {
    const options = { flushAfterBlocks: 1_000, flushAfterMs: 1e9, flushAfterBytes };
    const node = await scripted({}, { undoBlocks: 3, options });
    await importAll(node, [...rivals, ...good]);
    t.equal(node.head, idOf(rivals[2] as MadeBlock));
    t.match(worded(await node.chain.import(bad.block)), /^invalid/);
    t.strictSame(node.fatals, []);
    // What undo still reaches is gone back to; the disk was moved too far for that where memory was short.
    t.equal(node.head, idOf((flushAfterBytes === 1 ? good[6] : rivals[2]) as MadeBlock));
    t.equal(Hash.key(node.view().root), rootOf(await replay(await node.canonical())));
    const again = await node.restart("crash");
    t.equal(again.head, node.head);
    await again.stop();
  }
});

t.test("branches that are not the head's don't make the disk move at every block", async (t) => {
  const maker = await BlockMaker.start();
  const sides = await maker.row(maker.genesis, 4, () => ({ salt: 1 }));
  const trunk = await maker.row(maker.genesis, 8, () => ({ weight: 5 }));
  const node = await scripted({ headers: "state" }, { options: { flushAfterBlocks: 3, flushAfterMs: 1e9 } });
  const heights: number[] = [];
  await importAll(node, sides.slice(0, 2));
  for (const block of [...trunk.slice(0, 1), ...sides.slice(2), ...trunk.slice(1)]) {
    await node.chain.import(block.block);
    heights.push(node.reader.status().flushedHeight);
  }
  t.strictSame(heights, [0, 0, 0, 0, 3, 3, 3, 6, 6, 6]);
});

t.test("an engine that refuses to go on with a chain is not asked what it knows of it", async (t) => {
  const node = await scripted();
  await node.stop();
  class Refusing extends ScriptedEngine {
    override restore(): never {
      throw new Error("not this one");
    }

    override snapshot(): never {
      throw new Error("it took nothing");
    }
  }
  const refused = new TestNode({ ...node.setup, engine: () => new Refusing() }, node.storage.reopened());
  await t.rejects(refused.start(), { message: "not this one" });
  await refused.chain.stop();
});

t.test("a clean stop leaves nothing to execute again; the engine's snapshot is handed over once", async (t) => {
  const maker = await BlockMaker.start();
  const script = await scriptOf(maker);
  let executions = 0;
  const ledger = accountLedger();
  const execute = ledger.execute.bind(ledger);
  ledger.execute = (...args) => {
    executions++;
    return execute(...args);
  };
  const node = await scripted({}, { ledger, options: { flushAfterBlocks: 1_000, flushAfterMs: 1e9 } });
  await importAll(node, script);
  t.equal(node.reader.status().flushedHeight, 0);
  node.engine.snapshotBytes = Uint8Array.of(4, 2);
  executions = 0;
  const clean = await node.restart("clean");
  t.equal(executions, 0);
  t.equal(clean.head, node.head);
  t.equal(clean.reader.status().flushedHeight, node.height);
  t.strictSame(clean.engine.restored?.snapshot, Uint8Array.of(4, 2));
  t.equal(clean.engine.restored?.blocks.length, script.length + 1, "all branches, genesis included");
  const heights = clean.engine.restored?.blocks.map(({ header }) => Number(header.height)) ?? [];
  t.strictSame(
    heights,
    [...heights].sort((a, b) => a - b),
    "parents first",
  );

  const crashed = await clean.restart("crash");
  t.equal(crashed.engine.restored?.snapshot, undefined, "after a crash it would be older than the tree");
  await importAll(crashed, [await maker.make(crashed.chain.head)]);
  executions = 0;
  await crashed.restart("crash");
  t.equal(executions, 1, "only what was not flushed");
});

t.test("an engine that needs state gets every stored branch executed again", async (t) => {
  const maker = await BlockMaker.start();
  const script = await scriptOf(maker);
  const node = await scripted({ headers: "state" }, { options: { flushAfterBlocks: 1_000, flushAfterMs: 1e9 } });
  await importAll(node, script);
  const again = await node.restart("crash");
  for (const { id } of script) t.ok(again.state.has(id));
  const { host } = again.engine;
  if (host === undefined) throw new Error("it is attached");
  const side = script[4] as MadeBlock;
  t.equal(Hash.key(host.view(side.id)?.root ?? Hash.zero), Hash.key(side.record.header.stateRoot));
  t.equal(host.headers(0, 100).length, again.height + 1);
  t.equal(host.headers(2, 3).length, 3);
  const view = host.view(side.id);
  if (view === undefined) throw new Error("it is executed");
  const key = again.ledger.accountKeys(side.record.header.proposer)[0];
  const scratch = host.scratch(view);
  scratch.set(key as Bytes, Uint8Array.of(1));
  t.not(view.get(key as Bytes)?.length, 1, "what is written to a scratch writer goes nowhere");
});

t.test("a block that was stored but not executed when the process died is judged by the next one", async (t) => {
  const maker = await BlockMaker.start();
  // Large enough to be on its way to the disk while it is executed.
  const many = Array.from({ length: 120 }, (_, nonce) => transfer(0, nonce, 1));
  const [one, two] = (await maker.row(maker.genesis, 2, (index) => ({ transactions: index === 1 ? many : [] }))) as [MadeBlock, MadeBlock];
  const bad = tampered(two, { stateRoot: sha256(Uint8Array.of(1)) });
  for (const headers of ["ancestry", "state"] as const)
    for (const [block, height] of [
      [two, 2],
      [bad, 1],
    ] as const) {
      const node = await scripted({ headers });
      await importAll(node, [one]);
      const dying = new TestNode(node.setup, node.storage.reopened(2));
      await dying.start();
      t.equal(await Promise.race([dying.chain.import(block.block).then(worded), dying.storage.cut]), "cut");
      t.ok(dying.storage.get(keys.block(block.id)), "it was stored");
      const again = await new TestNode(node.setup, dying.storage.reopened()).start();
      t.equal(again.height, height, `${headers}: ${height === 2 ? "a good one is the head" : "a bad one is none"}`);
      t.equal(worded(await again.chain.import(block.block)), height === 2 ? "known" : "invalid BLOCK_INVALID_ANCESTOR");
      t.strictSame(again.fatals, []);
    }
});

t.test("a small block is one write with all that follows from it: it is there with its head, or not at all", async (t) => {
  const maker = await BlockMaker.start();
  const [one, two] = (await maker.row(maker.genesis, 2)) as [MadeBlock, MadeBlock];
  const side = await maker.extend(maker.genesis, { salt: 1 });
  const node = await scripted();
  await importAll(node, [one]);
  const before = node.storage.writes;
  await importAll(node, [two]);
  t.equal(node.storage.writes, before + 1);
  await importAll(node, [side]);
  t.equal(node.storage.writes, before + 2, "one that is not chosen is durable before it is answered for");
  const again = await node.restart("crash");
  for (const { block } of [one, two, side]) t.equal(worded(await again.chain.import(block)), "known");
  // What an engine writes while it is told of a block is not there without the block.
  class NotingEngine extends ScriptedEngine {
    override async onBlock(block: Parameters<ScriptedEngine["onBlock"]>[0]): Promise<void> {
      await this.host?.journal.put(Uint8Array.of(7), block.id);
      super.onBlock(block);
    }
  }
  const noting = await scripted({}, { engine: () => new NotingEngine() });
  const dying = new TestNode(noting.setup, noting.storage.reopened(2));
  await dying.start();
  t.equal(await Promise.race([dying.chain.import(one.block).then(worded), dying.storage.cut]), "cut");
  t.strictSame(dying.engine.host?.journal.get(Uint8Array.of(7)), one.id);
  t.ok(dying.storage.get(keys.block(one.id)), "it was stored");
  t.equal((await new TestNode(noting.setup, dying.storage.reopened()).start()).height, 1);
});

t.test("the engine's journal survives, and keeps to its bounds", async (t) => {
  const node = await scripted();
  const journal = node.engine.host?.journal;
  if (journal === undefined) throw new Error("it is attached");
  const key = Uint8Array.of(1, 2, 3);
  t.equal(journal.get(key), undefined);
  await journal.put(key, Uint8Array.of(9));
  await journal.put(Uint8Array.of(4), new Uint8Array(65_536));
  const again = await node.restart("crash");
  t.strictSame(again.engine.host?.journal.get(key), Uint8Array.of(9));
  await again.engine.host?.journal.delete(key);
  t.equal((await again.restart("crash")).engine.host?.journal.get(key), undefined);
  const law = { code: "CHAIN_JOURNAL_LAW" };
  await t.rejects(journal.put(new Uint8Array(0), key), law);
  await t.rejects(journal.put(new Uint8Array(65), key), law);
  await t.rejects(journal.put(key, new Uint8Array(65_537)), law);
});

/** A stored chain with every kind of record, most of it flushed, its last blocks not. */
async function furnished(): Promise<{ readonly node: TestNode; readonly blocks: readonly MadeBlock[]; readonly side: MadeBlock }> {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 5, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const side = await maker.extend(blocks[1] as MadeBlock, { salt: 1 });
  const options = { flushAfterBlocks: 3, flushAfterMs: 1e9 };
  const node = await scripted({ certificates: true, headers: "state" }, { options });
  for (const { block } of [...blocks, side]) await node.chain.import(block, GOOD_CERTIFICATE);
  await node.engine.host?.journal.put(Uint8Array.of(1), Uint8Array.of(2));
  await node.chain.store.write([node.chain.store.putSnapshot(new Uint8Array(8).fill(3))]);
  node.storage.reopened();
  return { node, blocks, side };
}

t.test("a flipped bit in any record is found and named, and nothing wrong is served", async (t) => {
  const { node, blocks, side } = await furnished();
  const [one, , three, , five] = blocks as [MadeBlock, MadeBlock, MadeBlock, MadeBlock, MadeBlock];
  t.equal(node.reader.status().flushedHeight, 3);
  const transactionId = (await node.reader.receipts(one.id))?.[0]?.transactionId;
  if (transactionId === undefined) throw new Error("it has a receipt");
  const atStart: readonly (readonly [string, Bytes])[] = [
    [`block ${idOf(five)}`, keys.block(five.id)],
    [`block ${idOf(side)}`, keys.block(side.id)],
    ["block ", keys.block(node.chain.genesis.id)],
    [`index of block ${idOf(five)}`, keys.index(five.id)],
    [`index of block ${idOf(three)}`, keys.index(three.id)],
    [`index of block ${idOf(side)}`, keys.index(side.id)],
    ["head pointer", keys.pointer("head")],
    ["canonical id at height 4", keys.canonical(4)],
    ["engine snapshot", keys.pointer("snapshot")],
  ];
  const open = (storage: CutStorage) => new TestNode(node.setup, storage).start();
  for (const [record, at] of atStart)
    for (const byte of [0, 3, 4, 7, (node.storage.get(at)?.length ?? 1) - 1]) {
      const copy = await node.storage.copied();
      await copy.flip(at, byte);
      const error = await open(copy).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      t.match(error, { code: ChainDamagedError.code, kind: "damaged" }, `${record}, byte ${byte}`);
      t.match((error as { readonly data?: { readonly record?: string } }).data?.record, record);
    }

  const later: readonly (readonly [string, Bytes, (node: TestNode) => unknown])[] = [
    [`block ${idOf(one)}`, keys.block(one.id), ({ reader }) => reader.block(one.id)],
    [`block ${idOf(one)}`, keys.block(one.id), ({ reader }) => reader.transaction(transactionId)],
    [`receipts of block ${idOf(one)}`, keys.receipts(one.id), ({ reader }) => reader.receipts(one.id)],
    [`receipts of block ${idOf(one)}`, keys.receipts(one.id), ({ reader }) => reader.transaction(transactionId)],
    [
      `location of transaction ${Hash.key(transactionId)}`,
      keys.transaction(transactionId),
      ({ reader }) => reader.transaction(transactionId),
    ],
    ["event 2", keys.event(2), ({ chain }) => chain.events.read(0, 10)],
    ["engine journal record", keys.journal(Uint8Array.of(1)), ({ engine }) => engine.host?.journal.get(Uint8Array.of(1))],
    [`certificate of block ${idOf(one)}`, keys.certificate(one.id), ({ chain }) => chain.store.certificate(one.id)],
  ];
  for (const [record, at, read] of later)
    for (const byte of [0, 4, (node.storage.get(at)?.length ?? 1) - 1]) {
      const copy = await node.storage.copied();
      await copy.flip(at, byte);
      const again = await open(copy);
      await t.rejects(async () => read(again), { code: ChainDamagedError.code, data: { record } }, `${record}, byte ${byte}`);
      t.equal(again.head, idOf(five));
    }

  const cut = await node.storage.copied();
  const shortened = cut.get(keys.event(3))?.slice(0, 3);
  await cut.inner.write([{ type: "put", key: keys.event(3), value: shortened as Bytes }], { durable: true });
  await t.rejects((await open(cut)).events(), { code: ChainDamagedError.code, data: { record: "event 3" } });
});

t.test("a missing record is damage, too, where others show that it was there", async (t) => {
  const { node, blocks } = await furnished();
  const [one, , three, , five] = blocks as [MadeBlock, MadeBlock, MadeBlock, MadeBlock, MadeBlock];
  const transactionId = (await node.reader.receipts(one.id))?.[0]?.transactionId as Hash;
  const statePrefixes = Array.from({ length: 0x20 }, (_, index) => 0x20 + index);
  const state: Bytes[] = [];
  for (const prefix of statePrefixes) state.push(...(await node.storage.keys(prefix)));
  t.ok(state.length > 0);
  const rows: readonly (readonly [string, readonly Bytes[]])[] = [
    ["head pointer", [keys.pointer("head")]],
    ["state", state],
    [`block ${idOf(five)}`, [keys.block(five.id)]],
    [`index of block ${idOf(five)}`, [keys.index(five.id)]],
    ["genesis block", [keys.index(node.chain.genesis.id)]],
    ["genesis block", [keys.block(node.chain.genesis.id)]],
    ["head block", [keys.atHeight(3, three.id)]],
    ["canonical id at height 2", [keys.canonical(2)]],
    ["event 3", [keys.event(3)]],
  ];
  for (const [record, gone] of rows) {
    const copy = await node.storage.copied();
    await copy.inner.write(
      gone.map((key) => ({ type: "del", key })),
      { durable: true },
    );
    await t.rejects(
      new TestNode(node.setup, copy).start(),
      { code: ChainDamagedError.code, message: new RegExp(`stored ${record}`) },
      record,
    );
  }
  for (const gone of [keys.block(one.id), keys.receipts(one.id)]) {
    const copy = await node.storage.copied();
    await copy.inner.write([{ type: "del", key: gone }], { durable: true });
    const again = await new TestNode(node.setup, copy).start();
    await t.rejects(again.reader.transaction(transactionId), { code: ChainDamagedError.code }, "its location says that it is there");
  }
});

t.test("the database of another chain is refused before anything of it is executed", async (t) => {
  const node = await scripted();
  await importAll(node, [await (await BlockMaker.start()).make(node.chain.genesis)]);
  for (const spec of [{ chainId: "test-2" }, { parametersHash: sha256(Uint8Array.of(8)) }]) {
    const engine = new ScriptedEngine();
    const other = new TestNode({ ...node.setup, engine: () => engine, spec }, node.storage.reopened());
    await t.rejects(other.start(), { code: OtherChainError.code, kind: "conflict", message: /another|use another dataDir/ });
    t.equal(engine.restored, undefined);
    await other.stop();
  }
  const upgraded = await new TestNode(
    { ...node.setup, spec: { rulesAt: (height) => ({ ...testSpec().rulesAt(height), revision: 5 }) } },
    node.storage.reopened(),
  ).start();
  t.equal(upgraded.height, 1, "the upgrade schedule is not part of the genesis");
});

t.test("a ledger that comes to another state than its own chain says so, and does not run", async (t) => {
  const maker = await BlockMaker.start();
  const node = await scripted({}, { options: { flushAfterBlocks: 1_000, flushAfterMs: 1e9 } });
  await importAll(node, await maker.row(maker.genesis, 3, (index) => ({ transactions: [transfer(0, index, 1)] })));
  const ledger = accountLedger();
  const execute = ledger.execute.bind(ledger);
  ledger.execute = async (batch, writer, env, options) => {
    if (env.height === 2) ledger.credit(writer, env.proposer, 1n);
    return execute(batch, writer, env, options);
  };
  const crashed = new TestNode({ ...node.setup, ledger }, node.storage.reopened());
  await t.rejects(crashed.start(), { code: ChainDamagedError.code, message: /executing it again fails/ });
  t.notOk(crashed.chain.running);
});
