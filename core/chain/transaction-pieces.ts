/**
 * A block's transactions in pieces: a ledger's calls are synchronous, so a block of many thousands is decoded, and asked for its
 * signatures and keys, some dozens at a time, and other work runs in between. One slicer for all stages of a block keeps them
 * from adding up to a long step.
 */
import { ChainwrightError } from "../kernel/errors.js";
import type { Rules } from "../ports/chain-spec.js";
import { InvalidTransactionError } from "../ports/errors.js";
import type { Ledger, TransactionBatch } from "../ports/ledger.js";
import type { Slicer } from "../ports/runtime.js";
import type { Bytes } from "../primitives/bytes.js";

/** A piece's bounds: about a millisecond of decoding, of small transactions or of large ones (which are hashed twice). */
const PIECE_TRANSACTIONS = 64;
const PIECE_BYTES = 256 * 1024;

/** @throws InvalidTransactionError for the first one that is not canonical or too large under `rules` */
export async function decodeTransactions(ledger: Ledger, raws: readonly Bytes[], rules: Rules, slicer: Slicer): Promise<TransactionBatch> {
  const { batch, refused } = await decodePieces(ledger, raws, rules, slicer, "first");
  const [first] = refused;
  if (first !== undefined) throw first;
  return batch;
}

/** Decodes what can be decoded; the rest is refused, by index. */
export async function decodeUsable(
  ledger: Ledger,
  raws: readonly Bytes[],
  rules: Rules,
  slicer: Slicer,
): Promise<{ readonly batch: TransactionBatch; readonly refused: readonly number[] }> {
  const { batch, refused } = await decodePieces(ledger, raws, rules, slicer, "all");
  return { batch, refused: refused.map(({ data }) => data.index) };
}

/** Calls back with each piece of a batch, at least once. */
export async function forEachPiece(
  ledger: Ledger,
  batch: TransactionBatch,
  slicer: Slicer,
  callback: (piece: TransactionBatch, from: number) => void,
): Promise<void> {
  const { length } = batch.transactions;
  if (length <= PIECE_TRANSACTIONS) {
    callback(batch, 0);
    return;
  }
  for (let from = 0; from < length; from += PIECE_TRANSACTIONS) {
    if (slicer.due()) await slicer.pause();
    callback(ledger.slice(batch, from, Math.min(from + PIECE_TRANSACTIONS, length)), from);
  }
}

type Refusal = InstanceType<typeof InvalidTransactionError>;

/** @param report how many refusals are looked for */
async function decodePieces(
  ledger: Ledger,
  raws: readonly Bytes[],
  rules: Rules,
  slicer: Slicer,
  report: "first" | "all",
): Promise<{ readonly batch: TransactionBatch; readonly refused: readonly Refusal[] }> {
  const pieces: TransactionBatch[] = [];
  const refused: Refusal[] = [];
  for (let at = 0; at < raws.length && (report === "all" || refused.length === 0); ) {
    if (slicer.due()) await slicer.pause();
    const end = endOfPiece(raws, at);
    try {
      pieces.push(ledger.decodeBlock(raws.slice(at, end), rules));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await decodeEach({ ledger, slicer, raws, rules, pieces, refused }, at, end);
    }
    at = end;
  }
  const [only] = pieces;
  if (only === undefined) return { batch: ledger.decodeBlock([], rules), refused };
  return { batch: pieces.length === 1 ? only : ledger.join(pieces), refused };
}

interface EachOf {
  readonly ledger: Ledger;
  readonly slicer: Slicer;
  readonly raws: readonly Bytes[];
  readonly rules: Rules;
  readonly pieces: TransactionBatch[];
  readonly refused: Refusal[];
}

/** One by one, to find the one that made its piece fail. */
async function decodeEach({ ledger, slicer, raws, rules, pieces, refused }: EachOf, from: number, end: number): Promise<void> {
  for (let index = from; index < end; index++) {
    if (slicer.due()) await slicer.pause();
    try {
      pieces.push(ledger.decodeBlock(raws.slice(index, index + 1), rules));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push(new InvalidTransactionError({ index, code: error.code, reason: error.message }, error));
    }
  }
}

/** Any other kind is a fault: nothing follows from it for the transaction. */
function isRefusal(error: unknown): error is ChainwrightError {
  return ChainwrightError.is(error) && error.kind === "input";
}

function endOfPiece(raws: readonly Bytes[], from: number): number {
  let bytes = 0;
  let end = from;
  while (end < raws.length && end - from < PIECE_TRANSACTIONS && (end === from || bytes < PIECE_BYTES)) bytes += raws[end++]?.length ?? 0;
  return end;
}
