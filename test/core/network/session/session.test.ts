/** A session: keeps to limits both ways, keeps alive, counts what is under way, and judges what its peer does. */
import fc from "fast-check";
import t from "tap";
import { Channel, channelSpecs } from "../../../../core/network/channels.js";
import type { Peer } from "../../../../core/network/peer.js";
import { receiverLimits, senderLimits } from "../../../../core/network/session/channel-limits.js";
import { LogBudget } from "../../../../core/network/session/log-budget.js";
import { Outbox } from "../../../../core/network/session/outbox.js";
import { TokenBucket } from "../../../../core/network/session/token-bucket.js";
import type { ChannelSpec } from "../../../../core/ports/transport.js";
import { Hash } from "../../../../core/primitives/hash.js";
import { SILENT } from "../../../plugins/ledger-account/fixtures.js";
import {
  bentConnection,
  bentTransport,
  DrivenTime,
  type Identity,
  identities,
  LIMITS,
  type NodeSetup,
  ScriptedChain,
  World,
} from "../world.js";

const [LOW, HIGH] = identities(2) as [Identity, Identity];
const ANNOUNCEMENT = { type: "block-announcement", blocks: [{ id: Hash.zero, height: 1 }] } as const;

async function met(t: { teardown(end: () => Promise<void>): void }, setup: Partial<NodeSetup> = {}) {
  const world = new World();
  t.teardown(() => world.end());
  const node = await world.started({ identity: LOW, name: "node", ...setup });
  const stranger = await world.stranger(HIGH, node);
  await stranger.greet();
  const peer = node.recorder.peers.get(HIGH.nodeId);
  if (peer === undefined) throw new Error("they did not meet");
  return { world, node, stranger, peer };
}

t.test("a bucket lets through its size at once and its rate afterwards", async (t) => {
  const bucket = new TokenBucket({ messages: 3, messagesPerSecond: 2, bytes: 100, bytesPerSecond: 10 }, 0);
  t.same(
    [1, 1, 1, 1].map((bytes) => bucket.take(bytes, 0)),
    [true, true, true, false],
  );
  t.equal(bucket.waitMs(1, 0), 500);
  t.same([bucket.take(1, 499), bucket.take(1, 500)], [false, true]);
  t.equal(bucket.take(98, 5_000), true);
  t.equal(bucket.take(50, 5_000), false, "bytes count, too");
  t.equal(bucket.waitMs(50, 5_000), 4_800);
  bucket.grant(10_000, 5_000);
  t.equal(bucket.take(50, 5_000), true);
  const idle = new TokenBucket({ messages: 3, messagesPerSecond: 2, bytes: 100, bytesPerSecond: 10 }, 0);
  t.same(
    [1, 1, 1, 1].map((bytes) => idle.take(bytes, 1_000_000)),
    [true, true, true, false],
    "no more than its size",
  );
});

t.test("an honest sender never meets the receiver's limit, whatever is held up on the way", async (t) => {
  const spec: ChannelSpec = { number: Channel.control, maxMessageBytes: 32_768, priority: 0 };
  const SILENCE_MS = 70_000;
  // What the sender wants to send (when, how large), and for how long the network holds back each moment's messages.
  const traffic = fc.array(
    fc.record({ gapMs: fc.nat(3_000), count: fc.integer({ min: 1, max: 200 }), bytes: fc.integer({ min: 1, max: 32_768 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  const stalls = fc.array(fc.integer({ min: 0, max: SILENCE_MS }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(traffic, stalls, (bursts, delays) => {
      const sender = new TokenBucket(senderLimits(spec), 0);
      const arrivals: { readonly atMs: number; readonly bytes: number }[] = [];
      let nowMs = 0;
      let wantedMs = 0;
      for (const { gapMs, count, bytes } of bursts) {
        wantedMs += gapMs;
        nowMs = Math.max(nowMs, wantedMs);
        for (let sent = 0; sent < count; sent++) {
          while (!sender.take(bytes, nowMs)) nowMs += Math.ceil(sender.waitMs(bytes, nowMs));
          const delayMs = delays[Math.floor(nowMs / 10_000) % delays.length] ?? 0;
          // Order holds: nothing overtakes what was sent before.
          arrivals.push({ atMs: Math.max(nowMs + delayMs, arrivals.at(-1)?.atMs ?? 0), bytes });
        }
      }
      const receiver = new TokenBucket(receiverLimits(spec, SILENCE_MS), 0);
      return arrivals.every(({ atMs, bytes }) => receiver.take(bytes, atMs));
    }),
    { numRuns: 60 },
  );
  for (const channel of channelSpecs(LIMITS, [{ name: "votes", maxMessageBytes: 1_000_000 }])) {
    const [send, receive] = [senderLimits(channel), receiverLimits(channel, SILENCE_MS)];
    t.ok(send.bytes >= channel.maxMessageBytes, "the largest message passes");
    t.ok(receive.bytes > send.bytes && receive.messages > send.messages && receive.bytesPerSecond > send.bytesPerSecond);
  }
});

t.test("the outbox keeps order, lets urgent messages past, and sends the newest of a kind", async (t) => {
  const time = new DrivenTime();
  const sent: string[] = [];
  let answer: "sent" | "wait" = "sent";
  let drains = 0;
  const specs = channelSpecs(LIMITS, []);
  const outbox = new Outbox(specs, {
    clock: time,
    scheduler: time,
    transmit: (channel, bytes) => {
      sent.push(`${channel}:${bytes[0]}`);
      return answer;
    },
    onDrain: () => drains++,
    onPaced: () => undefined,
  });
  answer = "wait";
  t.equal(outbox.send(Channel.blocks, Uint8Array.of(1)), "wait");
  t.equal(outbox.send(Channel.blocks, Uint8Array.of(2)), "wait");
  t.equal(outbox.send(Channel.headers, Uint8Array.of(3)), "wait");
  t.equal(outbox.send(Channel.announcements, Uint8Array.of(4)), "wait");
  t.same(sent, ["5:1", "2:4"], "bulk waits, the urgent goes");
  t.ok(outbox.congested);
  answer = "sent";
  outbox.drained();
  t.same(sent, ["5:1", "2:4", "4:3", "5:2"]);
  t.equal(drains, 1);
  t.notOk(outbox.congested);

  sent.length = 0;
  const { messages } = senderLimits(specs[Channel.control] as ChannelSpec);
  for (let count = 0; count < messages; count++) outbox.send(Channel.control, Uint8Array.of(0), "status");
  for (const value of [1, 2, 3]) t.equal(outbox.send(Channel.control, Uint8Array.of(value), "status"), "wait");
  t.equal(outbox.send(Channel.control, Uint8Array.of(9)), "wait");
  t.equal(sent.length, messages);
  await time.pass(1_000);
  t.same(sent.slice(messages), ["1:3", "1:9"], "one status, the newest, in its place");
  t.equal(drains, 2);
  t.equal(time.timers, 0);
  for (let count = 0; count < messages; count++) outbox.send(Channel.control, Uint8Array.of(5));
  time.skip(5_000);
  sent.length = 0;
  outbox.send(Channel.control, Uint8Array.of(6));
  t.same(sent, [], "nothing overtakes what waits, even if the bucket has enough by now");
  await time.pass(10_000);
  t.equal(sent.at(-1), "1:6");
  for (let count = 0; count < messages * 2; count++) outbox.send(Channel.control, Uint8Array.of(0));
  outbox.close();
  t.equal(outbox.send(Channel.control, Uint8Array.of(0)), "closed");
  t.equal(time.timers, 0);
  t.equal(outbox.queuedBytes, 0);
});

t.test("a flood closes with its own code, on each channel", async (t) => {
  for (const [channel, message] of [
    [Channel.control, { type: "ping", nonce: 1 }],
    [Channel.announcements, ANNOUNCEMENT],
  ] as const) {
    const { world, node, stranger } = await met(t);
    const { messages } = receiverLimits(channelSpecs(LIMITS, [])[channel] as ChannelSpec, 70_000);
    for (let count = 0; count < messages - 10; count++) stranger.send(message);
    await world.time.settle();
    t.equal(stranger.closed, undefined, "within the limit");
    for (let count = 0; count < 20; count++) stranger.send(message);
    await world.time.settle();
    t.equal(stranger.closed?.code, "NETWORK_FLOOD");
    t.equal(node.metrics.of("network_offences_total violation NETWORK_FLOOD"), 1);
    t.ok(node.recorder.received <= messages);
  }
});

t.test("a node that wants to say a lot is slowed down, and loses nothing", async (t) => {
  const world = new World();
  t.teardown(() => world.end());
  const alice = await world.started({ identity: LOW, name: "alice" });
  const bob = await world.started({ identity: HIGH, name: "bob", options: { bootstrap: [alice.address] } });
  await world.time.settle();
  const seen: number[] = [];
  bob.recorder.onReceive = (_peer, message) => {
    if (message.type === "block-announcement") seen.push(message.blocks[0]?.height ?? -1);
  };
  const peer = alice.recorder.peers.get(HIGH.nodeId);
  const verdicts = new Set<string>();
  for (let height = 0; height < 6_000; height++)
    verdicts.add(peer?.send({ type: "block-announcement", blocks: [{ id: Hash.zero, height }] }) ?? "");
  t.same([...verdicts], ["sent", "wait"]);
  t.ok(peer?.congested);
  await world.time.pass(25_000);
  t.same(
    seen,
    Array.from({ length: 6_000 }, (_, height) => height),
    "all of it, in order",
  );
  t.notOk(peer?.congested);
  t.ok(alice.recorder.events.includes("drain"));
  t.ok(alice.metrics.of("network_paced_messages_total") > 3_000);
  t.equal(bob.network.peers.length, 1);
});

t.test("who asks for more than it reads is parted from", async (t) => {
  const { world, node, stranger, peer } = await met(t, { options: { bytesUnderWay: 4_000_000 } });
  stranger.connection.pause();
  const message = {
    type: "block-response",
    requestId: 1,
    id: Hash.zero,
    block: new Uint8Array(1_000_000),
    certificate: new Uint8Array(0),
  } as const;
  let sent = 0;
  while (sent < 100 && peer.send({ ...message }) !== "closed") sent++;
  t.ok(sent >= 8 && sent <= 12, `${sent} megabytes`);
  t.equal(peer.connected, false);
  t.equal(peer.send(message), "closed");
  t.equal(node.metrics.of("network_closed_total local NETWORK_SLOW_READER"), 1);
  await world.time.pass(1_000);
});

t.test("a peer that says nothing any more is dropped", async (t) => {
  const { world, node, stranger } = await met(t);
  t.equal(stranger.of("ping").length, 1, "the first ping at once, for the latency");
  await world.time.pass(19_999);
  t.equal(stranger.closed, undefined);
  await world.time.pass(2);
  t.equal(stranger.closed?.code, "NETWORK_PING_TIMEOUT");
  t.equal(node.metrics.of("network_offences_total failure NETWORK_PING_TIMEOUT"), 1);
  t.same(node.recorder.events, ["+inbound", "-inbound"]);
});

t.test("a peer that answers stays, with its latency", async (t) => {
  const { world, node, stranger } = await met(t);
  for (let round = 0; round < 20; round++) {
    await world.time.pass(7);
    for (const { nonce } of stranger.of("ping")) stranger.send({ type: "pong", nonce });
    stranger.received.length = 0;
    await world.time.settle();
    t.equal(node.network.peers[0]?.latencyMs, 7);
    // The next ping is on its way by then.
    await world.time.pass(50_000 - 7);
  }
  t.equal(stranger.closed, undefined);
});

t.test("one that talks but never answers pings is given a few of them; pongs that nobody asked for are offences", async (t) => {
  const { world, node, stranger } = await met(t);
  for (let second = 0; second < 200 && stranger.closed === undefined; second++) {
    stranger.send(ANNOUNCEMENT);
    await world.time.pass(1_000);
  }
  t.equal(stranger.closed?.code, "NETWORK_PING_TIMEOUT");
  t.equal(stranger.of("ping").length, 3);
  t.ok(node);

  const { stranger: eager, node: other, world: there } = await met(t);
  eager.send({ type: "pong", nonce: 1 });
  await there.time.settle();
  t.equal(other.metrics.of("network_offences_total invalid NETWORK_UNEXPECTED_PONG"), 1);
  t.equal(eager.closed, undefined);
});

t.test("while too much is under way the connection is not read", async (t) => {
  const pauses: string[] = [];
  const watched = (inner: Parameters<NonNullable<NodeSetup["transport"]>>[0]) =>
    bentTransport(inner, (connection) =>
      bentConnection(connection, {
        pause: () => {
          pauses.push("pause");
          connection.pause();
        },
        resume: () => {
          pauses.push("resume");
          connection.resume();
        },
      }),
    );
  const { world, node, stranger } = await met(t, { options: { bytesUnderWay: 10_000 }, transport: watched });
  const release: (() => void)[] = [];
  node.recorder.onReceive = () => new Promise((resolve) => release.push(resolve));
  const message = {
    type: "block-response",
    requestId: 1,
    id: Hash.zero,
    block: new Uint8Array(4_000),
    certificate: new Uint8Array(0),
  } as const;
  for (let count = 0; count < 10; count++) stranger.send(message);
  await world.time.settle();
  t.equal(node.recorder.received, 3, "the third one was too much");
  t.same(pauses, ["pause"]);
  // A ping can't be answered by somebody who is not read: that is not his fault.
  await world.time.pass(300_000);
  t.equal(stranger.closed, undefined);
  release.shift()?.();
  await world.time.settle();
  t.same(pauses, ["pause"], "half of it must be done");
  release.shift()?.();
  await world.time.settle();
  t.same(pauses.slice(0, 2), ["pause", "resume"]);
  t.ok(node.recorder.received > 3);
  while (release.length > 0) {
    release.shift()?.();
    await world.time.settle();
  }
  t.equal(node.recorder.received, 10, "nothing is lost");
});

t.test("what piles up while the connection is not read is no flood", async (t) => {
  for (const before of [0, 1]) {
    const { world, node, stranger } = await met(t, { options: { bytesUnderWay: 100_000 } });
    let release: () => void = () => undefined;
    node.recorder.onReceive = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    // On a channel that was in use before, and on one that was not.
    for (let sent = 0; sent < before; sent++) stranger.send({ type: "ping", nonce: sent });
    stranger.send({ type: "block-response", requestId: 1, id: Hash.zero, block: new Uint8Array(100_001), certificate: new Uint8Array(0) });
    await world.time.settle();
    const limits = senderLimits(channelSpecs(LIMITS, [])[Channel.control] as ChannelSpec);
    const count = limits.messages + 400 * limits.messagesPerSecond;
    for (let sent = 0; sent < count; sent++) stranger.send({ type: "ping", nonce: sent });
    await world.time.pass(400_000);
    t.equal(node.metrics.of("network_messages_total in ping"), before);
    release();
    await world.time.settle();
    t.equal(node.metrics.of("network_messages_total in ping"), before + count);
    t.equal(stranger.closed, undefined);
  }
});

t.test("a handler that fails ends the connection, not the node", async (t) => {
  for (const failure of [
    () => {
      throw new Error("sync fault");
    },
    () => Promise.reject(new Error("async fault")),
  ]) {
    const { world, node, stranger } = await met(t);
    node.recorder.onReceive = failure;
    stranger.send(ANNOUNCEMENT);
    await world.time.settle();
    t.equal(stranger.closed?.code, "NETWORK_INTERNAL");
    t.ok(node.lines.some((line) => line.startsWith("error")));
    t.match(node.network.bans(), []);
    const next = await world.stranger(HIGH, node, { name: "next" });
    await next.greet();
    t.equal(next.closed, undefined, "nobody is blamed");
  }
});

t.test("offences and merits move the score, violations close", async (t) => {
  const { world, node, stranger, peer } = await met(t);
  const score = () => node.network.peers[0]?.scoreMilli;
  t.equal(score(), 55_000, "connected");
  peer.reward("block");
  t.equal(score(), 56_000);
  peer.reward("transaction");
  t.equal(score(), 56_100);
  peer.offend("failure", "SYNC_TEST", "");
  t.equal(score(), 54_100);
  peer.offend("invalid", "SYNC_TEST", "");
  t.equal(score(), 49_100);
  t.equal(stranger.closed, undefined);
  peer.offend("violation", "SYNC_TEST", "because");
  await world.time.settle();
  t.match(stranger.closed, { code: "SYNC_TEST", message: "because" });
  t.equal(node.metrics.of("network_offences_total violation SYNC_TEST"), 1);
});

t.test("with no score left, an invalid message is a violation", async (t) => {
  const { world, node, stranger, peer } = await met(t);
  for (let count = 0; count < 11; count++) peer.offend("invalid", "SYNC_TEST", "");
  t.equal(node.network.peers[0]?.scoreMilli, 0);
  t.equal(stranger.closed, undefined);
  peer.offend("invalid", "SYNC_TEST", "one too many");
  await world.time.settle();
  t.equal(stranger.closed?.code, "NETWORK_NO_SCORE_LEFT");
  t.equal(node.metrics.of("network_offences_total violation SYNC_TEST"), 1);
});

t.test("an engine's messages travel on its channels; codes of strangers make no labels", async (t) => {
  const chain = new ScriptedChain("genesis", [{ name: "votes", maxMessageBytes: 1_000 }]);
  const { world, node, stranger, peer } = await met(t, { chain });
  const payloads: string[] = [];
  node.recorder.onReceive = (_peer: Peer, message) => {
    if (message.type === "engine") payloads.push(`${message.channel} ${message.payload.length}`);
  };
  stranger.send({ type: "engine", channel: "votes", payload: new Uint8Array(10) });
  await world.time.settle();
  t.same(payloads, ["votes 10"]);
  t.throws(() => peer.send({ type: "engine", channel: "votes", payload: new Uint8Array(1_001) }), { code: "WIRE_LIMIT" });
  await stranger.connection.close("MADE_UP_BY_A_STRANGER", "x");
  await world.time.settle();
  t.equal(node.metrics.of("network_closed_total remote any"), 1);
  t.notOk([...node.metrics.counts.keys()].some((key) => key.includes("MADE_UP")));
});

t.test("lines about connections are bounded", async (t) => {
  const time = new DrivenTime();
  const lines: string[] = [];
  const budget = new LogBudget(time, { ...SILENT, info: (_data: object, message: string) => void lines.push(message) }, 3);
  for (let count = 0; count < 10; count++) budget.info({}, "came");
  time.skip(60_000);
  budget.info({}, "came");
  t.same(lines, ["came", "came", "came", "lines about connections were left out in the last minute", "came"]);
});

t.test("a part that parts with a peer at once leaves the others with nothing to forget", async (t) => {
  const world = new World();
  t.teardown(() => world.end());
  const node = await world.started({ identity: LOW, name: "node" });
  node.recorder.onPeer = (peer) => peer.close("TEST_UNWANTED", "");
  const stranger = await world.stranger(HIGH, node);
  await stranger.greet();
  t.equal(stranger.closed?.code, "TEST_UNWANTED");
  t.same(node.recorder.events, ["-inbound"]);
  t.same(node.second.events, []);
  t.same(node.network.peers, []);
  t.notOk(stranger.of("ping").length);
});
