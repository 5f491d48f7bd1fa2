/**
 * Fetches a row of headers in pieces, from several peers side by side, from the top downward: each piece is good if its last header is
 * the parent of the lowest good one so far, so nothing but ids has to be trusted or computed.
 *
 * What is asked for or held is bounded in pieces. Who sends what does not lead upward is in violation; who does not answer rests.
 */
import type { HeaderRecord } from "../../primitives/block.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { headerFromPeer } from "../wire/header-bytes.js";
import { CheckpointCode } from "./codes.js";
import type { CheckpointMetrics } from "./metrics.js";
import type { CheckpointOptions } from "./options.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";

interface Piece {
  readonly from: number;
  readonly to: number;
  asked: Peer | undefined;
  records: readonly HeaderRecord[] | undefined;
  sender: Peer | undefined;
}

export interface RowFetchParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  /** The block on top of the row, included in it. */
  readonly top: { readonly height: number; readonly id: Hash };
  /** Height of the lowest header wanted. */
  readonly bottom: number;
  /** Height of the lowest good header so far, and the id that the next one has to have; asked for after each `onGood`. */
  readonly reached: () => { readonly lowest: number; readonly wanted: Hash };
  /** Linked headers that lead up to `wanted`, lowest first. One call at a time. */
  readonly onGood: (records: readonly HeaderRecord[]) => Promise<void>;
  /** Peers that are asked. Default: all. */
  readonly mayAsk?: (peer: Peer) => boolean;
  /** The peer says that it does not have the block on top. */
  readonly onLacksTop: (peer: Peer) => void;
}

export class RowFetch {
  readonly #parts: RowFetchParts;
  /** Highest first, without gaps from the lowest good header down. */
  #pieces: Piece[] = [];
  #takingIn = false;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  #stopped = false;

  constructor(parts: RowFetchParts) {
    this.#parts = parts;
  }

  /** Resolves when all are there. @throws what `onGood` throws */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.look();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#settle?.resolve();
  }

  /** Asks for what can be asked for. Called on every occasion. */
  look(): void {
    if (this.#stopped) return;
    const { reached, bottom, roster, options, top, mayAsk } = this.#parts;
    if (reached().lowest <= bottom && !this.#takingIn) {
      this.#stopped = true;
      this.#settle?.resolve();
      return;
    }
    this.#layOut();
    for (const piece of this.#pieces) {
      if (piece.asked !== undefined || piece.records !== undefined) continue;
      const peer = roster.pick(options.perPeer, (each) => each.head.height >= top.height && mayAsk?.(each) !== false);
      if (peer === undefined) return;
      void this.#ask(peer, piece);
    }
  }

  /** Adds pieces below, up to the bound. */
  #layOut(): void {
    const { options, bottom, reached } = this.#parts;
    for (;;) {
      const lowest = this.#pieces.at(-1)?.from ?? reached().lowest;
      if (this.#pieces.length >= options.headerPieces || lowest <= bottom) return;
      this.#pieces.push({ from: Math.max(bottom, lowest - options.headersPerPiece), to: lowest - 1, ...EMPTY });
    }
  }

  async #ask(peer: Peer, piece: Piece): Promise<void> {
    const { requests, roster, top } = this.#parts;
    piece.asked = peer;
    const count = piece.to - piece.from + 1;
    const answer = await requests.ask(peer, { type: "header-range-request", anchor: top.id, from: piece.from, count });
    piece.asked = undefined;
    if (this.#stopped) return;
    if (answer === "timeout") roster.rest(peer);
    else if (answer !== "gone") await this.#onAnswer(peer, piece, answer.headers);
    this.look();
  }

  async #onAnswer(peer: Peer, piece: Piece, headers: readonly Bytes[]): Promise<void> {
    const { top, onLacksTop, mayAsk, roster, context } = this.#parts;
    const count = piece.to - piece.from + 1;
    if (headers.length === 0) {
      if (piece.to === top.height) onLacksTop(peer);
      else if (mayAsk?.(peer) !== false) {
        // Its own chain may have begun above, from a snapshot.
        peer.offend("failure", CheckpointCode.missingHeaders, `it has no headers at height ${piece.from}`);
        roster.rest(peer);
      }
      return;
    }
    if (headers.length > count) {
      peer.offend("violation", CheckpointCode.tooManyHeaders, `${headers.length} headers instead of ${count}`);
      return;
    }
    const slicer = context.dependencies.scheduler.slicer();
    const records: HeaderRecord[] = [];
    for (const bytes of headers) {
      const record = headerFromPeer(bytes);
      const below = records.at(-1);
      const fits = record !== undefined && record.header.height === piece.from + records.length;
      const isLinked = fits && (below === undefined || Hash.key(record.header.parent) === Hash.key(below.id));
      if (record === undefined || !isLinked) {
        if (fits) peer.offend("violation", CheckpointCode.unlinkedHeaders, `headers from height ${piece.from} are no row`);
        else peer.offend("violation", CheckpointCode.badHeader, `bytes that are no header of height ${piece.from + records.length}`);
        return;
      }
      records.push(record);
      if (slicer.due()) await slicer.pause();
    }
    this.#hold(peer, piece, records);
    await this.#takeIn();
  }

  /** Keeps what came. What is lacking of the piece, at its top, is asked for next: a message has a largest size. */
  #hold(peer: Peer, piece: Piece, records: readonly HeaderRecord[]): void {
    const index = this.#pieces.indexOf(piece);
    if (index < 0) return;
    const reachedTo = piece.from + records.length - 1;
    const held = { from: piece.from, to: reachedTo, asked: undefined, records, sender: peer };
    const rest = reachedTo < piece.to ? [{ from: reachedTo + 1, to: piece.to, ...EMPTY }] : [];
    this.#pieces.splice(index, 1, ...rest, held);
  }

  /** Hands over what leads up to the lowest good header. */
  async #takeIn(): Promise<void> {
    if (this.#takingIn) return;
    this.#takingIn = true;
    try {
      for (let piece = this.#pieces[0]; piece?.records !== undefined && !this.#stopped; piece = this.#pieces[0]) {
        const { records, sender } = piece;
        if (Hash.key(records.at(-1)?.id ?? Hash.zero) !== Hash.key(this.#parts.reached().wanted)) {
          piece.records = undefined;
          piece.sender = undefined;
          sender?.offend(
            "violation",
            CheckpointCode.unlinkedHeaders,
            `its headers up to height ${piece.to} do not lead to ${Hash.key(this.#parts.top.id)}`,
          );
          return;
        }
        this.#pieces.shift();
        await this.#parts.onGood(records);
        this.#parts.metrics.headers.increment(records.length);
        sender?.reward("block");
      }
    } catch (error) {
      this.#stopped = true;
      this.#settle?.reject(error);
    } finally {
      this.#takingIn = false;
    }
  }
}

const EMPTY = { asked: undefined, records: undefined, sender: undefined } as const;
