/** Transport conformance: who sends faster than the other reads is told to wait, and nothing is lost by it. */
import type { Bytes } from "../../primitives/bytes.js";
import { type ConformanceCase, holds } from "../case.js";
import { bulkNoise, sameBytes } from "../harness/values.js";
import { MEDIUM, type Side, SMALL, type TransportRun } from "./run.js";

type TransportCase = ConformanceCase<TransportRun>;

const MEBIBYTE = 1 << 20;
const PIECE_BYTES = 32_768;
/** Without progress for so long (ms), a sender that heeds `wait` stands still. */
const STILL_MS = 150;

/** The piece of that number: recognizable, and cheap to make. */
function piece(index: number): Bytes {
  const bytes = new Uint8Array(PIECE_BYTES).fill(index % 251);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

/** Sends pieces as `send` allows; goes on by itself when it may. */
class Pump {
  readonly side: Side;
  readonly count: number;
  sent = 0;
  waits = 0;
  isWaiting = false;

  constructor(side: Side, count: number) {
    this.side = side;
    this.count = count;
    side.onDrain = () => {
      this.isWaiting = false;
      this.run();
    };
  }

  get sentBytes(): number {
    return this.sent * PIECE_BYTES;
  }

  run(): void {
    while (this.sent < this.count && !this.isWaiting) {
      const answer = this.side.connection.send(MEDIUM.number, piece(this.sent));
      if (answer === "closed") return;
      this.sent++;
      if (answer !== "wait") continue;
      this.waits++;
      this.isWaiting = true;
    }
  }
}

function expectPieces(side: Side, count: number, law: string): void {
  const seen = side.on(MEDIUM);
  holds(seen.length === count, law, `${seen.length} of ${count} messages arrived`);
  for (const [index, message] of seen.entries())
    holds(sameBytes(message, piece(index)), law, `message ${index} is not the one that was sent`);
}

/** Lets a pump run until it stands still; answers the bytes that it got rid of. */
async function standsStill(run: TransportRun, pump: Pump, law: string): Promise<number> {
  for (;;) {
    const before = pump.sent;
    await run.pass(STILL_MS);
    holds(
      pump.sentBytes <= run.underWayBytes,
      law,
      `${pump.sentBytes} bytes were taken from the sender while nobody read; \`supports.underWayBytes\` allows ${run.underWayBytes}`,
    );
    if (pump.sent === before) return pump.sentBytes;
  }
}

export const backpressure: readonly TransportCase[] = [
  {
    name: "backpressure: `send` says when to wait, memory is bounded, `drain` says when to go on, nothing is lost",
    async run(run) {
      const { here, there } = await run.pair({ quiet: true });
      there.listen();
      const pump = new Pump(there, Math.ceil(run.underWayBytes / PIECE_BYTES) + 64);
      pump.run();
      await standsStill(run, pump, "`send` answers `wait` while the other side does not read, so that what is under way is bounded");
      holds(
        pump.isWaiting,
        "`send` answers `wait` while the other side does not read",
        `it took ${pump.sentBytes} bytes and never said so`,
      );
      here.listen();
      const law = "after a `wait`, `onDrain` is called as soon as there is room again";
      await run.until(
        () => pump.sent === pump.count,
        law,
        () => `the sender still waits after ${pump.sent} of ${pump.count} messages`,
      );
      const lost = "a sender that waits loses nothing";
      await run.until(
        () => here.received.length === pump.count,
        lost,
        () => `${here.received.length} of ${pump.count} messages arrived`,
      );
      expectPieces(here, pump.count, lost);
      await run.pass(5);
      const answer = there.connection.send(SMALL.number, Uint8Array.of(1));
      holds(answer === "sent", "`send` answers `sent` again where nothing is under way any more", answer);
    },
  },
  {
    name: "backpressure: `onDrain` is not called inside of `send`",
    async run(run) {
      const { there } = await run.pair();
      let isSending = false;
      let nested = 0;
      there.onDrain = () => {
        if (isSending) nested++;
      };
      for (let index = 0; index < 512; index++) {
        isSending = true;
        there.connection.send(MEDIUM.number, piece(index));
        isSending = false;
        if (index % 64 === 63) await run.time.yield();
      }
      holds(nested === 0, "`onDrain` is never called inside of `send`: a sender is not re-entered", `it was, ${nested} times`);
    },
  },
  {
    name: "backpressure: two senders that fill both directions do not block each other",
    async run(run) {
      const { here, there } = await run.pair();
      const count = (16 * MEBIBYTE) / PIECE_BYTES;
      const pumps = [new Pump(here, count), new Pump(there, count)] as const;
      for (const pump of pumps) pump.run();
      const law = "both directions flow on their own: reading must not wait until something was written";
      const isDone = () => here.received.length === count && there.received.length === count;
      await run.until(isDone, law, () => `${here.received.length} and ${there.received.length} of ${count} messages arrived`);
      for (const side of [here, there]) expectPieces(side, count, law);
    },
  },
  {
    name: "pause: nothing is handed over from the moment it is called, sending goes on, and resume brings the rest",
    async run(run) {
      const { here, there } = await run.pair();
      here.onMessage = () => {
        if (here.received.length === 3) here.connection.pause();
      };
      for (let index = 0; index < 10; index++) there.connection.send(MEDIUM.number, piece(index));
      await run.until(
        () => here.received.length >= 3,
        "messages arrive until `pause`",
        () => `${here.received.length} arrived`,
      );
      await run.pass(STILL_MS);
      const law = "after `pause` no message is handed over until `resume`, also of those that were read in one piece with the last";
      holds(here.received.length === 3, law, `${here.received.length - 3} more were`);
      here.connection.send(SMALL.number, Uint8Array.of(1));
      await run.until(() => there.received.length === 1, "who does not read can send all the same", "its message does not arrive");
      here.connection.resume();
      await run.until(
        () => here.received.length === 10,
        "`resume` brings what was held back",
        () => `${here.received.length} of 10 arrived`,
      );
      expectPieces(here, 10, "`pause` and `resume` lose nothing and keep the order");
    },
  },
  {
    name: "pause: stops the sender, and resume lets it go on; again and again",
    async run(run) {
      const { here, there } = await run.pair();
      here.connection.pause();
      const pump = new Pump(there, Math.ceil(run.underWayBytes / PIECE_BYTES) + 64);
      pump.run();
      const law = "a receiver that pauses makes `send` answer `wait` at the other side: stop reading from what is below";
      await standsStill(run, pump, law);
      holds(pump.isWaiting, law, `the sender got rid of ${pump.sentBytes} bytes and was never told to wait`);
      let pauses = 0;
      here.onMessage = () => {
        if (here.received.length % 97 !== 0 || pauses > 40) return;
        pauses++;
        here.connection.pause();
        void run.time.yield().then(() => here.connection.resume());
      };
      here.connection.resume();
      const lost = "`pause` and `resume`, however often, lose nothing and keep the order";
      await run.until(
        () => here.received.length === pump.count,
        lost,
        () => `${here.received.length} of ${pump.count} messages arrived`,
      );
      expectPieces(here, pump.count, lost);
    },
  },
  {
    name: "pause: before anybody listens, and twice, is a pause; resume without one is harmless",
    async run(run) {
      const { here, there } = await run.pair({ quiet: true });
      here.connection.pause();
      here.connection.pause();
      here.listen();
      there.connection.resume();
      there.listen();
      there.connection.resume();
      const message = bulkNoise(100, 1);
      there.connection.send(SMALL.number, message);
      await run.pass(50);
      holds(here.received.length === 0, "setting a listener does not undo a `pause`", `${here.received.length} messages were handed over`);
      here.connection.resume();
      await run.until(
        () => here.received.length === 1,
        "one `resume` ends a pause, however often it was asked for",
        "the message does not arrive",
      );
      await run.works({ here, there }, "pausing leaves the connection as it was");
    },
  },
];
