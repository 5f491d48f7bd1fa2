/** Commands on a running node's peers: list, add, ban, unban. */
import { ChainwrightError } from "../../kernel/errors.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import type { Output } from "../output.js";
import { adminClient, type NodeOptions, nodeClient } from "../running-node.js";

export interface PeersOptions extends NodeOptions {
  readonly json?: boolean;
}

interface ConnectedJson {
  readonly nodeId: string;
  readonly address: string;
  readonly direction: string;
  readonly headHeight: number;
  readonly score: number;
  readonly latencyMs?: number;
}

interface RecordJson {
  readonly nodeId?: string;
  readonly address: string;
  readonly source: string;
  readonly persistent: boolean;
  readonly connected: boolean;
  readonly score: number;
  readonly lastFailure?: { readonly code?: string; readonly reason: string };
}

interface BanJson {
  readonly subject: string;
  readonly untilMs: number;
  readonly reason: string;
  readonly by?: string;
}

/** Who is connected; with `all`, the whole peer book and the bans, which takes the admin token. */
export async function peersList(options: PeersOptions & { readonly all?: boolean }, context: Context): Promise<number> {
  const { output } = context;
  const connected = await (await nodeClient(options, context)).get("/v1/peers");
  const book = options.all === true ? await (await adminClient(options, context)).get("/v1/admin/peers") : undefined;
  if (options.json === true) {
    output.json(book === undefined ? connected : { ...connected, book: book.peers, bans: book.bans });
    return 0;
  }
  const peers = connected.peers as readonly ConnectedJson[];
  output.line(`${output.style("bold", `${peers.length} connected`)}  this node: ${String(connected.nodeId)}`);
  showTable(
    output,
    ["node id", "address", "direction", "height", "score", "latency"],
    peers.map((peer) => [
      peer.nodeId.slice(0, 16),
      peer.address,
      peer.direction,
      String(peer.headHeight),
      peer.score.toFixed(1),
      peer.latencyMs === undefined ? "" : `${peer.latencyMs.toFixed(1)} ms`,
    ]),
  );
  if (book === undefined) return 0;
  const records = book.peers as readonly RecordJson[];
  output.line();
  output.line(output.style("bold", `${records.length} in the peer book`));
  showTable(
    output,
    ["address", "node id", "from", "score", "standing"],
    records.map((each) => [each.address, each.nodeId?.slice(0, 16) ?? "", each.source, each.score.toFixed(1), standing(each)]),
  );
  const bans = book.bans as readonly BanJson[];
  output.line();
  output.line(output.style("bold", `${bans.length} banned`));
  showTable(
    output,
    ["peer", "until", "by", "reason"],
    bans.map((ban) => [ban.subject, new Date(ban.untilMs).toISOString(), ban.by ?? "", ban.reason]),
  );
  return 0;
}

function standing({ connected, persistent, lastFailure }: RecordJson): string {
  const words = [...(connected ? ["connected"] : []), ...(persistent ? ["persistent"] : [])];
  if (!connected && lastFailure !== undefined) {
    const { code, reason } = lastFailure;
    words.push(code === undefined ? reason : `${reason} (${code})`);
  }
  return words.join(", ");
}

function showTable(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length > 0) output.table([head, ...rows]);
}

export async function peersAdd(
  address: string,
  options: PeersOptions & { readonly persistent?: boolean },
  context: Context,
): Promise<number> {
  const persistent = options.persistent === true;
  await (await adminClient(options, context)).post("/v1/admin/peers", { address, persistent });
  if (options.json === true) context.output.json({ address, persistent });
  else context.output.line(`added ${address}${persistent ? ", to be dialed for ever" : ""}`);
  return 0;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `24h`, `7d`. @throws UsageError */
export function durationMs(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,8})([smhd])$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : UNITS_MS[unit];
  if (unitMs === undefined) throw new UsageError({ reason: `${text} is no duration; write 90s, 30m, 24h or 7d` });
  return Number(count) * unitMs;
}

export async function peersBan(
  subject: string,
  options: PeersOptions & { readonly for: string; readonly reason: string },
  context: Context,
): Promise<number> {
  const body = { subject, durationMs: durationMs(options.for), reason: options.reason };
  const { bans } = await (await adminClient(options, context)).post("/v1/admin/bans", body);
  if (options.json === true) context.output.json({ bans });
  else context.output.line(`banned ${subject} for ${options.for}`);
  return 0;
}

export async function peersUnban(subject: string, options: PeersOptions, context: Context): Promise<number> {
  try {
    await (await adminClient(options, context)).post("/v1/admin/bans/lift", { subject });
  } catch (error) {
    // The wish is fulfilled: there is no such ban.
    if (!(ChainwrightError.is(error) && error.kind === "missing")) throw error;
    if (options.json === true) context.output.json({ subject, lifted: false });
    else context.output.line(`${subject} is not banned`);
    return 0;
  }
  if (options.json === true) context.output.json({ subject, lifted: true });
  else context.output.line(`lifted the ban of ${subject}`);
  return 0;
}
