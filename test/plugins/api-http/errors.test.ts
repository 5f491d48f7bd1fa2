/** Bad input of every kind, over real sockets: each gets its own stable code as a problem document, and leaks nothing. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ChainwrightError, defineError, type ErrorKind, toHex } from "../../../core/sdk.js";
import { AdminToken } from "../../../plugins/api-http/admin-token.js";
import { RouteTable } from "../../../plugins/api-http/route-table.js";
import { patient } from "../../fixtures/pace.js";
import { type Answer, addressOf, Running } from "./client.js";
import { FakeNode, transfer } from "./fake-node.js";

const BODY_LIMIT = 4_096;
const api = await Running.start({ bodyLimitBytes: BODY_LIMIT });
t.teardown(() => api.stop());
/** For slow clients and slow answers; everything else has time, however busy the machine is. */
const hurried = await Running.start({ requestTimeoutMs: 300, answerTimeoutMs: 300 });
t.teardown(() => hurried.stop());
const { node } = api;
const JSON_TYPE = { "content-type": "application/json" };

/** The shape that every error has. */
function checkProblem(test: Test, answer: Pick<Answer, "status" | "type" | "text" | "json">, status: number, code: string): void {
  test.equal(answer.status, status, `${code} has status ${status}`);
  test.equal(answer.type, "application/problem+json", "content type");
  const problem = answer.json ?? {};
  test.match(problem, {
    type: `urn:chainwright:problem:${code}`,
    status,
    code,
    title: /^[A-Z]/,
    detail: /../,
    instance: /^\//,
    requestId: String,
  });
  test.notMatch(answer.text, /node_modules|\/work\/|\.ts:|\.js:|\\n +at |file:/, "no stacks, no paths");
}

/** An HTTP answer as it came over a socket. */
function parse(received: string): Pick<Answer, "status" | "type" | "text" | "json"> {
  const [head = "", text = ""] = received.split("\r\n\r\n", 2);
  const status = Number(/^HTTP\/1\.1 (\d+) /.exec(head)?.[1]);
  const type = /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? "";
  return { status, type, text, json: text === "" ? undefined : JSON.parse(text) };
}

t.test("parameters", async (t) => {
  const hash = "ab".repeat(32);
  const cases: [path: string, status: number, code: string, detail?: RegExp][] = [
    ["/v1/blocks?limit=0", 400, "API_PARAMETERS_INVALID", /query \/limit/],
    ["/v1/blocks?limit=101", 400, "API_PARAMETERS_INVALID", /100/],
    ["/v1/blocks?limit=ten", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=1e1", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=0x10", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=1.5", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=%201", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?limit=1&limit=2", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?from=-1", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?from=9007199254740993", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?order=up", 400, "API_PARAMETERS_INVALID", /must be one of desc, asc/],
    ["/v1/blocks?limt=3", 400, "API_PARAMETERS_INVALID", /no such name; known are from, order, limit/],
    ["/v1/blocks?__proto__=3", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks?constructor=3", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks/nonsense", 400, "API_PARAMETERS_INVALID", /path \/block/],
    ["/v1/blocks/-1", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks/01", 400, "API_PARAMETERS_INVALID"],
    [`/v1/blocks/${hash}0`, 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks/99999999999999999999", 400, "API_PARAMETERS_INVALID"],
    ["/v1/blocks/4", 404, "API_BLOCK_NOT_FOUND"],
    [`/v1/blocks/${hash}`, 404, "API_BLOCK_NOT_FOUND", new RegExp(hash)],
    ["/v1/transactions/xyz", 400, "API_PARAMETERS_INVALID"],
    [`/v1/transactions/${hash}`, 404, "API_TRANSACTION_NOT_FOUND"],
    [`/v1/transactions/${hash}?proof=yes`, 400, "API_PARAMETERS_INVALID", /boolean/],
    ["/v1/accounts/nonsense", 400, "VALUE_INVALID", /checksum/],
    ["/v1/accounts/bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", 400, "VALUE_INVALID", /begin/],
    [`/v1/accounts/${node.alice.text.slice(0, -1)}q`, 400, "VALUE_INVALID"],
    [`/v1/accounts/${node.alice.text}?block=zero`, 400, "API_PARAMETERS_INVALID", /query \/block/],
    [`/v1/accounts/${node.alice.text}?block=9`, 404, "API_BLOCK_NOT_FOUND"],
    [`/v1/accounts/${node.alice.text}?block=0`, 404, "API_STATE_NOT_FOUND"],
    ["/v1/mempool?offset=-1", 400, "API_PARAMETERS_INVALID"],
    ["/v1/events?waitMs=30001", 400, "API_PARAMETERS_INVALID"],
    ["/v1/events?limit=1000", 400, "API_PARAMETERS_INVALID"],
    ["/nothing", 404, "API_ROUTE_NOT_FOUND"],
    ["/", 404, "API_ROUTE_NOT_FOUND"],
    ["/v1/status/", 404, "API_ROUTE_NOT_FOUND"],
    ["/v1/blocks/%zz", 400, "API_URL_MALFORMED"],
    ["/v1/blocks/%ff", 400, "API_URL_MALFORMED"],
    [`/v1/blocks/${"a".repeat(200)}`, 414, "API_URL_TOO_LONG"],
    [`/v1/blocks?${"a".repeat(3_000)}`, 414, "API_URL_TOO_LONG"],
  ];
  for (const [path, status, code, detail] of cases) {
    const answer = await api.get(path);
    t.comment(path.slice(0, 80));
    checkProblem(t, answer, status, code);
    if (detail !== undefined) t.match(answer.json.detail, detail);
    t.ok(answer.json.instance.length <= 256 && !answer.json.instance.includes("?"));
  }
  t.match((await api.get("/v1/blocks?a=1&limit=x")).json.data.problems, [
    { in: "query", pointer: "/a" },
    { in: "query", pointer: "/limit" },
  ]);
});

t.test("methods", async (t) => {
  for (const [method, path, allow] of [
    ["POST", "/v1/status", "GET, HEAD"],
    ["DELETE", "/v1/transactions", "POST"],
    ["PUT", "/v1/blocks/3", "GET, HEAD"],
    ["OPTIONS", "/v1/transactions", "POST"],
    ["PROPFIND", "/v1/mempool", "GET, HEAD"],
    ["GET", "/v1/admin/blocks", "POST"],
  ] as const) {
    const answer = await api.get(path, { method });
    checkProblem(t, answer, 405, "API_METHOD_NOT_ALLOWED");
    t.equal(answer.headers.get("allow"), allow);
  }
  const table = new RouteTable();
  table.add("/a/:b/c", "GET");
  table.add("/a/*", ["PUT", "POST"]);
  t.same(table.methodsAt("/a/x/c?d"), ["GET", "POST", "PUT"]);
  t.same(table.methodsAt("/a//c"), ["POST", "PUT"]);
  t.same(table.methodsAt("/a"), []);
  t.same(table.methodsAt("/b/x/c"), []);
  t.same(table.templates(), ["/a/*", "/a/:b/c"]);
});

t.test("bodies", async (t) => {
  const cases: [body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, status: number, code: string][] = [
    ["{", JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ["", JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ["not json", JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ['{"raw":"00"}garbage', JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ['{"__proto__":{"raw":"00"}}', JSON_TYPE, 400, "API_BODY_MALFORMED"],
    [new Uint8Array([0xff, 0xfe, 0x00]), JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ["[".repeat(BODY_LIMIT), JSON_TYPE, 400, "API_BODY_MALFORMED"],
    ["[]", JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ["null", JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ["{}", JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":5}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":""}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":"0"}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":"0x00"}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":"zz"}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    ['{"raw":"00","more":1}', JSON_TYPE, 400, "API_PARAMETERS_INVALID"],
    [new Uint8Array(0), { "content-type": "application/octet-stream" }, 400, "API_PARAMETERS_INVALID"],
    ["raw=00", { "content-type": "application/x-www-form-urlencoded" }, 415, "API_MEDIA_TYPE_UNSUPPORTED"],
    ["00", { "content-type": "text/plain" }, 415, "API_MEDIA_TYPE_UNSUPPORTED"],
    ["00", { "content-type": ";;;" }, 415, "API_MEDIA_TYPE_UNSUPPORTED"],
    [new Uint8Array([1]), {}, 415, "API_MEDIA_TYPE_UNSUPPORTED"],
    ["x".repeat(BODY_LIMIT + 1), JSON_TYPE, 413, "API_BODY_TOO_LARGE"],
    [new Uint8Array(BODY_LIMIT + 1), { "content-type": "application/octet-stream" }, 413, "API_BODY_TOO_LARGE"],
    [new Uint8Array(2 * 1024 * 1024), { "content-type": "application/octet-stream" }, 413, "API_BODY_TOO_LARGE"],
  ];
  for (const [body, headers, status, code] of cases) {
    t.comment(String(body).slice(0, 40));
    checkProblem(t, await api.post("/v1/transactions", body, headers), status, code);
  }
  t.match((await api.post("/v1/transactions", "00", { "content-type": "text/plain" })).json.data.accepted, [
    "application/json",
    "application/octet-stream",
  ]);
  t.equal(node.submitted.length, 0, "none of it got through");

  const chunks = async function* () {
    for (let sent = 0; sent < 3 * BODY_LIMIT; sent += 1_024) yield new Uint8Array(1_024);
  };
  const chunked = await api.get("/v1/transactions", {
    method: "POST",
    body: ReadableStream.from(chunks()) as ReadableStream<Uint8Array<ArrayBuffer>>,
    duplex: "half",
    headers: { "content-type": "application/octet-stream" },
  } as RequestInit);
  checkProblem(t, chunked, 413, "API_BODY_TOO_LARGE");
  t.not(chunked.headers.get("connection"), "close", "closing at once could take the answer away from a client that still sends");
});

t.test("bytes that are no request, or never become one", async (t) => {
  const post = (headers: string, body: string) =>
    `POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`;
  const cases: [bytes: string, end: boolean, status: number, code: string][] = [
    ["complete garbage\r\n\r\n", false, 400, "API_REQUEST_MALFORMED"],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", false, 400, "API_REQUEST_MALFORMED"],
    ["GET /v1/status HTTP/1.1\r\nhost x\r\n\r\n", false, 400, "API_REQUEST_MALFORMED"],
    ["GET /v1/status HTTP/1.1\r\nconnection: close\r\n\r\n", false, 400, "API_REQUEST_MALFORMED"],
    [post("content-length: 5\r\ntransfer-encoding: chunked", "0\r\n\r\n"), false, 400, "API_REQUEST_MALFORMED"],
    [post("transfer-encoding: chunked", "zz\r\n"), false, 400, "API_REQUEST_MALFORMED"],
    [post("content-length: 50", '{"raw":"00'), true, 400, "API_BODY_TRUNCATED"],
    [post("transfer-encoding: chunked", '5\r\n{"raw'), true, 400, "API_BODY_TRUNCATED"],
    [`GET /v1/status HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(20_000)}\r\n\r\n`, false, 431, "API_HEADERS_TOO_LARGE"],
    // Slow clients: nothing at all, half a header, half a body.
    ["", false, 408, "API_REQUEST_TIMEOUT"],
    ["GET /v1/status HTTP/1.1\r\nhost:", false, 408, "API_REQUEST_TIMEOUT"],
    [post("content-length: 50", '{"raw":"00'), false, 408, "API_REQUEST_TIMEOUT"],
  ];
  await Promise.all(
    cases.map(async ([bytes, end, status, code]) => {
      const answer = parse(await (status === 408 ? hurried : api).raw(bytes, { end }));
      t.comment(JSON.stringify(bytes.slice(0, 60)));
      checkProblem(t, answer, status, code);
    }),
  );
  t.equal((await api.get("/health/live")).status, 200, "others are served as before");

  // A second request on a connection that already had its answer: the answer stays whole.
  const mixed = await api.raw("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\ngarbage\r\n\r\n");
  t.match(mixed, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"status":"live"\}HTTP\/1\.1 400 Bad Request\r\n[\s\S]*API_REQUEST_MALFORMED/);
  t.match(await api.raw("GET /health/live HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200/, "HTTP/1.0 needs no host");
});

t.test("a drip-feeding client is cut off in time, whatever it sends", async (t) => {
  const began = performance.now();
  const socket = connect(hurried.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write("GET /v1/status HTTP/1.1\r\nhost: x\r\n");
  const drip = setInterval(() => socket.write("x-drip: 1\r\n"), 20);
  await new Promise((resolve) => socket.on("close", resolve));
  clearInterval(drip);
  const took = performance.now() - began;
  t.ok(took >= 250 && took < 5_000, `cut off after ${Math.round(took)} ms`);
});

t.test("errors of the node, by kind", async (t) => {
  const raw = JSON.stringify({ raw: toHex(transfer(node.alice, node.bob, 9).raw) });
  const cases: [kind: ErrorKind, code: string, status: number, told: boolean][] = [
    ["input", "LEDGER_FEE_TOO_LOW", 422, true],
    ["input", "ENCODING_NOT_CANONICAL", 400, true],
    ["conflict", "LEDGER_STALE_NONCE", 409, true],
    ["missing", "SOMETHING_MISSING", 404, true],
    ["denied", "SOMETHING_DENIED", 403, true],
    ["limit", "MEMPOOL_FULL", 429, true],
    ["unavailable", "MEMPOOL_STOPPED", 503, true],
    ["missing", "EVENTS_PRUNED", 410, true],
    ["damaged", "CHAIN_DAMAGED", 500, true],
    ["damaged", "STATE_DAMAGED", 500, true],
    ["damaged", "STORAGE_DAMAGED", 500, false],
    ["internal", "CHAIN_INTERNAL", 500, false],
    ["unavailable", "STORAGE_IO", 503, false],
    ["input", "STORAGE_KEY_INVALID", 500, false],
    ["future kind" as ErrorKind, "NEWER_COPY", 500, false],
  ];
  for (const [kind, code, status, told] of cases) {
    const Failure = defineError<{ amount: bigint; bytes: Uint8Array; deep: unknown }>(code, kind, () => "in /work/secret.db: do this");
    node.submit = async () => {
      throw new Failure({ amount: 2n ** 63n, bytes: Uint8Array.of(1, 255), deep: [{ a: null, f: () => 1 }] }, new Error("cause"));
    };
    const answer = await api.post("/v1/transactions", raw);
    t.equal(answer.status, status, code);
    t.equal(answer.json.code, code);
    t.equal(answer.text.includes("secret.db"), told, `${code}: its words are ${told ? "" : "not "}told`);
    if (told) t.same(answer.json.data, { amount: (2n ** 63n).toString(), bytes: "01ff", deep: [{ a: null }] });
    else t.notOk("data" in answer.json);
    t.equal(answer.headers.get("retry-after"), status === 429 || status === 503 ? "1" : null);
    t.notMatch(answer.text, /cause|errors\.test/);
  }
  node.submit = async () => {
    throw new ChainwrightError("MEMPOOL_BUSY", "limit", "later", { retryAfterMs: 2_500 });
  };
  t.equal((await api.post("/v1/transactions", raw)).headers.get("retry-after"), "3");
  for (const thrown of [new Error("at /work/x.ts:1"), new TypeError("undefined is not a function"), "a string", undefined, { code: 5 }]) {
    node.submit = async () => {
      throw thrown;
    };
    checkProblem(t, await api.post("/v1/transactions", raw), 500, "API_INTERNAL");
  }
  node.fault = new Error("database /var/lib/secret is gone");
  const answer = await api.get("/v1/status");
  checkProblem(t, answer, 500, "API_INTERNAL");
  t.notMatch(answer.text, /secret/);
  node.fault = undefined;
});

t.test("an answer that never comes is given up", async (t) => {
  hurried.node.submit = () => new Promise(() => undefined);
  const answer = await hurried.post("/v1/transactions", '{"raw":"00"}');
  checkProblem(t, answer, 503, "API_ANSWER_TIMEOUT");
  t.equal(answer.headers.get("retry-after"), "1");
});

t.test("waiting requests and connections are bounded", async (t) => {
  const small = await Running.start({ maxEventWaiters: 2, maxConnections: 6 });
  const waiting = [1, 2].map(() => small.get("/v1/events?waitMs=30000"));
  while (small.node.gauges.get("api_event_waiters")?.() !== 2) await new Promise((resolve) => setImmediate(resolve));
  checkProblem(t, await small.get("/v1/events?waitMs=30000"), 429, "API_TOO_MANY_WAITERS");
  t.equal((await small.get("/v1/events")).status, 200, "not waiting is always possible");
  const idle = await Promise.all(
    Array.from({ length: 10 }, () => {
      const socket = connect(small.port, "127.0.0.1");
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.on("error", () => undefined);
      return new Promise<{ socket: Socket; closed: Promise<unknown> }>((resolve) =>
        socket.on("connect", () => resolve({ socket, closed })),
      );
    }),
  );
  await Promise.any(idle.map(({ closed }) => closed));
  t.ok((small.node.gauges.get("api_connections")?.() ?? 99) <= 6);
  for (const { socket } of idle) socket.destroy();
  const began = performance.now();
  await small.stop();
  const tookMs = performance.now() - began;
  t.ok(tookMs < patient(1_000));
  for (const each of waiting) t.equal((await each).status, 200, "stopping ends all waiting with an answer");
});

t.test("stop: within a second, with idle, hanging and half-sent requests", async (t) => {
  const busy = await Running.start();
  busy.node.submit = () => new Promise(() => undefined);
  const idle = connect(busy.port, "127.0.0.1");
  const half = connect(busy.port, "127.0.0.1");
  const silent = connect(busy.port, "127.0.0.1");
  const closed = [idle, half, silent].map((socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    return new Promise((resolve) => socket.on("close", resolve));
  });
  idle.write("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n");
  await new Promise((resolve) => idle.once("data", resolve));
  half.write("POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
  const hanging = busy.post("/v1/transactions", '{"raw":"00"}').catch(() => "cut");
  while (busy.node.submitted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const began = performance.now();
  const stopped = busy.stop();
  await t.rejects(fetch(`${busy.url}/health/live`), "nobody new gets in");
  await stopped;
  const took = performance.now() - began;
  t.ok(took < patient(1_000), `stopped in ${Math.round(took)} ms`);
  await Promise.all(closed);
  t.equal(await hanging, "cut");
});

t.test("stop during the start closes what that opens", async (t) => {
  const plugin = new FakeNode().plugin({});
  const started = plugin.start();
  await plugin.stop();
  await started;
  t.equal(addressOf(plugin), "", "nobody listens any more");
});

t.test("stop lets a running request end, and refuses further ones on its connection", async (t) => {
  const busy = await Running.start();
  let finish = (): void => undefined;
  busy.node.submit = () => new Promise((resolve) => (finish = () => resolve({ id: busy.node.included.id, standing: "ready" })));
  const body = '{"raw":"00"}';
  const socket = connect(busy.port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => (received += chunk));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.write(
    `POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  while (busy.node.submitted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const stopped = busy.stop();
  socket.write("GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, 20));
  finish();
  await stopped;
  await closed;
  t.match(received, /^HTTP\/1\.1 202 Accepted[\s\S]*"standing":"ready"\}/);
  if (received.includes("HTTP/1.1 503")) t.match(received, /API_STOPPING/);
});

t.test("start-up: a busy port, a wrong host, broken contributions", async (t) => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const node = new FakeNode();
  const plugin = node.plugin({ port });
  await t.rejects(plugin.start(), {
    code: "API_PORT_IN_USE",
    data: { host: "127.0.0.1", port },
    message: new RegExp(`port ${port} .*plugins.api-http.port`),
  });
  await plugin.stop();
  t.equal(node.listeners.size, 0, "nothing is left subscribed");
  holder.close();
  await t.rejects(node.plugin({ host: "203.0.113.7" }).start(), { code: "API_LISTEN_FAILED" });

  for (const [prefix, routes, reason] of [
    ["/v1/x", async () => Promise.reject(new Error("no database")), /no database/],
    [
      "/v1",
      async (app: { get: (path: string, handler: () => unknown) => unknown }) => void app.get("/status", () => 1),
      /already declared/,
    ],
    ["v1/x", async () => undefined, /prefix/],
    ["/", async () => undefined, /prefix/],
  ] as const) {
    const broken = new FakeNode();
    broken.routes.push({ prefix, routes });
    const plugin = broken.plugin();
    await t.rejects(plugin.start(), { code: "API_ROUTES_UNUSABLE", data: { prefix, reason } });
    await plugin.stop();
    broken.dispose();
  }
  node.dispose();
});

t.test("the admin token's file", async (t) => {
  const node = new FakeNode();
  const file = join(node.directory, "token");
  const load = () => AdminToken.load(file, { bytes: (length) => new Uint8Array(length).fill(7) }, node.logger());
  await load();
  t.equal(readFileSync(file, "utf8"), `${"07".repeat(32)}\n`);
  const token = await load();
  t.doesNotThrow(() => token.check(`bearer ${"07".repeat(32)}`), "the scheme's case does not matter");
  t.throws(() => token.check(`Bearer ${"07".repeat(31)}08`), { code: "API_TOKEN_WRONG" });
  t.throws(() => token.check(undefined), { code: "API_TOKEN_MISSING" });
  t.throws(() => token.check("Bearer"), { code: "API_TOKEN_MISSING" });
  for (const content of ["", "short\n", `${"a".repeat(40)} b`, "x".repeat(2_000), "\0".repeat(64)]) {
    writeFileSync(file, content);
    await t.rejects(load(), { code: "API_TOKEN_FILE_UNUSABLE", data: { file } }, JSON.stringify(content.slice(0, 20)));
  }
  if (process.platform !== "win32") {
    writeFileSync(file, `${"a".repeat(64)}\n`, { mode: 0o644 });
    statSync(file);
    const { chmodSync } = await import("node:fs");
    chmodSync(file, 0o644);
    await load();
    t.ok(
      node.logs.some(({ level, data }) => level === "warn" && data.mode === "644"),
      "a file that others can read is warned of",
    );
  }
  mkdirSync(join(node.directory, "folder"));
  const config = { adminTokenFile: join(node.directory, "folder") };
  await t.rejects(node.plugin(config).start(), { code: "API_TOKEN_FILE_UNUSABLE" });
  await t.rejects(node.plugin({ adminTokenFile: join(node.directory, "no", "such", "folder") }).start(), {
    code: "API_TOKEN_FILE_UNUSABLE",
  });
  node.dispose();
});
