/**
 * Turns messages into the bytes of their channel and back. proto/network.proto is the schema, PROTOCOL.md the meaning.
 *
 * Decoding throws nothing but WIRE_* errors (errors.ts), takes time linear in the bytes, and allocates only within the limits of
 * limits.ts. Values that may live long (ids, headers, transactions, certificates) are copies, so that they do not keep a
 * received buffer alive; an encoded block and an engine's payload are views of it, being about as large as it is.
 *
 * ```ts
 * const codec = new WireCodec({ blockBytes: 8 * 2 ** 20, transactionBytes: 65_536 }, engine.channels);
 * const { channel, bytes } = codec.encodeMessage({ type: "ping", nonce: 7 });
 * codec.decodeMessage(channel, bytes); // { type: "ping", nonce: 7 }
 * ```
 */
import { assert, present } from "../../kernel/assert.js";
import type { EngineChannel } from "../../ports/consensus.js";
import type { ChannelSpec } from "../../ports/transport.js";
import type { Bytes } from "../../primitives/bytes.js";
import { type MessageShape, messageShape } from "../../primitives/codec.js";
import { CHANNEL_OF, Channel, channelSpecs, ENGINE_CHANNELS_MAX, FIRST_ENGINE_CHANNEL } from "../channels.js";
import { ANNOUNCEMENT_MESSAGES, BLOCK_MESSAGES, BLOCK_REQUEST_MESSAGES, HEADERS_MESSAGES } from "./block-messages.js";
import { CONTROL_MESSAGES } from "./control-messages.js";
import { NoMessageError, UnknownChannelError, WireLimitError } from "./errors.js";
import { HANDSHAKE_MESSAGES } from "./handshake-messages.js";
import type { ContentLimits } from "./limits.js";
import type { AnyMessageFormat } from "./message-format.js";
import type { EngineMessage, WireMessage } from "./messages.js";
import { HEADER_RANGE_MESSAGES, SNAPSHOT_MESSAGES, SNAPSHOT_REQUEST_MESSAGES } from "./snapshot-messages.js";
import { TRANSACTION_MESSAGES, TRANSACTION_REQUEST_MESSAGES } from "./transaction-messages.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

/** A message as it goes to the transport. */
export interface EncodedMessage {
  readonly channel: number;
  readonly bytes: Bytes;
}

/** The messages of one channel, by their number in its envelope. */
interface Envelope {
  readonly shape: MessageShape;
  readonly members: readonly AnyMessageFormat[];
}

const ENVELOPES: ReadonlyMap<number, Envelope> = new Map([
  [Channel.handshake, envelope("HandshakeEnvelope", HANDSHAKE_MESSAGES)],
  [Channel.control, envelope("ControlEnvelope", CONTROL_MESSAGES)],
  [Channel.announcements, envelope("AnnouncementEnvelope", ANNOUNCEMENT_MESSAGES)],
  [
    Channel.requests,
    envelope("RequestEnvelope", [...BLOCK_REQUEST_MESSAGES, ...TRANSACTION_REQUEST_MESSAGES, ...SNAPSHOT_REQUEST_MESSAGES]),
  ],
  [Channel.headers, envelope("HeadersEnvelope", [...HEADERS_MESSAGES, ...HEADER_RANGE_MESSAGES])],
  [Channel.blocks, envelope("BlocksEnvelope", BLOCK_MESSAGES)],
  [Channel.transactions, envelope("TransactionsEnvelope", TRANSACTION_MESSAGES)],
  [Channel.snapshots, envelope("SnapshotsEnvelope", SNAPSHOT_MESSAGES)],
]);

const FORMATS: ReadonlyMap<string, AnyMessageFormat> = new Map(
  [...ENVELOPES.values()].flatMap(({ members }) => members.map((format) => [format.type, format] as const)),
);

const ENGINE_PAYLOAD = messageShape("EngineMessage", ["payload"]);

function envelope(name: string, members: readonly AnyMessageFormat[]): Envelope {
  for (const [index, { member }] of members.entries()) assert(member === index + 1, `the members of ${name} are numbered without gaps`);
  return {
    shape: messageShape(
      name,
      members.map(({ type }) => type.replaceAll("-", "_")),
    ),
    members,
  };
}

export class WireCodec {
  readonly #limits: ContentLimits;
  readonly #engineChannels: readonly EngineChannel[];
  readonly #specs: ReadonlyMap<number, ChannelSpec>;
  readonly #engineNumbers: ReadonlyMap<string, number>;

  /**
   * @param limits largest block and transaction that any rules of the chain allow, bytes
   * @param engineChannels those of the engine, in its own order
   */
  constructor(limits: ContentLimits, engineChannels: readonly EngineChannel[]) {
    assert(engineChannels.length <= ENGINE_CHANNELS_MAX, `an engine has at most ${ENGINE_CHANNELS_MAX} channels`);
    this.#limits = limits;
    this.#engineChannels = engineChannels;
    this.#specs = new Map(channelSpecs(limits, engineChannels).map((spec) => [spec.number, spec]));
    this.#engineNumbers = new Map(engineChannels.map(({ name }, index) => [name, FIRST_ENGINE_CHANNEL + index]));
    assert(this.#engineNumbers.size === engineChannels.length, "an engine's channels have names of their own");
  }

  /**
   * The bytes of a message, always the same ones for the same message. Values outside their ranges are assertions.
   *
   * @throws WIRE_LIMIT if it is larger than its channel allows
   */
  encodeMessage(message: WireMessage): EncodedMessage {
    if (message.type === "engine") return this.#encodeEngineMessage(message);
    const channel = CHANNEL_OF[message.type];
    const format = present(FORMATS.get(message.type), `the format of ${message.type}`);
    const writer = new WireWriter(format.sizeHint(message));
    format.write(writer, message, this.#limits);
    const bytes = writer.finish(format.member);
    this.#checkSize(channel, bytes, format.shape.name);
    return { channel, bytes };
  }

  /** The message in the bytes that came on a channel. @throws WIRE_* */
  decodeMessage(channel: number, bytes: Bytes): WireMessage {
    if (channel >= FIRST_ENGINE_CHANNEL) return this.#decodeEngineMessage(channel, bytes);
    const envelope = ENVELOPES.get(channel);
    if (envelope === undefined) throw new UnknownChannelError({ channel });
    this.#checkSize(channel, bytes, envelope.shape.name);
    const reader = new WireReader(channel, bytes, envelope.shape);
    let message: WireMessage | undefined;
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      const format = envelope.members[field - 1];
      if (format === undefined) {
        reader.skip();
        continue;
      }
      if (message !== undefined) throw reader.duplicate("an envelope holds one message");
      message = reader.message(format.shape, (inner) => format.read(inner, this.#limits));
    }
    if (message !== undefined) return message;
    const reason = reader.sawUnknown ? "the envelope holds a message that this version does not know" : "the envelope is empty";
    throw new NoMessageError({ channel, message: envelope.shape.name, field: "message", offset: 0, reason });
  }

  #encodeEngineMessage({ channel: name, payload }: EngineMessage): EncodedMessage {
    const channel = present(this.#engineNumbers.get(name), `a channel that the engine declares: ${name}`);
    this.#checkSize(channel, payload, ENGINE_PAYLOAD.name);
    return { channel, bytes: payload };
  }

  #decodeEngineMessage(channel: number, bytes: Bytes): EngineMessage {
    const declared = this.#engineChannels[channel - FIRST_ENGINE_CHANNEL];
    if (declared === undefined) throw new UnknownChannelError({ channel });
    this.#checkSize(channel, bytes, ENGINE_PAYLOAD.name);
    return { type: "engine", channel: declared.name, payload: bytes };
  }

  #checkSize(channel: number, bytes: Bytes, message: string): void {
    const limit = present(this.#specs.get(channel), "a declared channel").maxMessageBytes;
    if (bytes.length <= limit) return;
    throw new WireLimitError({
      channel,
      message,
      field: "bytes",
      offset: 0,
      reason: "too long for its channel",
      limit,
      actual: bytes.length,
    });
  }
}
