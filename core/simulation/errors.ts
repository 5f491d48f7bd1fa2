/** Errors of the simulator. */
import { defineError } from "../sdk.js";

/** Simulated code touched real time, randomness or a real resource: the run means nothing. */
export const SimulationLawError = defineError<{
  readonly what: string;
  readonly node: string;
  readonly atMs: number;
  readonly where: string;
}>(
  "SIMULATION_LAW_BROKEN",
  "internal",
  ({ what, node, atMs, where }) =>
    `${node} used ${what} at ${atMs} ms of the run, but nothing real exists in a simulation: take CLOCK, SCHEDULER, ENTROPY or another capability instead\n${where}`,
);

export const SimulationBusyError = defineError<{ readonly seed: string }>(
  "SIMULATION_BUSY",
  "conflict",
  ({ seed }) =>
    `another run (seed ${seed}) is under way in this process, and each needs one to itself: await that first, or search seeds in processes with explore`,
);

/** What nobody caught in a simulated node: in a process of its own, it would have ended the node. */
export const SimulatedNodeError = defineError<{
  readonly node: string;
  readonly atMs: number;
  readonly reason: string;
  readonly where: string;
}>(
  "SIMULATION_NODE_FAILED",
  "internal",
  ({ node, atMs, reason, where }) => `${node} failed at ${atMs} ms of the run: ${reason}${where === "" ? "" : `\n${where}`}`,
);

/** Events that call each other without time going on, or code that never ends one. */
export const SimulationStuckError = defineError<{ readonly atMs: number; readonly events: number }>(
  "SIMULATION_STUCK",
  "internal",
  ({ atMs, events }) =>
    `${events} events happened at ${atMs} ms of the run, and time does not go on: something schedules itself without a delay`,
);

export const InvariantError = defineError<{
  readonly invariant: string;
  readonly node: string;
  readonly atMs: number;
  readonly reason: string;
}>(
  "SIMULATION_INVARIANT_BROKEN",
  "internal",
  ({ invariant, node, atMs, reason }) => `${invariant}: ${node} at ${atMs} ms of the run: ${reason}`,
);

/** A simulated machine has no LevelDB: what needs the database itself can't run on it. */
export const NoDatabaseError = defineError(
  "SIMULATION_NO_DATABASE",
  "input",
  () => "simulated storage has no abstract-level database; use the Storage port's own calls",
);

export const SimulationTransportError = defineError<{ readonly address: string; readonly reason: string }>(
  "TRANSPORT_UNREACHABLE",
  "unavailable",
  ({ address, reason }) => `${address} cannot be reached: ${reason}`,
);

export const SimulationDialAbortedError = defineError<{ readonly address: string }>(
  "TRANSPORT_DIAL_ABORTED",
  "unavailable",
  ({ address }) => `the dial of ${address} was given up`,
);

export const SimulationTransportClosedError = defineError(
  "TRANSPORT_CLOSED",
  "unavailable",
  () => "the transport is closed; start the node again",
);

export const SimulationChannelError = defineError<{ readonly channel: number }>(
  "TRANSPORT_UNKNOWN_CHANNEL",
  "input",
  ({ channel }) => `channel ${channel} was not declared`,
);

export const SimulationMessageError = defineError<{ readonly channel: number; readonly bytes: number; readonly maxMessageBytes: number }>(
  "TRANSPORT_MESSAGE_TOO_LARGE",
  "input",
  ({ channel, bytes, maxMessageBytes }) => `a message of ${bytes} bytes on channel ${channel}, which carries at most ${maxMessageBytes}`,
);

export const SeedWorkerError = defineError<{ readonly seed: string; readonly reason: string }>(
  "SIMULATION_WORKER_FAILED",
  "internal",
  ({ seed, reason }) => `the process that ran seed ${seed} is gone: ${reason}; run that seed alone with --seed`,
);
