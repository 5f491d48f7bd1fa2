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
    target: Type.Number({ exclusiveMinimum: 0 }),
    unit: Type.String({ minLength: 1 }),
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
  }
  return parsed.targets;
}

export function targetMet(target: Target, value: number): boolean {
  return isRate(target.unit) ? value >= target.target : value <= target.target;
}
