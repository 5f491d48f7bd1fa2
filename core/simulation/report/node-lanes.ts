/**
 * What each node was at each time, a lane for each: not there, down, stalled, cut off; and its head on the best chain, behind, or on a branch
 * that was given up.
 */
import { type Analysis, splitSpans } from "./analysis.js";
import { coordinate, escaped, figure } from "./markup.js";
import type { RunRecord } from "./record.js";
import { TimeAxis, timeText } from "./time-axis.js";

const [WIDTH, LEFT, RIGHT, TOP] = [1_080, 120, 16, 30];
const LANES_MOST = 60;
/** What happens within one slot is drawn as the worst of it. */
const SLOTS = 480;
/** A head so many blocks below the highest is behind. */
const BEHIND = 3;

/** In the order of weight: of a slot, the heaviest is drawn. */
const LOOKS = ["absent", "on-best", "behind", "on-stale", "stalled", "down"] as const;
type Look = (typeof LOOKS)[number];

export const LANE_LEGEND: readonly (readonly [look: Look | "split" | "event", text: string])[] = [
  ["on-best", "head on the best chain"],
  ["behind", `${BEHIND} blocks or more behind`],
  ["on-stale", "head on a branch that was given up"],
  ["stalled", "stalled"],
  ["down", "down"],
  ["absent", "not there yet"],
  ["split", "network split or cut"],
  ["event", "another fault: clock, hash rate, network"],
];

export function drawLanes(
  record: RunRecord,
  analysis: Analysis,
  endMs: number,
): { readonly markup: string; readonly notes: readonly string[] } {
  const slots = slotsOf(record, analysis, endMs);
  const notes: string[] = [];
  const shown = interesting(slots);
  if (shown.length < slots.length) notes.push(`Of ${figure(slots.length)} nodes the ${shown.length} to which most happened are drawn.`);
  const height = Math.max(9, Math.min(18, Math.floor(540 / Math.max(1, shown.length))));
  const axis = new TimeAxis(LEFT, WIDTH - RIGHT, endMs);
  const bottom = TOP + shown.length * height;
  const room = (WIDTH - LEFT - RIGHT) / SLOTS;
  const rows = shown.map((node, row) => {
    const y = TOP + row * height;
    const name = record.nodes[node]?.name ?? "?";
    const label = `<text class="name" x="${LEFT - 8}" y="${coordinate(y + height / 2 + 4)}" text-anchor="end">${escaped(short(name))}<title>${escaped(name)}</title></text>`;
    const runs = runsOf(slots[node] as Uint8Array).map(
      ({ look, from, to }) =>
        `<rect class="${LOOKS[look]}" x="${coordinate(LEFT + from * room)}" y="${y + 1}" width="${coordinate((to - from) * room)}" height="${height - 2}"/>`,
    );
    return label + runs.join("");
  });
  const events = eventsOf(record, axis);
  const markup = `<div class="scroll"><svg class="wide" viewBox="0 0 ${WIDTH} ${bottom + 22}" role="img" aria-label="Nodes over time">
${rows.join("\n")}
${axis.grid(TOP, bottom)}
${axis.spans(splitSpans(record, endMs), TOP - 16, bottom, "split")}<text x="${LEFT - 8}" y="${TOP - 5}" text-anchor="end">faults</text>
${axis.spans(splitSpans(record, endMs), TOP - 16, TOP - 4, "fault cut")}${events}
</svg></div>`;
  return { markup, notes };
}

/** Marks of faults that are no state of a node, and of crashes. */
function eventsOf({ actions }: RunRecord, axis: TimeAxis): string {
  const marks: string[] = [];
  for (const action of actions) {
    if (action.do !== "hashRate" && action.do !== "skew" && action.do !== "network") continue;
    const atMs = action.atUs / 1e3;
    const title = `${timeText(atMs)}: ${JSON.stringify({ ...action, atUs: undefined })}`.slice(0, 300);
    if (marks.length < 400)
      marks.push(`<path class="event" d="M${coordinate(axis.x(atMs))} ${TOP - 16}l4 6l-4 6l-4-6Z"><title>${escaped(title)}</title></path>`);
  }
  return marks.join("");
}

function slotsOf(record: RunRecord, { branchOf }: Analysis, endMs: number): readonly Uint8Array[] {
  const slots = record.nodes.map(() => new Uint8Array(SLOTS));
  const slotOf = (atMs: number): number => Math.min(SLOTS - 1, Math.max(0, Math.floor((atMs / Math.max(1, endMs)) * SLOTS)));
  const fill = (node: number, fromMs: number, toMs: number, look: Look): void => {
    const [row, weight] = [slots[node], LOOKS.indexOf(look)];
    if (row === undefined) return;
    for (let at = slotOf(fromMs); at <= slotOf(toMs); at++) row[at] = Math.max(row[at] as number, weight);
  };
  const highest = highestBySlot(record, branchOf, slotOf);
  fillHeads(record, branchOf, endMs, { fill, slotOf, highest });
  fillDown(record, endMs, fill);
  for (const action of record.actions) {
    if (action.do !== "stall") continue;
    const names = new Set(action.nodes);
    for (const [node, { name }] of record.nodes.entries())
      if (names.has(name)) fill(node, action.atUs / 1e3, Math.min(endMs, (action.atUs + action.forUs) / 1e3), "stalled");
  }
  return slots;
}

/** Height of the best chain at the beginning of each slot. */
function highestBySlot({ blocks }: RunRecord, branchOf: readonly number[], slotOf: (atMs: number) => number): Uint32Array {
  const highest = new Uint32Array(SLOTS + 1);
  for (const [at, { height, seenMs }] of blocks.entries()) {
    if (branchOf[at] !== 0) continue;
    const slot = slotOf(seenMs) + 1;
    highest[slot] = Math.max(highest[slot] as number, height);
  }
  for (let slot = 1; slot <= SLOTS; slot++) highest[slot] = Math.max(highest[slot] as number, highest[slot - 1] as number);
  return highest;
}

interface Painter {
  readonly fill: (node: number, fromMs: number, toMs: number, look: Look) => void;
  readonly slotOf: (atMs: number) => number;
  readonly highest: Uint32Array;
}

/** From one head of a node to its next, or to its end. */
function fillHeads({ heads, lives, nodes }: RunRecord, branchOf: readonly number[], endMs: number, painter: Painter): void {
  const changes: ({ readonly atMs: number; readonly block: number; readonly height: number } | { readonly atMs: number })[][] = nodes.map(
    () => [],
  );
  for (const { node, ...head } of heads) changes[node]?.push(head);
  for (const { node, atMs, isUp } of lives) if (!isUp) changes[node]?.push({ atMs });
  for (const [node, list] of changes.entries()) {
    list.sort((one, other) => one.atMs - other.atMs);
    for (const [at, change] of list.entries()) {
      if (!("block" in change)) continue;
      const toMs = list[at + 1]?.atMs ?? endMs;
      const isStale = change.block >= 0 && branchOf[change.block] !== 0;
      painter.fill(node, change.atMs, toMs, isStale ? "on-stale" : "on-best");
      if (!isStale) fillBehind(node, change.height, [change.atMs, toMs], endMs, painter);
    }
  }
}

function fillBehind(node: number, height: number, [fromMs, toMs]: readonly [number, number], endMs: number, painter: Painter): void {
  const { fill, slotOf, highest } = painter;
  for (let slot = slotOf(fromMs) + 1; slot < slotOf(toMs); slot++) {
    if ((highest[slot] as number) < height + BEHIND) continue;
    const atMs = ((slot + 0.5) / SLOTS) * endMs;
    fill(node, atMs, atMs, "behind");
  }
}

function fillDown({ lives, nodes }: RunRecord, endMs: number, fill: Painter["fill"]): void {
  const downSince = new Map<number, number>();
  for (const { node, atMs, isUp } of lives) {
    const since = downSince.get(node);
    if (!isUp) downSince.set(node, atMs);
    else if (since !== undefined) {
      fill(node, since, atMs, "down");
      downSince.delete(node);
    }
  }
  for (const node of nodes.keys()) {
    const since = downSince.get(node);
    if (since !== undefined) fill(node, since, endMs, "down");
  }
}

/** The nodes that are drawn, in the scenario's order: of too many, those with most faults. */
function interesting(slots: readonly Uint8Array[]): readonly number[] {
  const all = slots.map((row, node) => ({ node, weight: row.reduce((sum, look) => sum + (look > 1 ? look : 0), 0) }));
  if (all.length <= LANES_MOST) return all.map(({ node }) => node);
  const most = all.sort((one, other) => other.weight - one.weight || one.node - other.node).slice(0, LANES_MOST);
  return most.map(({ node }) => node).sort((one, other) => one - other);
}

function runsOf(row: Uint8Array): readonly { readonly look: number; readonly from: number; readonly to: number }[] {
  const runs: { look: number; from: number; to: number }[] = [];
  for (const [at, look] of row.entries()) {
    const last = runs.at(-1);
    if (last?.look === look) last.to = at + 1;
    else runs.push({ look, from: at, to: at + 1 });
  }
  return runs;
}

function short(name: string): string {
  // Nodes of a group differ in their last characters.
  return name.length > 16 ? `${name.slice(0, 10)}…${name.slice(-5)}` : name;
}
