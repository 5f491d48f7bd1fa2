/**
 * The report of a run: one page that a person can read. A function of the run's result and record alone, so that the same run gives the
 * same bytes.
 *
 * ```ts
 * const recorder = runRecorder();
 * const result = await simulate(scenario, { seed: 7, observers: [recorder.observer] });
 * await writeFile("report.html", renderReport({ result, record: recorder.record(), version: "0.1.0" }));
 * ```
 */
import type { SimulationResult } from "../run/simulation.js";
import { type Analysis, analyse } from "./analysis.js";
import { drawTree } from "./block-tree.js";
import { byteFigure, escaped, figure, table } from "./markup.js";
import { drawLanes, LANE_LEGEND } from "./node-lanes.js";
import { type PageSection, renderPage } from "./page.js";
import { linePlot, type PlotPoint, stepPlot } from "./plot.js";
import { propagation } from "./propagation.js";
import type { RunRecord } from "./record.js";
import { SCRIPT } from "./script.js";
import { faults, forks, logs, reorganizations } from "./tables.js";
import { timeText } from "./time-axis.js";

export interface RunReport {
  readonly result: SimulationResult;
  readonly record: RunRecord;
  /** What ran: the package's version, and its commit where that is known. */
  readonly version: string;
  /** More sections before the last, as those of attacks. Their markup is taken as it is. */
  readonly sections?: readonly PageSection[];
}

/** A page of a few hundred KiB; thousands of blocks and nodes are thinned out to keep it below 5 MiB, and the page says so. */
export function renderReport({ result, record, version, sections = [] }: RunReport): string {
  const analysis = analyse(record);
  return renderPage({
    title: `${result.scenario}, seed ${result.seed}`,
    lead: lead(result, record, analysis, version),
    sections: [
      { id: "tree", title: "Block tree over time", markup: tree(result, record, analysis) },
      { id: "nodes", title: "Nodes and faults over time", markup: nodes(result, record, analysis) },
      { id: "propagation", title: "Propagation", markup: propagation(record) },
      {
        id: "forks",
        title: "Forks and reorganizations",
        markup: `${forks(record, analysis)}<h3>Reorganizations</h3>${reorganizations(record, analysis)}`,
      },
      { id: "network", title: "Network, transfers and mempools", markup: network(result, record) },
      { id: "faults", title: "Faults", markup: faults(record) },
      ...sections,
      { id: "logs", title: "Warnings", markup: logs(record) },
    ],
    script: SCRIPT,
  });
}

function lead(result: SimulationResult, record: RunRecord, { agreeing }: Analysis, version: string): string {
  const { failure, elapsedMs, network: counts } = result;
  const isEarly = failure === undefined && elapsedMs < record.durationMs;
  const verdict =
    failure === undefined
      ? `<p class="verdict good">${isEarly ? "Stopped before its end; so far, all invariants held" : "All invariants held"}</p>`
      : `<p class="verdict bad">Failed: ${escaped(failure.message)} <code>${escaped(failure.code)}</code></p>`;
  const facts: readonly (readonly [string, string])[] = [
    ["Scenario", escaped(result.scenario)],
    ["Seed", `<code>${escaped(result.seed)}</code>`],
    ["Digest", `<code>${escaped(result.digest)}</code>`],
    ["Chainwright", escaped(version)],
    ["Nodes", `${figure(record.nodes.length)}: ${escaped(groupsOf(record))}`],
    ["Virtual time", `${timeText(elapsedMs)} of ${timeText(record.durationMs)}`],
    ...brokenFacts(failure),
  ];
  const tiles: readonly (readonly [string, string])[] = [
    [figure(result.height), "height"],
    [figure(result.stale), "stale blocks"],
    [figure(result.deepestReorg), "deepest reorganization"],
    [`${agreeing[0]} of ${agreeing[1]}`, "honest nodes on the best chain at the end"],
    [figure(result.imports), "imports of blocks"],
    [figure(counts.messages), "messages"],
    [figure(result.traffic.accepted), "transfers accepted"],
    [figure(result.warnings), "warnings"],
  ];
  const dropped = record.left.blocks + record.left.heads;
  return `${record.description === "" ? "" : `<p class="lead">${escaped(record.description)}</p>`}
${verdict}
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("\n")}</dl>
<div class="tiles">${tiles.map(([value, name]) => `<div class="tile"><b>${value}</b><span>${name}</span></div>`).join("\n")}</div>
${dropped === 0 ? "" : `<p class="note">Too much to keep: ${figure(record.left.blocks)} blocks and ${figure(record.left.heads)} changes of heads are not on this page.</p>`}`;
}

/** What a broken invariant says of itself; the run ends with the first. */
function brokenFacts(failure: SimulationResult["failure"]): readonly (readonly [string, string])[] {
  const { invariant, node, atMs } = (failure?.data ?? {}) as {
    readonly invariant?: unknown;
    readonly node?: unknown;
    readonly atMs?: unknown;
  };
  if (typeof invariant !== "string" || typeof atMs !== "number") return [];
  return [["Violation", `${escaped(invariant)} at ${escaped(String(node))}, ${timeText(atMs)}; the run ends with the first`]];
}

function groupsOf({ nodes: all }: RunRecord): string {
  const groups = new Map<string, { count: number; share: number; isHonest: boolean }>();
  for (const { group, hashShare, isHonest } of all) {
    const known = groups.get(group) ?? { count: 0, share: 0, isHonest };
    groups.set(group, { count: known.count + 1, share: known.share + hashShare, isHonest });
  }
  const texts = [...groups].map(
    ([name, { count, share, isHonest }]) =>
      `${count} × ${name}${share > 0 ? ` (${figure(share)} % of the hash rate)` : ""}${isHonest ? "" : ", byzantine"}`,
  );
  return texts.length > 20 ? `${texts.slice(0, 20).join("; ")} and ${texts.length - 20} more groups` : texts.join("; ");
}

/** Where the run ended, ms. */
function endOf({ elapsedMs }: SimulationResult): number {
  return Math.max(1, elapsedMs);
}

function tree(result: SimulationResult, record: RunRecord, analysis: Analysis): string {
  const { markup, notes } = drawTree(record, analysis, endOf(result));
  const legend = [
    ["block", "on the best chain"],
    ["block stale", "stale: given up, or never followed"],
  ].map(
    ([look, text]) =>
      `<li><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><circle class="${look}" cx="6" cy="6" r="4.5"/></svg>${text}</li>`,
  );
  legend.push(
    `<li><svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true"><path class="arc" d="M1 10Q10-4 18 9l-3.5-3m3.5 3l1.5-4"/></svg>reorganization: from the head before to the head after</li>`,
    swatch("split", "network split or cut"),
  );
  return `<p>Left to right: when the first node had the block. The best chain, on which most honest nodes ended, is on top; each branch has a lane below. Larger dots are of byzantine nodes.</p>
<ul class="legend">${legend.join("")}</ul>
<div class="switches"><output></output></div>
${markup}${notesOf(notes)}`;
}

function swatch(look: string, text: string): string {
  return `<li><svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true"><rect class="${look}" width="14" height="12" rx="2"/></svg>${text}</li>`;
}

function nodes(result: SimulationResult, record: RunRecord, analysis: Analysis): string {
  const endMs = endOf(result);
  const { markup, notes } = drawLanes(record, analysis, endMs);
  const legend = LANE_LEGEND.map(([look, text]) =>
    look === "event"
      ? `<li><svg viewBox="0 0 10 12" width="10" height="12" aria-hidden="true"><path class="event" d="M5 0l4 6l-4 6l-4-6Z"/></svg>${text}</li>`
      : swatch(look, text),
  );
  return `<ul class="legend">${legend.join("")}</ul>${markup}${notesOf(notes)}${heads(record, endMs)}`;
}

/** How far apart the heads are. */
function heads(record: RunRecord, endMs: number): string {
  const slots = 400;
  const highest: PlotPoint[] = [];
  const lowest: PlotPoint[] = [];
  const heights = new Map<number, number>();
  const changes = [
    ...record.heads.map(({ atMs, node, height }) => ({ atMs, node, height: height as number | undefined })),
    ...record.lives.filter(({ isUp }) => !isUp).map(({ atMs, node }) => ({ atMs, node, height: undefined })),
  ].sort((one, other) => one.atMs - other.atMs);
  let next = 0;
  for (let slot = 0; slot <= slots; slot++) {
    const atMs = (endMs * slot) / slots;
    for (let change = changes[next]; change !== undefined && change.atMs <= atMs; change = changes[++next]) {
      if (change.height === undefined) heights.delete(change.node);
      else heights.set(change.node, change.height);
    }
    if (heights.size === 0) continue;
    let [most, least] = [0, Number.POSITIVE_INFINITY];
    for (const height of heights.values()) [most, least] = [Math.max(most, height), Math.min(least, height)];
    highest.push({ x: atMs / 60e3, y: most });
    lowest.push({ x: atMs / 60e3, y: least });
  }
  return stepPlot(
    {
      title: "Heads of nodes that are up",
      x: { label: "virtual time, minutes", from: 0, to: endMs / 60e3 },
      y: { label: "height" },
      width: 1_060,
      height: 260,
    },
    [
      { name: "highest", points: highest },
      { name: "lowest", points: lowest, style: "dashed" },
    ],
  );
}

function network(result: SimulationResult, record: RunRecord): string {
  const { network: counts, traffic } = result;
  const { samples } = record;
  const rates = samples.slice(1).map((sample, at) => {
    const before = samples[at] ?? sample;
    const seconds = Math.max(1e-3, (sample.atMs - before.atMs) / 1e3);
    return {
      x: sample.atMs / 60e3,
      messages: (sample.messages - before.messages) / seconds,
      kib: (sample.bytes - before.bytes) / 1_024 / seconds,
    };
  });
  const time = { label: "virtual time, minutes" };
  const line = (title: string, label: string, points: readonly PlotPoint[]): string =>
    linePlot({ title, x: time, y: { label, from: 0 }, width: 520, height: 240 }, [{ name: title, points, marks: false }]);
  const pools = [
    { name: "fullest", points: samples.map(({ atMs, poolMost }) => ({ x: atMs / 60e3, y: poolMost })) },
    { name: "middle", points: samples.map(({ atMs, poolMiddle }) => ({ x: atMs / 60e3, y: poolMiddle })), style: "dashed" as const },
  ];
  const up = [{ name: "up", points: samples.map(({ atMs, nodesUp }) => ({ x: atMs / 60e3, y: nodesUp })) }];
  const small = { x: time, width: 520, height: 240 };
  const rows = [
    ["messages that arrived", figure(counts.messages)],
    ["bytes of them", byteFigure(counts.bytes)],
    ["packets lost and sent again", figure(counts.losses)],
    ["connections", figure(counts.connections)],
    ["events of the run", figure(result.events)],
    ["transfers accepted", figure(traffic.accepted)],
    ["transfers refused", figure(traffic.refused)],
    ["transfers skipped: account busy or node down", figure(traffic.skipped)],
    ...record.outcomes.filter(([outcome]) => outcome !== "accepted").map(([outcome, count]) => [`refused with ${outcome}`, figure(count)]),
  ].map(([name, value]) => [name as string, { markup: `<span class="number">${escaped(value as string)}</span>` }]);
  return `<div class="pair">${line(
    "Messages a second",
    "messages",
    rates.map(({ x, messages: y }) => ({ x, y })),
  )}
${line(
  "KiB a second",
  "KiB",
  rates.map(({ x, kib: y }) => ({ x, y })),
)}
${stepPlot({ title: "Transactions in mempools", y: { label: "transactions", from: 0 }, ...small }, pools)}
${stepPlot({ title: "Nodes up", y: { label: "nodes", from: 0 }, ...small }, up)}</div>
${table(["what", "how much"], rows)}`;
}

function notesOf(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${escaped(note)}</p>`).join("");
}
