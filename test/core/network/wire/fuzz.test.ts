/** Bytes that nobody meant: whatever they are, decoding answers a message or one of its errors, soon, and within a bounded memory. */

import fc from "fast-check";
import t from "tap";
import { CHANNEL_OF, Channel, channelSpecs } from "../../../../core/network/channels.js";
import { isWireError } from "../../../../core/network/wire/errors.js";
import type { Bytes } from "../../../../core/primitives/bytes.js";
import { concatBytes, toHex } from "../../../../core/primitives/bytes.js";
import { processorMs } from "../../../fixtures/pace.js";
import { codec, ENGINE_CHANNELS, LIMITS, MESSAGES } from "./messages.js";
import { field, varint } from "./protobuf.js";

const ROUNDS = 100_000;

/** Mulberry32: the same run each time. */
function randomOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** One to four changes: bytes that matter to protobuf, lengths, cuts, repeats, splices. */
function mutate(bytes: Bytes, other: Bytes, random: (bound: number) => number): Bytes {
  let result: Bytes = new Uint8Array(bytes);
  for (let changes = 1 + random(4); changes > 0 && result.length > 0; changes--) {
    const at = random(result.length);
    const kind = random(8);
    if (kind === 0) result[at] = random(256);
    else if (kind === 1) result[at] = (result[at] as number) ^ (1 << random(8));
    else if (kind === 2) result[at] = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x22][random(8)] as number;
    else if (kind === 3) result = result.subarray(0, at);
    else if (kind === 4) result = concatBytes(result.subarray(0, at), other.subarray(random(other.length + 1)));
    else if (kind === 5) result = concatBytes(result.subarray(0, at), result.subarray(random(at + 1)));
    else if (kind === 6) result = concatBytes(result.subarray(0, at), Uint8Array.from(varint(random(2 ** 31))), result.subarray(at));
    else result = concatBytes(result.subarray(0, at), result.subarray(Math.min(result.length, at + 1 + random(4))));
  }
  return result;
}

/** Whether a message was in the bytes. Anything thrown but the codec's errors fails the test. */
function accepted(channel: number, bytes: Bytes): boolean {
  try {
    const message = codec.decodeMessage(channel, bytes);
    // Whatever was accepted is a message that this node could have sent.
    codec.encodeMessage(message);
    return true;
  } catch (error) {
    if (isWireError(error)) return false;
    throw new Error(`channel ${channel}, ${toHex(bytes)}: ${String(error)}`, { cause: error });
  }
}

t.test(`${ROUNDS} mutated messages: nothing but messages and the codec's errors`, async (t) => {
  const random = randomOf(20_26);
  const seeds = MESSAGES.flatMap(({ type, values }) =>
    fc.sample(values, { numRuns: 12, seed: 5 }).map((value) => ({ channel: CHANNEL_OF[type], bytes: codec.encodeMessage(value).bytes })),
  ).filter(({ bytes }) => bytes.length <= 1_500);
  let good = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const one = seeds[random(seeds.length)] as (typeof seeds)[number];
    const other = seeds[random(seeds.length)] as (typeof seeds)[number];
    if (accepted(random(20) === 0 ? other.channel : one.channel, mutate(one.bytes, other.bytes, random))) good++;
  }
  t.ok(good > ROUNDS / 50 && good < ROUNDS, `${good} were still messages`);
});

t.test("random bytes on every channel", async (t) => {
  const random = randomOf(7);
  let good = 0;
  const channels = [...channelSpecs(LIMITS, ENGINE_CHANNELS).map(({ number }) => number), 7, 66, 255];
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: random(40) }, () => random(256));
    if (accepted(channels[random(channels.length)] as number, bytes)) good++;
  }
  t.ok(good > 0, `${good} messages, those of the engine among them`);
});

/** As many of `part` as fit into the channel's limit. */
function filled(channel: number, part: Bytes): Bytes {
  const limit = channelSpecs(LIMITS, []).find(({ number }) => number === channel)?.maxMessageBytes as number;
  const content = new Uint8Array(limit - 6);
  for (let at = 0; at + part.length <= content.length; at += part.length) content.set(part, at);
  return content.subarray(0, content.length - (content.length % part.length));
}

t.test("as much rubbish as a channel takes costs next to nothing", async (t) => {
  const empty = Uint8Array.of(0x0a, 0);
  const { announcements, headers, blocks, transactions } = Channel;
  const rubbish: readonly (readonly [string, number, Bytes])[] = [
    ["empty envelope members", blocks, filled(blocks, empty)],
    ["empty sub-messages", announcements, field(1, filled(announcements, empty))],
    ["empty unknown fields", headers, filled(headers, Uint8Array.of(0x7a, 0))],
    ["empty unknown fields inside", headers, field(1, filled(headers, Uint8Array.of(0x7a, 0)))],
    ["one unknown field of megabytes", headers, field(15, filled(headers, empty))],
    ["empty headers", headers, field(1, filled(headers, Uint8Array.of(0x12, 0)))],
    ["headers of one byte", headers, field(1, filled(headers, Uint8Array.of(0x12, 1, 0)))],
    ["hashes", transactions, field(1, filled(transactions, field(1, new Uint8Array(32))))],
    ["request ids", headers, field(1, filled(headers, Uint8Array.of(8, 1)))],
    ["group starts", headers, filled(headers, Uint8Array.of(0x7b))],
    ["unfinished integers", headers, filled(headers, Uint8Array.of(0xff))],
    ["zeros", headers, filled(headers, Uint8Array.of(0))],
  ];
  const memoryBefore = process.memoryUsage();
  for (const [name, channel, bytes] of rubbish) {
    t.ok(bytes.length > 60_000, `${name}: ${bytes.length} bytes`);
    let good = 0;
    const eachMs =
      processorMs(() => {
        for (let round = 0; round < 100; round++) if (accepted(channel, bytes)) good++;
      }) / 100;
    t.equal(good, 0, `${name} are refused`);
    t.ok(eachMs < 20, `${name}: ${eachMs.toFixed(3)} ms each`);
  }
  const grown = process.memoryUsage().arrayBuffers - memoryBefore.arrayBuffers;
  t.ok(grown < 2 ** 26, `${grown} bytes of buffers more`);
});
