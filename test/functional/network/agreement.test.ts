/** Three nodes over TLS: they make one chain together, carry transfers, survive kill -9, and let others catch up. */
import t from "tap";
import { DEV_BALANCE, devAddress } from "../../../core/devnet/dev-accounts.js";
import {
  agreed,
  blockAt,
  canonicalHashes,
  included,
  includedEverywhere,
  PATIENT,
  sameState,
  startCluster,
  temporaryDirectory,
} from "./chain-checks.js";

const directory = await temporaryDirectory(t);
const cluster = await startCluster(t, { directory, nodes: 3, topology: "mesh", blockIntervalMs: 500 });

t.test("nodes that mine at once make one chain of all their blocks", async (t) => {
  await cluster.waitFor("two peers at each node", () => cluster.nodes.every((node) => node.peers === 2), PATIENT);
  const proposers = new Set<unknown>();
  let height = 0;
  while (proposers.size < 2 && height < 60) {
    ({ height } = await agreed(cluster, height + 1));
    proposers.add((await blockAt(cluster.node(1), height))?.proposer);
  }
  t.ok(proposers.size >= 2, `blocks of ${proposers.size} miners by height ${height}`);
  const known = [1, 2, 3].map((number) => devAddress(`node-${number}`));
  for (const proposer of proposers) t.ok(known.includes(String(proposer)), "each made by one of the nodes");
  const hashes = await canonicalHashes(cluster.node(1), height);
  t.equal(hashes.length, height + 1);
  for (const number of [2, 3]) t.same(await canonicalHashes(cluster.node(number), height), hashes, `node ${number} has every one of them`);
});

t.test("a transfer sent to one node is in the balances of all", async (t) => {
  const id = await cluster.node(1).transfer({ from: "alice", to: "bob", amount: 5n });
  const found = await includedEverywhere(cluster, id);
  for (const { receipt } of found) t.match(receipt, { ok: true });
  for (const node of cluster.nodes) t.equal(await node.balance("bob"), DEV_BALANCE + 5n, `node ${node.number}`);
  await sameState(t, cluster);
});

t.test("kill -9 of one node under traffic: the others go on, it comes back and agrees", async (t) => {
  const traffic = cluster.startTraffic(30);
  const victim = cluster.node(2);
  await cluster.waitFor("transfers in a mempool", () => victim.pending > 0, PATIENT);
  const id = await victim.transfer({ from: "bob", to: "carol", amount: 7n });
  await victim.kill();
  t.equal(victim.exit?.signal, "SIGKILL");
  await cluster.waitFor("each other node notices", () => cluster.running.every((node) => node.peers === 1), PATIENT);
  const { height } = await agreed(cluster, cluster.node(1).height + 2);
  t.ok(victim.height < height, "blocks were made without it");
  await victim.start();
  await cluster.waitFor("it is back", () => cluster.nodes.every((node) => node.peers === 2), PATIENT);
  await agreed(cluster, height + 1);
  traffic.stop();
  t.ok(traffic.counts.sent > 20, `${traffic.counts.sent} transfers were accepted`);
  await includedEverywhere(cluster, id);
  await cluster.waitFor("empty mempools", () => cluster.nodes.every((node) => node.pending === 0), PATIENT);
  const { accounts } = await sameState(t, cluster);
  const nonces = [1, 2, 3].map((number) => Number((accounts as Record<string, { nonce: number }>)[`node-${number}`]?.nonce));
  const total = nonces.reduce((sum, nonce) => sum + nonce, 0);
  // One whose answer was cut off by the kill may have been accepted all the same.
  t.ok(total >= traffic.counts.sent && total <= traffic.counts.sent + traffic.counts.failed, `${total} of them are in the chain`);
});

t.test("a node that is blocks behind catches up", async (t) => {
  const late = cluster.node(3);
  await late.stop();
  t.equal(late.exit?.code, 0, "a clean stop");
  const before = late.height;
  const id = await cluster.node(1).transfer({ from: "carol", to: "dave", amount: 3n });
  await included(cluster, cluster.node(1), id);
  await agreed(cluster, before + 6);
  await late.start();
  const { height } = await agreed(cluster, before + 6);
  t.same(await canonicalHashes(late, height), await canonicalHashes(cluster.node(1), height), `${height - before} blocks`);
  t.match(await late.transaction(id), { status: "included" });
});

t.test("a fresh node syncs the whole chain", async (t) => {
  const { height } = await agreed(cluster);
  const fresh = await cluster.addNode({ mine: false });
  await cluster.waitFor("links with all", () => cluster.nodes.every(({ peers }) => peers === 3), PATIENT);
  const at = await agreed(cluster, height);
  t.same(await canonicalHashes(fresh, at.height), await canonicalHashes(cluster.node(1), at.height), `all ${at.height} blocks`);
  await sameState(t, cluster, height);
});

t.test("a restart of everything keeps blocks, state, peers and bans", async (t) => {
  const [node, banned] = [cluster.node(1), "c".repeat(64)];
  await node.api.admin("POST", "/v1/admin/bans", { subject: banned, durationMs: 3_600_000, reason: "for a test" });
  const link = "tcp://127.0.0.1:1";
  await node.api.admin("POST", "/v1/admin/peers", { address: link, persistent: false });
  const { height } = await agreed(cluster);
  const hashes = await canonicalHashes(node, height);
  const balance = await node.balance("dave");
  await cluster.stop();
  t.same(
    cluster.nodes.map(({ exit }) => exit?.code),
    [0, 0, 0, 0],
    "all stopped in good order",
  );
  await cluster.start();
  t.same(await canonicalHashes(node, height), hashes, "the blocks are there");
  t.equal(await node.balance("dave"), balance);
  const book = (await node.api.admin("GET", "/v1/admin/peers")) as {
    peers: { address: string }[];
    bans: { subject: string; reason: string }[];
  };
  t.match(book.bans, [{ subject: banned, reason: "for a test" }], "the ban is there");
  t.ok(
    book.peers.some(({ address }) => address === link),
    "so is the address that was added",
  );
  await cluster.waitFor("three peers at each node", () => cluster.nodes.every(({ peers }) => peers === 3), PATIENT);
  await agreed(cluster, height + 1);
});
