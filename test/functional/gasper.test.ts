/** Three processes with Gasper: they finalize, go on without one that was killed, which comes back, take a deposit, and refuse bad operations. */
import { join } from "node:path";
import t, { type Test } from "tap";
import { statusTable } from "../../core/cli/devnet-screen.js";
import { devnetStatus, type JsonObject } from "../../core/devnet/index.js";
import { devValidator } from "../../core/node/dev-validators.js";
import { toHex } from "../../core/primitives/bytes.js";
import { PATIENT, startCluster, temporaryDirectory } from "./network/chain-checks.js";
import { run } from "./node-process.js";

const VALIDATORS = 12;
const VALIDATORS_EACH = 4;

const directory = await temporaryDirectory(t);
// Four validators each: two nodes of three hold exactly the two thirds that finality takes.
const cluster = await startCluster(t, { directory, nodes: 3, consensus: "gasper", validators: VALIDATORS, blockIntervalMs: 250 });
const [one, two, three] = [cluster.node(1), cluster.node(2), cluster.node(3)];

/** What is final on each running node is on the chain of every other. */
async function finalEverywhere(t: Test): Promise<number> {
  const finals = await Promise.all(cluster.running.map(({ api }) => api.get("/v1/status")));
  for (const { finalizedHeight, finalizedHash } of finals)
    for (const { number, api } of cluster.running) {
      const block = await api.get(`/v1/blocks/${finalizedHeight}?transactions=ids`);
      t.equal(block.hash, finalizedHash, `node ${number} has the final block of height ${finalizedHeight}`);
    }
  return Math.min(...finals.map(({ finalizedHeight }) => Number(finalizedHeight)));
}

/** Votes that a node's validators have signed. */
async function votesCast({ api }: typeof three): Promise<number> {
  const { engine } = (await api.get("/v1/status")) as unknown as {
    readonly engine: { readonly status: { readonly duties: { readonly votes: { readonly cast?: number } } } };
  };
  return engine.status.duties.votes.cast ?? 0;
}

async function operation(args: readonly string[]): Promise<{ readonly code: number | null; readonly answer: JsonObject }> {
  const { code, stdout, stderr } = await run(["validator", ...args, "--api", one.apiUrl, "--json"]);
  return { code, answer: JSON.parse(stdout || stderr) as JsonObject };
}

t.test("they finalize, and show it", async (t) => {
  await cluster.waitFinalized(1, PATIENT);
  t.ok((await finalEverywhere(t)) >= 1);
  const [head, first] = statusTable(devnetStatus(cluster));
  t.same(head?.slice(0, 4), ["node", "height", "justified", "finalized"]);
  t.ok(Number(first?.[2]) >= Number(first?.[3]) && Number(first?.[3]) >= 1, "justified at or above finalized");
  const { engine } = (await one.api.get("/v1/status")) as unknown as { readonly engine: { readonly plugin: string } };
  t.equal(engine.plugin, "consensus-gasper");
  const metrics = await (await fetch(`${one.apiUrl}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^chainwright_gasper_${name} (\\d+)$`, "m").exec(metrics)?.[1] ?? "NaN");
  t.ok(value("finalized_epoch") >= 1 && value("certified_epoch") <= value("finalized_epoch"), metrics.slice(0, 500));
});

t.test("two thirds go on without a node that was killed, and it comes back", async (t) => {
  // Each of its four validators votes once an epoch: by then all of them have, however late the machine let it start.
  for (let final = 1; (await votesCast(three)) < 3 * VALIDATORS_EACH; final++) await cluster.waitFinalized(final + 1, PATIENT);
  await three.kill();
  const before = Math.max(one.height, two.height);
  const protection = ["validator", "protection", "export", "--json", "--config"];
  const [, ofKilled, ofRunning] = await Promise.all([
    cluster.waitFinalized(before, PATIENT),
    run([...protection, join(three.directory, "node.yaml")]),
    run([...protection, join(two.directory, "node.yaml")]),
  ]);
  t.equal(ofKilled.code, 0, "what its validators signed is known");
  const { data } = JSON.parse(ofKilled.stdout) as { readonly data: readonly { readonly signed_attestations: readonly unknown[] }[] };
  t.same(
    data.map(({ signed_attestations }) => signed_attestations.length),
    [1, 1, 1, 1],
  );
  t.equal(ofRunning.code, 4, "only of a node that is stopped");
  t.match(ofRunning.stderr, /DATA_DIRECTORY_LOCKED/);
  const missed = three.finalizedHeight;
  t.ok(missed < before, "meanwhile it knows nothing of it");
  await three.start();
  const { height } = one;
  await cluster.waitFinalized(height, PATIENT);
  t.ok((await finalEverywhere(t)) >= height, "with it, finality goes on");
});

// Last, since nobody runs the new validator: once it is active, two nodes are less than two thirds.
t.test("a deposit is taken, and bad operations fail with their codes", async (t) => {
  const failures: readonly [string, readonly string[]][] = [
    ["GASPER_DEPOSIT_AMOUNT", ["deposit", "--from", "dev:bob", "--key", "dev:validators/99", "--amount", "1"]],
    ["GASPER_DEPOSIT_KEY_KNOWN", ["deposit", "--from", "dev:carol", "--key", "dev:validators/1", "--amount", "32000000000"]],
    ["GASPER_UNKNOWN_VALIDATOR", ["top-up", "--from", "dev:dave", "--validator", "dev:validators/98", "--amount", "1000000000"]],
    ["GASPER_EXIT_NOT_OWNER", ["exit", "--from", "dev:node-2", "--validator", "dev:validators/1"]],
  ];
  const fresh = `dev:validators/${VALIDATORS + 1}`;
  const [deposited, ...failed] = await Promise.all([
    operation(["deposit", "--from", "dev:alice", "--key", fresh, "--amount", "32000000000"]),
    ...failures.map(([, args]) => operation(args)),
  ]);
  t.equal(deposited.code, 0);
  t.match(deposited.answer, { publicKey: toHex(devValidator(VALIDATORS + 1).publicKey), amount: "32000000000", receipt: { ok: true } });
  for (const [index, { code, answer }] of failed.entries()) {
    t.equal(code, 1);
    t.match(answer, { receipt: { ok: false, code: failures[index]?.[0] } });
  }
});
