/** The codec's laws for every message, and each of its refusals. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import t from "tap";
import { CHANNEL_OF, Channel, channelSpecs } from "../../../../core/network/channels.js";
import { WireCodec } from "../../../../core/network/wire/codec.js";
import { isWireError } from "../../../../core/network/wire/errors.js";
import { elementBytes, LIST_OVERHEAD_BYTES, WIRE_LIMITS } from "../../../../core/network/wire/limits.js";
import type { BlockResponse, WireMessage } from "../../../../core/network/wire/messages.js";
import { type Bytes, concatBytes, toHex } from "../../../../core/primitives/bytes.js";
import type { Hash } from "../../../../core/primitives/hash.js";
import { codec, ENGINE_CHANNELS, GENERATED, LIMITS, MESSAGES, type MessageCase } from "./messages.js";
import { field, fieldsOf, join, varint, type WireField } from "./protobuf.js";

const id = new Uint8Array(32).fill(7) as Hash;
const ids = (count: number) => new Array<Hash>(count).fill(id);

/** protobufjs answers Buffers or plain arrays; what counts is their bytes. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `0x${toHex(value)}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  if ("low" in value) return String(value);
  return Object.fromEntries(
    Object.entries(value)
      // A repeated field without elements is an own property all the same.
      .filter(([key, entry]) => key !== "$unknowns" && !(Array.isArray(entry) && entry.length === 0))
      .map(([key, entry]) => [key, comparable(entry)]),
  );
}

for (const message of MESSAGES) {
  const channel = CHANNEL_OF[message.type];

  t.test(message.type, async (t) => {
    t.test("what is encoded is decoded, from a Buffer and from a part of a larger one, too", async () => {
      const property = fc.property(message.values, (value) => {
        const encoded = codec.encodeMessage(value);
        deepStrictEqual(encoded.channel, channel);
        deepStrictEqual(codec.decodeMessage(channel, encoded.bytes), value);
        const room = Buffer.concat([Buffer.alloc(3, 255), encoded.bytes, Buffer.alloc(3, 255)]);
        deepStrictEqual(codec.decodeMessage(channel, room.subarray(3, -3)), value);
      });
      fc.assert(property, { numRuns: 60 });
    });

    t.test("protobufjs writes the same bytes and reads the same values", async () => {
      const generated = GENERATED[channel];
      const property = fc.property(message.values, (value) => {
        const { bytes } = codec.encodeMessage(value);
        const plain = { [message.member]: message.plain(value) };
        deepStrictEqual(toHex(generated?.encode(plain as never).finish() as Bytes), toHex(bytes));
        // What was not written is no own property of a decoded message; it was left out of `plain`, too.
        deepStrictEqual(comparable({ ...generated?.decode(bytes) }), comparable(plain));
      });
      fc.assert(property, { numRuns: 60 });
    });

    t.test("fields in any order, stretched integers and unknown fields change nothing", async () => {
      const property = fc.property(message.values, fc.infiniteStream(fc.nat()), (value, numbers) => {
        const next = (bound: number) => (numbers.next().value as number) % bound;
        const bytes = loosely(codec.encodeMessage(value).bytes, next, message);
        deepStrictEqual(codec.decodeMessage(channel, bytes), value);
      });
      fc.assert(property, { numRuns: 60 });
    });

    t.test("a singular field or the message twice is refused", async (t) => {
      for (const value of fc.sample(message.values, { numRuns: 10, seed: 3 })) {
        const { bytes } = codec.encodeMessage(value);
        t.throws(() => codec.decodeMessage(channel, join(bytes, bytes)), { code: "WIRE_DUPLICATE" });
        const [member] = fieldsOf(bytes) as [WireField];
        for (const inner of fieldsOf(member.content)) {
          if (REPEATED[message.type] === inner.number) continue;
          const again = field(
            member.number,
            join(member.content, inner.wire === 0 ? field(inner.number, inner.value) : field(inner.number, inner.content)),
          );
          t.throws(() => codec.decodeMessage(channel, again), { code: "WIRE_DUPLICATE" });
        }
      }
    });

    t.test("a field with another wire type is refused, and a group", async (t) => {
      const sample = fc.sample(message.values, { numRuns: 5, seed: 4 });
      for (const value of sample) {
        const [member] = fieldsOf(codec.encodeMessage(value).bytes) as [WireField];
        for (const { number, wire } of fieldsOf(member.content))
          for (const other of [0, 1, 2, 3, 4, 5, 6, 7].filter((type) => type !== wire)) {
            const wrong = Uint8Array.from([number * 8 + other, 0, 0, 0, 0, 0, 0, 0, 0]);
            t.throws(() => codec.decodeMessage(channel, field(member.number, wrong)), { code: "WIRE_MALFORMED" });
          }
      }
    });
  });
}

/** The repeated field of a message that has one. */
const REPEATED: Readonly<Record<string, number>> = {
  hello: 11,
  peers: 1,
  "block-announcement": 1,
  "headers-request": 2,
  headers: 2,
  "header-range": 2,
  snapshots: 2,
  "blocks-request": 2,
  "transaction-announcement": 1,
  "transactions-request": 2,
  transactions: 2,
};
/** Fields that are messages. */
const NESTED: Readonly<Record<string, number>> = { hello: 9, status: 1, "block-announcement": 1 };

/** Re-encodes an envelope with all the liberties that protobuf allows, within the limits on what is unknown. */
function loosely(bytes: Bytes, next: (bound: number) => number, message: MessageCase): Bytes {
  let unknown = 12;
  const unknownField = (): Bytes[] => {
    if (unknown === 0 || next(3) !== 0) return [];
    unknown--;
    const number = 20 + next(2 ** 20);
    const variants = [
      () => field(number, next(2 ** 31)),
      () => field(number, new Uint8Array(next(200))),
      () => Uint8Array.from([...varint(number * 8 + 1), ...new Array<number>(8).fill(255)]),
      () => Uint8Array.from([...varint(number * 8 + 5), 255, 255, 255, 255]),
    ] as const;
    return [(variants[next(4)] as () => Bytes)()];
  };
  const rewrite = (content: Bytes, depth: number): Bytes => {
    const fields = fieldsOf(content);
    // Elements of a repeated field keep their order; everything else may go anywhere.
    const order = fields.map((one, index) => ({ one, key: REPEATED[message.type] === one.number && depth === 1 ? index : next(1_000) }));
    const repeatedKeys = order
      .filter(({ one }) => REPEATED[message.type] === one.number && depth === 1)
      .map(() => next(1_000))
      .sort((a, b) => a - b);
    for (const entry of order) if (REPEATED[message.type] === entry.one.number && depth === 1) entry.key = repeatedKeys.shift() as number;
    order.sort((a, b) => a.key - b.key);
    const parts: Bytes[] = [];
    for (const { one } of order) {
      parts.push(...unknownField());
      const tag = varint(one.number * 8 + one.wire, next(4));
      if (one.wire === 0) {
        parts.push(Uint8Array.from([...tag, ...varint(one.value, next(10 - varint(one.value).length + 1))]));
        continue;
      }
      const inside = depth === 0 || (depth === 1 && NESTED[message.type] === one.number) ? rewrite(one.content, depth + 1) : one.content;
      parts.push(concatBytes(Uint8Array.from([...tag, ...varint(inside.length, next(6))]), inside));
    }
    return concatBytes(...parts, ...unknownField());
  };
  return rewrite(bytes, 0);
}

/** What the code and the data of a refusal must be. */
type Refusal = readonly [name: string, channel: number, bytes: Bytes, code: string, data?: object];

const head = join(field(1, id), field(2, 5));
const hello = (change: Record<number, Bytes | undefined> = {}) => {
  const fields: Record<number, Bytes | undefined> = {
    1: field(1, 1),
    2: field(2, 1),
    3: field(3, "test-1"),
    4: field(4, id),
    5: field(5, new Uint8Array(8)),
    7: field(7, id),
    8: field(8, 1),
    9: field(9, head),
    ...change,
  };
  return field(1, join(...Object.values(fields).filter((part) => part !== undefined)));
};
const status = (claim: Bytes) => field(3, field(1, claim));
const many = (count: number, part: Bytes) => concatBytes(...new Array<Bytes>(count).fill(part));

const { handshake, control, announcements, requests, headers, blocks, transactions } = Channel;
const REFUSALS: readonly Refusal[] = [
  ["a channel between core's and the engine's", 8, field(1, id), "WIRE_UNKNOWN_CHANNEL", { channel: 8 }],
  ["a channel beyond the engine's", 66, field(1, id), "WIRE_UNKNOWN_CHANNEL", { channel: 66 }],
  ["a channel that is no number of one", -1, field(1, id), "WIRE_UNKNOWN_CHANNEL"],
  ["nothing", control, new Uint8Array(0), "WIRE_NO_MESSAGE", { reason: "the envelope is empty" }],
  ["a message of another version", control, field(9, id), "WIRE_NO_MESSAGE", { message: "ControlEnvelope" }],
  ["two messages", control, join(field(1, []), field(2, [])), "WIRE_DUPLICATE", { message: "ControlEnvelope", field: "pong", offset: 2 }],
  ["a message as an integer", control, field(1, 7), "WIRE_MALFORMED"],

  ["a tag that is cut", control, Uint8Array.of(0x80), "WIRE_MALFORMED"],
  ["a tag of six bytes", control, Uint8Array.of(0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0), "WIRE_MALFORMED"],
  ["a tag above 2^32", control, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f, 0), "WIRE_MALFORMED"],
  ["field number 0", control, Uint8Array.of(0, 0), "WIRE_MALFORMED"],
  ["a length that is cut", control, Uint8Array.of(0x0a, 0x80), "WIRE_MALFORMED"],
  ["no length", control, Uint8Array.of(0x0a), "WIRE_MALFORMED"],
  ["a length beyond the end", control, Uint8Array.of(0x0a, 2, 8), "WIRE_MALFORMED"],
  ["a length of 2^63", control, Uint8Array.from([0x0a, ...varint(2n ** 63n)]), "WIRE_MALFORMED"],
  ["a length beyond the message but within the envelope", control, join(field(1, [0x08]), field(30, 1)), "WIRE_MALFORMED"],
  ["an integer that is cut", control, field(1, [0x08, 0x80]), "WIRE_MALFORMED"],
  ["an integer of eleven bytes", control, field(1, [8, ...varint(1, 10)]), "WIRE_MALFORMED"],
  ["an integer of 2^64", control, field(1, [8, ...varint(2n ** 64n)]), "WIRE_MALFORMED"],
  ["an unknown integer of eleven bytes", control, join(field(1, []), Uint8Array.from([0xf8, 1, ...varint(1, 10)])), "WIRE_MALFORMED"],
  ["an unknown fixed64 that is cut", control, Uint8Array.of(0xf9, 1, 1, 2, 3), "WIRE_MALFORMED"],
  ["an unknown fixed32 that is cut", control, Uint8Array.of(0xfd, 1, 1, 2, 3), "WIRE_MALFORMED"],
  ["an unknown group", control, Uint8Array.of(0xfb, 1, 0xfc, 1), "WIRE_MALFORMED"],
  ["the end of a group", control, Uint8Array.of(0xfc, 1), "WIRE_MALFORMED"],
  ["17 unknown fields", control, join(field(1, []), many(17, field(30, 1))), "WIRE_LIMIT", { limit: 16, actual: 17 }],
  ["17 unknown fields over two levels", control, join(field(1, many(9, field(30, 1))), many(8, field(30, 1))), "WIRE_LIMIT", { limit: 16 }],
  ["4 KiB of unknown bytes", control, join(field(1, []), field(30, new Uint8Array(4_096))), "WIRE_LIMIT", { limit: 4_096 }],

  ["a Hello larger than its channel", handshake, new Uint8Array(4_097), "WIRE_LIMIT", { field: "bytes", limit: 4_096, actual: 4_097 }],
  ["no versions", handshake, hello({ 1: undefined }), "WIRE_BAD_VALUE", { message: "Hello", field: "min_version" }],
  ["versions the wrong way round", handshake, hello({ 1: field(1, 3), 2: field(2, 2) }), "WIRE_BAD_VALUE", { field: "max_version" }],
  ["a version of 2^32", handshake, hello({ 2: field(2, 2 ** 32) }), "WIRE_BAD_VALUE", { field: "max_version" }],
  ["no chain id", handshake, hello({ 3: undefined }), "WIRE_BAD_VALUE", { field: "chain_id" }],
  ["a chain id of other characters", handshake, hello({ 3: field(3, "Test_1") }), "WIRE_BAD_VALUE", { field: "chain_id" }],
  ["a chain id of 33 characters", handshake, hello({ 3: field(3, "x".repeat(33)) }), "WIRE_LIMIT", { limit: 32, actual: 33 }],
  ["no genesis", handshake, hello({ 4: undefined }), "WIRE_BAD_VALUE", { field: "genesis_id" }],
  ["a genesis of 31 bytes", handshake, hello({ 4: field(4, id.subarray(1)) }), "WIRE_BAD_VALUE", { field: "genesis_id" }],
  ["no fork hash", handshake, hello({ 5: undefined }), "WIRE_BAD_VALUE", { field: "fork_hash" }],
  ["a fork hash of 9 bytes", handshake, hello({ 5: field(5, new Uint8Array(9)) }), "WIRE_BAD_VALUE", { field: "fork_hash" }],
  ["an upgrade at 2^53", handshake, hello({ 6: field(6, 2n ** 53n) }), "WIRE_BAD_VALUE", { field: "next_upgrade_height" }],
  ["an upgrade at 2^53 + 1, which a double rounds", handshake, hello({ 6: field(6, 2n ** 53n + 1n) }), "WIRE_BAD_VALUE"],
  ["no node id", handshake, hello({ 7: undefined }), "WIRE_BAD_VALUE", { field: "node_id" }],
  ["no role", handshake, hello({ 8: undefined }), "WIRE_BAD_VALUE", { field: "role" }],
  ["role 0", handshake, hello({ 8: field(8, 0) }), "WIRE_BAD_VALUE", { field: "role" }],
  ["role 3", handshake, hello({ 8: field(8, 3) }), "WIRE_BAD_VALUE", { field: "role" }],
  ["no head", handshake, hello({ 9: undefined }), "WIRE_BAD_VALUE", { field: "head" }],
  ["services of 33 bits", handshake, hello({ 10: field(10, 2 ** 32) }), "WIRE_BAD_VALUE", { field: "services" }],
  ["nine addresses", handshake, hello({ 11: many(9, field(11, "tcp://a:1")) }), "WIRE_LIMIT", { limit: 8, actual: 9 }],
  ["an address of 256 characters", handshake, hello({ 11: field(11, "x".repeat(256)) }), "WIRE_LIMIT", { limit: 255, actual: 256 }],
  ["an empty address", handshake, hello({ 11: field(11, "") }), "WIRE_BAD_VALUE"],
  ["an address with a space", handshake, hello({ 11: field(11, "tcp://a b:1") }), "WIRE_BAD_VALUE"],
  ["an agent of 65 characters", handshake, hello({ 12: field(12, "x".repeat(65)) }), "WIRE_LIMIT", { limit: 64, actual: 65 }],
  ["an agent with a line break", handshake, hello({ 12: field(12, "node\nERROR all is lost") }), "WIRE_BAD_VALUE", { field: "agent" }],
  ["an agent that clears the terminal", handshake, hello({ 12: field(12, "\u001b[2J") }), "WIRE_BAD_VALUE"],
  ["an agent with DEL", handshake, hello({ 12: field(12, "a\u007f") }), "WIRE_BAD_VALUE"],
  ["an agent beyond ASCII", handshake, hello({ 12: field(12, "caf\u00e9") }), "WIRE_BAD_VALUE"],
  ["an agent that is not UTF-8", handshake, hello({ 12: field(12, [0xc0, 0xaf]) }), "WIRE_BAD_VALUE"],
  ["a signature of 63 bytes", handshake, hello({ 13: field(13, new Uint8Array(63)) }), "WIRE_BAD_VALUE", { field: "signature" }],
  ["a signature of 65 bytes", handshake, hello({ 13: field(13, new Uint8Array(65)) }), "WIRE_LIMIT", { field: "signature" }],

  ["a nonce of 2^32", control, field(1, field(1, 2 ** 32)), "WIRE_BAD_VALUE", { message: "Ping", field: "nonce" }],
  ["a Pong's nonce of 2^32", control, field(2, field(1, 2 ** 32)), "WIRE_BAD_VALUE", { message: "Pong", field: "nonce" }],
  ["a Status without a head", control, field(3, []), "WIRE_BAD_VALUE", { message: "Status", field: "head" }],
  ["a head without an id", control, status(field(2, 5)), "WIRE_BAD_VALUE", { message: "HeadClaim", field: "id" }],
  ["a head at 2^53", control, status(join(field(1, id), field(2, 2n ** 53n))), "WIRE_BAD_VALUE", { field: "height" }],
  ["a finalized height of 2^53", control, status(join(field(1, id), field(4, 2n ** 53n))), "WIRE_BAD_VALUE", { field: "finalized_height" }],
  ["a weight of 33 bytes", control, status(join(field(1, id), field(3, new Uint8Array(33).fill(1)))), "WIRE_LIMIT", { limit: 32 }],
  ["a weight with a leading zero", control, status(join(field(1, id), field(3, [0, 1]))), "WIRE_BAD_VALUE", { field: "weight" }],
  ["a weight of one zero byte", control, status(join(field(1, id), field(3, [0]))), "WIRE_BAD_VALUE", { field: "weight" }],
  ["65 addresses", control, field(5, many(65, field(1, "tcp://a:1"))), "WIRE_LIMIT", { message: "Peers", limit: 64, actual: 65 }],
  ["a peer's address of 256 characters", control, field(5, field(1, "x".repeat(256))), "WIRE_LIMIT", { limit: 255 }],
  ["a peer's address with a control character", control, field(5, field(1, "tcp://a\r")), "WIRE_BAD_VALUE"],

  ["65 announced blocks", announcements, field(1, many(65, field(1, field(1, id)))), "WIRE_LIMIT", { limit: 64, actual: 65 }],
  ["an announced block without an id", announcements, field(1, field(1, field(2, 1))), "WIRE_BAD_VALUE", { message: "AnnouncedBlock" }],
  ["an empty announced block", announcements, field(1, field(1, [])), "WIRE_BAD_VALUE", { message: "AnnouncedBlock", field: "id" }],
  ["an announced height of 2^53", announcements, field(1, field(1, join(field(1, id), field(2, 2n ** 53n)))), "WIRE_BAD_VALUE"],
  ["a certificate without a block", announcements, field(2, field(2, id)), "WIRE_BAD_VALUE", { field: "block_id" }],
  ["a certificate without bytes", announcements, field(2, field(1, id)), "WIRE_BAD_VALUE", { field: "certificate" }],
  ["a certificate of no bytes", announcements, field(2, join(field(1, id), field(2, []))), "WIRE_BAD_VALUE", { field: "certificate" }],
  [
    "a certificate too long",
    announcements,
    field(2, join(field(1, id), field(2, new Uint8Array(65_537)))),
    "WIRE_LIMIT",
    { limit: 65_536 },
  ],

  ["a request id of 2^32", requests, field(1, join(field(1, 2 ** 32), field(4, 1))), "WIRE_BAD_VALUE", { field: "request_id" }],
  ["65 locator ids", requests, field(1, join(many(65, field(2, id)), field(4, 1))), "WIRE_LIMIT", { field: "locator", limit: 64 }],
  ["a locator id of 31 bytes", requests, field(1, join(field(2, id.subarray(1)), field(4, 1))), "WIRE_BAD_VALUE", { field: "locator" }],
  ["a stop of 31 bytes", requests, field(1, join(field(3, id.subarray(1)), field(4, 1))), "WIRE_BAD_VALUE", { field: "stop" }],
  ["no headers wanted", requests, field(1, field(2, id)), "WIRE_BAD_VALUE", { field: "count" }],
  ["2,001 headers wanted", requests, field(1, field(4, 2_001)), "WIRE_BAD_VALUE", { field: "count" }],
  ["129 blocks wanted", requests, field(2, many(129, field(2, id))), "WIRE_LIMIT", { field: "ids", limit: 128, actual: 129 }],
  ["a blocks request id of 2^32", requests, field(2, field(1, 2 ** 32)), "WIRE_BAD_VALUE", { message: "BlocksRequest" }],
  ["1,025 transactions wanted", requests, field(3, many(1_025, field(2, id))), "WIRE_LIMIT", { field: "hashes", limit: 1_024 }],
  ["a transactions request id of 2^32", requests, field(3, field(1, 2 ** 32)), "WIRE_BAD_VALUE", { message: "TransactionsRequest" }],

  ["2,001 headers", headers, field(1, many(2_001, field(2, [1]))), "WIRE_LIMIT", { field: "headers", limit: 2_000, actual: 2_001 }],
  ["a header too long", headers, field(1, field(2, new Uint8Array(WIRE_LIMITS.headerBytes + 1))), "WIRE_LIMIT", { field: "headers" }],
  ["an empty header", headers, field(1, field(2, [])), "WIRE_BAD_VALUE", { field: "headers" }],
  ["a headers request id of 2^32", headers, field(1, field(1, 2 ** 32)), "WIRE_BAD_VALUE", { message: "Headers" }],

  ["a block without an id", blocks, field(1, field(3, [1])), "WIRE_BAD_VALUE", { message: "BlockResponse", field: "id" }],
  ["a block too large", blocks, field(1, join(field(2, id), field(3, new Uint8Array(200_001)))), "WIRE_LIMIT", { limit: 200_000 }],
  [
    "a block's certificate too long",
    blocks,
    field(1, join(field(2, id), field(4, new Uint8Array(65_537)))),
    "WIRE_LIMIT",
    { limit: 65_536 },
  ],
  ["a block response's request id of 2^32", blocks, field(1, join(field(1, 2 ** 32), field(2, id))), "WIRE_BAD_VALUE"],

  ["1,025 announced transactions", transactions, field(1, many(1_025, field(1, id))), "WIRE_LIMIT", { limit: 1_024, actual: 1_025 }],
  ["1,025 transactions", transactions, field(2, many(1_025, field(2, [1]))), "WIRE_LIMIT", { limit: 1_024, actual: 1_025 }],
  ["a transaction too large", transactions, field(2, field(2, new Uint8Array(10_001))), "WIRE_LIMIT", { limit: 10_000, actual: 10_001 }],
  ["an empty transaction", transactions, field(2, field(2, [])), "WIRE_BAD_VALUE", { field: "transactions" }],
  ["more of 2", transactions, field(2, field(3, 2)), "WIRE_BAD_VALUE", { field: "more" }],
  ["an engine's payload too long", 64, new Uint8Array(1_001), "WIRE_LIMIT", { channel: 64, limit: 1_000, actual: 1_001 }],
];

t.test("every refusal has its code and says where", async (t) => {
  for (const [name, channel, bytes, code, data] of REFUSALS) {
    t.throws(() => codec.decodeMessage(channel, bytes), { code, ...(data === undefined ? {} : { data }) } as never, name);
    try {
      codec.decodeMessage(channel, bytes);
    } catch (error) {
      t.ok(isWireError(error), `${name}: one of the codec's errors`);
    }
  }
  t.equal(isWireError(new Error("something else")), false);
  t.equal(codec.decodeMessage(handshake, hello()).type, "hello", "the Hello that is changed above is a good one");
});

t.test("what stands exactly at its limit is read", async (t) => {
  const at: readonly WireMessage[] = [
    { type: "peers", addresses: new Array(64).fill("x".repeat(255)) },
    { type: "block-announcement", blocks: ids(64).map((id) => ({ id, height: 2 ** 53 - 1 })) },
    { type: "certificate", blockId: id, certificate: new Uint8Array(65_536) },
    { type: "headers-request", requestId: 2 ** 32 - 1, locator: ids(64), stop: id, count: 2_000 },
    { type: "headers", requestId: 1, headers: new Array(2_000).fill(new Uint8Array(1_000)) },
    { type: "headers", requestId: 1, headers: [new Uint8Array(WIRE_LIMITS.headerBytes)] },
    { type: "blocks-request", requestId: 1, ids: ids(128) },
    { type: "block-response", requestId: 1, id, block: new Uint8Array(200_000), certificate: new Uint8Array(65_536) },
    { type: "transaction-announcement", hashes: ids(1_024) },
    { type: "transactions-request", requestId: 2 ** 32 - 1, hashes: ids(1_024) },
    { type: "transactions", requestId: 1, transactions: new Array(1_024).fill(Uint8Array.of(1)), more: true },
    { type: "transactions", requestId: 1, transactions: [new Uint8Array(10_000)], more: false },
    { type: "engine", channel: "votes", payload: new Uint8Array(1_000) },
    { type: "engine", channel: "evidence", payload: new Uint8Array(0) },
  ];
  for (const message of at) {
    const { channel, bytes } = codec.encodeMessage(message);
    // tap's comparison takes seconds for this much.
    deepStrictEqual(codec.decodeMessage(channel, bytes), message);
    t.pass(message.type);
  }
  const unknown = join(field(1, []), many(16, field(30, 1)));
  t.same(codec.decodeMessage(control, unknown), { type: "ping", nonce: 0 }, "16 unknown fields");
  const large = join(field(1, []), field(30, new Uint8Array(4_096 - 4)));
  t.same(codec.decodeMessage(control, large), { type: "ping", nonce: 0 }, "4,096 unknown bytes, tag and length included");
  const stop = field(1, join(field(3, []), field(4, 1)));
  t.same(codec.decodeMessage(requests, stop), { type: "headers-request", requestId: 0, locator: [], count: 1 }, "an empty stop is none");
});

t.test("what is too large to send is refused here, not by the peer; values out of range are bugs", async (t) => {
  const full = { type: "headers", requestId: 1, headers: new Array(300).fill(new Uint8Array(WIRE_LIMITS.headerBytes)) } as const;
  t.throws(() => codec.encodeMessage(full), { code: "WIRE_LIMIT", data: { channel: headers, limit: 2_048 * 1_024 } } as never);
  t.throws(() => codec.encodeMessage({ type: "engine", channel: "votes", payload: new Uint8Array(1_001) }), { code: "WIRE_LIMIT" });
  const broken = { name: "AssertionFailure" };
  const claim = { id, height: 1, weight: 1n, finalizedHeight: 0 };
  const wrong: readonly (readonly [string, WireMessage])[] = [
    ["a nonce of 2^32", { type: "ping", nonce: 2 ** 32 }],
    ["a negative nonce", { type: "pong", nonce: -1 }],
    ["a broken height", { type: "status", head: { ...claim, height: 1.5 } }],
    ["a weight of 2^256", { type: "status", head: { ...claim, weight: 2n ** 256n } }],
    ["a negative weight", { type: "status", head: { ...claim, weight: -1n } }],
    ["a short id", { type: "blocks-request", requestId: 1, ids: [id.subarray(1) as Hash] }],
    ["too many ids", { type: "blocks-request", requestId: 1, ids: ids(129) }],
    ["too many addresses", { type: "peers", addresses: new Array(65).fill("a") }],
    ["an address with a space", { type: "peers", addresses: ["a b"] }],
    ["an address beyond ASCII", { type: "peers", addresses: ["\u00e9"] }],
    ["a long address", { type: "peers", addresses: ["x".repeat(256)] }],
    ["no certificate", { type: "certificate", blockId: id, certificate: new Uint8Array(0) }],
    ["an empty header", { type: "headers", requestId: 1, headers: [new Uint8Array(0)] }],
    ["no headers wanted", { type: "headers-request", requestId: 1, locator: [], count: 0 }],
    ["too many hashes", { type: "transaction-announcement", hashes: ids(1_025) }],
    ["an empty transaction", { type: "transactions", requestId: 1, transactions: [new Uint8Array(0)], more: false }],
    ["a large transaction", { type: "transactions", requestId: 1, transactions: [new Uint8Array(10_001)], more: false }],
    ["a large block", { type: "block-response", requestId: 1, id, block: new Uint8Array(200_001), certificate: new Uint8Array(0) }],
    ["a channel that the engine does not declare", { type: "engine", channel: "gossip", payload: id }],
  ];
  for (const [name, message] of wrong) t.throws(() => codec.encodeMessage(message), broken, name);
});

t.test("a sender can tell beforehand how many elements fit into a message", async (t) => {
  for (const size of [1, 127, 128, 1_000, 9_000]) {
    const limit = channelSpecs(LIMITS, []).find(({ number }) => number === headers)?.maxMessageBytes as number;
    const count = Math.min(WIRE_LIMITS.headers, Math.floor((limit - LIST_OVERHEAD_BYTES) / elementBytes(size)));
    const message = { type: "headers", requestId: 2 ** 32 - 1, headers: new Array(count).fill(new Uint8Array(size)) } as const;
    t.ok(codec.encodeMessage(message).bytes.length <= limit, `${count} of ${size} bytes`);
  }
});

t.test("engine messages travel as they are, on the channels in the engine's order", async (t) => {
  t.strictSame(codec.encodeMessage({ type: "engine", channel: "evidence", payload: id }), { channel: 65, bytes: id });
  t.strictSame(codec.decodeMessage(64, id), { type: "engine", channel: "votes", payload: id });
  t.throws(() => new WireCodec(LIMITS, []).decodeMessage(64, id), { code: "WIRE_UNKNOWN_CHANNEL" }, "an engine without channels");
  const [votes] = ENGINE_CHANNELS as [{ name: string; maxMessageBytes: number }];
  t.throws(() => new WireCodec(LIMITS, [votes, votes]), { name: "AssertionFailure" }, "two channels of one name");
  const many = Array.from({ length: 65 }, (_, index) => ({ name: `channel-${index}`, maxMessageBytes: 1 }));
  t.throws(() => new WireCodec(LIMITS, many), { name: "AssertionFailure" }, "65 channels");
  t.equal(
    new WireCodec(LIMITS, many.slice(1)).encodeMessage({ type: "engine", channel: "channel-64", payload: id.subarray(31) }).channel,
    127,
  );
});

t.test("what may live long does not keep the received bytes alive; blocks are not copied", async (t) => {
  const seen = new Set<string>();
  for (const message of MESSAGES) {
    const value = fc.sample(message.values, { numRuns: 1, seed: 11 })[0] as WireMessage;
    const { channel, bytes } = codec.encodeMessage(value);
    const received = Buffer.from(bytes);
    const visit = (part: unknown, path: string) => {
      if (part instanceof Uint8Array) {
        if (part.length > 0) seen.add(path);
        const shared = part.buffer === received.buffer;
        if (shared !== (path === "block-response.block") && part.length > 0) t.fail(`${path} shares the received buffer: ${shared}`);
        return;
      }
      if (typeof part === "object" && part !== null) for (const [key, inner] of Object.entries(part)) visit(inner, `${path}.${key}`);
    };
    visit(codec.decodeMessage(channel, received), message.type);
  }
  t.ok(seen.has("hello.nodeId") && seen.size > 10, `${seen.size} byte fields were looked at`);
  const large: BlockResponse = { type: "block-response", requestId: 1, id, block: new Uint8Array(100_000).fill(1), certificate: id };
  const { bytes } = codec.encodeMessage(large);
  const { block } = codec.decodeMessage(blocks, bytes) as BlockResponse;
  t.equal(block.buffer, bytes.buffer, "a block is a view");
});
