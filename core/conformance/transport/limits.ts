/** Transport conformance: limits on both sides, and peers that do not keep the protocol. */
import type { ChannelSpec } from "../../ports/transport.js";
import { type ConformanceCase, codeOf, describeThrown, holds } from "../case.js";
import { bulkNoise } from "../harness/values.js";
import { CHANNELS, type Host, LARGE, MEDIUM, type Side, SMALL, type TransportRun } from "./run.js";
import type { Intruder } from "./subject.js";

type TransportCase = ConformanceCase<TransportRun>;

const UNDECLARED = 9;
/** Channels of a peer that keeps to other limits than the rest. */
const LOOSE: readonly ChannelSpec[] = [
  ...CHANNELS.map((channel) => ({ ...channel, maxMessageBytes: LARGE.maxMessageBytes })),
  { number: UNDECLARED, maxMessageBytes: 64, priority: 1 },
];

function refusesToSend({ connection }: Side, channel: number, bytes: number, law: string): void {
  let seen: string;
  try {
    seen = `it answered ${connection.send(channel, new Uint8Array(bytes))}`;
  } catch (error) {
    if (codeOf(error)?.startsWith("TRANSPORT_") === true) return;
    seen = `it threw ${describeThrown(error)}`;
  }
  holds(false, law, seen);
}

/** Plays a peer that sends what it may not; answers the code with which it was closed. */
async function closedFor(run: TransportRun, channel: number, bytes: number, law: string): Promise<string> {
  const bystander = await run.transport();
  const { here, there, host } = await run.pair({ dialerChannels: LOOSE });
  const witness = { there: await run.dial(bystander, host.address), here: await run.guest(host) };
  there.connection.send(SMALL.number, Uint8Array.of(1));
  there.connection.send(channel, new Uint8Array(bytes));
  const near = await run.closes(here, law);
  holds(near.local, law, `it was closed by the other side: ${near.code}`);
  holds(near.code.startsWith("TRANSPORT_"), `${law}, with a code of its own (TRANSPORT_…)`, near.code);
  const far = await run.closes(there, "the peer is told why it was closed");
  holds(far.code === near.code && !far.local, "the peer is told why it was closed", `${far.code}, local ${far.local}`);
  const [first, ...others] = here.received;
  holds(
    others.length === 0 && (first === undefined || first.message.length === 1),
    `${law}: the listener never sees it`,
    "it was handed over",
  );
  await run.works(witness, "what one peer does wrong costs the others nothing");
  return near.code;
}

export const limits: readonly TransportCase[] = [
  {
    name: "limits: a message of the limit passes, one byte more is not sent, and the connection goes on",
    async run(run) {
      const { here, there } = await run.pair();
      for (const { number, maxMessageBytes } of CHANNELS) {
        const law = `\`send\` throws TRANSPORT_* for a message over its channel's limit (channel ${number}, ${maxMessageBytes} bytes)`;
        refusesToSend(there, number, maxMessageBytes + 1, law);
        there.connection.send(number, bulkNoise(maxMessageBytes, number));
      }
      const law = "messages of exactly the limit pass";
      await run.until(
        () => here.received.length === CHANNELS.length || here.closed,
        law,
        () => `${here.received.length} of ${CHANNELS.length} arrived`,
      );
      holds(!here.closed, law, `the receiver closed: ${here.reason?.code}`);
      for (const channel of CHANNELS) {
        const [message] = here.on(channel);
        holds(message?.length === channel.maxMessageBytes, law, `channel ${channel.number} brought ${message?.length} bytes`);
      }
      await run.works({ here, there }, "a refused message costs nothing but itself");
    },
  },
  {
    name: "limits: a channel that was not declared is refused, and the connection goes on",
    async run(run) {
      const { here, there } = await run.pair();
      for (const channel of [UNDECLARED, 254, 256, -1, 0.5, Number.NaN])
        refusesToSend(there, channel, 1, `\`send\` throws TRANSPORT_* for a channel that was not declared: ${channel}`);
      await run.works({ here, there }, "a refused message costs nothing but itself");
    },
  },
  {
    name: "limits: a peer that sends too much, or on an unknown channel, is closed, each with its own reason",
    async run(run) {
      const over = "a peer that sends a message over its channel's limit is closed";
      const tooLarge = await closedFor(run, SMALL.number, SMALL.maxMessageBytes + 1, over);
      const muchTooLarge = await closedFor(run, MEDIUM.number, 8 << 20, over);
      holds(tooLarge === muchTooLarge, "one fault has one code", `${tooLarge} and ${muchTooLarge}`);
      const unknown = await closedFor(run, UNDECLARED, 1, "a peer that uses a channel that was not declared is closed");
      holds(unknown !== tooLarge, "different faults have different codes", unknown);
    },
  },
];

/** A host with a good connection, and an intruder; `undefined` where the subject has none. */
async function invaded(run: TransportRun): Promise<{ host: Host; good: { here: Side; there: Side }; intruder: Intruder } | undefined> {
  const { intrude } = run.subject;
  if (intrude === undefined) return undefined;
  const { here, there, host } = await run.pair();
  return {
    host,
    good: { here, there },
    intruder: await run.soon(intrude.call(run.subject, host.address), "the subject's `intrude` connects"),
  };
}

async function othersAreServed(run: TransportRun, host: Host, good: { here: Side; there: Side }): Promise<void> {
  const law = "what one peer does wrong costs the others nothing, and new ones are let in";
  await run.works(good, law);
  const known = host.guests.length;
  const there = await run.dial(await run.transport(), host.address);
  await run.until(() => host.guests.length > known, law, "a new peer is not handed over");
  const here = host.guests.pop();
  if (here !== undefined) await run.works({ here, there }, law);
}

export const hostile: readonly TransportCase[] = [
  {
    name: "limits: a message that is announced over the limit closes before its bytes come",
    async run(run) {
      const scene = await invaded(run);
      const begin = scene?.intruder.begin?.bind(scene.intruder);
      if (scene === undefined || begin === undefined) return;
      const { host, good, intruder } = scene;
      begin(SMALL.number, 1 << 30);
      const law =
        "a length over the channel's limit closes the connection as soon as it is read: check the header before waiting for the rest";
      await run.soon(intruder.closed, law);
      for (const guest of host.guests) {
        const reason = await run.closes(guest, law);
        holds(reason.local && reason.code.startsWith("TRANSPORT_"), law, `${reason.code}, local ${reason.local}`);
        holds(guest.received.length === 0, law, "a message was handed over");
      }
      await othersAreServed(run, host, good);
    },
  },
  {
    name: "limits: bytes that make no sense close the connection and no other",
    async run(run) {
      const scene = await invaded(run);
      const babble = scene?.intruder.babble?.bind(scene.intruder);
      if (scene === undefined || babble === undefined) return;
      const { host, good, intruder } = scene;
      babble();
      const law = "what can't be a frame closes the connection with TRANSPORT_*: nothing is skipped, nothing guessed";
      await run.soon(intruder.closed, law);
      for (const guest of host.guests) {
        const reason = await run.closes(guest, law);
        holds(reason.code.startsWith("TRANSPORT_"), law, reason.code);
        holds(guest.received.length === 0, law, "a message was handed over");
      }
      await othersAreServed(run, host, good);
    },
  },
  {
    name: "half-open: a message that is begun and never ended holds up nobody, and ends with the transport",
    async run(run) {
      const scene = await invaded(run);
      const begin = scene?.intruder.begin?.bind(scene.intruder);
      if (scene === undefined || begin === undefined) return;
      const { host, good, intruder } = scene;
      begin(LARGE.number, 1 << 20);
      await run.pass(20);
      await othersAreServed(run, host, good);
      holds(
        host.guests.every(({ received }) => received.length === 0),
        "only whole messages are handed over",
        "a part of one was",
      );
      await run.soon(host.transport.close(), "`close` of a transport ends also connections that stand still, within a bound");
      await run.soon(intruder.closed, "`close` of a transport ends also connections that stand still");
    },
  },
  {
    name: "half-open: a peer that is gone without a word closes its connection with TRANSPORT_*, not local",
    async run(run) {
      const scene = await invaded(run);
      if (scene === undefined) return;
      const { host, good, intruder } = scene;
      const law = "a connection whose other side is gone calls `onClose` with a code of the transport, `local: false`";
      const guest = await run.guest(host);
      guest.connection.send(SMALL.number, Uint8Array.of(1));
      intruder.vanish();
      const reason = await run.closes(guest, law);
      holds(reason.code.startsWith("TRANSPORT_") && !reason.local, law, `${reason.code}, local ${reason.local}`);
      const answer = guest.connection.send(SMALL.number, Uint8Array.of(1));
      holds(answer === "closed", "`send` on a connection that has ended answers `closed`", answer);
      await othersAreServed(run, host, good);
    },
  },
];
