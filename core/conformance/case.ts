/**
 * What a conformance case is: a name and a function that throws, so that it runs under any test runner.
 *
 * Each list is made by one function (`storageConformance`, `consensusConformance`, `ledgerConformance`); optional parts of
 * a port are skipped by `supports` flags. A failure says which law of the port's documentation was broken, so an author
 * can look it up in core/ports.
 */
import assert from "node:assert/strict";

/** One law, tried out. `run` resolves when the subject keeps it and throws an `AssertionError` of node:assert otherwise. */
export interface ConformanceCase<T> {
  /** Stable, unique within its list; begins with the part of the port that it is about: `write: …`. */
  readonly name: string;
  /** @param subject a fresh one: cases may leave anything behind in it */
  run(subject: T): Promise<void>;
}

/** A case together with how to make (and dispose of) its subject: `test(name, run)` is all that is left to do. */
export interface BoundCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Binds cases to a factory, so that each runs on a subject of its own. */
export function bindCases<T>(
  cases: readonly ConformanceCase<T>[],
  make: () => Promise<T> | T,
  dispose?: (subject: T) => Promise<void> | void,
): readonly BoundCase[] {
  return cases.map(({ name, run }) => ({
    name,
    run: async () => {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await dispose?.(subject);
      }
    },
  }));
}

/** Fails with the law that was broken and what was seen. */
export function broken(law: string, seen: string): never {
  throw new assert.AssertionError({ message: `law broken: ${law}\n  seen: ${seen}` });
}

/** Holds a law, or fails with it and what was seen. */
export function holds(condition: boolean, law: string, seen: string): asserts condition {
  if (!condition) broken(law, seen);
}

/** Awaits a rejection (or a synchronous throw) with one of the `codes`. */
export async function rejectsWith(run: () => unknown, codes: readonly string[], law: string): Promise<void> {
  let answer: unknown;
  try {
    answer = await run();
  } catch (thrown) {
    const code = codeOf(thrown);
    holds(code !== undefined && codes.includes(code), law, `it threw ${describeThrown(thrown)}`);
    return;
  }
  broken(law, `it answered ${typeof answer} and threw nothing`);
}

/** The stable code of a typed error. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

/** `CODE: message`, or what was thrown instead of a typed error. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `${String(thrown)}, which is no error`;
  return `${codeOf(thrown) ?? thrown.name}: ${thrown.message}`;
}
