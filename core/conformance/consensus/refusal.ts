/** How a conformance node refuses a block, and which errors of an engine are a refusal. */
import { InvalidHeaderError, NotYetError } from "../../ports/errors.js";
import { describeThrown, holds } from "../case.js";

export class Refusal extends Error {
  readonly verdict: "invalid" | "not-yet";
  readonly code: string;

  constructor(verdict: "invalid" | "not-yet", code: string, reason: string) {
    super(reason);
    this.verdict = verdict;
    this.code = code;
  }
}

/** What an engine threw while judging, as a verdict; anything but the port's two errors is a broken law. */
export function asRefusal(thrown: unknown, where: string): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (InvalidHeaderError.matches(thrown)) return new Refusal("invalid", thrown.data.code, thrown.data.reason);
  if (NotYetError.matches(thrown)) return new Refusal("not-yet", thrown.data.code, thrown.data.reason);
  holds(false, `${where} throws InvalidHeaderError or NotYetError and nothing else`, describeThrown(thrown));
}
