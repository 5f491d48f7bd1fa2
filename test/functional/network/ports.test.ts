/** Ports that another program takes while a devnet is on its way up, or while a node of it is down: the node comes up at others. */
import { once } from "node:events";
import { createServer } from "node:net";
import t from "tap";
import { Cluster } from "../../../core/devnet/index.js";
import { PATIENT, temporaryDirectory } from "./chain-checks.js";

const directory = await temporaryDirectory(t);

async function take(port: number | undefined): Promise<void> {
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
}

t.test("taken ports", async (t) => {
  const cluster = await Cluster.create({ directory, nodes: 2, mining: [] });
  t.teardown(() => cluster.stop());
  const [before] = cluster.description.nodes;
  await take(before?.apiPort);
  await take(cluster.description.links[0]?.port);
  await cluster.start();
  t.not(cluster.description.nodes[0]?.apiPort, before?.apiPort, "node 1 has another port than planned");

  // Node 2 dials node 1, so it is node 1's transport that must be found again.
  const node = cluster.node(1);
  const { apiUrl } = node;
  await node.stop();
  await take(cluster.description.nodes[0]?.apiPort);
  await take(cluster.description.nodes[0]?.transportPort);
  await node.start();
  t.not(node.apiUrl, apiUrl, "it says where its API is now");
  t.match(await node.api.get("/v1/status"), { chainId: cluster.chainId }, "and is asked there");
  await cluster.waitFor("the link to where node 1 listens now", () => cluster.nodes.every(({ peers }) => peers === 1), PATIENT);
});
