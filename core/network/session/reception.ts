/**
 * From a connection to a session: who may knock, the handshake, and who may stay.
 *
 * Inbound connections are refused before Hello only for what is known without it: a banned host, too many handshakes. After Hello:
 * banned, connected already, too many peers. When all inbound places are taken, a peer that the operator named or that is clearly
 * better than the worst one takes that one's place.
 */
import type { Clock, Logger, Scheduler } from "../../ports/runtime.js";
import type { CloseReason, Connection } from "../../ports/transport.js";
import { bytesEqual } from "../../primitives/bytes.js";
import type { NetworkMetrics } from "../metrics.js";
import type { NetworkOptions } from "../options.js";
import { addressFromPeer, hostOf } from "../peers/addresses.js";
import { type DialedAddress, SETTLED_MS } from "../peers/dialer.js";
import type { PeerBook } from "../peers/peer-book.js";
import type { Roster } from "../peers/roster.js";
import { CloseCode, isNobodysFault, type Refusal } from "./close-codes.js";
import { type Greeting, Handshake } from "./handshake.js";
import type { LocalNode } from "./hello.js";
import { Link, type LinkDependencies } from "./link.js";
import { LogBudget } from "./log-budget.js";
import { Session, type SessionDependencies } from "./session.js";

export interface ReceptionDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: NetworkMetrics;
  readonly book: PeerBook;
  readonly roster: Roster;
  readonly local: LocalNode;
  readonly link: LinkDependencies;
  readonly session: Omit<SessionDependencies, "onGone">;
  /** An outbound connection became a session, or ended before or after that. */
  readonly onDialed: (address: string, outcome: "connected" | CloseReason) => void;
  /** Somebody came or went, or told addresses. */
  readonly onChanged: () => void;
}

/** How much better than the worst inbound peer a newcomer has to be, milli-points. */
const BETTER_BY = 10_000;
/** Lines a minute about connections that came and went. */
const LOG_LINES_PER_MINUTE = 60;
/** Lines a minute about connections that were refused: apart from the others, so that strangers at the door don't silence those. */
const REFUSAL_LINES_PER_MINUTE = 20;
/** Handshakes under way: as many as there are places for peers that dial us, and these. */
const SPARE_HANDSHAKES = 16;

export class Reception {
  readonly #dependencies: ReceptionDependencies;
  readonly #options: NetworkOptions;
  readonly #log: LogBudget;
  readonly #refusals: LogBudget;
  /** Connections before their Hello. */
  readonly #handshakes = new Set<Link>();
  #stopping = false;
  #hadPeers = false;
  /** The log has it that nobody is left; again only after a connection that lasted. */
  #saidIsolated = false;

  constructor(dependencies: ReceptionDependencies, options: NetworkOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#log = new LogBudget(dependencies.clock, dependencies.logger, LOG_LINES_PER_MINUTE);
    this.#refusals = new LogBudget(dependencies.clock, dependencies.logger, REFUSAL_LINES_PER_MINUTE);
  }

  get handshakes(): number {
    return this.#handshakes.size;
  }

  /** Whether anybody was ever a peer, in this run of the node. */
  get hadPeers(): boolean {
    return this.#hadPeers;
  }

  /** Takes a connection that came to us. */
  accept(connection: Connection): void {
    const refusal = this.#refusalAtTheDoor(connection.remoteAddress);
    if (refusal === undefined) {
      this.#greet(connection);
      return;
    }
    this.#dependencies.metrics.closed(refusal.code, true);
    this.#refused(connection, { ...refusal, local: true });
    connection.close(refusal.code, refusal.message).catch(() => undefined);
  }

  /** Somebody dialed us, and did not become a peer. Whom we dialed is the dialer's to speak of. */
  #refused({ remoteAddress: address }: Connection, { code, message: reason, local: byUs }: CloseReason): void {
    const facts = { address, code, reason, byUs };
    if (isNobodysFault(code)) this.#dependencies.logger.debug(facts, "a connection was refused");
    else this.#refusals.info(facts, "a connection was refused");
  }

  /** Takes a connection that this node dialed. */
  take(connection: Connection, dialed: DialedAddress): void {
    this.#greet(connection, dialed);
  }

  /** Takes nobody any more, and says goodbye to everybody; resolves when all were told. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ending = [...this.#handshakes, ...this.#dependencies.roster.sessions];
    for (const connection of ending) connection.close(CloseCode.stopping, "the node stops");
    await Promise.all(ending.map(({ closed }) => closed));
  }

  #refusalAtTheDoor(address: string): Refusal | undefined {
    if (this.#stopping) return { code: CloseCode.stopping, message: "the node stops" };
    if (this.#dependencies.book.isAddressBanned(address)) return { code: CloseCode.banned, message: "this address is banned" };
    if (this.#handshakes.size >= this.#options.maxInbound + SPARE_HANDSHAKES)
      return { code: CloseCode.tooManyPeers, message: "too many connections at once" };
    return undefined;
  }

  #greet(connection: Connection, dialed?: DialedAddress): void {
    const { clock, scheduler, metrics, local, book, link: linkDependencies, logger, onDialed } = this.#dependencies;
    const startedMs = clock.monotonicMs();
    const handshake = new Handshake(local, scheduler, this.#options.helloTimeoutMs, {
      onGreeted: (greeting) => {
        this.#handshakes.delete(link);
        metrics.greeted((clock.monotonicMs() - startedMs) / 1_000);
        // Whatever comes of this connection, it is proved who lives there.
        if (dialed !== undefined) book.met(greeting.nodeId, dialed.address);
        if (dialed?.purpose === "probe") link.close(CloseCode.probed, "this node only wanted to know who is here");
        else this.#admit(link, greeting, dialed?.address);
      },
      onFailed: (reason) => {
        this.#handshakes.delete(link);
        if (dialed === undefined) {
          this.#refused(connection, reason);
          return;
        }
        const { code, message, local: byUs } = reason;
        logger.debug({ address: dialed.address, code, reason: message, byUs }, "a handshake failed");
        onDialed(dialed.address, reason);
      },
    });
    const { pingIntervalMs, pingTimeoutMs, bytesUnderWay } = this.#options;
    const silenceMs = pingIntervalMs + 2 * pingTimeoutMs;
    const link = new Link(connection, handshake, linkDependencies, { silenceMs, unsentBytes: 2 * bytesUnderWay });
    this.#handshakes.add(link);
    handshake.begin(link, dialed?.purpose === "probe");
    link.open();
  }

  #admit(link: Link, greeting: Greeting, dialed: string | undefined): void {
    const { roster, book, onChanged } = this.#dependencies;
    const refusal = this.#refusalAfterHello(link, greeting);
    if (refusal !== undefined) {
      link.close(refusal.code, refusal.message);
      return;
    }
    roster.get(greeting.nodeId)?.close(CloseCode.replaced, "another connection with this node takes its place");
    const session = this.#sessionOf(link, greeting, dialed);
    this.#hadPeers = true;
    book.connected(greeting.nodeId);
    roster.add(session, this.#learnAddresses(link, greeting, dialed));
    if (dialed !== undefined) this.#dependencies.onDialed(dialed, "connected");
    const { nodeId, address, direction, hello } = session;
    this.#log.info(
      { peer: nodeId, address, direction, agent: hello.agent, height: hello.head.height, peers: roster.size },
      "peer connected",
    );
    session.open();
    this.#repeatHead(session, greeting);
    onChanged();
  }

  #sessionOf(link: Link, greeting: Greeting, dialed: string | undefined): Session {
    const { roster, clock, onDialed, onChanged } = this.#dependencies;
    return new Session(link, greeting, {
      ...this.#dependencies.session,
      onGone: (session, reason) => {
        roster.remove(session);
        const { code, message, local } = reason;
        const seconds = Math.round((clock.nowMs() - session.connectedSinceMs) / 1_000);
        this.#log.info(
          { peer: session.nodeId, address: session.address, code, reason: message, byUs: local, seconds, peers: roster.size },
          "peer disconnected",
        );
        if (clock.nowMs() - session.connectedSinceMs >= SETTLED_MS) this.#saidIsolated = false;
        if (roster.size === 0 && code !== CloseCode.replaced) this.#sayIsolated(session, code);
        if (dialed !== undefined) onDialed(dialed, reason);
        onChanged();
      },
    });
  }

  #sayIsolated({ nodeId: peer }: Session, code: string): void {
    if (this.#stopping || this.#saidIsolated) return;
    this.#saidIsolated = true;
    this.#log.warn({ peer, code }, "the last peer is gone; this node is isolated");
  }

  #refusalAfterHello(link: Link, { nodeId }: Greeting): Refusal | undefined {
    const { book, roster } = this.#dependencies;
    if (book.isNodeBanned(nodeId)) return { code: CloseCode.banned, message: "this node is banned" };
    const existing = roster.get(nodeId);
    if (existing !== undefined) {
      if (roster.replaces(nodeId, link.direction)) return undefined;
      // If its old connection is dead, better to know it soon: the peer will come again.
      existing.probe();
      return { code: CloseCode.duplicate, message: "there is a connection with this node already" };
    }
    const full = { code: CloseCode.tooManyPeers, message: "this node has as many peers as it wants" };
    if (link.direction === "outbound") return roster.count("outbound") >= this.#options.maxOutbound ? full : undefined;
    if (roster.count("inbound") < this.#options.maxInbound) return undefined;
    return this.#makeRoomFor(nodeId) ? undefined : full;
  }

  /** Sends the worst inbound peer away, if the newcomer is worth it. */
  #makeRoomFor(nodeId: string): boolean {
    const { book, roster } = this.#dependencies;
    let worst: Session | undefined;
    for (const session of roster.sessions) {
      if (session.direction !== "inbound" || book.isPersistent(session.nodeId)) continue;
      // Of equals, the one that came last.
      if (worst === undefined || book.score(session.nodeId) <= book.score(worst.nodeId)) worst = session;
    }
    if (worst === undefined) return false;
    if (!book.isPersistent(nodeId) && book.score(nodeId) < book.score(worst.nodeId) + BETTER_BY) return false;
    worst.close(CloseCode.tooManyPeers, "a peer that this node prefers takes the place");
    return true;
  }

  /** Notes where the peer says it listens. Answers where this peer can be dialed, as far as we can believe it. */
  #learnAddresses(link: Link, { hello }: Greeting, dialed: string | undefined): readonly string[] {
    const { book, link: linkDependencies } = this.#dependencies;
    const own: string[] = [link.remoteAddress];
    if (dialed !== undefined) own.push(dialed);
    if (!this.#options.exchange) return own;
    const schemes = linkDependencies.schemes;
    const host = hostOf(link.remoteAddress);
    for (const text of hello.listenAddresses) {
      const address = addressFromPeer(text, link.remoteAddress, true);
      if (address === undefined || !schemes.has(address.slice(0, address.indexOf(":")))) continue;
      book.learn(address, "inbound");
      // Anybody can say that he listens at another's address; at his own host, we take his word for it.
      if (hostOf(address) === host) own.push(address);
    }
    return own;
  }

  /** Our head may have moved since our Hello left. */
  #repeatHead(session: Session, { ownHead }: Greeting): void {
    const head = this.#dependencies.local.head();
    if (ownHead === undefined || !bytesEqual(head.id, ownHead.id)) session.send({ type: "status", head });
  }
}
