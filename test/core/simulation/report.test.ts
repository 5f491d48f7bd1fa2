/** Reports and traces: well-formed, the same bytes for the same run, bounded, and no name gets out of its text. */
import t from "tap";
import {
  barPlot,
  linePlot,
  parseScenario,
  type RunRecord,
  renderReport,
  runRecorder,
  type SimulationResult,
  scatterPlot,
  simulate,
  stepPlot,
  traceTo,
} from "../../../core/simulation/index.js";
import { run as runCommand } from "../../functional/node-process.js";

const HOSTILE = `</title><script>alert("1")</script>'"&<img src=x onerror=alert(2)>\u202e\u0000\ud800]]>`;
const VOID = new Set(["meta", "br"]);

/** Names of the elements of a page, each of which must be closed where it should be; text must have no bare `<` or `&`. */
function elementsOf(page: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const plain = page.replace(/<!doctype html>/, "").replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>");
  const tag = /<(\/?)([a-z0-9]+)((?:\s+[a-zA-Z:-]+(?:="[^"<]*")?)*)\s*(\/?)>/y;
  for (let at = 0; at < plain.length; ) {
    if (plain[at] !== "<") {
      const end = plain.indexOf("<", at);
      const text = plain.slice(at, end < 0 ? undefined : end);
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`bare & in ${text.slice(0, 80)}`);
      at += text.length;
      continue;
    }
    tag.lastIndex = at;
    const match = tag.exec(plain);
    if (match === null) throw new Error(`no element: ${plain.slice(at, at + 120)}`);
    const [whole, slash, name = "", , self] = match;
    if (slash === "/") {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}> at ${plain.slice(at - 80, at + 20)}`);
    } else {
      names.push(name);
      if (self !== "/" && !VOID.has(name)) open.push(name);
    }
    at += whole.length;
  }
  if (open.length > 0) throw new Error(`still open: ${open.join(" ")}`);
  return names;
}

const RESULT: SimulationResult = {
  scenario: "test",
  seed: "1",
  digest: "ab".repeat(32),
  failure: undefined,
  elapsedMs: 600_000,
  events: 1,
  network: { messages: 1, bytes: 1, losses: 0, connections: 1 },
  height: 2,
  blocks: 3,
  stale: 1,
  deepestReorg: 1,
  imports: 6,
  traffic: { accepted: 1, refused: 0, skipped: 0 },
  warnings: 0,
};

/** A chain with branches beside it, as many as are wanted. */
function recordOf(count: number, nodeCount: number, name = "node"): RunRecord {
  const nodes = Array.from({ length: nodeCount }, (_, index) => ({
    name: `${name}-${index}`,
    group: name,
    isHonest: index > 0,
    hashShare: 1,
  }));
  const blocks: RunRecord["blocks"][number][] = [];
  let [tip, height] = [-1, 0];
  for (let at = 0; at < count; at++) {
    const isStale = at % 3 === 2;
    if (!isStale) height++;
    const seenMs = (at / count) * 600_000;
    const parent = isStale ? (blocks[tip]?.parent ?? -1) : tip;
    blocks.push({
      id: at.toString(16).padStart(64, "0"),
      parent,
      height,
      seenMs,
      seenBy: at % nodeCount,
      delaysMs: [40, 90, 2_000],
      caughtUp: 1,
    });
    if (!isStale) tip = at;
  }
  const heads = blocks.flatMap(({ seenMs, height: at }, block) =>
    nodes.map((_, node) => ({ atMs: seenMs + node, node, block, height: at, undone: block % 3 === 2 ? 1 : 0 })),
  );
  for (const node of nodes.keys()) heads.push({ atMs: 600_000, node, block: tip, height, undone: 1 });
  return {
    description: name,
    durationMs: 600_000,
    nodes,
    blocks,
    actions: [
      { atUs: 0, do: "start", nodes: nodes.map((node) => node.name) },
      { atUs: 60e6, do: "partition", groups: [[`${name}-0`]] },
      { atUs: 120e6, do: "heal" },
      { atUs: 130e6, do: "stall", nodes: [`${name}-1`], forUs: 30e6 },
      { atUs: 140e6, do: "skew", nodes: [`${name}-1`], byUs: -2e6 },
      { atUs: 150e6, do: "cut", from: [`${name}-0`], to: [`${name}-1`] },
    ],
    lives: nodes.flatMap((_, node) => [
      { atMs: 0, node, isUp: true },
      { atMs: 300_000, node, isUp: false },
      { atMs: 330_000, node, isUp: true },
    ]),
    heads,
    samples: Array.from({ length: 60 }, (_, at) => ({
      atMs: at * 10_000,
      nodesUp: 2,
      messages: at,
      bytes: at,
      poolMost: 3,
      poolMiddle: 1,
    })),
    outcomes: [
      ["accepted", 1],
      [name, 2],
    ],
    logs: [{ level: "warn", component: name, message: name, code: name, count: 2, firstMs: 5 }],
    left: { blocks: 0, arrivals: 0, heads: 0, logs: 0 },
  };
}

t.test("a run is reported and traced; the same run gives the same bytes", async (t) => {
  const scenario = await parseScenario({
    name: "traced",
    duration: "12m",
    nodes: [
      { name: "miner", count: 3, hashShare: 100 },
      { name: "late", joins: "4m" },
    ],
    timeline: [
      { at: "5m", do: "crash", nodes: ["miner-1"], for: "1m" },
      { at: "7m", do: "partition", groups: [["miner-2"]], for: "90s" },
    ],
    traffic: { perMinute: 4, accounts: 2 },
    expect: { agreementDepth: 20 },
  });
  const once = async (kinds?: readonly ("message" | "head")[]) => {
    const recorder = runRecorder();
    const lines: string[] = [];
    const trace = traceTo({ write: (line) => lines.push(line), ...(kinds === undefined ? {} : { kinds }), linesMost: 500 });
    const result = await simulate(scenario, { seed: 3, observers: [recorder.observer, trace.observer] });
    trace.end(result);
    return { result, lines, page: renderReport({ result, record: recorder.record(), version: "1.2.3" }) };
  };
  const [first, second, messages] = [await once(), await once(), await once(["message"])];
  t.equal(first.result.failure, undefined, String(first.result.failure));
  t.equal(second.page, first.page);
  t.same(second.lines, first.lines);
  t.equal(messages.result.digest, first.result.digest, "who watches changes nothing");
  t.ok(elementsOf(first.page).length > 100);
  for (const text of [first.result.digest, "1.2.3", "All invariants held", "partition", "late"]) t.match(first.page, text);
  t.notMatch(
    first.page,
    /\b(https?:)?\/\/[a-z]|@import|url\(|<link|<iframe|NaN|undefined/,
    "nothing from elsewhere, no number that is none",
  );

  const events = first.lines.map((line) => JSON.parse(line) as { us: number; kind: string; do?: string });
  t.match(events[0], { us: 0, kind: "run", trace: 1, scenario: "traced", seed: "3" });
  t.match(events.at(-1), { kind: "end", digest: first.result.digest, failure: null, linesLeftOut: 0 });
  t.ok(
    events.every(({ us }, at) => us >= (events[at - 1]?.us ?? 0)),
    "in the order of time",
  );
  for (const kind of ["fault", "up", "down", "block", "head", "transaction"])
    t.ok(
      events.some((event) => event.kind === kind),
      kind,
    );
  t.equal(messages.lines.length, 502, "no more lines than wanted, and the two that are always there");
  t.ok((JSON.parse(messages.lines.at(-1) ?? "") as { linesLeftOut: number }).linesLeftOut > 100);
});

t.test("names, codes and messages stay text", (t) => {
  const failure = Object.assign(new Error(HOSTILE), { code: HOSTILE }) as unknown as NonNullable<SimulationResult["failure"]>;
  const result = { ...RESULT, scenario: HOSTILE, seed: HOSTILE, digest: HOSTILE, failure };
  const page = renderReport({ result, record: recordOf(30, 3, HOSTILE), version: HOSTILE });
  const elements = elementsOf(page);
  t.equal(elements.filter((name) => name === "script").length, 1, "the page's own");
  t.notOk(elements.includes("img"));
  t.notOk(page.includes("\u0000") || page.includes("\u202e") || /\p{Surrogate}/u.test(page));
  for (const plot of [linePlot, stepPlot, scatterPlot])
    elementsOf(
      plot({ title: HOSTILE, x: { label: HOSTILE }, y: { label: HOSTILE } }, [
        { name: HOSTILE, points: [{ x: 1, y: 2, low: 1, high: 3 }] },
      ]),
    );
  elementsOf(barPlot({ title: HOSTILE, x: { label: HOSTILE }, y: { label: HOSTILE } }, [HOSTILE], [{ name: HOSTILE, values: [1] }]));
  t.end();
});

t.test("thousands of blocks and nodes stay below 5 MiB, and the page says what it leaves out", (t) => {
  for (const [blocks, nodes] of [
    [20_000, 4],
    [300, 1_000],
  ] as const) {
    const page = renderReport({ result: RESULT, record: recordOf(blocks, nodes), version: "1" });
    t.ok(Buffer.byteLength(page) < 5 * 1024 ** 2, `${page.length} characters for ${blocks} blocks and ${nodes} nodes`);
    t.match(page, blocks > 1_000 ? /are drawn/ : /to which most happened/);
  }
  t.end();
});

t.test("a run without blocks, and plots without points, are pages, too", (t) => {
  const record = { ...recordOf(0, 1), actions: [], lives: [], heads: [], samples: [], logs: [], outcomes: [] };
  const page = renderReport({ result: { ...RESULT, elapsedMs: 0 }, record, version: "1" });
  elementsOf(page);
  t.notMatch(page, /NaN|Infinity/);
  const frame = { title: "", x: { label: "", logarithmic: true }, y: { label: "" } };
  for (const points of [
    [],
    [{ x: 0, y: 0 }],
    [{ x: 3, y: Number.NaN }],
    [
      { x: 5, y: 5 },
      { x: 5, y: 5 },
    ],
  ])
    t.notMatch(linePlot(frame, [{ name: "a", points }]) + barPlot(frame, [], []), /NaN|Infinity/);
  t.end();
});

t.test("the command writes both, in the middle of the run where they are long", async (t) => {
  const folder = t.testdir({
    "two.yaml": "name: two\nduration: 4m\nnodes: [{ name: a, count: 3, hashShare: 100 }]\ntraffic: { perMinute: 40 }\n",
  });
  const files = ["--report", `${folder}/r.html`, "--trace", `${folder}/t.jsonl`];
  const written = await runCommand(["sim", `${folder}/two.yaml`, ...files, "--trace-kinds", "head,log,message", "--log", "trace"]);
  t.equal(written.code, 0, written.stdout + written.stderr);
  t.match(await readText(`${folder}/r.html`), /^<!doctype html>/);
  const trace = await readText(`${folder}/t.jsonl`);
  t.match(trace.trim().split("\n").at(-1), /"kind":"end"/);
  t.ok(trace.length > 2 ** 16, `${trace.length} characters`);
});

async function readText(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8");
}
