/** Targets of the cases, with where they come from: read from bench/targets.json, checked once. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { repositoryRoot } from "./machine.js";
import { isRate } from "./measure.js";

const TargetSchema = Type.Object(
  {
    suite: Type.String({ minLength: 1 }),
    case: Type.String({ minLength: 1 }),
    /** In the unit of the case: a floor for rates, a ceiling for times and sizes. */
    target: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    unit: Type.Optional(Type.String({ minLength: 1 })),
    /** Instead of `target` and `unit`: how many times better than its reference the case has to be. */
    ratio: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Beyond what must be: what is worth working for, as `target` or `ratio` is given. */
    goal: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Where the figure comes from, so that it can be argued with. */
    source: Type.String({ minLength: 10 }),
  },
  { additionalProperties: false },
);
const FileSchema = Type.Object({ targets: Type.Array(TargetSchema) }, { additionalProperties: false });

export type Target = Static<typeof TargetSchema>;

/** Reads the targets. @throws Error naming the first wrong entry */
export function readTargets(file = join(repositoryRoot(), "bench", "targets.json")): readonly Target[] {
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Value.Check(FileSchema, parsed)) {
    const first = Value.Errors(FileSchema, parsed)[0];
    throw new Error(`${file}: ${first?.instancePath ?? ""} ${first?.message ?? "is wrong"}`);
  }
  const seen = new Set<string>();
  for (const target of parsed.targets) {
    const key = `${target.suite}/${target.case}`;
    if (seen.has(key)) throw new Error(`${file}: two targets for ${key}`);
    seen.add(key);
    const absolute = target.target !== undefined && target.unit !== undefined && target.ratio === undefined;
    const relative = target.ratio !== undefined && target.target === undefined && target.unit === undefined;
    if (!absolute && !relative) throw new Error(`${file}: ${key} has either a target with its unit, or a ratio`);
  }
  return parsed.targets;
}

/** Whether a case meets its target. `ratio` is that of the case to its reference. */
export function targetMet(target: Target, value: number, ratio: number | null): boolean {
  return reaches(target, target.target ?? target.ratio, value, ratio);
}

/** Whether a case reaches the goal beyond its target; null where there is none. */
export function goalMet(target: Target, value: number, ratio: number | null): boolean | null {
  return target.goal === undefined ? null : reaches(target, target.goal, value, ratio);
}

function reaches(target: Target, wanted: number | undefined, value: number, ratio: number | null): boolean {
  if (wanted === undefined) return false;
  if (target.unit === undefined) return ratio !== null && ratio >= wanted;
  return isRate(target.unit) ? value >= wanted : value <= wanted;
}
