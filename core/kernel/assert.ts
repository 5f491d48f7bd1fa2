/**
 * Assertions for broken invariants: our own bugs, never someone's input (that gets a typed error).
 * A leaf file; TIGER_STYLE's habit of two assertions a function starts here.
 */

/** A broken invariant. Never caught to go on: the node stops with it. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Throws `AssertionFailure` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(`invariant broken: ${message}`);
}

/** Marks a place that types say is never reached. */
export function unreachable(value: never, message = "unreachable"): never {
  throw new AssertionFailure(`invariant broken: ${message}: ${String(value)}`);
}

/** The value, asserted to be there. */
export function present<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(`invariant broken: ${message}`);
  return value;
}
