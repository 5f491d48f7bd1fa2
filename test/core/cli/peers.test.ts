/** `chainwright peers …` as an operator sees it: tables of who is connected, known and banned, and what goes to the node. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";

const CONNECTED = {
  nodeId: "aa".repeat(32),
  listening: [],
  peers: [{ nodeId: "bb".repeat(32), address: "tcp://10.0.0.1:1", direction: "outbound", headHeight: 7, score: 55, latencyMs: 1.25 }],
};
const record = { source: "config", persistent: true, connected: false, score: 48, failuresInARow: 3 };
const BOOK = {
  peers: [
    { ...record, address: "tcp://10.0.0.1:1", connected: true, lastFailure: { atMs: 1, code: "TEST_OLD", reason: "long ago" } },
    {
      ...record,
      address: "tcp://10.0.0.2:1",
      lastFailure: { atMs: 1, code: "TRANSPORT_TLS_FOREIGN_CA", reason: "it refused: its certificate is from elsewhere" },
    },
    { ...record, address: "tcp://10.0.0.3:1", persistent: false, lastFailure: { atMs: 1, reason: "of an older release" } },
  ],
  bans: [
    { subject: "tcp://10.0.0.8:1", untilMs: 0, reason: "spam", by: "operator" },
    { subject: "tcp://10.0.0.9:1", untilMs: 0, reason: "of an older release" },
  ],
};

const TOKEN = "cc".repeat(32);
const requests: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path, body: body === "" ? undefined : JSON.parse(body) });
    const isAllowed = path === "/v1/peers" || headers.authorization === `Bearer ${TOKEN}`;
    const isLift = path === "/v1/admin/bans/lift";
    response.writeHead(isLift ? 404 : isAllowed ? 200 : 401, { "content-type": "application/json" });
    const answer = isLift ? { code: "API_BAN_NOT_FOUND", detail: "no such ban" } : path === "/v1/peers" ? CONNECTED : BOOK;
    response.end(JSON.stringify(answer));
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());

const directory = t.testdir({ "admin.token": TOKEN, "api.url": `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

/** Runs a command in this process, as main.ts does; answers what it wrote. */
async function peers(...argv: readonly string[]): Promise<string> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const program = buildProgram({ output: new Output(stream, stream, {}), environment: {} });
  t.equal(await program.run(["peers", ...argv, "--data-dir", directory]), 0, argv.join(" "));
  return text;
}

t.test("list: who is connected; with --all why the others are not, with a code to look for", async (t) => {
  const short = await peers("list");
  t.match(short, /1 connected.*\n.*latency\n *bbbbbbbbbbbbbbbb +tcp:\/\/10\.0\.0\.1:1 +outbound +7 +55\.0 +1\.3 ms/);
  t.notMatch(short, /peer book/);
  const lines = (await peers("list", "--all")).split("\n");
  const rowOf = (address: string, after: string) =>
    lines.slice(lines.findIndex((line) => line.includes(after))).find((line) => line.includes(address));
  t.match(rowOf("10.0.0.1", "peer book"), /48\.0 +connected, persistent$/, "of one that is connected no old trouble");
  t.match(rowOf("10.0.0.2", "peer book"), /persistent, it refused: its certificate is from elsewhere \(TRANSPORT_TLS_FOREIGN_CA\)$/);
  t.match(rowOf("10.0.0.3", "peer book"), /48\.0 +of an older release$/, "a record without a code");
  t.match(rowOf("10.0.0.8", "2 banned"), /1970-01-01T00:00:00\.000Z +operator +spam$/);
  t.match(rowOf("10.0.0.9", "2 banned"), /1970-01-01T00:00:00\.000Z +of an older release$/);
  t.match(JSON.parse(await peers("list", "--all", "--json")), { book: BOOK.peers, bans: BOOK.bans });
});

t.test("add, ban and unban say it to the node", async (t) => {
  requests.length = 0;
  t.match(await peers("add", "tcp://10.0.0.2:1", "--persistent"), /added tcp:\/\/10\.0\.0\.2:1, to be dialed for ever/);
  t.match(await peers("ban", "tcp://10.0.0.2:1", "--for", "7d", "--reason", "spam"), /for 7d/);
  t.match(await peers("unban", "tcp://10.0.0.2:1"), /is not banned/, "the wish is fulfilled");
  t.same(requests, [
    { method: "POST", path: "/v1/admin/peers", body: { address: "tcp://10.0.0.2:1", persistent: true } },
    { method: "POST", path: "/v1/admin/bans", body: { subject: "tcp://10.0.0.2:1", durationMs: 7 * 86_400_000, reason: "spam" } },
    { method: "POST", path: "/v1/admin/bans/lift", body: { subject: "tcp://10.0.0.2:1" } },
  ]);
});
