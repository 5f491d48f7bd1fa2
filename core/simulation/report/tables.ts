/** The tables of a report: forks, reorganizations, faults, what nodes warned of. */
import type { Action } from "../scenario/timeline.js";
import { type Analysis, listed, sidesOf } from "./analysis.js";
import { figure, table } from "./markup.js";
import type { RunRecord } from "./record.js";
import { timeText } from "./time-axis.js";

const ROWS_MOST = 150;

export function forks({ blocks, nodes }: RunRecord, { branches }: Analysis): string {
  const beside = branches.slice(1);
  if (beside.length === 0) return "<p>No block beside the best chain.</p>";
  const rows = [...beside]
    .sort((one, other) => other.blocks.length - one.blocks.length || one.fromMs - other.fromMs)
    .slice(0, ROWS_MOST)
    .map(({ blocks: path, parent, fromMs, toMs, followers, leftMs }) => {
      const first = blocks[path[0] ?? -1];
      const left = followers === 0 ? "never followed" : leftMs === undefined ? "followed to the end" : timeText(leftMs);
      return [
        (blocks[parent]?.height ?? 0) + 1,
        path.length,
        timeText(fromMs),
        timeText(toMs),
        nodes[first?.seenBy ?? -1]?.name ?? "?",
        followers,
        left,
        (first?.id ?? "").slice(0, 12),
      ];
    });
  const headings = ["from height", "blocks", "first block", "last block", "first at", "nodes that followed", "last one left", "first id"];
  const lengths = new Map<number, number>();
  for (const { blocks: path } of beside) lengths.set(path.length, (lengths.get(path.length) ?? 0) + 1);
  const spread = [...lengths].sort(([one], [other]) => one - other).map(([length, count]) => `${figure(count)} of ${length}`);
  const stale = beside.reduce((sum, { blocks: path }) => sum + path.length, 0);
  const share = blocks.length === 0 ? 0 : (stale / blocks.length) * 100;
  const said = `${figure(beside.length)} branches with ${figure(stale)} stale blocks, ${figure(share)} % of all; by length in blocks: ${listed(spread, 12)}.`;
  return `<p>${said}${cutOff(beside.length, rows.length)}</p>${table(headings, rows)}`;
}

export function reorganizations({ blocks, nodes }: RunRecord, analysis: Analysis): string {
  const all = analysis.reorganizations;
  if (all.length === 0) return "<p>No node took a block back.</p>";
  const rows = [...all]
    .sort((one, other) => other.undone - one.undone || one.firstMs - other.firstMs)
    .slice(0, ROWS_MOST)
    .map(({ from, to, undone, nodes: who, firstMs, lastMs }) => [
      timeText(firstMs),
      timeText(lastMs),
      undone,
      `${blocks[from]?.height ?? 0} → ${blocks[to]?.height ?? 0}`,
      who.length,
      listed(who.map((node) => nodes[node]?.name ?? "?")),
    ]);
  return `<p>Changes of heads that undid blocks, alike ones together.${cutOff(all.length, rows.length)}</p>${table(["first", "last", "undone", "heights", "nodes", "which"], rows)}`;
}

export function faults({ actions, lives, nodes }: RunRecord): string {
  const first = new Set<string>();
  const told = actions.filter((action) => {
    if (action.do !== "start") return true;
    // The first start of each node is no fault.
    const isFirst = action.nodes.every((name) => !first.has(name));
    for (const name of action.nodes) first.add(name);
    return !isFirst;
  });
  const downs = lives.filter(({ isUp }) => !isUp).length;
  if (told.length === 0) return `<p>No faults: ${figure(nodes.length)} nodes, all of them up from their start on.</p>`;
  const rows = told.slice(0, ROWS_MOST).map((action) => [timeText(action.atUs / 1e3), action.do, faultText(action)]);
  return `<p>${figure(told.length)} events; nodes went down ${figure(downs)} times.${cutOff(told.length, rows.length)}</p>${table(["at", "what", "whom and how"], rows)}`;
}

function faultText(action: Action): string {
  switch (action.do) {
    case "partition":
      return `${sidesOf(action)}${lengthOf(action)}`;
    case "cut":
      return `${listed(action.from)} → ${listed(action.to)}${lengthOf(action)}`;
    case "heal":
      return "all";
    case "stall":
      return `${listed(action.nodes)}${lengthOf(action)}`;
    case "skew":
      return `${listed(action.nodes)} ${action.byUs < 0 ? "behind" : "ahead"} by ${timeText(Math.abs(action.byUs) / 1e3)}`;
    case "hashRate":
      return `${listed(action.nodes)} to ${figure(action.share)} %`;
    case "network":
      return JSON.stringify({ latency: action.latency, loss: action.loss });
    default:
      return listed(action.nodes);
  }
}

function lengthOf({ forUs }: { readonly forUs?: number }): string {
  return forUs === undefined ? "" : ` for ${timeText(forUs / 1e3)}`;
}

export function logs({ logs: lines, left }: RunRecord): string {
  if (lines.length === 0) return "<p>No node warned of anything.</p>";
  const rows = [...lines]
    .sort((one, other) => other.count - one.count || one.firstMs - other.firstMs)
    .slice(0, ROWS_MOST)
    .map(({ level, component, code, message, count, firstMs }) => [
      count,
      level,
      timeText(firstMs),
      component,
      code,
      message.slice(0, 200),
    ]);
  const more = left.logs === 0 ? "" : ` ${figure(left.logs)} lines of further kinds were too many to keep.`;
  return `<p>Warnings and errors of nodes, alike ones together.${cutOff(lines.length, rows.length)}${more}</p>${table(["times", "level", "first", "component", "code", "message"], rows)}`;
}

function cutOff(all: number, shown: number): string {
  return all > shown ? ` The first ${figure(shown)} of ${figure(all)} are listed.` : "";
}
