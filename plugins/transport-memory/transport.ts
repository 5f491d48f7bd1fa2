/**
 * transport-memory: connections between the nodes of one process.
 *
 * The reference implementation of the port: small, and right as far as one can see. Everything happens in turns of the
 * scheduler, in order, so a network under virtual time can run on it; there is no real asynchronous resource.
 */
import {
  assert,
  type Bytes,
  type ChannelSpec,
  type Connection,
  domainTag,
  ENTROPY,
  type Entropy,
  inject,
  injectable,
  type Metrics,
  PLUGIN_CONFIG,
  PLUGIN_METRICS,
  type Plugin,
  SCHEDULER,
  type Scheduler,
  sha256Of,
  type Transport,
  toHex,
} from "../../core/sdk.js";
import type { TransportMemoryOptions } from "./config.js";
import { type ConnectionFacts, MemoryConnection } from "./connection.js";
import {
  AddressError,
  AddressInUseError,
  CloseCode,
  ClosedTransportError,
  DialAbortedError,
  RefusedError,
  UnreachableError,
} from "./errors.js";
import { findListener, hubNamed, type Listener, type Offer } from "./hub.js";
import { LinkEnd } from "./link.js";
import { type TransportMetrics, transportMetrics } from "./metrics.js";

const ADDRESS = /^memory:\/\/([a-z0-9][a-z0-9.-]{0,63})$/;
const NONCE_BYTES = 32;
const RANDOM_NAME_BYTES = 8;
const BINDING_TAG = domainTag("cw/memory/1");

@injectable()
export class MemoryTransport implements Transport, Plugin, Listener {
  readonly scheme = "memory";
  readonly #options: TransportMemoryOptions;
  readonly #entropy: Entropy;
  readonly #scheduler: Scheduler;
  readonly #metrics: TransportMetrics;
  readonly #name: string;
  readonly #connections = new Set<MemoryConnection>();
  /** Ends the dials that are under way when the transport closes. */
  readonly #life = new AbortController();
  #channels: ReadonlyMap<number, ChannelSpec> | undefined;
  #onConnection: ((connection: Connection) => void) | undefined;

  constructor(
    @inject(PLUGIN_CONFIG) options: TransportMemoryOptions,
    @inject(ENTROPY) entropy: Entropy,
    @inject(SCHEDULER) scheduler: Scheduler,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    this.#options = options;
    this.#entropy = entropy;
    this.#scheduler = scheduler;
    this.#metrics = transportMetrics(metrics, () => this.#connections.size);
    this.#name = options.name ?? toHex(entropy.bytes(RANDOM_NAME_BYTES));
  }

  get #address(): string {
    return `memory://${this.#name}`;
  }

  configure(channels: readonly ChannelSpec[]): void {
    this.#channels = new Map(channels.map((channel) => [channel.number, channel]));
  }

  async listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
    assert(this.#channels !== undefined, "channels are configured before listening");
    if (this.#life.signal.aborted) throw new ClosedTransportError({});
    const { hub } = this.#options;
    if (!hubNamed(hub).add(this.#name, this)) throw new AddressInUseError({ address: this.#address, hub });
    this.#onConnection = onConnection;
    return [this.#address];
  }

  async dial(address: string, signal: AbortSignal): Promise<Connection> {
    assert(this.#channels !== undefined, "channels are configured before dialing");
    if (this.#life.signal.aborted) throw new ClosedTransportError({});
    if (signal.aborted) throw new DialAbortedError({ address });
    const [, name] = ADDRESS.exec(address) ?? [];
    if (name === undefined) throw new AddressError({ address });
    const listener = findListener(this.#options.hub, name);
    if (listener === undefined) throw new UnreachableError({ address, hub: this.#options.hub });
    const [near, far] = LinkEnd.pair(this.#scheduler);
    const nonce = this.#entropy.bytes(NONCE_BYTES);
    try {
      const answer = await this.#unlessAborted(listener.accept({ end: far, from: this.#address, nonce }), signal, address);
      return this.#connect(near, "outbound", address, sha256Of(BINDING_TAG, nonce, answer));
    } catch (error) {
      near.cut();
      throw error;
    }
  }

  /** Of the hub: somebody dials this transport. */
  async accept({ end, from, nonce }: Offer): Promise<Bytes> {
    const limit = this.#options.maxInbound;
    const inbound = [...this.#connections].filter(({ direction }) => direction === "inbound").length;
    if (inbound >= limit) throw new RefusedError({ address: this.#address, limit });
    const own = this.#entropy.bytes(NONCE_BYTES);
    const connection = this.#connect(end, "inbound", from, sha256Of(BINDING_TAG, nonce, own));
    this.#onConnection?.(connection);
    return own;
  }

  async stop(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#onConnection !== undefined) hubNamed(this.#options.hub).remove(this.#name);
    this.#onConnection = undefined;
    this.#life.abort();
    await Promise.all([...this.#connections].map((connection) => connection.close(CloseCode.stopping, "the node is stopping")));
  }

  #connect(end: LinkEnd, direction: ConnectionFacts["direction"], remoteAddress: string, value: Bytes): Connection {
    assert(this.#channels !== undefined, "channels are configured before connections are made");
    const connection: MemoryConnection = new MemoryConnection(
      end,
      { direction, remoteAddress, security: { kind: "binding", value } },
      {
        scheduler: this.#scheduler,
        metrics: this.#metrics,
        channels: this.#channels,
        onEnded: () => this.#connections.delete(connection),
      },
      this.#options,
    );
    this.#connections.add(connection);
    this.#metrics.opened.increment(1, { direction });
    return connection;
  }

  /** The listener's answer, unless the dial is given up or this transport closes before. */
  #unlessAborted(answer: Promise<Bytes>, signal: AbortSignal, address: string): Promise<Bytes> {
    const signals = [signal, this.#life.signal];
    return new Promise<Bytes>((resolve, reject) => {
      const giveUp = () => settle(() => reject(new DialAbortedError({ address })));
      const settle = (outcome: () => void) => {
        for (const each of signals) each.removeEventListener("abort", giveUp);
        outcome();
      };
      for (const each of signals) each.addEventListener("abort", giveUp, { once: true });
      answer.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }
}
