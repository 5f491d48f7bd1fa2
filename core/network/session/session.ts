/**
 * A peer on its connection, after Hello: hands messages to the parts of the protocol, keeps the connection alive, and tells the
 * peer book what the peer is worth.
 *
 * A handler may take its time; bytes of messages that it has not done with are under way, and when there are too many of them
 * the connection is not read until half of them are done.
 */
import { AssertionFailure } from "../../kernel/assert.js";
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable, Clock, Entropy, Logger, Scheduler } from "../../ports/runtime.js";
import type { CloseReason } from "../../ports/transport.js";
import type { PeerInfo } from "../../ports/views.js";
import { uint32At } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkMetrics } from "../metrics.js";
import type { NetworkOptions } from "../options.js";
import type { Merit, Offence, Peer, ProtocolPart } from "../peer.js";
import type { HeadClaim, Hello, WireMessage, WireMessageType } from "../wire/messages.js";
import { CloseCode, type Refusal } from "./close-codes.js";
import { SERVES_CHAIN, SERVES_CHECKPOINTS } from "./hello.js";
import type { Link, LinkListener } from "./link.js";

/** What a session tells of its peer's conduct; the peer book keeps it. */
export interface Reputation {
  score(nodeId: string): number;
  reward(nodeId: string, merit: Merit): void;
  /** @returns whether the peer is banned now */
  offend(nodeId: string, offence: Offence, code: string): boolean;
}

export interface SessionDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly metrics: NetworkMetrics;
  readonly reputation: Reputation;
  readonly options: Pick<NetworkOptions, "pingIntervalMs" | "pingTimeoutMs" | "bytesUnderWay">;
  readonly parts: readonly ProtocolPart[];
  /** Which part answers a type of message. */
  readonly handlers: ReadonlyMap<WireMessageType, ProtocolPart>;
  /** Its connection is over; the parts have not heard yet. */
  readonly onGone: (session: Session, reason: CloseReason) => void;
}

/** Pings in a row that may stay without their pong while other messages come. */
const UNANSWERED_PINGS_MAX = 3;

export class Session implements Peer, LinkListener {
  readonly nodeId: string;
  readonly hello: Hello;
  readonly connectedSinceMs: number;
  readonly #link: Link;
  readonly #dependencies: SessionDependencies;
  #head: HeadClaim;
  /** Parts that know of this peer, and will hear of its end. */
  readonly #informed: ProtocolPart[] = [];
  #bytesUnderWay = 0;
  #latencyMs: number | undefined;
  /** Nonce and time of pings without their pong, oldest first. */
  readonly #pings: { readonly nonce: number; readonly atMs: number }[] = [];
  #lastHeardMs: number;
  #pingTimer: Cancellable | undefined;

  constructor(link: Link, greeting: { readonly hello: Hello; readonly nodeId: string }, dependencies: SessionDependencies) {
    this.nodeId = greeting.nodeId;
    this.hello = greeting.hello;
    this.#head = greeting.hello.head;
    this.#link = link;
    this.#dependencies = dependencies;
    this.connectedSinceMs = dependencies.clock.nowMs();
    this.#lastHeardMs = dependencies.clock.monotonicMs();
  }

  get direction(): Peer["direction"] {
    return this.#link.direction;
  }

  get address(): string {
    return this.#link.remoteAddress;
  }

  get head(): HeadClaim {
    return this.#head;
  }

  get servesChain(): boolean {
    return (this.hello.services & (SERVES_CHAIN | SERVES_CHECKPOINTS)) !== 0;
  }

  get servesCheckpoints(): boolean {
    return (this.hello.services & SERVES_CHECKPOINTS) !== 0;
  }

  get congested(): boolean {
    return this.#link.congested;
  }

  get connected(): boolean {
    return this.#link.isOpen;
  }

  get info(): PeerInfo {
    return {
      nodeId: this.nodeId,
      address: this.address,
      direction: this.direction,
      agent: this.hello.agent,
      headHeight: this.#head.height,
      headId: Hash.key(this.#head.id),
      scoreMilli: this.#dependencies.reputation.score(this.nodeId),
      connectedSinceMs: this.connectedSinceMs,
      ...(this.#latencyMs === undefined ? {} : { latencyMs: this.#latencyMs }),
    };
  }

  /** Takes over the connection and tells the parts. */
  open(): void {
    this.#link.listen(this);
    for (const part of this.#dependencies.parts) {
      // One of them may have closed it.
      if (!this.connected) return;
      this.#informed.push(part);
      part.onPeer?.(this);
    }
    if (this.connected) this.#ping();
  }

  send(message: WireMessage): "sent" | "wait" | "closed" {
    return this.#link.send(message);
  }

  reward(merit: Merit): void {
    this.#dependencies.reputation.reward(this.nodeId, merit);
  }

  offend(offence: Offence, code: string, reason: string): void {
    const { reputation, metrics, logger } = this.#dependencies;
    const spent = offence === "invalid" && reputation.score(this.nodeId) === 0;
    const counted = spent ? "violation" : offence;
    metrics.offended(counted, code);
    logger.debug({ peer: this.nodeId, address: this.address, offence: counted, code, reason }, "a peer broke the rules");
    const isBanned = reputation.offend(this.nodeId, counted, code);
    if (isBanned) this.close(CloseCode.banned, `banned for repeated violations, at last ${code}`);
    else if (spent) this.close(CloseCode.noScoreLeft, reason);
    else if (offence === "violation") this.close(code, reason);
  }

  close(code: string, message: string): void {
    this.#link.close(code, message);
  }

  /** See Link.closed. */
  get closed(): Promise<void> {
    return this.#link.closed;
  }

  /** Asks for a sign of life now: somebody claims to be this peer on another connection. */
  probe(): void {
    if (this.#pings.length === 0) this.#ping();
  }

  onMessage(message: WireMessage, bytes: number): void {
    this.#lastHeardMs = this.#dependencies.clock.monotonicMs();
    switch (message.type) {
      case "hello":
        this.offend("violation", CloseCode.unexpectedHello, "a second Hello");
        return;
      case "ping":
        this.send({ type: "pong", nonce: message.nonce });
        return;
      case "pong":
        this.#onPong(message.nonce);
        return;
      case "status":
        this.#head = message.head;
        for (const part of this.#dependencies.parts) if (this.connected) part.onPeerHead?.(this);
        return;
      default:
        this.#dispatch(message, bytes);
    }
  }

  onFault({ code, message }: Refusal): void {
    this.offend("violation", code, message);
  }

  onDrain(): void {
    for (const part of this.#dependencies.parts) if (this.connected) part.onDrain?.(this);
  }

  onClose(reason: CloseReason): void {
    this.#pingTimer?.cancel();
    this.#dependencies.onGone(this, reason);
    for (const part of this.#informed.splice(0)) part.onPeerGone?.(this);
  }

  #dispatch(message: WireMessage, bytes: number): void {
    const part = this.#dependencies.handlers.get(message.type);
    if (part === undefined) return;
    let outcome: void | Promise<void>;
    try {
      outcome = part.onMessage(this, message);
    } catch (error) {
      this.#onHandlerFailure(message.type, error);
      return;
    }
    if (outcome === undefined) return;
    this.#bytesUnderWay += bytes;
    if (this.#bytesUnderWay > this.#dependencies.options.bytesUnderWay) this.#link.pause();
    outcome
      .catch((error: unknown) => this.#onHandlerFailure(message.type, error))
      .finally(() => {
        this.#bytesUnderWay -= bytes;
        if (this.#bytesUnderWay * 2 <= this.#dependencies.options.bytesUnderWay) this.#link.resume();
      });
  }

  /** A handler failed at something that a peer sent: a fault of ours. The connection ends; a broken invariant ends the node. */
  #onHandlerFailure(type: WireMessageType, error: unknown): void {
    this.close(CloseCode.internal, "an error of this node");
    if (error instanceof AssertionFailure) throw error;
    this.#dependencies.logger.error({ type, peer: this.nodeId, reason: messageOf(error) }, "a message could not be handled");
  }

  #ping(): void {
    const { clock, scheduler, entropy, options } = this.#dependencies;
    this.#pingTimer?.cancel();
    const nonce = uint32At(entropy.bytes(4), 0);
    const atMs = clock.monotonicMs();
    this.#pings.push({ nonce, atMs });
    this.send({ type: "ping", nonce });
    this.#pingTimer = scheduler.after(options.pingTimeoutMs, () => this.#onPingDue(atMs, atMs + options.pingTimeoutMs));
  }

  /** The time for a pong has passed. @param dueMs when that is; much later, this node did nothing for a while */
  #onPingDue(atMs: number, dueMs: number): void {
    const { scheduler, clock, options } = this.#dependencies;
    const nowMs = clock.monotonicMs();
    if (this.#link.paused || nowMs - dueMs > options.pingTimeoutMs / 2) {
      // We do not read, or have not read what came meanwhile: we can't complain.
      this.#pingTimer = scheduler.after(options.pingTimeoutMs, () => this.#onPingDue(atMs, nowMs + options.pingTimeoutMs));
      return;
    }
    const isSilent = this.#pings.length > 0 && this.#lastHeardMs <= atMs;
    if (isSilent || this.#pings.length >= UNANSWERED_PINGS_MAX) {
      this.offend("failure", CloseCode.pingTimeout, "no answer to a ping");
      this.close(CloseCode.pingTimeout, `no answer to a ping within ${options.pingTimeoutMs} ms`);
      return;
    }
    this.#pingTimer = scheduler.after(options.pingIntervalMs, () => this.#ping());
  }

  #onPong(nonce: number): void {
    const index = this.#pings.findIndex((ping) => ping.nonce === nonce);
    const ping = this.#pings[index];
    if (ping === undefined) {
      this.offend("invalid", CloseCode.unexpectedPong, "a pong that nobody asked for");
      return;
    }
    this.#latencyMs = this.#dependencies.clock.monotonicMs() - ping.atMs;
    this.#pings.splice(0, index + 1);
  }
}
