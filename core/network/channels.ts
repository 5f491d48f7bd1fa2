/**
 * The channels of a connection: which messages go where, how large they may be, and who goes first. A channel keeps order;
 * between channels there is none. Numbers below 64 are core's; an engine's channels follow from 64 on, in its own order.
 */
import type { EngineChannel } from "../ports/consensus.js";
import type { ChannelSpec } from "../ports/transport.js";
import { BadEngineChannelsError } from "./errors.js";
import type { WireMessageType } from "./wire/messages.js";

export const Channel = {
  handshake: 0,
  control: 1,
  announcements: 2,
  requests: 3,
  headers: 4,
  blocks: 5,
  transactions: 6,
  snapshots: 7,
} as const;

export const FIRST_ENGINE_CHANNEL = 64;
export const ENGINE_CHANNELS_MAX = 64;

const KIBIBYTE = 1024;
/** Envelope around a block or transaction: ids, lengths, a certificate of up to 64 KiB. */
const ENVELOPE_BYTES = 68 * KIBIBYTE;

/** Where each message travels; engine messages have channels of their own. */
export const CHANNEL_OF: Readonly<Record<Exclude<WireMessageType, "engine">, number>> = {
  hello: Channel.handshake,
  ping: Channel.control,
  pong: Channel.control,
  status: Channel.control,
  "peers-request": Channel.control,
  peers: Channel.control,
  "block-announcement": Channel.announcements,
  certificate: Channel.announcements,
  "headers-request": Channel.requests,
  "blocks-request": Channel.requests,
  "transactions-request": Channel.requests,
  headers: Channel.headers,
  "block-response": Channel.blocks,
  "transaction-announcement": Channel.transactions,
  transactions: Channel.transactions,
  "header-range-request": Channel.requests,
  "header-range": Channel.headers,
  "snapshots-request": Channel.requests,
  "snapshot-manifest-request": Channel.requests,
  "snapshot-chunk-request": Channel.requests,
  snapshots: Channel.snapshots,
  "snapshot-manifest": Channel.snapshots,
  "snapshot-chunk": Channel.snapshots,
};

/**
 * All channels of a chain's connections.
 *
 * @param limits largest block and transaction that any rules of the chain allow, bytes
 */
export function channelSpecs(
  limits: { readonly blockBytes: number; readonly transactionBytes: number },
  engineChannels: readonly EngineChannel[],
): readonly ChannelSpec[] {
  return [
    { number: Channel.handshake, maxMessageBytes: 4 * KIBIBYTE, priority: 0 },
    { number: Channel.control, maxMessageBytes: 32 * KIBIBYTE, priority: 0 },
    { number: Channel.announcements, maxMessageBytes: ENVELOPE_BYTES, priority: 1 },
    { number: Channel.requests, maxMessageBytes: 64 * KIBIBYTE, priority: 1 },
    { number: Channel.headers, maxMessageBytes: 2_048 * KIBIBYTE, priority: 3 },
    { number: Channel.blocks, maxMessageBytes: limits.blockBytes + ENVELOPE_BYTES, priority: 5 },
    { number: Channel.transactions, maxMessageBytes: Math.max(256 * KIBIBYTE, limits.transactionBytes + ENVELOPE_BYTES), priority: 4 },
    { number: Channel.snapshots, maxMessageBytes: 1_028 * KIBIBYTE, priority: 6 },
    ...engineChannels.map(({ maxMessageBytes }, index) => ({ number: FIRST_ENGINE_CHANNEL + index, maxMessageBytes, priority: 2 })),
  ];
}

/** What a length on the wire can say. */
const MESSAGE_BYTES_MAX = 2 ** 32 - 1;

/**
 * Checks what an engine declares, before anything is built on it: engines are plugins.
 *
 * @throws NETWORK_BAD_ENGINE_CHANNELS
 */
export function checkEngineChannels(channels: readonly EngineChannel[]): void {
  if (channels.length > ENGINE_CHANNELS_MAX)
    throw new BadEngineChannelsError({ reason: `there are ${channels.length}, and room for ${ENGINE_CHANNELS_MAX}` });
  const names = new Set<string>();
  for (const { name, maxMessageBytes } of channels) {
    // Printable ASCII: names are hashed with what they carry (gossip/engine-gossip.ts).
    if (!/^[\x20-\x7e]+$/.test(name)) throw new BadEngineChannelsError({ reason: `${JSON.stringify(name)} is no name in printable ASCII` });
    if (names.has(name)) throw new BadEngineChannelsError({ reason: `two have the name ${JSON.stringify(name)}` });
    names.add(name);
    if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 1 || maxMessageBytes > MESSAGE_BYTES_MAX)
      throw new BadEngineChannelsError({
        reason: `messages on ${JSON.stringify(name)} have at most 1 to ${MESSAGE_BYTES_MAX} bytes, not ${maxMessageBytes}`,
      });
  }
}
