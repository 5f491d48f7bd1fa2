/** A run of a few whole nodes for the tables of attacks: the scenario's defaults, and the failure of a run as an error. */
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import { type SimulationResult, simulate } from "../run/simulation.js";
import { parseScenario } from "../scenario/load.js";

export const ATTACKER = "attacker";
export const MINUTE_MS = 60_000;

/** @throws what made the run fail: an invariant, the law, or a node */
export async function runNodes(change: object, seed: string, observer?: (run: RunView) => SimulationObserver): Promise<SimulationResult> {
  const scenario = await parseScenario({
    name: "attack",
    attempts: 64,
    network: { topology: "full", latency: { constant: "5ms" } },
    expect: { agreementDepth: 4_000, converged: false },
    ...change,
  });
  const result = await simulate(scenario, { seed, ...(observer === undefined ? {} : { observers: [observer] }) });
  if (result.failure !== undefined) throw result.failure;
  return result;
}

/** Two honest nodes and an attacker. @param attackerShare percent of the hash rate */
export function withAttacker(attackerShare: number, attacker: object = {}): readonly object[] {
  return [
    { name: "honest", count: 2, hashShare: 100 - attackerShare },
    { name: ATTACKER, hashShare: attackerShare, byzantine: true, ...attacker },
  ];
}

/** How many runs, seeds or hours of nodes stand for so many trials of a model. */
export function partOf(trials: number, part: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(trials / part)));
}
