/** Files of the index whose bits flip: it is noticed, or every transaction is still found with the right answer. Never a false answer. */
import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { Value } from "typebox/value";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { Address, API_ROUTES, type ApiRoutes, Hash, type Scheduler } from "../../../core/sdk.js";
import { IndexHistoryConfig } from "../../../plugins/index-history/config.js";
import { HistoryPlugin } from "../../../plugins/index-history/history-plugin.js";
import { HistoryStore } from "../../../plugins/index-history/history-store.js";
import type { HistoryView } from "../../../plugins/index-history/history-view.js";
import { openLevel } from "../../../plugins/index-history/level.js";
import { Running } from "../api-http/client.js";
import { NO_METRICS, SILENT } from "../ledger-account/fixtures.js";
import { addressOf, ScriptedChain } from "./scripted-chain.js";

const clock = new SystemClock();
const system = new SystemScheduler(clock);
/** Blocks of each batch: together some blocks of LevelDB's log, and of a table. */
const BATCHES = [1, 12, 12, 12, 12, 12];
/** Files have some dozens of KiB. */
const FLIPS_MIN = 60;

function pluginOf(chain: ScriptedChain, directory: string, options: Partial<IndexHistoryConfig> = {}, scheduler: Scheduler = system) {
  const place = { path: directory, resolve: (...segments: readonly string[]) => join(directory, ...segments) };
  const config = Value.Parse(IndexHistoryConfig, Value.Default(IndexHistoryConfig, { backfillPercent: 100, ...options }));
  return new HistoryPlugin(chain.view(), chain, place, clock, scheduler, config, SILENT, NO_METRICS);
}

const served = (plugin: HistoryPlugin) => Running.start({}, (node) => node.routes.push(plugin.capabilities()[API_ROUTES] as ApiRoutes));

async function settled(api: Running, state: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { json } = await api.get("/v1/history/status");
    if (json.state === state && (state !== "following" || json.behindBlocks === 0)) return json;
    await system.yield();
  }
}

function grow(chain: ScriptedChain, blocks: number): void {
  for (let made = 0; made < blocks; made++)
    chain.extend(Array.from({ length: 10 }, (_, index) => chain.transaction([made % 7, index], index === 3 ? "BANK_SOME_FAILURE" : "")));
}

/**
 * Runs the index to the head, as often as that has grown by so many blocks: each time is a batch.
 *
 * @throws what its start throws
 */
async function indexed(chain: ScriptedChain, directory: string, batches: readonly number[] = [0]): Promise<string> {
  const plugin = pluginOf(chain, directory, { patrolBytesPerSecond: 0 });
  await plugin.start();
  const api = await served(plugin);
  for (const blocks of batches) {
    grow(chain, blocks);
    await settled(api, "following");
  }
  await api.stop();
  await plugin.stop();
  return join(directory, "history.level");
}

async function largest(folder: string, suffix: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix));
  const sized = await Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })));
  return sized.sort((a, b) => b.bytes - a.bytes)[0]?.name ?? "";
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  await writeFile(path, bytes);
}

/** `noticed`, `harmless`, or what is false. */
async function outcome(chain: ScriptedChain, directory: string): Promise<string> {
  const path = join(directory, "history.level");
  const store = new HistoryStore({
    path,
    chainId: chain.view().spec.chainId,
    genesisId: chain.at(0).id,
    addresses: true,
    coveredBytes: 1 << 25,
    open: () => openLevel(path, { cacheBytes: 1 << 20, writeBufferBytes: 1 << 23, checkAtStartBytes: 1 << 28 }),
  });
  try {
    await indexed(chain, directory);
    await store.open();
    return await store.read((view) => answers(chain, view));
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    return code === "HISTORY_DAMAGED" ? "noticed" : `${code} ${String(thrown)}`;
  } finally {
    await store.close();
  }
}

async function answers(chain: ScriptedChain, view: HistoryView): Promise<string> {
  for (let height = 1; height <= chain.height; height++)
    for (const [position, { id, code }] of chain.at(height).transactions.entries()) {
      const place = view.place(id);
      if (place?.height !== height || place.position !== position) return `transaction ${height}/${position}: ${JSON.stringify(place)}`;
      const found = view.transaction(place);
      if (Hash.key(found.id) !== Hash.key(id) || found.code !== code) return `transaction ${height}/${position}: ${JSON.stringify(found)}`;
    }
  for (let index = 0; index < 10; index++) {
    const all = [...Array(chain.height + 1).keys()].flatMap((height) =>
      chain
        .at(height)
        .transactions.filter(({ addresses }) => addresses.some((each) => Address.key(each) === Address.key(addressOf(index)))),
    );
    const { length } = await view.places(addressOf(index), undefined, 10_000);
    if (length !== all.length) return `address ${index}: ${length} instead of ${all.length}`;
  }
  return "harmless";
}

for (const { what, suffix } of [
  { what: "a table", suffix: ".ldb" },
  { what: "the write log", suffix: ".log" },
])
  t.test(`${what}, a byte at every place of a grid: noticed or harmless`, async (t) => {
    const directory = t.testdir();
    const chain = new ScriptedChain();
    const whole = await indexed(chain, join(directory, "whole"), BATCHES);
    // A restart makes a table of the write log.
    if (suffix === ".ldb") await indexed(chain, join(directory, "whole"));
    const name = await largest(whole, suffix);
    const { size } = await stat(join(whole, name));
    const found: Record<string, number> = {};
    const stepBytes = Math.floor(size / FLIPS_MIN) | 1;
    for (let at = 7; at < size; at += stepBytes) {
      const copy = join(directory, "copy");
      await cp(whole, join(copy, "history.level"), { recursive: true });
      await flip(join(copy, "history.level", name), at);
      const result = await outcome(chain, copy);
      found[result] = (found[result] ?? 0) + 1;
      if (result !== "noticed" && result !== "harmless") t.fail(`${name}, byte ${at} of ${size}: ${result}`);
      await rm(copy, { recursive: true });
    }
    const { noticed = 0, harmless = 0 } = found;
    t.ok(noticed + harmless >= FLIPS_MIN && noticed > FLIPS_MIN / 4, `${noticed} noticed, ${harmless} harmless`);
  });

t.test("what is beyond the bound of the start is found by the patrol: nothing is served then, nor after a restart", async (t) => {
  const directory = t.testdir();
  const chain = new ScriptedChain();
  const folder = await indexed(chain, directory, BATCHES);
  await indexed(chain, directory, [1]);
  await indexed(chain, directory);
  const name = await largest(folder, ".ldb");
  t.ok((await readdir(folder)).filter((each) => each.endsWith(".ldb")).length > 1, "a newer table is there, too");
  await flip(join(folder, name), 1_000);
  const waiting: (() => void)[] = [];
  const held: Scheduler = {
    after(_delayMs, callback) {
      waiting.push(callback);
      return { cancel: () => void waiting.splice(waiting.indexOf(callback) >>> 0, 1) };
    },
    every: () => ({ cancel: () => undefined }),
    yield: () => system.yield(),
    slicer: () => system.slicer(),
  };
  const options = { checkAtStartBytes: 1, patrolBytesPerSecond: 1_000_000 };
  const plugin = pluginOf(chain, directory, options, held);
  await plugin.start();
  const api = await served(plugin);
  await settled(api, "following");
  const patrolling = setInterval(() => waiting.shift()?.(), 1);
  const status = await settled(api, "failing");
  clearInterval(patrolling);
  const reason = new RegExp(`its table ${name} is damaged: .*delete the folder`);
  t.match(status.failure, { code: "HISTORY_DAMAGED", reason });
  const [first] = chain.at(1).transactions;
  for (const path of [`transactions/${Buffer.from(first?.id ?? []).toString("hex")}`, `transactions/${"00".repeat(32)}`])
    t.match(await api.get(`/v1/history/${path}`), { status: 500, json: { code: "HISTORY_DAMAGED" } });
  await api.stop();
  await plugin.stop();
  await t.rejects(pluginOf(chain, directory, options).start(), { code: "HISTORY_DAMAGED", message: reason }, "marked");
  await rm(folder, { recursive: true });
  t.equal(await outcome(chain, directory), "harmless", "deleted, it is rebuilt");
});
