/** Says and counts what came of duties; a failure of one validator ends here, so that it never stops the others. */
import { ChainwrightError, messageOf } from "../../../core/sdk.js";
import type { ValidatorDependencies } from "./dependencies.js";
import { DutyLateError, ProposalRefusedError, ProtectionRefusedError, StoppedError } from "./errors.js";

export type Duty = "proposal" | "vote" | "aggregate";

const COUNTERS = { proposal: "proposals", vote: "votes", aggregate: "aggregates" } as const;

export class DutyLog {
  readonly #parts: Pick<ValidatorDependencies, "metrics" | "logger">;
  /** By duty and outcome, for status. */
  readonly #counts = new Map<string, number>();
  #lastFailure: { readonly code: string; readonly duty: Duty; readonly slot: number } | undefined;

  constructor(parts: Pick<ValidatorDependencies, "metrics" | "logger">) {
    this.#parts = parts;
  }

  count(duty: Duty, outcome: string, by = 1): void {
    const name = `${duty} ${outcome}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
    this.#parts.metrics[COUNTERS[duty]].increment(by, { outcome });
  }

  failed(duty: Duty, slot: number, validator: number | undefined, error: unknown): void {
    // Whoever stops does not want to hear of what was not done.
    if (StoppedError.matches(error)) return;
    const { metrics, logger } = this.#parts;
    const outcome = outcomeOf(error);
    const code = ChainwrightError.is(error) ? error.code : "GASPER_DUTY_FAILED";
    this.count(duty, outcome);
    this.#lastFailure = { code, duty, slot };
    if (ProtectionRefusedError.matches(error)) metrics.protectionRefusals.increment(1, { kind: error.data.kind });
    const level = outcome === "late" ? "warn" : "error";
    logger[level]({ code, duty, slot, ...(validator === undefined ? {} : { validator }), reason: messageOf(error) }, `a ${duty} failed`);
  }

  counts(duty: Duty): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, count] of this.#counts) if (name.startsWith(`${duty} `)) counts[name.slice(duty.length + 1)] = count;
    return counts;
  }

  get lastFailure(): { readonly code: string; readonly duty: Duty; readonly slot: number } | null {
    return this.#lastFailure ?? null;
  }
}

function outcomeOf(error: unknown): string {
  if (DutyLateError.matches(error)) return "late";
  if (ProtectionRefusedError.matches(error)) return "protected";
  if (ProposalRefusedError.matches(error)) return "refused";
  return "failed";
}
