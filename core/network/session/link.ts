/**
 * One connection as messages: encodes and decodes, keeps to the channels' limits on both ways, counts, and closes once.
 *
 * It knows nothing of who is at the other end. First the handshake listens to it, then the session; what they get is a decoded
 * message or the fault that ends the connection.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Clock, Logger, Scheduler } from "../../ports/runtime.js";
import type { ChannelSpec, CloseReason, Connection, ConnectionSecurity } from "../../ports/transport.js";
import type { Bytes } from "../../primitives/bytes.js";
import type { NetworkMetrics } from "../metrics.js";
import type { EncodedMessage, WireCodec } from "../wire/codec.js";
import { isWireError } from "../wire/errors.js";
import type { WireMessage } from "../wire/messages.js";
import { receiverLimits } from "./channel-limits.js";
import { CloseCode, type Refusal } from "./close-codes.js";
import { Outbox, type SendVerdict } from "./outbox.js";
import { TokenBucket } from "./token-bucket.js";

export interface LinkDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: NetworkMetrics;
  readonly codec: WireCodec;
  readonly channels: readonly ChannelSpec[];
  /** Of the transports. */
  readonly schemes: ReadonlySet<string>;
}

export interface LinkOptions {
  /** After which a silent connection is given up. */
  readonly silenceMs: number;
  /** Unsent bytes beyond which the other side reads too slowly for what it asks. */
  readonly unsentBytes: number;
}

export interface LinkListener {
  onMessage(message: WireMessage, bytes: number): void;
  /** The other side broke the rules of the connection; the listener closes it. */
  onFault(fault: Refusal): void;
  onDrain(): void;
  /** Once; nothing comes after it. */
  onClose(reason: CloseReason): void;
}

export class Link {
  readonly #connection: Connection;
  readonly #dependencies: LinkDependencies;
  readonly #options: LinkOptions;
  readonly #outbox: Outbox;
  /** By channel; made at its first message: an idle connection costs little. */
  readonly #buckets: (TokenBucket | undefined)[] = [];
  #listener: LinkListener;
  #open = true;
  #closed: Promise<void> = Promise.resolve();
  #pausedAtMs: number | undefined;
  /** Sum of all times in which nothing was read. */
  #pausedMs = 0;

  constructor(connection: Connection, listener: LinkListener, dependencies: LinkDependencies, options: LinkOptions) {
    this.#connection = connection;
    this.#listener = listener;
    this.#dependencies = dependencies;
    this.#options = options;
    this.#outbox = new Outbox(dependencies.channels, {
      clock: dependencies.clock,
      scheduler: dependencies.scheduler,
      transmit: (channel, bytes) => connection.send(channel, bytes),
      onDrain: () => this.#listener.onDrain(),
      onPaced: () => dependencies.metrics.paced(),
    });
  }

  /** Begins to listen. A transport may tell at once what has come, or that the connection is over. */
  open(): void {
    this.#connection.onClose((reason) => this.#end(reason));
    this.#connection.onDrain(() => this.#outbox.drained());
    this.#connection.onMessage((channel, bytes) => this.#receive(channel, bytes));
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get direction(): Connection["direction"] {
    return this.#connection.direction;
  }

  get remoteAddress(): string {
    return this.#connection.remoteAddress;
  }

  get security(): ConnectionSecurity {
    return this.#connection.security;
  }

  get congested(): boolean {
    return this.#outbox.congested;
  }

  get paused(): boolean {
    return this.#pausedAtMs !== undefined;
  }

  /** Hands over to another listener, which gets everything from the next message on. */
  listen(listener: LinkListener): void {
    this.#listener = listener;
  }

  /** @throws WIRE_LIMIT for a message that is larger than its channel allows */
  send(message: WireMessage): SendVerdict {
    if (!this.#open) return "closed";
    const { channel, bytes } = encodedBy(this.#dependencies.codec, message);
    this.#dependencies.metrics.sent(message.type, bytes.length);
    const verdict = this.#outbox.send(channel, bytes, NEWEST_COUNTS.has(message.type) ? message.type : undefined);
    // One message may be as large as it likes; it is who lets them pile up that we part from.
    if (verdict === "wait" && this.#outbox.queuedBytes > this.#options.unsentBytes + bytes.length) {
      this.close(CloseCode.slowReader, "it asks for more than it reads");
      return "closed";
    }
    return verdict;
  }

  /** Settles once the other side was told, if this side ended it. Never rejects. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Tells the other side why, and ends. */
  close(code: string, message: string): void {
    if (!this.#open) return;
    this.#end({ code, message, local: true });
    // A transport that fails to close politely has closed all the same.
    this.#closed = this.#connection.close(code, message).catch((error: unknown) => {
      this.#dependencies.logger.debug({ reason: messageOf(error), address: this.remoteAddress }, "a connection did not close cleanly");
    });
  }

  pause(): void {
    if (this.#pausedAtMs !== undefined || !this.#open) return;
    this.#pausedAtMs = this.#dependencies.clock.monotonicMs();
    this.#connection.pause();
  }

  resume(): void {
    if (this.#pausedAtMs === undefined || !this.#open) return;
    const nowMs = this.#dependencies.clock.monotonicMs();
    const pausedMs = nowMs - this.#pausedAtMs;
    for (const bucket of this.#buckets) bucket?.grant(pausedMs, nowMs);
    this.#pausedMs += pausedMs;
    this.#pausedAtMs = undefined;
    this.#connection.resume();
  }

  #receive(channel: number, bytes: Bytes): void {
    if (!this.#open) return;
    // A channel that nobody declared has no bucket; the codec says what it is.
    if (this.#bucketOf(channel)?.take(bytes.length, this.#dependencies.clock.monotonicMs()) === false) {
      this.#listener.onFault({ code: CloseCode.flood, message: `more on channel ${channel} than it may carry` });
      return;
    }
    let message: WireMessage;
    try {
      message = this.#dependencies.codec.decodeMessage(channel, bytes);
    } catch (error) {
      if (!isWireError(error)) throw error;
      this.#listener.onFault({ code: error.code, message: error.message });
      return;
    }
    this.#dependencies.metrics.received(message.type, bytes.length);
    this.#listener.onMessage(message, bytes.length);
  }

  #bucketOf(channel: number): TokenBucket | undefined {
    const known = this.#buckets[channel];
    if (known !== undefined) return known;
    const spec = this.#dependencies.channels.find(({ number }) => number === channel);
    if (spec === undefined) return undefined;
    const nowMs = this.#dependencies.clock.monotonicMs();
    const bucket = new TokenBucket(receiverLimits(spec, this.#options.silenceMs), nowMs);
    bucket.grant(this.#pausedMs, nowMs);
    this.#buckets[channel] = bucket;
    return bucket;
  }

  #end(reason: CloseReason): void {
    if (!this.#open) return;
    this.#open = false;
    this.#outbox.close();
    this.#dependencies.metrics.closed(reason.code, reason.local);
    this.#listener.onClose(reason);
  }
}

/** Of these only the newest counts: of several that wait, one goes. A pong answers all pings before it. */
const NEWEST_COUNTS: ReadonlySet<WireMessage["type"]> = new Set(["status", "pong"]);

/** What goes to many peers is one object, sent to one after the other, and encoded once. */
let last: { readonly message: WireMessage; readonly codec: WireCodec; readonly encoded: EncodedMessage } | undefined;

function encodedBy(codec: WireCodec, message: WireMessage): EncodedMessage {
  if (last?.message === message && last.codec === codec) return last.encoded;
  const encoded = codec.encodeMessage(message);
  last = { message, codec, encoded };
  return encoded;
}
