/** The links that a scenario describes, and what its timeline makes of them. */
import type { Distribution } from "../distribution.js";
import type { Machine } from "../machine/machine.js";
import { durationUs } from "../scenario/duration.js";
import { type NodePlan, selected } from "../scenario/roster.js";
import type { Latency, Scenario } from "../scenario/schema.js";
import type { Bandwidth, Link, LinkModel } from "./links.js";

/** Where a scenario says nothing: nodes of one continent. */
const DEFAULT_LATENCY: Distribution = { kind: "logNormal", medianMs: 50, sigma: 0.3 };

export function distributionOf({ constant, uniform, logNormal }: Latency): Distribution {
  if (constant !== undefined) return { kind: "constant", ms: durationUs(constant) / 1e3 };
  if (logNormal !== undefined) return { kind: "logNormal", medianMs: durationUs(logNormal.median) / 1e3, sigma: logNormal.sigma };
  const [from = "0", to = "0"] = uniform ?? [];
  return { kind: "uniform", minMs: durationUs(from) / 1e3, maxMs: durationUs(to) / 1e3 };
}

interface Override {
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
  readonly latency: Distribution | undefined;
  readonly loss: number | undefined;
}

export class ScenarioLinks implements LinkModel {
  readonly #duplication: number;
  readonly #overrides: readonly Override[];
  /** Row: from. */
  readonly #regions: readonly (readonly Distribution[])[] | undefined;
  readonly #bandwidths: readonly Bandwidth[];
  #latency: Distribution;
  #loss: number;
  /** By both indexes; made when it is asked for, forgotten when the network changes. */
  #links = new Map<number, Link>();

  constructor({ network }: Scenario, plans: readonly NodePlan[]) {
    const { latency, regions, loss, duplication, links, upload, download } = network;
    this.#latency = latency === undefined ? DEFAULT_LATENCY : distributionOf(latency);
    this.#loss = loss;
    this.#duplication = duplication;
    this.#regions = regions?.median.map((row) =>
      row.map((median) => ({ kind: "logNormal", medianMs: durationUs(median) / 1e3, sigma: regions.sigma })),
    );
    const namesOf = (name: string): ReadonlySet<string> => new Set(selected(plans, [name]).map((plan) => plan.name));
    this.#overrides = links.map((link) => ({
      from: namesOf(link.from),
      to: namesOf(link.to),
      latency: link.latency === undefined ? undefined : distributionOf(link.latency),
      loss: link.loss,
    }));
    this.#bandwidths = plans.map(({ group }) => ({ up: group.upload ?? upload, down: group.download ?? download }));
  }

  /** From now on, everywhere that no link says otherwise. */
  change(change: { readonly latency?: Latency | undefined; readonly loss?: number | undefined }): void {
    if (change.latency !== undefined) this.#latency = distributionOf(change.latency);
    if (change.loss !== undefined) this.#loss = change.loss;
    this.#links = new Map();
  }

  link(from: Machine, to: Machine): Link {
    const key = from.index * 65_536 + to.index;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const made = this.#linkOf(from, to);
    this.#links.set(key, made);
    return made;
  }

  bandwidth(machine: Machine): Bandwidth {
    return this.#bandwidths[machine.index] ?? { up: undefined, down: undefined };
  }

  #linkOf(from: Machine, to: Machine): Link {
    const override = this.#overrides.findLast((each) => each.from.has(from.name) && each.to.has(to.name));
    const regional = this.#regions?.[from.region]?.[to.region];
    return {
      latency: override?.latency ?? regional ?? this.#latency,
      loss: override?.loss ?? this.#loss,
      duplication: this.#duplication,
    };
  }
}
