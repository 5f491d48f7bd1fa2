/** A fresh node under Gasper, whose headers need states: it syncs from genesis while the chain goes on, and begins with a checkpoint's state. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { PATIENT, startCluster, temporaryDirectory } from "./network/chain-checks.js";
import { run } from "./node-process.js";

const directory = await temporaryDirectory(t);
const cluster = await startCluster(t, { directory, nodes: 1, consensus: "gasper", validators: 4, blockIntervalMs: 250 });
const one = cluster.node(1);

/** Node 2 is at the end of the chain, and takes part in finality. */
async function isThere(): Promise<void> {
  const { height } = one;
  await cluster.waitFor(
    "node 2 has what node 1 has",
    () => cluster.node(2).height >= height && cluster.node(2).finalizedHeight > 0,
    PATIENT,
  );
}

t.test("it syncs from genesis while others make blocks, or begins with the state of a peer's snapshot", async (t) => {
  await cluster.waitFinalized(1, PATIENT);
  const fresh = await cluster.addNode({ mine: false });
  await isThere();
  t.match(await fresh.api.get("/v1/status"), { bodiesFrom: 0 });

  const [made] = await Promise.all([run(["snapshots", "make", "--data-dir", join(one.directory, "data"), "--json"]), fresh.stop()]);
  t.equal(made.code, 0, made.stderr);
  const { height, id } = JSON.parse(made.stdout) as { readonly height: number; readonly id: string };
  await rm(join(fresh.directory, "data", "chain.level"), { recursive: true });
  const file = join(fresh.directory, "node.yaml");
  const config = await readFile(file, "utf8");
  const sync = `\n  sync:\n    mode: state\n    checkpoint: { height: ${height}, id: ${id} }\n`;
  await writeFile(file, config.replace(/^node:\n/m, `node:${sync}`));
  await fresh.start();
  await isThere();
  const status = await fresh.api.get("/v1/status");
  t.match(status, { bodiesFrom: height + 1 }, "it has nothing from below");
  t.equal((await one.api.get(`/v1/blocks/${status.finalizedHeight}`)).hash, status.finalizedHash);
});
