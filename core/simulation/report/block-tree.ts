/**
 * The block tree over virtual time: the best chain on top, each branch beside it on a lane of its own below, and an arc for each
 * reorganization. Of many blocks, those where nothing branches are left out, as a line with their number.
 */
import { type Analysis, ascending, listed, quantile, splitSpans } from "./analysis.js";
import { coordinate, escaped, figure } from "./markup.js";
import type { RunRecord } from "./record.js";
import { delayText, TimeAxis, timeText } from "./time-axis.js";

const [LEFT, RIGHT, TOP, LANE] = [14, 30, 34, 24];
const [WIDTH_LEAST, WIDTH_MOST, BLOCK_WIDTH] = [1_080, 9_000, 9];
const LANES_MOST = 16;
/** Drawn blocks and arcs at most. */
const [BLOCKS_MOST, ARCS_MOST] = [2_500, 150];
/** A lane is free again so far behind the last block on it, px. */
const GAP = 14;

export interface TreeDrawing {
  readonly markup: string;
  /** What was left out, as sentences. */
  readonly notes: readonly string[];
}

export function drawTree(record: RunRecord, analysis: Analysis, endMs: number): TreeDrawing {
  const { blocks } = record;
  const width = Math.min(WIDTH_MOST, Math.max(WIDTH_LEAST, blocks.length * BLOCK_WIDTH));
  const axis = new TimeAxis(LEFT, width - RIGHT, endMs);
  const notes: string[] = [];
  const shown = chosen(record, analysis, notes);
  const lanes = lanesOf(record, analysis, axis, notes);
  const bottom = TOP + (Math.max(0, ...lanes) + 1) * LANE;
  const place = (block: number): readonly [number, number] => {
    const at = blocks[block];
    return [axis.x(at?.seenMs ?? 0), TOP + (at === undefined ? 0 : (lanes[analysis.branchOf[block] ?? 0] ?? 0)) * LANE];
  };
  const edges: string[] = [];
  const dots: string[] = [];
  for (const [at, block] of blocks.entries()) {
    if (!shown.has(at)) continue;
    const stale = analysis.branchOf[at] === 0 ? "" : " stale";
    let [before, skipped] = [block.parent, 0];
    for (; before >= 0 && !shown.has(before); before = blocks[before]?.parent ?? -1) skipped++;
    const [x, y] = place(at);
    const [fromX, fromY] = place(before);
    const bend =
      fromY === y
        ? `H${coordinate(x)}`
        : `V${coordinate(y - 7)}Q${coordinate(fromX)} ${coordinate(y)} ${coordinate(Math.min(x, fromX + 7))} ${coordinate(y)}H${coordinate(x)}`;
    edges.push(`<path class="edge${stale}" d="M${coordinate(fromX)} ${coordinate(fromY)}${bend}"/>`);
    if (skipped > 0 && x - fromX > 40)
      edges.push(`<text x="${coordinate((x + fromX) / 2)}" y="${coordinate(y - 5)}" text-anchor="middle">${skipped} blocks</text>`);
    dots.push(
      `<circle class="block${stale}" cx="${coordinate(x)}" cy="${coordinate(y)}" r="${record.nodes[block.seenBy]?.isHonest === false ? 4.6 : 3.4}"><title>${escaped(blockText(record, at))}</title></circle>`,
    );
  }
  const arcs = arcsOf(analysis, place, record, notes);
  const markup = `<div class="scroll tree"><svg class="tree" width="${width}" height="${bottom + 24}" viewBox="0 0 ${width} ${bottom + 24}" preserveAspectRatio="none" role="img" aria-label="Block tree over time">
${axis.spans(splitSpans(record, endMs), 0, bottom, "split")}${axis.grid(0, bottom)}
<g class="edges">${edges.join("\n")}</g>
<g class="arcs">${arcs}</g>
<g class="blocks">${dots.join("\n")}</g>
</svg></div>`;
  return { markup, notes };
}

function blockText(record: RunRecord, at: number): string {
  const block = record.blocks[at];
  if (block === undefined) return "genesis";
  const { id, height, seenMs, seenBy, delaysMs, caughtUp } = block;
  const delays = ascending(delaysMs);
  const spread =
    delays.length === 0
      ? "no other node had it soon"
      : `${delays.length} more nodes, half of them within ${delayText(quantile(delays, 0.5))}, the last after ${delayText(delays.at(-1) ?? 0)}`;
  const late = caughtUp === 0 ? "" : `, ${caughtUp} caught up later`;
  return `height ${height}, ${id.slice(0, 16)}…, first at ${record.nodes[seenBy]?.name ?? "?"} after ${timeText(seenMs)}; ${spread}${late}`;
}

/** Blocks that are drawn: where something branches before all others, then the branches, then a stretch between. */
function chosen({ blocks }: RunRecord, { branches, branchOf }: Analysis, notes: string[]): ReadonlySet<number> {
  if (blocks.length <= BLOCKS_MOST) return new Set(blocks.keys());
  const shown = new Set<number>();
  const [main, ...others] = branches;
  for (const end of [main?.blocks[0], main?.blocks.at(-1)]) if (end !== undefined) shown.add(end);
  let leftOut = 0;
  for (const { blocks: path, parent } of [...others].sort((one, other) => other.blocks.length - one.blocks.length)) {
    // Long branches are thinned like the chain: their ends and a few between.
    const step = Math.max(1, Math.ceil(path.length / 60));
    const some = path.filter((_, at) => at % step === 0 || at === path.length - 1);
    if (shown.size + some.length + 1 > BLOCKS_MOST) leftOut += 1;
    else for (const at of [...(parent >= 0 ? [parent] : []), ...some]) shown.add(at);
  }
  const room = BLOCKS_MOST - shown.size;
  const step = Math.max(1, Math.ceil((main?.blocks.length ?? 0) / Math.max(1, room)));
  if (room > 0) for (const [at, block] of (main?.blocks ?? []).entries()) if (at % step === 0) shown.add(block);
  // A branch that hangs on one that is left out hangs in the air: its path down is drawn as a line.
  const stale = branchOf.filter((branch) => branch !== 0).length;
  notes.push(
    `The run has ${figure(blocks.length)} blocks (${figure(stale)} of them stale); ${figure(shown.size)} are drawn, ${leftOut === 0 ? "every branch among them" : `${figure(leftOut)} short branches are not`}. Lines pass through what is left out.`,
  );
  return shown;
}

/** A lane for each branch, so that branches of one time do not lie on each other. */
function lanesOf({ blocks }: RunRecord, { branches }: Analysis, axis: TimeAxis, notes: string[]): readonly number[] {
  const free: number[] = [Number.POSITIVE_INFINITY];
  let crowded = 0;
  const lanes = new Array<number>(branches.length).fill(0);
  const order = [...branches.keys()].slice(1).map((at) => ({ at, fromMs: blocks[branches[at]?.parent ?? -1]?.seenMs ?? 0 }));
  for (const { at, fromMs } of order.sort((one, other) => one.fromMs - other.fromMs || one.at - other.at)) {
    const [from, to] = [axis.x(fromMs), axis.x(branches[at]?.toMs ?? 0)];
    let lane = free.findIndex((until, number) => number > 0 && until + GAP <= from);
    if (lane < 0) lane = free.length;
    if (lane > LANES_MOST) {
      lane = LANES_MOST;
      crowded++;
    }
    free[lane] = Math.max(to, free[lane] ?? 0);
    lanes[at] = lane;
  }
  if (crowded > 0) notes.push(`${figure(crowded)} branches share the lowest lane with others of the same time.`);
  return lanes;
}

function arcsOf(
  { reorganizations }: Analysis,
  place: (block: number) => readonly [number, number],
  { nodes, blocks }: RunRecord,
  notes: string[],
): string {
  const deepest = [...reorganizations].sort((one, other) => other.undone - one.undone || one.firstMs - other.firstMs);
  if (deepest.length > ARCS_MOST)
    notes.push(`Of ${figure(deepest.length)} different reorganizations the ${ARCS_MOST} deepest have an arc.`);
  return deepest
    .slice(0, ARCS_MOST)
    .map(({ from, to, undone, nodes: who, firstMs }) => {
      const [[fromX, fromY], [toX, toY]] = [place(from), place(to)];
      const height = Math.max(8, Math.min(fromY, toY) - 20);
      const names = listed(who.map((node) => nodes[node]?.name ?? "?"));
      const title = `reorganization at ${timeText(firstMs)}: ${undone} undone, from height ${blocks[from]?.height ?? 0} to ${blocks[to]?.height ?? 0}, ${who.length} nodes: ${names}`;
      return `<path class="arc" d="M${coordinate(fromX)} ${coordinate(fromY - 4)}Q${coordinate((fromX + toX) / 2)} ${coordinate(height)} ${coordinate(toX)} ${coordinate(toY - 5)}l-3.5-4m3.5 4l3.5-4"><title>${escaped(title)}</title></path>`;
    })
    .join("\n");
}
