/** `chainwright reorgs` and `chainwright miner` towards a node: what is known is told as known, and cursors lead on. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { exitCodeOf } from "../../../core/cli/exit-codes.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";

const requests: (string | undefined)[] = [];
/** What the node answers, in order. */
let answers: object[] = [];
const server = createServer((request, response) => {
  requests.push(request.url);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(answers.shift() ?? {}));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const directory = t.testdir({ "admin.token": "cc".repeat(32), "api.url": `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

async function command(...argv: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const output = new Output(stream, stream, {});
  requests.length = 0;
  try {
    return { code: await buildProgram({ output, environment: {} }).run([...argv, "--data-dir", directory]), text };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), text };
  }
}

const block = (height: number) => ({ hash: String(height).padStart(64, "0"), height });
const REORG = {
  sequence: 7,
  lastSequence: 10,
  depth: 2,
  ancestor: block(3),
  undone: [block(5), block(4)],
  applied: [block(4), block(5)],
  decided: true,
  lost: [],
  lostCount: 0,
  complete: true,
};

t.test("a reorg is named by its last event, and what could not be looked at is not counted as none", async (t) => {
  const shown = async (change: object) => {
    answers = [{ reorgs: [{ ...REORG, ...change }], next: 12, latest: 12 }];
    return (await command("reorgs")).text;
  };
  t.match(await shown({}), /event 10: 2 blocks undone above height 3, 2 applied up to 5, 0 transactions left behind\n/);
  t.match(await shown({ lostCount: 1 }), /, 1 transaction left behind\n/);
  t.match(await shown({ complete: false }), /at least 0 transactions left behind; blocks that are not kept.*could not be looked at\n/);
  t.match(await shown({ decided: false, applied: [] }), /, 0 applied so far, /);
  answers = [{ reorgs: [], next: 12, latest: 12 }];
  t.match(await command("reorgs", "--after", "10"), { code: 0, text: /no reorgs/ });
  t.same(requests, ["/v1/reorgs?waitMs=0&after=10"]);
});

t.test("a miner's threads are bounded before the node is asked", async (t) => {
  for (const count of ["0", "65", "1.5"])
    t.match(await command("miner", "threads", count), { code: 2, text: /is not a number of threads from 1 to 64/ }, count);
  t.same(requests, []);
});
