/** Every wire message with a generator of its values, and its twin in the code generated from proto/network.proto. */
import fc from "fast-check";
import Long from "long";
import { chainwright } from "#proto";
import { Channel } from "../../../../core/network/channels.js";
import { WireCodec } from "../../../../core/network/wire/codec.js";
import type { HeadClaim, WireMessage, WireMessageType } from "../../../../core/network/wire/messages.js";
import type { Bytes } from "../../../../core/primitives/bytes.js";
import type { Hash } from "../../../../core/primitives/hash.js";

const { network } = chainwright;

export const LIMITS = { blockBytes: 200_000, transactionBytes: 10_000 };
export const ENGINE_CHANNELS = [
  { name: "votes", maxMessageBytes: 1_000 },
  { name: "evidence", maxMessageBytes: 5_000 },
];
export const codec = new WireCodec(LIMITS, ENGINE_CHANNELS);

interface GeneratedType {
  decode(bytes: Bytes): object;
  encode(message: never): { finish(): Bytes };
}

/** The generated envelope of each channel. */
export const GENERATED: Readonly<Record<number, GeneratedType>> = {
  [Channel.handshake]: network.HandshakeEnvelope,
  [Channel.control]: network.ControlEnvelope,
  [Channel.announcements]: network.AnnouncementEnvelope,
  [Channel.requests]: network.RequestEnvelope,
  [Channel.headers]: network.HeadersEnvelope,
  [Channel.blocks]: network.BlocksEnvelope,
  [Channel.transactions]: network.TransactionsEnvelope,
  [Channel.snapshots]: network.SnapshotsEnvelope,
};

type OfType<T extends WireMessageType> = Extract<WireMessage, { readonly type: T }>;

/** A value as protobufjs takes it. */
export type Plain = boolean | string | number | Long | Bytes | readonly Plain[] | { readonly [field: string]: Plain };

export interface MessageCase {
  readonly type: Exclude<WireMessageType, "engine">;
  readonly values: fc.Arbitrary<WireMessage>;
  /** The message's name in its envelope, as protobufjs writes it. */
  readonly member: string;
  /** Its fields in the shape of the .proto file; what has its default value is left out. */
  plain(message: WireMessage): { readonly [field: string]: Plain };
}

function messageCase<T extends Exclude<WireMessageType, "engine">>(definition: {
  readonly type: T;
  readonly member: string;
  readonly values: fc.Arbitrary<Omit<OfType<T>, "type">>;
  plain(message: OfType<T>): { readonly [field: string]: Plain | undefined };
}): MessageCase {
  const { type, member } = definition;
  return {
    type,
    member,
    values: definition.values.map((fields) => ({ type, ...fields }) as unknown as WireMessage),
    plain: (message) => {
      const fields = Object.entries(definition.plain(message as OfType<T>)).filter(([, value]) => !isDefault(value));
      return Object.fromEntries(fields) as { readonly [field: string]: Plain };
    },
  };
}

function isDefault(value: Plain | undefined): boolean {
  if (value === undefined || value === 0 || value === "" || value === false) return true;
  return Long.isLong(value) ? value.isZero() : (value instanceof Uint8Array || Array.isArray(value)) && value.length === 0;
}

const fixed = <T extends Bytes>(length: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
    fc.constant(new Uint8Array(length)),
  ) as unknown as fc.Arbitrary<T>;
const hash = fixed<Hash>(32);
const hashes = fc.array(hash, { maxLength: 20 });
const uint32 = fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const safeInteger = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat(), fc.constantFrom(2 ** 32, 2 ** 49, 2 ** 53 - 1));
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const address = fc.stringMatching(/^[\x21-\x7e]{1,60}$/);
const weight = fc.oneof(fc.constantFrom(0n, 1n, 255n, 256n, 2n ** 64n, 2n ** 256n - 1n), fc.bigInt(0n, 2n ** 256n - 1n));
const head: fc.Arbitrary<HeadClaim> = fc.record(
  { id: hash, height: safeInteger, weight, finalizedHeight: safeInteger, bodiesFrom: fc.integer({ min: 1, max: 2 ** 40 }) },
  { noNullPrototype: true, requiredKeys: ["id", "height", "weight", "finalizedHeight"] },
);

const long = (value: number) => Long.fromNumber(value, true);

/** Big-endian by repeated division: unlike the codec's way through hex. */
function bigEndian(value: bigint): Bytes {
  const digits: number[] = [];
  for (let rest = value; rest > 0n; rest /= 256n) digits.unshift(Number(rest % 256n));
  return Uint8Array.from(digits);
}

function plainHead({ id, height, weight, finalizedHeight, bodiesFrom = 0 }: HeadClaim): { readonly [field: string]: Plain } {
  const fields = {
    id,
    height: long(height),
    weight: bigEndian(weight),
    finalizedHeight: long(finalizedHeight),
    bodiesFrom: long(bodiesFrom),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isDefault(value)));
}

export const MESSAGES: readonly MessageCase[] = [
  messageCase({
    type: "hello",
    member: "hello",
    values: fc
      .record({
        versions: fc.tuple(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
        chainId: fc.stringMatching(/^[a-z0-9.-]{1,32}$/),
        genesisId: hash,
        forkHash: fixed<Bytes>(8),
        nextUpgradeHeight: safeInteger,
        nodeId: fixed<Bytes>(32),
        role: fc.constantFrom("dialer", "listener"),
        head,
        services: uint32,
        listenAddresses: fc.array(address, { maxLength: 8 }),
        agent: fc.stringMatching(/^[\x20-\x7e]{0,64}$/),
        signature: fc.oneof(fc.constant(new Uint8Array(0)), fixed<Bytes>(64)),
      })
      .map(({ versions, ...rest }) => ({ minVersion: Math.min(...versions), maxVersion: Math.max(...versions), ...rest })),
    plain: ({ type: _, ...hello }) => ({
      ...hello,
      nextUpgradeHeight: long(hello.nextUpgradeHeight),
      role: hello.role === "dialer" ? 1 : 2,
      head: plainHead(hello.head),
    }),
  }),
  messageCase({ type: "ping", member: "ping", values: fc.record({ nonce: uint32 }), plain: ({ nonce }) => ({ nonce }) }),
  messageCase({ type: "pong", member: "pong", values: fc.record({ nonce: uint32 }), plain: ({ nonce }) => ({ nonce }) }),
  messageCase({ type: "status", member: "status", values: fc.record({ head }), plain: (message) => ({ head: plainHead(message.head) }) }),
  messageCase({ type: "peers-request", member: "peersRequest", values: fc.constant({}), plain: () => ({}) }),
  messageCase({
    type: "peers",
    member: "peers",
    values: fc.record({ addresses: fc.array(address, { maxLength: 64 }) }),
    plain: ({ addresses }) => ({ addresses }),
  }),
  messageCase({
    type: "block-announcement",
    member: "blockAnnouncement",
    values: fc.record({ blocks: fc.array(fc.record({ id: hash, height: safeInteger }, { noNullPrototype: true }), { maxLength: 64 }) }),
    plain: ({ blocks }) => ({ blocks: blocks.map(({ id, height }) => (height === 0 ? { id } : { id, height: long(height) })) }),
  }),
  messageCase({
    type: "certificate",
    member: "certificate",
    values: fc.record({ blockId: hash, certificate: bytes(1, 300) }),
    plain: ({ blockId, certificate }) => ({ blockId, certificate }),
  }),
  messageCase({
    type: "headers-request",
    member: "headersRequest",
    values: fc.record(
      { requestId: uint32, locator: hashes, stop: hash, count: fc.integer({ min: 1, max: 2_000 }) },
      { requiredKeys: ["requestId", "locator", "count"] },
    ) as fc.Arbitrary<Omit<OfType<"headers-request">, "type">>,
    plain: ({ requestId, locator, stop, count }) => ({ requestId, locator, stop, count }),
  }),
  messageCase({
    type: "headers",
    member: "headers",
    values: fc.record({ requestId: uint32, headers: fc.array(bytes(1, 300), { maxLength: 10 }) }),
    plain: ({ requestId, headers }) => ({ requestId, headers }),
  }),
  messageCase({
    type: "blocks-request",
    member: "blocksRequest",
    values: fc.record({ requestId: uint32, ids: hashes }),
    plain: ({ requestId, ids }) => ({ requestId, ids }),
  }),
  messageCase({
    type: "block-response",
    member: "blockResponse",
    values: fc.record({ requestId: uint32, id: hash, block: bytes(0, 500), certificate: bytes(0, 300) }),
    plain: ({ requestId, id, block, certificate }) => ({ requestId, id, block, certificate }),
  }),
  messageCase({
    type: "transaction-announcement",
    member: "transactionAnnouncement",
    values: fc.record({ hashes }),
    plain: (message) => ({ hashes: message.hashes }),
  }),
  messageCase({
    type: "transactions-request",
    member: "transactionsRequest",
    values: fc.record({ requestId: uint32, hashes }),
    plain: (message) => ({ requestId: message.requestId, hashes: message.hashes }),
  }),
  messageCase({
    type: "transactions",
    member: "transactions",
    values: fc.record({ requestId: uint32, transactions: fc.array(bytes(1, 300), { maxLength: 10 }), more: fc.boolean() }),
    plain: ({ requestId, transactions, more }) => ({ requestId, transactions, more }),
  }),
  messageCase({
    type: "header-range-request",
    member: "headerRangeRequest",
    values: fc.record(
      { requestId: uint32, anchor: hash, from: safeInteger, count: fc.integer({ min: 1, max: 2_000 }) },
      { noNullPrototype: true, requiredKeys: ["requestId", "from", "count"] },
    ),
    plain: ({ requestId, anchor, from, count }) => ({ requestId, ...(anchor === undefined ? {} : { anchor }), from: long(from), count }),
  }),
  messageCase({
    type: "snapshots-request",
    member: "snapshotsRequest",
    values: fc.record({ requestId: uint32 }, { noNullPrototype: true }),
    plain: ({ requestId }) => ({ requestId }),
  }),
  messageCase({
    type: "snapshot-manifest-request",
    member: "snapshotManifestRequest",
    values: fc.record({ requestId: uint32, manifestHash: hash, offset: fc.integer({ min: 0, max: 2 ** 26 }) }, { noNullPrototype: true }),
    plain: ({ requestId, manifestHash, offset }) => ({ requestId, manifestHash, offset }),
  }),
  messageCase({
    type: "snapshot-chunk-request",
    member: "snapshotChunkRequest",
    values: fc.record({ requestId: uint32, manifestHash: hash, index: uint32 }, { noNullPrototype: true }),
    plain: ({ requestId, manifestHash, index }) => ({ requestId, manifestHash, index }),
  }),
  messageCase({
    type: "header-range",
    member: "headerRange",
    values: fc.record({ requestId: uint32, headers: fc.array(bytes(1, 300), { maxLength: 5 }) }, { noNullPrototype: true }),
    plain: ({ requestId, headers }) => ({ requestId, headers }),
  }),
  messageCase({
    type: "snapshots",
    member: "snapshots",
    values: fc.record(
      {
        requestId: uint32,
        offers: fc.array(
          fc.record(
            {
              manifestHash: hash,
              id: hash,
              height: safeInteger,
              manifestBytes: fc.integer({ min: 0, max: 2 ** 26 }),
              chunks: uint32,
              chunkBytes: safeInteger,
            },
            { noNullPrototype: true },
          ),
          { maxLength: 16 },
        ),
      },
      { noNullPrototype: true },
    ),
    plain: ({ requestId, offers }) => ({
      requestId,
      offers: offers.map(({ manifestHash, id, height, manifestBytes, chunks, chunkBytes }) => {
        const fields = { manifestHash, id, height: long(height), manifestBytes, chunks, chunkBytes: long(chunkBytes) };
        return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isDefault(value)));
      }),
    }),
  }),
  messageCase({
    type: "snapshot-manifest",
    member: "snapshotManifest",
    values: fc.record({ requestId: uint32, part: bytes(0, 300) }, { noNullPrototype: true }),
    plain: ({ requestId, part }) => ({ requestId, part }),
  }),
  messageCase({
    type: "snapshot-chunk",
    member: "snapshotChunk",
    values: fc.record({ requestId: uint32, proof: bytes(0, 300) }, { noNullPrototype: true }),
    plain: ({ requestId, proof }) => ({ requestId, proof }),
  }),
];
