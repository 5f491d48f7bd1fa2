/** Commands on a node's blocks: db export, db import, db rewind. */
import type { ReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { exportToFile } from "../../database/export-file.js";
import { readFacts } from "../../database/facts.js";
import { rewind, rewindHorizon } from "../../database/rewind.js";
import { type Exported, type ExportRange, exportBlocks, importBlocks } from "../../database/transfer.js";
import type { Work } from "../../database/work.js";
import { messageOf } from "../../kernel/errors.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { Hash } from "../../primitives/hash.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { amountText } from "../work-progress.js";
import { endRebuilding, type LocationOptions, locate, wholeNumber, withData, working } from "./db-location.js";
import { rebuildAll } from "./db-verify.js";

export interface ExportCommandOptions extends LocationOptions {
  readonly from?: string;
  readonly to?: string;
}

export async function exportCommand(file: string, options: ExportCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const from = options.from === undefined ? undefined : wholeNumber(options.from, "--from", 1);
  const to = options.to === undefined ? undefined : wholeNumber(options.to, "--to", 1);
  if (file === "-" && process.stdout.isTTY) throw new UsageError({ reason: "blocks are bytes, not text: send them to a file or a pipe" });
  const source = await locate(options, context);
  return working("export", options, context, async (work) => {
    const chain = await readDataDirectory(source.path);
    const done = await withData(source, { parts: "storage" }, async ({ storage }) => {
      const facts = await readFacts(storage, source.path);
      const range = { storage, facts, chain, from, to };
      return file === "-" ? toStandardOutput(range, work) : exportToFile(file, range, work);
    });
    work.end();
    const told = { ...done, file };
    // Standard output is the stream itself.
    if (file === "-") {
      if (options.json === true) output.noteJson(told);
      else output.note(`exported blocks ${done.from} to ${done.to}, ${amountText(done.bytes, "bytes")}`);
    } else if (options.json === true) output.json(told);
    else {
      const before = done.before === 0 ? "" : `; the first ${done.before.toLocaleString("en")} were there from the run that was cut off`;
      output.line(`exported blocks ${done.from} to ${done.to} to ${file}, ${amountText(done.bytes, "bytes")}${before}`);
    }
    return ExitCode.ok;
  });
}

/** Whoever reads has to get all of it. A reader that went away ends the process with the exit code that is set until then. */
async function toStandardOutput(range: ExportRange, work: Work): Promise<Exported> {
  process.exitCode = ExitCode.failure;
  const write = (piece: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  return exportBlocks({ ...range, write, afterStop: "anew" }, work);
}

export async function importCommand(file: string, options: LocationOptions, context: Context): Promise<number> {
  const { output } = context;
  const source = await locate(options, context, "blocks are executed by the chain's own ledger and rules");
  const { spec } = source;
  if (spec === undefined) throw new UsageError({ reason: "an import needs the chain spec: --config FILE" });
  return working("import", options, context, async (work) => {
    const identity = { chainId: spec.chainId, parametersHash: Hash.key(spec.parametersHash) };
    const input = file === "-" ? process.stdin : await opened(file);
    const done = await withData(source, { parts: "chain", create: true }, async ({ chain }) => {
      const result = await importBlocks(chain, identity, input, work);
      return { ...result, height: chain.head.header.height, head: Hash.key(chain.head.id) };
    });
    input.destroy();
    work.end();
    if (options.json === true) output.json(done);
    else
      output.line(
        `imported ${done.imported} blocks, ${done.skipped} were there already; the head is at height ${done.height}, ${done.head}`,
      );
    return ExitCode.ok;
  });
}

/** Before the data is opened: a file that is not there changes nothing. */
async function opened(file: string): Promise<ReadStream> {
  try {
    if ((await stat(file)).isDirectory()) throw new Error("it is a folder");
    return (await open(file, "r")).createReadStream({ highWaterMark: 1024 * 1024 });
  } catch (thrown) {
    throw new UsageError({ reason: `${file} can't be read: ${messageOf(thrown)}` });
  }
}

export interface RewindCommandOptions extends LocationOptions {
  readonly to: string;
  readonly drop?: boolean;
  readonly yes?: boolean;
}

export async function rewindCommand(options: RewindCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const to = wholeNumber(options.to, "--to", 0);
  const source = await locate(options, context);
  return working("rewind", options, context, async (work) => {
    await endRebuilding(source.path);
    const { chainId } = await readDataDirectory(source.path);
    const before = await withData(source, { parts: "storage" }, async ({ storage }) => {
      const facts = await readFacts(storage, source.path);
      return {
        height: facts.head.height,
        finalized: facts.finalizedHeight,
        reachable: to >= rewindHorizon(facts),
        lowest: rewindHorizon(facts),
      };
    });
    if (to < before.height || options.drop === true) await confirmed(options, to, before);
    if (before.reachable || to >= before.height)
      await withData(source, { parts: "storage" }, async ({ storage, compute, scheduler, logger, metrics }) =>
        rewind(
          {
            storage,
            compute,
            scheduler,
            logger,
            metrics,
            chainId,
            to,
            drop: options.drop === true,
            facts: await readFacts(storage, source.path),
          },
          work,
        ),
      );
    else await deepRewind(source, options, to, before.lowest, work);
    work.end();
    const told = { from: before.height, to, dropped: options.drop === true, executedAgain: !before.reachable };
    if (options.json === true) output.json(told);
    else {
      output.line(`the chain went back from height ${before.height} to ${to}`);
      output.line(
        options.drop === true
          ? "the blocks above are gone: peers may send them again"
          : "the blocks above are kept as side blocks: the node executes and may choose them again at its next start",
      );
    }
    return ExitCode.ok;
  });
}

async function deepRewind(
  source: Awaited<ReturnType<typeof locate>>,
  options: RewindCommandOptions,
  to: number,
  lowest: number,
  work: Work,
): Promise<void> {
  if (source.spec === undefined)
    throw new UsageError({
      reason: `undo reaches down to height ${lowest}: below it blocks are executed again from genesis, which takes --config FILE`,
    });
  await rebuildAll(source, to, options.drop !== true, work);
}

async function confirmed(
  options: RewindCommandOptions,
  to: number,
  before: { readonly height: number; readonly finalized: number; readonly reachable: boolean },
): Promise<void> {
  if (options.yes === true) return;
  const how = before.reachable ? "by undo records" : "by executing all blocks up to it again";
  const final = to < before.finalized ? ` That is below the finalized height ${before.finalized}.` : "";
  const question = `Go back from height ${before.height} to ${to}, ${how}?${final}`;
  if (process.stdin.isTTY !== true) throw new UsageError({ reason: `${question} Say so with --yes; nothing was changed` });
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (!/^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())) throw new UsageError({ reason: "nothing was changed" });
  } finally {
    lines.close();
  }
}
