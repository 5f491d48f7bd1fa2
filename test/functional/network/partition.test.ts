/** A network that is split makes two chains; healed, it has one: the heavier, with the transactions of both. */
import t from "tap";
import { DEV_BALANCE } from "../../../core/devnet/dev-accounts.js";
import {
  agreed,
  blockAt,
  canonicalHashes,
  included,
  includedEverywhere,
  knows,
  PATIENT,
  sameState,
  setMining,
  startCluster,
  temporaryDirectory,
} from "./chain-checks.js";

const directory = await temporaryDirectory(t);
const cluster = await startCluster(t, { directory, nodes: 3, topology: "mesh", blockIntervalMs: 500 });
const [one, two, three] = [cluster.node(1), cluster.node(2), cluster.node(3)];

async function weightOf(node: typeof one): Promise<bigint> {
  return BigInt(String((await blockAt(node, "head"))?.weight));
}

t.test("split and healed", async (t) => {
  const fork = await agreed(cluster, 2);
  t.same(cluster.partition([[1, 2], [3]]), [[1, 2], [3]]);
  await cluster.waitFor("the cut is felt", () => one.peers === 1 && two.peers === 1 && three.peers === 0, PATIENT);

  // One miner on each side: with two, a head of the majority may be given up for a sibling.
  await setMining(two, false);
  const minorities = await three.transfer({ from: "alice", to: "bob", amount: 11n });
  const majoritys = await one.transfer({ from: "carol", to: "dave", amount: 13n });
  const lost = await included(cluster, three, minorities);
  await included(cluster, one, majoritys);
  t.notOk(await knows(one, minorities), "the majority knows nothing of the minority's transaction");
  t.notOk(await knows(three, majoritys), "nor the other way round");
  // From here on only one side grows, so that it is certain which is the heavier.
  await setMining(three, false);
  while ((await weightOf(one)) <= (await weightOf(three))) {
    const { height } = one;
    await cluster.waitFor("another block of the majority", () => one.height !== height, PATIENT);
  }
  const [here, there] = [one.head, three.head];
  t.not(here, there, "two heads");
  t.ok(one.height > fork.height && three.height > fork.height, "both grew");
  const loser = String((lost.block as { hash: string }).hash);
  t.match(await blockAt(three, loser), { canonical: true });

  cluster.heal();
  const healed = await agreed(cluster, one.height);
  const hashes = await canonicalHashes(three, healed.height);
  t.ok(hashes.includes(here), "the heavier branch won, on the node that had the lighter one, too");
  await setMining(two, true);
  t.match(await blockAt(three, loser), { canonical: false }, "whose own block is stale now");
  for (const { receipt, block } of await includedEverywhere(cluster, minorities)) {
    t.match(receipt, { ok: true });
    t.not((block as { hash: string }).hash, loser, "its transaction is in another block");
  }
  await includedEverywhere(cluster, majoritys);
  for (const node of cluster.nodes) {
    t.equal(await node.balance("bob"), DEV_BALANCE + 11n, `node ${node.number}: once`);
    t.equal(await node.balance("dave"), DEV_BALANCE + 13n);
  }
  await sameState(t, cluster);
});

t.test("a node alone, which dials nobody itself, goes on and comes back", async (t) => {
  await setMining(three, true);
  cluster.partition([[1]]);
  const heights = [one.height, two.height];
  await cluster.waitFor("blocks on both sides", () => one.height > (heights[0] ?? 0) && two.height > (heights[1] ?? 0), PATIENT);
  t.same([one.peers, two.peers, three.peers], [0, 1, 1], "there is no way around a cut link");
  cluster.heal();
  await cluster.waitFor("all linked", () => cluster.nodes.every(({ peers }) => peers === 2), PATIENT);
  const { height } = await agreed(cluster, two.height);
  t.same(await canonicalHashes(one, height), await canonicalHashes(three, height));
});
