/** One case of transport conformance under way: transports, the ends of their connections, and waiting. */
import { setImmediate as nextTurn, setTimeout as realDelay } from "node:timers/promises";
import { CHAIN_SPEC, CLOCK, ENTROPY, SCHEDULER, TRANSPORT } from "../../ports/index.js";
import type { Plugin } from "../../ports/plugin.js";
import type { ChannelSpec, CloseReason, Connection, Transport } from "../../ports/transport.js";
import type { Bytes } from "../../primitives/bytes.js";
import { broken, codeOf, describeThrown, holds } from "../case.js";
import { constructPlugin, provided, specFor } from "../harness/plugin.js";
import { RealTime } from "../harness/real-time.js";
import { seededEntropy } from "../harness/services.js";
import type { TransportSubject, TransportSupports } from "./subject.js";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** The channels of all cases. */
export const SMALL: ChannelSpec = { number: 0, maxMessageBytes: KIBIBYTE, priority: 0 };
export const MEDIUM: ChannelSpec = { number: 1, maxMessageBytes: 64 * KIBIBYTE, priority: 2 };
export const LARGE: ChannelSpec = { number: 2, maxMessageBytes: 16 * MEBIBYTE, priority: 5 };
export const LAST: ChannelSpec = { number: 255, maxMessageBytes: MEBIBYTE, priority: 9 };
export const CHANNELS: readonly ChannelSpec[] = [SMALL, MEDIUM, LARGE, LAST];

/** Turns of the event loop before a wait begins to count milliseconds. */
const QUICK_TURNS = 50;
const PATIENCE_MS = 10_000;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** A signal that is never given. */
export const never = (): AbortSignal => new AbortController().signal;

/** One end of a connection, with everything that was called back on it. */
export class Side {
  readonly connection: Connection;
  readonly received: { readonly channel: number; readonly message: Bytes }[] = [];
  receivedBytes = 0;
  drains = 0;
  readonly reasons: CloseReason[] = [];
  /** What was called back after the close. */
  readonly late: string[] = [];
  /** Further listeners of a case. */
  onMessage: (channel: number, message: Bytes) => void = () => undefined;
  onDrain: () => void = () => undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Sets all listeners, that of messages last. */
  listen(): this {
    this.connection.onClose((reason) => {
      this.#note("onClose");
      this.reasons.push(reason);
    });
    this.connection.onDrain(() => {
      this.#note("onDrain");
      this.drains++;
      this.onDrain();
    });
    this.connection.onMessage((channel, message) => {
      this.#note("onMessage");
      this.received.push({ channel, message });
      this.receivedBytes += message.length;
      this.onMessage(channel, message);
    });
    return this;
  }

  /** The only reason, once it is there. */
  get reason(): CloseReason | undefined {
    return this.reasons[0];
  }

  get closed(): boolean {
    return this.reasons.length > 0;
  }

  on(channel: ChannelSpec): readonly Bytes[] {
    return this.received.filter((each) => each.channel === channel.number).map(({ message }) => message);
  }

  #note(callback: string): void {
    if (this.closed) this.late.push(callback);
  }
}

/** A transport that listens, and whoever came. */
export interface Host {
  readonly transport: Transport;
  readonly addresses: readonly string[];
  readonly address: string;
  /** Inbound ends, in order of arrival. */
  readonly guests: Side[];
}

export interface Pair {
  /** The end of who was dialed. */
  readonly here: Side;
  /** The end of who dialed. */
  readonly there: Side;
  readonly host: Host;
  readonly dialer: Transport;
}

export class TransportRun {
  readonly subject: TransportSubject;
  readonly underWayBytes: number;
  readonly #patienceMs: number;
  readonly time = new RealTime();
  readonly #plugins: Plugin[] = [];
  readonly #transports: Transport[] = [];
  readonly #sides: Side[] = [];

  constructor(subject: TransportSubject, supports: TransportSupports) {
    this.subject = subject;
    this.underWayBytes = supports.underWayBytes ?? 48 * MEBIBYTE;
    this.#patienceMs = supports.patienceMs ?? PATIENCE_MS;
  }

  /** A transport of its own, started and configured. */
  async transport(channels: readonly ChannelSpec[] = CHANNELS): Promise<Transport> {
    const index = this.#plugins.length;
    const under = this.subject.plugin(index);
    const spec = specFor(under);
    const plugin = constructPlugin(under, spec, {
      [CHAIN_SPEC]: spec,
      [CLOCK]: this.time,
      [SCHEDULER]: this.time,
      [ENTROPY]: seededEntropy(`transport ${index}`),
    });
    this.#plugins.push(plugin);
    const transport = provided(plugin, TRANSPORT) as Transport;
    await plugin.start?.();
    transport.configure(channels);
    this.#transports.push(transport);
    return transport;
  }

  /** A transport that listens. @param greets what to do with a guest before anything else */
  async host(options: { readonly channels?: readonly ChannelSpec[]; readonly greets?: (guest: Side) => void } = {}): Promise<Host> {
    const transport = await this.transport(options.channels);
    const guests: Side[] = [];
    const greets = options.greets ?? ((guest: Side) => void guest.listen());
    const addresses = await transport.listen((connection) => {
      const guest = this.#side(connection);
      greets(guest);
      guests.push(guest);
    });
    const [address] = addresses;
    const law = "`listen` answers the addresses that it listens on: strings, at least one";
    holds(typeof address === "string", law, JSON.stringify(addresses));
    return { transport, addresses, address, guests };
  }

  /** Dials, and listens on the new end at once unless `quiet`. */
  async dial(dialer: Transport, address: string, options: { readonly quiet?: boolean; readonly signal?: AbortSignal } = {}): Promise<Side> {
    const law = "a dial of an address that somebody listens on succeeds";
    const connection = await this.soon(dialer.dial(address, options.signal ?? never()), law);
    const side = this.#side(connection);
    return options.quiet === true ? side : side.listen();
  }

  /** A connection between two transports of its own. */
  async pair(
    options: {
      readonly hostChannels?: readonly ChannelSpec[];
      readonly dialerChannels?: readonly ChannelSpec[];
      readonly quiet?: boolean;
    } = {},
  ): Promise<Pair> {
    const greets = options.quiet === true ? { greets: () => undefined } : {};
    const host = await this.host({ ...(options.hostChannels === undefined ? {} : { channels: options.hostChannels }), ...greets });
    const dialer = await this.transport(options.dialerChannels);
    const there = await this.dial(dialer, host.address, options);
    return { here: await this.guest(host), there, host, dialer };
  }

  /** The next guest of a host that nobody asked for yet. */
  async guest(host: Host): Promise<Side> {
    await this.until(() => host.guests.length > 0, "whoever listens is handed a connection for each dial that succeeds", "there came none");
    const [guest] = host.guests.splice(0, 1);
    if (guest === undefined) broken("whoever listens is handed a connection", "it is gone again");
    return guest;
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean, law: string, seen: string | (() => string)): Promise<void> {
    for (let turn = 0; turn < QUICK_TURNS + this.#patienceMs; turn++) {
      if (isSo()) return;
      await this.#turn(turn);
    }
    broken(law, typeof seen === "string" ? seen : seen());
  }

  /** Waits for what has to come to an end. */
  async soon<T>(wanted: Promise<T>, law: string): Promise<T> {
    let isSettled = false;
    const outcome = wanted.then(
      (value) => {
        isSettled = true;
        return { value };
      },
      (error: unknown) => {
        isSettled = true;
        return { error };
      },
    );
    await this.until(() => isSettled, law, `nothing came of it in ${this.#patienceMs} ms`);
    const settled = await outcome;
    if ("value" in settled) return settled.value;
    return broken(law, `it threw ${describeThrown(settled.error)}`);
  }

  /** Waits for a rejection with a typed error of a transport. */
  async refused(attempt: Promise<unknown>, law: string): Promise<void> {
    const outcome = attempt.then(
      () => "it succeeded",
      (error: unknown) => (codeOf(error)?.startsWith("TRANSPORT_") === true ? undefined : `it threw ${describeThrown(error)}`),
    );
    const seen = await this.soon(outcome, law);
    holds(seen === undefined, law, seen ?? "");
  }

  /** Lets at least `count` milliseconds pass: for what must not happen. */
  async pass(count: number): Promise<void> {
    for (let turn = 0; turn < QUICK_TURNS + count; turn++) await this.#turn(turn);
  }

  /** Both ends carry a message each, and nothing else is on the way. */
  async works({ here, there }: Pick<Pair, "here" | "there">, law: string): Promise<void> {
    for (const [from, to, word] of [
      [here, there, 0xa5],
      [there, here, 0x5a],
    ] as const) {
      const before = to.received.length;
      holds(from.connection.send(SMALL.number, Uint8Array.of(word)) !== "closed", law, "`send` answers `closed`");
      await this.until(
        () => to.received.length > before,
        law,
        () => `a message sent by the ${from.connection.direction} end does not arrive${to.closed ? `: ${to.reason?.code}` : ""}`,
      );
      holds(to.received[before]?.message[0] === word, law, "another message arrived");
    }
  }

  /** Waits until an end is told its reason. */
  async closes(side: Side, law: string): Promise<CloseReason> {
    await this.until(() => side.closed, law, "`onClose` is not called");
    return side.reasons[0] ?? broken(law, "`onClose` is called without a reason");
  }

  /** Ends everything; after a case that passed, everything has to have been lawful, too. */
  async finish(passed: boolean): Promise<void> {
    const law = "`close` of a transport comes to an end";
    try {
      const closed = Promise.all(this.#transports.map((transport) => transport.close()));
      if (passed) await this.soon(closed, law);
      // The case has failed already: what it says counts, not what follows from it.
      else await this.soon(closed, law).catch(() => undefined);
      for (const plugin of this.#plugins) await plugin.stop?.();
      if (passed) await this.#lawful();
    } finally {
      this.time.end();
    }
  }

  async #lawful(): Promise<void> {
    await this.pass(5);
    for (const { late, reasons } of this.#sides) {
      holds(late.length === 0, "after `onClose` nothing more is called back", `${late.length} calls: ${[...new Set(late)].join(", ")}`);
      for (const { code, message, local } of reasons) {
        const isShaped = CODE.test(code) && typeof message === "string" && typeof local === "boolean";
        holds(isShaped, "a close reason has a stable code, UPPER_SNAKE, a message, and `local`", JSON.stringify({ code, message, local }));
      }
    }
    const { pending } = this.time;
    holds(pending === 0, "a transport that was closed leaves no timer behind: cancel them all", `${pending} timers are still set`);
  }

  #side(connection: Connection): Side {
    const side = new Side(connection);
    this.#sides.push(side);
    return side;
  }

  async #turn(turn: number): Promise<void> {
    if (this.subject.turn !== undefined) await this.subject.turn();
    else if (turn < QUICK_TURNS) await nextTurn();
    else await realDelay(1);
  }
}
