/** What a cluster writes, keeps and refuses, and how it is steered, without any node running. Running ones: test/functional/network. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { Value } from "typebox/value";
import { parse } from "yaml";
import { describeCertificate, nodeIdsIn, readCertificates } from "../../../core/certificates/index.js";
import { Cluster, type ClusterOptions } from "../../../core/devnet/cluster.js";
import { DevnetControl } from "../../../core/devnet/control/client.js";
import { ControlServer } from "../../../core/devnet/control/server.js";
import { readDescription } from "../../../core/devnet/description.js";
import { devAddress, parseDevReference } from "../../../core/devnet/dev-accounts.js";
import { validatorsOf } from "../../../core/devnet/gasper.js";
import { planAgain, planElsewhere, planJoin, planNew } from "../../../core/devnet/plan.js";
import { freePorts } from "../../../core/devnet/ports.js";
import { devValidator } from "../../../core/node/dev-validators.js";
import { toHex } from "../../../core/primitives/bytes.js";
import { SystemEntropy } from "../../../core/runtime/index.js";
import { GasperConfig, GasperSpec } from "../../../plugins/consensus-gasper/config.js";

const entropy = new SystemEntropy();

async function directoryOf(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "chainwright-devnet-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "net");
}

async function make(t: Test, options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.create(options);
  t.teardown(() => cluster.stop());
  return cluster;
}

t.test("a plan", async (t) => {
  const plan = await planNew({}, 5, entropy);
  t.match(plan, { version: 1, consensus: "nakamoto", topology: "mesh", blockIntervalMs: 2_000, genesisNodes: 3, genesisTimeMs: 5 });
  const ports = [...plan.nodes.flatMap(({ apiPort, transportPort }) => [apiPort, transportPort]), ...plan.links.map(({ port }) => port)];
  t.equal(new Set(ports).size, 9, "nine ports, none twice");
  const based = await planNew({ nodes: 2, basePort: 9_000, mining: [2] }, 5, entropy);
  t.same(based.nodes, [
    { number: 1, apiPort: 9_000, transportPort: 9_100, mine: false },
    { number: 2, apiPort: 9_001, transportPort: 9_101, mine: true },
  ]);
  t.same(based.links, [{ from: 2, to: 1, port: 9_200 }]);
  const joined = await planJoin(based, false, entropy);
  t.same(joined.nodes[2], { number: 3, apiPort: 9_002, transportPort: 9_102, mine: false });
  t.same(joined.links, [
    { from: 2, to: 1, port: 9_200 },
    { from: 3, to: 1, port: 9_201 },
    { from: 3, to: 2, port: 9_202 },
  ]);
  for (const [options, code] of [
    [{ nodes: 0 }, "DEVNET_OPTION_INVALID"],
    [{ consensus: "dice" }, "DEVNET_UNKNOWN_CONSENSUS"],
    [{ consensus: "toString" }, "DEVNET_UNKNOWN_CONSENSUS"],
    [{ chainId: "No" }, "DEVNET_OPTION_INVALID"],
    [{ blockIntervalMs: 10 }, "DEVNET_OPTION_INVALID"],
    [{ latencyMs: -1 }, "DEVNET_OPTION_INVALID"],
    [{ mining: [4] }, "DEVNET_OPTION_INVALID"],
    [{ basePort: 65_000 }, "DEVNET_OPTION_INVALID"],
    [{ validators: 4 }, "DEVNET_OPTION_INVALID"],
    [{ consensus: "gasper", validators: 0 }, "DEVNET_OPTION_INVALID"],
    [{ consensus: "gasper", validators: 4_097 }, "DEVNET_OPTION_INVALID"],
    [{ consensus: "gasper", blockIntervalMs: 600_001 }, "DEVNET_OPTION_INVALID"],
    [{ nodes: 4, topology: [[1, 2]] }, "DEVNET_TOPOLOGY_INVALID"],
  ] as const)
    await t.rejects(planNew(options, 5, entropy), { code }, JSON.stringify(options));
});

t.test("a plan for what is there", async (t) => {
  const there = await planNew({ nodes: 3, topology: "ring", mining: [1, 2] }, 5, entropy);
  t.same(await planAgain(there, {}, "d", entropy), there, "nothing asked for, nothing changed");
  const more = await planAgain(there, { nodes: 5 }, "d", entropy);
  t.same(more.nodes.slice(0, 3), there.nodes, "nodes keep their ports");
  t.same(more.links.slice(0, 3), there.links, "and so do links");
  t.same(
    more.nodes.map(({ mine }) => mine),
    [true, true, false, true, true],
  );
  t.equal(more.genesisNodes, 3);
  const star = await planAgain(there, { topology: "star" }, "d", entropy);
  t.same(
    star.links,
    there.links.filter(({ to }) => to === 1),
    "links that are in both keep their ports",
  );
  const moved = await planAgain(there, { basePort: 9_000 }, "d", entropy);
  t.same(
    moved.nodes.map(({ apiPort }) => apiPort),
    [9_000, 9_001, 9_002],
  );
  t.same(
    moved.nodes.map(({ mine }) => mine),
    [true, true, false],
  );
  for (const shape of [{ nodes: 2 }, { chainId: "other" }, { blockIntervalMs: 5_000 }])
    await t.rejects(planAgain(there, shape, "d", entropy), { code: "DEVNET_OTHER_SHAPE" }, JSON.stringify(shape));
});

t.test("a plan with validators", async (t) => {
  const usual = await planNew({ consensus: "gasper" }, 5, entropy);
  t.match(
    usual,
    { version: 2, consensus: "gasper", validators: 64, blockIntervalMs: 1_000 },
    "an older program can't read it, and is told so",
  );
  const there = await planNew({ consensus: "gasper", validators: 7, blockIntervalMs: 250, nodes: 2 }, 5, entropy);
  t.match(there, { validators: 7, blockIntervalMs: 250 });
  t.same(await planAgain(there, { validators: 7 }, "d", entropy), there);
  const differs = { code: "DEVNET_OTHER_SHAPE", message: /has validators: 7, not 8/ };
  await t.rejects(planAgain(there, { validators: 8 }, "d", entropy), differs);
  t.equal((await planAgain(there, { nodes: 5 }, "d", entropy)).validators, 7, "more nodes, as many validators");
  const work = await planNew({}, 5, entropy);
  await t.rejects(planAgain(work, { validators: 64 }, "d", entropy), { code: "DEVNET_OPTION_INVALID", message: /nakamoto has none/ });
  await t.rejects(planAgain(work, { consensus: "gasper", validators: 64 }, "d", entropy), { code: "DEVNET_OTHER_SHAPE" });
});

t.test("files", async (t) => {
  const directory = await directoryOf(t);
  const cluster = await make(t, { directory, nodes: 2 });
  for (const file of ["devnet.json", "ca/ca-key.pem", "node-1/data/node.key", "node-2/data/tls/key.pem"])
    t.equal((await stat(join(directory, file))).mode & 0o777, 0o600, `${file} is for its owner only`);
  t.equal((await stat(directory)).mode & 0o777, 0o700);
  const spec = parse(await readFile(join(directory, "chain.yaml"), "utf8"));
  t.match(spec, { chainId: "chainwright-devnet", consensus: { plugin: "consensus-nakamoto", parameters: { blockIntervalMs: 2_000 } } });
  const funded = spec.ledger.parameters.allocations.map(({ address }: { address: string }) => address);
  for (const name of ["alice", "dave", "node-1", "node-64"]) t.ok(funded.includes(devAddress(name)), `${name} has funds`);
  t.ok(parseDevReference("dev:node-64"));
  for (const text of ["dev:mallory", "dev:node-0", "dev:node-"])
    t.throws(() => parseDevReference(text), { code: "DEVNET_NO_SUCH_ACCOUNT" }, text);
  const config = parse(await readFile(join(directory, "node-2/node.yaml"), "utf8"));
  const [link] = cluster.description.links;
  t.same(config.node.network.persistent, [`tcp://127.0.0.1:${link?.port}`], "node 2 dials the link");
  t.equal(config.plugins["consensus-nakamoto"].address, devAddress("node-2"));
  const [certificate] = readCertificates(await readFile(join(directory, "node-2/data/tls/certificate.pem"), "utf8"), "certificate.pem");
  if (certificate === undefined) throw new Error("there is a certificate");
  t.equal(nodeIdsIn(certificate.subjectAltName).length, 1, "the certificate names the node");
  t.ok(describeCertificate(certificate));

  await t.rejects(Cluster.create({ directory }), { code: "DEVNET_ALREADY_RUNNING" }, "one cluster at a time");
  const before = await readFile(join(directory, "devnet.json"), "utf8");
  await cluster.stop();
  await rm(join(directory, "node-1/node.yaml"));
  await rm(join(directory, "chain.yaml"));
  const again = await make(t, { directory });
  t.equal(await readFile(join(directory, "devnet.json"), "utf8"), before, "the same devnet");
  t.same(parse(await readFile(join(directory, "chain.yaml"), "utf8")), spec, "what was missing is there again, and is the same");
  t.ok(existsSync(join(directory, "node-1/node.yaml")));
  await again.stop();

  await t.rejects(Cluster.create({ directory, nodes: 1 }), { code: "DEVNET_OTHER_SHAPE" });
  const fresh = await make(t, { directory, fresh: true, nodes: 1 });
  t.equal((await readDescription(directory))?.nodes.length, 1);
  t.notOk(existsSync(join(directory, "node-2")));
  await fresh.stop();
  await writeFile(join(directory, "devnet.json"), before.replace('"version": 1', '"version": 3'));
  await t.rejects(Cluster.create({ directory }), { code: "DEVNET_DESCRIPTION_NEWER" });
  await writeFile(join(directory, "devnet.json"), before.slice(0, 100));
  await t.rejects(Cluster.create({ directory }), { code: "DEVNET_DESCRIPTION_DAMAGED" });
  await writeFile(join(directory, "thesis.doc"), "");
  for (const fresh of [true, false]) await t.rejects(Cluster.create({ directory, fresh }), { code: "DEVNET_NOT_A_DEVNET" });
  t.ok(existsSync(join(directory, "thesis.doc")), "what is somebody else's stays");
});

t.test("files with validators", async (t) => {
  const directory = await directoryOf(t);
  const cluster = await make(t, { directory, nodes: 3, consensus: "gasper", validators: 8, mining: [1, 2] });
  const { consensus, ledger } = parse(await readFile(join(directory, "chain.yaml"), "utf8"));
  t.match(consensus, { plugin: "consensus-gasper", parameters: { slotMs: 1_000, slotsPerEpoch: 4 } });
  t.match(ledger.parameters, { issuance: { initialPerBlock: 0 }, modules: [{ name: "validators", namespace: 2 }] });
  const parameters = Value.Default(GasperSpec, consensus.parameters) as GasperSpec;
  t.same([...Value.Errors(GasperSpec, parameters)], [], "the engine takes them");
  t.equal(parameters.validators.length, 8);
  t.same(
    parameters.validators.map(({ account }) => account),
    [1, 1, 2, 2, 2, 3, 3, 3].map((node) => devAddress(`node-${node}`)),
    "each has the account of its node",
  );
  const second = devValidator(2);
  t.equal(parameters.validators[1]?.publicKey, toHex(second.publicKey));
  t.equal(parameters.validators[1]?.proofOfPossession, toHex(second.proofOfPossession));
  const configOf = async (node: number) => parse(await readFile(join(directory, `node-${node}/node.yaml`), "utf8"));
  for (const [node, reference, propose] of [
    [1, "dev:validators/1-2", true],
    [2, "dev:validators/3-5", true],
    [3, "dev:validators/6-8", false],
  ] as const) {
    const config = await configOf(node);
    t.same(config.keys, { unlock: [reference] }, `keys of node ${node}`);
    t.same(config.plugins["consensus-gasper"], { validators: [reference], propose, oldCheckpoint: "accept" });
    t.ok(Value.Check(GasperConfig, Value.Default(GasperConfig, config.plugins["consensus-gasper"])), "the engine takes it");
  }
  await cluster.stop();

  const more = await make(t, { directory, nodes: 4 });
  t.same((await configOf(3)).keys, { unlock: ["dev:validators/6-8"] }, "validators stay where they are");
  const joined = await configOf(4);
  t.equal(joined.keys, undefined, "who joins runs none");
  t.same(joined.plugins["consensus-gasper"].validators, []);
  t.equal((await readDescription(directory))?.validators, 8);
  await more.stop();
  const description = await readFile(join(directory, "devnet.json"), "utf8");
  await writeFile(join(directory, "devnet.json"), description.replace('"validators": 8', '"validators": 5000'));
  await t.rejects(Cluster.create({ directory }), { code: "DEVNET_DESCRIPTION_DAMAGED" });
});

t.test("validators are spread over the nodes of genesis, each once", async (t) => {
  const property = fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 4_096 }), (nodes, validators) => {
    let next = 1;
    const counts: number[] = [];
    for (let node = 1; node <= nodes; node++) {
      const range = validatorsOf(node, nodes, validators);
      counts.push(range === undefined ? 0 : range.to - range.from + 1);
      if (range === undefined) continue;
      if (range.from !== next || range.to < range.from) return false;
      next = range.to + 1;
    }
    return (
      next === validators + 1 && Math.max(...counts) - Math.min(...counts) <= 1 && validatorsOf(nodes + 1, nodes, validators) === undefined
    );
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

t.test("ports that somebody else has taken meanwhile", async (t) => {
  const take = async (port: number | undefined): Promise<void> => {
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    t.teardown(() => other.close());
  };
  const there = await planNew({ nodes: 3 }, 5, entropy);
  const all = { nodes: [1, 2, 3], links: there.links };
  t.equal(await planElsewhere(there, all, entropy), there, "all are free");
  const [first, second] = there.nodes;
  const [link] = there.links;
  for (const port of [first?.apiPort, second?.transportPort, link?.port]) await take(port);
  t.equal(await planElsewhere(there, { nodes: [3], links: [] }, entropy), there, "those that are open are nobody else's");
  const moved = await planElsewhere(there, all, entropy);
  t.not(moved.nodes[0]?.apiPort, first?.apiPort);
  t.equal(moved.nodes[0]?.transportPort, first?.transportPort, "only those that are taken are other ones");
  t.not(moved.nodes[1]?.transportPort, second?.transportPort);
  t.same(moved.nodes[2], there.nodes[2]);
  t.not(moved.links[0]?.port, link?.port);
  t.same(moved.links.slice(1), there.links.slice(1));
  t.equal(await planElsewhere(moved, all, entropy), moved, "all are free again");

  const directory = await directoryOf(t);
  const basePort = await freePorts(entropy, []).api(1);
  await take(basePort);
  const cluster = await make(t, { directory, nodes: 1, basePort });
  await t.rejects(cluster.start(), { code: "DEVNET_PORT_TAKEN", message: new RegExp(`port ${basePort}, for the API of node 1`) });
  t.equal(cluster.node(1).state, "stopped", "nothing was started");
  const again = await make(t, { directory });
  t.same(again.description.nodes, cluster.description.nodes, "the directory is free, and its ports are the same");
});

t.test("control", async (t) => {
  const directory = await directoryOf(t);
  await t.rejects(DevnetControl.open(directory), { code: "DEVNET_NOT_RUNNING", message: /chainwright devnet --dir/ });
  const cluster = await make(t, { directory, nodes: 1 });
  const server = new ControlServer(cluster, entropy);
  await server.start();
  t.teardown(() => server.stop());
  t.equal((await stat(join(directory, "control.json"))).mode & 0o777, 0o600);
  const control = await DevnetControl.open(directory);
  t.match(await control.run("status", {}), { agreed: false, nodes: [{ node: 1, state: "stopped" }] });
  await t.rejects(control.run("kill", { node: 2 }), { code: "DEVNET_NO_SUCH_NODE", kind: "missing" });
  await t.rejects(control.run("kill", { node: 1 }), { code: "DEVNET_NODE_STATE", kind: "conflict" });
  await t.rejects(control.run("partition", { groups: [[1], [2]] }), { code: "DEVNET_NOT_STARTED" });
  await t.rejects(control.run("wait-sync", { timeoutMs: 1 }), { code: "DEVNET_NOT_SYNCED", message: /none runs/ });
  await t.rejects(control.run("kill", { node: 0 }), { code: "DEVNET_CONTROL_REFUSED" });

  const { url, token } = JSON.parse(await readFile(join(directory, "control.json"), "utf8"));
  const raw = async (path: string, init: RequestInit & { authorization?: string }) => {
    const { authorization = `Bearer ${token}`, ...rest } = init;
    const response = await fetch(`${url}${path}`, { method: "POST", headers: { authorization }, ...rest });
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
  };
  t.same(await raw("/status", { authorization: "" }), [401, "DEVNET_CONTROL_DENIED"]);
  t.same(await raw("/status", { authorization: `Bearer ${"0".repeat(64)}` }), [401, "DEVNET_CONTROL_DENIED"]);
  t.same(await raw("/reboot", { body: "{}" }), [400, "DEVNET_CONTROL_REFUSED"]);
  t.same(await raw("/constructor", { body: "{}" }), [400, "DEVNET_CONTROL_REFUSED"]);
  t.same(await raw("/status", { body: "{" }), [400, "DEVNET_CONTROL_REFUSED"]);
  t.same(await raw("/status", { body: '{"x":1}' }), [400, "DEVNET_CONTROL_REFUSED"]);
  t.same(await raw("/status", { body: " ".repeat(70_000) }), [400, "DEVNET_CONTROL_REFUSED"]);

  await server.stop();
  await t.rejects(control.run("status", {}), { code: "DEVNET_NOT_RUNNING" }, "a supervisor that is gone");
  await t.rejects(DevnetControl.open(directory), { code: "DEVNET_NOT_RUNNING" });
});
