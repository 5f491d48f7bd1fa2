/** Transport conformance: closing a connection, with a reason, from either side, at any moment; closing a transport. */
import { type ConformanceCase, holds } from "../case.js";
import { bulkNoise } from "../harness/values.js";
import { LARGE, MEDIUM, never, type Pair, type Side, SMALL, type TransportRun } from "./run.js";

type TransportCase = ConformanceCase<TransportRun>;

const CODE = "PEER_BANNED";
const MESSAGE = "fünf Verstöße: five violations in 24 h";
const ENDS = "`close` of a connection comes to an end";

/** Closes one end, and checks what both are told. */
async function closesWith(run: TransportRun, closer: Side, other: Side, message = MESSAGE): Promise<void> {
  await run.soon(closer.connection.close(CODE, message), ENDS);
  const far = await run.closes(other, "the other side of a close is told");
  holds(
    far.code === CODE && far.message === message,
    "code and message of a close arrive at the other side, unchanged",
    `${far.code}: ${far.message}`,
  );
  holds(!far.local, "`local` is false at the side that did not decide it", "it is true");
  const near = await run.closes(closer, "who closes is called back, too");
  holds(near.code === CODE && near.message === message, "who closes is told its own reason", `${near.code}: ${near.message}`);
  holds(near.local, "`local` is true at the side that decided it", "it is false");
}

const sides: readonly (keyof Pick<Pair, "here" | "there">)[] = ["here", "there"];

export const closing: readonly TransportCase[] = [
  {
    name: "close: code and message arrive at the other side, whoever closes; `local` says who decided it",
    async run(run) {
      for (const closer of sides) {
        const pair = await run.pair();
        await closesWith(run, pair[closer], pair[closer === "here" ? "there" : "here"]);
      }
      const { here, there } = await run.pair();
      await closesWith(run, here, there, "");
    },
  },
  {
    name: "close: what was sent before still arrives",
    async run(run) {
      for (const closer of sides) {
        const pair = await run.pair();
        const other = pair[closer === "here" ? "there" : "here"];
        const { connection } = pair[closer];
        connection.send(LARGE.number, bulkNoise(4 << 20, 1));
        for (let index = 0; index < 500; index++) connection.send(SMALL.number, bulkNoise(100, index));
        await closesWith(run, pair[closer], other);
        const law = "`close` lets everything go out that was sent before it, and the reason after that";
        holds(other.on(SMALL).length === 500 && other.on(LARGE).length === 1, law, `${other.received.length} of 501 messages arrived`);
      }
    },
  },
  {
    name: "close: again is harmless, the first reason counts, and `send` answers `closed`",
    async run(run) {
      const { here, there } = await run.pair();
      const first = there.connection.close(CODE, MESSAGE);
      const answer = there.connection.send(SMALL.number, Uint8Array.of(1));
      holds(answer === "closed", "`send` answers `closed` from the moment of `close` on", answer);
      const second = there.connection.close("SECOND", "another reason");
      await run.soon(Promise.all([first, second]), ENDS);
      await run.soon(there.connection.close("THIRD", "and another"), ENDS);
      const far = await run.closes(here, "the other side of a close is told");
      holds(far.code === CODE, "of several reasons the first counts", far.code);
      await run.soon(here.connection.close("FOURTH", "from the other side"), "`close` of a connection that has ended already resolves");
      for (const { connection } of [here, there]) {
        connection.pause();
        connection.resume();
        const late = connection.send(SMALL.number, Uint8Array.of(1));
        holds(late === "closed", "`send` on a connection that has ended answers `closed`", late);
      }
      await run.pass(20);
      for (const side of [here, there])
        holds(
          side.reasons.length === 1 && side.reason?.code === CODE,
          "`onClose` is called once, with the first reason",
          JSON.stringify(side.reasons),
        );
    },
  },
  {
    name: "close: both sides at the same moment; each is called back once",
    async run(run) {
      const { here, there } = await run.pair();
      const codes = ["FROM_HERE", "FROM_THERE"];
      await run.soon(Promise.all([here, there].map(({ connection }, at) => connection.close(codes[at] ?? "", "at once"))), ENDS);
      for (const side of [here, there]) {
        const reason = await run.closes(side, "each side is told");
        holds(codes.includes(reason.code), "closes that cross leave each side with one of the two reasons", reason.code);
      }
      await run.pass(20);
      for (const { reasons } of [here, there]) holds(reasons.length === 1, "`onClose` is called once", `${reasons.length} times`);
    },
  },
  {
    name: "close: inside of a message's listener, with more behind it; nothing is called back afterwards",
    async run(run) {
      const { here, there } = await run.pair();
      here.onMessage = () => {
        if (here.received.length === 5) void here.connection.close(CODE, MESSAGE);
      };
      // The other side floods, and does not read for a while, so that the end takes its time.
      there.connection.pause();
      for (let index = 0; index < 200; index++) there.connection.send(MEDIUM.number, bulkNoise(60_000, index));
      const near = await run.closes(here, "a close from inside of a listener is a close like any other");
      holds(near.code === CODE && near.local, "a close from inside of a listener is a close like any other", near.code);
      const count = here.received.length;
      await run.pass(30);
      there.connection.resume();
      const far = await run.closes(there, "the other side is told the reason, also while it sends: read and drop what still comes");
      holds(
        far.code === CODE && !far.local,
        "the other side is told the reason, also while it sends: read and drop what still comes",
        far.code,
      );
      await run.pass(50);
      holds(
        here.received.length === count,
        "after `onClose` nothing more is called back",
        `${here.received.length - count} more messages were handed over`,
      );
    },
  },
  {
    name: "close: who listens late gets the messages that came before, then the reason",
    async run(run) {
      const { here, there } = await run.pair({ quiet: true });
      for (let index = 0; index < 3; index++) there.connection.send(SMALL.number, Uint8Array.of(index));
      const closed = there.connection.close(CODE, MESSAGE);
      await run.pass(20);
      here.listen();
      there.listen();
      await run.soon(closed, ENDS);
      const far = await run.closes(here, "who sets `onClose` after the end is told all the same");
      holds(
        here.received.length === 3,
        "what came before somebody listened is kept for him, also when the connection has ended",
        `${here.received.length} of 3 messages`,
      );
      holds(far.code === CODE && !far.local, "who sets `onClose` after the end is told the reason", far.code);
      const near = await run.closes(there, "who sets `onClose` after the end is told all the same");
      holds(near.code === CODE && near.local, "who sets `onClose` after the end is told the reason", near.code);
    },
  },
  {
    name: "close: ends also where the other side does not read",
    async run(run) {
      const { here, there } = await run.pair({ quiet: true });
      there.listen();
      for (let index = 0; index < 400 && there.connection.send(MEDIUM.number, bulkNoise(60_000, index)) === "sent"; ) index++;
      await run.soon(
        there.connection.close(CODE, MESSAGE),
        "`close` waits for a peer that does not read only so long: bound it by a timer",
      );
      await run.closes(there, "who closes is called back, also where the other side does not read");
      here.listen();
      await run.closes(here, "a peer that begins to read after the end is told that it has ended");
    },
  },
  {
    name: "transport: close ends its connections with a reason, and no others; again is harmless; it neither listens nor dials any more",
    async run(run) {
      const { here, there, host } = await run.pair();
      const other = await run.host();
      const outbound = await run.dial(host.transport, other.address);
      const inbound = await run.guest(other);
      const law = "`close` of a transport closes each of its connections with a reason: TRANSPORT_*, local here and not there";
      await run.soon(
        Promise.all([host.transport.close(), host.transport.close()]),
        "`close` of a transport comes to an end, also when it is called twice",
      );
      for (const [mine, theirs] of [
        [here, there],
        [outbound, inbound],
      ] as const) {
        const [near, far] = [await run.closes(mine, law), await run.closes(theirs, law)];
        holds(near.local && !far.local, law, `local is ${near.local} here, ${far.local} there`);
        holds(near.code.startsWith("TRANSPORT_") && far.code === near.code, law, `${near.code} here, ${far.code} there`);
      }
      await run.soon(host.transport.close(), "`close` of a closed transport is harmless");
      await run.refused(other.transport.dial(host.address, never()), "a closed transport does not listen");
      await run.refused(host.transport.dial(other.address, never()), "a closed transport does not dial");
      await run.works(
        { there: await run.dial(await run.transport(), other.address), here: await run.guest(other) },
        "other transports go on",
      );
      await run.soon((await run.transport()).close(), "`close` of a transport that never listened is harmless");
    },
  },
];
