/**
 * One connection: frames over a socket that has been accepted by TLS and trust, with backpressure both ways.
 *
 * What is sent within one turn of the event loop, or while an earlier write is under way, goes out as one write. Two writes at
 * most are with the socket, so that an urgent message waits for little more than the operating system holds.
 * The socket is read only while somebody listens. All timeouts are judged by `sweep`, which the transport calls for all its
 * connections: a thousand connections need one timer, and no clock is read for a message.
 */
import type { Socket } from "node:net";
import {
  type Bytes,
  ChainwrightError,
  type Clock,
  type CloseReason,
  type Connection,
  type ConnectionSecurity,
  type Scheduler,
} from "../../core/sdk.js";
import type { BatchPool } from "./batch-pool.js";
import type { ChannelTable } from "./channel-table.js";
import { CloseCode, MessageTooLargeError, UnknownChannelError } from "./errors.js";
import { goodbyeFrame, readGoodbye, wireBytes } from "./frame.js";
import { FrameReader, type Received } from "./frame-reader.js";
import type { HeldMessages } from "./held-messages.js";
import type { ClosedBy, TransportMetrics } from "./metrics.js";
import { SendQueue } from "./send-queue.js";

/** Writes that are with the socket at a time: the next is there when one has gone. */
const UNDER_WAY_MAX = 2;

export interface ConnectionOptions {
  readonly sendBytesHigh: number;
  readonly sendBytesMax: number;
  readonly idleMs: number;
  readonly messageMs: number;
  readonly sendMs: number;
  readonly goodbyeMs: number;
}

export interface ConnectionDependencies {
  readonly channels: ChannelTable;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly metrics: TransportMetrics;
  readonly batches: BatchPool;
  readonly held: HeldMessages;
}

export interface ConnectionFacts {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly security: ConnectionSecurity;
}

/** Bytes in one direction, and when `sweep` last saw that they had moved. */
interface Progress {
  bytes: number;
  seenBytes: number;
  seenMs: number;
}

const nothing = (): void => undefined;

export class TcpConnection implements Connection {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly security: ConnectionSecurity;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #dependencies: ConnectionDependencies;
  readonly #reader: FrameReader;
  readonly #queue: SendQueue;
  /** Handed to the socket, and not yet taken by the operating system. */
  #underWay = 0;
  #writes = 0;
  #flushIsDue = false;
  /** Since when senders are told to wait; undefined while they are not. */
  #waitingSinceMs: number | undefined;
  #paused = false;
  #listened = false;
  #delivering = false;
  #closed: CloseReason | undefined;
  /** How it ended, while something that came before waits for a listener that paused. */
  #over: { readonly code: string; readonly message: string } | undefined;
  #sayGoodbye: (() => void) | undefined;
  readonly #gone: Promise<void>;
  #onMessage: (channel: number, message: Bytes) => void = nothing;
  #onDrain: () => void = nothing;
  #onClose: (reason: CloseReason) => void = nothing;
  readonly #read: Progress;
  readonly #written: Progress;

  /** @param onEnd called once, when the connection closes; the socket may take a moment longer */
  constructor(
    socket: Socket,
    facts: ConnectionFacts,
    dependencies: ConnectionDependencies,
    options: ConnectionOptions,
    private readonly onEnd: (by: ClosedBy, reason: CloseReason) => void,
  ) {
    this.direction = facts.direction;
    this.remoteAddress = facts.remoteAddress;
    this.security = facts.security;
    this.#socket = socket;
    this.#options = options;
    this.#dependencies = dependencies;
    this.#reader = new FrameReader(dependencies.channels, dependencies.held, () =>
      this.#fail(CloseCode.partialEvicted, "half-received messages of all connections are too much, and this one is the oldest"),
    );
    this.#queue = new SendQueue(dependencies.channels);
    const seenMs = dependencies.clock.monotonicMs();
    this.#read = { bytes: 0, seenBytes: 0, seenMs };
    this.#written = { bytes: 0, seenBytes: 0, seenMs };
    socket.on("data", (chunk: Bytes) => this.#take(chunk));
    socket.pause();
    // It comes also while the socket is paused, once nothing is left in it.
    socket.on("end", () => this.#noMore(CloseCode.closed, "the other side closed the connection without a goodbye"));
    socket.on("error", (error) => {
      // Who destroys it with an error of ours (a revoked certificate) has a reason of its own.
      if (ChainwrightError.is(error)) this.#end("transport", error.code, error.message, true);
      else this.#noMore(CloseCode.broken, error.message);
    });
    this.#gone = new Promise((resolve) => {
      const onClose = () => {
        this.#noMore(CloseCode.closed, "the connection is gone");
        resolve();
      };
      // It may have gone between its handshake and now.
      if (socket.closed) queueMicrotask(onClose);
      else socket.once("close", onClose);
    });
  }

  /** Bytes that wait to be sent, or are with the socket. */
  get unsentBytes(): number {
    return this.#queue.bytes + this.#underWay;
  }

  /** Bytes that are kept of messages which have not come to their end. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /** Resolves when the socket is gone, too. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
    const { channels, metrics, clock } = this.#dependencies;
    const limitBytes = channels.limit(channel);
    if (limitBytes === undefined) throw new UnknownChannelError({ channel });
    if (message.length > limitBytes) throw new MessageTooLargeError({ channel, bytes: message.length, limitBytes });
    if (this.#closed !== undefined) return "closed";
    const unsent = this.unsentBytes + wireBytes(message.length);
    if (unsent > this.#options.sendBytesMax) {
      this.#fail(CloseCode.sendOverflow, `more than ${this.#options.sendBytesMax} bytes could not be sent`);
      return "closed";
    }
    this.#queue.push(channel, message);
    metrics.traffic.sent(channel, message.length);
    this.#flushSoon();
    if (this.#waitingSinceMs === undefined && unsent > this.#options.sendBytesHigh) this.#waitingSinceMs = clock.monotonicMs();
    return this.#waitingSinceMs === undefined ? "sent" : "wait";
  }

  /** What was sent before still goes out, and the reason after it; after `goodbyeMs` the connection is cut. */
  close(code: string, message: string): Promise<void> {
    this.#leave("caller", code, message);
    return this.#gone;
  }

  /** Closes because the node stops. */
  stop(): Promise<void> {
    this.#leave("transport", CloseCode.stopping, "the node is stopping");
    return this.#gone;
  }

  onMessage(listener: (channel: number, message: Bytes) => void): void {
    this.#onMessage = listener;
    this.#listened = true;
    this.#deliverSoon();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: (reason: CloseReason) => void): void {
    this.#onClose = listener;
    const reason = this.#closed;
    if (reason !== undefined) queueMicrotask(() => listener(reason));
  }

  pause(): void {
    this.#paused = true;
    if (this.#closed === undefined) this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  /** Whether messages may be handed over; what is not read stays with the sender. */
  get #open(): boolean {
    return this.#listened && !this.#paused && this.#closed === undefined;
  }

  /** Closes what has been idle, stalled or stuck for too long. */
  sweep(nowMs: number): void {
    if (this.#closed !== undefined) return;
    const { idleMs, messageMs, sendMs } = this.#options;
    const stalledMs = this.#reader.inspect(nowMs, !this.#open);
    const silentMs = restedMs(this.#read, nowMs, !this.#open);
    const stuckMs = restedMs(this.#written, nowMs, this.unsentBytes === 0);
    if (stalledMs > messageMs) this.#fail(CloseCode.messageStalled, `a message stood still for ${messageMs} ms`);
    else if (stuckMs > sendMs) this.#fail(CloseCode.sendStalled, `nothing could be sent for ${sendMs} ms`);
    else if (silentMs > idleMs) this.#leave("transport", CloseCode.idle, `nothing was received for ${idleMs} ms`);
  }

  #take(chunk: Bytes): void {
    // After the close what still comes is dropped: unread bytes would turn the goodbye into a reset.
    if (this.#closed !== undefined) return;
    this.#read.bytes += chunk.length;
    this.#reader.push(chunk);
    this.#deliver();
  }

  /** Not at once: who resumes may be in the middle of something, or have other listeners to set. */
  #deliverSoon(): void {
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    // A listener that pauses and resumes within its call is served by the loop that called it.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#open) {
        const received = this.#reader.next();
        if (received === undefined) break;
        this.#received(received);
      }
    } finally {
      this.#delivering = false;
    }
    // Not within the loop: whom it evicts may be this one.
    this.#dependencies.held.relieve();
    if (!this.#open) return;
    const over = this.#over;
    if (over !== undefined) this.#end("network", over.code, over.message);
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Nothing more comes. What came is handed over first, and among it may be the other side's reason. */
  #noMore(code: string, message: string): void {
    this.#over ??= { code, message };
    if (this.#open || !this.#reader.hasUnread) this.#end("network", this.#over.code, this.#over.message);
  }

  #received(received: Received): void {
    if (received.type === "message") {
      this.#dependencies.metrics.traffic.received(received.channel, received.message.length);
      this.#onMessage(received.channel, received.message);
    } else if (received.type === "goodbye") {
      const { code, message } = readGoodbye(received.payload);
      this.#end("remote", code, message);
    } else this.#fail(received.code, received.message);
  }

  #flushSoon(): void {
    if (this.#flushIsDue || this.#writes > 0) return;
    this.#flushIsDue = true;
    void this.#dependencies.scheduler.yield().then(() => {
      this.#flushIsDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#socket.destroyed) return;
    const { batches } = this.#dependencies;
    while (this.#queue.bytes > 0 && this.#writes < UNDER_WAY_MAX) {
      const buffer = batches.take(this.#queue.bytes);
      const count = this.#queue.fill(buffer);
      this.#underWay += count;
      this.#writes++;
      this.#socket.write(count === buffer.length ? buffer : buffer.subarray(0, count), (error) => {
        this.#underWay -= count;
        this.#written.bytes += count;
        this.#writes--;
        // After an error nobody knows who still looks at it.
        if (error !== undefined && error !== null) return;
        batches.giveBack(buffer);
        this.#wroteSome();
      });
    }
    if (this.#queue.bytes === 0) this.#sayGoodbye?.();
  }

  /** The operating system took something. */
  #wroteSome(): void {
    this.#flush();
    if (this.#waitingSinceMs === undefined || this.#closed !== undefined || this.unsentBytes > this.#options.sendBytesHigh / 2) return;
    const { metrics, clock } = this.#dependencies;
    metrics.waited(clock.monotonicMs() - this.#waitingSinceMs);
    this.#waitingSinceMs = undefined;
    this.#onDrain();
  }

  /** The other end broke a rule, or does not take what is sent: nothing but the reason still goes out. */
  #fail(code: string, message: string): void {
    if (this.#closed !== undefined) return;
    this.#queue.clear();
    this.#leave("transport", code, message);
  }

  /** Ends it from this side: what waits goes out, then the reason. */
  #leave(by: ClosedBy, code: string, message: string): void {
    if (this.#closed !== undefined) return;
    const socket = this.#socket;
    if (socket.destroyed) {
      this.#end(by, code, message, true);
      return;
    }
    const { scheduler } = this.#dependencies;
    this.#sayGoodbye = () => {
      this.#sayGoodbye = undefined;
      socket.end(goodbyeFrame(code, message));
    };
    const cut = scheduler.after(this.#options.goodbyeMs, () => socket.destroy());
    socket.once("close", () => cut.cancel());
    socket.resume();
    this.#ended(by, { code, message, local: true });
    if (!this.#flushIsDue) this.#flush();
  }

  /** It has ended from the other side, or broke, or must not go on for another moment. */
  #end(by: ClosedBy, code: string, message: string, local = false): void {
    if (this.#closed !== undefined) return;
    this.#queue.clear();
    this.#socket.destroy();
    this.#ended(by, { code, message, local });
  }

  #ended(by: ClosedBy, reason: CloseReason): void {
    this.#closed = reason;
    this.#reader.clear();
    this.onEnd(by, reason);
    this.#onClose(reason);
  }
}

/** How long a direction has been seen not to move. `excused`: it had no reason to. */
function restedMs(progress: Progress, nowMs: number, excused: boolean): number {
  if (!excused && progress.bytes === progress.seenBytes) return nowMs - progress.seenMs;
  progress.seenBytes = progress.bytes;
  progress.seenMs = nowMs;
  return 0;
}
