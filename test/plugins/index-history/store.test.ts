/** The index on a real LevelDB: formats, damage, the plugin as a node runs it, and its routes over real HTTP. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import t from "tap";
import { Value } from "typebox/value";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { Address, API_ROUTES, type ApiRoutes, Hash, sha256, toHex } from "../../../core/sdk.js";
import { IndexHistoryConfig } from "../../../plugins/index-history/config.js";
import { addGap } from "../../../plugins/index-history/gaps.js";
import { HistoryPlugin } from "../../../plugins/index-history/history-plugin.js";
import { formatRecord, type Gap, keys, readNumber, readPlace, writeNumber, writePlace } from "../../../plugins/index-history/records.js";
import { Running } from "../api-http/client.js";
import { NO_METRICS, SILENT } from "../ledger-account/fixtures.js";
import { Index, MortalLevel } from "./fixture.js";
import { addressOf, ScriptedChain } from "./scripted-chain.js";

const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);

function pluginOf(chain: ScriptedChain, directory: string): HistoryPlugin {
  const place = { path: directory, resolve: (...segments: readonly string[]) => join(directory, ...segments) };
  const config = Value.Parse(IndexHistoryConfig, Value.Default(IndexHistoryConfig, { backfillPercent: 100, writeBufferBytes: 65_536 }));
  return new HistoryPlugin(chain.view(), chain, place, clock, scheduler, config, SILENT, NO_METRICS);
}

const routesOf = (plugin: HistoryPlugin) => plugin.capabilities()[API_ROUTES] as ApiRoutes;

function chainOf(blocks: number): ScriptedChain {
  const chain = new ScriptedChain();
  for (let made = 0; made < blocks; made++) chain.extend([chain.transaction([0, 1]), chain.transaction([0], "BANK_INSUFFICIENT_BALANCE")]);
  return chain;
}

async function following(api: Running): Promise<void> {
  for (;;) {
    const { json } = await api.get("/v1/history/status");
    if (json.state === "following" && json.behindBlocks === 0) return;
  }
}

t.test("routes: status, transactions, addresses, and what they refuse", async (t) => {
  const chain = chainOf(30);
  const plugin = pluginOf(chain, t.testdir());
  await plugin.start();
  const api = await Running.start({}, (node) => node.routes.push(routesOf(plugin)));
  await following(api);
  const indexed = { hash: toHex(chain.head.id), height: 30 };
  t.match((await api.get("/v1/history/status")).json, {
    indexed,
    completeFrom: 0,
    headHeight: 30,
    event: chain.latest,
    gaps: [],
    transactions: 60,
    addresses: true,
    failure: null,
  });
  const text = Address.format(addressOf(0), "cw");
  const failed = chain.at(7).transactions[1]?.id ?? Hash.zero;
  const expected = {
    id: toHex(failed),
    block: { hash: toHex(chain.at(7).id), height: 7, index: 1, timestampMs: 1_700_000_000_007 },
    confirmations: 24,
    confirmed: true,
    finalized: false,
    ok: false,
    code: "BANK_INSUFFICIENT_BALANCE",
    addresses: [text],
  };
  t.same((await api.get(`/v1/history/transactions/${toHex(failed)}`)).json, { indexed, completeFrom: 0, transaction: expected });
  t.equal((await api.get(`/v1/history/transactions/${toHex(failed).toUpperCase()}`)).status, 200);
  for (const [height, finalized] of [
    [7, true],
    [6, false],
  ] as const) {
    chain.finalizedHeight = height;
    t.match((await api.get(`/v1/history/transactions/${toHex(failed)}`)).json.transaction, { confirmed: true, finalized });
  }
  chain.finalizedHeight = 0;
  const page = (await api.get(`/v1/history/addresses/${text}?limit=47`)).json;
  t.same([page.address, page.transactions.length, page.indexed], [text, 47, indexed]);
  t.same(page.transactions.at(-1), expected, "the 47th newest");
  const rest = (await api.get(`/v1/history/addresses/${text}?limit=100&cursor=${page.next}`)).json;
  t.same([rest.transactions.length, rest.next], [13, null]);

  const refused = async (path: string) => {
    const { status, json } = await api.get(`/v1/history${path}`);
    return [status, json.code];
  };
  t.same(await refused(`/transactions/${"00".repeat(32)}`), [404, "HISTORY_TRANSACTION_NOT_FOUND"]);
  t.same(await refused("/transactions/12"), [400, "API_PARAMETERS_INVALID"]);
  t.same(await refused(`/addresses/${text}x`), [400, "VALUE_INVALID"]);
  t.same(await refused(`/addresses/${Address.format(addressOf(0), "other")}`), [400, "VALUE_INVALID"]);
  for (const query of ["limit=0", "limit=101", "limit=2.5", "cursor=12", `cursor=${"g".repeat(34)}`, "offset=1"])
    t.same(await refused(`/addresses/${text}?${query}`), [400, "API_PARAMETERS_INVALID"], query);
  t.same(await refused(`/addresses/${text}?cursor=${"00".repeat(17)}`), [409, "HISTORY_CURSOR_UNDONE"]);
  t.same((await api.get(`/v1/history/addresses/${Address.format(addressOf(77), "cw")}`)).json.transactions, []);
  const { paths } = (await api.get("/openapi.json")).json;
  t.same(
    Object.keys(paths).filter((path) => path.startsWith("/v1/history")),
    ["/v1/history/status", "/v1/history/transactions/{id}", "/v1/history/addresses/{address}"],
  );
  await plugin.stop();
  t.same(await refused(`/transactions/${toHex(failed)}`), [503, "HISTORY_CLOSED"]);
  await api.stop();
});

t.test("a plugin that is started again goes on where it was", async (t) => {
  const directory = t.testdir();
  const chain = chainOf(5);
  for (let round = 0; round < 3; round++) {
    const plugin = pluginOf(chain, directory);
    await plugin.start();
    const api = await Running.start({}, (node) => node.routes.push(routesOf(plugin)));
    await following(api);
    t.equal((await api.get("/v1/history/status")).json.transactions, 2 * chain.height);
    await api.stop();
    await plugin.stop();
    chain.undo(2);
    for (let made = 0; made < 4; made++) chain.extend([chain.transaction([round]), chain.transaction([9])]);
  }
  await pluginOf(chain, directory).stop();
});

t.test("folders that are not its own", async (t) => {
  const chain = chainOf(1);
  const directory = t.testdir();
  const folder = join(directory, "history.level");
  const refusal = async (): Promise<{ code: string; message: string }> => {
    const plugin = pluginOf(chain, directory);
    const error = await plugin.start().then(
      () => ({ code: "none", message: "" }),
      (thrown: { code: string; message: string }) => thrown,
    );
    await plugin.stop();
    if (error.code !== "none") t.ok(error.message.includes(`delete the folder ${folder}`), `says what to do: ${error.message}`);
    await rm(folder, { recursive: true, force: true });
    return error;
  };
  await writeFile(folder, "not a folder");
  t.equal((await refusal()).code, "HISTORY_FOREIGN", "a file");
  await mkdir(folder);
  await writeFile(join(folder, "notes.txt"), "mine");
  t.equal((await refusal()).code, "HISTORY_FOREIGN", "somebody's notes");
  const write = async (entries: readonly (readonly [Uint8Array, Uint8Array])[]) => {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: "view", valueEncoding: "view" });
    for (const [key, value] of entries) await level.put(key, value);
    await level.close();
  };
  await write([[Uint8Array.of(9), Uint8Array.of(1)]]);
  t.equal((await refusal()).code, "HISTORY_FOREIGN", "another database");
  const format = { format: 1, chainId: "test-1", genesisId: toHex(chain.at(0).id), addresses: true };
  await write([[keys.format, formatRecord.seal({ ...format, format: 2 })]]);
  t.equal((await refusal()).code, "HISTORY_NEWER_FORMAT");
  await write([[keys.format, formatRecord.seal({ ...format, genesisId: toHex(sha256(new Uint8Array(1))) })]]);
  t.equal((await refusal()).code, "HISTORY_OTHER_CHAIN");
  await write([[keys.format, formatRecord.seal(format)]]);
  t.equal((await refusal()).code, "HISTORY_DAMAGED", "without a cursor");
  await write([[keys.format, formatRecord.seal(format)]]);
  await rm(join(folder, "CURRENT"));
  t.equal((await refusal()).code, "HISTORY_DAMAGED", "without CURRENT");
  await mkdir(folder);
  await writeFile(join(folder, "MANIFEST-000001"), "");
  t.equal((await refusal()).code, "none", "what a kill leaves of a database that is being made");
  const one = pluginOf(chain, directory);
  await one.start();
  await t.rejects(pluginOf(chain, directory).start(), { code: "HISTORY_LOCKED" });
  await one.stop();
  t.ok((await readdir(folder)).includes("CURRENT"));
});

t.test("damage is noticed: a flipped bit in any record, a batch that is missing", async (t) => {
  const chain = chainOf(4);
  const { level } = await indexedOnce(chain);
  let flips = 0;
  for (const [key, value] of await level.iterator().all())
    for (const at of [0, value.length - 1]) {
      const kind = key[0] as number;
      // Genesis has no transaction that would lead to its record.
      if (Buffer.from(key).equals(keys.block(0))) continue;
      await level.open();
      await level.put(
        key,
        value.map((byte, index) => (index === at ? byte ^ 4 : byte)),
      );
      const index = new Index(chain, level);
      const look = async () => {
        await index.store.open();
        await index.contents(2);
      };
      // Batch numbers and cursor are checked at the start, everything else when it is read.
      await t.rejects(look(), { code: "HISTORY_DAMAGED" }, `prefix ${kind}, byte ${at}`);
      flips++;
      await index.store.close();
      await level.open();
      await level.put(key, value);
    }
  t.ok(flips > 40, `${flips} flips`);
  for (const missing of [2, 3]) {
    const grown = chainOf(1);
    const index = await new Index(grown).start();
    for (let made = 0; made < 4; made++) {
      await index.atHead();
      grown.extend([grown.transaction([0])]);
    }
    await index.atHead();
    await index.stop();
    await index.level.open();
    await index.level.del(keys.batch(missing));
    await t.rejects(new Index(grown, index.level).store.open(), { code: "HISTORY_DAMAGED", message: /batch \d is missing/ });
  }
});

async function indexedOnce(chain: ScriptedChain): Promise<Index> {
  const index = await new Index(chain, new MortalLevel()).start();
  await index.atHead();
  await index.stop();
  await index.level.open();
  return index;
}

t.test("numbers of old batches are forgotten once the database's log can't hold them", async (t) => {
  const chain = chainOf(1);
  const index = await new Index(chain, new MortalLevel(), { coveredBytes: 3_000 }).start();
  for (let made = 0; made < 40; made++) {
    await index.atHead();
    chain.extend([chain.transaction([0, 1, 2])]);
  }
  await index.atHead();
  const kept = (await index.recordCounts())[6] ?? 0;
  t.ok(kept >= 3 && kept < 15, `${kept} are kept`);
  await index.stop();
  const again = await new Index(chain, index.level).start();
  await again.atHead();
  await again.stop();
});

t.test("records: numbers and places at their ends; gaps beyond the bound lose detail, not truth", async (t) => {
  const bytes = new Uint8Array(9);
  for (const value of [0, 1, 255, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1]) {
    writeNumber(bytes, 0, value);
    t.equal(readNumber(bytes, 0), value);
    const place = { height: value, position: Math.min(value, 2 ** 24 - 1) };
    writePlace(bytes, 0, place);
    t.same(readPlace(bytes, 0), place);
  }
  let gaps: readonly Gap[] = [];
  for (let at = 0; at < 40; at++) gaps = addGap(gaps, { from: 10 * at, to: 10 * at + 4 });
  t.equal(gaps.length, 32);
  t.same(
    [gaps[0], gaps.at(-1)],
    [
      { from: 0, to: 84 },
      { from: 390, to: 394 },
    ],
  );
  t.same(addGap(gaps, { from: 395, to: 400 }).at(-1), { from: 390, to: 400 });
});
