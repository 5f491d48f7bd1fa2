/** What a running devnet shows: a live table on a terminal, a line for each change otherwise, JSON lines where asked for. */
import { relative } from "node:path";
import { Cluster, type ClusterNode, DEV_NAMES, type DevnetStatus, devnetStatus, type NodeStatus, showGroups } from "../devnet/index.js";
import { VERSION } from "../node/version.js";
import { LiveBlock, type Terminal } from "./live-block.js";
import type { Output } from "./output.js";

const REDRAW_MS = 200;
/** Between two lines that only say how things are, where there is no table. */
const PERIOD_MS = 10_000;
const JSON_PERIOD_MS = 1_000;
const HEAD_DIGITS = 12;

export interface ScreenOptions {
  readonly json: boolean;
  /** As the user wrote it. */
  readonly directory: string;
}

export class DevnetScreen {
  readonly #output: Output;
  readonly #options: ScreenOptions;
  /** On terminals only. */
  readonly #block: LiveBlock | undefined;
  #cluster: Cluster | undefined;
  #timers: NodeJS.Timeout[] = [];
  #unsubscribe: () => void = () => undefined;
  readonly #states = new Map<ClusterNode, string>();
  #links = "";
  #isDirty = true;

  constructor(output: Output, terminal: Terminal & { readonly isTTY?: boolean | undefined }, options: ScreenOptions) {
    this.#output = output;
    this.#options = options;
    this.#block = terminal.isTTY === true && !options.json ? new LiveBlock(terminal) : undefined;
  }

  /** Before files are written: keys and certificates of many nodes take their time. */
  preparing(): void {
    if (this.#block !== undefined) this.#output.status("writing configs, keys and certificates …");
  }

  /** From now on shows what `cluster` does. */
  begin(cluster: Cluster): void {
    this.#cluster = cluster;
    for (const node of cluster.nodes) this.#states.set(node, node.state);
    if (!this.#options.json) this.#introduce(cluster);
    this.#unsubscribe = cluster.onEvent((event) => {
      this.#isDirty = true;
      if (event.type === "state") this.#stateChanged(cluster.node(event.node));
      if (event.type === "links") this.#linksChanged(cluster);
    });
    const { json } = this.#options;
    const period = json ? JSON_PERIOD_MS : this.#block === undefined ? PERIOD_MS : REDRAW_MS;
    this.#timers.push(setInterval(() => this.#look(cluster), period));
    this.#look(cluster);
  }

  ready(): void {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    const nodes = cluster.nodes.map(({ number, apiUrl, pid }) => ({ node: number, api: apiUrl, pid }));
    if (this.#options.json) this.#output.jsonLine({ type: "ready", directory: cluster.directory, chainId: cluster.chainId, nodes });
    else if (this.#block === undefined) this.#output.line(`all ${nodes.length} nodes run`);
  }

  stopping(): void {
    this.#say(() => this.#output.line(this.#output.style("dim", "stopping …")));
  }

  /** Nothing is shown any more. */
  end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#unsubscribe();
    if (this.#cluster !== undefined && this.#block !== undefined) this.#look(this.#cluster);
    this.#block?.end();
  }

  stopped(): void {
    const cluster = this.#cluster;
    if (cluster === undefined || this.#options.json) return;
    const height = Math.max(0, ...cluster.nodes.map((node) => node.height));
    this.#output.line(`stopped at height ${height}; the same command goes on from there (--fresh starts over)`);
  }

  #introduce(cluster: Cluster): void {
    const output = this.#output;
    const { description, nodes } = cluster;
    output.status(undefined);
    output.line(`${output.style("bold", `Chainwright ${VERSION}`)}  devnet in ${this.#options.directory}`);
    const { validators } = description;
    const validatorsText = validators === undefined ? "" : `, ${validators} ${validators === 1 ? "validator" : "validators"}`;
    output.line(
      `chain ${cluster.chainId}, ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}, topology ${description.topology}, consensus ${description.consensus}${validatorsText}`,
    );
    const names = DEV_NAMES.map((name) => `dev:${name}`).join(", ");
    output.line(`${output.style("bold", "Accounts")}  ${names}; their keys are public: for development only`);
    if (this.#block === undefined) {
      output.line(output.style("bold", "APIs"));
      output.table(nodes.map(({ number, apiUrl }) => [`node ${number}`, apiUrl]));
    }
    const directory = this.#options.directory === ".chainwright/devnet" ? "" : ` --dir ${relative(".", cluster.directory)}`;
    output.line(`${output.style("bold", "Try")}, in another terminal`);
    output.line(`  npx chainwright tx transfer --from dev:alice --to dev:bob --amount 5 --api ${nodes[0]?.apiUrl}`);
    output.line(`  npx chainwright account dev:bob --api ${nodes.at(-1)?.apiUrl}`);
    if (nodes.length > 1) {
      output.line(`  npx chainwright devnet partition ${nodes.length}${directory}`);
      output.line(`  npx chainwright devnet heal${directory}`);
    }
    output.line(output.style("dim", "Ctrl-C stops all nodes."));
    output.line();
  }

  #stateChanged(node: ClusterNode): void {
    const { state } = node;
    if (this.#states.get(node) === state) return;
    this.#states.set(node, state);
    const reason = state === "crashed" ? node.exit?.reason : undefined;
    if (this.#options.json) {
      const line = { type: "node", node: node.number, state, api: node.apiUrl, pid: node.pid, reason };
      this.#output.jsonLine(line);
      return;
    }
    // A table shows the rest.
    if (this.#block !== undefined && state !== "crashed") return;
    const style = state === "crashed" ? "red" : state === "running" ? "green" : "dim";
    const detail = reason === undefined ? "" : `: ${reason} (its log is ${relative(".", node.logFile)})`;
    this.#say(() => this.#output.line(`node ${node.number} ${this.#output.style(style, state)}${detail}`));
  }

  #linksChanged(cluster: Cluster): void {
    const links = showGroups(cluster.groups);
    if (links === this.#links) return;
    this.#links = links;
    if (this.#options.json) this.#output.jsonLine({ type: "links", groups: cluster.groups });
    else if (this.#block === undefined) this.#output.line(cluster.isWhole ? "links: all are up" : `links: ${links} are apart`);
  }

  #look(cluster: Cluster): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const status = devnetStatus(cluster);
    if (this.#options.json) this.#output.jsonLine({ type: "status", ...status });
    else if (this.#block === undefined) this.#output.line(summary(status));
    else this.#block.show([...columns(statusTable(status)), summary(status)]);
  }

  #say(write: () => void): void {
    if (this.#options.json) return;
    if (this.#block === undefined) write();
    else this.#block.above(write);
  }
}

/** Rows of the table, its head first. What is justified and finalized stands there where the engine has finality of its own. */
export function statusTable({ nodes }: DevnetStatus): readonly (readonly string[])[] {
  const hasFinality = nodes.some(({ finalizedHeight }) => finalizedHeight !== undefined);
  const row = ({ node, height, head, peers, pending, api, justifiedHeight, finalizedHeight, ...rest }: NodeStatus): readonly string[] => [
    String(node),
    String(height),
    ...(hasFinality ? [String(justifiedHeight ?? ""), String(finalizedHeight ?? "")] : []),
    head.slice(0, HEAD_DIGITS),
    String(peers),
    String(pending),
    stateText(rest),
    api,
  ];
  const finality = hasFinality ? ["justified", "finalized"] : [];
  return [["node", "height", ...finality, "head", "peers", "pending", "state", "api"], ...nodes.map(row)];
}

function stateText({ state, sync, targetHeight }: Pick<NodeStatus, "state" | "sync" | "targetHeight">): string {
  if (state !== "running" || sync === "") return state;
  return sync === "syncing" ? `syncing to ${targetHeight}` : sync;
}

/** Whether the nodes agree, in a line; and, of an engine with finality of its own, what is final for all that run. */
export function summary({ agreed, heads, nodes, groups, traffic }: DevnetStatus): string {
  const running = nodes.filter(({ state }) => state === "running").length;
  const [first] = heads;
  const agreement =
    first === undefined
      ? "no node runs"
      : agreed
        ? `all agree at height ${first.height} (${first.head.slice(0, HEAD_DIGITS)})`
        : `${heads.length} heads: ${heads.map(({ height, nodes: at }) => `${height} at ${at.join(",")}`).join("; ")}`;
  const parts = [agreement, ...finalityOf(nodes), `${running} of ${nodes.length} run`];
  if (groups.length > 1) parts.push(`links cut: ${showGroups(groups)}`);
  if (traffic !== undefined) parts.push(`${traffic.sent} transfers sent, ${traffic.failed} failed`);
  return parts.join(" · ");
}

function finalityOf(nodes: readonly NodeStatus[]): readonly string[] {
  const heights = nodes.flatMap(({ state, finalizedHeight }) =>
    state === "running" && finalizedHeight !== undefined ? [finalizedHeight] : [],
  );
  return heights.length === 0 ? [] : [`finalized to ${Math.min(...heights)}`];
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
