/**
 * What a miner and its threads say to each other. Imported by both sides, so it imports nothing.
 *
 * A thread searches without ever returning to its event loop, so it can't hear a message while it works. A shared counter
 * tells it: `GENERATION` is the number of the current job; when it changes, whatever is searched is void. Jobs travel
 * through a message port that the thread reads by itself, results through the same port back, each with its number.
 */
import type { MessagePort } from "node:worker_threads";

/** Index into the control words (Int32Array): number of the current job. Changes at every new job and cancellation. */
export const GENERATION = 0;
/** Index into the control words: 1 once the thread is to end. */
export const STOPPING = 1;
/** Size of the control buffer of one thread, bytes: two words of 32 bits, then a counter of attempts and eight (TALLIES_MAX) tallies of 64 bits. */
export const CONTROL_BYTES = 16 + 8 * 8;

export function controlWords(control: SharedArrayBuffer): Int32Array {
  return new Int32Array(control, 0, 2);
}

/** One element: attempts since the thread began. */
export function attemptCounter(control: SharedArrayBuffer): BigInt64Array {
  return new BigInt64Array(control, 8, 1);
}

/** Tallies since the thread began. */
export function tallyCounters(control: SharedArrayBuffer): BigInt64Array {
  return new BigInt64Array(control, 16);
}

export interface MinerWorkerData {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
  readonly lane: number;
  /** Share of a core that this thread may use, 0 < share ≤ 1. */
  readonly cpuShare: number;
  /** How long it searches before it looks at the control words again, ms. */
  readonly sliceMs: number;
}

/** To the thread. */
export interface JobMessage {
  readonly generation: number;
  readonly module: string;
  readonly input: unknown;
  /** How many lanes search: their number may change from job to job. */
  readonly lanes: number;
}

/** From the thread. */
export type ResultMessage =
  | { readonly generation: number; readonly found: Uint8Array }
  | { readonly generation: number; readonly failure: string };
