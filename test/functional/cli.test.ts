/** The command line as people use it: a chain of one's own, keys, transfers, proofs, blocks on demand. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { getJson, NodeProcess, run } from "./node-process.js";

const SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

t.test("dev: a transfer from a funded account to a key of one's own and back", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const environment = { CHAINWRIGHT_PASSPHRASE: "correct horse", CHAINWRIGHT_KEYS: join(directory, "keys") };
  const node = new NodeProcess(["dev", "--data-dir", join(directory, "dev"), "--port", "0", "--mine", "instant"]);
  t.teardown(() => node.kill("SIGKILL"));
  const api = ["--api", await node.api()];

  t.equal((await run(["keys", "import", "savings", "--file", "-missing"], { environment })).code, 2);
  const imported = await run(["keys", "import", "savings", "--json"], { environment, input: `${SECRET}\n` });
  t.equal(imported.code, 0, imported.stderr);
  const { address } = JSON.parse(imported.stdout) as { address: string };

  const sent = await run(
    ["tx", "transfer", "--from", "dev:alice", "--to", "savings", "--amount", "100000", "--memo", "hello", "--json", ...api],
    { environment },
  );
  t.equal(sent.code, 0, sent.stderr);
  t.match(JSON.parse(sent.stdout), { to: address, amount: "100000", nonce: 0, block: { height: 1 }, receipt: { ok: true } });
  const back = await run(["tx", "transfer", "--from", "savings", "--to", "dev:bob", "--amount", "5", "--fee", "1000", ...api], {
    environment,
  });
  t.equal(back.code, 0, back.stderr);
  t.match(back.stdout, /in block 2/);

  const account = await run(["account", "savings", ...api], { environment });
  t.match(account.stdout, /balance\s+98995/);
  const proof = JSON.parse((await run(["account", address, "--proof", ...api])).stdout);
  t.match(proof, { account: { balance: "98995", nonce: 1 }, proof: { root: /^[0-9a-f]{64}$/, keys: Array, proof: /^0102/ } });
  const shown = await run(["tx", "show", (JSON.parse(sent.stdout) as { id: string }).id, ...api]);
  t.match(shown.stdout, /included[\s\S]*in block 1[\s\S]*hello/);

  const mined = await run(["dev", "mine", "3", "--data-dir", join(directory, "dev"), "--json", ...api]);
  t.equal((JSON.parse(mined.stdout) as { hashes: string[] }).hashes.length, 3, mined.stderr);
  t.match(JSON.parse((await run(["status", "--json", ...api])).stdout), { height: 5, chainId: "chainwright-dev" });

  for (const [what, args, code, message] of [
    ["too much", ["--amount", "5000000"], 4, /LEDGER_INSUFFICIENT_BALANCE/],
    ["a fee below the floor", ["--amount", "1", "--fee", "1"], 2, /LEDGER_FEE_TOO_LOW/],
    ["a stale nonce", ["--amount", "1", "--nonce", "0"], 4, /LEDGER_STALE_NONCE/],
    ["a far nonce", ["--amount", "1", "--nonce", "100000"], 4, /LEDGER_FAR_NONCE/],
    ["over", ["--amount", "1", "--valid-until", "1"], 4, /LEDGER_EXPIRED/],
    ["no amount", ["--amount", "1.5"], 2, /--amount 1\.5/],
  ] as const) {
    const result = await run(["tx", "transfer", "--from", "savings", "--to", "dev:bob", ...args, ...api], { environment });
    t.match(result.stderr, message, `${what}: ${result.stderr}`);
    t.ok(result.code === code || (result.code ?? 0) > 1, `${what}: exit code ${result.code}`);
  }
  const wrong = await run(["tx", "transfer", "--from", "savings", "--to", "dev:bob", "--amount", "1", ...api], {
    environment: { ...environment, CHAINWRIGHT_PASSPHRASE: "wrong" },
  });
  t.equal(wrong.code, 6, wrong.stderr);
  t.equal(await node.kill("SIGINT"), 0);
});

t.test("init and start: a chain of one's own from files", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const made = await run(["init", "mine", "--chain-id", "my-chain"], { cwd: directory });
  t.equal(made.code, 0, made.stderr);
  t.equal((await run(["init", "mine"], { cwd: directory })).code, 4, "nothing is overwritten");
  const config = join(directory, "mine", "node.yaml");
  t.match((await run(["config", "check", "--config", config])).stdout, /my-chain/);
  const explained = await run(["explain", "--config", config, "--set", "plugins.api-http.port=0", "--json"]);
  t.match(explained.stdout, /--set/);
  const node = new NodeProcess(["start", "--config", config, "--set", "plugins.api-http.port=0"]);
  t.teardown(() => node.kill("SIGKILL"));
  await node.block(2);
  t.match(await getJson(`${await node.api()}/v1/status`), { chainId: "my-chain" });
  t.equal(await node.kill("SIGTERM"), 0);
});

t.test("init --consensus gasper and start: a chain of validators from files", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const made = await run(["init", "staked", "--consensus", "gasper", "--chain-id", "staked"], { cwd: directory });
  t.equal(made.code, 0, made.stderr);
  t.match(made.stderr, /the validators in staked\/chain\.yaml have public keys/);
  const config = join(directory, "staked", "node.yaml");
  const checked = await run(["config", "check", "--config", config]);
  t.match(checked.stdout, /is right: chain staked, .*consensus-gasper/, checked.stderr);
  const node = new NodeProcess(["start", "--config", config, "--set", "plugins.api-http.port=0"]);
  t.teardown(() => node.kill("SIGKILL"));
  await node.block(2);
  const { validators } = (await getJson(`${await node.api()}/v1/gasper/validators?limit=100`)) as { validators: { status: string }[] };
  t.same(new Set(validators.map(({ status }) => status)), new Set(["active_ongoing"]));
  t.equal(validators.length, 16);
  t.equal(await node.kill("SIGTERM"), 0);

  // A directory where no node ran yet may be told what its keys have signed elsewhere; the node starts there after that.
  const exported = await run(["validator", "protection", "export", "--config", config]);
  t.equal(exported.code, 0, exported.stderr);
  await writeFile(join(directory, "protection.json"), exported.stdout);
  await rm(join(directory, "staked", "data"), { recursive: true });
  const told = await run(["validator", "protection", "import", "--config", config, "--file", join(directory, "protection.json")]);
  t.equal(told.code, 0, told.stderr);
  const moved = new NodeProcess(["start", "--config", config, "--set", "plugins.api-http.port=0"]);
  t.teardown(() => moved.kill("SIGKILL"));
  await moved.api();
  t.equal(await moved.kill("SIGTERM"), 0, moved.stderr);

  // Another one's proof of possession: the rogue key attack begins so.
  const chainFile = join(directory, "staked", "chain.yaml");
  const chain = await readFile(chainFile, "utf8");
  const [first, second] = [...chain.matchAll(/proofOfPossession: "?([0-9a-f]{192})/g)].map(([, proof]) => proof ?? "");
  if (first === undefined || second === undefined) throw new Error("a chain spec has proofs");
  await writeFile(chainFile, chain.replace(second, first));
  // Another chain spec is another chain: what the node made of the right one has to go.
  await rm(join(directory, "staked", "data"), { recursive: true });
  const rogue = await run(["start", "--config", config, "--set", "plugins.api-http.port=0"]);
  t.equal(rogue.code, 2, rogue.stderr);
  t.match(rogue.stderr, /consensus\.parameters\.validators\.1\.proofOfPossession: .*GASPER_GENESIS_POSSESSION/s);

  t.match((await run(["init", "other", "--consensus", "votes"], { cwd: directory })).stderr, /Allowed choices are nakamoto, gasper/);
});

t.test("configs in YAML, TOML and JSON mean the same", { timeout: 60_000 }, async (t) => {
  const directory = t.testdir();
  await run(["init", "a"], { cwd: directory });
  await mkdir(join(directory, "b"));
  await writeFile(join(directory, "b", "chain.yaml"), await readFile(join(directory, "a", "chain.yaml")));
  await writeFile(
    join(directory, "b", "node.toml"),
    'chain = "chain.yaml"\n[plugins.storage-memory]\n[plugins.ledger-account]\n[plugins.consensus-nakamoto]\n',
  );
  await writeFile(
    join(directory, "b", "node.json"),
    JSON.stringify({ chain: "chain.yaml", plugins: { "storage-memory": {}, "ledger-account": {}, "consensus-nakamoto": {} } }),
  );
  for (const file of ["node.toml", "node.json"]) {
    const result = await run(["config", "check", "--config", join(directory, "b", file)]);
    t.equal(result.code, 0, `${file}: ${result.stderr}`);
  }
});

t.test("nothing is written, sent or removed before the arguments are judged", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const environment = { CHAINWRIGHT_PASSPHRASE: "correct horse", CHAINWRIGHT_KEYS: join(directory, "keys") };
  const dev = ["dev", "--data-dir", join(directory, "dev"), "--port", "0"];
  const node = new NodeProcess([...dev, "--mine", "instant"]);
  t.teardown(() => node.kill("SIGKILL"));
  const api = await node.api();

  const fresh = await run([...dev, "--fresh"]);
  t.equal(fresh.code, 4, "a running node keeps its data");
  t.match(fresh.stderr, /DATA_DIRECTORY_LOCKED/);
  const transfer = ["tx", "transfer", "--from", "dev:alice", "--amount", "1", "--api", api];
  const wait = await run([...transfer, "--to", "dev:bob", "--wait", "x"]);
  t.equal(wait.code, 2);
  const nobody = await run([...transfer, "--to", "dev:bobb"]);
  t.equal(nobody.code, 2);
  t.match(nobody.stderr, /dev:bob, dev:carol/);
  t.match(await getJson(`${api}/v1/status`), { height: 0, mempool: { count: 0 } }, "nothing was sent");
  t.equal(await node.kill("SIGTERM"), 0);

  t.equal((await run(["keys", "new", "k", "--prefix", ""], { environment })).code, 2);
  t.equal((await run(["keys", "new", "k"], { environment: { ...environment, CHAINWRIGHT_PASSPHRASE: "" } })).code, 2);
  t.match((await run(["keys", "list"], { environment })).stdout, /no keys/, "no key was written");

  await rm(join(directory, "dev", "chain.yaml"));
  const lost = await run(dev);
  t.equal(lost.code, 3, "another genesis is not put in its place");
  t.match(lost.stderr, /CLI_DEV_SPEC_MISSING/);
  await run(["init", "own"], { cwd: directory });
  const own = await run(["dev", "--data-dir", join(directory, "own"), "--fresh"]);
  t.match(own.stderr, /CLI_NOT_A_DEV_DIRECTORY/, "what init made is not removed");

  const set = "plugins.consensus-nakamoto.address=cw1nonsense";
  const check = await run(["config", "check", "--config", join(directory, "own", "node.yaml"), "--set", set]);
  t.match(check.stderr, /NAKAMOTO_ADDRESS/, "what only a constructor can judge is judged, too");
  const misspelt = await run(["start", "--cofig", "x"]);
  t.match(misspelt.stderr, /--cofig: did you mean --config\?/);
});
