/** `chainwright snapshots make` towards a node: asks once, looks again while it is being made, and ends as the node's work ended. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { exitCodeOf } from "../../../core/cli/exit-codes.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";

const TOKEN = "cc".repeat(32);
const SNAPSHOT = { height: 7, id: "ab".repeat(32), entries: 12_345, chunks: 4, bytes: 2_048, folder: "/srv/data/snapshots/7-abab" };
const requests: unknown[] = [];
/** What the node answers, in order. */
let answers: object[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const { method, url, headers } = request;
    requests.push([method, url, ...(body === "" ? [] : [JSON.parse(body)])]);
    response.writeHead(headers.authorization === `Bearer ${TOKEN}` ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(answers.shift() ?? {}));
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const directory = t.testdir({ "admin.token": TOKEN, "api.url": `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

async function make(...argv: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const output = new Output(stream, stream, {});
  requests.length = 0;
  try {
    const code = await buildProgram({ output, environment: {} }).run(["snapshots", "make", "--data-dir", directory, ...argv]);
    return { code, text };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), text };
  }
}

t.test("one that takes its time is waited for", async (t) => {
  answers = [{ request: { state: "making" } }, { snapshots: [], request: { state: "made", snapshot: SNAPSHOT } }];
  const { code, text } = await make("--height", "7");
  t.equal(code, 0);
  t.match(text, /goes on even if this command is stopped.*height 7, block (ab){32}\n12,345 entries in 4 chunks, 2\.0 KiB\n\/srv\/data/s);
  t.same(requests, [
    ["POST", "/v1/admin/snapshots", { height: 7, waitMs: 5_000 }],
    ["GET", "/v1/admin/snapshots"],
  ]);
});

t.test("what fails later is told with its code", async (t) => {
  answers = [
    { request: { state: "making" } },
    { snapshots: [], request: { state: "failed", code: "SNAPSHOT_VIEW_GONE", detail: "ask for a newer block" } },
  ];
  const failed = await make();
  t.equal(failed.code, 5);
  t.match(failed.text, /error: ask for a newer block \(SNAPSHOT_VIEW_GONE\)/);
  answers = [{ request: { state: "making" } }, { snapshots: [] }];
  t.match(await make(), { code: 5, text: /started again meanwhile/ });
});

t.test("a height is a whole number", async (t) => {
  t.match(await make("--height", "-1"), { code: 2, text: /--height -1 is not a whole number from 1/ });
  t.same(requests, [], "the node was not asked");
});
