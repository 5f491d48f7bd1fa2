/** From what was recorded to what is drawn: the best chain, branches beside it, reorganizations, and how fast blocks got around. */
import type { RecordedBlock, RunRecord } from "./record.js";

/** A path of blocks, each the child of the one before. The first of the list is the best chain. */
export interface Branch {
  readonly blocks: readonly number[];
  /** Where it leaves its parent's branch; −1: genesis. */
  readonly parent: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Nodes whose head was ever on it. */
  readonly followers: number;
  /** When the last of them left it; undefined: some never did. */
  readonly leftMs: number | undefined;
}

/** The same change of heads at one or more nodes. */
export interface Reorganization {
  readonly from: number;
  readonly to: number;
  readonly undone: number;
  readonly nodes: readonly number[];
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Analysis {
  readonly branches: readonly Branch[];
  /** Of each block, the number of its branch: 0 is the best chain. */
  readonly branchOf: readonly number[];
  readonly reorganizations: readonly Reorganization[];
  /** Honest nodes that were last on the best chain, of those that had any head. */
  readonly agreeing: readonly [onBest: number, all: number];
}

export function analyse(record: RunRecord): Analysis {
  const { blocks, heads } = record;
  const last = new Map<number, number>();
  for (const { node, block } of heads) last.set(node, block);
  const best = bestHead(record, last);
  const branchOf = new Array<number>(blocks.length).fill(-1);
  const paths = pathsOf(blocks, best, branchOf);
  const { followers, left, reorganizations } = follow(record, branchOf, paths.length);
  const branches = paths.map((path, number): Branch => {
    const first = blocks[path[0] ?? -1];
    return {
      blocks: path,
      parent: first?.parent ?? -1,
      fromMs: first?.seenMs ?? 0,
      toMs: blocks[path.at(-1) ?? -1]?.seenMs ?? 0,
      followers: followers[number]?.size ?? 0,
      leftMs: [...last.values()].some((block) => branchOf[block] === number) ? undefined : left[number],
    };
  });
  const honest = [...last].filter(([node]) => record.nodes[node]?.isHonest === true);
  const onBest = honest.filter(([, block]) => block === -1 || branchOf[block] === 0).length;
  return { branches, branchOf, reorganizations, agreeing: [onBest, honest.length] };
}

/** What most honest nodes had for their head at last; of equals the higher, then the earlier. */
function bestHead({ blocks, nodes }: RunRecord, last: ReadonlyMap<number, number>): number {
  const votes = new Map<number, number>();
  const hasHonest = [...last.keys()].some((node) => nodes[node]?.isHonest === true);
  for (const [node, block] of last) if (!hasHonest || nodes[node]?.isHonest === true) votes.set(block, (votes.get(block) ?? 0) + 1);
  let best = -1;
  for (const [block, count] of votes) {
    const [most, height] = [votes.get(best) ?? 0, (at: number): number => blocks[at]?.height ?? 0];
    const isHigher = height(block) > height(best) || (height(block) === height(best) && block < best);
    if (count > most || (count === most && isHigher)) best = block;
  }
  return best;
}

function pathsOf(blocks: readonly RecordedBlock[], best: number, branchOf: number[]): number[][] {
  const main: number[] = [];
  for (let at = best; at >= 0; at = blocks[at]?.parent ?? -1) {
    main.push(at);
    branchOf[at] = 0;
  }
  // How far each block's descendants reach: of two children, the one that goes further continues its parent's branch.
  const reach = blocks.map(({ height }) => height);
  const heir = new Array<number>(blocks.length).fill(-1);
  for (let at = blocks.length - 1; at >= 0; at--) {
    const parent = blocks[at]?.parent ?? -1;
    if (parent < 0 || branchOf[at] === 0) continue;
    const known = heir[parent] ?? -1;
    if (known < 0 || (reach[at] as number) >= (reach[known] as number)) heir[parent] = at;
    reach[parent] = Math.max(reach[parent] as number, reach[at] as number);
  }
  const paths = [main.reverse()];
  for (const [at, { parent }] of blocks.entries()) {
    if (branchOf[at] === 0) continue;
    const before = parent < 0 ? 0 : (branchOf[parent] as number);
    if (before > 0 && heir[parent] === at) {
      branchOf[at] = before;
      paths[before]?.push(at);
    } else {
      branchOf[at] = paths.length;
      paths.push([at]);
    }
  }
  return paths;
}

function follow({ heads }: RunRecord, branchOf: readonly number[], count: number) {
  const followers = Array.from({ length: count }, () => new Set<number>());
  const left = new Array<number | undefined>(count).fill(undefined);
  const current = new Map<number, number>();
  const grouped = new Map<string, { -readonly [Key in keyof Reorganization]: Reorganization[Key] } & { nodes: number[] }>();
  for (const { atMs, node, block, undone } of heads) {
    const before = current.get(node) ?? -1;
    current.set(node, block);
    const [from, to] = [branchOf[before] ?? 0, branchOf[block] ?? 0];
    if (from !== to) left[from] = atMs;
    followers[to]?.add(node);
    if (undone === 0) continue;
    const known = grouped.get(`${before} ${block}`);
    if (known === undefined)
      grouped.set(`${before} ${block}`, { from: before, to: block, undone, nodes: [node], firstMs: atMs, lastMs: atMs });
    else {
      known.nodes.push(node);
      known.lastMs = atMs;
    }
  }
  return { followers, left, reorganizations: [...grouped.values()] };
}

/** The value that a share of all is not above; sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

export function ascending(values: Iterable<number>): number[] {
  return [...values].sort((one, other) => one - other);
}

/** A time in which something held. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
}

/** When the network was not whole: each partition and cut until it is over, or the network heals. They may overlap. */
export function splitSpans({ actions }: RunRecord, endMs: number): readonly Span[] {
  const spans: Span[] = [];
  for (const [index, action] of actions.entries()) {
    if (action.do !== "partition" && action.do !== "cut") continue;
    const healed = actions.slice(index + 1).find((later) => later.do === "heal");
    const overUs = action.forUs === undefined ? Number.POSITIVE_INFINITY : action.atUs + action.forUs;
    const toMs = Math.min(endMs, overUs / 1e3, (healed?.atUs ?? Number.POSITIVE_INFINITY) / 1e3);
    const sides = action.do === "partition" ? `partition ${sidesOf(action)}` : `cut ${listed(action.from)} → ${listed(action.to)}`;
    if (toMs > action.atUs / 1e3) spans.push({ fromMs: action.atUs / 1e3, toMs, label: sides });
  }
  return spans;
}

/** `a, b | c | the others`. */
export function sidesOf({ groups }: { readonly groups: readonly (readonly string[])[] }): string {
  return `${groups.map((group) => listed(group)).join(" | ")} | the others`;
}

/** Names, the first few of many. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
