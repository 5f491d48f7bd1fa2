/** `chainwright snapshots` on real nodes: one makes a snapshot, another begins with it; what is damaged, foreign or in the way is refused. */
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { parse } from "#bundled/yaml";
import { exitCodeOf } from "../../core/cli/exit-codes.js";
import { Output } from "../../core/cli/output.js";
import { buildProgram } from "../../core/cli/program.js";
import { findData } from "../../core/node/offline-node.js";
import { loadOffline } from "../../core/node/offline-snapshot.js";
import { Address } from "../../core/primitives/address.js";
import { Hash } from "../../core/primitives/hash.js";
import { getJson, NodeProcess } from "./node-process.js";

// Each command listens for signals until its process ends.
process.setMaxListeners(0);

const directory = await mkdtemp(join(tmpdir(), "chainwright-snapshots-"));
t.teardown(() => rm(directory, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(directory, ...parts);
const config = at("dev", "node.yaml");
const data = at("dev", "data");
const SETTINGS = ["plugins.api-http.port=0", "plugins.consensus-nakamoto.mine=false"];
const START = ["start", "--config", config, ...SETTINGS.flatMap((each) => ["--set", each])];
/** More than a chunk holds. */
const ACCOUNTS = 4_100;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In this process: most of what a command costs is its start. */
async function command(...args: string[]): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const output = new Output(into("stdout"), into("stderr"), {});
  try {
    return { code: await buildProgram({ output, environment: {} }).run(args), ...written };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), ...written };
  }
}
const snapshots = (...args: string[]): Promise<Ended> => command("snapshots", ...args);

interface Made {
  readonly height: number;
  readonly id: string;
  readonly folder: string;
  readonly chunks: number;
  readonly entries: number;
}

interface ChainFile {
  readonly ledger: { readonly parameters: { readonly allocations: { readonly address: string; readonly amount: string }[] } };
}

/** The files of a development chain, with so many accounts that its state takes several chunks. */
async function writeChain(): Promise<void> {
  t.equal((await command("init", at("dev"), "--chain-id", "snapshot-test")).code, 0);
  const spec = parse(await readFile(at("dev", "chain.yaml"), "utf8")) as ChainFile;
  for (let index = 0; index < ACCOUNTS; index++) {
    const bytes = createHash("sha256").update(String(index)).digest().subarray(0, 20);
    spec.ledger.parameters.allocations.push({ address: Address.format(Address.from(new Uint8Array(bytes)), "cw"), amount: "7" });
  }
  // As JSON it is read in a tenth of the time.
  await writeFile(at("dev", "chain.json"), JSON.stringify(spec));
  await writeFile(config, (await readFile(config, "utf8")).replace("chain: chain.yaml", "chain: chain.json"));
}

let made: Made;

t.test("a running node makes one on request", async (t) => {
  await writeChain();
  const node = new NodeProcess([...START]);
  t.teardown(() => node.kill("SIGKILL"));
  const api = await node.api();
  await command("dev", "mine", "2", "--data-dir", data);
  t.match(await snapshots("make", "--data-dir", data), { code: 2, stderr: /no block is final yet.*NODE_SNAPSHOT_HEIGHT/ });
  t.match(await snapshots("make", "--data-dir", data, "--height", "9000000"), { code: 2, stderr: /above the head/ });
  const answer = await snapshots("make", "--data-dir", at("dev"), "--height", "2", "--json");
  t.equal(answer.code, 0, answer.stderr);
  made = JSON.parse(answer.stdout) as Made;
  t.match(made, { height: 2, chunks: 2 });
  t.ok(made.entries > ACCOUNTS);
  t.match(await getJson(`${api}/v1/snapshots`), { snapshots: [{ height: 2, id: made.id, chunks: 2, folder: undefined }] });
  t.match(await snapshots("load", made.folder, "--config", config), { code: 4, stderr: /DATA_DIRECTORY_LOCKED/ });
  t.equal(await node.kill("SIGTERM"), 0);

  t.match(JSON.parse((await snapshots("list", "--data-dir", at("dev"), "--json")).stdout), { snapshots: [{ id: made.id }], damaged: [] });
  t.match(await snapshots("list", "--data-dir", at("nowhere")), { code: 3 });
});

t.test("it is checked to the last byte, with a config for its chain, too", async (t) => {
  t.match(await snapshots("verify", made.folder), { code: 0, stdout: /whole and undamaged.*\n.*compare the block's id/ });
  t.match(await snapshots("verify", made.folder, "--config", config, "--checkpoint", `2:${made.id}`), {
    code: 0,
    stdout: /this config's chain/,
  });
  t.match(await snapshots("verify", made.folder, "--checkpoint", `3:${made.id}`), {
    code: 2,
    stderr: /of block \w{64} at height 2, and the checkpoint names block \w{64} at height 3;.*NODE_SNAPSHOT_OTHER_BLOCK/s,
  });
  t.match(await snapshots("verify", made.folder, "--checkpoint", made.id), { code: 2, stderr: /HEIGHT:ID/ });
  const spec = await readFile(at("dev", "chain.json"), "utf8");
  await cp(config, at("other", "node.yaml"));
  await writeFile(at("other", "chain.json"), spec.replace('"amount":"7"', '"amount":"8"'));
  t.match(await snapshots("verify", made.folder, "--config", at("other", "node.yaml")), {
    code: 2,
    stderr: /genesis .*SNAPSHOT_OTHER_CHAIN/s,
  });

  await cp(made.folder, at("bad"), { recursive: true });
  const chunk = at("bad", "000001.chunk");
  const bytes = await readFile(chunk);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(chunk, bytes);
  t.match(await snapshots("verify", at("bad")), { code: 7, stderr: /chunk 1 .*SNAPSHOT_DAMAGED/ });
});

t.test("an empty data directory begins with it, though its load was damaged and stopped before", async (t) => {
  const second = at("second");
  const load = (folder: string, ...more: string[]) => snapshots("load", folder, "--config", config, "--data-dir", second, ...more);
  t.match(await load(made.folder, "--checkpoint", `2:${"ab".repeat(32)}`), {
    code: 2,
    stderr: /the checkpoint names block (ab){32} at height 2.*NODE_SNAPSHOT_OTHER_BLOCK/s,
  });
  t.notOk((await readdir(directory)).includes("second"), "what is refused at once changes nothing");
  t.match(await load(at("bad")), { code: 7, stderr: /1 chunks were good.*\n.*SNAPSHOT_DAMAGED/ });

  const source = await findData({ file: config, dataDir: second, overrides: ["log.level=error"] });
  const abort = new AbortController();
  const stopped = loadOffline(source, made.folder, {
    checkpoint: { height: 2, id: Hash.parse(made.id) },
    signal: abort.signal,
    onProgress: ({ chunks }) => {
      if (chunks === 1) abort.abort(new Error("stopped"));
    },
  });
  await t.rejects(stopped, { message: "stopped" });

  const loaded = await load(made.folder, "--json");
  t.equal(loaded.code, 0, loaded.stderr);
  t.match(JSON.parse(loaded.stdout), { height: 2, id: made.id, dataDir: second, checkpoint: false });
  t.match(JSON.parse(await readFile(join(second, "format.json"), "utf8")), { format: 2, chainId: "snapshot-test" });
  t.match(JSON.parse((await command("db", "stats", "--data-dir", second, "--json")).stdout), { format: 2 });
  t.match(await command("db", "verify", "--data-dir", second), { code: 0, stdout: /whole/ });
  t.match(await load(made.folder), { code: 4, stderr: /head at height 2.*SNAPSHOT_NOT_EMPTY/ });

  const node = new NodeProcess([...START, "--set", `dataDir=${second}`]);
  t.teardown(() => node.kill("SIGKILL"));
  const api = await node.api();
  t.equal((await command("dev", "mine", "1", "--data-dir", second)).code, 0, "and the chain goes on from there");
  t.match(await getJson(`${api}/v1/blocks/2?transactions=none`), { hash: made.id });
  t.match(await getJson(`${api}/v1/status`), { bodiesFrom: 3, statesFrom: 2 });
  t.equal(await node.kill("SIGTERM"), 0);
});
