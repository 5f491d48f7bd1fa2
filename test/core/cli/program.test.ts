/** Parts of the command line that need no process: misspelt commands, whose API is asked, what a sync shows on a terminal. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { Context } from "../../../core/cli/context.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";
import { adminClient, nodeClient } from "../../../core/cli/running-node.js";
import { isOneOfMany, showSync, syncLine } from "../../../core/cli/sync-progress.js";
import type { NetworkView, SyncStatus } from "../../../core/ports/index.js";

const silent = { write: () => true };
const contextWith = (environment: Context["environment"] = {}): Context => ({ environment, output: new Output(silent, silent, {}) });

t.test("a misspelt command below one that runs by itself is named, with the one that was meant", async (t) => {
  const run = (...argv: string[]) => buildProgram(contextWith()).run(argv);
  await t.rejects(run("devnet", "partitoin", "3"), {
    code: "CLI_USAGE",
    message: /no command partitoin; it knows .*wait-sync.*did you mean partition\?/,
  });
  await t.rejects(run("dev", "7"), { code: "CLI_USAGE", message: /no command 7; it knows mine$/ });
});

t.test("a data directory that was named is asked for its own node, and no other one", async (t) => {
  const dataDir = t.testdir();
  await writeFile(join(dataDir, "admin.token"), "00");
  for (const client of [nodeClient, adminClient]) {
    await t.rejects(client({ dataDir }, contextWith()), { code: "CLI_NODE_NOT_RUNNING", kind: "unavailable" });
    t.equal((await client({ dataDir, api: "http://127.0.0.1:1" }, contextWith())).url, "http://127.0.0.1:1");
    t.equal((await client({ dataDir }, contextWith({ CHAINWRIGHT_API: "http://127.0.0.1:2" }))).url, "http://127.0.0.1:2");
  }
  await writeFile(join(dataDir, "api.url"), "http://127.0.0.1:3\n");
  t.equal((await nodeClient({ dataDir }, contextWith({ CHAINWRIGHT_API: "http://127.0.0.1:2" }))).url, "http://127.0.0.1:3");
  t.equal((await nodeClient({}, contextWith())).url, "http://127.0.0.1:8645");

  const outside = join(dataDir, "node");
  await mkdir(join(outside, "data"), { recursive: true });
  await writeFile(join(outside, "data", "api.url"), "http://127.0.0.1:4");
  t.equal((await nodeClient({ dataDir: outside }, contextWith())).url, "http://127.0.0.1:4", "the folder around it will do");
});

const syncing: SyncStatus = {
  state: "syncing",
  currentHeight: 1_200,
  targetHeight: 4_000,
  headerHeight: 4_000,
  blocksPerSecond: 950,
  activePeers: 3,
};

t.test("a sync is a bar on a terminal, and blocks get a line only near its end", async (t) => {
  t.equal(
    syncLine(syncing),
    `sync  [${"=".repeat(9)}${" ".repeat(21)}]  1,200 of 4,000 blocks  30 %  950 blocks/s  from 3 peers  3 s left`,
  );
  t.ok(isOneOfMany(syncing, 1_200));
  t.notOk(isOneOfMany(syncing, 3_990));
  t.notOk(isOneOfMany({ ...syncing, state: "synced" }, 1_200), "a node that mines a chain after an old genesis shows its blocks");

  const written: string[] = [];
  const stream = { isTTY: true, columns: 200, write: (text: string) => written.push(text) };
  const network = { sync: syncing, peers: [] } as unknown as NetworkView;
  const stop = showSync(network, false, new Output(stream, silent, { NO_COLOR: "1" }));
  stop();
  t.same(written, [`\r\u001b[2K${syncLine(syncing)}`, "\r\u001b[2K"], "and it is taken away at the end");

  const lines: string[] = [];
  showSync(network, true, new Output({ write: (text: string) => lines.push(text) }, silent, {}))();
  t.same(
    lines.map((line) => JSON.parse(line)),
    [{ type: "sync", ...syncing, peers: 0 }],
  );
});
