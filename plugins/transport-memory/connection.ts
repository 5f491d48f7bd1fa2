/**
 * One side of a connection: channels, limits, backpressure and reasons over an end of a link.
 *
 * The order of things at the end: `#ended` is set, from then on nothing is sent or handed over; then, in a turn of its own, the
 * listener is told. Of two reasons the first counts, on each side by itself.
 */
import {
  type Bytes,
  type ChannelSpec,
  type CloseReason,
  type Connection,
  type ConnectionSecurity,
  type Scheduler,
} from "../../core/sdk.js";
import type { TransportMemoryOptions } from "./config.js";
import { CloseCode, MessageTooLargeError, UnknownChannelError } from "./errors.js";
import { type Frame, LAST, type LinkEnd, type LinkUser } from "./link.js";
import type { TransportMetrics } from "./metrics.js";

export interface ConnectionFacts {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly security: ConnectionSecurity;
}

export interface ConnectionDependencies {
  readonly scheduler: Scheduler;
  readonly metrics: TransportMetrics;
  readonly channels: ReadonlyMap<number, ChannelSpec>;
  /** Called once nothing is left to be done for the connection. */
  readonly onEnded: () => void;
}

export class MemoryConnection implements Connection, LinkUser {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly security: ConnectionSecurity;
  readonly #end: LinkEnd;
  readonly #dependencies: ConnectionDependencies;
  readonly #options: TransportMemoryOptions;
  /** A sender was told to wait and not yet to go on. */
  #isFull = false;
  #isPaused = false;
  #ended: CloseReason | undefined;
  #closing: Promise<void> | undefined;
  /** All that was sent has been taken; set while a close waits for it. */
  #onAllTaken: (() => void) | undefined;
  #onMessage: ((channel: number, message: Bytes) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: ((reason: CloseReason) => void) | undefined;

  constructor(end: LinkEnd, facts: ConnectionFacts, dependencies: ConnectionDependencies, options: TransportMemoryOptions) {
    this.direction = facts.direction;
    this.remoteAddress = facts.remoteAddress;
    this.security = facts.security;
    this.#end = end;
    this.#dependencies = dependencies;
    this.#options = options;
    end.use(this);
  }

  send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
    if (this.#ended !== undefined) return "closed";
    const fault = this.#faultOf(channel, message);
    if (fault !== undefined) throw fault;
    if (this.#isFull && this.#end.bytesUnderWay + message.length > this.#options.maxQueueBytes) {
      void this.close(CloseCode.queueFull, "more is under way than the receiver takes; wait for the drain when `send` says so");
      return "closed";
    }
    const priority = this.#dependencies.channels.get(channel)?.priority ?? 0;
    // A copy: on a wire, too, the two sides never share memory.
    this.#end.put({ kind: "message", channel, message: new Uint8Array(message) }, priority);
    this.#dependencies.metrics.sentMessages.increment();
    this.#dependencies.metrics.sentBytes.increment(message.length);
    if (!this.#isFull && this.#end.bytesUnderWay > this.#options.queueBytes) {
      this.#isFull = true;
      this.#dependencies.metrics.waits.increment();
    }
    return this.#isFull ? "wait" : "sent";
  }

  close(code: string, message: string): Promise<void> {
    this.#closing ??= this.#close(code, message);
    return this.#closing;
  }

  async #close(code: string, message: string): Promise<void> {
    if (!this.#finish({ code, message, local: true })) return;
    const goodbye: Frame = { kind: "goodbye", code, message };
    this.#end.put(goodbye, LAST);
    // What still comes in is taken and dropped, so that the other side can end, too.
    this.#end.resume();
    await new Promise<void>((resolve) => {
      const timeout = this.#dependencies.scheduler.after(this.#options.closeTimeoutMs, resolve);
      this.#onAllTaken = () => {
        timeout.cancel();
        resolve();
      };
    });
    this.#end.cut(goodbye);
    this.#dependencies.onEnded();
  }

  onMessage(listener: (channel: number, message: Bytes) => void): void {
    this.#onMessage = listener;
    if (!this.#isPaused) this.#end.resume();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: (reason: CloseReason) => void): void {
    const isLate = this.#ended !== undefined && this.#onClose === undefined;
    this.#onClose = listener;
    if (isLate) this.#tell();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#ended === undefined) this.#end.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#onMessage !== undefined) this.#end.resume();
  }

  /** Of the link: the other side sent something. */
  onFrame(frame: Frame): void {
    if (this.#ended !== undefined) return;
    if (frame.kind === "goodbye") {
      this.#finish({ code: frame.code, message: frame.message, local: false });
      return;
    }
    const fault = this.#faultOf(frame.channel, frame.message);
    if (fault !== undefined) {
      void this.close(fault.code, fault.message);
      return;
    }
    this.#dependencies.metrics.receivedMessages.increment();
    this.#dependencies.metrics.receivedBytes.increment(frame.message.length);
    this.#onMessage?.(frame.channel, frame.message);
  }

  /** Of the link: the other side took something. */
  onTaken(bytesUnderWay: number): void {
    if (bytesUnderWay === 0) this.#onAllTaken?.();
    if (this.#ended !== undefined || !this.#isFull || bytesUnderWay > this.#options.queueBytes / 2) return;
    this.#isFull = false;
    this.#onDrain?.();
  }

  /** Of the link: it is gone. */
  onCut(lastWords: Frame | undefined): void {
    this.#onAllTaken?.();
    const { code, message } = lastWords?.kind === "goodbye" ? lastWords : { code: CloseCode.broken, message: "the other side vanished" };
    this.#finish({ code, message, local: false });
  }

  #faultOf(channel: number, { length: bytes }: Bytes) {
    const spec = this.#dependencies.channels.get(channel);
    if (spec === undefined) return new UnknownChannelError({ channel });
    const { maxMessageBytes } = spec;
    return bytes > maxMessageBytes ? new MessageTooLargeError({ channel, bytes, maxMessageBytes }) : undefined;
  }

  /** Answers whether this reason is the first, which counts. */
  #finish(reason: CloseReason): boolean {
    if (this.#ended !== undefined) return false;
    this.#ended = reason;
    this.#dependencies.metrics.closed.increment(1, { by: reason.local ? "local" : "remote" });
    if (!reason.local) this.#dependencies.onEnded();
    if (this.#onClose !== undefined) this.#tell();
    return true;
  }

  #tell(): void {
    void this.#dependencies.scheduler.yield().then(() => {
      if (this.#ended !== undefined) this.#onClose?.(this.#ended);
    });
  }
}
