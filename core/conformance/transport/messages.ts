/** Transport conformance: messages arrive whole, unchanged, in the order of their channel, urgent ones first. */
import type { ChannelSpec } from "../../ports/transport.js";
import type { Bytes } from "../../primitives/bytes.js";
import { type ConformanceCase, holds } from "../case.js";
import { bulkNoise, sameBytes } from "../harness/values.js";
import { CHANNELS, LARGE, LAST, MEDIUM, type Side, SMALL, type TransportRun } from "./run.js";

type TransportCase = ConformanceCase<TransportRun>;

const MEBIBYTE = 1 << 20;
/** Around the border of a fragment, and up to the limit of the largest channel. */
const SIZES = [0, 1, 255, 256, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, MEBIBYTE, 3_333_333, LARGE.maxMessageBytes];

/** Waits for all of `expected` on a channel and compares. */
async function arrives(run: TransportRun, side: Side, channel: ChannelSpec, expected: readonly Bytes[], law: string): Promise<void> {
  await run.until(
    () => side.on(channel).length >= expected.length || side.closed,
    law,
    () => `${side.on(channel).length} of ${expected.length} messages arrived on channel ${channel.number}`,
  );
  const seen = side.on(channel);
  for (const [index, message] of expected.entries()) {
    const got = seen[index];
    holds(got !== undefined, law, `message ${index} is lost: ${side.reason?.code ?? "it never came"}`);
    holds(got.length === message.length, law, `message ${index} of ${message.length} bytes has ${got.length} on arrival`);
    holds(sameBytes(got, message), law, `message ${index} of ${message.length} bytes was changed`);
  }
  holds(seen.length === expected.length, law, `${seen.length - expected.length} messages came that nobody sent`);
}

/** Sends without asking whether to wait: little enough for every queue. */
function sendAll({ connection }: Side, channel: ChannelSpec, all: readonly Bytes[]): void {
  for (const message of all) connection.send(channel.number, message);
}

export const messages: readonly TransportCase[] = [
  {
    name: "messages: of every size up to the limit arrive whole, unchanged and in order, both ways at once",
    async run(run) {
      const { here, there } = await run.pair();
      const out = SIZES.map(bulkNoise);
      const back = SIZES.slice(0, -1).map((size, index) => bulkNoise(size, 1_000 + index));
      sendAll(there, LARGE, out);
      sendAll(here, LARGE, back);
      const law =
        "messages on one channel arrive complete, unchanged and in order: look at fragments, and at chunks that end inside a frame";
      await arrives(run, here, LARGE, out, law);
      await arrives(run, there, LARGE, back, law);
    },
  },
  {
    name: "messages: an empty one is a message",
    async run(run) {
      const { here, there } = await run.pair();
      const all = [new Uint8Array(0), Uint8Array.of(7), new Uint8Array(0), new Uint8Array(0)];
      for (const channel of CHANNELS) sendAll(there, channel, all);
      for (const channel of CHANNELS) await arrives(run, here, channel, all, "an empty message is carried like any other");
    },
  },
  {
    name: "messages: twenty thousand small ones over all channels",
    async run(run) {
      const { here, there } = await run.pair();
      const sent = CHANNELS.map((channel) =>
        Array.from({ length: 5_000 }, (_, index) => bulkNoise((index * 7) % 200, index + channel.number)),
      );
      for (let index = 0; index < 5_000; index++) {
        for (const [at, channel] of CHANNELS.entries()) there.connection.send(channel.number, sent[at]?.[index] ?? Uint8Array.of());
        // Some of them together, some in turns of their own.
        if (index % 500 === 499) await run.time.yield();
      }
      const law = "small messages arrive in the order of their channel, however they are put together on the way";
      for (const [at, channel] of CHANNELS.entries()) await arrives(run, here, channel, sent[at] ?? [], law);
    },
  },
  {
    name: "messages: what came before somebody listened is kept for him",
    async run(run) {
      const { here, there } = await run.pair({ quiet: true });
      const all = [bulkNoise(10, 1), bulkNoise(1_000, 2), bulkNoise(0, 3)];
      sendAll(there, SMALL, all);
      sendAll(here, SMALL, all);
      await run.pass(30);
      const law = "messages that come before `onMessage` are handed over once it is called: do not read before somebody listens";
      for (const side of [here, there]) await arrives(run, side.listen(), SMALL, all, law);
    },
  },
  {
    name: "messages: belong to whom they are handed",
    async run(run) {
      const { here, there } = await run.pair();
      const copies: Bytes[] = [];
      here.onMessage = (_channel, message) => {
        copies.push(new Uint8Array(message));
        // Whoever shares memory with this one sees it now.
        if (copies.length % 2 === 0) message.fill(0xee);
      };
      const sent = Array.from({ length: 200 }, (_, index) => bulkNoise(1 + ((index * 37) % 900), index));
      const originals = sent.map((message) => new Uint8Array(message));
      sendAll(there, SMALL, sent);
      const law = "a message is the listener's: it does not share memory with another message or with what is still being read";
      await run.until(
        () => copies.length === sent.length,
        law,
        () => `${copies.length} of ${sent.length} messages arrived`,
      );
      for (const [index, original] of originals.entries()) {
        holds(sameBytes(copies[index] ?? Uint8Array.of(), original), law, `message ${index} changed when an earlier one was overwritten`);
        const kept = here.received[index]?.message ?? Uint8Array.of();
        if (index % 2 === 0) holds(sameBytes(kept, original), law, `message ${index} changed after it was handed over`);
        const shared = "a message that was sent stays as it was, so that one can go to many peers: the two sides share no memory";
        holds(sameBytes(sent[index] ?? Uint8Array.of(), original), shared, `message ${index} changed at the sender`);
      }
    },
  },
];

export const overtaking: readonly TransportCase[] = [
  {
    name: "priority: an urgent message overtakes a large one that is under way",
    async run(run) {
      const { here, there } = await run.pair();
      const large = bulkNoise(LARGE.maxMessageBytes, 1);
      const order: number[] = [];
      here.onMessage = (channel) => void order.push(channel);
      there.connection.send(LARGE.number, large);
      there.connection.send(MEDIUM.number, bulkNoise(100, 2));
      there.connection.send(SMALL.number, bulkNoise(100, 3));
      const law =
        "a large message does not hold up a small one on a channel of higher priority: cut it into fragments of 64 KiB, and look for something more urgent before each";
      await run.until(
        () => order.length === 3,
        law,
        () => `${order.length} of 3 messages arrived`,
      );
      holds(order.indexOf(LARGE.number) === 2, law, `they arrived in the order of channels ${order.join(", ")}`);
      holds(sameBytes(here.on(LARGE)[0] ?? Uint8Array.of(), large), "a message that was overtaken arrives unchanged", "it was changed");
    },
  },
  {
    name: "priority: what overtakes does not mix up the order or the bytes of any channel",
    async run(run) {
      const { here, there } = await run.pair();
      const sent = new Map<ChannelSpec, Bytes[]>([LARGE, LAST, MEDIUM, SMALL].map((channel) => [channel, []]));
      for (let round = 0; round < 12; round++) {
        for (const [channel, all] of sent) {
          const message = bulkNoise(Math.min(channel.maxMessageBytes, 90_000 + round * 40_000), round * 256 + channel.number);
          all.push(message);
          there.connection.send(channel.number, message);
        }
        if (round % 3 === 2) await run.time.yield();
      }
      const law = "fragments of several channels on one connection are put together by channel: keep what is unfinished for each";
      for (const [channel, all] of sent) await arrives(run, here, channel, all, law);
    },
  },
];
