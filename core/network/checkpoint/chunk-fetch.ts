/**
 * Fetches the chunks of one snapshot from everybody who has it, side by side, and hands them to be checked and stored.
 *
 * How many are asked for or in work is bounded, and so is memory. A chunk that is not the manifest's is its sender's fault, and is asked for
 * elsewhere; who does not answer rests; when only chunks are left that somebody else owes, the slowest are asked for a second time.
 */
import { assert } from "../../kernel/assert.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { CheckpointCode } from "./codes.js";
import type { CheckpointMetrics } from "./metrics.js";
import type { Offers } from "./offers.js";
import type { CheckpointOptions } from "./options.js";
import type { SnapshotIntake } from "./parts.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";

export interface ChunkFetchParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly offers: Offers;
  readonly manifestHash: Hash;
  readonly intake: SnapshotIntake;
  /** For so long it may come too slowly. */
  readonly patienceMs: number;
}

/** `untrue`: the manifest's chunks do not prove the state. `abandoned`: it comes too slowly or not at all, and there is another one. */
export type FetchOutcome = "done" | "untrue" | "abandoned" | "stopped";

interface Asked {
  readonly peers: Set<Peer>;
  atMs: number;
}

/** A part of the time for an answer after which a chunk may be asked for a second time. */
const AGAIN_PART = 5;

export class ChunkFetch {
  readonly #parts: ChunkFetchParts;
  readonly #asked = new Map<number, Asked>();
  /** Chunks that are being checked and stored. */
  readonly #inWork = new Set<number>();
  /** No chunk below it is needed. */
  #cursor = 0;
  #done = 0;
  #doneBytes = 0;
  #settle: { readonly resolve: (outcome: FetchOutcome) => void; readonly reject: (error: unknown) => void } | undefined;
  #ended = false;
  #outcome: FetchOutcome | undefined;
  /** When it was last looked at how fast chunks come, and how many were there. */
  #watched: { readonly sinceMs: number; readonly done: number } | undefined;

  constructor(parts: ChunkFetchParts) {
    this.#parts = parts;
    const { intake } = parts;
    for (let index = 0; index < intake.chunks; index++) if (intake.isDone(index)) this.#count(index);
  }

  get done(): number {
    return this.#done;
  }

  get doneBytes(): number {
    return this.#doneBytes;
  }

  /** Somebody has the snapshot. */
  get hasPeers(): boolean {
    const { roster, offers, manifestHash } = this.#parts;
    return roster.all().some((peer) => offers.has(peer, manifestHash));
  }

  /** @throws what storing throws */
  run(): Promise<FetchOutcome> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.look();
    });
  }

  stop(): void {
    this.#end("stopped");
  }

  look(): void {
    if (this.#ended || this.#settle === undefined) return;
    const { intake, roster, offers, options, manifestHash } = this.#parts;
    if (this.#done === intake.chunks) {
      this.#end("done");
      return;
    }
    this.#watch();
    while (this.#asked.size + this.#inWork.size < options.chunksInWork) {
      const index = this.#nextNeeded() ?? this.#slowest();
      if (index === undefined) return;
      const owing = this.#asked.get(index)?.peers;
      const peer = roster.pick(options.perPeer, (each) => offers.has(each, manifestHash) && owing?.has(each) !== true);
      if (peer === undefined) return;
      void this.#ask(peer, index);
    }
  }

  #count(index: number): void {
    this.#done++;
    this.#doneBytes += this.#parts.intake.bytesOf(index);
  }

  #nextNeeded(): number | undefined {
    const { intake } = this.#parts;
    for (let index = this.#cursor; index < intake.chunks; index++) {
      if (!intake.isDone(index) && !this.#asked.has(index) && !this.#inWork.has(index)) return index;
      if (index === this.#cursor && intake.isDone(index)) this.#cursor++;
    }
    return undefined;
  }

  /** One that has been owed for long, by one peer only. */
  #slowest(): number | undefined {
    const { context, options } = this.#parts;
    const dueMs = context.dependencies.clock.monotonicMs() - options.answerMs / AGAIN_PART;
    for (const [index, { peers, atMs }] of this.#asked) if (peers.size === 1 && atMs <= dueMs) return index;
    return undefined;
  }

  async #ask(peer: Peer, index: number): Promise<void> {
    const { requests, roster, offers, context, manifestHash } = this.#parts;
    const asked = this.#asked.get(index) ?? { peers: new Set<Peer>(), atMs: 0 };
    asked.peers.add(peer);
    asked.atMs = context.dependencies.clock.monotonicMs();
    this.#asked.set(index, asked);
    const answer = await requests.ask(peer, { type: "snapshot-chunk-request", manifestHash, index });
    asked.peers.delete(peer);
    if (asked.peers.size === 0 && this.#asked.get(index) === asked) this.#asked.delete(index);
    if (this.#ended) return;
    if (answer === "timeout") {
      this.#parts.metrics.stalls.increment();
      roster.rest(peer);
    } else if (answer !== "gone" && answer.proof.length === 0) {
      offers.withdraw(peer, manifestHash);
      peer.offend("failure", CheckpointCode.missingPart, `it offered a snapshot and does not have chunk ${index}`);
    } else if (answer !== "gone") {
      roster.worked(peer);
      await this.#take(peer, index, answer.proof);
    }
    this.look();
  }

  async #take(peer: Peer, index: number, proof: Uint8Array): Promise<void> {
    const { intake, metrics } = this.#parts;
    metrics.chunkBytes.increment(proof.length);
    // It was asked for twice, and the other one was faster.
    if (intake.isDone(index) || this.#inWork.has(index)) return;
    this.#inWork.add(index);
    try {
      const outcome = await intake.take(index, proof);
      if (outcome.verdict === "stored") {
        assert(intake.isDone(index), "a stored chunk is done");
        this.#count(index);
        metrics.chunks.increment();
        peer.reward("block");
        return;
      }
      metrics.badChunks.increment(1, { reason: outcome.verdict });
      if (outcome.verdict === "untrue") this.#end("untrue");
      else peer.offend("violation", CheckpointCode.badChunk, `chunk ${index}: ${outcome.reason}`);
    } catch (error) {
      this.#ended = true;
      this.#settle?.reject(error);
    } finally {
      this.#inWork.delete(index);
      this.#maySettle();
    }
  }

  /**
   * Gives up a snapshot that nobody has any more, or whose holders send just enough to be asked again, once there is another one. What is enough:
   * as much as one peer sends that always answers just in time.
   */
  #watch(): void {
    const { context, offers, options, manifestHash, intake, patienceMs } = this.#parts;
    const nowMs = context.dependencies.clock.monotonicMs();
    const begun = { sinceMs: nowMs, done: this.#done };
    this.#watched ??= begun;
    if (nowMs - this.#watched.sinceMs < patienceMs) return;
    const enough = Math.min(Math.floor((patienceMs / options.answerMs) * options.perPeer), intake.chunks - this.#watched.done);
    const isEnough = this.#done - this.#watched.done >= enough;
    this.#watched = begun;
    if (isEnough) return;
    const own = Hash.key(manifestHash);
    if (offers.candidates().some(({ offer }) => Hash.key(offer.manifestHash) !== own)) this.#end("abandoned");
  }

  #end(outcome: FetchOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#outcome = outcome;
    this.#maySettle();
  }

  /** What is being stored is stored first: nobody writes after this has ended. */
  #maySettle(): void {
    if (this.#outcome !== undefined && this.#inWork.size === 0) this.#settle?.resolve(this.#outcome);
  }
}
