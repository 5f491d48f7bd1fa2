/** The cases of transport conformance: a lawful transport passes them, and each of them fails for some transport that breaks its law. */
import t from "tap";
import { transportConformance } from "../../../core/conformance/transport/index.js";
import { defineError } from "../../../core/kernel/errors.js";
import type { PluginClass } from "../../../core/ports/plugin.js";
import type { ChannelSpec, CloseReason, Connection, ConnectionSecurity, Transport } from "../../../core/ports/transport.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { MemoryTransport } from "../../../plugins/transport-memory/index.js";
import { memorySubject } from "./transport-subject.js";

/** A connection that hands everything on; breaking a law is overriding a line. */
class Through implements Connection {
  constructor(readonly inner: Connection) {}
  get direction(): Connection["direction"] {
    return this.inner.direction;
  }
  get remoteAddress(): string {
    return this.inner.remoteAddress;
  }
  get security(): ConnectionSecurity {
    return this.inner.security;
  }
  send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
    return this.inner.send(channel, message);
  }
  close(code: string, message: string): Promise<void> {
    return this.inner.close(code, message);
  }
  onMessage(listener: (channel: number, message: Bytes) => void): void {
    this.inner.onMessage(listener);
  }
  onDrain(listener: () => void): void {
    this.inner.onDrain(listener);
  }
  onClose(listener: (reason: CloseReason) => void): void {
    this.inner.onClose(listener);
  }
  pause(): void {
    this.inner.pause();
  }
  resume(): void {
    this.inner.resume();
  }
}

/** transport-memory with connections of another class. */
function withConnections(Class: new (inner: Connection) => Connection): PluginClass {
  return class extends MemoryTransport {
    override listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
      return super.listen((connection) => onConnection(new Class(connection)));
    }
    override async dial(address: string, signal: AbortSignal): Promise<Connection> {
      return new Class(await super.dial(address, signal));
    }
  };
}

/** transport-memory whose connections say something else at their end. */
function withReasons(change: (reason: CloseReason) => CloseReason): PluginClass {
  return withConnections(
    class extends Through {
      override onClose(listener: (reason: CloseReason) => void): void {
        super.onClose((reason) => listener(change(reason)));
      }
    },
  );
}

/** transport-memory whose connections change what comes. */
function withMessages(change: (message: Bytes, listener: (message: Bytes) => void) => void): PluginClass {
  return withConnections(
    class extends Through {
      override onMessage(listener: (channel: number, message: Bytes) => void): void {
        super.onMessage((channel, message) => change(message, (changed) => listener(channel, changed)));
      }
    },
  );
}

/** transport-memory that takes other channels than it is told. */
function withChannels(change: (channel: ChannelSpec) => ChannelSpec): PluginClass {
  return class extends MemoryTransport {
    override configure(channels: readonly ChannelSpec[]): void {
      super.configure(channels.map(change));
    }
  };
}

interface Mutant {
  readonly breaks: string;
  readonly plugin: PluginClass;
  readonly options?: object;
  /** Beginnings of the names of cases that have to fail, and what they have to say. */
  readonly fails: readonly (readonly [string, RegExp])[];
}

const BusyError = defineError("TRANSPORT_BUSY", "limit", () => "one dial at a time");
const everyConnection = new Set<Connection>();
let isDialing = false;

const MUTANTS: readonly Mutant[] = [
  {
    breaks: "listens where nobody can dial",
    plugin: class extends MemoryTransport {
      override async listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
        return [...(await super.listen(onConnection)), "memory://elsewhere"];
      }
    },
    fails: [["listen: answers addresses", /a dial of an address that somebody listens on succeeds[\s\S]*TRANSPORT_UNREACHABLE/]],
  },
  {
    breaks: "closes what is not its own",
    plugin: class extends MemoryTransport {
      override listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
        return super.listen((connection) => {
          everyConnection.add(connection);
          onConnection(connection);
        });
      }
      override async close(): Promise<void> {
        await super.close();
        for (const connection of everyConnection) void connection.close("TRANSPORT_STOPPING", "all of them");
      }
    },
    fails: [["listen: several transports", /closes its own connections and no others/]],
  },
  {
    breaks: "says the wrong direction",
    plugin: withConnections(
      class extends Through {
        override get direction(): Connection["direction"] {
          return super.direction === "inbound" ? "outbound" : "inbound";
        }
      },
    ),
    fails: [["dial: each side", /who dialed has `outbound`/]],
  },
  {
    breaks: "dials one at a time",
    plugin: class extends MemoryTransport {
      override async dial(address: string, signal: AbortSignal): Promise<Connection> {
        if (isDialing) throw new BusyError({});
        isDialing = true;
        try {
          return await super.dial(address, signal);
        } finally {
          isDialing = false;
        }
      }
    },
    fails: [
      ["dial: both sides", /TRANSPORT_BUSY/],
      ["dial: many at once", /TRANSPORT_BUSY/],
    ],
  },
  {
    breaks: "throws what the system throws",
    plugin: class extends MemoryTransport {
      override async dial(address: string, signal: AbortSignal): Promise<Connection> {
        return super.dial(address, signal).catch(() => {
          throw new Error("connect ECONNREFUSED");
        });
      }
    },
    fails: [
      ["dial: where nobody", /typed error[\s\S]*ECONNREFUSED/],
      ["dial: what is no address", /judges an address before it uses it/],
    ],
  },
  {
    breaks: "does not listen to the signal",
    plugin: class extends MemoryTransport {
      override dial(address: string): Promise<Connection> {
        return super.dial(address, new AbortController().signal);
      }
    },
    fails: [
      ["dial: an abort ends it", /as soon as its signal says so[\s\S]*it succeeded/],
      ["half-open: a dial to somebody", /handshake is never answered/],
    ],
  },
  {
    breaks: "binds to nothing",
    plugin: withConnections(
      class extends Through {
        override get security(): ConnectionSecurity {
          return { kind: "binding", value: new Uint8Array(32) };
        }
      },
    ),
    fails: [["security: both ends", /no two connections share/]],
  },
  {
    breaks: "changes a byte of large messages",
    plugin: withMessages((message, listener) => {
      if (message.length > 65_536) message[65_536] = 1 ^ (message[65_536] ?? 0);
      listener(message);
    }),
    fails: [
      ["messages: of every size", /message 6 of 65537 bytes was changed/],
      ["priority: what overtakes", /put together by channel/],
    ],
  },
  {
    breaks: "loses empty messages",
    plugin: withMessages((message, listener) => {
      if (message.length > 0) listener(message);
    }),
    fails: [["messages: an empty one", /an empty message is carried like any other/]],
  },
  {
    breaks: "lets messages overtake each other on one channel",
    plugin: withMessages((message, listener) => {
      if (message.length === 100) setImmediate(() => listener(message));
      else listener(message);
    }),
    fails: [["messages: twenty thousand", /in the order of their channel/]],
  },
  {
    breaks: "reads before somebody listens",
    plugin: withConnections(
      class extends Through {
        #listener: ((channel: number, message: Bytes) => void) | undefined;
        constructor(inner: Connection) {
          super(inner);
          inner.onMessage((channel, message) => this.#listener?.(channel, message));
        }
        override onMessage(listener: (channel: number, message: Bytes) => void): void {
          this.#listener = listener;
        }
      },
    ),
    fails: [
      ["messages: what came before", /do not read before somebody listens/],
      ["close: who listens late", /what came before somebody listened is kept/],
    ],
  },
  {
    breaks: "resumes when a listener is set",
    plugin: withConnections(
      class extends Through {
        override onMessage(listener: (channel: number, message: Bytes) => void): void {
          super.onMessage(listener);
          this.resume();
        }
      },
    ),
    fails: [["pause: before anybody listens", /setting a listener does not undo a `pause`/]],
  },
  {
    breaks: "reads into one buffer",
    plugin: (() => {
      const buffer = new Uint8Array(17 << 20);
      return withMessages((message, listener) => {
        buffer.set(message);
        listener(buffer.subarray(0, message.length));
      });
    })(),
    fails: [["messages: belong", /does not share memory/]],
  },
  {
    breaks: "knows no priorities",
    plugin: withChannels((channel) => ({ ...channel, priority: 1 })),
    fails: [["priority: an urgent message", /cut it into fragments of 64 KiB[\s\S]*channels 2, 1, 0/]],
  },
  {
    breaks: "never says wait",
    plugin: withConnections(
      class extends Through {
        override send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
          const answer = super.send(channel, message);
          return answer === "wait" ? "sent" : answer;
        }
      },
    ),
    options: { maxQueueBytes: 1 << 30 },
    fails: [
      ["backpressure: `send` says when to wait", /what is under way is bounded/],
      ["pause: stops the sender", /stop reading from what is below/],
    ],
  },
  {
    breaks: "drains inside of send",
    plugin: withConnections(
      class extends Through {
        #onDrain = () => undefined;
        override onDrain(listener: () => undefined): void {
          this.#onDrain = listener;
          super.onDrain(listener);
        }
        override send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
          const answer = super.send(channel, message);
          if (answer === "wait") this.#onDrain();
          return answer;
        }
      },
    ),
    fails: [["backpressure: `onDrain` is not called", /a sender is not re-entered/]],
  },
  {
    breaks: "never drains",
    plugin: withConnections(
      class extends Through {
        override onDrain(): void {}
      },
    ),
    fails: [
      ["backpressure: two senders", /both directions flow on their own/],
      ["backpressure: `send` says when to wait", /as soon as there is room again/],
    ],
  },
  {
    breaks: "does not pause",
    plugin: withConnections(
      class extends Through {
        override pause(): void {}
      },
    ),
    fails: [["pause: nothing is handed over", /no message is handed over until `resume`/]],
  },
  {
    breaks: "takes messages over the limit",
    plugin: withChannels((channel) => ({ ...channel, maxMessageBytes: channel.maxMessageBytes * 64 })),
    fails: [
      ["limits: a message of the limit passes", /`send` throws TRANSPORT_\* for a message over its channel's limit/],
      ["limits: a peer that sends too much", /a peer that sends a message over its channel's limit is closed/],
    ],
  },
  {
    breaks: "says nothing about channels that are not there",
    plugin: withConnections(
      class extends Through {
        override send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
          return channel === 9 ? "sent" : super.send(channel, message);
        }
      },
    ),
    fails: [["limits: a channel that was not declared", /a channel that was not declared: 9[\s\S]*it answered sent/]],
  },
  {
    breaks: "has no codes of its own",
    plugin: withReasons((reason) => ({ ...reason, code: reason.code.replace("TRANSPORT_", "") })),
    fails: [
      ["limits: a message that is announced", /as soon as it is read[\s\S]*MESSAGE_TOO_LARGE/],
      ["limits: bytes that make no sense", /nothing is skipped, nothing guessed/],
      ["half-open: a peer that is gone", /`onClose` with a code of the transport/],
    ],
  },
  {
    breaks: "waits for guests before it closes",
    plugin: (() => {
      const guests = new WeakMap<Transport, number>();
      return class extends MemoryTransport {
        override listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
          return super.listen((connection) => {
            guests.set(this, 1 + (guests.get(this) ?? 0));
            onConnection(connection);
          });
        }
        override close(): Promise<void> {
          return (guests.get(this) ?? 0) > 2 ? new Promise(() => undefined) : super.close();
        }
        override async stop(): Promise<void> {
          await super.close();
        }
      };
    })(),
    fails: [["half-open: a message that is begun", /ends also connections that stand still/]],
  },
  {
    breaks: "loses the message of a close",
    plugin: withReasons((reason) => ({ ...reason, message: "closed" })),
    fails: [["close: code and message", /code and message of a close arrive/]],
  },
  {
    breaks: "loses what it has not sent yet at a close",
    plugin: withConnections(
      class extends Through {
        #isClosed = false;
        override send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
          if (this.#isClosed) return "closed";
          setImmediate(() => {
            if (!this.#isClosed) super.send(channel, message);
          });
          return "sent";
        }
        override close(code: string, message: string): Promise<void> {
          this.#isClosed = true;
          return super.close(code, message);
        }
      },
    ),
    fails: [["close: what was sent before", /lets everything go out that was sent before it/]],
  },
  {
    breaks: "calls back for every close",
    plugin: withConnections(
      class extends Through {
        #listener: (reason: CloseReason) => void = () => undefined;
        override onClose(listener: (reason: CloseReason) => void): void {
          this.#listener = listener;
          super.onClose(listener);
        }
        override async close(code: string, message: string): Promise<void> {
          await super.close(code, message);
          this.#listener({ code, message, local: true });
        }
      },
    ),
    fails: [
      ["close: again is harmless", /`onClose` is called once/],
      ["close: both sides", /`onClose` is called once/],
    ],
  },
  {
    breaks: "hands over what it has read after the end",
    plugin: withMessages((message, listener) => {
      listener(message);
      setTimeout(() => listener(message), 20);
    }),
    fails: [["close: inside of a message's listener", /after `onClose` nothing more is called back/]],
  },
  {
    breaks: "waits for ever until the other side reads",
    plugin: MemoryTransport,
    options: { closeTimeoutMs: 60_000 },
    fails: [["close: ends also where", /bound it by a timer/]],
  },
  {
    breaks: "does not close its connections",
    plugin: class extends MemoryTransport {
      override async close(): Promise<void> {}
      override async stop(): Promise<void> {
        await super.close();
      }
    },
    fails: [["transport: close ends", /closes each of its connections with a reason/]],
  },
];

/** Short: what has to happen here happens in memory, or never. */
const PATIENCE = { patienceMs: 60, underWayBytes: 4 << 20 };

t.test("names are unique, and every subject is disposed of", async (t) => {
  let open = 0;
  const cases = transportConformance(() => {
    open++;
    return { ...memorySubject(), dispose: () => void open-- };
  });
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, run } of cases.filter(({ name }) => /^(listen|security)/.test(name))) await t.resolves(run(), name);
  t.equal(open, 0);
});

t.test("each case fails for a transport that breaks its law, and says what to mend", async (t) => {
  const seen = new Set<string>();
  for (const { breaks, plugin, options, fails } of MUTANTS) {
    const cases = transportConformance(() => memorySubject(plugin, options), PATIENCE);
    for (const [name, says] of fails) {
      const [found, ...others] = cases.filter((each) => each.name.startsWith(name));
      t.ok(found !== undefined && others.length === 0, `${name} is one case`);
      if (found === undefined) continue;
      const error: unknown = await found.run().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const message = error instanceof Error ? error.message : "it passed";
      t.match(message, /^law broken: /, `a transport that ${breaks}: ${found.name}`);
      t.match(message, says, `a transport that ${breaks}: ${found.name}`);
      seen.add(found.name);
    }
  }
  const all = transportConformance(() => memorySubject()).map(({ name }) => name);
  t.same(
    all.filter((name) => !seen.has(name)),
    [],
    "no case is without a transport that it catches",
  );
});

t.test("what is checked after every case: forgotten timers, close reasons without a code", async (t) => {
  const first = async (plugin: PluginClass) => transportConformance(() => memorySubject(plugin), PATIENCE)[0]?.run();
  class Forgetful extends MemoryTransport {
    constructor(...[options, entropy, scheduler, metrics]: ConstructorParameters<typeof MemoryTransport>) {
      super(options, entropy, scheduler, metrics);
      scheduler.after(60_000, () => undefined);
    }
  }
  await t.rejects(first(Forgetful), /leaves no timer behind[\s\S]*timers are still set/);
  await t.rejects(first(withReasons((reason) => ({ ...reason, code: "transport stopping" }))), /UPPER_SNAKE/);
});

t.test("what a subject has no hook for is not tried, optional parts are skipped", async (t) => {
  const { intrude: _intrude, silentAddress: _silent, ...bare } = memorySubject();
  const cases = transportConformance(() => bare, { ...PATIENCE, overtaking: false });
  t.notOk(cases.some(({ name }) => name.startsWith("priority")));
  for (const { name, run } of cases.filter(({ name }) => /^(half-open|limits: (bytes|.*announced))/.test(name)))
    await t.resolves(run(), name);
});
