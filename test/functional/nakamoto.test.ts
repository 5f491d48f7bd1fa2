/**
 * Proof of work on real nodes in one process: miners outside over HTTP, the node's own miner by command, reorgs as their subscribers
 * see them, and a split deeper than the reorg limit with the operator's way out.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { exitCodeOf } from "../../core/cli/exit-codes.js";
import { Output } from "../../core/cli/output.js";
import { buildProgram } from "../../core/cli/program.js";
import { devAccount } from "../../core/devnet/dev-accounts.js";
import { createNode, type Node } from "../../core/node/create-node.js";
import { API_ADDRESS, type ApiAddress, CHAIN_VIEW, type ChainView, NODE_CONTROL, type NodeControl } from "../../core/ports/index.js";
import { buildTransfer } from "../../core/primitives/account-transaction.js";
import { Address } from "../../core/primitives/address.js";
import { decodeHeader } from "../../core/primitives/block-codec.js";
import { fromHex, toHex } from "../../core/primitives/bytes.js";
import { Hash } from "../../core/primitives/hash.js";
import { patient } from "../fixtures/pace.js";

process.setMaxListeners(0);
const directory = await mkdtemp(join(tmpdir(), "chainwright-nakamoto-"));
t.teardown(() => rm(directory, { recursive: true, force: true }));
const MAX_REORG_DEPTH = 5;
const addressOf = (name: string): string => Address.format(devAccount(name).address, "cw");

await writeFile(
  join(directory, "chain.json"),
  JSON.stringify({
    chainId: "nakamoto-1",
    addressPrefix: "cw",
    genesisTimeMs: Date.now() - 60_000,
    consensus: {
      plugin: "consensus-nakamoto",
      parameters: {
        blockIntervalMs: 1_000,
        difficulty: { algorithm: "window", windowBlocks: 4_000 },
        initialTargetBits: "207fffff",
        powLimitBits: "207fffff",
        maxReorgDepth: MAX_REORG_DEPTH,
        confirmations: 2,
      },
    },
    ledger: {
      plugin: "ledger-account",
      parameters: { allocations: [{ address: addressOf("alice"), amount: "1000000000" }], issuance: { initialPerBlock: 50 } },
    },
  }),
);

const configOf = (name: string): string => join(directory, `${name}.json`);
const dataOf = (name: string): string => join(directory, name);

/** A running node, its API and what it logged. */
class RunningNode {
  private constructor(
    readonly node: Node,
    readonly url: string,
    readonly token: string,
    readonly log: string[],
  ) {}

  static async start(name: string, miner: string, bootstrap: readonly string[] = []): Promise<RunningNode> {
    await writeFile(
      configOf(name),
      JSON.stringify({
        chain: "chain.json",
        dataDir: name,
        log: { level: "warn" },
        node: { network: { bootstrap, requestTimeoutMs: 2_000 } },
        plugins: {
          "storage-level": {},
          "ledger-account": {},
          "consensus-nakamoto": { address: addressOf(miner), minBlockIntervalMs: 30, threads: 1 },
          "transport-memory": { hub: directory, name },
          "api-http": { port: 0, docs: false },
        },
      }),
    );
    const log: string[] = [];
    const node = await createNode({ file: configOf(name), logStream: { write: (line) => void log.push(line) } });
    await node.start();
    const token = (await readFile(join(dataOf(name), "admin.token"), "utf8")).trim();
    return new RunningNode(node, node.get<ApiAddress>(API_ADDRESS).url, token, log);
  }

  async call(
    path: string,
    body?: object,
    token: string | undefined = this.token,
  ): Promise<{ readonly status: number; readonly json: Answer }> {
    const response = await fetch(`${this.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Answer };
  }

  async get(path: string): Promise<Answer> {
    const { status, json } = await this.call(path);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  }

  get chain(): ChainView {
    return this.node.get<ChainView>(CHAIN_VIEW);
  }

  get height(): number {
    return this.chain.status().head.header.height;
  }

  get head(): string {
    return Hash.key(this.chain.status().head.id);
  }

  produce(count: number): Promise<readonly Hash[]> {
    return this.node.get<NodeControl>(NODE_CONTROL).produceBlocks(count);
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const endMs = performance.now() + patient(10_000);
    while (!(await holds())) {
      if (performance.now() > endMs) throw new Error(`${what}: not in time; height ${this.height}; ${this.log.join("")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

// Tests look into answers of many shapes; each look is an assertion by itself.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Answer = any;

/** What a miner needs to know, and no more: the rule of the proof from the plugin's README, over node:crypto. */
function proofOf(signingRoot: string, seal: Uint8Array): string {
  const once = createHash("sha256")
    .update(fromHex(signingRoot) ?? "")
    .update(seal)
    .digest();
  return createHash("sha256").update(once).digest("hex");
}

/** Seals that meet the target, or that do not. */
function mine({ signingRoot, target, sealBytes }: Answer, isGood = true): string {
  for (;;) {
    const seal = randomBytes(sealBytes);
    if (proofOf(signingRoot, seal) <= target === isGood) return seal.toString("hex");
  }
}

/** Runs a command in this process. */
async function command(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const output = new Output(stream, stream, {});
  try {
    return { code: await buildProgram({ output, environment: {} }).run(args), text };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), text };
  }
}

const running = new Set<RunningNode>();
t.teardown(() => Promise.all([...running].map(({ node }) => node.stop())));
async function start(...args: Parameters<typeof RunningNode.start>): Promise<RunningNode> {
  const node = await RunningNode.start(...args);
  running.add(node);
  return node;
}
async function stop(node: RunningNode): Promise<void> {
  running.delete(node);
  await node.node.stop();
}

let a = await start("a", "alice");

t.test("a miner outside: templates, seals, and every way in which they are refused", async (t) => {
  const anonymous = await fetch(`${a.url}/v1/mining/templates`, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  t.match([anonymous.status, await anonymous.json()], [401, { code: "API_TOKEN_MISSING" }]);

  const template = (await a.call("/v1/mining/templates", { address: addressOf("carol") })).json;
  t.match(template, {
    height: 1,
    parent: toHex(a.chain.status().genesisId),
    sealBytes: 8,
    proposer: addressOf("carol"),
    transactionCount: 0,
  });
  t.same((await a.call("/v1/mining/templates", { address: addressOf("carol") })).json, template, "asked again soon: the same");
  t.not((await a.call("/v1/mining/templates", {})).json.id, template.id, "another address: another one");
  const { header, signingRoot } = decodeHeader(fromHex(template.header) ?? new Uint8Array());
  t.same([toHex(signingRoot), header.height], [template.signingRoot, 1], "its bytes say what the seal is for");

  const refused = async (body: object, status: number, code: string): Promise<void> => {
    t.match(await a.call("/v1/mining/blocks", body), { status, json: { code } }, code);
  };
  await refused({ template: "ab".repeat(32), seal: "00".repeat(8) }, 404, "WORK_TEMPLATE_UNKNOWN");
  await refused({ template: template.id, seal: "no hex" }, 400, "API_PARAMETERS_INVALID");
  await refused({ template: template.id, seal: "00".repeat(7) }, 422, "WORK_SEAL_LENGTH");
  await refused({ template: template.id, seal: mine(template, false) }, 422, "WORK_ABOVE_TARGET");
  await refused({ template: "short", seal: "00".repeat(8) }, 400, "API_PARAMETERS_INVALID");
  t.match(await a.call("/v1/mining/templates", { address: "cw1nonsense" }), { status: 400, json: { code: "VALUE_INVALID" } });
  t.equal(a.height, 0, "nothing of that was a block");
  t.match(await a.get("/v1/mining"), { wanted: false, mining: false, threads: 1, hashesPerSecond: 0, templates: 2, height: 1 });

  const seal = mine(template);
  const stale = a.get(`/v1/mining/templates/${template.id}?waitMs=20000`);
  t.match(await a.get(`/v1/mining/templates/${template.id}`), { state: "current", reason: null });
  t.match(await a.call("/v1/mining/blocks", { template: template.id, seal }), { status: 200, json: { height: 1, canonical: true } });
  t.match(await stale, { id: template.id, state: "stale", reason: "head" }, "who waits is told at once");
  await refused({ template: template.id, seal }, 409, "WORK_TEMPLATE_STALE");
  for (const height of [2, 3]) {
    const { json } = await a.call("/v1/mining/templates", { address: addressOf("carol") });
    t.match(await a.call("/v1/mining/blocks", { template: json.id, seal: mine(json) }), { status: 200, json: { height, canonical: true } });
  }
  t.match((await a.get(`/v1/accounts/${addressOf("carol")}`)).account, { balance: "150" }, "and it was rewarded");
  t.match(
    (await a.get("/v1/blocks")).blocks.map(({ height, confirmations, confirmed, finalized }: Answer) => [
      height,
      confirmations,
      confirmed,
      finalized,
    ]),
    [
      [3, 1, false, false],
      [2, 2, true, false],
      [1, 3, true, false],
      [0, 4, true, true],
    ],
  );
});

t.test("the node's own miner, by command", async (t) => {
  const on = ["--data-dir", dataOf("a")];
  t.match(await command("miner", "status", ...on), { code: 0, text: /mining +no\nthreads +1\nhash rate +0 H\/s/ });
  const { height } = a;
  t.match(JSON.parse((await command("miner", "start", "--threads", "2", ...on, "--json")).text), {
    wanted: true,
    mining: true,
    threads: 2,
  });
  await a.until("it mines", async () => a.height > height + 1 && (await a.get("/v1/mining")).hashesPerSecond > 0);
  t.match((await a.get("/v1/status")).engine.status.production, { mining: true, source: { kind: "threads", threads: 2 } });
  t.match(await command("miner", "threads", "1", ...on), { code: 0, text: /threads +1\nhash rate +[\d.]+ k?H\/s/ });
  const before = a.height;
  await a.until("it goes on with one", () => a.height > before);
  t.match(await command("miner", "stop", ...on), { code: 0, text: /mining +no/ });
  const stopped = a.height;
  await new Promise((resolve) => setTimeout(resolve, 80));
  t.equal(a.height, stopped);
  t.match(await command("miner", "threads", "65", ...on), { code: 2, text: /from 1 to 64/ });
  t.match(await a.call("/v1/admin/mining", {}), { status: 400, json: { code: "API_PARAMETERS_INVALID" } });
  t.match(await a.call("/v1/admin/mining", { running: true }, "wrong".repeat(8)), { status: 401 });
});

let b = await start("b", "bob", ["memory://a"]);

t.test("a reorg, as subscribers see it", async (t) => {
  await b.until("b has what a has", () => b.head === a.head);
  const { height } = a;
  await stop(b);
  const raw = buildTransfer({
    chainId: "nakamoto-1",
    from: devAccount("alice").secretKey,
    to: devAccount("dave").address,
    amount: 7n,
    nonce: 0,
    fee: 10_000n,
  });
  const { id } = (await a.call("/v1/transactions", { raw: toHex(raw) })).json;
  const left = (await a.produce(2)).map(toHex);
  t.match(await a.get(`/v1/transactions/${id}`), { status: "included", confirmations: 2, confirmed: true, finalized: false });
  const { latestEvent } = await a.get("/v1/status");
  const waiting = a.get(`/v1/reorgs?after=${latestEvent}&waitMs=20000`);

  b = await start("b", "bob");
  const taken = (await b.produce(3)).map(toHex);
  await a.call("/v1/admin/peers", { address: "memory://b" });
  const { reorgs, next, latest } = await waiting;
  t.equal(reorgs.length, 1);
  const fork = toHex((await a.chain.idAt(height)) ?? Hash.zero);
  t.match(reorgs[0], {
    sequence: latestEvent + 1,
    depth: 2,
    ancestor: { hash: fork, height },
    undone: [left[1], left[0]].map((hash, i) => ({ hash, height: height + 2 - i })),
    applied: taken.map((hash, i) => ({ hash, height: height + 1 + i })),
    lost: [{ id, blockHash: left[0], reason: null }],
    lostCount: 1,
    complete: true,
  });
  t.equal(next, latest);
  await a.until("the transaction is back in the pool", async () => (await a.get(`/v1/transactions/${id}`)).status === "pending");
  await a.produce(1);
  const again = await a.get(`/v1/reorgs?after=${latestEvent}`);
  t.same(
    again.reorgs,
    [{ ...reorgs[0], lost: [{ id, blockHash: left[0], standing: "included", reason: null }] }],
    "the same for whoever asks later",
  );
  t.same((await a.get(`/v1/reorgs?after=${next}`)).reorgs, []);
  t.match(await command("reorgs", "--data-dir", dataOf("a"), "--after", String(latestEvent)), {
    code: 0,
    text: new RegExp(`2 blocks undone above height ${height}, 3 applied up to ${height + 3}, 1 transaction left behind[^]*${id} included`),
  });
});

t.test("a split deeper than the reorg limit: it is refused and told, rewound and followed", async (t) => {
  await b.until("one chain", () => b.head === a.head);
  const { height } = a;
  await stop(b);
  await a.produce(MAX_REORG_DEPTH + 3);
  await stop(a);
  b = await start("b", "bob");
  const theirs = await b.produce(MAX_REORG_DEPTH + 9);
  a = await start("a", "alice", ["memory://b"]);
  const own = a.head;
  await a.until("it says so", async () => (await a.get("/v1/status")).warnings.length > 0);
  const { warnings, latestEvent } = await a.get("/v1/status");
  t.match(warnings, [
    {
      code: "CHAIN_BRANCH_REFUSED",
      message: new RegExp(`chainwright db rewind --config FILE --to ${height} --drop`),
      data: { height: b.height, id: b.head, forkHeight: height, depth: MAX_REORG_DEPTH + 3 },
    },
  ]);
  t.match(await a.call("/health/ready"), { status: 503, json: { data: { reasons: [/isolated/, /^CHAIN_BRANCH_REFUSED: a heavier/] } } });
  t.match(a.log.join(""), /a heavier branch leaves this node's chain below what is final here/);
  t.match(await command("status", "--api", a.url), { code: 0, text: /warning +CHAIN_BRANCH_REFUSED: a heavier branch/ });
  t.equal(a.head, own, "and stays where it is");

  await stop(a);
  t.match(await command("db", "rewind", "--config", configOf("a"), "--to", String(height), "--drop", "--yes"), {
    code: 0,
    text: new RegExp(`back from height ${height + MAX_REORG_DEPTH + 3} to ${height}`),
  });
  a = await start("a", "alice", ["memory://b"]);
  await a.until("it follows", () => a.head === Hash.key(theirs.at(-1) ?? Hash.zero));
  t.same((await a.get("/v1/status")).warnings, []);
  for (const path of ["events", "reorgs"])
    t.match(
      await a.call(`/v1/${path}?after=${latestEvent}`),
      { status: 410, json: { code: "EVENTS_PRUNED" } },
      "no event tells of such a rewind",
    );
});
