/** How fast blocks got around: a distribution of all arrivals, and percentiles block by block. */
import { ascending, quantile } from "./analysis.js";
import { type Cell, figure, table } from "./markup.js";
import { barPlot, linePlot, type PlotPoint } from "./plot.js";
import type { RecordedBlock, RunRecord } from "./record.js";
import { delayText, timeText } from "./time-axis.js";

/** Points of a line at most: of more blocks, neighbours are drawn as one. */
const POINTS_MOST = 300;
const SHARES = [0.5, 0.9, 0.99] as const;
const SLOWEST = 10;
/** Nothing is drawn as faster than this; what a machine takes no time for would be minus infinity. */
const LEAST_MS = 0.1;

export function propagation({ blocks, nodes, left }: RunRecord): string {
  const all = ascending(blocks.flatMap(({ delaysMs }) => delaysMs));
  if (all.length === 0) return "<p>No block came to a second node that was up.</p>";
  const caughtUp = blocks.reduce((sum, block) => sum + block.caughtUp, 0);
  const rows: Cell[][] = [
    ...[0.1, ...SHARES, 0.999].map((share) => [`${share * 100} %`, delayText(quantile(all, share))]),
    ["last", delayText(all.at(-1) ?? 0)],
  ];
  const notes = [
    `${figure(all.length)} arrivals of ${figure(blocks.length)} blocks, from the moment when the first node had imported the block to the moment when another one had, at nodes that were up all the time; ${figure(caughtUp)} more by nodes that caught up after a start.`,
    ...(left.arrivals > 0 ? [`${figure(left.arrivals)} more arrivals were too many to keep.`] : []),
  ];
  return `<p>${notes.join(" ")}</p>
<div class="pair">${distribution(all)}${histogram(all)}</div>
${overTime(blocks)}
<h3>Percentiles of all arrivals, and the slowest blocks</h3>
<div class="pair">${table(["share of arrivals", "within"], rows)}${slowest(blocks, nodes)}</div>`;
}

function distribution(sorted: readonly number[]): string {
  const steps = 160;
  const points = Array.from(
    { length: steps + 1 },
    (_, at): PlotPoint => ({ x: floor(quantile(sorted, at / steps)), y: (at / steps) * 100 }),
  );
  return linePlot(
    {
      title: "Share of arrivals within a time",
      x: { label: "after the first node", logarithmic: true, format: delayText },
      y: { label: "% of arrivals", from: 0, to: 100 },
      width: 520,
    },
    [{ name: "arrivals", points, marks: false }],
  );
}

/** Buckets of a quarter of a decade. */
function histogram(sorted: readonly number[]): string {
  const bucketOf = (delay: number): number => Math.floor(Math.log10(floor(delay)) * 4 + 1e-9);
  const [from, to] = [bucketOf(sorted[0] ?? 0), bucketOf(sorted.at(-1) ?? 0)];
  const counts = new Array<number>(to - from + 1).fill(0);
  for (const delay of sorted) counts[bucketOf(delay) - from] = (counts[bucketOf(delay) - from] as number) + 1;
  const labels = counts.map((_, at) => delayText(Number((10 ** ((from + at) / 4)).toPrecision(2))));
  return barPlot({ title: "Arrivals by time", x: { label: "after the first node, from" }, y: { label: "arrivals" }, width: 520 }, labels, [
    { name: "arrivals", values: counts },
  ]);
}

function overTime(blocks: readonly RecordedBlock[]): string {
  const heard = blocks.filter(({ delaysMs }) => delaysMs.length > 0);
  const size = Math.max(1, Math.ceil(heard.length / POINTS_MOST));
  const windows = Array.from({ length: Math.ceil(heard.length / size) }, (_, at) => heard.slice(at * size, (at + 1) * size));
  const drawn = windows.map((window) => ({
    atMinutes: (window[0]?.seenMs ?? 0) / 60e3,
    delays: ascending(window.flatMap(({ delaysMs }) => delaysMs)),
  }));
  const line = (share: number) => drawn.map(({ atMinutes, delays }): PlotPoint => ({ x: atMinutes, y: floor(quantile(delays, share)) }));
  return linePlot(
    {
      title: size === 1 ? "Arrival of each block" : `Arrival of blocks, ${size} at a time together`,
      x: { label: "virtual time, minutes" },
      y: { label: "after the first node", logarithmic: true, format: delayText },
      width: 1_060,
    },
    [
      { name: "half of the nodes", points: line(0.5), marks: false },
      { name: "nine of ten", points: line(0.9), style: "dashed", marks: false },
      { name: "the last", points: line(1), style: "none", marks: true },
    ],
  );
}

function slowest(blocks: readonly RecordedBlock[], nodes: RunRecord["nodes"]): string {
  const most = blocks
    .map((block) => ({ block, delays: ascending(block.delaysMs) }))
    .filter(({ delays }) => delays.length > 0)
    .sort((one, other) => (other.delays.at(-1) ?? 0) - (one.delays.at(-1) ?? 0) || one.block.seenMs - other.block.seenMs)
    .slice(0, SLOWEST);
  const rows = most.map(({ block, delays }) => [
    block.height,
    timeText(block.seenMs),
    nodes[block.seenBy]?.name ?? "?",
    ...SHARES.slice(0, 2).map((share) => delayText(quantile(delays, share))),
    delayText(delays.at(-1) ?? 0),
  ]);
  return table(["height", "first at", "by", "half of the nodes", "nine of ten", "the last"], rows);
}

function floor(delayMs: number): number {
  return Math.max(LEAST_MS, delayMs);
}
