/**
 * One run of a scenario: composes the nodes, lets the timeline happen to them, watches the invariants, and comes to a digest.
 *
 * Everything real happens before the first event: configs are read, plugins loaded, keys derived. From then on the run is a function of
 * scenario and seed.
 */
import { inlineCompute, SILENT, UNMETERED } from "../../node/simulation-seam.js";
import { ChainwrightError, type EngineKind, Hash, type HashKey, type LogLevel, type TreeHeader } from "../../sdk.js";
import { AgreementChecker } from "../checkers/agreement.js";
import { BoundsChecker } from "../checkers/bounds.js";
import type { Checker, CheckerFactory, RunView, SimulationObserver, TransactionSeen } from "../checkers/checker.js";
import { ExpectationChecker } from "../checkers/expectations.js";
import { HealthChecker } from "../checkers/health.js";
import { LivenessChecker } from "../checkers/liveness.js";
import { SupplyChecker } from "../checkers/supply.js";
import { TransactionChecker } from "../checkers/transactions.js";
import { ValidityChecker } from "../checkers/validity.js";
import { InvariantError } from "../errors.js";
import { Note } from "../history.js";
import { SimulatedDisk } from "../machine/disk.js";
import { costsOf, Machine } from "../machine/machine.js";
import { SharedCompute } from "../machine/shared-compute.js";
import { type NetworkCounts, SimulatedNetwork } from "../network/network.js";
import { ScenarioLinks } from "../network/scenario-links.js";
import { type GroundOptions, isAtLeast, type LogLine } from "../node/ground.js";

import { type LoadedNode, type NodeListener, SimulatedNode } from "../node/simulated-node.js";
import { durationUs } from "../scenario/duration.js";
import { type NodePlan, plansOf, selected } from "../scenario/roster.js";
import type { Scenario } from "../scenario/schema.js";
import { type Action, signedUs, timelineOf } from "../scenario/timeline.js";
import { World } from "../world.js";
import { BlockLog } from "./block-log.js";
import { loadNodes, START_MS } from "./composition.js";
import { StakingAccounts } from "./staking.js";
import { Traffic, type TrafficCounts } from "./traffic.js";

export interface SimulationOptions {
  /** Any number or text. */
  readonly seed: number | string;
  /** Where paths of plugins in the scenario start from. Default: the working directory. */
  readonly directory?: string;
  /** Instead of what scenario and seed make of the timeline: for a search that takes actions out. */
  readonly actions?: readonly Action[];
  /** Beside the invariants of every run. */
  readonly checkers?: readonly CheckerFactory[];
  readonly observers?: readonly ((run: RunView) => SimulationObserver)[];
  /** Lines of nodes' logs below are not made; those at warn and above always are, and observers see all that are made. Default warn. */
  readonly logLevel?: LogLevel;
  /** Called in real time, between events. */
  readonly onProgress?: (progress: SimulationProgress) => void;
  /** What computes; the history is the same with each. Default: the fastest that this machine has. */
  readonly engine?: EngineKind;
  /** Ends the run early; it has a digest of what happened until then, and nothing is expected of its end. */
  readonly signal?: AbortSignal;
}

export interface SimulationProgress {
  readonly elapsedMs: number;
  readonly durationMs: number;
  /** Highest block of any node. */
  readonly height: number;
  readonly nodesUp: number;
  readonly events: number;
}

export interface SimulationResult {
  readonly scenario: string;
  readonly seed: string;
  /** 64 hex digits: equal for equal runs. */
  readonly digest: string;
  /** Why the run failed: an invariant that broke (SIMULATION_INVARIANT_BROKEN), the law, or a node. */
  readonly failure: ChainwrightError | undefined;
  readonly elapsedMs: number;
  readonly events: number;
  readonly network: Readonly<NetworkCounts>;
  readonly height: number;
  /** All that any node had. */
  readonly blocks: number;
  /** Off the best chain. */
  readonly stale: number;
  readonly deepestReorg: number;
  /** Imports of blocks by all nodes. */
  readonly imports: number;
  readonly traffic: Readonly<TrafficCounts>;
  /** Lines of logs at warn. */
  readonly warnings: number;
}

/** How often checkers look around. */
const LOOK_US = 10e6;
/** Time that the checks at the end may take, virtual. */
const AUDIT_US = 24 * 3_600e6;

const NOTHING = (): undefined => undefined;

/**
 * Runs a scenario to its end, or to the first violation.
 *
 * @throws CONFIG_INVALID, CHAIN_SPEC_*, PLUGIN_* for a scenario whose nodes can't be composed; SIMULATION_BUSY while another run is under way in
 *   this process; whatever goes wrong in the run itself is in the result
 */
export async function simulate(scenario: Scenario, options: SimulationOptions): Promise<SimulationResult> {
  const seed = String(options.seed);
  const world = new World({ seed, startMs: START_MS });
  const release = world.claim();
  try {
    const plans = plansOf(scenario);
    const loaded = await loadNodes(scenario, plans, world.random("topology"), options.directory, seed);
    return await new Simulation(scenario, options, world, plans, loaded).run();
  } finally {
    release();
  }
}

class Simulation implements RunView, NodeListener {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly world: World;
  readonly nodes: readonly SimulatedNode[];
  readonly blocks = new BlockLog();
  readonly actions: readonly Action[];
  readonly #options: SimulationOptions;
  readonly #links: ScenarioLinks;
  readonly #network: SimulatedNetwork;
  readonly #compute: SharedCompute;
  readonly #observers: readonly SimulationObserver[];
  readonly #traffic: Traffic;
  readonly #staking: StakingAccounts;
  readonly #heads = new Map<SimulatedNode, HashKey>();
  #deepest = 0;
  #imports = 0;
  #warnings = 0;

  constructor(scenario: Scenario, options: SimulationOptions, world: World, plans: readonly NodePlan[], loaded: readonly LoadedNode[]) {
    this.scenario = scenario;
    this.seed = world.seed;
    this.world = world;
    this.#options = options;
    this.#links = new ScenarioLinks(scenario, plans);
    this.#network = new SimulatedNetwork(world, this.#links);
    this.#compute = new SharedCompute(world, inlineCompute(SILENT, UNMETERED, options.engine));
    this.nodes = plans.map((plan) => this.#node(plan, loaded[plan.index] as LoadedNode));
    this.actions = options.actions ?? timelineOf(scenario, world.seed);
    this.#observers = [...this.#checkers(), ...(options.observers ?? []).map((make) => make(this))];
    if (this.#observers.some(({ onMessage }) => onMessage !== undefined))
      this.#network.onMessage = (message) => this.#tell((observer) => observer.onMessage?.(message));
    const takers = scenario.traffic?.nodes === undefined ? plans : selected(plans, scenario.traffic.nodes);
    const honest = takers.map(({ index }) => this.nodes[index] as SimulatedNode).filter(({ isHonest }) => isHonest);
    this.#staking = new StakingAccounts(world, plans, (seen) => this.#onTransaction(seen));
    this.#traffic = new Traffic(world, scenario, honest, (seen) => this.#onTransaction(seen));
  }

  violate(invariant: string, node: SimulatedNode | undefined, reason: string): void {
    this.world.fail(new InvariantError({ invariant, node: node?.name ?? "the run", atMs: this.world.elapsedMs, reason }));
  }

  async run(): Promise<SimulationResult> {
    const { world, scenario } = this;
    const endUs = durationUs(scenario.duration);
    for (const action of this.actions) world.at(action.atUs, () => this.#act(action));
    const look = (): void => {
      this.#tell((observer) => observer.onLook?.());
      world.after(LOOK_US, look);
    };
    world.after(LOOK_US, look);
    let isAborted = false;
    world.onBreath = () => {
      this.#options.onProgress?.(this.#progress(endUs));
      if (this.#options.signal?.aborted !== true) return;
      isAborted = true;
      world.stop();
    };
    await this.#until(endUs);
    const digest = this.#digest();
    if (world.failure === undefined && !isAborted) await this.#audit(endUs);
    return this.#result(digest);
  }

  // --- what nodes tell ---------------------------------------------------------------------------------------------

  onUp(node: SimulatedNode): void {
    this.#heads.set(node, Hash.key(node.chain.head.id));
    this.world.history.note(Note.connection, this.world.nowUs, node.machine.index);
    this.#tell((observer) => observer.onUp?.(node));
  }

  onDown(node: SimulatedNode): void {
    this.#tell((observer) => observer.onDown?.(node));
  }

  onBlock(node: SimulatedNode, header: TreeHeader, canonical: boolean): void {
    const { world, blocks } = this;
    this.#imports++;
    world.history.note(Note.block, world.nowUs, node.machine.index, header.id);
    const isFirst = blocks.add(header, world.nowUs, node.name);
    this.#tell((observer) => observer.onBlock?.({ node, header, canonical, isFirst }));
    const { head } = node.chain;
    const [before, after] = [this.#heads.get(node), Hash.key(head.id)];
    if (before === after) return;
    this.#heads.set(node, after);
    world.history.note(Note.head, world.nowUs, node.machine.index, head.id);
    const undone = before === undefined ? 0 : blocks.undone(before, after);
    this.#deepest = Math.max(this.#deepest, undone);
    this.#tell((observer) => observer.onHead?.({ node, head, undone }));
  }

  #onTransaction(seen: TransactionSeen): void {
    this.world.history.text(Note.transaction, this.world.nowUs, seen.node.machine.index, seen.id ?? seen.outcome);
    this.#tell((observer) => observer.onTransaction?.(seen));
  }

  #onLog(line: LogLine): void {
    if (line.level === "warn") this.#warnings++;
    this.#tell((observer) => observer.onLog?.(line));
  }

  #tell(how: (observer: SimulationObserver) => void): void {
    for (const observer of this.#observers) how(observer);
  }

  // --- what happens to nodes ---------------------------------------------------------------------------------------

  #act(action: Action): void {
    this.world.history.text(Note.fault, this.world.nowUs, 0, JSON.stringify(action));
    this.#tell((observer) => observer.onAction?.(action));
    const network = this.#network;
    const machines = (names: readonly string[]): readonly Machine[] => this.#named(names).map(({ machine }) => machine);
    switch (action.do) {
      case "partition":
        this.#endAfter(action.forUs, network.partition(action.groups.map(machines)));
        return;
      case "cut":
        this.#endAfter(action.forUs, network.cut(machines(action.from), machines(action.to)));
        return;
      case "heal":
        network.heal();
        return;
      case "network":
        this.#links.change(action);
        return;
      case "hashRate":
        for (const machine of machines(action.nodes)) machine.hashRate = this.#hashRate(machine, action.share / action.nodes.length);
        return;
      case "stall":
        for (const machine of machines(action.nodes)) machine.stall(action.forUs);
        return;
      case "skew":
        for (const machine of machines(action.nodes)) machine.setSkew(action.byUs / 1e3);
        return;
      case "deposit":
      case "exit":
        for (const node of this.#named(action.nodes)) this.#staking.act(action.do, node);
        return;
      default:
        for (const node of this.#named(action.nodes)) node[action.do]();
    }
  }

  #endAfter(forUs: number | undefined, end: () => void): void {
    if (forUs !== undefined) this.world.after(forUs, end);
  }

  #named(names: readonly string[]): readonly SimulatedNode[] {
    const wanted = new Set(names);
    return this.nodes.filter(({ name }) => wanted.has(name));
  }

  // --- composition -------------------------------------------------------------------------------------------------

  #node(plan: NodePlan, loaded: LoadedNode): SimulatedNode {
    const { group, name, index } = plan;
    const { regions } = this.scenario.network;
    const machine = new Machine(this.world, {
      name,
      index,
      region: Math.max(0, regions?.names.indexOf(group.region ?? "") ?? 0),
      disk: new SimulatedDisk(this.world.random(`disk/${name}`), { syncUs: group.sync === undefined ? 0 : durationUs(group.sync) }),
      skewMs: group.skew === undefined ? 0 : signedUs(group.skew) / 1e3,
      driftPpm: group.driftPpm,
      costs: costsOf(group.slowness),
    });
    this.#network.addMachine(machine);
    const node = this.#place(machine, loaded, !group.byzantine, this);
    machine.hashRate = this.#hashRate(machine, plan.hashShare, loaded);
    return node;
  }

  #place(machine: Machine, loaded: LoadedNode, isHonest: boolean, listener: NodeListener): SimulatedNode {
    // Checkers live on warnings and errors, whatever else is asked for.
    const { logLevel = "warn" } = this.#options;
    const ground: GroundOptions = { level: isAtLeast(logLevel, "warn") ? "warn" : logLevel, onLog: (line) => this.#onLog(line) };
    return new SimulatedNode({ machine, network: this.#network, compute: this.#compute }, loaded, isHonest, listener, ground);
  }

  /** Attempts a second, by percent of what the chain's first target is made for. */
  #hashRate(machine: Machine, share: number, loaded = this.nodes[machine.index]?.loaded): number {
    const parameters = loaded?.spec.consensus.parameters as { readonly blockIntervalMs?: number } | undefined;
    const seconds = (parameters?.blockIntervalMs ?? 60_000) / 1e3;
    return (this.scenario.attempts / seconds) * (share / 100);
  }

  #checkers(): readonly Checker[] {
    return [
      new HealthChecker(this),
      new AgreementChecker(this),
      new SupplyChecker(this),
      new TransactionChecker(this),
      new BoundsChecker(this),
      new LivenessChecker(this),
      new ExpectationChecker(this),
      new ValidityChecker(this, () => this.#auditor()),
      ...(this.#options.checkers ?? []).map((make) => make(this)),
    ];
  }

  /** A node that has never seen anything, on a machine of its own. */
  async #auditor(): Promise<SimulatedNode> {
    const loaded = this.nodes.find(({ isHonest }) => isHonest)?.loaded ?? (this.nodes[0]?.loaded as LoadedNode);
    const machine = new Machine(this.world, {
      name: "auditor",
      index: this.nodes.length,
      region: 0,
      disk: new SimulatedDisk(this.world.random("disk/auditor"), { syncUs: 0 }),
      skewMs: 0,
      driftPpm: 0,
      costs: costsOf(0),
    });
    return new Promise((resolve) => {
      const listener: NodeListener = { onUp: resolve, onDown: NOTHING, onBlock: NOTHING };
      this.#place(machine, loaded, true, listener).start();
    });
  }

  // --- the end -----------------------------------------------------------------------------------------------------

  async #until(untilUs: number): Promise<void> {
    // What failed is in the world.
    await this.world.run(untilUs).catch(NOTHING);
  }

  #digest(): string {
    const { world } = this;
    for (const node of this.nodes) {
      const text = node.isUp
        ? `${node.name} ${Hash.key(node.chain.head.id)} ${Hash.key(node.chain.head.header.stateRoot)}`
        : `${node.name} down`;
      world.history.text(Note.end, world.nowUs, node.machine.index, text);
    }
    return world.history.seal();
  }

  /** The run is over: nothing happens to its nodes any more, while checkers look at them. */
  async #audit(endUs: number): Promise<void> {
    const { world } = this;
    for (const { machine } of this.nodes) machine.stall(2 * AUDIT_US);
    world.after(0, () => {
      const checks = async (): Promise<void> => {
        for (const observer of this.#observers) await observer.atEnd?.();
      };
      checks().then(
        () => world.stop(),
        (error: unknown) => world.fail(error),
      );
    });
    await this.#until(endUs + AUDIT_US);
  }

  #progress(endUs: number): SimulationProgress {
    return {
      elapsedMs: Math.min(endUs, this.world.nowUs) / 1e3,
      durationMs: endUs / 1e3,
      height: this.blocks.highest,
      nodesUp: this.nodes.filter(({ isUp }) => isUp).length,
      events: this.world.events,
    };
  }

  #result(digest: string): SimulationResult {
    const { world, blocks } = this;
    return {
      scenario: this.scenario.name,
      seed: this.seed,
      digest,
      failure: world.failure,
      elapsedMs: Math.min(durationUs(this.scenario.duration) / 1e3, world.elapsedMs),
      events: world.events,
      network: this.#network.counts,
      height: blocks.highest,
      blocks: blocks.size,
      stale: blocks.size - blocks.highest,
      deepestReorg: this.#deepest,
      imports: this.#imports,
      traffic: this.#traffic.counts,
      warnings: this.#warnings,
    };
  }
}
