/**
 * An export into a file, which is there whole or not at all: until then it is `FILE.part`, checksummed block by block, so after any
 * kill, power loss or full disk the same export goes on behind the last block of it that is whole.
 */
import { createReadStream } from "node:fs";
import { open, rename, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BlockStore } from "../chain/block-store.js";
import { bytesEqual } from "../primitives/bytes.js";
import { BlockStreamWriter, readPrefix, type StreamHeader, type StreamPrefix } from "./block-stream.js";
import { codeOf, onDisk, syncFolder } from "./durable-files.js";
import { type Exported, type ExportRange, exportBlocks, exportHeader } from "./transfer.js";
import { mayStop, type Work } from "./work.js";

const READ_BYTES = 1024 * 1024;

/** @throws EXPORT_RANGE, DATABASE_BLOCK_MISSING, CHAIN_DAMAGED, DATABASE_DISK_FULL, DATABASE_PATH_REFUSED, DATABASE_INTERRUPTED */
export async function exportToFile(file: string, range: ExportRange, work: Work): Promise<Exported> {
  const header = exportHeader(range);
  const temporary = `${file}.part`;
  return onDisk(file, async () => {
    const prefix = await prefixOf(temporary, header, range, work);
    if (prefix !== undefined) await cutTo(temporary, prefix, header);
    const target = await open(temporary, prefix === undefined ? "w" : "a", 0o600);
    let exported: Exported;
    try {
      const write = async (piece: Uint8Array) => void (await target.writeFile(piece));
      exported = await exportBlocks({ ...range, prefix, write, afterStop: "goes on" }, work);
      await target.sync();
    } finally {
      await target.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(resolve(file)));
    return exported;
  });
}

/** What of an earlier run can be gone on with: whole blocks of this chain, from the same height on, canonical still. */
async function prefixOf(path: string, header: StreamHeader, { storage }: ExportRange, work: Work): Promise<StreamPrefix | undefined> {
  let total: number;
  try {
    total = (await stat(path)).size;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  work.progress.stage({ title: "reading what an earlier run exported", unit: "bytes", total });
  const prefix = await readFile(path, work);
  if (prefix === undefined || prefix.last.height > header.to) return undefined;
  for (const name of ["version", "chainId", "parametersHash", "genesisId", "from"] as const)
    if (prefix.header[name] !== header[name]) return undefined;
  if (prefix.headerBytes !== new BlockStreamWriter().begin(header).length) return undefined;
  // Those below were its ancestors when they were written, and are.
  const store = new BlockStore(storage);
  const id = store.idAt(prefix.last.height);
  const canonical = id === undefined ? undefined : store.encodedBlock(id);
  return canonical !== undefined && bytesEqual(canonical, prefix.last.block) ? prefix : undefined;
}

async function readFile(path: string, work: Work): Promise<StreamPrefix | undefined> {
  const stream = createReadStream(path, { highWaterMark: READ_BYTES });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      mayStop(work, "the export");
      work.progress.done(piece.length);
      yield piece;
    }
  }
  try {
    return await readPrefix(pieces());
  } finally {
    stream.destroy();
  }
}

/** Drops what is not whole. The head may have moved on since: the header tells of another last block. */
async function cutTo(path: string, prefix: StreamPrefix, header: StreamHeader): Promise<void> {
  const target = await open(path, "r+");
  try {
    await target.truncate(prefix.bytes);
    const begin = new BlockStreamWriter().begin(header);
    if (prefix.header.to !== header.to) await target.write(begin, 0, begin.length, 0);
  } finally {
    await target.close();
  }
}
