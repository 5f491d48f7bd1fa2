/**
 * Which fault of a timeline ends which. A shrunk scenario keeps both or neither: a partition that never heals and a node that never
 * comes back fail most expectations by themselves, and would hide what was found.
 */
import type { Fault } from "../scenario/schema.js";

/**
 * @param whole in order of time; names of nodes, not of groups
 * @param kept some of `whole`, the same objects
 * @returns `kept` and whatever of `whole` ends one of them, in order of time
 */
export function withEnds(whole: readonly Fault[], kept: readonly Fault[]): readonly Fault[] {
  const wanted = new Set(kept);
  for (const fault of kept) for (const end of endsOf(fault, whole.slice(whole.indexOf(fault) + 1))) wanted.add(end);
  return whole.filter((fault) => wanted.has(fault));
}

function endsOf(fault: Fault, later: readonly Fault[]): readonly Fault[] {
  // It ends by itself.
  if (fault.for !== undefined) return [];
  switch (fault.do) {
    case "partition":
    case "cut":
      return later.filter((end) => end.do === "heal").slice(0, 1);
    case "crash":
    case "stop":
      return (fault.nodes ?? []).flatMap((name) => later.filter((end) => end.do === "start" && end.nodes?.includes(name)).slice(0, 1));
    default:
      return [];
  }
}
