/**
 * "chainwright/simulation": networks of real nodes in one process, under virtual time, repeatable bit for bit.
 *
 * ```ts
 * import { loadScenario, simulate } from "chainwright/simulation";
 * const scenario = await loadScenario("config/scenarios/partition.yaml");
 * const { digest, failure } = await simulate(scenario, { seed: 7 });
 * ```
 *
 * Import it before whatever a node depends on: it puts a check before the process' clock, timers and randomness (guard/patches.ts),
 * which does nothing outside of a run.
 */
import "./guard/patches.js";

export { attackPage, cells as attackCells, headings as attackHeadings } from "./attacks/attack-report.js";
export { ATTACK_NAMES, type AttackName, runAttacks } from "./attacks/catalog.js";
export { type AttackTable, disagreements } from "./attacks/table.js";
export { type MachineParts, SIMULATED_MACHINE, SIMULATED_MACHINE_CAPABILITY } from "./capability.js";
export {
  type BlockSeen,
  type Checker,
  type CheckerFactory,
  type HeadMoved,
  honestNodes,
  type RunView,
  type SimulationObserver,
  type TransactionSeen,
} from "./checkers/checker.js";
export { exp, exponential, ln, normal } from "./distribution.js";
export { InvariantError, SimulatedNodeError, SimulationBusyError, SimulationLawError, SimulationStuckError } from "./errors.js";
export { type Exploration, type ExploreOptions, explore } from "./explore/explore.js";
export type { SeedFailure, SeedOutcome } from "./explore/outcome.js";
export { scenarioText } from "./explore/scenario-text.js";
export { type ShrinkOptions, type Shrunk, shrink } from "./explore/shrink.js";
export type { Machine } from "./machine/machine.js";
export type { MessageSeen, SimulatedNetwork, Tampering } from "./network/network.js";
export { type LogLine, simulatedKey } from "./node/ground.js";
export type { SimulatedNode } from "./node/simulated-node.js";
export { SeededRandom } from "./random.js";
export { byteFigure, type Cell, escaped, figure, table } from "./report/markup.js";
export { type Page, type PageSection, renderPage } from "./report/page.js";
export {
  type BarSeries,
  barPlot,
  linePlot,
  type PlotAxis,
  type PlotFrame,
  type PlotPoint,
  type PlotSeries,
  scatterPlot,
  stepPlot,
} from "./report/plot.js";
export { type RunRecord, runRecorder } from "./report/record.js";
export { type RunReport, renderReport } from "./report/report.js";
export { TRACE_KINDS, type Trace, type TraceKind, type TraceOptions, traceTo } from "./report/trace.js";
export type { BlockLog, LoggedBlock } from "./run/block-log.js";
export { SIMULATED_CONSENSUS, type SimulatedConsensus, withConsensus } from "./run/engines.js";
export { type SimulationOptions, type SimulationProgress, type SimulationResult, simulate } from "./run/simulation.js";
export { describeDuration, durationUs } from "./scenario/duration.js";
export { loadScenario, parseScenario } from "./scenario/load.js";
export type { Fault, Scenario } from "./scenario/schema.js";
export { type Action, timelineOf } from "./scenario/timeline.js";
export type { World } from "./world.js";
