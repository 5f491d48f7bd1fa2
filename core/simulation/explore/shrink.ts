/**
 * Makes a failing scenario small: takes out faults (delta debugging, Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
 * Input", 2002), then whole parts, nodes and time, as long as the run still fails in the same way.
 */
import type { SimulationOptions } from "../run/simulation.js";
import { simulate } from "../run/simulation.js";
import { calmOfUs } from "../scenario/calm.js";
import { durationUs } from "../scenario/duration.js";
import { parseScenario } from "../scenario/load.js";
import { knownNames, plansOf } from "../scenario/roster.js";
import type { Fault, NodeGroup, Scenario } from "../scenario/schema.js";
import { type Action, timelineOf } from "../scenario/timeline.js";
import { withEnds } from "./fault-ends.js";
import { isSameFailure, outcomeOf, type SeedFailure, type SeedOutcome } from "./outcome.js";

export interface ShrinkOptions extends Pick<SimulationOptions, "directory" | "checkers" | "signal"> {
  readonly seed: string;
  /** Runs at most; the smallest scenario until then is the answer. */
  readonly runsMax?: number;
  readonly onRun?: (runs: number, smallest: Scenario) => void;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly outcome: SeedOutcome;
  readonly runs: number;
}

const RUNS_MAX = 200;
/** Of what follows the failure, µs: nothing that happens later can be its cause, but checkers look every ten seconds. */
const AFTER_US = 11e6;

/** Smaller scenario that fails with the same seed in the same way; undefined if the scenario itself does not fail with it. */
export async function shrink(scenario: Scenario, options: ShrinkOptions): Promise<Shrunk | undefined> {
  const shrinking = new Shrinking(options);
  if (!(await shrinking.begin(scenario))) return undefined;
  await shrinking.cutEnd();
  await shrinking.dropFaults();
  await shrinking.dropParts();
  await shrinking.dropNodes();
  await shrinking.dropFaults();
  await shrinking.cutEnd();
  return shrinking.result();
}

/** What scenario and seed make of chance, written out: the same run, without `chaos`. */
export function writtenOut(scenario: Scenario, seed: string): Scenario {
  const { chaos: _chaos, ...rest } = scenario;
  const starts = plansOf(scenario).length;
  let seen = 0;
  // The first start of each node is said by its group.
  const isOwn = (action: Action): boolean => {
    const isFirst = action.do === "start" && action.nodes.length === 1 && seen < starts && isFirstStart(scenario, action);
    if (isFirst) seen++;
    return !isFirst;
  };
  return { ...rest, timeline: timelineOf(scenario, seed).filter(isOwn).map(faultOf) };
}

function isFirstStart(scenario: Scenario, action: Action & { readonly do: "crash" | "stop" | "start" }): boolean {
  const plan = plansOf(scenario).find(({ name }) => name === action.nodes[0]);
  if (plan === undefined) return false;
  const { joins } = plan.group;
  return action.atUs === (joins === undefined ? plan.index * 1_000 : durationUs(joins));
}

function faultOf(action: Action): Fault {
  const { atUs, ...rest } = action;
  const at = `${atUs}us`;
  if ("forUs" in action && action.forUs !== undefined) {
    const { forUs, ...timed } = rest as typeof rest & { readonly forUs: number };
    return { at, ...timed, for: `${forUs}us` } as Fault;
  }
  if (action.do === "skew") return { at, do: "skew", nodes: [...action.nodes], by: `${action.byUs}us` };
  // What is undefined is not written.
  return JSON.parse(JSON.stringify({ at, ...rest })) as Fault;
}

class Shrinking {
  readonly #options: ShrinkOptions;
  #smallest: Scenario | undefined;
  #outcome: SeedOutcome | undefined;
  #runs = 0;

  constructor(options: ShrinkOptions) {
    this.#options = options;
  }

  async begin(scenario: Scenario): Promise<boolean> {
    const whole = fitting(writtenOut(scenario, this.#options.seed));
    const outcome = await this.#run(whole);
    if (outcome?.failure === undefined) return false;
    [this.#smallest, this.#outcome] = [whole, outcome];
    return true;
  }

  result(): Shrunk {
    return { scenario: this.#scenario, outcome: this.#outcome as SeedOutcome, runs: this.#runs };
  }

  /** The run ends soon after its failure. */
  async cutEnd(): Promise<void> {
    const { atMs } = this.#failure;
    const wholeUs = durationUs(this.#scenario.duration);
    if (atMs !== undefined && atMs * 1e3 + AFTER_US < wholeUs && (await this.#tryEnd(Math.ceil(atMs * 1e3 + AFTER_US)))) return;
    // What is found at the end is found at an earlier one, perhaps, if it is no fault that has not ended by then.
    for (let us = wholeUs / 2; us >= 60e6; us /= 2) if (!this.#isCalmAfter(us) || !(await this.#tryEnd(Math.floor(us)))) return;
  }

  #isCalmAfter(us: number): boolean {
    const { timeline } = this.#scenario;
    const before = timeline.filter(({ at }) => durationUs(at) <= us);
    const areOver = before.every(({ at, for: length }) => durationUs(at) + durationUs(length ?? "0") <= us);
    return areOver && withEnds(timeline, before).length === before.length;
  }

  async dropFaults(): Promise<void> {
    let parts = 2;
    for (;;) {
      const { timeline } = this.#scenario;
      if (timeline.length === 0 || (await this.#try({ timeline: [] }))) return;
      const size = Math.ceil(timeline.length / Math.min(parts, timeline.length));
      let isSmaller = false;
      for (let from = 0; from < timeline.length && !isSmaller; from += size) {
        const left = [...timeline.slice(0, from), ...timeline.slice(from + size)];
        isSmaller = await this.#try({ timeline: [...withEnds(timeline, left)] });
      }
      if (isSmaller) parts = Math.max(2, parts - 1);
      else if (size === 1 || this.#isOver) return;
      else parts *= 2;
    }
  }

  /** Whatever makes the network worse, traffic, and what sets groups apart. */
  async dropParts(): Promise<void> {
    await this.#without("traffic");
    const { network } = this.#scenario;
    await this.#try({ network: { topology: "full", degree: network.degree, loss: 0, duplication: 0, links: [], ...kept(network) } });
    await this.#try({ network: { ...this.#scenario.network, loss: 0, duplication: 0 } });
    const { upload: _up, download: _down, ...unbound } = this.#scenario.network;
    await this.#try({ network: unbound });
    await this.#try({ nodes: this.#scenario.nodes.map(plain) });
  }

  async dropNodes(): Promise<void> {
    for (let index = this.#scenario.nodes.length - 1; index >= 0; index--) {
      const { nodes } = this.#scenario;
      if (nodes.length > 1 && (await this.#tryNodes(nodes.filter((_, each) => each !== index)))) continue;
      for (let step = this.#countOf(index) - 1; step >= 1; step = Math.floor(step / 2))
        while (this.#countOf(index) > step && (await this.#tryCount(index, this.#countOf(index) - step)));
    }
  }

  #countOf(index: number): number {
    return this.#scenario.nodes[index]?.count ?? 1;
  }

  get #scenario(): Scenario {
    if (this.#smallest === undefined) throw new RangeError("a scenario is shrunk after it has failed");
    return this.#smallest;
  }

  get #failure(): SeedFailure {
    const failure = this.#outcome?.failure;
    if (failure === undefined) throw new RangeError("a scenario is shrunk after it has failed");
    return failure;
  }

  get #isOver(): boolean {
    return this.#runs >= (this.#options.runsMax ?? RUNS_MAX) || this.#options.signal?.aborted === true;
  }

  async #tryCount(index: number, count: number): Promise<boolean> {
    return this.#tryNodes(this.#scenario.nodes.map((group, each) => (each === index ? { ...group, count } : group)));
  }

  /** With other nodes: what the timeline says of those that are gone goes, too. */
  async #tryNodes(nodes: readonly NodeGroup[]): Promise<boolean> {
    const names = new Set(knownNames(plansOf({ nodes: [...nodes] })));
    const some = (given: readonly string[] | undefined) => given?.filter((name) => names.has(name));
    const timeline = this.#scenario.timeline.flatMap((fault) => faultAmong(fault, some));
    const { traffic, network } = this.#scenario;
    const links = network.links.filter(({ from, to }) => names.has(from) && names.has(to));
    const takers = some(traffic?.nodes);
    const change = traffic?.nodes === undefined ? {} : { traffic: { ...traffic, nodes: takers } };
    if (takers?.length === 0) return false;
    return this.#try({ nodes: [...nodes], timeline, network: { ...network, links }, ...change } as Partial<Scenario>);
  }

  async #tryEnd(us: number): Promise<boolean> {
    const before = (text: string | undefined): string | undefined => (text === undefined || durationUs(text) <= us ? text : `${us}us`);
    const { timeline, traffic } = this.#scenario;
    const change = traffic === undefined ? {} : { traffic: { ...traffic, from: before(traffic.from), until: before(traffic.until) } };
    return this.#try({
      duration: `${us}us`,
      timeline: timeline.filter(({ at }) => durationUs(at) <= us),
      ...change,
    } as Partial<Scenario>);
  }

  async #without(key: "traffic"): Promise<boolean> {
    const { [key]: gone, ...rest } = this.#scenario;
    return gone !== undefined && this.#offer(rest as Scenario);
  }

  #try(change: Partial<Scenario>): Promise<boolean> {
    return this.#offer({ ...this.#scenario, ...change });
  }

  async #offer(wish: Scenario): Promise<boolean> {
    const candidate = fitting(wish);
    if (this.#isOver || JSON.stringify(candidate) === JSON.stringify(this.#scenario)) return false;
    const outcome = await this.#run(candidate);
    if (outcome === undefined || !isSameFailure(this.#failure, outcome.failure)) return false;
    [this.#smallest, this.#outcome] = [candidate, outcome];
    return true;
  }

  /** Undefined: there can be no such run. */
  async #run(candidate: Scenario): Promise<SeedOutcome | undefined> {
    this.#runs++;
    const { seed, directory, checkers, signal, onRun } = this.#options;
    try {
      const scenario = await parseScenario(candidate);
      const options = { seed, ...(directory && { directory }), ...(checkers && { checkers }), ...(signal && { signal }) };
      return outcomeOf(await simulate(scenario, options));
    } catch {
      return undefined;
    } finally {
      onRun?.(this.#runs, this.#smallest ?? candidate);
    }
  }
}

/** Without a bound on liveness that is too long for the run by now: it would be refused, and can have no part in the failure. */
function fitting(scenario: Scenario): Scenario {
  const { liveness, ...expect } = scenario.expect;
  return liveness === undefined || durationUs(liveness) < calmOfUs(scenario) ? scenario : { ...scenario, expect };
}

/** Latency stays: without any, a run is another one altogether. */
function kept({ latency, regions }: Scenario["network"]): Partial<Scenario["network"]> {
  return { ...(latency && { latency }), ...(regions && { regions }) };
}

/** A group without whatever makes its machines worse than others. */
function plain({ name, count, hashShare, validators, region, joins, byzantine, config }: NodeGroup): NodeGroup {
  const optional = {
    ...(count !== undefined && { count }),
    ...(validators !== undefined && { validators }),
    ...(region && { region }),
    ...(joins && { joins }),
  };
  return { name, hashShare, byzantine, config, driftPpm: 0, slowness: 0, ...optional };
}

/** The fault among fewer nodes; nothing, if it hits none of them. */
function faultAmong(fault: Fault, some: (names: readonly string[] | undefined) => string[] | undefined): readonly Fault[] {
  const { nodes, from, to, groups } = fault;
  const sides = groups?.map((names) => some(names) ?? []).filter(({ length }) => length > 0);
  if ([some(nodes), some(from), some(to), sides].some((left) => left?.length === 0)) return [];
  const changed = {
    ...(nodes && { nodes: some(nodes) }),
    ...(from && { from: some(from) }),
    ...(to && { to: some(to) }),
    ...(sides && { groups: sides }),
  };
  return [{ ...fault, ...changed } as Fault];
}
