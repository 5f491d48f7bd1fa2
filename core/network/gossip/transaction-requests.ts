/**
 * Requests for transactions that are under way: one at a peer. Its clock starts anew with each part of the answer, and stands
 * while this node is busy with one. A peer that lets it run out is asked for nothing more until it answers after all.
 */
import type { Cancellable } from "../../ports/runtime.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { TransactionWant } from "./transaction-wants.js";

/** Requests of one peer that were given up and may still be answered. */
const EXPIRED_MAX = 16;

export interface TransactionRequest {
  readonly requestId: number;
  /** Not answered yet. */
  readonly wants: Map<HashKey, TransactionWant>;
  /** How many there were. */
  readonly asked: number;
  /** Given up: its wants are others' now, what comes is late. */
  isOver: boolean;
}

interface PeerRequests {
  open: TransactionRequest | undefined;
  readonly expired: Map<number, TransactionRequest>;
  isStalled: boolean;
  /** Parts of answers that this node is busy with. */
  handling: number;
  timer: Cancellable | undefined;
}

export class OpenRequests {
  readonly #context: NetworkContext;
  readonly #onTimeout: (peer: Peer, request: TransactionRequest) => void;
  readonly #peers = new Map<Peer, PeerRequests>();
  #count = 0;

  constructor(context: NetworkContext, onTimeout: (peer: Peer, request: TransactionRequest) => void) {
    this.#context = context;
    this.#onTimeout = onTimeout;
  }

  /** Transactions that peers owe. */
  get count(): number {
    return this.#count;
  }

  isFree(peer: Peer): boolean {
    const state = this.#peers.get(peer);
    return state === undefined || (state.open === undefined && !state.isStalled);
  }

  open(peer: Peer, wants: readonly TransactionWant[]): void {
    const requestId = this.#context.nextRequestId();
    const request: TransactionRequest = {
      requestId,
      wants: new Map(wants.map((want) => [want.key, want])),
      asked: wants.length,
      isOver: false,
    };
    const state = this.#peers.get(peer) ?? { open: undefined, expired: new Map(), isStalled: false, handling: 0, timer: undefined };
    this.#peers.set(peer, state);
    state.open = request;
    this.#count += request.asked;
    this.#startClock(peer, state);
    peer.send({ type: "transactions-request", requestId, hashes: wants.map(({ key }) => Hash.parse(key)) });
  }

  /** The request that a message answers, whether it is in time or late. */
  find(peer: Peer, requestId: number): TransactionRequest | undefined {
    const state = this.#peers.get(peer);
    if (state?.open?.requestId === requestId) return state.open;
    return state?.expired.get(requestId);
  }

  /** One of its transactions came. Answers false if it was not asked for in this request, or came before. */
  fulfil(request: TransactionRequest, key: HashKey): boolean {
    if (!request.wants.delete(key)) return false;
    if (!request.isOver) this.#count--;
    return true;
  }

  /** Holds the clock while this node is busy with a part of an answer; `done` ends that. */
  handle(peer: Peer): { readonly done: () => void } {
    const state = this.#peers.get(peer);
    if (state === undefined) return { done: () => undefined };
    state.handling++;
    state.isStalled = false;
    this.#startClock(peer, state);
    return {
      done: () => {
        state.handling--;
        if (this.#peers.get(peer) === state) this.#startClock(peer, state);
      },
    };
  }

  /** The last part of its answer has come. */
  close(peer: Peer, request: TransactionRequest): void {
    const state = this.#peers.get(peer);
    if (state === undefined) return;
    state.expired.delete(request.requestId);
    if (state.open !== request) return;
    state.open = undefined;
    this.#count -= request.wants.size;
    this.#startClock(peer, state);
  }

  /** The peer is gone; answers what it owes. */
  forget(peer: Peer): TransactionRequest | undefined {
    const state = this.#peers.get(peer);
    this.#peers.delete(peer);
    state?.timer?.cancel();
    if (state?.open === undefined) return undefined;
    state.open.isOver = true;
    this.#count -= state.open.wants.size;
    return state.open;
  }

  clear(): void {
    for (const peer of [...this.#peers.keys()]) this.forget(peer);
  }

  #startClock(peer: Peer, state: PeerRequests): void {
    state.timer?.cancel();
    state.timer = undefined;
    if (state.open === undefined) return;
    const { dependencies, options } = this.#context;
    state.timer = dependencies.scheduler.after(options.requestTimeoutMs, () => {
      state.timer = undefined;
      if (state.handling > 0) this.#startClock(peer, state);
      else this.#expire(peer, state);
    });
  }

  #expire(peer: Peer, state: PeerRequests): void {
    const { open } = state;
    if (open === undefined) return;
    state.open = undefined;
    state.isStalled = true;
    open.isOver = true;
    this.#count -= open.wants.size;
    state.expired.set(open.requestId, open);
    const oldest = state.expired.keys().next();
    if (state.expired.size > EXPIRED_MAX && oldest.done !== true) state.expired.delete(oldest.value);
    this.#onTimeout(peer, open);
  }
}
