/**
 * Requests of a checkpoint start that are under way: several to each peer. An answer without a question is told apart from one that
 * comes late: a slow peer is no liar.
 */
import type { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import { LateAnswers } from "../late-answers.js";
import type { Peer } from "../peer.js";
import type { HeaderRange, SnapshotChunk, SnapshotManifest, Snapshots } from "../wire/messages.js";
import { CheckpointCode } from "./codes.js";

export type Question =
  | { readonly type: "header-range-request"; readonly anchor?: Hash; readonly from: number; readonly count: number }
  | { readonly type: "snapshots-request" }
  | { readonly type: "snapshot-manifest-request"; readonly manifestHash: Hash; readonly offset: number }
  | { readonly type: "snapshot-chunk-request"; readonly manifestHash: Hash; readonly index: number };

interface Answers {
  readonly "header-range-request": HeaderRange;
  readonly "snapshots-request": Snapshots;
  readonly "snapshot-manifest-request": SnapshotManifest;
  readonly "snapshot-chunk-request": SnapshotChunk;
}

export type AnswerMessage = Answers[keyof Answers];

const ANSWER_OF = {
  "header-range-request": "header-range",
  "snapshots-request": "snapshots",
  "snapshot-manifest-request": "snapshot-manifest",
  "snapshot-chunk-request": "snapshot-chunk",
} as const;

interface Open {
  readonly type: AnswerMessage["type"];
  readonly settle: (answer: AnswerMessage | "timeout" | "gone") => void;
}

/** Requests that were given up, of each peer, whose answers may still come. */
const LATE_MAX = 64;

export class PartRequests {
  readonly #context: NetworkContext;
  readonly #answerMs: number;
  readonly #open = new Map<Peer, Map<number, Open>>();
  readonly #late = new LateAnswers(LATE_MAX);

  constructor(context: NetworkContext, answerMs: number) {
    this.#context = context;
    this.#answerMs = answerMs;
  }

  /** How many this peer has not answered. */
  openOf(peer: Peer): number {
    return this.#open.get(peer)?.size ?? 0;
  }

  /** `timeout`: nothing came in time, which has been held against the peer. `gone`: it left, or nobody waits any more. */
  ask<Type extends Question["type"]>(
    peer: Peer,
    question: Extract<Question, { readonly type: Type }>,
  ): Promise<Answers[Type] | "timeout" | "gone"> {
    if (!peer.connected) return Promise.resolve("gone");
    const { scheduler } = this.#context.dependencies;
    const requestId = this.#context.nextRequestId();
    const open = this.#open.get(peer) ?? new Map<number, Open>();
    this.#open.set(peer, open);
    return new Promise((resolve) => {
      const timer = scheduler.after(this.#answerMs, () => {
        open.delete(requestId);
        this.#late.expect(peer, requestId);
        peer.offend("failure", CheckpointCode.stalled, `no answer within ${this.#answerMs} ms`);
        resolve("timeout");
      });
      open.set(requestId, {
        type: ANSWER_OF[question.type],
        settle: (answer) => {
          timer.cancel();
          resolve(answer as Answers[Type] | "gone");
        },
      });
      peer.send({ ...(question as Question), requestId });
    });
  }

  onAnswer(peer: Peer, answer: AnswerMessage): void {
    const open = this.#open.get(peer)?.get(answer.requestId);
    if (open?.type === answer.type) {
      this.#open.get(peer)?.delete(answer.requestId);
      open.settle(answer);
      return;
    }
    if (this.#late.take(peer, answer.requestId)) return;
    peer.offend("violation", CheckpointCode.unrequested, `${answer.type} that was not asked for`);
  }

  onPeerGone(peer: Peer): void {
    const open = this.#open.get(peer);
    this.#open.delete(peer);
    this.#late.onPeerGone(peer);
    for (const { settle } of open?.values() ?? []) settle("gone");
  }

  /** Nobody waits for anything any more. */
  stop(): void {
    for (const [peer, open] of [...this.#open]) {
      for (const requestId of open.keys()) this.#late.expect(peer, requestId);
      this.#open.delete(peer);
      for (const { settle } of open.values()) settle("gone");
    }
  }
}
