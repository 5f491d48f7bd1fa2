/**
 * The timeline of a run: what the scenario says happens when, and what chance adds to it, as one list of plain actions. Chance draws
 * from a stream of its own, so the list is the same whatever the nodes do, and a run with some of its actions taken out is a run, too.
 */
import { exponential } from "../distribution.js";
import { SeededRandom } from "../random.js";
import { durationUs } from "./duration.js";
import { type NodePlan, plansOf, selected } from "./roster.js";
import type { Fault, Latency, Scenario } from "./schema.js";

/** One thing that happens to the run. Names are those of nodes. */
export type Action = { readonly atUs: number } /** Without `forUs`, until the network heals. */ & (
  | { readonly do: "partition"; readonly groups: readonly (readonly string[])[]; readonly forUs?: number }
  | { readonly do: "cut"; readonly from: readonly string[]; readonly to: readonly string[]; readonly forUs?: number }
  | { readonly do: "heal" }
  | { readonly do: "crash" | "stop" | "start"; readonly nodes: readonly string[] }
  | { readonly do: "stall"; readonly nodes: readonly string[]; readonly forUs: number }
  | { readonly do: "skew"; readonly nodes: readonly string[]; readonly byUs: number }
  | { readonly do: "hashRate"; readonly nodes: readonly string[]; readonly share: number }
  | { readonly do: "deposit" | "exit"; readonly nodes: readonly string[] }
  | { readonly do: "network"; readonly latency?: Latency | undefined; readonly loss?: number | undefined }
);

/** @returns by time; of one time, in the order of writing, and what chance adds last */
export function timelineOf(scenario: Scenario, seed: string): readonly Action[] {
  const plans = plansOf(scenario);
  const actions: Action[] = [];
  for (const plan of plans) {
    const atUs = plan.group.joins === undefined ? plan.index * 1_000 : durationUs(plan.group.joins);
    actions.push({ atUs, do: "start", nodes: [plan.name] });
  }
  for (const fault of scenario.timeline) actions.push(...actionsOf(fault, plans));
  if (scenario.chaos !== undefined) actions.push(...new Chaos(scenario, scenario.chaos, plans, seed).actions());
  // Sorting is stable.
  return actions.sort((one, other) => one.atUs - other.atUs);
}

/** When chance leaves a run alone, µs. */
export function chaosUntilUs({ chaos, duration }: Pick<Scenario, "chaos" | "duration">): number {
  return chaos?.until === undefined ? Math.floor((durationUs(duration) * 2) / 3) : durationUs(chaos.until);
}

/** When an action is over, µs; of one that another ends, its beginning. */
export function endOfUs(action: Action): number {
  return action.atUs + ("forUs" in action ? (action.forUs ?? 0) : 0);
}

/** Ahead (+) or behind (−) by text, µs. */
export function signedUs(text: string): number {
  const trimmed = text.trim();
  const size = durationUs(trimmed.replace(/^[+-]/, ""));
  return trimmed.startsWith("-") ? -size : size;
}

function actionsOf(fault: Fault, plans: readonly NodePlan[]): readonly Action[] {
  const atUs = durationUs(fault.at);
  const named = (names: readonly string[] = []): readonly string[] => selected(plans, names).map(({ name }) => name);
  const nodes = named(fault.nodes);
  const endUs = fault.for === undefined ? undefined : atUs + durationUs(fault.for);
  const lasting = endUs === undefined ? {} : { forUs: endUs - atUs };
  switch (fault.do) {
    case "partition":
      return [{ atUs, do: "partition", groups: (fault.groups ?? []).map(named), ...lasting }];
    case "cut":
      return [{ atUs, do: "cut", from: named(fault.from), to: named(fault.to), ...lasting }];
    case "heal":
      return [{ atUs, do: "heal" }];
    case "crash":
    case "stop":
      return [{ atUs, do: fault.do, nodes }, ...(endUs === undefined ? [] : [{ atUs: endUs, do: "start" as const, nodes }])];
    case "start":
      return [{ atUs, do: "start", nodes }];
    case "stall":
      return [{ atUs, do: "stall", nodes, forUs: (endUs ?? atUs) - atUs }];
    case "skew":
      return [{ atUs, do: "skew", nodes, byUs: signedUs(fault.by ?? "0") }];
    case "hashRate":
      return [{ atUs, do: "hashRate", nodes, share: fault.share ?? 0 }];
    case "deposit":
    case "exit":
      return [{ atUs, do: fault.do, nodes }];
    case "network":
      return [{ atUs, do: "network", latency: fault.latency, loss: fault.loss }];
  }
}

class Chaos {
  readonly #chaos: NonNullable<Scenario["chaos"]>;
  readonly #plans: readonly NodePlan[];
  readonly #seed: string;
  readonly #fromUs: number;
  readonly #untilUs: number;

  constructor(scenario: Scenario, chaos: NonNullable<Scenario["chaos"]>, plans: readonly NodePlan[], seed: string) {
    this.#chaos = chaos;
    this.#plans = plans;
    this.#seed = seed;
    this.#fromUs = durationUs(chaos.from);
    this.#untilUs = chaosUntilUs(scenario);
  }

  actions(): readonly Action[] {
    const { crashes, downtime, stalls, stallTime, partitions, partitionTime, skews, skewMost } = this.#chaos;
    const out: Action[] = [];
    this.#each("crashes", crashes, (random, atUs) => {
      const nodes = [this.#anybody(random)];
      const endUs = Math.min(this.#untilUs, atUs + this.#around(random, downtime));
      out.push({ atUs, do: "crash", nodes }, { atUs: endUs, do: "start", nodes });
    });
    this.#each("stalls", stalls, (random, atUs) => {
      const nodes = [this.#anybody(random)];
      out.push({ atUs, do: "stall", nodes, forUs: Math.min(this.#untilUs - atUs, this.#around(random, stallTime)) });
    });
    this.#each("partitions", partitions, (random, atUs) => {
      const all = random.shuffle(this.#plans.map(({ name }) => name));
      const half = 1 + random.below(Math.max(1, all.length - 1));
      // In the scenario's order, as they are when this is written out and read again.
      const group = selected(this.#plans, all.slice(0, half)).map(({ name }) => name);
      const endUs = Math.min(this.#untilUs, atUs + this.#around(random, partitionTime));
      out.push({ atUs, do: "partition", groups: [group], forUs: endUs - atUs });
    });
    this.#each("skews", skews, (random, atUs) => {
      const most = durationUs(skewMost);
      out.push({ atUs, do: "skew", nodes: [this.#anybody(random)], byUs: Math.round((2 * random.unit() - 1) * most) });
    });
    return out;
  }

  /** Each kind of fault has a stream of its own: one kind less does not move the others. */
  #each(kind: string, mean: string | undefined, add: (random: SeededRandom, atUs: number) => void): void {
    if (mean === undefined) return;
    const random = new SeededRandom(`${this.#seed}/chaos/${kind}`);
    for (let atUs = this.#fromUs + this.#around(random, mean); atUs < this.#untilUs; atUs += this.#around(random, mean)) add(random, atUs);
  }

  #around(random: SeededRandom, mean: string): number {
    return Math.max(1, Math.round(exponential(random) * durationUs(mean)));
  }

  #anybody(random: SeededRandom): string {
    return this.#plans[random.below(this.#plans.length)]?.name ?? "";
  }
}
