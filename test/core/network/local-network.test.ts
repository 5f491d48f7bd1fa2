/** The network of a node without transports: itself. */
import t from "tap";
import { LocalNetwork } from "../../../core/network/local-network.js";

t.test("a node alone is starting until its chain is there, and in sync with everybody it knows from then on", async (t) => {
  let height: number | undefined;
  const network = new LocalNetwork("node", () => height);
  t.equal(network.nodeId, "node");
  t.strictSame(network.peers, []);
  t.strictSame(network.sync, { state: "starting", currentHeight: 0, targetHeight: 0 });
  height = 7;
  t.strictSame(network.sync, { state: "synced", currentHeight: 7, targetHeight: 7 });
});
