/**
 * The network of a node: transports, peers and the parts of the protocol, put together.
 *
 * ```ts
 * const network = new Network({ identity, spec, chain, mempool, transports, storage, clock, scheduler, entropy, logger, metrics, agent }, {
 *   bootstrap: ["tcp://seed.example.org:30303"],
 * });
 * await network.start(); // after the chain
 * network.sync.state; // "syncing"
 * await network.stop(); // before the chain
 * ```
 *
 * Without transports it is the network of a node that is alone: in sync with everybody it knows.
 */

import { messageOf } from "../kernel/errors.js";
import type { Transport } from "../ports/transport.js";
import type { NetworkView, PeerAdministration, PeerBan, PeerInfo, PeerRecord, SyncStatus } from "../ports/views.js";
import { type Bytes, fromHex } from "../primitives/bytes.js";
import { channelSpecs, checkEngineChannels } from "./channels.js";
import { CheckpointServer, createSync } from "./checkpoint/index.js";
import type { ChainSync, Gossip, NetworkContext } from "./context.js";
import { BadAddressError, BadPeerError, DuplicateTransportError, NetworkStateError, NoTransportError } from "./errors.js";
import { createGossip } from "./gossip/index.js";
import { type NetworkMetrics, networkMetrics } from "./metrics.js";
import { DEFAULT_NETWORK_OPTIONS, type NetworkDependencies, type NetworkOptions } from "./options.js";
import type { ProtocolPart } from "./peer.js";
import { hostOf, isWildcard, type ParsedAddress, parseAddress } from "./peers/addresses.js";
import { Dialer } from "./peers/dialer.js";
import { Exchange } from "./peers/exchange.js";
import { PeerBook } from "./peers/peer-book.js";
import { Roster } from "./peers/roster.js";
import { CloseCode } from "./session/close-codes.js";
import { type LocalNode, SERVES_CHAIN, SERVES_CHECKPOINTS } from "./session/hello.js";
import { Reception } from "./session/reception.js";
import { StatusSender } from "./session/status-sender.js";
import { WireCodec } from "./wire/codec.js";
import { WIRE_LIMITS } from "./wire/limits.js";
import type { HeadClaim, WireMessageType } from "./wire/messages.js";

/** Time for connections to say goodbye when the node stops. */
const GOODBYE_MS = 2_000;

/** What the network is composed of beside peers; tests put in parts of their own. */
export interface NetworkParts {
  gossip(context: NetworkContext): Gossip;
  sync(context: NetworkContext): ChainSync;
}

const PARTS: NetworkParts = { gossip: createGossip, sync: createSync };

export class Network implements NetworkView, PeerAdministration {
  readonly nodeId: string;
  readonly #dependencies: NetworkDependencies;
  readonly #options: NetworkOptions;
  readonly #transports: ReadonlyMap<string, Transport>;
  readonly #metrics: NetworkMetrics;
  readonly #roster: Roster;
  readonly #book: PeerBook;
  readonly #dialer: Dialer;
  readonly #reception: Reception;
  readonly #gossip: Gossip;
  readonly #sync: ChainSync;
  readonly #parts: readonly ProtocolPart[];
  readonly #status: StatusSender;
  #state: "new" | "starting" | "running" | "stopped" = "new";
  /** The start that is under way, or was. */
  #opening: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #listening: readonly string[] = [];
  #endImported: (() => void) | undefined;
  #nextRequestId = 0;

  /** @throws NETWORK_BAD_ENGINE_CHANNELS */
  constructor(dependencies: NetworkDependencies, options: Partial<NetworkOptions>, parts: NetworkParts = PARTS) {
    checkEngineChannels(dependencies.chain.channels);
    this.#dependencies = dependencies;
    this.#options = { ...DEFAULT_NETWORK_OPTIONS, ...options, score: { ...DEFAULT_NETWORK_OPTIONS.score, ...options.score } };
    this.nodeId = dependencies.identity.nodeId;
    this.#transports = new Map(dependencies.transports.map((transport) => [transport.scheme, transport]));
    this.#roster = new Roster(this.nodeId);
    this.#metrics = networkMetrics(dependencies.metrics, {
      inbound: () => this.#roster.count("inbound"),
      outbound: () => this.#roster.count("outbound"),
      handshakes: () => this.#reception.handshakes,
      bookAddresses: () => this.#book.size,
      bans: () => this.#book.banCount,
    });
    const { clock, scheduler, entropy, logger } = dependencies;
    const runtime = { clock, scheduler, entropy, logger, metrics: this.#metrics };
    this.#book = new PeerBook(
      { ...runtime, storage: dependencies.storage, isConnected: (nodeId) => this.#roster.has(nodeId) },
      this.#options,
    );
    const context = this.#contextOf();
    this.#gossip = parts.gossip(context);
    this.#sync = parts.sync(context);
    const exchange = new Exchange(context, this.#book, () => this.#dialer.pump());
    this.#parts = [this.#sync, ...this.#gossip.parts, new CheckpointServer(context), exchange];
    this.#dialer = new Dialer(
      {
        ...runtime,
        book: this.#book,
        roster: this.#roster,
        transports: this.#transports,
        onConnection: (connection, dialed) => this.#reception.take(connection, dialed),
      },
      this.#options,
    );
    this.#reception = this.#receptionOf(runtime);
    this.#status = new StatusSender({ scheduler, peers: () => this.#roster.sessions, head: () => this.#localHead() });
  }

  get listening(): readonly string[] {
    return this.#listening;
  }

  get peers(): readonly PeerInfo[] {
    return this.#roster.sessions.map(({ info }) => info);
  }

  get sync(): SyncStatus {
    if (this.#state !== "running")
      return { state: "starting", currentHeight: 0, targetHeight: 0, headerHeight: 0, blocksPerSecond: 0, activePeers: 0 };
    if (this.#transports.size === 0) {
      const { height } = this.#dependencies.chain.head.header;
      return { state: "synced", currentHeight: height, targetHeight: height, headerHeight: height, blocksPerSecond: 0, activePeers: 0 };
    }
    const { status } = this.#sync;
    // Whom others have dialed and nobody is left with is cut off, too, though it knows of nobody to dial.
    const isIsolated = this.#roster.size === 0 && (this.#reception.hadPeers || this.#dialer.expectsSomebody);
    return isIsolated ? { ...status, state: "isolated" } : status;
  }

  /**
   * After the chain.
   *
   * @throws NETWORK_BAD_ADDRESS, NETWORK_NO_TRANSPORT, NETWORK_DUPLICATE_TRANSPORT, NETWORK_NOT_RUNNING if `stop` was called
   *   meanwhile, and what transports throw that can't listen
   */
  async start(): Promise<void> {
    if (this.#state !== "new") throw new NetworkStateError({ state: this.#state });
    this.#checkSchemes();
    const { bootstrap, persistent, advertise } = this.#options;
    for (const address of [...bootstrap, ...persistent]) this.#checkDialable(address);
    // Others put this node's own host in the place of a wildcard.
    for (const address of advertise) this.#checkAddress(address);
    this.#state = "starting";
    try {
      if (this.#transports.size > 0) {
        this.#opening = this.#open();
        await this.#opening;
      }
      this.#checkStarting();
      this.#state = "running";
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Says goodbye to everybody and writes the peer book. Before the chain stops. A start that is under way ends with it. */
  stop(): Promise<void> {
    this.#state = "stopped";
    this.#stopping ??= this.#opening === undefined ? Promise.resolve() : this.#close(this.#opening);
    return this.#stopping;
  }

  async #close(opening: Promise<void>): Promise<void> {
    // It sees that it is not wanted any more; what it had opened by then is closed below.
    const opened = opening.catch(() => undefined);
    await this.#bounded(opened, "the start did not end in time");
    this.#endImported?.();
    this.#status.stop();
    this.#dialer.stop();
    await this.#bounded(this.#reception.stop(), "connections did not close in time");
    await this.#bounded(
      Promise.all([...this.#transports.values()].map((transport) => transport.close())),
      "transports did not close in time",
    );
    await this.#bounded(Promise.all(this.#parts.map(async (part) => part.stop?.())), "the protocol did not stop in time");
    await this.#book.close();
  }

  /** Sends a message of the engine to all peers. */
  publishEngine(channel: string, payload: Bytes): void {
    if (this.#state === "running" && this.#transports.size > 0) this.#gossip.publishEngine(channel, payload);
  }

  records(): readonly PeerRecord[] {
    return this.#book.records();
  }

  bans(): readonly PeerBan[] {
    return this.#book.bans();
  }

  async add(address: string, { persistent }: { readonly persistent: boolean }): Promise<void> {
    this.#checkDialable(address);
    if (this.#state !== "running") throw new NetworkStateError({ state: this.#state });
    if (this.#book.learn(address, "operator", persistent) === undefined)
      throw new BadAddressError({
        address,
        reason: this.#book.isOwn(address)
          ? "this node itself answers there"
          : "the peer book is full of what the config and the operator named",
      });
    this.#dialer.want(address);
  }

  async ban(subject: string, { durationMs, reason }: { readonly durationMs: number; readonly reason: string }): Promise<void> {
    const checked = this.#checkSubject(subject);
    if (checked === this.nodeId) throw new BadPeerError({ subject, reason: "it is this node" });
    const written = this.#book.ban(checked, durationMs, reason, "operator");
    for (const session of this.#roster.sessions)
      if (this.#book.isNodeBanned(session.nodeId) || this.#book.isAddressBanned(session.address)) session.close(CloseCode.banned, reason);
    await written;
  }

  async unban(subject: string): Promise<boolean> {
    const wasBanned = await this.#book.unban(this.#checkSubject(subject));
    this.#dialer.pump();
    return wasBanned;
  }

  #contextOf(): NetworkContext {
    return {
      dependencies: this.#dependencies,
      options: this.#options,
      metrics: this.#metrics,
      peers: () => this.#roster.sessions,
      peer: (nodeId) => this.#roster.get(nodeId),
      nextRequestId: () => {
        this.#nextRequestId = (this.#nextRequestId % WIRE_LIMITS.requestId) + 1;
        return this.#nextRequestId;
      },
      localHead: () => this.#localHead(),
      syncRequested: (peer, blockId) => this.#sync.request(peer, blockId),
    };
  }

  #receptionOf(
    runtime: Pick<NetworkDependencies, "clock" | "scheduler" | "entropy" | "logger"> & { readonly metrics: NetworkMetrics },
  ): Reception {
    const { chain, spec } = this.#dependencies;
    const limits = this.#contentLimits();
    const link = {
      ...runtime,
      codec: new WireCodec(limits, chain.channels),
      channels: channelSpecs(limits, chain.channels),
      schemes: new Set(this.#transports.keys()),
    };
    const handlers = new Map<WireMessageType, ProtocolPart>();
    for (const part of this.#parts) for (const type of part.handles) handlers.set(type, part);
    const local: LocalNode = {
      identity: this.#dependencies.identity,
      spec,
      // Known once the chain has started.
      get genesisId() {
        return chain.genesisId;
      },
      head: () => this.#localHead(),
      services: () => (this.#bodiesFrom === 0 ? SERVES_CHAIN | SERVES_CHECKPOINTS : SERVES_CHECKPOINTS),
      listenAddresses: () => this.#advertised(),
      agent: this.#dependencies.agent.slice(0, WIRE_LIMITS.agentBytes),
    };
    return new Reception(
      {
        ...runtime,
        book: this.#book,
        roster: this.#roster,
        local,
        link,
        session: { ...runtime, reputation: this.#book, options: this.#options, parts: this.#parts, handlers },
        onDialed: (address, outcome) => {
          if (outcome === "connected") this.#dialer.connected(address);
          else this.#dialer.ended(address, outcome);
        },
        onChanged: () => this.#dialer.pump(),
      },
      this.#options,
    );
  }

  async #open(): Promise<void> {
    const { chain, logger } = this.#dependencies;
    const { bootstrap, persistent } = this.#options;
    await this.#book.load();
    this.#checkStarting();
    this.#book.forgetConfig(new Set([...bootstrap, ...persistent]));
    for (const address of bootstrap) this.#book.learn(address, "config");
    for (const address of persistent) this.#book.learn(address, "config", true);
    const channels = channelSpecs(this.#contentLimits(), chain.channels);
    for (const transport of this.#transports.values()) transport.configure(channels);
    for (const part of this.#parts) {
      await part.start?.();
      this.#checkStarting();
    }
    const listening: string[] = [];
    for (const transport of this.#transports.values()) {
      listening.push(...(await transport.listen((connection) => this.#reception.accept(connection))));
      this.#checkStarting();
    }
    this.#listening = listening;
    this.#endImported = chain.onImported(() => this.#status.changed());
    this.#status.start();
    logger.info({ nodeId: this.nodeId, listening, known: this.#book.size }, "network ready");
    this.#dialer.start();
  }

  /** Between the steps of a start: a stop has come. */
  #checkStarting(): void {
    if (this.#state !== "starting") throw new NetworkStateError({ state: this.#state });
  }

  /** An address names its transport by the scheme alone. */
  #checkSchemes(): void {
    const schemes = this.#dependencies.transports.map(({ scheme }) => scheme);
    const twice = schemes.find((scheme, index) => schemes.indexOf(scheme) !== index);
    if (twice !== undefined) throw new DuplicateTransportError({ scheme: twice });
  }

  #localHead(): HeadClaim {
    const { head, finalized } = this.#dependencies.chain;
    const bodiesFrom = this.#bodiesFrom;
    const claim = { id: head.id, height: head.header.height, weight: head.weight, finalizedHeight: finalized.header.height };
    return bodiesFrom === 0 ? claim : { ...claim, bodiesFrom };
  }

  /** Genesis' body is made from the chain spec, so a chain that has all from height 1 on has all. */
  get #bodiesFrom(): number {
    const { bodiesFrom = 0 } = this.#dependencies.chain;
    return bodiesFrom <= 1 ? 0 : bodiesFrom;
  }

  /** Where others are told to dial. */
  #advertised(): readonly string[] {
    if (!this.#options.exchange) return [];
    return (this.#options.advertise.length > 0 ? this.#options.advertise : this.#listening).slice(0, WIRE_LIMITS.helloAddresses);
  }

  /** The largest block and transaction that any rules of the chain allow. */
  #contentLimits(): { readonly blockBytes: number; readonly transactionBytes: number } {
    const { spec } = this.#dependencies;
    const all = [0, ...spec.upgrades.map(({ height }) => height)].map((height) => spec.rulesAt(height).limits);
    return {
      blockBytes: Math.max(...all.map(({ blockBytes }) => blockBytes)),
      transactionBytes: Math.max(...all.map(({ transactionBytes }) => transactionBytes)),
    };
  }

  /** @throws NETWORK_BAD_ADDRESS, NETWORK_NO_TRANSPORT */
  #checkDialable(address: string): void {
    const { scheme, host, port } = this.#checkAddress(address);
    if (!isWildcard(host)) return;
    throw new BadAddressError({
      address,
      reason: `${host} is every address of a machine that listens, and says nothing of which machine`,
      instead: `that machine's own IP address or DNS name, as in ${scheme}://192.0.2.7${port === undefined ? "" : `:${port}`}, or 127.0.0.1 for this one`,
    });
  }

  #checkAddress(address: string): ParsedAddress {
    const parsed = parseAddress(address);
    if (parsed === undefined)
      throw new BadAddressError({ address, reason: "it is not of the form scheme://host:port, in at most 254 characters" });
    if (!this.#transports.has(parsed.scheme)) throw new NoTransportError({ address, schemes: [...this.#transports.keys()] });
    return parsed;
  }

  /** A node id in lower case, or an address as it is. */
  #checkSubject(subject: string): string {
    if (fromHex(subject)?.length === 32) return subject.toLowerCase();
    const parsed = parseAddress(subject);
    if (parsed === undefined) throw new BadPeerError({ subject, reason: "it is neither a node id nor an address" });
    return parsed.port === undefined ? (hostOf(subject) ?? subject) : subject;
  }

  /** Waits for `work`, but not for ever. */
  async #bounded(work: Promise<unknown>, complaint: string): Promise<void> {
    const { scheduler, logger } = this.#dependencies;
    await new Promise<void>((resolve) => {
      const timer = scheduler.after(GOODBYE_MS, () => {
        logger.warn({ timeoutMs: GOODBYE_MS }, complaint);
        resolve();
      });
      work
        .catch((error: unknown) => logger.warn({ reason: messageOf(error) }, complaint))
        .finally(() => {
          timer.cancel();
          resolve();
        });
    });
  }
}
