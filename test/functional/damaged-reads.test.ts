/**
 * A bit that flips in a stored value is never served: for each kind of record, the node refuses to start or every read of its API
 * is answered as before or with an error that names the damage; and it still runs and stops.
 */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClassicLevel } from "classic-level";
import t, { type Test } from "tap";
import { ChainwrightError } from "../../core/kernel/errors.js";
import { createNode } from "../../core/node/create-node.js";
import { API_ADDRESS, type ApiAddress, CHAIN_VIEW, type ChainView } from "../../core/ports/index.js";
import { toHex } from "../../core/primitives/bytes.js";
import { makeChain, sender, transferOf } from "../crash/world.js";

const KINDS: Readonly<Record<number, string>> = {
  1: "block",
  2: "index of a block",
  3: "canonical id",
  4: "receipts",
  5: "location of a transaction",
  6: "event",
  8: "pointer of the chain",
  32: "value of the state",
  33: "page of the trie",
  34: "undo record",
  35: "version of the state",
  36: "marker of a flush",
  37: "pointer of the state",
  64: "record of the mempool's journal",
};
const BLOCKS = 4;

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

async function ask(url: string, body?: object): Promise<Answer> {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Silent: what it would log is expected here. */
const SILENT = { write: () => true };

interface Made {
  readonly data: string;
  /** A config of the same chain that mines nothing. */
  readonly config: (data: string) => Promise<string>;
  /** Everything that is asked of the API. */
  readonly questions: readonly { readonly path: string; readonly body?: object }[];
}

async function madeChain(t: Test): Promise<Made> {
  const tuning = { flushAfterBlocks: 1, writeBufferBytes: 65_536, finalDepth: 1_000, blockIntervalMs: 20 };
  const chain = await makeChain(join(t.testdir(), "chain"), tuning);
  const node = await createNode({ file: chain.configFile, logStream: SILENT });
  await node.start();
  const { url } = node.get<ApiAddress>(API_ADDRESS);
  const view = node.get<ChainView>(CHAIN_VIEW);
  const ids: string[] = [];
  for (let nonce = 0; nonce < BLOCKS; nonce++) {
    const { height } = view.status().head.header;
    for (const from of [0, 1]) ids.push(String((await ask(`${url}/v1/transactions`, { raw: toHex(transferOf(from, nonce).raw) })).body.id));
    while (view.status().head.header.height === height) await delay(5);
  }
  // All of them in blocks, since a pooled transfer whose record is damaged is dropped, and the log says so.
  for (const id of ids) while ((await ask(`${url}/v1/transactions/${id}`)).body.status !== "included") await delay(5);
  while (view.status().flushedHeight < 2) await delay(5);
  const { height } = view.status().head.header;
  const keys = view.accountKeys(sender(0).address).map(toHex);
  await node.stop();
  const base = JSON.parse(await readFile(chain.configFile, "utf8")) as { plugins: Record<string, unknown> };
  const config = async (data: string) => {
    const file = `${data}.json`;
    await writeFile(file, JSON.stringify({ ...base, dataDir: data, plugins: { ...base.plugins, "consensus-nakamoto": {} } }));
    return file;
  };
  const heights = Array.from({ length: height + 1 }, (_, each) => each);
  const questions = [
    { path: "/v1/blocks?limit=100" },
    { path: "/v1/events?after=0" },
    ...heights.map((each) => ({ path: `/v1/blocks/${each}?transactions=full` })),
    ...ids.map((id) => ({ path: `/v1/transactions/${id}?raw=true` })),
    ...[0, 1, 2].map((each) => ({ path: `/v1/accounts/${sender(each).text}?proof=true` })),
    ...heights.slice(-3).map((each) => ({ path: `/v1/accounts/${sender(0).text}?block=${each}` })),
    { path: "/v1/state/proofs", body: { keys } },
    { path: "/v1/state/range" },
  ];
  return { data: chain.data, config, questions };
}

/** Flips a bit of every value with this prefix, or of the first one only. */
async function flipValues(data: string, prefix: number, which: "all" | "first", bitAt: number): Promise<number> {
  const database = new ClassicLevel<Uint8Array, Uint8Array>(join(data, "chain.level"), { keyEncoding: "view", valueEncoding: "view" });
  await database.open();
  let flipped = 0;
  const range = { gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1), ...(which === "first" ? { limit: 1 } : {}) };
  for (const [key, value] of await database.iterator(range).all()) {
    const bytes = new Uint8Array(value);
    const at = (bytes.length * 8 + bitAt) % (bytes.length * 8);
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
    await database.put(key, bytes);
    flipped++;
  }
  await database.close();
  return flipped;
}

/** What became of the questions: the code with which the node refused, or each answer. */
async function answersOf({ config, questions }: Made, data: string): Promise<ChainwrightError | readonly Answer[]> {
  let fatal: unknown;
  const node = await createNode({ file: await config(data), logStream: SILENT, onFatal: (error) => (fatal = error) });
  try {
    await node.start();
  } catch (error) {
    await node.stop().catch(() => undefined);
    if (!ChainwrightError.is(error)) throw error;
    return ChainwrightError.is(error.cause) ? error.cause : error;
  }
  try {
    const { url } = node.get<ApiAddress>(API_ADDRESS);
    const answers: Answer[] = [];
    for (const { path, body } of questions) answers.push(await ask(`${url}${path}`, body));
    if ((await ask(`${url}/v1/status`)).status !== 200) throw new Error("the node does not tell its status any more");
    if (fatal !== undefined) throw fatal;
    return answers;
  } finally {
    await node.stop();
  }
}

t.test("a flipped bit is refused or named, whatever is asked", { timeout: 120_000 }, async (t) => {
  const made = await madeChain(t);
  const whole = await answersOf(made, made.data);
  if (ChainwrightError.is(whole)) throw whole;
  t.strictSame(
    whole.filter(({ status }) => status !== 200),
    [],
    "undamaged, everything is answered",
  );
  const outcomes = new Map<string, number>();
  for (const [prefix, kind] of Object.entries(KINDS))
    for (const [which, bitAt] of [
      // The last byte: of a record that begins with its key, the value itself.
      ["all", -3],
      ["first", 77],
    ] as const) {
      const copy = `${made.data}-copy`;
      await cp(made.data, copy, { recursive: true });
      await rm(join(copy, "lock"), { recursive: true, force: true });
      const name = `${kind}, ${which}`;
      t.ok((await flipValues(copy, Number(prefix), which, bitAt)) > 0, `there is a ${kind}`);
      const answers = await answersOf(made, copy);
      if (ChainwrightError.is(answers)) {
        t.match(
          answers,
          { kind: "damaged", code: /^(CHAIN|STATE|DATA_FORMAT)_DAMAGED$/, message: /restore a backup/ },
          `${name}: refused at the start`,
        );
        outcomes.set(name, -1);
      } else {
        const wrong = answers.filter((answer, index) => answer.status === 200 && JSON.stringify(answer) !== JSON.stringify(whole[index]));
        t.strictSame(wrong, [], `${name}: no wrong answer`);
        const refused = answers.filter(({ status }) => status !== 200);
        for (const { status, body } of refused)
          t.match({ status, ...body }, { status: 500, code: /^(CHAIN|STATE)_DAMAGED$/, detail: /is damaged: / }, `${name}: named`);
        outcomes.set(name, refused.length);
      }
      await rm(copy, { recursive: true, force: true });
    }
  for (const [prefix, least] of [
    ["block", 1],
    ["receipts", 1],
    ["location of a transaction", 1],
    ["value of the state", 1],
  ] as const)
    t.ok((outcomes.get(`${prefix}, first`) ?? 0) >= least || outcomes.get(`${prefix}, all`) !== 0, `${prefix}: it was noticed`);
  t.comment([...outcomes].map(([name, count]) => `${name}: ${count < 0 ? "refused" : count}`).join("; "));
});
