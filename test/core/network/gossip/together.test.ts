/** Gossip, sync and sessions together: whole networks over transport-memory, real chains and mempools, real time. */
import t from "tap";
import { Network } from "../../../../core/network/index.js";
import type { Consensus } from "../../../../core/ports/consensus.js";
import { toHex } from "../../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { publicKeyOf } from "../../../../core/primitives/signing.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../../core/runtime/index.js";
import { MemoryStorage } from "../../../../plugins/storage-memory/memory-storage.js";
import { MemoryTransport } from "../../../../plugins/transport-memory/index.js";
import { InstantEngine } from "../../../fixtures/instant-engine.js";
import { NO_METRICS, SILENT } from "../../../plugins/ledger-account/fixtures.js";
import { BlockMaker, idOf, key, scripted, TestNode, transfer } from "../../chain/harness.js";
import { identityOf } from "../world.js";

const entropy = new SystemEntropy();
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);

let hubs = 0;

class Net<Engine extends Consensus> {
  readonly networks: Network[] = [];
  readonly nodes: readonly TestNode<Engine>[];
  readonly #hub = `together-${++hubs}`;

  constructor(nodes: readonly TestNode<Engine>[]) {
    this.nodes = nodes;
  }

  /** Each node dials those that `links` names. */
  async start(links: readonly (readonly number[])[]): Promise<this> {
    for (const [index, node] of this.nodes.entries()) {
      const options = {
        hub: this.#hub,
        name: `n${index}`,
        queueBytes: 1 << 20,
        maxQueueBytes: 1 << 26,
        maxInbound: 100,
        closeTimeoutMs: 500,
      };
      const storage = new MemoryStorage(NO_METRICS);
      await storage.start();
      const network = new Network(
        {
          identity: identityOf(index),
          spec: node.spec,
          chain: node.chain,
          mempool: node.mempool,
          transports: [new MemoryTransport(options, entropy, scheduler, NO_METRICS)],
          storage,
          clock,
          scheduler,
          entropy,
          logger: { ...SILENT, child: () => SILENT },
          metrics: NO_METRICS,
          agent: "test/1",
        },
        { persistent: (links[index] ?? []).map((other) => `memory://n${other}`), exchange: false, redialMs: 20, redialMaxMs: 50 },
      );
      node.onPublish = (channel, message) => network.publishEngine(channel, message);
      this.networks.push(network);
      await network.start();
    }
    const expected = links.flat().length * 2;
    await until(() => this.networks.reduce((sum, { peers }) => sum + peers.length, 0) === expected, "all are connected");
    return this;
  }

  async stop(): Promise<void> {
    for (const network of this.networks) await network.stop();
    for (const node of this.nodes) await node.stop();
  }
}

async function until(isDone: () => boolean, what: string): Promise<void> {
  const beganMs = performance.now();
  while (!isDone()) {
    if (performance.now() - beganMs > 20_000) throw new Error(`it never came that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const nodesOf = (count: number) => Promise.all(Array.from({ length: count }, () => scripted({}, { mempool: true })));

t.test("a ring of five: blocks and transactions made anywhere are everywhere", async (t) => {
  const nodes = await nodesOf(5);
  const maker = await BlockMaker.start();
  const net = await new Net(nodes).start([[1], [2], [3], [4], [0]]);
  const raws = [0, 1, 2, 3].map((nonce) => transfer(0, nonce, 1));
  for (const [index, raw] of raws.entries()) await nodes[index]?.mempool.submit(raw);
  await until(() => nodes.every(({ mempool }) => mempool.count === raws.length), "all pool all");
  const blocks = await maker.row(maker.genesis, 10, (index) => (index === 4 ? { transactions: raws } : {}));
  for (const [index, { block, id }] of blocks.entries()) {
    await nodes[index % 5]?.chain.import(block);
    await until(() => nodes.every(({ head }) => head === Hash.key(id)), `all have block ${index + 1}`);
  }
  t.same(
    nodes.map(({ mempool }) => mempool.count),
    [0, 0, 0, 0, 0],
  );
  t.same(new Set(nodes.map((node) => node.balance(1))).size, 1);
  for (const { peers } of net.networks) for (const { scoreMilli } of peers) t.ok(scoreMilli >= 50_000, "nobody was blamed for anything");
  await net.stop();
});

t.test("two halves with chains and transactions of their own meet: one chain, and every transaction on it or pooled", async (t) => {
  const nodes = await nodesOf(4);
  const [a, b, c, d] = nodes as [TestNode, TestNode, TestNode, TestNode];
  const maker = await BlockMaker.start();
  const [inLosing, inWinning, pooledLeft, pooledRight] = [transfer(0, 0, 1), transfer(1, 0, 2), transfer(2, 0, 3), transfer(3, 0, 4)];
  const losing = await maker.row(maker.genesis, 30, (index) => ({ salt: 1, ...(index === 3 ? { transactions: [inLosing] } : {}) }));
  const winning = await maker.row(maker.genesis, 40, (index) => ({ salt: 2, ...(index === 3 ? { transactions: [inWinning] } : {}) }));
  for (const node of [a, b]) for (const { block } of losing) await node.chain.import(block);
  for (const node of [c, d]) for (const { block } of winning) await node.chain.import(block);
  await a.mempool.submit(pooledLeft);
  await d.mempool.submit(pooledRight);
  const net = await new Net(nodes).start([[1], [2], [3], []]);
  const tip = winning.at(-1);
  if (tip === undefined) throw new Error("there is a tip");
  await until(() => nodes.every(({ head }) => head === idOf(tip)), "all follow the heavier chain");
  const expected = [inLosing, pooledLeft, pooledRight].map((raw) => sha256(raw));
  // `has` is true of what is still being verified, too.
  const hasAll = ({ mempool }: TestNode) => mempool.count === expected.length && expected.every((hash) => mempool.has(hash));
  await until(() => nodes.every(hasAll), "all pool what the losing branch held, and each other's");
  for (const { peers } of net.networks) for (const { scoreMilli } of peers) t.ok(scoreMilli >= 50_000, "nobody was blamed for anything");
  await net.stop();
});

t.test("an engine's proposals and votes, and certified blocks, through a node that has no vote", async (t) => {
  const secrets = [30, 31, 32].map((index) => key(index).secret);
  const validators = secrets.map((secret) => toHex(publicKeyOf(secret)));
  const setup = (held: readonly Uint8Array[]) => ({
    engine: () => new InstantEngine({ validators }),
    secrets: held,
    mempool: true as const,
  });
  // The ends of a line hold the keys; what they say to each other goes through the node between them.
  const held = [secrets.slice(0, 2), [], secrets.slice(2)];
  const nodes = await Promise.all(held.map((each) => TestNode.start(setup(each))));
  const net = await new Net(nodes).start([[1], [2], []]);
  // Height 1 is the second validator's turn; three votes of three are needed.
  const [id] = await (nodes[0] as TestNode<InstantEngine>).engine.produce(1);
  await until(() => nodes.every(({ head }) => head === Hash.key(id ?? Hash.zero)), "all have the certified block");
  t.same(
    nodes.map(({ height }) => height),
    [1, 1, 1],
  );
  await net.stop();
});
