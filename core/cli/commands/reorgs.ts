/** chainwright reorgs: what was undone, from a running node. */
import type { JsonObject } from "../api-client.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { type NodeOptions, nodeClient } from "../running-node.js";

/** Below the client's own patience. */
const WAIT_MS = 5_000;

export interface ReorgsOptions extends NodeOptions {
  readonly after?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

interface BlockJson {
  readonly hash: string;
  readonly height: number;
}

interface ReorgJson {
  /** Of its last event: what comes after it is another reorg. */
  readonly lastSequence: number;
  readonly depth: number;
  readonly ancestor: BlockJson;
  readonly undone: readonly BlockJson[];
  readonly applied: readonly BlockJson[];
  readonly lost: readonly { readonly id: string; readonly standing: string; readonly reason: string | null }[];
  readonly lostCount: number;
  readonly decided: boolean;
  readonly complete: boolean;
}

export async function reorgs(options: ReorgsOptions, context: Context): Promise<number> {
  const client = await nodeClient(options, context);
  const all: ReorgJson[] = [];
  let after = options.after === undefined ? undefined : afterOf(options.after);
  for (let waitMs = 0; ; ) {
    const page: JsonObject = await client.get(`/v1/reorgs?waitMs=${waitMs}${after === undefined ? "" : `&after=${after}`}`);
    for (const reorg of page.reorgs as readonly ReorgJson[]) {
      all.push(reorg);
      if (options.json !== true) show(reorg, context);
      else if (options.follow === true) context.output.jsonLine(reorg);
      if (options.follow === true) all.length = 0;
    }
    after = Number(page.next);
    if (after < Number(page.latest)) continue;
    if (options.follow !== true) break;
    waitMs = WAIT_MS;
  }
  if (options.json === true) context.output.json(all);
  else if (all.length === 0) context.output.line("no reorgs");
  return 0;
}

function afterOf(text: string): number {
  const after = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(after)) throw new UsageError({ reason: `--after ${text} is not a sequence number` });
  return after;
}

function show(reorg: ReorgJson, { output }: Context): void {
  const { lastSequence, depth, ancestor, undone, applied, lost } = reorg;
  const tip = applied.at(-1);
  output.line(
    `${output.style("bold", `event ${lastSequence}: ${depth} block${depth === 1 ? "" : "s"} undone`)} above height ${ancestor.height}, ${appliedText(reorg)}, ${lostText(reorg)}`,
  );
  output.table([
    ["undone", `${undone[0]?.height ?? ""} ${undone[0]?.hash ?? ""}`],
    ...(tip === undefined ? [] : [["applied", `${tip.height} ${tip.hash}`]]),
    ...lost.map(({ id, standing, reason }) => ["left", `${id} ${standing}${reason === null ? "" : `: ${reason}`}`]),
  ]);
}

function appliedText({ applied, decided }: ReorgJson): string {
  const tip = applied.at(-1);
  return `${applied.length} applied${tip === undefined ? "" : ` up to ${tip.height}`}${decided ? "" : " so far"}`;
}

function lostText({ lostCount, complete }: ReorgJson): string {
  const count = `${lostCount} transaction${lostCount === 1 ? "" : "s"} left behind`;
  return complete ? count : `at least ${count}; blocks that are not kept, or too many, could not be looked at`;
}
