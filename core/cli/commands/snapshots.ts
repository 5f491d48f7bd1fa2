/** Commands on snapshots of the state: make, list, verify, load. */
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exists } from "../../database/durable-files.js";
import { InterruptedError } from "../../database/errors.js";
import { ChainwrightError, messageOf } from "../../kernel/errors.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { loadOffline, type SnapshotWork, type TrustedBlock, verifyOffline } from "../../node/offline-snapshot.js";
import { Hash } from "../../primitives/hash.js";
import { listSnapshots } from "../../snapshots/folder.js";
import { chunkBytes, openSnapshot, SNAPSHOTS_FOLDER, SnapshotDamagedError, type StoredSnapshot } from "../../snapshots/index.js";
import type { JsonObject } from "../api-client.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { adminClient, type NodeOptions } from "../running-node.js";
import { amountText, type ShownWork } from "../work-progress.js";
import { type LocationOptions, locate, wholeNumber, working } from "./db-location.js";

/** Less than the API client waits for an answer. */
const ANSWER_WITHIN_MS = 5_000;
/** Between two looks at first; twice as long after each, up to the longest. */
const ASK_AGAIN_MS = 125;
const ASK_AGAIN_MS_MAX = 2_000;

export interface MakeCommandOptions extends NodeOptions {
  readonly height?: string;
  readonly json?: boolean;
}

/** What /v1/admin/snapshots says of the last request. */
interface RequestJson {
  readonly state: "making" | "made" | "failed";
  readonly snapshot?: SummaryJson;
  readonly code?: string;
  readonly detail?: string;
}

interface SummaryJson {
  readonly height: number;
  readonly id: string;
  readonly entries: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly folder: string;
}

export async function snapshotsMake(options: MakeCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const height = options.height === undefined ? undefined : wholeNumber(options.height, "--height", 1);
  const node = await adminClient(options, context);
  let request = requestOf(
    await node.post("/v1/admin/snapshots", { ...(height === undefined ? {} : { height }), waitMs: ANSWER_WITHIN_MS }),
  );
  if (request.state === "making") output.note("the node is making it; it goes on even if this command is stopped …");
  for (let waitMs = ASK_AGAIN_MS; request.state === "making"; waitMs = Math.min(2 * waitMs, ASK_AGAIN_MS_MAX)) {
    await sleep(waitMs);
    request = requestOf(await node.get("/v1/admin/snapshots"));
  }
  const { snapshot, code, detail } = request;
  if (snapshot === undefined)
    throw new ChainwrightError(code ?? "UNKNOWN", "unavailable", detail ?? "the snapshot was not made; the node's log says why", {});
  if (options.json === true) output.json(snapshot);
  else {
    output.line(`snapshot of height ${snapshot.height}, block ${snapshot.id}`);
    output.line(contents(snapshot));
    output.line(snapshot.folder);
  }
  return ExitCode.ok;
}

function requestOf(answer: JsonObject): RequestJson {
  return (answer.request ?? { state: "failed", detail: "the node was started again meanwhile; give the command once more" }) as RequestJson;
}

export async function snapshotsList(options: { readonly dataDir: string; readonly json?: boolean }, { output }: Context): Promise<number> {
  const { snapshots, faults } = await listSnapshots(await snapshotsFolder(options.dataDir));
  const rows = snapshots.map(summaryJson);
  if (options.json === true) output.json({ snapshots: rows, damaged: faults.map(messageOf) });
  else {
    if (rows.length === 0) output.line(`${options.dataDir} has no whole snapshot`);
    else
      output.table([
        ["height", "block", "entries", "chunks", "size", "folder"],
        ...rows.map((row) => [
          String(row.height),
          row.id,
          row.entries.toLocaleString("en"),
          String(row.chunks),
          amountText(row.bytes, "bytes"),
          row.folder,
        ]),
      ]);
    for (const fault of faults) output.warn(messageOf(fault));
  }
  return faults.length > 0 ? ExitCode.damaged : ExitCode.ok;
}

/** Of the data directory, or of the one in the folder around it. @throws DATA_DIRECTORY_MISSING */
async function snapshotsFolder(dataDir: string): Promise<string> {
  const inside = join(dataDir, "data");
  const path = !(await exists(join(dataDir, "format.json"))) && (await exists(join(inside, "format.json"))) ? inside : dataDir;
  await readDataDirectory(path);
  return join(resolve(path), SNAPSHOTS_FOLDER);
}

function summaryJson({
  height,
  id,
  manifest,
  folder,
}: StoredSnapshot): SummaryJson & { readonly stateRoot: string; readonly chainId: string } {
  return {
    height,
    id: Hash.key(id),
    stateRoot: Hash.key(manifest.header.header.stateRoot),
    chainId: manifest.chainId,
    entries: manifest.entries,
    chunks: manifest.chunks.length,
    bytes: chunkBytes(manifest),
    folder,
  };
}

export interface CheckCommandOptions extends LocationOptions {
  readonly checkpoint?: string;
}

const COMPARE =
  "compare the block's id with a source that you trust: that it is of the chain, no snapshot can show (--checkpoint HEIGHT:ID)";

export async function snapshotsVerify(folder: string, options: CheckCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const checkpoint = trustedBlock(options.checkpoint);
  const { config, set = [] } = options;
  if (config === undefined && set.length > 0) throw new UsageError({ reason: "--set changes a config: give it with --config FILE" });
  const source = config === undefined ? undefined : await locate(options, context);
  return working("verify", options, context, async (work) => {
    const snapshot = await verifyOffline(resolve(folder), source, await workOn("chunks", folder, checkpoint, work, "the check"));
    work.end();
    const told = { ...summaryJson(snapshot), ofConfig: source !== undefined, checkpoint: checkpoint !== undefined };
    if (options.json === true) output.json(told);
    else {
      show(told, output);
      output.line(`whole and undamaged: all of the state, and nothing else${source === undefined ? "" : "; of this config's chain"}`);
      if (checkpoint === undefined) output.line(COMPARE);
    }
    return ExitCode.ok;
  });
}

export async function snapshotsLoad(folder: string, options: CheckCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const checkpoint = trustedBlock(options.checkpoint);
  if (options.config === undefined) throw new UsageError({ reason: "say which node shall begin with it: --config FILE" });
  // What a node would warn of at its start follows from beginning with a snapshot.
  const source = await locate({ ...options, set: ["log.level=error", ...(options.set ?? [])] }, context);
  return working("load", options, context, async (work) => {
    const beganMs = performance.now();
    const shown = await workOn("state", folder, checkpoint, work, "the load");
    const { snapshot, isTrusted } = await loadOffline(source, resolve(folder), shown).catch((error: unknown) => {
      if (SnapshotDamagedError.matches(error) && shown.chunks() > 0) output.note(`${shown.chunks()} chunks were good`);
      throw error;
    });
    work.end();
    const seconds = (performance.now() - beganMs) / 1_000;
    const told = { ...summaryJson(snapshot), dataDir: source.path, checkpoint: isTrusted, seconds };
    if (options.json === true) output.json(told);
    else {
      show(told, output);
      output.line(`loaded into ${source.path} in ${seconds.toFixed(1)} s; the chain comes up on it and goes on from there`);
      if (isTrusted) output.line("it is the block of the checkpoint");
      else output.line(COMPARE);
    }
    return ExitCode.ok;
  });
}

function contents({ entries, chunks, bytes }: Pick<SummaryJson, "entries" | "chunks" | "bytes">): string {
  return `${amountText(entries, "entries")} in ${chunks} ${chunks === 1 ? "chunk" : "chunks"}, ${amountText(bytes, "bytes")}`;
}

function show(told: ReturnType<typeof summaryJson>, output: Context["output"]): void {
  const { height, id, stateRoot, chainId } = told;
  output.line(`height      ${height} of chain ${chainId}`);
  output.line(`block id    ${id}`);
  output.line(`state root  ${stateRoot}`);
  output.line(`contents    ${contents(told)}`);
}

/** Progress is told in entries, and Ctrl-C ends the work after the chunk at hand. @throws SNAPSHOT_DAMAGED */
async function workOn(
  title: string,
  folder: string,
  checkpoint: TrustedBlock | undefined,
  work: ShownWork,
  what: string,
): Promise<SnapshotWork & { readonly chunks: () => number }> {
  const { manifest } = await openSnapshot(resolve(folder));
  work.stage({ title, unit: "entries", total: manifest.entries });
  const abort = new AbortController();
  void work.cancellation.wait.then(() => abort.abort(new InterruptedError({ what })));
  let before = 0;
  let good = 0;
  return {
    chunks: () => good,
    checkpoint,
    signal: abort.signal,
    onProgress: ({ entries, chunks }) => {
      good = chunks;
      // A load that begins again counts anew.
      if (entries < before) before = 0;
      work.done(entries - before);
      before = entries;
    },
  };
}

/** `120000:5f1c…`. @throws UsageError */
function trustedBlock(text: string | undefined): TrustedBlock | undefined {
  if (text === undefined) return undefined;
  const [, height, id] = /^(\d{1,16}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (height === undefined || id === undefined)
    throw new UsageError({ reason: `--checkpoint ${text} is not HEIGHT:ID, a height and a block id of 64 hex digits` });
  return { height: wholeNumber(height, "the height of --checkpoint", 1), id: Hash.parse(id) };
}
