/** What is kept of a seed's run: enough to say what failed, and to see that two searches were the same. */
import { createHash } from "node:crypto";
import type { SimulationResult } from "../run/simulation.js";

export interface SeedFailure {
  readonly code: string;
  /** Of SIMULATION_INVARIANT_BROKEN. */
  readonly invariant: string | undefined;
  readonly message: string;
  readonly atMs: number | undefined;
}

export interface SeedOutcome {
  readonly seed: string;
  readonly digest: string;
  readonly failure: SeedFailure | undefined;
  readonly height: number;
  readonly events: number;
}

export function outcomeOf({ seed, digest, failure, height, events }: SimulationResult): SeedOutcome {
  return { seed, digest, height, events, failure: failure === undefined ? undefined : failureOf(failure) };
}

function failureOf({ code, message, data }: NonNullable<SimulationResult["failure"]>): SeedFailure {
  const { invariant, atMs } = data as { readonly invariant?: string; readonly atMs?: number };
  return { code, invariant, message, atMs };
}

/** Whether two failures are one: another node at another time may fail in the same way. */
export function isSameFailure(one: SeedFailure, other: SeedFailure | undefined): boolean {
  return one.code === other?.code && one.invariant === other.invariant;
}

/** SHA-256 over `seed digest` of each run, a line each, in the order of the seeds. */
export function combinedDigest(outcomes: readonly SeedOutcome[]): string {
  const hash = createHash("sha256");
  for (const { seed, digest, failure } of outcomes) hash.update(`${seed} ${digest} ${failure?.code ?? "ok"}\n`);
  return hash.digest("hex");
}
