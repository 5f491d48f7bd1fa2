/** Commands on devnets: devnet, which runs one, and those that steer a running one through its supervisor. */
import {
  Cluster,
  type ControlBody,
  type ControlCommand,
  ControlServer,
  DevnetControl,
  type DevnetShape,
  type DevnetStatus,
  isTopologyName,
  parseGroups,
  readTopologyFile,
  showGroups,
} from "../../devnet/index.js";
import { SystemEntropy } from "../../runtime/index.js";
import type { Context } from "../context.js";
import { DevnetScreen, statusTable, summary } from "../devnet-screen.js";
import { UsageError } from "../errors.js";
import type { StopSignal } from "../stop-signal.js";

export interface DevnetOptions {
  readonly nodes?: string;
  readonly topology?: string;
  readonly consensus?: string;
  readonly validators?: string;
  readonly dir: string;
  readonly traffic?: string;
  readonly basePort?: string;
  readonly blockInterval?: string;
  readonly latency?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** Runs a devnet until a signal ends it; then everything is stopped, within seconds. */
export async function devnet(options: DevnetOptions, context: Context, stop: StopSignal): Promise<number> {
  const traffic = options.traffic === undefined ? undefined : Number(options.traffic);
  if (traffic !== undefined && !(traffic > 0))
    throw new UsageError({ reason: `--traffic ${options.traffic} is not a number of transfers per second` });
  const shape = await shapeOf(options);
  const screen = new DevnetScreen(context.output, process.stdout, { json: options.json === true, directory: options.dir });
  screen.preparing();
  const cluster = await Cluster.create({ directory: options.dir, ...shape, fresh: options.fresh === true });
  const control = new ControlServer(cluster, new SystemEntropy());
  try {
    await control.start();
    screen.begin(cluster);
    if (!stop.requested) {
      const started = cluster.start();
      // Once a stop was asked for, that a start was broken off is no news.
      started.catch(() => undefined);
      await Promise.race([started, stop.wait]);
    }
    if (!stop.requested) {
      if (traffic !== undefined) cluster.startTraffic(traffic);
      screen.ready();
      await stop.wait;
    }
  } finally {
    screen.stopping();
    await control.stop();
    await cluster.stop();
    screen.end();
  }
  screen.stopped();
  return cluster.nodes.some(({ exit }) => exit !== undefined && exit.code !== 0) ? 1 : 0;
}

/** What was asked for; all else stays as it is, or takes its default. */
async function shapeOf(options: DevnetOptions): Promise<DevnetShape> {
  const { topology, consensus } = options;
  const nodes = integerOf("--nodes", options.nodes);
  const validators = integerOf("--validators", options.validators);
  const basePort = integerOf("--base-port", options.basePort);
  const blockIntervalMs = integerOf("--block-interval", options.blockInterval);
  const latencyMs = integerOf("--latency", options.latency);
  const file = topology === undefined || isTopologyName(topology) ? undefined : await readTopologyFile(topology);
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(topology !== undefined && isTopologyName(topology) ? { topology } : {}),
    ...(file === undefined ? {} : { topology: file.edges, nodes: nodes ?? file.nodes }),
    ...(consensus === undefined ? {} : { consensus }),
    ...(validators === undefined ? {} : { validators }),
    ...(basePort === undefined ? {} : { basePort }),
    ...(blockIntervalMs === undefined ? {} : { blockIntervalMs }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  };
}

export interface SteerOptions {
  readonly dir: string;
  readonly json?: boolean;
}

export function devnetStatus(options: SteerOptions, context: Context): Promise<number> {
  return steer("status", {}, options, context, (status) => {
    context.output.table(statusTable(status), "");
    context.output.line(summary(status));
  });
}

export function devnetPartition(groups: string, options: SteerOptions, context: Context): Promise<number> {
  const parsed = parseGroups(groups).map((group) => [...group]);
  return steer("partition", { groups: parsed }, options, context, (status) =>
    context.output.line(`apart now: ${showGroups(status.groups)}`),
  );
}

export function devnetHeal(options: SteerOptions, context: Context): Promise<number> {
  return steer("heal", {}, options, context, () => context.output.line("all links are up"));
}

export function devnetNode(command: "kill" | "stop" | "start", node: string, options: SteerOptions, context: Context): Promise<number> {
  const number = integerOf("node", node) ?? 0;
  return steer(command, { node: number }, options, context, ({ nodes }) => {
    const found = nodes.find((each) => each.node === number);
    context.output.line(`node ${number} is ${found?.state}${found?.state === "running" ? ` at ${found.api}` : ""}`);
  });
}

export function devnetAdd(options: SteerOptions, context: Context): Promise<number> {
  return steer("add", {}, options, context, ({ nodes }) => {
    const added = nodes.at(-1);
    context.output.line(`node ${added?.node} runs at ${added?.api}`);
  });
}

export function devnetWaitSync(options: SteerOptions & { readonly timeout: string }, context: Context): Promise<number> {
  const seconds = Number(options.timeout);
  if (!(seconds >= 0.001 && seconds <= 240))
    throw new UsageError({ reason: `--timeout ${options.timeout} is not a number of seconds up to 240` });
  return steer("wait-sync", { timeoutMs: Math.ceil(seconds * 1_000) }, options, context, (status) => context.output.line(summary(status)));
}

async function steer<Command extends ControlCommand>(
  command: Command,
  body: ControlBody<Command>,
  options: SteerOptions,
  { output }: Context,
  show: (status: DevnetStatus) => void,
): Promise<number> {
  const status = await (await DevnetControl.open(options.dir)).run(command, body);
  if (options.json === true) output.json(status);
  else show(status);
  return 0;
}

function integerOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(value)) throw new UsageError({ reason: `${option} ${value} is not a whole number` });
  return Number(value);
}
