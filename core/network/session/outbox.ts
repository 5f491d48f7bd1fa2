/**
 * What is to be sent and may not go yet: the channel's bucket is empty, or the transport asked to wait. Order holds within a channel.
 *
 * Small urgent messages (control, announcements, requests, the engine's) go past a transport that asks to wait, which has
 * priorities of its own; bulk waits here, where it is bounded.
 */
import { assert, present } from "../../kernel/assert.js";
import type { Cancellable, Clock, Scheduler } from "../../ports/runtime.js";
import type { ChannelSpec } from "../../ports/transport.js";
import type { Bytes } from "../../primitives/bytes.js";
import { senderLimits } from "./channel-limits.js";
import { TokenBucket } from "./token-bucket.js";

/** Channels of this priority and above are bulk (core/network/channels.ts). */
const BULK_PRIORITY = 3;

/** Of memory that a waiting message takes beside its bytes, about: many small ones count, too. */
const OVERHEAD_BYTES = 256;

/** What is paced goes in small bursts rather than by a timer for each message. */
const WAKE_MS_MIN = 20;

export type SendVerdict = "sent" | "wait" | "closed";

interface Lane {
  readonly spec: ChannelSpec;
  readonly bucket: TokenBucket;
  readonly queue: Queued[];
}

interface Queued {
  bytes: Bytes;
  /** Messages of one kind of which only the newest counts: a newer one takes the place of one that waits. */
  readonly kind: string | undefined;
}

export interface OutboxDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Hands bytes to the transport. */
  readonly transmit: (channel: number, bytes: Bytes) => SendVerdict;
  /** Everything has gone that had to wait. */
  readonly onDrain: () => void;
  readonly onPaced: () => void;
}

export class Outbox {
  readonly #dependencies: OutboxDependencies;
  readonly #channels: readonly ChannelSpec[];
  /** By channel; made at its first message: an idle connection costs little. */
  readonly #laneOfChannel: (Lane | undefined)[] = [];
  /** All of them, as they were made. */
  readonly #lanes: Lane[] = [];
  /** The transport asked to wait and has not drained since. */
  #waiting = false;
  #congested = false;
  #queuedBytes = 0;
  #timer: Cancellable | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(channels: readonly ChannelSpec[], dependencies: OutboxDependencies) {
    this.#dependencies = dependencies;
    this.#channels = channels;
  }

  /** Something waits, or the transport asked to wait. */
  get congested(): boolean {
    return this.#congested;
  }

  /** Memory that waiting messages take, about. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** @param kind see `Queued.kind` */
  send(channel: number, bytes: Bytes, kind?: string): SendVerdict {
    if (this.#closed) return "closed";
    const lane = this.#laneOf(channel);
    assert(bytes.length <= lane.spec.maxMessageBytes, `a message of channel ${channel} keeps its limit (${bytes.length} bytes)`);
    if (lane.queue.length === 0 && this.#mayGo(lane) && lane.bucket.take(bytes.length, this.#dependencies.clock.monotonicMs()))
      return this.#transmit(lane, bytes);
    const queued = kind === undefined ? undefined : lane.queue.find((other) => other.kind === kind);
    if (queued !== undefined) {
      this.#queuedBytes += bytes.length - queued.bytes.length;
      queued.bytes = bytes;
    } else {
      lane.queue.push({ bytes, kind });
      this.#queuedBytes += bytes.length + OVERHEAD_BYTES;
      this.#dependencies.onPaced();
    }
    this.#congested = true;
    this.#schedule();
    return "wait";
  }

  /** The transport has room again. */
  drained(): void {
    this.#waiting = false;
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const { queue } of this.#lanes) queue.length = 0;
    this.#queuedBytes = 0;
  }

  #laneOf(channel: number): Lane {
    const known = this.#laneOfChannel[channel];
    if (known !== undefined) return known;
    const spec = present(
      this.#channels.find(({ number }) => number === channel),
      `channel ${channel} is declared`,
    );
    const lane: Lane = { spec, bucket: new TokenBucket(senderLimits(spec), this.#dependencies.clock.monotonicMs()), queue: [] };
    this.#laneOfChannel[channel] = lane;
    this.#lanes.push(lane);
    return lane;
  }

  #mayGo(lane: Lane): boolean {
    return !this.#waiting || lane.spec.priority < BULK_PRIORITY;
  }

  #transmit(lane: Lane, bytes: Bytes): SendVerdict {
    const verdict = this.#dependencies.transmit(lane.spec.number, bytes);
    if (verdict === "wait") {
      this.#waiting = true;
      this.#congested = true;
    }
    return verdict;
  }

  /** Sends what may go now, urgent channels first. */
  #pump(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    const lanes = [...this.#lanes].sort((a, b) => a.spec.priority - b.spec.priority);
    for (const lane of lanes) {
      let sent = 0;
      for (const { bytes } of lane.queue) {
        if (this.#closed || !this.#mayGo(lane) || !lane.bucket.take(bytes.length, nowMs)) break;
        this.#queuedBytes -= bytes.length + OVERHEAD_BYTES;
        sent++;
        this.#transmit(lane, bytes);
      }
      lane.queue.splice(0, sent);
    }
    if (this.#closed) return;
    this.#schedule();
    if (!this.#congested || this.#waiting || lanes.some(({ queue }) => queue.length > 0)) return;
    this.#congested = false;
    this.#dependencies.onDrain();
  }

  /** Wakes up when the first bucket has enough for what waits at its head. */
  #schedule(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes) {
      const head = lane.queue[0];
      if (head !== undefined && this.#mayGo(lane))
        waitMs = Math.min(waitMs, Math.max(WAKE_MS_MIN, lane.bucket.waitMs(head.bytes.length, nowMs)));
    }
    const dueMs = nowMs + waitMs;
    if (dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#dependencies.scheduler.after(waitMs, () => {
      this.#timerDueMs = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }
}
