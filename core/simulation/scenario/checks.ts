/** What is wrong with a scenario that its schema lets pass: names, shares, times. */
import type { Report } from "../../node/simulation-seam.js";
import { calmOfUs } from "./calm.js";
import { describeDuration, parseDuration } from "./duration.js";
import { EVERYBODY, knownNames, type NodePlan, plansOf, selected } from "./roster.js";
import type { Fault, Latency, Scenario } from "./schema.js";

/** More would be a mistake of writing. */
const NODES_MAX = 10_000;
/** Shares are percent with decimals: their sum may miss 100 by rounding. */
const SHARE_TOLERANCE = 1e-6;

/** Keys that a fault of each kind needs, and others that it may have. */
const KEYS: Readonly<Record<Fault["do"], { readonly needs: readonly (keyof Fault)[]; readonly takes: readonly (keyof Fault)[] }>> = {
  partition: { needs: ["groups"], takes: ["for"] },
  cut: { needs: ["from", "to"], takes: ["for"] },
  heal: { needs: [], takes: [] },
  crash: { needs: ["nodes"], takes: ["for"] },
  stop: { needs: ["nodes"], takes: ["for"] },
  start: { needs: ["nodes"], takes: [] },
  stall: { needs: ["nodes", "for"], takes: [] },
  skew: { needs: ["nodes", "by"], takes: [] },
  hashRate: { needs: ["nodes", "share"], takes: [] },
  network: { needs: [], takes: ["latency", "loss"] },
  deposit: { needs: ["nodes"], takes: [] },
  exit: { needs: ["nodes"], takes: [] },
};

export function checkScenario(scenario: Scenario, report: Report): void {
  new Checks(scenario, report).all();
}

class Checks {
  readonly #scenario: Scenario;
  readonly #report: Report;
  #problems = 0;
  readonly #plans: readonly NodePlan[];
  readonly #names: readonly string[];

  constructor(scenario: Scenario, report: Report) {
    this.#scenario = scenario;
    this.#report = (...problem) => {
      this.#problems++;
      report(...problem);
    };
    const count = scenario.nodes.reduce((sum, group) => sum + (group.count ?? 1), 0);
    if (count > NODES_MAX) report(["nodes"], `${count} nodes; a run has at most ${NODES_MAX}`);
    this.#plans = count > NODES_MAX ? [] : plansOf(scenario);
    this.#names = knownNames(this.#plans);
  }

  all(): void {
    const { duration } = this.#scenario;
    const runUs = this.#duration(["duration"], duration);
    if (runUs === 0) this.#report(["duration"], "a run takes some time");
    this.#nodes();
    this.#shares();
    this.#network();
    for (const [index, fault] of this.#scenario.timeline.entries()) this.#fault(["timeline", String(index)], fault, runUs);
    this.#rest(runUs);
  }

  #nodes(): void {
    const seen = new Map<string, string>();
    for (const { name, group } of this.#plans) {
      const other = seen.get(name);
      const index = String(this.#scenario.nodes.indexOf(group));
      if (other !== undefined) this.#report(["nodes", index, "name"], `there are two nodes called ${name}; names are unique`);
      seen.set(name, group.name);
    }
    for (const [index, group] of this.#scenario.nodes.entries()) {
      const path = ["nodes", String(index)];
      if (group.joins !== undefined) this.#duration([...path, "joins"], group.joins);
      if (group.sync !== undefined) this.#duration([...path, "sync"], group.sync);
      if (group.skew !== undefined) this.#signed([...path, "skew"], group.skew);
      const regions = this.#scenario.network.regions?.names ?? [];
      if (group.region !== undefined && !regions.includes(group.region))
        this.#report([...path, "region"], `there is no region ${group.region} in network.regions`, { given: group.region, among: regions });
    }
  }

  #shares(): void {
    let sum = 0;
    for (const [index, { hashShare }] of this.#scenario.nodes.entries()) {
      if (hashShare < 0) this.#report(["nodes", String(index), "hashShare"], `a share is not negative (${hashShare})`);
      sum += Math.max(0, hashShare);
    }
    if (sum > 100 + SHARE_TOLERANCE)
      this.#report(["nodes"], `hash shares come to ${sum} percent together, which is more than all there is`);
  }

  #network(): void {
    const { latency, regions, links } = this.#scenario.network;
    if (latency !== undefined) this.#latency(["network", "latency"], latency);
    if (latency !== undefined && regions !== undefined) this.#report(["network", "latency"], "latency and regions exclude each other");
    if (regions !== undefined) this.#regions(regions);
    for (const [index, link] of links.entries()) {
      const path = ["network", "links", String(index)];
      this.#named([...path, "from"], [link.from]);
      this.#named([...path, "to"], [link.to]);
      if (link.latency !== undefined) this.#latency([...path, "latency"], link.latency);
    }
  }

  #regions({ names, median }: NonNullable<Scenario["network"]["regions"]>): void {
    const path = ["network", "regions", "median"];
    if (median.length !== names.length) this.#report(path, `${names.length} regions need as many rows, not ${median.length}`);
    for (const [row, values] of median.entries()) {
      if (values.length !== names.length)
        this.#report([...path, String(row)], `a row has a latency for each of the ${names.length} regions`);
      for (const [column, value] of values.entries()) this.#duration([...path, String(row), String(column)], value);
    }
    const without = this.#scenario.nodes.findIndex(({ region }) => region === undefined);
    if (without >= 0) this.#report(["nodes", String(without)], "where there are regions, every group names its own");
  }

  #latency(path: readonly string[], { constant, uniform, logNormal }: Latency): void {
    const given = [constant, uniform, logNormal].filter((each) => each !== undefined).length;
    if (given !== 1) this.#report(path, "write one of constant, uniform and logNormal");
    if (constant !== undefined) this.#duration([...path, "constant"], constant);
    if (logNormal !== undefined) this.#duration([...path, "logNormal", "median"], logNormal.median);
    if (uniform === undefined) return;
    const [from, to] = uniform.map((bound, index) => this.#duration([...path, "uniform", String(index)], bound));
    if (from !== undefined && to !== undefined && from > to) this.#report([...path, "uniform"], "the first is not above the second");
  }

  #fault(path: readonly string[], fault: Fault, runUs: number | undefined): void {
    const { needs, takes } = KEYS[fault.do];
    for (const key of needs) if (fault[key] === undefined) this.#report(path, `${fault.do} needs ${key}`);
    for (const key of Object.keys(fault) as (keyof Fault)[]) {
      const fits = key === "at" || key === "do" || needs.includes(key) || takes.includes(key);
      if (!fits) this.#report([...path, key], `${fault.do} has no ${key}`);
    }
    const atUs = this.#duration([...path, "at"], fault.at);
    if (atUs !== undefined && runUs !== undefined && atUs > runUs)
      this.#report([...path, "at"], `${fault.at} is behind the end of the run (${this.#scenario.duration})`);
    if (fault.for !== undefined) this.#duration([...path, "for"], fault.for);
    if (fault.by !== undefined) this.#signed([...path, "by"], fault.by);
    if (fault.latency !== undefined) this.#latency([...path, "latency"], fault.latency);
    if (fault.do === "network") this.#change(path, fault);
    if (fault.do === "deposit" || fault.do === "exit") this.#stakers(path, fault.do === "exit" ? "validators" : "newcomers", fault);
    if (fault.share !== undefined && fault.share < 0) this.#report([...path, "share"], `a share is not negative (${fault.share})`);
    for (const key of ["nodes", "from", "to"] as const) this.#named([...path, key], fault[key] ?? []);
    this.#groups([...path, "groups"], fault.groups ?? []);
  }

  /** A change that changes nothing is a mistake of writing. */
  #change(path: readonly string[], { latency, loss }: Fault): void {
    if (latency === undefined && loss === undefined) this.#report(path, "network needs latency or loss");
    if (latency !== undefined && this.#scenario.network.regions !== undefined)
      this.#report([...path, "latency"], "where there are regions, latency is theirs; a fault can't change it");
  }

  /** Who has nobody to send moves nothing. */
  #stakers(path: readonly string[], what: "validators" | "newcomers", { do: action, nodes = [] }: Fault): void {
    for (const { name } of selected(this.#plans, nodes).filter((plan) => plan[what] === undefined))
      this.#report([...path, "nodes"], `${name} has no ${what} to ${action}`);
  }

  #groups(path: readonly string[], groups: readonly (readonly string[])[]): void {
    const sides = new Map<string, number>();
    for (const [side, names] of groups.entries()) {
      this.#named([...path, String(side)], names);
      for (const { name, group } of this.#plans) {
        if (!names.some((each) => each === EVERYBODY || each === name || each === group.name)) continue;
        if ((sides.get(name) ?? side) !== side) this.#report([...path, String(side)], `${name} is on two sides of the partition`);
        sides.set(name, side);
      }
    }
  }

  #rest(runUs: number | undefined): void {
    const { chaos, traffic, expect } = this.#scenario;
    const chaosTimes = [
      "from",
      "until",
      "crashes",
      "downtime",
      "stalls",
      "stallTime",
      "partitions",
      "partitionTime",
      "skews",
      "skewMost",
    ] as const;
    for (const key of chaosTimes) {
      const value = chaos?.[key];
      const parsed = value === undefined ? undefined : this.#duration(["chaos", key], value);
      const isMean = key !== "from" && key !== "until" && key !== "skewMost";
      if (parsed === 0 && isMean) this.#report(["chaos", key], "a mean time is above 0");
    }
    for (const key of ["from", "until"] as const) {
      const value = traffic?.[key];
      const parsed = value === undefined ? undefined : this.#duration(["traffic", key], value);
      if (parsed !== undefined && runUs !== undefined && parsed > runUs)
        this.#report(["traffic", key], `${value} is behind the end of the run`);
    }
    this.#named(["traffic", "nodes"], traffic?.nodes ?? []);
    this.#named(["expect", "noBlocksOf"], expect.noBlocksOf);
    if (expect.liveness !== undefined) this.#liveness(expect.liveness);
  }

  /** What can't be seen to fail is not expected of anything. */
  #liveness(bound: string): void {
    const boundUs = this.#duration(["expect", "liveness"], bound);
    if (boundUs === undefined || this.#problems > 0) return;
    const calmUs = calmOfUs(this.#scenario);
    if (boundUs >= calmUs)
      this.#report(
        ["expect", "liveness"],
        `a block within ${bound} can't be missed: the longest time in which nothing happens to the run is ${describeDuration(calmUs)}`,
      );
  }

  #duration(path: readonly string[], text: string): number | undefined {
    const parsed = parseDuration(text);
    if (typeof parsed === "number") return parsed;
    this.#report(path, parsed.reason);
    return undefined;
  }

  #signed(path: readonly string[], text: string): void {
    this.#duration(path, text.trim().replace(/^[+-]/, ""));
  }

  #named(path: readonly string[], names: readonly string[]): void {
    for (const name of names)
      if (!this.#names.includes(name))
        this.#report(path, `there is no node or group ${name}`, { given: name, among: this.#names.filter((each) => each !== EVERYBODY) });
  }
}
