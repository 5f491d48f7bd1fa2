/** Bounds of a checkpoint start that are its own business. */
export interface CheckpointOptions {
  /** Headers in one piece. At most 2,000 (wire/messages.ts). */
  readonly headersPerPiece: number;
  /** Pieces of headers that are asked for or held, waiting for the one above them. */
  readonly headerPieces: number;
  /** Pieces, and chunks, that are under way from one peer. */
  readonly perPeer: number;
  /** Chunks that are being checked and stored at the same time: bounds memory, as each has up to 1 MiB. */
  readonly chunksInWork: number;
  /** A piece or chunk takes longer than this: its peer rests, and another one is asked. */
  readonly answerMs: number;
  /** How often somebody who had no fitting snapshot is asked again. */
  readonly askAgainMs: number;
  /**
   * For so long a snapshot, or the headers up to one, may come more slowly than one peer sends that always answers just in time: then another
   * snapshot is begun, if there is one. A manifest has to be there after this time, in which all who offer it have their turn. Twice as long
   * each time that it happens with the same one.
   */
  readonly patienceMs: number;
  /** How often everything is looked at without an occasion. */
  readonly lookMs: number;
  /** Between two lines of the log. */
  readonly logIntervalMs: number;
}

export const DEFAULT_CHECKPOINT_OPTIONS: CheckpointOptions = {
  headersPerPiece: 2_000,
  headerPieces: 16,
  perPeer: 4,
  chunksInWork: 16,
  answerMs: 15_000,
  askAgainMs: 15_000,
  patienceMs: 60_000,
  lookMs: 250,
  logIntervalMs: 5_000,
};
