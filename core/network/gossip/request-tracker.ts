/**
 * Requests for blocks that are under way, of gossip and of sync alike: what one of them fetches, the other does not ask for again.
 *
 * A peer answers its requests in order, so its clock runs while it owes anything and starts anew with each answer: one large
 * answer is not taken for silence. It stands while this node is busy with what the peer sent, because a node that does not read
 * has no right to complain. When it has run out, everything that the peer owes is given up. What comes after that is late, but
 * no offence, and still handed over: with a single slow peer nothing would ever arrive otherwise.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { BlockResponse, WireMessage } from "../wire/messages.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import { GossipOffences } from "./offences.js";

/**
 * Blocks that one peer may owe, those included that were given up: it answers in order, and will answer them, too. Half of what an
 * honest peer lets wait before it takes the asking for an attack.
 */
const OWED_MAX = 512;

export type BlockAnswer =
  | {
      readonly status: "block";
      /** Not looked at yet. */
      readonly bytes: Bytes;
      readonly certificate: Bytes | undefined;
      /** It was given up already: somebody else may have been asked. */
      readonly late: boolean;
    }
  /** `missing`: the peer says so. `timeout`: it did not answer (its offence is noted already). `gone`: it left. */
  | { readonly status: "missing" | "timeout" | "gone" };

/**
 * Called for each asked id, once (and a second time after `timeout` if it comes late). Its promise counts as work with the
 * peer's bytes. Must not reject.
 */
export type BlockAnswerListener = (peer: Peer, id: Hash, answer: BlockAnswer) => void | Promise<void>;

interface Request {
  readonly requestId: number;
  readonly remaining: Map<HashKey, Hash>;
  readonly onAnswer: BlockAnswerListener;
}

interface PeerRequests {
  readonly open: Map<number, Request>;
  /** Given up, and still to be answered. */
  readonly expired: Map<number, Request>;
  /** Answers that this node is busy with. */
  handling: number;
  timer: Cancellable | undefined;
}

const trackers = new WeakMap<NetworkContext, RequestTracker>();

export class RequestTracker implements ProtocolPart {
  readonly handles = ["block-response"] as const;
  readonly #context: NetworkContext;
  readonly #metrics: GossipMetrics;
  readonly #peers = new Map<Peer, PeerRequests>();
  /** Who is to answer. */
  readonly #asked = new Map<HashKey, Request>();
  /** Came, and its listener is busy with it: how many copies. */
  readonly #handled = new Map<HashKey, number>();

  /** The one of a network: its parts share it. */
  static of(context: NetworkContext): RequestTracker {
    const tracker = trackers.get(context) ?? new RequestTracker(context);
    trackers.set(context, tracker);
    return tracker;
  }

  private constructor(context: NetworkContext) {
    this.#context = context;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
  }

  /** Whether it is asked for, or has come and is being judged. */
  isUnderWay(id: Hash): boolean {
    const key = Hash.key(id);
    return this.#asked.has(key) || this.#handled.has(key);
  }

  /** Whether somebody is to answer for it. */
  isAsked(id: Hash): boolean {
    return this.#asked.has(Hash.key(id));
  }

  /** How many blocks a peer owes. */
  owedBy(peer: Peer): number {
    return remainingOf(this.#peers.get(peer)?.open);
  }

  /**
   * Asks a peer for blocks. Left out are those that somebody is asked for already, and those for which the peer owes too much.
   *
   * @param isSecond asks also for what somebody else is asked for
   * @returns what was asked for; each will be answered
   */
  request(peer: Peer, ids: readonly Hash[], onAnswer: BlockAnswerListener, isSecond = false): readonly Hash[] {
    const open = new Map<HashKey, Hash>();
    for (const id of ids) {
      const key = Hash.key(id);
      if (isSecond || !this.#asked.has(key)) open.set(key, id);
    }
    const room = OWED_MAX - this.owedBy(peer) - remainingOf(this.#peers.get(peer)?.expired);
    const asked = [...open.values()].slice(0, Math.max(0, room));
    if (!peer.connected || asked.length === 0) return [];
    for (let at = 0; at < asked.length; at += WIRE_LIMITS.blockIds) this.#ask(peer, asked.slice(at, at + WIRE_LIMITS.blockIds), onAnswer);
    this.#metrics.requested("block", asked.length);
    return asked;
  }

  /** Gives up what a peer owes, without blame, to ask somebody else: each is answered as `gone`. */
  release(peer: Peer): void {
    this.#giveUp(peer, "gone");
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (message.type === "block-response") return this.#onResponse(peer, message);
  }

  onPeerGone(peer: Peer): void {
    this.#giveUp(peer, "gone");
    this.#peers.delete(peer);
  }

  stop(): void {
    for (const state of this.#peers.values()) state.timer?.cancel();
    this.#peers.clear();
    this.#asked.clear();
  }

  #ask(peer: Peer, ids: readonly Hash[], onAnswer: BlockAnswerListener): void {
    const requestId = this.#context.nextRequestId();
    const request: Request = { requestId, remaining: new Map(ids.map((id) => [Hash.key(id), id])), onAnswer };
    const state = this.#stateOf(peer);
    state.open.set(requestId, request);
    for (const key of request.remaining.keys()) this.#asked.set(key, request);
    if (state.timer === undefined) this.#startClock(peer, state);
    peer.send({ type: "blocks-request", requestId, ids });
  }

  #onResponse(peer: Peer, { requestId, id, block, certificate }: BlockResponse): void | Promise<void> {
    const state = this.#peers.get(peer);
    const key = Hash.key(id);
    const open = state?.open.get(requestId);
    const request = open ?? state?.expired.get(requestId);
    if (state === undefined || request === undefined || !request.remaining.delete(key)) {
      this.#metrics.unrequested("block");
      peer.offend("violation", GossipOffences.unrequestedBlock, `block ${key} was not asked for`);
      return;
    }
    if (this.#asked.get(key) === request) this.#asked.delete(key);
    if (request.remaining.size === 0) (open === undefined ? state.expired : state.open).delete(requestId);
    this.#startClock(peer, state);
    if (block.length > 0) {
      const late = open === undefined;
      return this.#handle(peer, state, request, id, { status: "block", bytes: block, certificate: nonEmpty(certificate), late });
    }
    if (open === undefined) return;
    this.#metrics.failed("block", "missing", 1);
    this.#tell(peer, request, id, { status: "missing" });
  }

  async #handle(peer: Peer, state: PeerRequests, request: Request, id: Hash, answer: BlockAnswer): Promise<void> {
    const key = Hash.key(id);
    this.#handled.set(key, (this.#handled.get(key) ?? 0) + 1);
    state.handling++;
    await this.#tell(peer, request, id, answer);
    state.handling--;
    const copies = (this.#handled.get(key) ?? 1) - 1;
    if (copies > 0) this.#handled.set(key, copies);
    else this.#handled.delete(key);
    if (this.#peers.get(peer) === state) this.#startClock(peer, state);
  }

  async #tell(peer: Peer, request: Request, id: Hash, answer: BlockAnswer): Promise<void> {
    try {
      await request.onAnswer(peer, id, answer);
    } catch (error) {
      this.#context.dependencies.logger.error({ block: Hash.key(id), reason: messageOf(error) }, "an answer could not be handled");
    }
  }

  /** Counts from now, if the peer owes anything. */
  #startClock(peer: Peer, state: PeerRequests): void {
    state.timer?.cancel();
    state.timer = undefined;
    if (state.open.size === 0) return;
    const { dependencies, options } = this.#context;
    state.timer = dependencies.scheduler.after(options.requestTimeoutMs, () => {
      state.timer = undefined;
      if (state.handling > 0) this.#startClock(peer, state);
      else this.#onTimeout(peer);
    });
  }

  #onTimeout(peer: Peer): void {
    const owed = this.owedBy(peer);
    this.#context.dependencies.logger.debug({ peer: peer.nodeId, blocks: owed }, "a peer did not answer a request for blocks");
    peer.offend("failure", GossipOffences.blockTimeout, `no answer for ${owed} blocks within ${this.#context.options.requestTimeoutMs} ms`);
    this.#giveUp(peer, "timeout");
  }

  #giveUp(peer: Peer, reason: "timeout" | "gone"): void {
    const state = this.#peers.get(peer);
    if (state === undefined) return;
    state.timer?.cancel();
    state.timer = undefined;
    const requests = [...state.open.values()];
    state.open.clear();
    const lost: [Request, Hash][] = [];
    for (const request of requests) {
      state.expired.set(request.requestId, request);
      for (const [key, id] of request.remaining) {
        if (this.#asked.get(key) === request) this.#asked.delete(key);
        lost.push([request, id]);
      }
    }
    this.#metrics.failed("block", reason, lost.length);
    // After all of them are free: whoever hears of it may ask for any of them elsewhere.
    for (const [request, id] of lost) void this.#tell(peer, request, id, { status: reason });
  }

  #stateOf(peer: Peer): PeerRequests {
    let state = this.#peers.get(peer);
    if (state === undefined) {
      state = { open: new Map(), expired: new Map(), handling: 0, timer: undefined };
      this.#peers.set(peer, state);
    }
    return state;
  }
}

function remainingOf(requests: ReadonlyMap<number, Request> | undefined): number {
  let count = 0;
  for (const { remaining } of requests?.values() ?? []) count += remaining.size;
  return count;
}

function nonEmpty(bytes: Bytes): Bytes | undefined {
  return bytes.length === 0 ? undefined : bytes;
}
