/**
 * How much may be sent on each channel, and what the receiver lets in: an honest sender never meets the receiver's limit.
 *
 * The sender keeps to a token bucket of `burst` and `rate`; what exceeds it waits in the outbox. On its way a message may be held
 * up, and what was sent over a while arrives at once: but for less than S, the time after which a silent connection is given up
 * (ping interval + ping timeout). So whatever arrives between two moments was sent in that time or in the S before it, at most
 * burst + rate × (duration + S). The receiver's bucket has that size, burst + rate × S, and a quarter more of it all, for clocks
 * that differ; while the receiver itself does not read, its bucket gets what the time would have brought. Nothing but more than
 * an honest node sends empties it.
 *
 * Limits of channels that carry answers (headers, blocks, transactions, snapshots) are so high that they only bound a sender gone mad: an
 * answer that was not asked for is an offence of its own, and reading stops while too many bytes are under way.
 */
import type { ChannelSpec } from "../../ports/transport.js";
import { Channel } from "../channels.js";
import type { BucketLimits } from "./token-bucket.js";

const MEBIBYTE = 1024 * 1024;
const MARGIN = 1.25;

interface Pace {
  readonly messagesPerSecond: number;
  readonly messages: number;
  readonly bytesPerSecond: number;
  readonly bytes: number;
}

const PACE: Readonly<Record<number, Pace>> = {
  /** One message ever; the session counts it. */
  [Channel.handshake]: { messagesPerSecond: 1, messages: 1, bytesPerSecond: 4_096, bytes: 4_096 },
  [Channel.control]: { messagesPerSecond: 20, messages: 100, bytesPerSecond: MEBIBYTE / 4, bytes: MEBIBYTE },
  [Channel.announcements]: { messagesPerSecond: 500, messages: 2_000, bytesPerSecond: 8 * MEBIBYTE, bytes: 16 * MEBIBYTE },
  [Channel.requests]: { messagesPerSecond: 500, messages: 2_000, bytesPerSecond: 4 * MEBIBYTE, bytes: 8 * MEBIBYTE },
  [Channel.headers]: { messagesPerSecond: 500, messages: 2_000, bytesPerSecond: 128 * MEBIBYTE, bytes: 128 * MEBIBYTE },
  [Channel.blocks]: { messagesPerSecond: 20_000, messages: 40_000, bytesPerSecond: 256 * MEBIBYTE, bytes: 256 * MEBIBYTE },
  [Channel.transactions]: { messagesPerSecond: 2_000, messages: 4_000, bytesPerSecond: 64 * MEBIBYTE, bytes: 64 * MEBIBYTE },
  [Channel.snapshots]: { messagesPerSecond: 500, messages: 2_000, bytesPerSecond: 128 * MEBIBYTE, bytes: 128 * MEBIBYTE },
};
const ENGINE_PACE: Pace = { messagesPerSecond: 2_000, messages: 4_000, bytesPerSecond: 8 * MEBIBYTE, bytes: 16 * MEBIBYTE };

/** A burst holds so many of the largest messages. */
const LARGEST_MESSAGES = 4;

export function senderLimits(spec: ChannelSpec): BucketLimits {
  const pace = PACE[spec.number] ?? ENGINE_PACE;
  const largest = LARGEST_MESSAGES * spec.maxMessageBytes;
  return { ...pace, bytes: Math.max(pace.bytes, largest), bytesPerSecond: Math.max(pace.bytesPerSecond, spec.maxMessageBytes) };
}

/** @param silenceMs after which a silent connection is given up */
export function receiverLimits(spec: ChannelSpec, silenceMs: number): BucketLimits {
  const sender = senderLimits(spec);
  const silence = silenceMs / 1_000;
  return {
    messagesPerSecond: MARGIN * sender.messagesPerSecond,
    messages: MARGIN * (sender.messages + silence * sender.messagesPerSecond),
    bytesPerSecond: MARGIN * sender.bytesPerSecond,
    bytes: MARGIN * (sender.bytes + silence * sender.bytesPerSecond),
  };
}
