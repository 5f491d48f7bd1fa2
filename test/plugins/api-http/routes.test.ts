/** Every route, over real HTTP: what it answers, and that the answer is what the OpenAPI document says. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { verifyMultiProof, verifyRange } from "../../../core/proofs/index.js";
import { ChainwrightError, fromHex, Hash, type MerkleProof, present, sha256, toHex, verifyMerkleProof } from "../../../core/sdk.js";
import { addressOf, Running } from "./client.js";
import { CHAIN_ID, FakeNode, PREFIX, STATE, transfer } from "./fake-node.js";

const api = await Running.start({}, (node) => {
  node.routes.push({
    prefix: "/v1/extra",
    routes: async (app) => {
      app.get(
        "/hello",
        { schema: { summary: "Contributed", response: { 200: { type: "object", properties: { hello: { type: "string" } } } } } },
        async () => ({
          hello: "world",
        }),
      );
      app.get("/broken", async () => {
        throw new Error("at /home/secret/file.ts: password=1234");
      });
      app.get("/refused", async () => {
        throw Object.assign(new Error("not on Sundays"), { statusCode: 403 });
      });
    },
  });
  node.routes.push({ prefix: "/v1/admin/extra", routes: async (app) => void app.get("/secret", async () => ({ secret: true })) });
});
t.teardown(() => api.stop());
const { node } = api;
const token = readFileSync(join(node.directory, "admin.token"), "utf8").trim();
const bearer = { authorization: `Bearer ${token}` };
const openapi = (await api.get("/openapi.json")).json;

/** Gets a path and checks the answer against the schema that the document has for `template`. */
async function conforming(test: Test, path: string, template: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await api.get(path, { headers });
  test.equal(answer.status, 200, path);
  test.equal(answer.type, "application/json; charset=utf-8");
  const schema = openapi.paths[template].get.responses["200"].content["application/json"].schema as TSchema;
  test.same(Value.Errors(schema, answer.json), [], `${path} answers what the document says`);
  return answer.json;
}

t.test("status tells the chain, the network and the node", async (t) => {
  const status = await conforming(t, "/v1/status", "/v1/status");
  t.match(status, {
    chainId: CHAIN_ID,
    addressPrefix: PREFIX,
    height: 3,
    headHash: toHex(node.head.record.id),
    genesisHash: toHex(present(node.blocks[0], "genesis").record.id),
    justifiedHeight: 1,
    finalizedHeight: 0,
    flushedHeight: 1,
    syncState: "synced",
    peers: 1,
    mempool: { count: 0, bytes: 0 },
    engine: { plugin: "consensus-fake", confirmations: 3, status: { mining: true } },
    ledger: { plugin: "ledger-fake", kind: "account" },
    compute: { kind: "js", threads: 1 },
    ready: true,
    version: "9.9.9",
  });
  t.ok(status.uptimeMs >= 5_000 && status.uptimeMs < 60_000);
  t.equal((await api.get("/v1/status")).headers.get("cache-control"), "no-store");
});

t.test("what is pruned is gone, and the answer says what is kept", async (t) => {
  t.match((await api.get("/v1/status")).json, { pruning: "full", bodiesFrom: 0, statesFrom: 0 });
  node.bodiesFrom = 3;
  t.teardown(() => {
    node.bodiesFrom = 0;
  });
  t.match((await api.get("/v1/status")).json, { pruning: "pruned", bodiesFrom: 3 });
  for (const path of ["/v1/blocks/1", "/v1/blocks/1?transactions=full"]) {
    const gone = await api.get(path);
    t.equal(gone.status, 410);
    t.match(gone.json, { code: "API_BLOCK_PRUNED", data: { height: 1, bodiesFrom: 3 }, detail: /from height 3 on.*transactions=none/ });
  }
  t.match(await conforming(t, "/v1/blocks/1?transactions=none", "/v1/blocks/{block}"), {
    height: 1,
    transactionCount: 3,
    transactions: [],
  });
  t.equal((await conforming(t, "/v1/blocks?limit=4", "/v1/blocks")).blocks.length, 4, "headers are all there");
  const unknown = await api.get(`/v1/transactions/${"ab".repeat(32)}`);
  t.equal(unknown.status, 404);
  t.match(unknown.json.detail, /from height 3 on, and it keeps no older ones/);
});

t.test("a node that began from a snapshot says so of what lies below", async (t) => {
  Object.assign(node, { bodiesFrom: 3, headersFrom: 2, isHeadersOnly: true });
  t.teardown(() => {
    Object.assign(node, { bodiesFrom: 0, headersFrom: 0, isHeadersOnly: false });
  });
  for (const path of ["/v1/blocks/1", "/v1/blocks/1?transactions=none", `/v1/accounts/${node.alice.text}?block=1`]) {
    const gone = await api.get(path);
    t.equal(gone.status, 410, path);
    t.match(gone.json, { code: "API_BLOCK_PRUNED", data: { height: 1, bodiesFrom: 3 }, detail: /began from a snapshot.*from height 3 on/ });
    t.notMatch(gone.json.detail, /transactions=none/);
  }
  t.equal((await api.get("/v1/blocks/4")).json.code, "API_BLOCK_NOT_FOUND", "above the head there is nothing yet");
  t.equal((await conforming(t, "/v1/blocks/0", "/v1/blocks/{block}")).height, 0, "genesis is there");
  t.match((await api.get("/v1/blocks/2")).json, { code: "API_BLOCK_PRUNED" }, "of a header alone nobody knows that it has no transactions");
  t.match(await conforming(t, "/v1/blocks/2?transactions=none", "/v1/blocks/{block}"), { height: 2, sizeBytes: 0, transactionCount: 0 });
});

t.test("an account in an archived state, whatever keys its ledger reads, but without proofs", async (t) => {
  node.archivedHeight = 1;
  t.teardown(() => {
    node.archivedHeight = undefined;
  });
  const path = `/v1/accounts/${node.alice.text}?block=1`;
  t.match(await conforming(t, path, "/v1/accounts/{address}"), { block: { height: 1 }, account: { nonce: 132 } });
  for (const proved of [`${path}&proof=true`, "/v1/state/range?block=1"]) {
    const refused = await api.get(proved);
    t.equal(refused.status, 410, proved);
    t.equal(refused.json.code, "STATE_PROOF_HORIZON");
  }
});

t.test("blocks are paged, newest first or from a height", async (t) => {
  const first = await conforming(t, "/v1/blocks?limit=3", "/v1/blocks");
  t.same(
    first.blocks.map((block: { height: number }) => block.height),
    [3, 2, 1],
  );
  t.equal(first.next, 0);
  const rest = await conforming(t, `/v1/blocks?limit=3&from=${first.next}`, "/v1/blocks");
  t.same(
    rest.blocks.map((block: { height: number }) => block.height),
    [0],
  );
  t.equal(rest.next, null);
  const ascending = await conforming(t, "/v1/blocks?order=asc&from=1&limit=2", "/v1/blocks");
  t.same(
    ascending.blocks.map((block: { height: number }) => block.height),
    [1, 2],
  );
  t.equal(ascending.next, 3);
  t.same((await conforming(t, "/v1/blocks?order=asc&from=9", "/v1/blocks")).blocks, [], "nothing above the head");
  t.equal((await conforming(t, "/v1/blocks?from=999", "/v1/blocks")).blocks.length, 4, "descending begins at the head at the highest");
});

t.test("a block by height, hash, or part in the chain", async (t) => {
  const { record } = present(node.blocks[1], "block 1");
  const byHeight = await conforming(t, "/v1/blocks/1", "/v1/blocks/{block}");
  t.match(byHeight, {
    hash: toHex(record.id),
    height: 1,
    parent: toHex(record.header.parent),
    canonical: true,
    finalized: false,
    confirmations: 3,
    transactionCount: 3,
    chainId: CHAIN_ID,
    stateRoot: toHex(record.header.stateRoot),
    transactionsRoot: toHex(record.header.transactionsRoot),
    signingRoot: toHex(record.signingRoot),
    extra: "01",
    seal: "010203",
    weight: (2n ** 70n).toString(),
    consensus: { target: "0x1d00ffff" },
    nextOffset: null,
  });
  t.equal(byHeight.transactions[0], toHex(node.included.id));
  t.same(await conforming(t, `/v1/blocks/${toHex(record.id)}`, "/v1/blocks/{block}"), byHeight);
  t.same(await conforming(t, `/v1/blocks/${toHex(record.id).toUpperCase()}`, "/v1/blocks/{block}"), byHeight);
  t.same(await conforming(t, "/v1/blocks/justified", "/v1/blocks/{block}"), byHeight);
  t.equal((await conforming(t, "/v1/blocks/head", "/v1/blocks/{block}")).height, 3);
  const genesis = await conforming(t, "/v1/blocks/finalized", "/v1/blocks/{block}");
  t.match(genesis, { height: 0, finalized: true, transactions: [] });
});

t.test("a stale block is told as such", async (t) => {
  const stale = await conforming(t, `/v1/blocks/${toHex(node.stale.record.id)}?transactions=full`, "/v1/blocks/{block}");
  t.match(stale, { height: 2, canonical: false, finalized: false, confirmations: 0 });
  t.equal(stale.transactions[0].receipt, null);
});

t.test("a block's transactions are paged, as ids or in full", async (t) => {
  const page = await conforming(t, "/v1/blocks/3?offset=0", "/v1/blocks/{block}");
  t.equal(page.transactions.length, 100);
  t.equal(page.nextOffset, 100);
  const rest = await conforming(t, "/v1/blocks/3?offset=100&transactions=full", "/v1/blocks/{block}");
  t.equal(rest.transactions.length, 30);
  t.equal(rest.nextOffset, null);
  t.match(rest.transactions[0], {
    index: 100,
    transaction: { nonce: 102 },
    receipt: { ok: true, feePaid: "1000", events: [{ attributes: { amount: "5" } }] },
  });
  t.match(await conforming(t, "/v1/blocks/3?transactions=none", "/v1/blocks/{block}"), { transactions: [], nextOffset: null });
  t.match(await conforming(t, "/v1/blocks/3?offset=999", "/v1/blocks/{block}"), { transactions: [], nextOffset: null });
});

t.test("a transaction: included with a proof that checks, pending, dropped", async (t) => {
  const path = `/v1/transactions/${toHex(node.included.id)}`;
  const included = await conforming(t, path, "/v1/transactions/{id}");
  t.match(included, {
    status: "included",
    confirmations: 3,
    confirmed: true,
    block: { height: 1, index: 0, hash: toHex(present(node.blocks[1], "block 1").record.id) },
    receipt: { ok: true, feePaid: "1000", events: [{ type: "bank.transfer" }] },
    transaction: { nonce: 0, sender: node.alice.text },
  });
  const proof: MerkleProof = {
    index: included.proof.index,
    count: included.proof.count,
    siblings: included.proof.siblings.map((sibling: string) => Hash.parse(sibling)),
  };
  t.equal(included.proof.leaf, toHex(sha256(node.included.raw)));
  t.ok(verifyMerkleProof(Hash.parse(included.proof.root), Hash.parse(included.proof.leaf), proof));
  t.equal(included.proof.root, (await api.get("/v1/blocks/1")).json.transactionsRoot);
  t.equal((await conforming(t, `${path}?proof=false`, "/v1/transactions/{id}")).proof, undefined);
  t.equal((await conforming(t, `${path}?raw=true`, "/v1/transactions/{id}")).raw, toHex(node.included.raw));
  const young = (await api.get("/v1/blocks/head")).json.transactions[0];
  t.match(await conforming(t, `/v1/transactions/${young}`, "/v1/transactions/{id}"), { confirmations: 1, confirmed: false });

  const { raw, id } = transfer(node.alice, node.bob, 132);
  node.pooled.push({ id, raw, sender: node.alice.text, fee: 1_000n, weight: 21, standing: "ready" });
  t.match(await conforming(t, `/v1/transactions/${toHex(id)}?raw=true`, "/v1/transactions/{id}"), {
    status: "pending",
    standing: "ready",
    fee: "1000",
    confirmations: 0,
    confirmed: false,
    raw: toHex(raw),
    transaction: { nonce: 132 },
  });
  node.pooled.length = 0;
  node.droppedReasons.set(Hash.key(id), "expired");
  t.match(await conforming(t, `/v1/transactions/${toHex(id)}`, "/v1/transactions/{id}"), { status: "dropped", reason: "expired" });
});

t.test("submitting, as JSON and as bytes", async (t) => {
  const { raw } = transfer(node.alice, node.bob, 500);
  const asJson = await api.post("/v1/transactions", JSON.stringify({ raw: toHex(raw) }));
  t.equal(asJson.status, 202);
  t.same(asJson.json, { id: toHex(node.included.id), standing: "ready" });
  const asBytes = await api.post("/v1/transactions", new Uint8Array(raw), { "content-type": "application/octet-stream" });
  t.equal(asBytes.status, 202);
  const charset = await api.post("/v1/transactions", JSON.stringify({ raw: toHex(raw) }), {
    "content-type": "application/json; charset=utf-8",
  });
  t.equal(charset.status, 202);
  t.same(node.submitted.map(toHex), [toHex(raw), toHex(raw), toHex(raw)]);
  t.ok(
    node.submitted.every((bytes) => bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length),
    "each is a copy of its own",
  );
});

const bytesOf = (text: string) => present(fromHex(text), "the API writes hex");

t.test("state keys with one proof, present and absent", async (t) => {
  const keys = ["0203", "0209", "09", `01${toHex(node.alice.address)}`];
  const answer = await api.post("/v1/state/proofs", JSON.stringify({ keys }));
  t.equal(answer.status, 200);
  const schema = openapi.paths["/v1/state/proofs"].post.responses["200"].content["application/json"].schema as TSchema;
  t.same(Value.Errors(schema, answer.json), []);
  const { block, root, proof } = answer.json;
  t.same(block, { hash: toHex(node.head.record.id), height: 3 });
  t.equal(root, toHex(node.head.record.header.stateRoot));
  const values = verifyMultiProof(node.head.record.header.stateRoot, keys.map(bytesOf), bytesOf(proof));
  t.same(values, [Uint8Array.of(4, 3), Uint8Array.of(10, 9), undefined, Uint8Array.of(7)]);
  t.equal((await api.post("/v1/state/proofs", JSON.stringify({ keys, block: "justified" }))).json.block.height, 1);
  for (const [body, status, code] of [
    [{}, 400, "API_PARAMETERS_INVALID"],
    [{ keys: [] }, 400, "API_PARAMETERS_INVALID"],
    [{ keys: [""] }, 400, "API_PARAMETERS_INVALID"],
    [{ keys: ["0"] }, 400, "API_PARAMETERS_INVALID"],
    [{ keys: ["00".repeat(129)] }, 400, "API_PARAMETERS_INVALID"],
    [{ keys: Array.from({ length: 257 }, () => "01") }, 400, "API_PARAMETERS_INVALID"],
    [{ keys, more: 1 }, 400, "API_PARAMETERS_INVALID"],
    [{ keys, block: "nowhere" }, 400, "API_PARAMETERS_INVALID"],
    [{ keys, block: "99" }, 404, "API_BLOCK_NOT_FOUND"],
    [{ keys, block: "0" }, 404, "API_STATE_NOT_FOUND"],
  ] as const)
    t.match(await api.post("/v1/state/proofs", JSON.stringify(body)), { status, json: { code } }, JSON.stringify(body).slice(0, 60));
});

t.test("the state by ranges of paths", async (t) => {
  const found = [];
  let from: string | null = "00".repeat(32);
  let pages = 0;
  for (; from !== null; pages++) {
    const answer: Record<string, string> & { next: string | null; entries: number } = await conforming(
      t,
      `/v1/state/range?from=${from}&entries=8`,
      "/v1/state/range",
    );
    const { root = "", to = "", proof = "", next } = answer;
    const range = verifyRange(bytesOf(root), bytesOf(from), bytesOf(to), bytesOf(proof));
    t.equal(range.entries.length, answer.entries);
    t.equal(range.next === undefined ? null : toHex(range.next), next);
    found.push(...range.entries);
    from = next;
  }
  t.equal(pages, 4);
  t.same(
    found.map(({ key, value }) => [toHex(key), toHex(value)]),
    STATE.leaves.map(({ key, value }) => [toHex(key), toHex(value)]),
  );
  const all = await conforming(t, "/v1/state/range?block=2", "/v1/state/range");
  t.match(all, { entries: 31, next: null, block: { height: 2 } });
  for (const query of ["from=00", `from=${"g".repeat(64)}`, "entries=0", "entries=1001", "bytes=0", "bytes=9999999", "what=1"])
    t.match(await api.get(`/v1/state/range?${query}`), { status: 400, json: { code: "API_PARAMETERS_INVALID" } }, query);
});

t.test("an account, with the next nonce and proofs", async (t) => {
  const path = `/v1/accounts/${node.alice.text}`;
  for (const [nonce, standing] of [
    [132, "ready"],
    [133, "queued"],
    [135, "queued"],
  ] as const) {
    const { raw, id } = transfer(node.alice, node.bob, nonce);
    node.pooled.push({ id, raw, sender: node.alice.text, fee: 1_000n, weight: 21, standing });
  }
  const plain = await conforming(t, path, "/v1/accounts/{address}");
  t.match(plain, { address: node.alice.text, block: { height: 3 }, account: { balance: "1000", nonce: 132 }, pendingNonce: 134 });
  t.equal(plain.proof, undefined);
  t.equal((await conforming(t, `/v1/accounts/${node.bob.text}`, "/v1/accounts/{address}")).pendingNonce, 1);
  node.pooled.length = 0;

  const proven = await conforming(t, `${path}?proof=true`, "/v1/accounts/{address}");
  t.equal(proven.proof.root, toHex(node.head.record.header.stateRoot));
  const shown = ({ proof: { root, keys, proof } }: { proof: { root: string; keys: string[]; proof: string } }) =>
    verifyMultiProof(bytesOf(root), keys.map(bytesOf), bytesOf(proof));
  t.same(shown(proven), [Uint8Array.of(7)]);
  const absent = await conforming(t, `/v1/accounts/${node.bob.text}?proof=true`, "/v1/accounts/{address}");
  t.same(shown(absent), [undefined]);
  const earlier = await conforming(t, `${path}?block=1`, "/v1/accounts/{address}");
  t.match(earlier.block, { height: 1 });
  t.equal(earlier.pendingNonce, undefined, "what is pending follows the head");
});

t.test("the mempool is paged", async (t) => {
  for (let nonce = 0; nonce < 3; nonce++) {
    const { raw, id } = transfer(node.alice, node.bob, 200 + nonce);
    node.pooled.push({ id, raw, sender: node.alice.text, fee: 2n ** 60n, weight: 21, standing: "ready" });
  }
  const page = await conforming(t, "/v1/mempool?limit=2", "/v1/mempool");
  t.match(page, { count: 3, nextOffset: 2 });
  t.match(page.transactions[0], { sender: node.alice.text, fee: (2n ** 60n).toString(), standing: "ready" });
  const rest = await conforming(t, "/v1/mempool?offset=2", "/v1/mempool");
  t.equal(rest.transactions.length, 1);
  t.equal(rest.nextOffset, null);
  t.equal((await conforming(t, "/v1/mempool?offset=50", "/v1/mempool")).nextOffset, null);
  node.pooled.length = 0;
});

t.test("events: a cursor, and waiting for the next one", async (t) => {
  const { record } = node.head;
  t.match(await conforming(t, "/v1/events?waitMs=20", "/v1/events"), { events: [], next: 0, latest: 0 }, "a wait ends by itself");
  const waiting = conforming(t, "/v1/events?after=0&waitMs=30000", "/v1/events");
  while (node.gauges.get("api_event_waiters")?.() !== 1) await new Promise((resolve) => setImmediate(resolve));
  node.event({ type: "applied", blockId: record.id, height: 3 });
  t.match(await waiting, { events: [{ sequence: 1, type: "applied", blockHash: toHex(record.id), height: 3 }], next: 1, latest: 1 });
  node.event({ type: "undone", blockId: record.id, height: 3 });
  node.event({ type: "finalized", blockId: record.id, height: 3 });
  t.match(await conforming(t, "/v1/events?after=0&limit=2", "/v1/events"), { next: 2, latest: 3 });
  t.match(await conforming(t, "/v1/events?after=2&waitMs=30000", "/v1/events"), { events: [{ type: "finalized" }], next: 3 });
  const ahead = await api.get("/v1/events?after=9");
  t.match([ahead.status, ahead.json], [409, { code: "EVENTS_AHEAD", data: { after: 9, latest: 3 } }], "it is of another data directory");

  const gone = new AbortController();
  const abandoned = api.get("/v1/events?after=3&waitMs=30000", { signal: gone.signal }).catch(() => "aborted");
  while (node.gauges.get("api_event_waiters")?.() !== 1) await new Promise((resolve) => setImmediate(resolve));
  gone.abort();
  t.equal(await abandoned, "aborted");
  while (node.gauges.get("api_event_waiters")?.() !== 0) await new Promise((resolve) => setImmediate(resolve));
});

t.test("reorgs: of events, with what was left behind, the same for whoever asks", async (t) => {
  const other = await Running.start();
  t.teardown(() => other.stop());
  const { node } = other;
  const [, first, second, third] = node.blocks.map(({ record }) => record);
  const stale = node.stale.record;
  const event = (type: "applied" | "undone" | "finalized", record: typeof stale | undefined) =>
    node.event({ type, blockId: present(record, "there is such a block").id, height: record?.header.height ?? 0 });
  const get = async (query: string) => (await other.get(`/v1/reorgs?${query}`)).json;
  t.same(await get("after=0"), { reorgs: [], next: 0, latest: 0 });
  for (const record of [first, stale]) event("applied", record);
  t.same(await get("after=0"), { reorgs: [], next: 2, latest: 2 });
  const waiting = get("after=2&waitMs=20000");
  event("undone", stale);
  for (const record of [second, third]) event("applied", record);
  event("finalized", first);
  const left = transfer(node.bob, node.alice, 7);
  const named = (record: typeof stale | undefined) => ({ hash: toHex(present(record, "it is there").id), height: record?.header.height });
  const reorg = {
    sequence: 3,
    lastSequence: 5,
    depth: 1,
    ancestor: named(first),
    undone: [named(stale)],
    // The second is as high as the stale one and no heavier: the third decides.
    applied: [named(second), named(third)],
    decided: true,
    lost: [{ id: toHex(left.id), blockHash: toHex(stale.id), standing: "unknown", reason: null }],
    lostCount: 1,
    complete: true,
  };
  t.match(await waiting, { reorgs: [{ sequence: 3, depth: 1 }] }, "whoever waits hears of it");
  t.same(await get("after=2"), { reorgs: [reorg], next: 6, latest: 6 });
  event("applied", third);
  t.same(await get("after=2"), { reorgs: [reorg], next: 7, latest: 7 }, "what is applied after the decision is not of it");
  node.pooled.push({ id: left.id, raw: left.raw, sender: "b", fee: 1n, weight: 1, standing: "ready" });
  t.match((await get("after=0")).reorgs[0].lost, [{ standing: "pending" }]);
  node.pooled.pop();
  node.droppedReasons.set(Hash.key(left.id), "invalid");
  t.match((await get("after=0")).reorgs[0].lost, [{ standing: "dropped", reason: "invalid" }]);
  // A rewind: nothing is applied until the node goes on.
  for (const record of [third, second]) event("undone", record);
  t.match(await get("after=7"), {
    reorgs: [{ depth: 2, ancestor: named(first), undone: [named(third), named(second)], applied: [], decided: false, lostCount: 130 }],
    next: 9,
  });
  t.same((await get("after=8")).reorgs, [], "within a reorg: its rest is not another one");
  t.same((await get("after=9")).reorgs, []);
  for (const record of [second, third]) event("applied", record);
  t.match(
    (await get("after=7")).reorgs,
    [{ applied: [named(second), named(third)], decided: false, lost: [], lostCount: 0 }],
    "what is included again is not lost",
  );
  for (const record of [third, second]) event("undone", record);
  const all = await get("after=0");
  t.same(
    all.reorgs.map(({ sequence, depth, applied }: { sequence: number; depth: number; applied: object[] }) => [
      sequence,
      depth,
      applied.length,
    ]),
    [
      [3, 1, 2],
      [8, 2, 2],
      [12, 2, 0],
    ],
  );
  t.same((await get("after=0&limit=1")).next, 7, "a page ends before the next one");
  t.same((await get("after=0&limit=2")).next, 11);
  for (const { sequence, lastSequence } of all.reorgs)
    for (const cursor of [sequence, lastSequence])
      t.same(
        (await get(`after=${cursor}`)).reorgs,
        all.reorgs.filter((each: { sequence: number }) => each.sequence > cursor),
        `after ${cursor} come the same ones as ever`,
      );
  node.eventsPrunedBelow = 8;
  t.equal((await get("after=2")).code, "EVENTS_PRUNED");
  t.equal((await get("after=99")).code, "EVENTS_AHEAD");
  t.match((await get("after=7")).reorgs, [{ sequence: 8 }, { sequence: 12 }], "though the event at the cursor itself is forgotten");
  t.match((await get("limit=9")).reorgs, [{ sequence: 8 }, { sequence: 12 }], "without a cursor: what is kept");
  for (const bad of ["limit=11", "waitMs=-1", "after=x", "from=1"]) t.equal((await get(bad)).code, "API_PARAMETERS_INVALID", bad);
  node.bodiesFrom = 9;
  t.match((await get("after=7&limit=1")).reorgs, [{ lostCount: 0, complete: false }], "of pruned blocks nothing is known");
});

t.test("reorgs: weight decides, not height; what an answer costs is bounded", async (t) => {
  const other = await Running.start();
  t.teardown(() => other.stop());
  const { node } = other;
  const [, first, second, third] = node.blocks.map(({ record }) => present(record, "a block"));
  const stale = node.stale.record;
  const event = (type: "applied" | "undone", record: typeof stale | undefined, times = 1) => {
    const { id, header } = present(record, "there is such a block");
    for (let time = 0; time < times; time++) node.event({ type, blockId: id, height: header.height });
  };
  const get = async (after: number) => (await other.get(`/v1/reorgs?after=${after}`)).json;
  const heights = ({ applied }: { applied: { height: number }[] }) => applied.map(({ height }) => height);
  const weigh = (record: typeof stale | undefined, weight: bigint) =>
    node.weights.set(Hash.key(present(record, "there is such a block").id), weight);

  weigh(stale, 2n ** 80n);
  event("undone", third);
  for (const record of [stale, third]) event("applied", record);
  const [lower] = (await get(0)).reorgs;
  t.same([heights(lower), lower.decided, lower.lastSequence], [[2], true, 2], "a lower and heavier branch");
  let after = node.chainEvents.length;
  weigh(first, 2n ** 81n);
  event("undone", stale);
  for (const record of [third, first, second]) event("applied", record);
  t.same((await get(after)).reorgs.map(heights), [[3, 1]], "a higher and lighter branch decides nothing");
  node.weights.clear();

  // A rewind to where it began never gets heavier than it was.
  after = node.chainEvents.length;
  event("undone", third);
  event("applied", third, 300);
  const ended = (await get(after)).reorgs[0];
  t.match(ended, { depth: 1, decided: false, lastSequence: after + 257 });
  t.equal(ended.applied.length, 256);
  t.equal(ended.complete, false, "33,280 transactions are more than one answer decodes");
  event("applied", third, 300);
  t.same((await get(after)).reorgs, [ended], "whenever it is asked for");

  event("applied", first, 10_000);
  const page = await get(after);
  t.ok(page.next >= after + 10_000 && page.next < page.latest, "the rest is left to the next answer");
  event("undone", second);
  t.match(await get(page.next), { reorgs: [{ depth: 1, undone: [{ height: 2 }] }], next: page.latest + 1 });
});

t.test("mining: the miner's status, and templates to whom the config lets have them", async (t) => {
  t.match((await api.get("/v1/mining")).json, { code: "API_MINING_UNSUPPORTED", status: 404 });
  const json = { "content-type": "application/json" };
  t.match((await api.post("/v1/admin/mining", '{"running":true}', { ...json, ...bearer })).json, { code: "API_MINING_UNSUPPORTED" });
  for (const path of ["/v1/mining/templates", "/v1/mining/blocks", "/v1/%6dining/blocks"])
    t.equal((await api.post(path, "{}", json)).json.code, "API_TOKEN_MISSING", path);
  const open = await Running.start({ mining: "open" });
  const off = await Running.start({ mining: "off" });
  t.teardown(() => Promise.all([open.stop(), off.stop()]));
  t.equal((await open.post("/v1/mining/templates", "{}", json)).json.code, "API_MINING_UNSUPPORTED");
  t.equal((await off.post("/v1/mining/templates", "{}", { ...json, ...bearer })).json.code, "API_ROUTE_NOT_FOUND");
  t.equal((await off.get("/v1/mining")).json.code, "API_MINING_UNSUPPORTED");
});

t.test("health", async (t) => {
  t.same(await conforming(t, "/health/live", "/health/live"), { status: "live" });
  t.same(await conforming(t, "/health/ready", "/health/ready"), { status: "ready", warnings: [] });
  node.reasons = ["syncing: 5 of 9 blocks"];
  const answer = await api.get("/health/ready");
  t.equal(answer.status, 503);
  t.ok(answer.headers.get("retry-after"));
  t.match(answer.json, { code: "API_NOT_READY", data: { reasons: ["syncing: 5 of 9 blocks"] } });
  t.equal((await api.get("/health/live")).status, 200, "a node that is not ready still lives");
  const early = await api.get(`/v1/transactions/${"ab".repeat(32)}`);
  t.equal(early.status, 503, "an accepted one may not be back yet");
  t.match(early.json, { code: "API_NOT_READY" });
  const warning = { code: "CHAIN_BRANCH_REFUSED", message: "look at it", data: { depth: 7 } };
  node.warnings = [warning];
  t.match((await api.get("/health/ready")).json.data.reasons, ["syncing: 5 of 9 blocks", "CHAIN_BRANCH_REFUSED: look at it"]);
  node.reasons = [];
  t.same(await conforming(t, "/health/ready", "/health/ready"), { status: "ready", warnings: [warning] });
  t.same((await conforming(t, "/v1/status", "/v1/status")).warnings, [warning]);
  node.warnings = [];
});

t.test("admin: with the token only", async (t) => {
  t.equal(token.length, 64);
  if (process.platform !== "win32") t.equal(statSync(join(node.directory, "admin.token")).mode & 0o777, 0o600);
  const json = { "content-type": "application/json" };
  for (const [headers, code] of [
    [{}, "API_TOKEN_MISSING"],
    [{ authorization: "Basic YTpi" }, "API_TOKEN_MISSING"],
    [{ authorization: `Bearer ${token.slice(1)}0` }, "API_TOKEN_WRONG"],
    [{ authorization: `Bearer ${token}0` }, "API_TOKEN_WRONG"],
    [{ authorization: "Bearer x" }, "API_TOKEN_WRONG"],
  ] as const) {
    for (const path of ["/v1/admin/blocks", "/v1/%61dmin/blocks"]) {
      const answer = await api.post(path, "not json at all", { ...json, ...headers });
      t.equal(answer.status, 401);
      t.equal(answer.json.code, code);
      t.match(answer.headers.get("www-authenticate"), /^Bearer /);
    }
  }
  t.same(node.produced, []);
  const made = await api.post("/v1/admin/blocks", '{"count":2}', { ...json, ...bearer });
  t.equal(made.status, 200);
  t.equal(made.json.hashes.length, 2);
  t.same(node.produced, [2]);
  for (const bad of ['{"count":0}', '{"count":1001}', '{"count":"2"}', '{"count":1.5}', "{}", '{"count":1,"more":1}', "[]", "null"])
    t.equal((await api.post("/v1/admin/blocks", bad, { ...json, ...bearer })).json.code, "API_PARAMETERS_INVALID", bad);
  t.same((await api.post("/v1/admin/producer", '{"running":true}', { ...json, ...bearer })).json, { running: true });
  t.ok(node.producing);
  t.same((await api.post("/v1/admin/producer", '{"running":false}', { ...json, ...bearer })).json, { running: false });
  t.notOk(node.producing);
});

t.test("snapshots: asked for, waited for as long as one likes, looked at later", async (t) => {
  const post = (body: object) => api.post("/v1/admin/snapshots", JSON.stringify(body), { "content-type": "application/json", ...bearer });
  t.equal((await api.post("/v1/admin/snapshots", "{}")).status, 401);
  t.same(await conforming(t, "/v1/admin/snapshots", "/v1/admin/snapshots", bearer), { snapshots: [] }, "none was asked for yet");

  const heights: (number | undefined)[] = [];
  let end: (made: ReturnType<typeof node.snapshot>) => void = () => undefined;
  node.makeSnapshot = (height) => {
    heights.push(height);
    return new Promise((resolve) => {
      end = resolve;
    });
  };
  const begun = await post({ height: 2, waitMs: 0 });
  t.equal(begun.status, 202);
  t.same(begun.json, { request: { state: "making", height: 2 } });

  node.makeSnapshot = async () => {
    throw new ChainwrightError("SNAPSHOT_BUSY", "conflict", "wait until it is done", { height: 2 });
  };
  const second = await post({});
  t.equal(second.status, 409);
  t.equal(second.json.code, "SNAPSHOT_BUSY");
  t.same((await api.get("/v1/admin/snapshots", { headers: bearer })).json.request, { state: "making", height: 2 }, "the first goes on");

  node.snapshots = [node.snapshot(2)];
  end(node.snapshot(2));
  const own = await conforming(t, "/v1/admin/snapshots", "/v1/admin/snapshots", bearer);
  t.match(own.request, { state: "made", height: 2, snapshot: { height: 2, id: "02".repeat(32), folder: "/secret/snapshots/2" } });
  const listed = await conforming(t, "/v1/snapshots", "/v1/snapshots");
  t.same(listed.snapshots, [{ height: 2, id: "02".repeat(32), manifestHash: "02".repeat(32), entries: 5, chunks: 1, bytes: 158 }]);
  t.notMatch(JSON.stringify(listed), /secret/, "where they lie is the operator's business");

  node.makeSnapshot = async (height) => {
    heights.push(height);
    return node.snapshot(3);
  };
  const made = await post({});
  t.equal(made.status, 200);
  t.match(made.json, { request: { state: "made", height: 3 } });
  t.same(heights, [2, undefined]);
  for (const kind of ["input", "conflict"] as const) {
    node.makeSnapshot = async () => {
      throw new ChainwrightError("NODE_REFUSES", kind, "not this one", {});
    };
    t.equal((await post({ height: 99 })).json.code, "NODE_REFUSES");
    const { request } = (await api.get("/v1/admin/snapshots", { headers: bearer })).json;
    t.match(request, { state: "made", height: 3 }, "a refusal is no outcome of the last one");
  }

  for (const [error, code, detail] of [
    [new ChainwrightError("SNAPSHOT_VIEW_GONE", "unavailable", "ask for a newer block", {}), "SNAPSHOT_VIEW_GONE", "ask for a newer block"],
    [new Error("stack"), "API_INTERNAL", "the node's log has the reason"],
  ] as const) {
    let fail: () => void = () => undefined;
    node.makeSnapshot = () =>
      new Promise((_, reject) => {
        fail = () => reject(error);
      });
    t.equal((await post({ waitMs: 0 })).status, 202);
    fail();
    t.same((await api.get("/v1/admin/snapshots", { headers: bearer })).json.request, { state: "failed", code, detail });
  }
  for (const bad of [{ height: 0 }, { height: "2" }, { waitMs: 30_001 }, { folder: "/etc" }])
    t.equal((await post(bad)).json.code, "API_PARAMETERS_INVALID", JSON.stringify(bad));
});

t.test("peers: everybody sees who is connected, administrators the peer book", async (t) => {
  const shown = await conforming(t, "/v1/peers", "/v1/peers");
  t.match(shown.peers, [{ nodeId: "p", direction: "inbound", score: 50, headHash: "00".repeat(32) }]);
  t.equal((await api.get("/v1/admin/peers")).status, 401);
  const book = await conforming(t, "/v1/admin/peers", "/v1/admin/peers", bearer);
  const { peers, bans } = openapi.paths["/v1/admin/peers"].get.responses["200"].content["application/json"].schema.properties;
  t.match(peers.items.properties.lastFailure.properties, { code: { type: "string" } }, "the document has the code of a failure");
  t.match(bans.items.properties.by, { enum: ["operator", "node"] }, "and who banned");
  t.match(book.peers, [{ address: "tcp://10.0.0.1:1", score: 55.1, connected: true }, {}, {}]);
  t.same(
    (book.peers as readonly { readonly lastFailure?: object }[]).map(({ lastFailure }) => lastFailure),
    [undefined, { atMs: 7, reason: "refused" }, { atMs: 8, code: "NETWORK_BANNED", reason: "it refused: this node is banned" }],
  );
  t.same(book.bans, [
    { subject: "tcp://10.0.0.9:1", untilMs: 99, reason: "test" },
    { subject: "tcp://10.0.0.8:1", untilMs: 99, reason: "test", by: "operator" },
  ]);

  const headers = { "content-type": "application/json", ...bearer };
  const post = (path: string, body: object) => api.post(path, JSON.stringify(body), headers);
  t.equal((await post("/v1/admin/peers", { address: "tcp://10.0.0.3:1" })).status, 200);
  t.equal((await post("/v1/admin/bans", { subject: "tcp://10.0.0.3:1", durationMs: 5, reason: "spam" })).status, 200);
  t.equal((await post("/v1/admin/bans/lift", { subject: "tcp://10.0.0.9:1" })).status, 200);
  const missing = await post("/v1/admin/bans/lift", { subject: "nobody" });
  t.equal(missing.status, 404);
  t.equal(missing.json.code, "API_BAN_NOT_FOUND");
  for (const bad of [{}, { subject: "" }, { subject: "x", durationMs: 0 }, { subject: "x", reason: "r".repeat(201) }])
    t.equal((await post("/v1/admin/bans", bad)).json.code, "API_PARAMETERS_INVALID");
  t.same(node.peerActions, [
    ["add", "tcp://10.0.0.3:1", { persistent: false }],
    ["ban", "tcp://10.0.0.3:1", { durationMs: 5, reason: "spam" }],
    ["unban", "tcp://10.0.0.9:1"],
    ["unban", "nobody"],
  ]);
});

t.test("contributed routes are mounted, documented and guarded", async (t) => {
  t.same((await api.get("/v1/extra/hello")).json, { hello: "world" });
  t.equal(openapi.paths["/v1/extra/hello"].get.summary, "Contributed");
  t.equal((await api.get("/v1/admin/extra/secret")).status, 401, "everything below /v1/admin is behind the token");
  t.same((await api.get("/v1/admin/extra/secret", { headers: bearer })).json, { secret: true });
  const broken = await api.get("/v1/extra/broken");
  t.equal(broken.status, 500);
  t.equal(broken.json.code, "API_INTERNAL");
  t.notMatch(broken.text, /secret|password|\.ts|at /, "nothing of the cause gets out");
  const logged = present(
    node.logs.find(({ level }) => level === "error"),
    "faults are logged",
  );
  t.match(logged.message, /password=1234/);
  t.equal(logged.data.requestId, broken.json.requestId);
  t.match((await api.get("/v1/extra/refused")).json, { status: 400, code: "API_REQUEST_REFUSED", detail: "not on Sundays" });
});

t.test("the OpenAPI document has every route and says what is true", async (t) => {
  t.equal(openapi.openapi, "3.1.0");
  t.equal(openapi.info.version, "9.9.9");
  const paths = [
    "/v1/status",
    "/v1/blocks",
    "/v1/blocks/{block}",
    "/v1/transactions/{id}",
    "/v1/transactions",
    "/v1/accounts/{address}",
    "/v1/state/proofs",
    "/v1/state/range",
    "/v1/mempool",
    "/v1/peers",
    "/v1/events",
    "/v1/reorgs",
    "/v1/mining",
    "/v1/mining/templates",
    "/v1/mining/templates/{id}",
    "/v1/mining/blocks",
    "/v1/admin/mining",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/v1/admin/blocks",
    "/v1/admin/producer",
    "/v1/snapshots",
    "/v1/admin/snapshots",
    "/v1/admin/peers",
    "/v1/admin/bans",
    "/v1/admin/bans/lift",
    "/v1/extra/hello",
  ];
  for (const path of paths) t.ok(openapi.paths[path], path);
  t.notOk(Object.keys(openapi.paths).some((path) => path.startsWith("/docs")));
  const refs = new Set(JSON.stringify(openapi).match(/"\$ref":"[^"]*"/g));
  t.same([...refs], ['"$ref":"#/components/schemas/Problem"']);
  t.ok(openapi.components.schemas.Problem.properties.code);
  for (const [path, operations] of Object.entries<
    Record<string, { summary?: string; responses: object; security?: object[]; parameters?: object[] }>
  >(openapi.paths)) {
    if (path.includes("extra")) continue;
    for (const operation of Object.values(operations)) {
      t.ok(operation.summary, `${path} has a summary`);
      t.ok("default" in operation.responses, `${path} documents its errors`);
      t.equal(operation.security !== undefined, /^\/v1\/(?:admin|mining)\//.test(path), `${path}: security`);
    }
  }
  const limit = openapi.paths["/v1/blocks"].get.parameters.find((parameter: { name: string }) => parameter.name === "limit");
  t.notOk(limit.required, "what has a default may be left out");
  t.same(Object.keys(openapi.paths["/v1/transactions"].post.requestBody.content), ["application/json", "application/octet-stream"]);
});

t.test("the documentation page and its files", async (t) => {
  const page = await api.get("/docs");
  t.equal(page.status, 200);
  t.match(page.type, "text/html");
  t.match(page.headers.get("content-security-policy"), /default-src 'self'/);
  const links = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((match) => match[1] ?? "");
  t.ok(links.length >= 4);
  for (const link of links) t.equal((await api.get(link)).status, 200, link);
  for (const path of ["/docs/nope.js", "/docs/%2e%2e%2fpackage.json", "/docs/__proto__", "/docs/constructor"]) {
    const answer = await api.get(path);
    t.equal(answer.status, 404, path);
    t.equal(answer.json.code, "API_ROUTE_NOT_FOUND");
  }
});

t.test("HEAD answers without a body", async (t) => {
  const answer = await api.get("/v1/status", { method: "HEAD" });
  t.equal(answer.status, 200);
  t.equal(answer.text, "");
});

t.test("metrics have closed labels", async (t) => {
  node.counted.length = 0;
  await api.get("/v1/blocks/1");
  await api.get(`/v1/nothing/${"x".repeat(50)}`);
  await api.get("/v1/status", { method: "PROPFIND" });
  t.same(
    node.counted.filter(({ name }) => name === "api_requests_total").map(({ labels }) => labels),
    [
      { route: "/v1/blocks/:block", method: "GET", status: "200" },
      { route: "unmatched", method: "GET", status: "404" },
      { route: "unmatched", method: "other", status: "405" },
    ],
  );
  t.ok((node.gauges.get("api_connections")?.() ?? 0) > 0);
});

t.test("options: no docs, no admin, no compute, listed origins", async (t) => {
  const bare = await Running.start({ docs: false, admin: false, corsOrigins: ["https://explorer.example"] }, (node) => {
    node.compute = undefined;
    node.routes.push({ prefix: "/v1/admin/extra", routes: async (app) => void app.get("/secret", async () => ({})) });
  });
  t.equal((await bare.get("/docs")).status, 404);
  t.equal((await bare.get("/openapi.json")).status, 200);
  t.equal((await bare.post("/v1/admin/blocks", "{}")).status, 404);
  t.equal((await bare.get("/v1/admin/extra/secret", { headers: bearer })).status, 401, "no token, no admin routes of anybody");
  t.throws(() => statSync(join(bare.node.directory, "admin.token")));
  t.equal((await bare.get("/v1/status")).json.compute, undefined);

  const origin = "https://explorer.example";
  const allowed = await bare.get("/v1/status", { headers: { origin } });
  t.equal(allowed.headers.get("access-control-allow-origin"), origin);
  t.equal(allowed.headers.get("vary"), "origin");
  t.equal((await bare.get("/v1/status", { headers: { origin: "https://evil.example" } })).headers.get("access-control-allow-origin"), null);
  const preflight = await bare.get("/v1/transactions", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  t.equal(preflight.status, 204);
  t.equal(preflight.headers.get("access-control-allow-headers"), "content-type");
  for (const path of ["/v1/admin/extra/secret", "/v1/%61dmin/extra/secret"])
    t.equal((await bare.get(path, { headers: { origin } })).headers.get("access-control-allow-origin"), null);
  t.equal((await api.get("/v1/status", { headers: { origin } })).headers.get("access-control-allow-origin"), null, "none by default");
  await bare.stop();
});

t.test("the address is known while it listens", async (t) => {
  const node = new FakeNode();
  const plugin = node.plugin();
  t.equal(addressOf(plugin), "");
  await plugin.start();
  const url = addressOf(plugin);
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.match(node.logs, [{ level: "info", message: "API listening", data: { url } }]);
  t.equal(readFileSync(join(node.directory, "api.url"), "utf8"), `${url}\n`, "commands that are given the directory find it");
  await plugin.stop();
  t.notOk(existsSync(join(node.directory, "api.url")));
  t.equal(addressOf(plugin), "");
  await t.rejects(fetch(url));

  const open = await Running.start({ host: "0.0.0.0" });
  t.match(open.url, /^http:\/\/127\.0\.0\.1:/, "a wildcard is not an address to call");
  t.ok(open.node.logs.some(({ level, message }) => level === "warn" && /TLS/.test(message)));
  await open.stop();
  node.dispose();
});
