/** Conformance of the transport port: the laws of core/ports/transport.ts, one case each. */
import { type BoundCase, bindCases } from "../case.js";
import { backpressure } from "./backpressure.js";
import { closing } from "./closing.js";
import { hostile, limits } from "./limits.js";
import { messages, overtaking } from "./messages.js";
import { dialing, halfOpen, listening, security } from "./opening.js";
import { TransportRun } from "./run.js";
import type { TransportSubject, TransportSupports } from "./subject.js";

export type { Intruder, TransportSubject, TransportSupports } from "./subject.js";

/**
 * The cases that every transport passes, each on transports of its own.
 *
 * @param make a fresh subject for each case
 * @param supports what this transport can do; see `TransportSupports` for the defaults
 */
export function transportConformance(
  make: () => TransportSubject | Promise<TransportSubject>,
  supports: TransportSupports = {},
): readonly BoundCase[] {
  const cases = [
    ...listening,
    ...dialing,
    ...halfOpen,
    ...security,
    ...messages,
    ...((supports.overtaking ?? true) ? overtaking : []),
    ...backpressure,
    ...limits,
    ...hostile,
    ...closing,
  ];
  const bound = cases.map(({ name, run }) => ({
    name,
    async run(subject: TransportSubject): Promise<void> {
      const transports = new TransportRun(subject, supports);
      let passed = false;
      try {
        await run(transports);
        passed = true;
      } finally {
        await transports.finish(passed);
      }
    },
  }));
  return bindCases(bound, make, (subject) => subject.dispose?.());
}
