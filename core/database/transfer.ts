/** Blocks out of a database into a stream, and out of a stream, or of another database, into a chain: by its ordinary import. */
import { BlockStore } from "../chain/block-store.js";
import type { Chain } from "../chain/index.js";
import { ChainwrightError } from "../kernel/errors.js";
import type { Storage } from "../ports/storage.js";
import { decodeBlock } from "../primitives/block-codec.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import type { ChainIdentity } from "./backup-store.js";
import { nameOf } from "./backup-store.js";
import {
  BlockStreamWriter,
  readBlockStream,
  STREAM_VERSION,
  type StreamBlock,
  type StreamHeader,
  type StreamPrefix,
} from "./block-stream.js";
import { BlockMissingError, ExportRangeError, StreamBlockRefusedError, StreamForeignError } from "./errors.js";
import type { DatabaseFacts } from "./facts.js";
import { mayStop, type Work } from "./work.js";

const READ_LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };

export interface ExportRange {
  readonly storage: Storage;
  readonly facts: DatabaseFacts;
  readonly chain: ChainIdentity;
  /** Default: the lowest block there is, above genesis, which every node makes by itself. */
  readonly from: number | undefined;
  /** Default: the head. */
  readonly to: number | undefined;
}

export interface ExportOptions extends ExportRange {
  /** What is written already; begins behind it. */
  readonly prefix?: StreamPrefix | undefined;
  /** Takes the next piece; resolves when it may get more. */
  readonly write: (piece: Uint8Array) => Promise<void>;
  /** What the same command does after Ctrl-C. */
  readonly afterStop: "goes on" | "anew";
}

export interface Exported {
  readonly from: number;
  readonly to: number;
  /** Of the whole stream. */
  readonly bytes: number;
  /** Blocks that an earlier run had written. */
  readonly before: number;
}

/** How the stream of some blocks begins. @throws EXPORT_RANGE */
export function exportHeader({ storage, facts, chain, ...range }: ExportRange): StreamHeader {
  const lowest = Math.max(1, new BlockStore(storage).openHistory().bodiesFrom);
  const { from = lowest, to = facts.head.height } = range;
  if (facts.head.height < lowest)
    throw new ExportRangeError({
      reason:
        facts.head.height === 0
          ? "the chain has no block above genesis yet; let the node make or sync some"
          : `this node keeps blocks from height ${lowest} on, and its head is at ${facts.head.height}; let the node make or sync some, or take a node that keeps all`,
    });
  if (from < lowest)
    throw new ExportRangeError({
      reason:
        from < 1
          ? "they begin at height 1"
          : `this node keeps blocks from height ${lowest} on; take --from ${lowest}, or a node that keeps all`,
    });
  if (to > facts.head.height || to < from)
    throw new ExportRangeError({
      reason: `asked for were heights ${from} to ${to}, and there are ${lowest} to ${facts.head.height}; change --from or --to`,
    });
  const { chainId, parametersHash } = chain;
  return { version: STREAM_VERSION, chainId, parametersHash, genesisId: facts.genesisId, from, to };
}

/** @throws EXPORT_RANGE, DATABASE_BLOCK_MISSING, CHAIN_DAMAGED, DATABASE_INTERRUPTED */
export async function exportBlocks(options: ExportOptions, work: Work): Promise<Exported> {
  const { storage, prefix } = options;
  const header = exportHeader(options);
  const { from, to } = header;
  const store = new BlockStore(storage);
  store.openHistory();
  const writer = prefix?.writer ?? new BlockStreamWriter();
  let bytes = prefix?.bytes ?? 0;
  const put = async (piece: Uint8Array) => {
    bytes += piece.length;
    await options.write(piece);
  };
  const next = prefix === undefined ? from : prefix.last.height + 1;
  work.progress.stage({ title: "exporting", unit: "blocks", total: to - from + 1 });
  work.progress.done(next - from);
  if (prefix === undefined) await put(writer.begin(header));
  for (let height = next; height <= to; height++) {
    mayStop(work, "the export", options.afterStop);
    await put(writer.block(canonicalBlock(store, height)));
    work.progress.done(1);
  }
  await put(writer.end());
  return { from, to, bytes, before: next - from };
}

/** @throws DATABASE_BLOCK_MISSING, CHAIN_DAMAGED */
export function canonicalBlock(store: BlockStore, height: number): StreamBlock & { readonly id: Hash } {
  const id = store.idAt(height);
  const block = id === undefined ? undefined : store.encodedBlock(id);
  if (id === undefined || block === undefined) throw new BlockMissingError({ height });
  return { id, height, block, certificate: store.certificate(id) };
}

export interface ImportResult {
  readonly imported: number;
  /** They were there already. */
  readonly skipped: number;
}

/**
 * Verifies and executes the blocks of a stream as if they came from the network. What is there is skipped, so doing it again goes on.
 * @throws STREAM_*, DATABASE_INTERRUPTED
 */
export async function importBlocks(
  chain: Chain,
  identity: ChainIdentity,
  source: AsyncIterable<Uint8Array>,
  work: Work,
): Promise<ImportResult> {
  const { header, blocks } = await readBlockStream(source);
  if (
    header.chainId !== identity.chainId ||
    header.parametersHash !== identity.parametersHash ||
    header.genesisId !== Hash.key(chain.genesisId)
  )
    throw new StreamForeignError({
      reason: `it is of ${nameOf(header)}, genesis ${header.genesisId}, not of ${nameOf(identity)}, genesis ${Hash.key(chain.genesisId)}`,
    });
  work.progress.stage({ title: "importing", unit: "blocks", total: header.to - header.from + 1 });
  let imported = 0;
  let skipped = 0;
  for await (const { frame, height, block, certificate } of blocks) {
    mayStop(work, `the import, after block ${height - 1},`);
    if (await importOne(chain, block, certificate, frame, height)) imported++;
    else skipped++;
    work.progress.done(1);
  }
  return { imported, skipped };
}

/** @returns whether it was new. @throws STREAM_BLOCK_REFUSED */
export async function importOne(
  chain: Chain,
  encoded: Bytes,
  certificate: Bytes | undefined,
  frame: number,
  height: number,
): Promise<boolean> {
  const { block, record } = decodedBlock(encoded, frame, height);
  if (chain.standing(record.id) === "valid") return false;
  const verdict = await chain.import(block, certificate);
  if (verdict.status === "known") return false;
  if (verdict.status === "imported") return true;
  const { code, reason } = verdict;
  throw new StreamBlockRefusedError({ frame, height, code, reason });
}

/** @throws STREAM_BLOCK_REFUSED */
function decodedBlock(encoded: Bytes, frame: number, height: number): ReturnType<typeof decodeBlock> {
  try {
    return decodeBlock(encoded, READ_LIMITS);
  } catch (thrown) {
    if (!ChainwrightError.is(thrown)) throw thrown;
    throw new StreamBlockRefusedError({ frame, height, code: thrown.code, reason: thrown.message }, thrown);
  }
}
