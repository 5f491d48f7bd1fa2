/** Frames: what goes in on one side comes out on the other, however the stream is cut, and nothing is kept that breaks a rule. */
import fc from "fast-check";
import t from "tap";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { ChannelTable } from "../../../plugins/transport-tcp/channel-table.js";
import { goodbyeFrame, readGoodbye } from "../../../plugins/transport-tcp/frame.js";
import { FrameReader, type Received } from "../../../plugins/transport-tcp/frame-reader.js";
import { HeldMessages } from "../../../plugins/transport-tcp/held-messages.js";
import { SendQueue } from "../../../plugins/transport-tcp/send-queue.js";
import { CHANNELS, frameOf } from "./fixture.js";

const readerOf = (channels: ChannelTable) => new FrameReader(channels, new HeldMessages(Number.MAX_SAFE_INTEGER), () => undefined);
const KIB = 1_024;
const [END, MORE, GOODBYE] = [0, 1, 2];
const FRAGMENT = 64 * KIB;
const BATCH = 2 * (FRAGMENT + 6);
const table = new ChannelTable(CHANNELS);

function readAll(reader: FrameReader, ...chunks: readonly Bytes[]): Received[] {
  const all: Received[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) all.push(next);
  }
  return all;
}

/** Everything that waits, in batches of the size that connections use. */
function drain(queue: SendQueue, bytes = BATCH): Bytes[] {
  const batches: Bytes[] = [];
  while (queue.bytes > 0) {
    const batch = new Uint8Array(bytes);
    batches.push(batch.subarray(0, queue.fill(batch)));
  }
  return batches;
}

const numbered = (length: number, seed: number): Bytes => Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff);
const faultOf = (...frames: readonly Bytes[]) => {
  const last = readAll(readerOf(table), ...frames).at(-1);
  return last?.type === "fault" ? last.code : last?.type;
};

t.test("any messages, cut anywhere, come out whole and in the order of their channel", async () => {
  const message = fc.record({
    channel: fc.constantFrom(0, 1, 2),
    length: fc.oneof(fc.nat(1_024), fc.nat(1_024), fc.constantFrom(0, 65_536, 65_537, 131_072, 200_000)),
  });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 10 }),
      (messages, cuts) => {
        const queue = new SendQueue(table);
        const sent = messages
          .filter(({ channel, length }) => length <= (table.limit(channel) ?? 0))
          .map(({ channel, length }, index) => ({ channel, message: numbered(length, index) }));
        for (const each of sent) queue.push(each.channel, each.message);
        const stream = Buffer.concat(drain(queue));
        const reader = readerOf(table);
        const received: Received[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const cut = cuts[turn % cuts.length] ?? 1;
          // A copy: chunks of a socket have memory of their own.
          received.push(...readAll(reader, new Uint8Array(stream.subarray(at, at + cut))));
          at += cut;
        }
        for (const { number } of CHANNELS) {
          const expected = sent.filter(({ channel }) => channel === number).map((each) => each.message);
          const seen = received.flatMap((each) => (each.type === "message" && each.channel === number ? [each.message] : []));
          if (seen.length !== expected.length || seen.some((each, index) => Buffer.compare(each, expected[index] ?? each) !== 0))
            return false;
        }
        return received.length === sent.length && reader.heldBytes === 0;
      },
    ),
    { numRuns: 150 },
  );
});

t.test("a stream of noise ends in a fault or waits, and never throws", async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      const received = readAll(readerOf(table), ...chunks);
      return received.slice(0, -1).every(({ type }) => type === "message");
    }),
    { numRuns: 500 },
  );
});

t.test("rules are checked on the header, before a byte of the payload is there", async (t) => {
  const header = (channel: number, kind: number, length: number) => frameOf(channel, kind, new Uint8Array(0), length);
  const full = new Uint8Array(FRAGMENT);
  t.equal(faultOf(header(0, END, 1_025)), "TRANSPORT_MESSAGE_TOO_LARGE");
  t.equal(faultOf(header(0, END, 0xffff_ffff)), "TRANSPORT_MESSAGE_TOO_LARGE");
  t.equal(faultOf(header(0, MORE, FRAGMENT)), "TRANSPORT_MESSAGE_TOO_LARGE", "a fragment counts, too");
  t.equal(
    faultOf(frameOf(1, MORE, full), frameOf(1, MORE, full), frameOf(1, MORE, full), header(1, END, FRAGMENT + 1)),
    "TRANSPORT_MESSAGE_TOO_LARGE",
    "and all fragments of a message together",
  );
  t.equal(faultOf(header(3, END, 0)), "TRANSPORT_UNKNOWN_CHANNEL");
  t.equal(faultOf(header(1, 3, 0)), "TRANSPORT_BAD_FRAME", "an unknown kind");
  t.equal(faultOf(header(2, END, FRAGMENT + 1)), "TRANSPORT_BAD_FRAME", "over 64 KiB unfragmented");
  t.equal(faultOf(header(2, MORE, FRAGMENT - 1)), "TRANSPORT_BAD_FRAME", "a fragment that is not full");
  t.equal(faultOf(header(2, MORE, 0)), "TRANSPORT_BAD_FRAME", "a fragment for nothing");
  t.equal(faultOf(frameOf(2, MORE, full), header(2, END, 0)), "TRANSPORT_BAD_FRAME", "an end of nothing");
  t.equal(faultOf(header(0, GOODBYE, 257)), "TRANSPORT_BAD_FRAME", "a long goodbye");
  t.equal(faultOf(header(1, GOODBYE, 5)), "TRANSPORT_BAD_FRAME", "a goodbye on a channel");
  t.equal(faultOf(header(0, END, 1_024)), undefined, "a message of the limit is waited for");
  const reader = readerOf(table);
  readAll(reader, header(3, END, 0));
  t.same(readAll(reader, frameOf(0, END, Uint8Array.of(1))), [], "after a fault there is nothing more");
});

t.test("messages that have not ended are bounded over all channels", async (t) => {
  const many = new ChannelTable(Array.from({ length: 64 }, (_, number) => ({ number, maxMessageBytes: 200_000, priority: number })));
  t.equal(many.partialBytesMax, 400_000);
  const reader = readerOf(many);
  const full = new Uint8Array(FRAGMENT);
  const received: Received[] = [];
  let most = 0;
  for (let channel = 0; channel < 64 && received.length === 0; channel++) {
    received.push(...readAll(reader, frameOf(channel, MORE, full)));
    most = Math.max(most, reader.heldBytes);
  }
  t.match(received, [{ type: "fault", code: "TRANSPORT_PARTIAL_OVERFLOW" }]);
  t.ok(most <= 400_000, `${most} bytes were held`);
  t.equal(reader.heldBytes, 0, "and let go");

  const queue = new SendQueue(many);
  const lawful = readerOf(many);
  const seen: Received[] = [];
  // The least urgent begins first, and is overtaken by all others: still never more than the other side lets be.
  for (let channel = 63; channel >= 0; channel--) {
    queue.push(channel, numbered(200_000, channel));
    const batch = new Uint8Array(FRAGMENT + 6);
    seen.push(...readAll(lawful, batch.subarray(0, queue.fill(batch)).slice()));
  }
  seen.push(...readAll(lawful, ...drain(queue)));
  t.same(
    seen.filter(({ type }) => type !== "message"),
    [],
  );
  t.equal(seen.length, 64);
});

t.test("a frame that trickles in costs its bytes, and a header reserves next to nothing", async (t) => {
  const payload = numbered(60_000, 7);
  const frame = frameOf(1, END, payload);
  const reader = readerOf(table);
  let received: Received[] = [];
  let excess = 0;
  for (let at = 0; at < frame.length; at++) {
    received = received.concat(readAll(reader, frame.slice(at, at + 1)));
    excess = Math.max(excess, reader.heldBytes - 4 * at);
  }
  t.ok(excess <= 1_024, `${excess} bytes more than four times of what had come`);
  t.same(received, [{ type: "message", channel: 1, message: payload }]);
  t.equal(reader.heldBytes, 0);
});

t.test("a frame over many chunks: its beginning stays in its chunk, and its length is reserved once", async (t) => {
  const payload = numbered(60_000, 7);
  const frame = frameOf(1, END, payload);
  const reader = readerOf(table);
  const [first, second, rest] = [frame.slice(0, 16 * KIB), frame.slice(16 * KIB, 32 * KIB), frame.slice(32 * KIB)];
  t.same(readAll(reader, first), []);
  t.equal(reader.heldBytes, 16 * KIB, "nothing but what came");
  t.same(readAll(reader, second), []);
  t.equal(reader.heldBytes, 60_000);
  const received = readAll(reader, rest);
  t.same(received, [{ type: "message", channel: 1, message: payload }]);
  t.equal(received[0]?.type === "message" && received[0].message.buffer.byteLength, 60_000, "memory of its own");
  // A few bytes at the end of a chunk don't keep it.
  t.equal(readAll(reader, Buffer.concat([frameOf(1, END, numbered(16_000, 1)), frame.slice(0, 106)])).length, 1);
  t.equal(reader.heldBytes, 1_024);
  t.same(readAll(reader, frame.slice(106)), [{ type: "message", channel: 1, message: payload }]);
  t.equal(reader.heldBytes, 0);
});

t.test("a small message does not keep the chunk that it came in; a large one is not copied", async (t) => {
  const small = frameOf(0, END, numbered(200, 1));
  const chunk = Buffer.concat([small, small, small, small, small, small, small, small]);
  const own = new Uint8Array(chunk);
  for (const each of readAll(readerOf(table), own)) {
    if (each.type !== "message") throw new Error("no message");
    t.equal(each.message.buffer.byteLength, 200, "memory of its own");
  }
  const large = frameOf(1, END, numbered(10_000, 1));
  const [view] = readAll(readerOf(table), large);
  t.equal(view?.type === "message" && view.message.buffer, large.buffer, "a view of what was read");
  t.notOk(view?.type === "message" && Buffer.isBuffer(view.message));
  const pooled = Buffer.from(Buffer.allocUnsafeSlow(1_048_576).buffer, 64, large.length);
  pooled.set(large);
  const [copy] = readAll(readerOf(table), pooled);
  t.equal(copy?.type === "message" && copy.message.buffer.byteLength, 10_000, "what pins much more than itself is copied");
});

t.test("urgent first, channels of one priority by turns, fragments between", async (t) => {
  const channels = new ChannelTable([
    { number: 7, maxMessageBytes: 300_000, priority: 5 },
    { number: 8, maxMessageBytes: 300_000, priority: 5 },
    { number: 9, maxMessageBytes: 100, priority: -1 },
  ]);
  const queue = new SendQueue(channels);
  queue.push(7, new Uint8Array(3 * FRAGMENT));
  queue.push(8, new Uint8Array(2 * FRAGMENT));
  const order: number[] = [];
  const oneFrame = () => {
    const batch = new Uint8Array(FRAGMENT + 6);
    const count = queue.fill(batch);
    for (let at = 0; at < count; at += 6 + new DataView(batch.buffer).getUint32(at)) order.push(batch[at + 4] as number);
  };
  oneFrame();
  oneFrame();
  queue.push(9, new Uint8Array(50));
  queue.push(9, new Uint8Array(50));
  while (queue.bytes > 0) oneFrame();
  t.same(order, [7, 8, 9, 9, 7, 8, 7]);
  for (let index = 0; index < 5_000; index++) queue.push(9, Uint8Array.of(index & 0xff));
  const seen = readAll(readerOf(channels), ...drain(queue));
  t.ok(
    seen.length === 5_000 && seen.every((each, index) => each.type === "message" && each.message[0] === (index & 0xff)),
    "long queues keep their order",
  );
  queue.push(9, new Uint8Array(50));
  queue.clear();
  t.equal(queue.bytes, 0);
});

t.test("who makes no progress is seen, and who was not let is excused", async (t) => {
  const reader = readerOf(table);
  t.equal(reader.inspect(1_000, false), 0);
  t.equal(reader.inspect(5_000, false), 0, "nothing was begun");
  readAll(reader, frameOf(0, END, Uint8Array.of(1), 10));
  t.equal(reader.inspect(6_000, false), 0);
  readAll(reader, Uint8Array.of(2, 3));
  t.equal(reader.inspect(9_000, false), 3_000, "bytes of one frame are no progress: they could trickle for ever");
  t.equal(reader.inspect(10_000, true), 0, "excused");
  t.equal(reader.inspect(10_500, false), 500);
  readAll(reader, new Uint8Array(7));
  t.equal(reader.inspect(11_000, false), 0, "the frame has ended");
  readAll(reader, frameOf(2, MORE, new Uint8Array(FRAGMENT)));
  t.equal(reader.inspect(12_000, false), 0);
  readAll(reader, frameOf(0, END, Uint8Array.of(1)));
  t.equal(reader.inspect(15_000, false), 3_000, "other messages do not excuse one in fragments that stands still");
  readAll(reader, frameOf(2, MORE, new Uint8Array(FRAGMENT)));
  t.equal(reader.inspect(16_000, false), 0, "a fragment is progress");
});

t.test("goodbyes: what was said, cut to length, without what could fool a terminal", async (t) => {
  const said = (code: string, message: string) => {
    const [received] = readAll(readerOf(table), goodbyeFrame(code, message));
    return received?.type === "goodbye" ? readGoodbye(received.payload) : received;
  };
  t.same(said("PEER_BANNED", "fünf Verstöße"), { code: "PEER_BANNED", message: "fünf Verstöße" });
  t.same(said("DONE", ""), { code: "DONE", message: "" });
  t.same(said("DONE", "a\u001b[2Jb\nc\u202e"), { code: "DONE", message: "a?[2Jb?c?" });
  t.match(said("DONE", "x".repeat(1_000)), { code: "DONE", message: /^x{251}$/ });
  for (const bad of ["done", "", "1X", `X${"Y".repeat(64)}`, "A-B"]) t.match(said(bad, "m"), { code: "TRANSPORT_CLOSED" }, bad);
  t.match(readGoodbye(Uint8Array.of(0xff, 0xfe)), { code: "TRANSPORT_CLOSED" });
});

t.test("channels that can't be", async (t) => {
  const channel = { number: 1, maxMessageBytes: 10, priority: 0 };
  for (const wrong of [
    [],
    [channel, channel],
    [{ ...channel, number: 256 }],
    [{ ...channel, number: 0.5 }],
    [{ ...channel, maxMessageBytes: -1 }],
    [{ ...channel, maxMessageBytes: 2 ** 32 }],
    [{ ...channel, priority: Number.NaN }],
  ])
    t.throws(() => new ChannelTable(wrong), { code: "TRANSPORT_BAD_CHANNELS" });
});
