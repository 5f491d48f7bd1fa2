/** Parts of the command line that need no process: misspelt commands, whose API is asked, what a sync shows on a terminal. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { Context } from "../../../core/cli/context.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";
import { adminClient, nodeClient } from "../../../core/cli/running-node.js";
import { isOneOfMany, showSync, snapshotLine, syncLine } from "../../../core/cli/sync-progress.js";
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

t.test("a checkpoint start says which headers it is at: those up to the checkpoint, and those that are checked above it", async (t) => {
  const nothing = { id: "00", percent: 0, ranges: 0, rangesDone: 0, bytes: 0, bytesDone: 0 };
  const line = (phase: "headers" | "search", headers: number, headersDone: number) =>
    snapshotLine({ ...nothing, phase, height: 12_000, headers, headersDone }, 3);
  t.equal(line("headers", 12_000, 4_000), "snapshot  height 12,000  4,000 of 12,000 headers");
  t.equal(line("search", 12_000, 12_000), "snapshot  height 12,000  asking peers for snapshots");
  t.equal(line("search", 12_900, 12_450), "snapshot  height 12,000  checking 12,450 of 12,900 headers");
});

t.test("options of a simulation that would have no effect are refused, and said to be so", async (t) => {
  const refused: readonly (readonly [argv: readonly string[], reason: RegExp])[] = [
    [["--from", "3"], /^--from is of a search/],
    [["--jobs", "2"], /^--jobs is of a search/],
    [["--keep-going"], /^--keep-going is of a search/],
    [["--seeds", "2", "--seed", "1"], /^--seed is of one run/],
    [["--seeds", "2", "--log", "info"], /^--log is of one run/],
    [["--seeds", "2", "--trace-kinds", "head"], /^--trace-kinds is of one run/],
    [["--seeds", "2", "--trace-lines", "5"], /^--trace-lines is of one run/],
    [["--seeds", "2", "--report", "r.html"], /^--report is of one run/],
    [["--trace-kinds", "head"], /^--trace-kinds is of a timeline/],
    [["--trace-lines", "5"], /^--trace-lines is of a timeline/],
  ];
  for (const [argv, reason] of refused)
    await t.rejects(buildProgram(contextWith()).run(["sim", "none.yaml", ...argv]), { code: "CLI_USAGE", message: reason }, argv.join(" "));
  await t.rejects(buildProgram(contextWith()).run(["sim", "--seed", "5", "attack", "all"]), {
    code: "CLI_USAGE",
    message: /^--seed before attack is of a scenario's run/,
  });
  await t.rejects(buildProgram(contextWith()).run(["sim", "none.yaml", "--seeds", "0"]), { message: /--seeds 0: write a whole number/ });
  const folder = t.testdir({ "calm.yaml": "name: calm\nduration: 1s\nnodes: [{ name: a }]\n" });
  const calm = (...argv: string[]) => buildProgram(contextWith()).run(["sim", `${folder}/calm.yaml`, ...argv]);
  await t.rejects(calm("--seed", "no seed"), { code: "CLI_USAGE", message: /not a number or a short name/ });
  await t.rejects(calm("--trace", `${folder}/trace`, "--trace-kinds", "heads"), { code: "CLI_USAGE", message: /fault,up,down/ });
  await t.rejects(calm("--consensus", "dice"), { code: "CLI_USAGE", message: /--consensus dice: write one of nakamoto, helios/ });
  await t.rejects(calm("--report", `${folder}/none/r.html`), { code: "CLI_USAGE", message: /can't be written/ });
  await t.rejects(calm("--trace", `${folder}/both`, "--report", `${folder}/./both`), { code: "CLI_USAGE", message: /two files/ });
  await t.rejects(calm("--trace", `${folder}/trace`, "--trace-lines", ""), { code: "CLI_USAGE", message: /--trace-lines : write a whole/ });
});

t.test("commands of a plugin come with its group, and say what is wrong with their options", async (t) => {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) };
  const context = { output: new Output(stream, silent, {}), environment: {} };
  const calibrate = (...argv: string[]) => buildProgram(context).run(["helios", "calibrate", ...argv]);
  for (const [argv, message] of [
    [["--shares", "50/30/30"], /three whole numbers that add up to 100/],
    [["--shares", "40/30"], /--shares/],
    [["--seconds", "0"], /--seconds 0: write a number/],
    [["--memory", "16MiB"], /--memory 16MiB/],
    [["--memory", "100.5"], /--memory 100.5: write a whole number/],
    [["--passes", "1.5"], /--passes 1.5: write a whole number/],
    [["--argon2id", "fast"], /write one of auto, native, portable/],
  ] as const)
    await t.rejects(calibrate(...argv), { code: "HELIOS_CALIBRATION_OPTION", message }, argv.join(" "));
  t.equal(await calibrate("--memory", "1024", "--seconds", "0.05", "--json"), 0);
  const { proposed, check } = JSON.parse(lines.join("")) as { proposed: Record<string, number>; check: { shares: Record<string, number> } };
  t.ok((proposed.memoryKiB ?? 0) >= 256 && (proposed.squarings ?? 0) >= 500 && (proposed.innerNonceBits ?? 0) >= 1);
  const { memory = 0, timeLock = 0, search = 0 } = check.shares;
  t.ok(Math.abs(memory + timeLock + search - 100) < 0.5);
  await t.rejects(buildProgram(context).run(["helios", "calibrat"]), { message: /no command calibrat; it knows calibrate; did you mean/ });
});
