/**
 * Engines and ledgers of other kinds through the same chain: votes and certificates with instant finality, slots whose
 * proposers lie in state, unspent outputs in the mempool. None of them may need a special case in core.
 */
import t from "tap";
import { Value } from "typebox/value";
import { Verdicts } from "../../../core/chain/index.js";
import { InlineWorkSource } from "../../../core/conformance/harness/services.js";
import { CONFORMANCE_KEYS, consensusConformance } from "../../../core/conformance/index.js";
import type { Consensus } from "../../../core/ports/consensus.js";
import { NEEDS_STATE } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import type { Header } from "../../../core/primitives/block.js";
import { decodeBlock, encodeBlock, headerRecord } from "../../../core/primitives/block-codec.js";
import { type Bytes, compareBytes, concatBytes, toHex } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import { chainHashOf, signTransaction } from "../../../core/primitives/transaction-codec.js";
import { NakamotoConfig, NakamotoSpec } from "../../../plugins/consensus-nakamoto/config.js";
import { NakamotoConsensus } from "../../../plugins/consensus-nakamoto/engine.js";
import instantManifest, { InstantEngine } from "../../fixtures/instant-engine.js";
import slotManifest, { readState, SlotEngine } from "../../fixtures/slot-engine.js";
import { amountBytes, type Output, outputId, UtxoLedger } from "../../fixtures/utxo-ledger.js";
import { CHAIN_ID, ledgerOf, NO_METRICS, rulesOf, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { EASY_BITS } from "../work/work-chain.js";
import { FUNDS, idOf, key, made, TestNode, TestTime, transfer, worded } from "./harness.js";

const KEYS = [10, 11, 12, 13].map(key);
const VALIDATORS = KEYS.map(({ secret }) => toHex(publicKeyOf(secret)));
const DECODING = { blockBytes: 1 << 23, transactionBytes: 1 << 16 };

/** Delivers what each publishes to all others, one message after the other, as long as the link is up. */
class Link<Engine extends Consensus> {
  readonly dropped: { readonly from: TestNode<Engine>; readonly channel: string; readonly message: Bytes }[] = [];
  isUp = true;
  #inbox = new Map<TestNode<Engine>, Promise<unknown>>();

  constructor(readonly nodes: readonly TestNode<Engine>[]) {
    for (const from of nodes) {
      from.onPublish = (channel, message) => {
        if (!this.isUp) this.dropped.push({ from, channel, message });
        else for (const to of nodes) if (to !== from) this.deliver(to, channel, message);
      };
    }
  }

  deliver(to: TestNode<Engine>, channel: string, message: Bytes): void {
    const before = this.#inbox.get(to) ?? Promise.resolve();
    this.#inbox.set(
      to,
      before.then(() => to.engine.onMessage?.(channel, message)),
    );
  }

  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await Promise.all(this.#inbox.values());
  }
}

t.test("the toy engines keep the laws of the port", async (t) => {
  const parameters = { validators: CONFORMANCE_KEYS.publicKeys.map(toHex) };
  // They make blocks on demand only, and an engine that judges by state never hears of a block that fails.
  for (const { name, run } of [
    ...consensusConformance({ manifest: instantManifest, parameters }),
    ...consensusConformance({ manifest: slotManifest, parameters, supports: { firstSeen: true } }),
  ])
    if (!/^(producer: switched on|choice: an invalid block)/.test(name)) await t.test(name, run);
});

// --- instant finality -------------------------------------------------------------------------------------------------

const instant = (keys: readonly number[]) =>
  TestNode.start({
    engine: () => new InstantEngine({ validators: VALIDATORS }),
    secrets: keys.map((index) => (KEYS[index] as (typeof KEYS)[number]).secret),
    mempool: true,
  });

t.test("instant finality: votes of two nodes cross, and every block is final at once on both", async (t) => {
  const [a, b] = [await instant([0, 1]), await instant([2, 3])];
  const link = new Link([a, b]);
  await a.mempool.submit(transfer(0, 0, 1));
  // Validators 1, 2, 3, 0 propose heights 1, 2, 3, 4.
  for (const [height, proposer] of [a, b, b, a].entries()) {
    const [id] = await proposer.engine.produce(1);
    await link.settled();
    for (const node of [a, b]) {
      t.equal(node.height, height + 1);
      t.equal(node.head, Hash.key(id as Hash));
      t.equal(idOf(node.chain.finalized), node.head, "a block is final when it is imported");
    }
  }
  t.equal(a.balance(1), BigInt(FUNDS) + 100n);
  t.equal(Hash.key(a.view().root), Hash.key(b.view().root));
  t.equal(a.mempool.count, 0);

  // A follower without keys hears blocks and certificates apart from each other.
  const follower = await instant([]);
  const blocks = await a.canonical();
  for (const [index, block] of blocks.entries()) {
    const { id } = headerRecord(block.header);
    const certificate = a.chain.store.certificate(id) as Bytes;
    t.strictSame(a.engine.certificateFor(id), certificate);
    if (index === 1) t.equal(worded(await follower.chain.import(block, certificate.slice(65))), `invalid ${Verdicts.badCertificate}`);
    t.equal(worded(await follower.chain.import(block)), `not-yet ${Verdicts.awaitingCertificate}`);
    t.equal(follower.height, index);
    if (index === 2) {
      const swapped = concatBytes(certificate.slice(65, 130), certificate.slice(0, 65), certificate.slice(130));
      t.equal(worded(await follower.chain.importCertificate(id, swapped)), `invalid ${Verdicts.badCertificate}`);
      const forged = certificate.slice();
      forged[10] = (forged[10] ?? 0) ^ 1;
      t.equal(worded(await follower.chain.importCertificate(id, forged)), `invalid ${Verdicts.badCertificate}`);
    }
    t.equal(worded(await follower.chain.importCertificate(id, certificate)), "imported");
  }
  t.equal(follower.head, a.head);
  t.equal(follower.chain.waitingCount, 0);

  for (const node of [a, b, follower]) {
    const again = await node.restart("crash");
    t.equal(again.head, node.head);
    t.equal(idOf(again.chain.finalized), node.head);
    t.strictSame([...node.fatals, ...again.fatals], []);
  }
});

t.test("instant finality: no validator votes twice at a height, over a crash neither", async (t) => {
  const [a, b] = [await instant([0, 1]), await instant([2, 3])];
  const link = new Link([a, b]);
  link.isUp = false;
  const first = a.engine.produce(1);
  while (!link.dropped.some(({ from, channel }) => from === a && channel === "vote")) await a.time.yield();
  const proposal = link.dropped.find(({ channel }) => channel === "proposal")?.message as Bytes;
  t.equal(await b.engine.onMessage("proposal", proposal), "accept");
  const votesOf = () => link.dropped.filter(({ from, channel }) => from === b && channel === "vote").map(({ message }) => message);
  const votes = votesOf();
  t.equal(votes.length, 2);

  const again = await b.restart("crash");
  const published: string[] = [];
  again.onPublish = (_channel, message) => published.push(toHex(message));
  // The proposer signs a second block for the same height.
  const { block } = decodeBlock(proposal, DECODING);
  const unsealed = await a.chain.build(a.chain.genesis.id, {
    timestampMs: block.header.timestampMs + 1,
    proposer: block.header.proposer,
    extra: block.header.extra,
  });
  const seal = signMessage((KEYS[1] as (typeof KEYS)[number]).secret, unsealed.signingRoot);
  const rival = encodeBlock({ header: { ...unsealed.header, seal }, transactions: [], payload: unsealed.payload });
  t.equal(await again.engine.onMessage("proposal", rival), "accept");
  t.strictSame(published, [], "no vote for another block of that height");
  t.equal(await again.engine.onMessage("proposal", proposal), "accept");
  t.strictSame(published.sort(), votes.map(toHex).sort(), "the same votes again are the same votes");

  for (const vote of votes) await a.engine.onMessage("vote", vote);
  const [id] = await first;
  t.equal(a.head, Hash.key(id as Hash), "with its votes the first block is certified");
  t.equal(worded(await again.chain.import(block, a.engine.certificateFor(id as Hash))), "imported");
});

t.test("instant finality: messages of strangers do no harm", async (t) => {
  const node = await instant([0]);
  const outsider = await instant([3]);
  const unsealed = await outsider.chain.build(outsider.chain.genesis.id, {
    timestampMs: outsider.time.nowMs(),
    proposer: (KEYS[3] as (typeof KEYS)[number]).address,
    extra: new Uint8Array(0),
  });
  const header: Header = { ...unsealed.header, seal: signMessage((KEYS[3] as (typeof KEYS)[number]).secret, unsealed.signingRoot) };
  const outOfTurn = encodeBlock({ header, transactions: [], payload: unsealed.payload });
  t.equal(await node.engine.onMessage("proposal", outOfTurn), "reject", "not its turn: nobody votes for it");
  t.equal(await node.engine.onMessage("proposal", Uint8Array.of(1, 2)), "reject");
  t.equal(await node.engine.onMessage("vote", Uint8Array.of(1)), "reject");
  t.equal(await node.engine.onMessage("vote", new Uint8Array(97)), "ignore");
  t.strictSame(node.published, []);
  t.strictSame(node.fatals, []);
});

// --- slots ------------------------------------------------------------------------------------------------------------

const MISS_PENALTY = 10;
const VALIDATOR_FUNDS = 1_000;

function slots(keys: readonly number[] = [0, 1, 2, 3]) {
  const ledger = ledgerOf({ allocations: [...KEYS, key(0)].map(({ text }) => ({ address: text, amount: VALIDATOR_FUNDS })) });
  return TestNode.start({
    engine: (treasury) => new SlotEngine({ validators: VALIDATORS, slotMs: 1_000, missPenalty: MISS_PENALTY }, treasury),
    ledger,
    secrets: keys.map((index) => (KEYS[index] as (typeof KEYS)[number]).secret),
    mempool: true,
    time: new TestTime(0),
  });
}

async function copyTo(to: TestNode<SlotEngine>, from: TestNode<SlotEngine>): Promise<string[]> {
  const verdicts: string[] = [];
  for (const block of await from.canonical()) verdicts.push(worded(await to.chain.import(block)));
  return verdicts;
}

t.test("slots: proposers follow from state, empty slots advance it and cost those who missed them", async (t) => {
  const node = await slots();
  const supply = node.ledger.supply(node.view());
  await node.engine.produce(2);
  node.engine.skip = 3;
  await node.engine.produce(2);
  node.engine.skip = 40;
  await node.engine.produce(1);
  t.equal(node.height, 5);
  const { missed, slot } = readState(node.view());
  t.equal(slot, 52, "the first that is open");
  t.equal(
    missed.reduce((sum, count) => sum + count, 0),
    46,
    "each empty slot is somebody's",
  );
  t.ok(
    missed.every((count) => count > 0),
    "drawn from all",
  );
  for (const [index, { address }] of KEYS.entries()) {
    const { balance } = node.ledger.describeAccount(address, node.view()) as { readonly balance: string };
    t.equal(Number(balance), VALIDATOR_FUNDS - MISS_PENALTY * (missed[index] ?? 0));
  }
  t.equal(node.ledger.supply(node.view()), supply - BigInt(46 * MISS_PENALTY), "through the treasury");

  const follower = await slots([]);
  t.strictSame(await copyTo(follower, node), ["imported", "imported", "imported", "imported", "imported"]);
  t.equal(Hash.key(follower.view().root), Hash.key(node.view().root));
  const backwards = await slots([]);
  for (const block of (await node.canonical()).reverse()) await backwards.chain.import(block);
  await backwards.headIs(node.chain.head.id);
});

t.test("slots: an engine may propose when it is told the time, and one that fails then stops the node", async (t) => {
  class TickingEngine extends SlotEngine {
    ticks: Promise<unknown>[] = [];
    async onTick(): Promise<void> {
      const tick = this.produce(1);
      this.ticks.push(tick);
      await tick;
    }
  }
  const time = new TestTime(0);
  const ledger = ledgerOf({ allocations: [...KEYS, key(0)].map(({ text }) => ({ address: text, amount: VALIDATOR_FUNDS })) });
  const parameters = { validators: VALIDATORS, slotMs: 1_000, missPenalty: MISS_PENALTY };
  const node = await TestNode.start({
    engine: (treasury) => new TickingEngine(parameters, treasury),
    ledger,
    secrets: KEYS.map(({ secret }) => secret),
    mempool: true,
    time,
  });
  for (const height of [1, 2, 3]) {
    time.advance(1_000);
    await Promise.all(node.engine.ticks);
    // The tick's own end has to be seen before the next is due.
    await time.yield();
    t.equal(node.height, height);
  }
  node.engine.onTick = () => Promise.reject(new Error("the engine lost its mind"));
  time.advance(1_000);
  await time.yield();
  t.match(node.fatals, [{ message: "the engine lost its mind" }]);
  await t.rejects(node.engine.produce(1), { code: "CHAIN_STOPPED" }, "nothing more is written");
});

t.test("slots: who is not the slot's proposer is refused, and a header can't be judged without state", async (t) => {
  const node = await slots();
  const unsealed = await node.chain.build(node.chain.genesis.id, {
    timestampMs: node.chain.genesis.header.timestampMs + 1_000,
    proposer: Address.zero,
    extra: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
  });
  const sealedBy = async (index: number, fields: Partial<Header> = {}) => {
    const { secret, address } = KEYS[index] as (typeof KEYS)[number];
    const { header } = await node.chain.build(node.chain.genesis.id, {
      timestampMs: unsealed.header.timestampMs,
      proposer: address,
      extra: unsealed.header.extra,
    });
    const changed = { ...header, ...fields, seal: new Uint8Array(0) };
    const { signingRoot } = headerRecord(changed);
    return made({ header: { ...changed, seal: signMessage(secret, signingRoot) }, transactions: [], payload: unsealed.payload });
  };
  const all = await Promise.all(KEYS.map((_, index) => sealedBy(index)));
  const follower = await slots([]);
  const verdicts: string[] = [];
  for (const { block } of all) verdicts.push(worded(await follower.chain.import(block)));
  t.strictSame([...verdicts].sort(), ["imported", ...Array(3).fill(`invalid ${Verdicts.badSeal}`)]);
  const proposer = verdicts.indexOf("imported");
  const other = await sealedBy((proposer + 1) % 4, { proposer: (KEYS[proposer] as (typeof KEYS)[number]).address });
  t.equal(worded(await follower.chain.import(other.block)), `invalid ${Verdicts.badSeal}`, "the right name under another's signature");
  const early = await sealedBy(proposer, { timestampMs: unsealed.header.timestampMs + 1 });
  t.equal(worded(await follower.chain.import(early.block)), "invalid TOY_TIME");
  const over = await sealedBy(proposer, { extra: new Uint8Array(8), timestampMs: node.chain.genesis.header.timestampMs });
  t.equal(worded(await follower.chain.import(over.block)), "invalid TOY_SLOT");
  t.equal(follower.engine.contextFor(node.chain.genesis, unsealed.header as Header, undefined), NEEDS_STATE);
  t.strictSame(follower.fatals, []);
});

t.test("slots: a reorg between executed branches, a crash, and every branch is there again", async (t) => {
  const node = await slots();
  const { engine, chain } = node;
  await engine.produce(3);
  const short = chain.head;
  let parent = chain.genesis;
  const branch: Hash[] = [];
  for (const slot of [5, 7, 8, 12]) {
    const id = await engine.produceOn(parent, slot);
    branch.push(id);
    parent = chain.header(id) ?? parent;
  }
  const last = branch[3] as Hash;
  t.equal(node.head, Hash.key(last), "four blocks outweigh three");
  t.strictSame(
    (await node.events()).map(({ type, height }) => `${type} ${height}`),
    ["applied 1", "applied 2", "applied 3", "undone 3", "undone 2", "undone 1", "applied 1", "applied 2", "applied 3", "applied 4"],
  );
  t.not(toHex(readState(node.view(short.id)).seed), toHex(readState(node.view(last)).seed), "both branches have their state");

  const follower = await slots([]);
  await copyTo(follower, node);
  t.equal(Hash.key(follower.view().root), Hash.key(node.view().root), "the same as if the first branch had never been");

  const again = await node.restart("crash");
  t.equal(again.head, Hash.key(last));
  for (const id of [short.id, ...branch]) t.equal(Hash.key(again.view(id).root), Hash.key(chain.header(id)?.header.stateRoot ?? Hash.zero));
  // The first branch can be built upon at once, and become the head again.
  const next = await again.engine.produceOn(again.chain.header(short.id) ?? short, 20);
  await again.engine.produceOn(again.chain.header(next) ?? short, 21);
  t.equal(again.height, 5);
  t.strictSame([...node.fatals, ...again.fatals], []);
});

t.test("slots: what the engine takes from an account, the mempool notices", async (t) => {
  const node = await slots();
  const { secret } = KEYS[0] as (typeof KEYS)[number];
  const index = 10;
  t.strictSame(key(index).secret, secret);
  const { id } = await node.mempool.submit(transfer(index, 0, 1, 1n, 995n));
  t.equal(node.mempool.get(id)?.standing, "ready");
  // Penalties come in the very block that would have taken it: so it is left out, and dropped.
  node.engine.skip = 60;
  const [block] = await node.engine.produce(1);
  t.ok((readState(node.view()).missed[0] ?? 0) > 0);
  t.equal(node.reader.blockInfo(block as Hash)?.transactionCount, 0);
  t.equal(node.mempool.get(id), undefined);
  t.equal(node.mempool.dropped(id), "invalid");
});

// --- unspent outputs --------------------------------------------------------------------------------------------------

const RICH: readonly Output[] = [0, 1, 2].map((index) => ({ owner: key(index).address, amount: 10_000n }));

/** A signed transaction of the toy ledger. */
function spend(owners: readonly number[], inputs: readonly Hash[], outputs: readonly (readonly [number, bigint])[], fee: bigint): Bytes {
  const body = concatBytes(
    Uint8Array.of(inputs.length),
    ...[...inputs].sort(compareBytes),
    Uint8Array.of(outputs.length),
    ...outputs.flatMap(([owner, amount]) => [key(owner).address, amountBytes(amount)]),
    amountBytes(fee),
  );
  return signTransaction(
    body,
    chainHashOf(CHAIN_ID),
    owners.map((owner) => key(owner).secret),
  );
}

async function outputs(payout: number) {
  const ledger = new UtxoLedger(CHAIN_ID, RICH);
  const spec = Value.Default(NakamotoSpec, {
    initialTargetBits: EASY_BITS,
    powLimitBits: EASY_BITS,
    blockIntervalMs: 1_000,
  }) as NakamotoSpec;
  const config = Value.Default(NakamotoConfig, { address: Address.format(key(payout).address, "cw") }) as NakamotoConfig;
  const node = await TestNode.start({
    engine: () => new NakamotoConsensus(config, spec, SILENT, NO_METRICS, new InlineWorkSource()),
    ledger,
    mempool: { replaceFeePercent: 10 },
  });
  const transactionId = (raw: Bytes) => (ledger.decodeBlock([raw], rulesOf()).transactions[0] as { readonly id: Hash }).id;
  return { node, ledger, made: (raw: Bytes, index: number) => outputId(transactionId(raw), index), transactionId };
}

const unspent = (node: TestNode<NakamotoConsensus>, owner: number) =>
  Number((node.ledger.describeAccount(key(owner).address, node.view()) as { readonly balance: string }).balance);

t.test("unspent outputs: a chain of them in one block, fees to the proposer, nothing made or lost", async (t) => {
  const { node, ledger, made: outputOf } = await outputs(7);
  const first = spend(
    [0],
    [ledger.allocated(0)],
    [
      [3, 5_000n],
      [0, 4_000n],
    ],
    1_000n,
  );
  const second = spend([3], [outputOf(first, 0)], [[4, 4_500n]], 500n);
  const third = spend([0, 4], [outputOf(first, 1), outputOf(second, 0)], [[5, 8_000n]], 500n);
  // The last first: it waits for those that provide what it spends.
  t.equal((await node.mempool.submit(third)).standing, "queued");
  t.equal((await node.mempool.submit(second)).standing, "queued");
  t.equal((await node.mempool.submit(first)).standing, "ready");
  t.strictSame(
    node.mempool.list(0, 10).map(({ standing }) => standing),
    ["ready", "ready", "ready"],
  );
  await node.engine.producer.produce(1);
  t.equal(node.reader.blockInfo(node.chain.head.id)?.transactionCount, 3);
  t.equal(node.mempool.count, 0);
  t.strictSame(
    [0, 3, 4, 5, 7].map((owner) => unspent(node, owner)),
    [0, 0, 0, 8_000, 2_000],
  );
  t.equal(ledger.supply(node.view()), 30_000n);

  await t.rejects(node.mempool.submit(spend([0], [ledger.allocated(0)], [[3, 9_000n]], 1_000n)), { code: "UTXO_SPENT" });
  await t.rejects(node.mempool.submit(spend([2], [ledger.allocated(1)], [[3, 9_000n]], 1_000n)), { code: "UTXO_UNAUTHORIZED" });
  await t.rejects(node.mempool.submit(spend([1], [ledger.allocated(1)], [[3, 9_001n]], 1_000n)), { code: "UTXO_UNBALANCED" });
  await t.rejects(node.mempool.submit(spend([1], [ledger.allocated(1)], [[3, 9_999n]], 1n)), { code: "UTXO_FEE_TOO_LOW" });
  t.equal(node.mempool.count, 0);
});

t.test("unspent outputs: a double spend needs a better fee, and takes what hung on the first with it", async (t) => {
  const { node, ledger, made: outputOf, transactionId } = await outputs(7);
  const first = spend([0], [ledger.allocated(0)], [[3, 9_000n]], 1_000n);
  const child = spend([3], [outputOf(first, 0)], [[4, 8_000n]], 1_000n);
  await node.mempool.submit(first);
  await node.mempool.submit(child);
  await t.rejects(node.mempool.submit(spend([0], [ledger.allocated(0)], [[5, 8_950n]], 1_050n)), {
    code: "MEMPOOL_REPLACEMENT_UNDERPRICED",
  });
  const rival = spend([0], [ledger.allocated(0)], [[5, 6_000n]], 4_000n);
  t.equal((await node.mempool.submit(rival)).standing, "ready");
  t.equal(node.mempool.dropped(transactionId(first)), "replaced");
  t.not(node.mempool.get(transactionId(child))?.standing, "ready", "there is nothing left for it to spend");
  await node.engine.producer.produce(1);
  t.strictSame(
    [3, 4, 5].map((owner) => unspent(node, owner)),
    [0, 0, 6_000],
  );
  await t.rejects(node.mempool.submit(first), { code: "UTXO_SPENT" });
});

t.test("unspent outputs: a block's double spend drops the pooled one; a reorg brings transactions back", async (t) => {
  const here = await outputs(7);
  const there = await outputs(8);
  const { ledger, made: outputOf, transactionId } = here;
  const paid = spend([0], [ledger.allocated(0)], [[3, 9_000n]], 1_000n);
  const child = spend([3], [outputOf(paid, 0)], [[4, 8_000n]], 1_000n);
  const rival = spend([1], [ledger.allocated(1)], [[5, 9_000n]], 1_000n);
  const doubled = spend([1], [ledger.allocated(1)], [[6, 9_200n]], 800n);
  for (const raw of [paid, child, doubled]) await here.node.mempool.submit(raw);
  await there.node.mempool.submit(rival);
  await here.node.engine.producer.produce(1);
  t.strictSame(
    [3, 4, 6].map((owner) => unspent(here.node, owner)),
    [0, 8_000, 9_200],
  );
  t.equal(here.node.mempool.count, 0);

  await there.node.engine.producer.produce(2);
  for (const block of await there.node.canonical()) t.equal(worded(await here.node.chain.import(block)), "imported");
  t.equal(here.node.head, there.node.head, "the branch with more work is the head");
  t.strictSame(
    [3, 4, 5, 6].map((owner) => unspent(here.node, owner)),
    [0, 0, 9_000, 0],
  );
  t.strictSame(
    here.node.mempool.list(0, 10).map(({ id, standing }) => `${Hash.key(id)} ${standing}`),
    [paid, child].map((raw) => `${Hash.key(transactionId(raw))} ready`),
    "both come back, in order",
  );
  t.equal(here.node.mempool.dropped(transactionId(doubled)), "invalid", "what it spends is spent on this branch");
  await here.node.engine.producer.produce(1);
  t.equal(unspent(here.node, 4), 8_000);
  t.equal(ledger.supply(here.node.view()), 30_000n);

  const again = await here.node.restart("crash");
  t.equal(again.head, here.node.head);
  t.strictSame([...here.node.fatals, ...there.node.fatals, ...again.fatals], []);
});

t.test("unspent outputs: a block that spends twice is invalid, wherever the second spending stands", async (t) => {
  const { node, ledger } = await outputs(7);
  const once = spend([0], [ledger.allocated(0)], [[3, 9_000n]], 1_000n);
  const twice = spend([0], [ledger.allocated(0)], [[4, 9_000n]], 1_000n);
  const orphan = spend([3], [outputId(ledger.allocated(0), 0)], [[4, 1n]], 500n);
  const batch = ledger.decodeBlock([once, twice, orphan], rulesOf());
  const writer = node.state.writer(node.chain.genesis.id);
  const slicer = node.time.slicer();
  const env = { ...node.chain.genesis.header, height: node.chain.genesis.header.height, rules: rulesOf(), payload: new Uint8Array(0) };
  await t.rejects(ledger.execute(batch, writer, env, { mode: "import", slicer }), {
    code: "LEDGER_INVALID_TRANSACTION",
    data: { index: 1, code: "UTXO_SPENT" },
  });
  const outcome = await ledger.execute(batch, node.state.writer(node.chain.genesis.id), env, { mode: "produce", slicer });
  t.match(outcome, {
    included: [0],
    skipped: [
      { index: 1, code: "UTXO_SPENT", drop: true },
      { index: 2, code: "UTXO_MISSING_OUTPUT", drop: false },
    ],
  });
  const treasury = node.state.writer(node.chain.genesis.id);
  ledger.credit(treasury, key(0).address, 500n);
  t.equal(ledger.debit(treasury, key(0).address, 200n), 200n);
  t.match(ledger.describeAccount(key(0).address, treasury), { balance: "10300" });
  t.equal(ledger.debit(treasury, key(0).address, 99_999n), 10_300n);
  t.equal(ledger.supply(treasury), 20_000n);
});
