/** The nodes of a scenario by name: groups spread out, and what names in faults mean. */
import type { NodeGroup, Scenario } from "./schema.js";

export interface NodePlan {
  readonly name: string;
  readonly index: number;
  readonly group: NodeGroup;
  /** Percent of the hash rate. */
  readonly hashShare: number;
  /** Numbers of the genesis validators that it runs, from 1, both included; undefined: none. */
  readonly validators: ValidatorRange | undefined;
  /** The same of those that come later: behind all of genesis. */
  readonly newcomers: ValidatorRange | undefined;
}

interface ValidatorRange {
  readonly from: number;
  readonly to: number;
}

export const EVERYBODY = "*";

export function plansOf({ nodes }: Pick<Scenario, "nodes">): readonly NodePlan[] {
  const plans: NodePlan[] = [];
  let validatorsBefore = 0;
  let newcomersBefore = nodes.reduce((sum, { validators = 0 }) => sum + validators, 0);
  for (const group of nodes) {
    const { name, count = 1, hashShare, validators = 0, newcomers = 0 } = group;
    for (let number = 1; number <= count; number++) {
      plans.push({
        name: group.count === undefined ? name : `${name}-${number}`,
        index: plans.length,
        group,
        hashShare: hashShare / count,
        validators: shareOf(validators, validatorsBefore, number, count),
        newcomers: shareOf(newcomers, newcomersBefore, number, count),
      });
    }
    validatorsBefore += validators;
    newcomersBefore += newcomers;
  }
  return plans;
}

/** Of so many validators behind `before`, those of the node with a number from 1 to `count`. */
function shareOf(validators: number, before: number, number: number, count: number): ValidatorRange | undefined {
  const from = before + Math.floor((validators * (number - 1)) / count) + 1;
  const to = before + Math.floor((validators * number) / count);
  return to < from ? undefined : { from, to };
}

/** Whom names mean: nodes, groups, or everybody; each once, in the scenario's order. Unknown names mean nobody. */
export function selected(plans: readonly NodePlan[], names: readonly string[]): readonly NodePlan[] {
  const wanted = new Set(names);
  return plans.filter(({ name, group }) => wanted.has(EVERYBODY) || wanted.has(name) || wanted.has(group.name));
}

/** What may be written where a node is named. */
export function knownNames(plans: readonly NodePlan[]): readonly string[] {
  return [...new Set([EVERYBODY, ...plans.flatMap(({ name, group }) => [name, group.name])])];
}
