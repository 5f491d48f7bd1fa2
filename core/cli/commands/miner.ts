/** Commands on a running node's miner: status, start, stop, threads. */
import { MINER_THREADS_MAX } from "../../node/mining.js";
import type { JsonObject } from "../api-client.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { adminClient, type NodeOptions, nodeClient } from "../running-node.js";

export interface MinerOptions extends NodeOptions {
  readonly json?: boolean;
}

export async function minerStatus(options: MinerOptions, context: Context): Promise<number> {
  return show(await (await nodeClient(options, context)).get("/v1/mining"), options, context);
}

export async function minerStart(options: MinerOptions & { readonly threads?: string }, context: Context): Promise<number> {
  const threads = options.threads === undefined ? {} : { threads: threadsOf(options.threads) };
  return change({ ...threads, running: true }, options, context);
}

export async function minerStop(options: MinerOptions, context: Context): Promise<number> {
  return change({ running: false }, options, context);
}

export async function minerThreads(count: string, options: MinerOptions, context: Context): Promise<number> {
  return change({ threads: threadsOf(count) }, options, context);
}

async function change(body: JsonObject, options: MinerOptions, context: Context): Promise<number> {
  return show(await (await adminClient(options, context)).post("/v1/admin/mining", body), options, context);
}

function threadsOf(text: string): number {
  const count = Number(text);
  if (!/^[0-9]+$/.test(text) || count < 1 || count > MINER_THREADS_MAX)
    throw new UsageError({ reason: `${text} is not a number of threads from 1 to ${MINER_THREADS_MAX}` });
  return count;
}

function show(mining: JsonObject, options: MinerOptions, { output }: Context): number {
  if (options.json === true) {
    output.json(mining);
    return 0;
  }
  const engine = (mining.engine ?? {}) as JsonObject;
  const rows: [string, unknown][] = [
    ["mining", standingOf(mining)],
    ["threads", mining.threads ?? "none: its work comes from elsewhere"],
    ["hash rate", rateText(Number(mining.hashesPerSecond))],
    ["network", engine.networkHashesPerSecond === undefined ? undefined : rateText(Number(engine.networkHashesPerSecond))],
    ["next block", mining.height],
    ["difficulty", engine.difficulty],
    ["templates", mining.templates],
  ];
  output.table(
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    "",
  );
  return 0;
}

function standingOf({ mining, wanted }: JsonObject): string {
  if (mining === true) return "yes";
  return wanted === true ? "not now: the node is far behind its peers, or has just started" : "no";
}

const UNITS = ["H/s", "kH/s", "MH/s", "GH/s", "TH/s", "PH/s", "EH/s"] as const;

/** `1.62 MH/s`: three digits. */
export function rateText(hashesPerSecond: number): string {
  let value = hashesPerSecond;
  let unit = 0;
  for (; value >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000;
  return `${unit === 0 ? Math.round(value) : value.toPrecision(3)} ${UNITS[unit]}`;
}
