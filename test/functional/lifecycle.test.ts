/**
 * How a node ends, seen from outside: Ctrl-C and SIGTERM stop it within a second with exit code 0, whatever clients do and
 * however far its start has come.
 */
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { patient } from "../fixtures/pace.js";
import { getJson, NodeProcess } from "./node-process.js";

const STOP_MAX_MS = 1_000;
/** A node that does not stop must not outlive its test. */
const PATIENCE_MS = 30_000;

interface Stop {
  readonly code: number | null;
  readonly ms: number;
}

async function stop(node: NodeProcess, signal: NodeJS.Signals): Promise<Stop> {
  const startedMs = performance.now();
  const patience = setTimeout(() => void node.kill("SIGKILL"), PATIENCE_MS);
  const code = await node.kill(signal);
  clearTimeout(patience);
  return { code, ms: performance.now() - startedMs };
}

function cleanly(t: Test, { code, ms }: Stop, node: NodeProcess): void {
  t.equal(code, 0, "exit code 0");
  t.ok(ms < patient(STOP_MAX_MS), `within a second: ${ms.toFixed(0)} ms`);
  t.equal(node.complaints, "", "and nothing to complain of");
}

/** A client that sends `text` and nothing else, ever. */
async function rawClient(api: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(api);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  // Being cut off is what these clients are for.
  socket.on("error", () => undefined);
  socket.write(text);
  return socket;
}

/** A request over a connection that stays open. @returns the answer's status, when it has come */
function request(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    }).once("error", reject);
  });
}

t.test("Ctrl-C, with an open keep-alive client", async (t) => {
  const node = new NodeProcess(["dev", "--data-dir", t.testdir(), "--port", "0"]);
  const agent = new Agent({ keepAlive: true });
  t.equal(await request(`${await node.api()}/v1/status`, agent), 200);
  cleanly(t, await stop(node, "SIGINT"), node);
  agent.destroy();
});

t.test("SIGTERM, with clients that hang", async (t) => {
  // Without blocks, so that nothing answers a request that waits for one.
  const node = new NodeProcess(["dev", "--data-dir", t.testdir(), "--port", "0", "--mine", "instant"]);
  const api = await node.api();
  const agent = new Agent({ keepAlive: true });
  const hanging = [
    await rawClient(api, ""),
    await rawClient(api, "GET /v1/status HTTP/1.1\r\nHost: node\r\n"),
    await rawClient(api, "POST /v1/transactions HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
    // It never reads its answers of more than a megabyte each.
    (await rawClient(api, "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: node\r\n\r\n".repeat(3))).pause(),
  ];
  const { latest } = await getJson(`${api}/v1/events`);
  const waiting = request(`${api}/v1/events?after=${latest}&waitMs=30000`, agent);
  // Only a request that waits already is answered: a later one meets a node that stops.
  while (!(await (await fetch(`${api}/metrics`)).text()).includes("\nchainwright_api_event_waiters 1\n")) await delay(5);
  const stopped = stop(node, "SIGTERM");
  t.equal(await waiting, 200, "a request that waits for an event is answered");
  cleanly(t, await stopped, node);
  agent.destroy();
  for (const socket of hanging) socket.destroy();
});

t.test("two signals in a row, as npm passes them on", async (t) => {
  const node = new NodeProcess(["dev", "--data-dir", t.testdir(), "--port", "0"]);
  await node.api();
  const first = stop(node, "SIGINT");
  void node.kill("SIGINT");
  cleanly(t, await first, node);
});

// In the order in which a start makes them: dev files, data directory, storage, API.
for (const made of ["node.yaml", "data/format.json", "data/chain.level", "data/admin.token"]) {
  t.test(`a stop during the start, when ${made} is there`, async (t) => {
    const directory = t.testdir();
    const node = new NodeProcess(["dev", "--data-dir", directory, "--port", "0"]);
    while (!existsSync(join(directory, made))) await delay(1);
    cleanly(t, await stop(node, "SIGTERM"), node);
    const lock = join(directory, "data", "lock");
    t.same(existsSync(lock) ? readdirSync(lock) : [], [], "the data directory is free");
  });
}
