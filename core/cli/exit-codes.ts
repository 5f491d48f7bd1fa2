/** Exit codes of the command line. They are API: scripts rely on them (table in README.md). */
import { ChainwrightError, type ErrorKind } from "../kernel/errors.js";

export const ExitCode = {
  ok: 0,
  /** Something failed that is not the caller's fault. */
  failure: 1,
  /** Wrong arguments, config or input. */
  usage: 2,
  /** What was asked for is not there. */
  missing: 3,
  /** It clashes with what is there: a locked directory, a busy port, a stale nonce. */
  conflict: 4,
  /** A node could not be reached, or is not ready. */
  unavailable: 5,
  /** Wrong passphrase or token. */
  denied: 6,
  /** Stored data is damaged. */
  damaged: 7,
  /** Stopped by a signal at a point from which the same command goes on. */
  interrupted: 8,
} as const;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  input: ExitCode.usage,
  conflict: ExitCode.conflict,
  missing: ExitCode.missing,
  denied: ExitCode.denied,
  limit: ExitCode.unavailable,
  unavailable: ExitCode.unavailable,
  damaged: ExitCode.damaged,
  internal: ExitCode.failure,
};

/** The code for whatever was thrown; a wrapped cause counts for more than its wrapping. */
export function exitCodeOf(thrown: unknown): number {
  if (!ChainwrightError.is(thrown)) return ExitCode.failure;
  if (thrown.kind === "internal" && ChainwrightError.is(thrown.cause)) return exitCodeOf(thrown.cause);
  return BY_KIND[thrown.kind];
}
