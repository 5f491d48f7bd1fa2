/**
 * Requests for headers that are under way: at most one to each peer. An answer without a question is told apart from one that
 * comes late: a slow peer is no liar.
 */
import type { Bytes } from "../../primitives/bytes.js";
import type { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import { LateAnswers } from "../late-answers.js";
import type { Peer } from "../peer.js";
import type { Headers } from "../wire/messages.js";
import { SyncCode } from "./codes.js";

export interface HeadersQuestion {
  readonly locator: readonly Hash[];
  readonly stop: Hash;
  readonly count: number;
}

/** `timeout`: nothing came in time, which has been held against the peer. `gone`: it left, or nobody waits any more. */
export type HeadersAnswer = readonly Bytes[] | "timeout" | "gone";

interface Open {
  readonly requestId: number;
  readonly settle: (answer: HeadersAnswer) => void;
}

/** Requests that were given up, of each peer, whose answers may still come. */
const LATE_MAX = 16;

export class HeaderRequests {
  readonly #context: NetworkContext;
  readonly #open = new Map<Peer, Open>();
  readonly #late = new LateAnswers(LATE_MAX);

  constructor(context: NetworkContext) {
    this.#context = context;
  }

  async ask(peer: Peer, question: HeadersQuestion): Promise<HeadersAnswer> {
    this.cancel(peer);
    if (!peer.connected) return "gone";
    const { dependencies, options } = this.#context;
    const requestId = this.#context.nextRequestId();
    return new Promise((resolve) => {
      const timer = dependencies.scheduler.after(options.requestTimeoutMs, () => {
        this.#giveUp(peer, requestId);
        peer.offend("failure", SyncCode.stalled, `no headers within ${options.requestTimeoutMs} ms`);
        resolve("timeout");
      });
      const settle = (answer: HeadersAnswer) => {
        timer.cancel();
        resolve(answer);
      };
      this.#open.set(peer, { requestId, settle });
      peer.send({ type: "headers-request", requestId, ...question });
    });
  }

  onHeaders(peer: Peer, { requestId, headers }: Headers): void {
    const open = this.#open.get(peer);
    if (open?.requestId === requestId) {
      this.#open.delete(peer);
      open.settle(headers);
      return;
    }
    if (this.#late.take(peer, requestId)) return;
    peer.offend("violation", SyncCode.unrequested, "headers that were not asked for");
  }

  /** Nobody waits for this peer's answer any more. */
  cancel(peer: Peer): void {
    const open = this.#open.get(peer);
    if (open === undefined) return;
    this.#giveUp(peer, open.requestId);
    open.settle("gone");
  }

  onPeerGone(peer: Peer): void {
    this.cancel(peer);
    this.#late.onPeerGone(peer);
  }

  #giveUp(peer: Peer, requestId: number): void {
    this.#open.delete(peer);
    this.#late.expect(peer, requestId);
  }
}
