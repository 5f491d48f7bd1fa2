/**
 * What a peer is worth, in milli-points within 0 … 100,000, pure: how offences and merits move it, and how time forgives.
 *
 * A score below the initial one recovers toward it by 6 points an hour: a peer that fell to 0 may be dialed again after about four
 * hours. Above, nothing decays. Violations are forgotten once so much time has passed since the last one as a ban lasts.
 */
import type { ScoreOptions } from "../options.js";
import type { Merit, Offence } from "../peer.js";

export const SCORE_MAX = 100_000;
export const RECOVERY_PER_HOUR = 6_000;
const HOUR_MS = 3_600_000;

export interface Standing {
  /** Milli-points at `atMs`. */
  readonly scoreMilli: number;
  /** Wall time of the last change. */
  readonly atMs: number;
  readonly violations: number;
  readonly lastViolationMs: number;
}

export type Deed = "connection" | Merit | Offence;

export function initialStanding(options: ScoreOptions, nowMs: number): Standing {
  return { scoreMilli: options.initial, atMs: nowMs, violations: 0, lastViolationMs: 0 };
}

export function scoreAt(standing: Standing, options: ScoreOptions, nowMs: number): number {
  if (standing.scoreMilli >= options.initial) return standing.scoreMilli;
  const recovered = Math.floor((Math.max(0, nowMs - standing.atMs) * RECOVERY_PER_HOUR) / HOUR_MS);
  return Math.min(options.initial, standing.scoreMilli + recovered);
}

export function violationsAt(standing: Standing, options: ScoreOptions, nowMs: number): number {
  return nowMs - standing.lastViolationMs > options.banMs ? 0 : standing.violations;
}

/** @param floor the score does not fall below it through this deed */
export function after(standing: Standing, deed: Deed, options: ScoreOptions, nowMs: number, floor = 0): Standing {
  const before = scoreAt(standing, options, nowMs);
  const moved = Math.min(SCORE_MAX, before + options[deed]);
  return {
    scoreMilli: Math.max(Math.min(floor, before), moved, 0),
    atMs: nowMs,
    violations: violationsAt(standing, options, nowMs) + (deed === "violation" ? 1 : 0),
    lastViolationMs: deed === "violation" ? nowMs : standing.lastViolationMs,
  };
}
