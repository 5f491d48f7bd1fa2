/** Three processes with Helios: they mine, retarget, take a step, fork, and heal, while transfers go on. */
import t from "tap";
import { DEV_BALANCE } from "../../core/devnet/dev-accounts.js";
import {
  agreed,
  blockAt,
  canonicalHashes,
  included,
  includedEverywhere,
  PATIENT,
  sameState,
  setMining,
  startCluster,
  temporaryDirectory,
} from "./network/chain-checks.js";

/** Of the devnet's chain: the first block that may take a step. */
const EPOCH = 10;

interface Described {
  readonly bits: string;
  readonly memoryStep: number;
  readonly squarings: number;
  readonly outerNonce?: string;
  readonly output?: string;
}

interface Status {
  readonly production: { readonly phases: { readonly attempts: number; readonly squaringsPerSecond: number } };
}

const directory = await temporaryDirectory(t);
const cluster = await startCluster(t, { directory, nodes: 3, consensus: "helios", blockIntervalMs: 250 });
const [one, two, three] = [cluster.node(1), cluster.node(2), cluster.node(3)];
cluster.startTraffic(5);

async function described(node: typeof one, reference: string | number): Promise<Described> {
  return (await blockAt(node, reference))?.consensus as Described;
}

t.test("they mine, retarget, and take the first step of memory", async (t) => {
  const { height } = await agreed(cluster, EPOCH + 1);
  const blocks = await Promise.all([1, EPOCH - 1, EPOCH].map((at) => described(one, at)));
  const [first, last, stepped] = blocks as [Described, Described, Described];
  t.not(first.bits, last.bits, "the target follows");
  t.same([first.memoryStep, last.memoryStep, stepped.memoryStep], [0, 0, 1]);
  t.match(first, { outerNonce: /^[0-9]+$/, output: /^[0-9a-f]{512}$/ });
  t.equal((await canonicalHashes(two, height)).length, height + 1);
  const { engine } = (await one.api.get("/v1/status")) as unknown as { engine: { plugin: string; status: Status } };
  t.match(engine, { plugin: "consensus-helios", status: { algorithm: "helios", production: { mining: true } } });
  const { attempts, squaringsPerSecond } = engine.status.production.phases;
  t.ok(attempts > 0 && squaringsPerSecond > 0, "and tells of each phase");
});

t.test("split, they make two chains; healed, one, with the transfers of both", async (t) => {
  cluster.partition([[1, 2], [3]]);
  await cluster.waitFor("the cut is felt", () => one.peers === 1 && two.peers === 1 && three.peers === 0, PATIENT);
  const minorities = await three.transfer({ from: "alice", to: "bob", amount: 11n });
  const majoritys = await one.transfer({ from: "carol", to: "dave", amount: 13n });
  await included(cluster, three, minorities);
  await included(cluster, one, majoritys);
  // From here on only one side grows, so that it is certain which is the heavier.
  await setMining(three, false);
  const weightOf = async (node: typeof one): Promise<bigint> => BigInt(String((await blockAt(node, "head"))?.weight));
  while ((await weightOf(one)) <= (await weightOf(three))) {
    const { height } = one;
    await cluster.waitFor("another block of the majority", () => one.height !== height, PATIENT);
  }
  const [here, there] = [one.head, three.head];
  t.not(here, there, "two heads");
  cluster.heal();
  await agreed(cluster, one.height);
  await includedEverywhere(cluster, minorities);
  await includedEverywhere(cluster, majoritys);
  t.match(await blockAt(three, there), { canonical: false }, "the lighter branch is stale now");
  cluster.traffic?.stop();
  // Two blocks of the same height would stay two heads for ever: the last ones are of one node alone.
  for (const node of [two, three]) await setMining(node, false);
  const { height } = one;
  await cluster.waitFor("blocks that settle it", () => one.height >= height + 2, PATIENT);
  await setMining(one, false);
  await sameState(t, cluster);
  t.ok((await three.balance("bob")) >= DEV_BALANCE + 11n);
});
