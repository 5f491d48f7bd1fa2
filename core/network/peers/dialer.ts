/**
 * Decides whom to dial, and when again.
 *
 * Persistent peers are dialed for ever. While there are fewer outbound connections than wanted, others follow: first those that were
 * met before, by score; then those of the config; then what others told us. An address that failed is left alone for a while: twice as
 * long after each failure, with jitter, so that nodes that lost each other don't come back all at once. A connection counts as
 * a success only once it has lasted.
 */
import { ChainwrightError, messageOf } from "../../kernel/errors.js";
import type { Cancellable, Clock, Entropy, Logger, Scheduler } from "../../ports/runtime.js";
import type { CloseReason, Connection, Transport } from "../../ports/transport.js";
import { uint32At } from "../../primitives/bytes.js";
import type { NetworkMetrics } from "../metrics.js";
import type { NetworkOptions } from "../options.js";
import { CloseCode, isLasting, isNobodysFault } from "../session/close-codes.js";
import { LogBudget } from "../session/log-budget.js";
import type { AddressEntry } from "./address-table.js";
import { parseAddress } from "./addresses.js";
import type { PeerBook } from "./peer-book.js";
import type { Roster } from "./roster.js";

/** Dials and handshakes under way at the same time. */
const CONCURRENT_DIALS_MAX = 8;
/** Scores recover and bans end without anybody telling. */
const LOOK_INTERVAL_MS = 60_000;
/** One unknown address is looked at in this time. */
const PROBE_INTERVAL_MS = 15_000;
/** A connection that lasted as long as this was a good one. */
export const SETTLED_MS = 10_000;
/** Lines a minute about peers that somebody named and that can't be had. */
const WARNINGS_PER_MINUTE = 20;

export interface DialerDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly metrics: NetworkMetrics;
  readonly book: PeerBook;
  readonly roster: Roster;
  readonly transports: ReadonlyMap<string, Transport>;
  /** Takes over a connection that was dialed; tells `connected` or `ended` in the end. */
  readonly onConnection: (connection: Connection, dialed: DialedAddress) => void;
}

export interface DialedAddress {
  readonly address: string;
  /** `probe`: only to learn who answers there. */
  readonly purpose: "peer" | "probe";
}

export type DialerOptions = Pick<
  NetworkOptions,
  "exchange" | "maxOutbound" | "targetOutbound" | "dialTimeoutMs" | "redialMs" | "redialMaxMs" | "score"
>;

interface Attempts {
  /** In a row, in this run of the node. */
  failures: number;
  /** Monotonic. */
  nextAtMs: number;
  /** From the dial to the end of the handshake. */
  underWay: boolean;
  connectedAtMs?: number | undefined;
  /** The operator asked for it: once, whatever its score. */
  wanted: boolean;
  /** Of the failure that the log has last: the same one again is no news, until a connection has lasted. */
  warnedCode?: string | undefined;
}

/** Why there is no connection. */
interface Failure {
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly reason: string;
}

export class Dialer {
  readonly #dependencies: DialerDependencies;
  readonly #options: DialerOptions;
  readonly #log: LogBudget;
  readonly #attempts = new Map<string, Attempts>();
  readonly #aborts = new Set<AbortController>();
  #underWay = 0;
  #running = false;
  #timer: Cancellable | undefined;
  #probing: Cancellable | undefined;
  #looking: Cancellable | undefined;

  constructor(dependencies: DialerDependencies, options: DialerOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#log = new LogBudget(dependencies.clock, dependencies.logger, WARNINGS_PER_MINUTE);
  }

  start(): void {
    this.#running = true;
    this.#looking = this.#dependencies.scheduler.every(LOOK_INTERVAL_MS, () => this.pump());
    if (this.#options.exchange) this.#probing = this.#dependencies.scheduler.every(PROBE_INTERVAL_MS, () => this.#probe());
    this.pump();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#probing?.cancel();
    this.#looking?.cancel();
    for (const abort of this.#aborts) abort.abort();
  }

  /** Dials an address now, whatever its score and past. */
  want(address: string): void {
    const attempts = this.#of(address);
    attempts.wanted = true;
    attempts.failures = 0;
    attempts.nextAtMs = this.#nowMs();
    this.pump();
  }

  /** The peer at a dialed address has said Hello and stays. */
  connected(address: string): void {
    const attempts = this.#finish(address);
    attempts.connectedAtMs = this.#nowMs();
    attempts.wanted = false;
    this.#dependencies.metrics.dialed("connected");
    this.pump();
  }

  /** A dialed connection is over, before or after Hello. The other side may say what it likes: that decides only when it is dialed again. */
  ended(address: string, { code, message, local }: CloseReason): void {
    const attempts = this.#of(address);
    const { connectedAtMs } = attempts;
    attempts.connectedAtMs = undefined;
    if (connectedAtMs === undefined) {
      this.#finish(address);
      this.#dependencies.metrics.dialed("refused");
    }
    const lasted = connectedAtMs !== undefined && this.#nowMs() - connectedAtMs >= SETTLED_MS;
    // Connected after all: the other one of two connections stays.
    const nodeId = this.#dependencies.book.entry(address)?.nodeId;
    if (lasted) attempts.warnedCode = undefined;
    if (lasted || (nodeId !== undefined && this.#dependencies.roster.has(nodeId))) attempts.failures = 0;
    if (local && code === CloseCode.self) this.#dependencies.book.markOwn(address);
    if (lasted) this.#retryIn(attempts, this.#options.redialMs);
    else if (isNobodysFault(code)) this.#retryLater(attempts);
    else {
      // Its words are about us, and must not be taken for ours about it.
      this.#failed(address, { code, reason: local ? message : `it refused: ${message}` }, isLasting(code));
    }
    this.pump();
  }

  /** Looks whom to dial now, and when to look again. */
  pump(): void {
    if (!this.#running) return;
    this.#timer?.cancel();
    this.#forgetOthers();
    const nowMs = this.#nowMs();
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#candidates()) {
      const attempts = this.#attempts.get(entry.address);
      if (attempts !== undefined && attempts.nextAtMs > nowMs) {
        nextAtMs = Math.min(nextAtMs, attempts.nextAtMs);
        continue;
      }
      if (!this.#hasRoomFor(entry) || this.#isUnderWayElsewhere(entry)) continue;
      void this.#dial({ address: entry.address, purpose: "peer" });
    }
    if (nextAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#dependencies.scheduler.after(Math.ceil(nextAtMs - nowMs), () => this.pump());
  }

  /** Whether there is anybody whom this node would dial, or is connected to. */
  get expectsSomebody(): boolean {
    const { book } = this.#dependencies;
    for (const entry of book.entries())
      if (entry.persistent || entry.source === "config" || entry.source === "operator" || entry.lastConnectedMs !== undefined) return true;
    return false;
  }

  #nowMs(): number {
    return this.#dependencies.clock.monotonicMs();
  }

  #of(address: string): Attempts {
    const known = this.#attempts.get(address);
    if (known !== undefined) return known;
    const made: Attempts = { failures: 0, nextAtMs: this.#nowMs(), underWay: false, wanted: false };
    this.#attempts.set(address, made);
    return made;
  }

  #hasRoomFor(entry: AddressEntry): boolean {
    if (this.#underWay >= CONCURRENT_DIALS_MAX) return false;
    const outbound = this.#dependencies.roster.count("outbound") + this.#underWay;
    if (outbound >= this.#options.maxOutbound) return false;
    return entry.persistent || this.#attempts.get(entry.address)?.wanted === true || outbound < this.#options.targetOutbound;
  }

  /** Whoever was met there is being dialed at another address: two connections would only displace each other. */
  #isUnderWayElsewhere({ nodeId }: AddressEntry): boolean {
    if (nodeId === undefined || this.#underWay === 0) return false;
    return this.#dependencies.book.addressesOf(nodeId).some((address) => this.#attempts.get(address)?.underWay === true);
  }

  /** Whom it makes sense to dial, in order, some of them later. */
  #candidates(): readonly AddressEntry[] {
    const { book, roster, transports } = this.#dependencies;
    const needsMore = roster.count("outbound") + this.#underWay < this.#options.targetOutbound;
    const isAlone = roster.size === 0;
    const ranked: { readonly entry: AddressEntry; readonly rank: number; readonly score: number }[] = [];
    for (const entry of book.entries()) {
      const attempts = this.#attempts.get(entry.address);
      const rank = rankOf(entry, attempts?.wanted === true);
      if (rank > LAST_ALWAYS_DIALED && !needsMore) continue;
      if (attempts?.underWay === true || attempts?.connectedAtMs !== undefined) continue;
      if (roster.hasAddress(entry.address) || (entry.nodeId !== undefined && roster.has(entry.nodeId))) continue;
      if (book.isAddressBanned(entry.address) || !transports.has(parseAddress(entry.address)?.scheme ?? "")) continue;
      const score = book.scoreOf(entry);
      const mayBeBad = rank <= LAST_ALWAYS_DIALED || (isAlone && entry.source === "config");
      if (score >= this.#options.score.dialMinimum || mayBeBad) ranked.push({ entry, rank, score });
    }
    ranked.sort((a, b) => a.rank - b.rank || b.score - a.score || (a.entry.address < b.entry.address ? -1 : 1));
    return ranked.map(({ entry }) => entry);
  }

  /** Looks who answers at one of the addresses that nobody was met at: so that it can be told to others, and dialed when it is needed. */
  #probe(): void {
    const { book, entropy, transports } = this.#dependencies;
    if (this.#underWay >= CONCURRENT_DIALS_MAX) return;
    const unknown: string[] = [];
    for (const { address, lastConnectedMs } of book.entries()) {
      const attempts = this.#attempts.get(address);
      const mayBeDialed = attempts === undefined || (!attempts.underWay && attempts.nextAtMs <= this.#nowMs());
      if (lastConnectedMs !== undefined || !mayBeDialed || book.isAddressBanned(address)) continue;
      if (transports.has(parseAddress(address)?.scheme ?? "")) unknown.push(address);
    }
    const address = unknown[uint32At(entropy.bytes(4), 0) % unknown.length];
    if (address !== undefined) void this.#dial({ address, purpose: "probe" });
  }

  async #dial(dialed: DialedAddress): Promise<void> {
    const { address } = dialed;
    const { transports, scheduler, logger } = this.#dependencies;
    const transport = transports.get(parseAddress(address)?.scheme ?? "");
    if (transport === undefined) return;
    this.#of(address).underWay = true;
    this.#underWay++;
    const abort = new AbortController();
    this.#aborts.add(abort);
    let isLate = false;
    const timer = scheduler.after(this.#options.dialTimeoutMs, () => {
      isLate = true;
      abort.abort();
      this.#dialFailed(
        address,
        { code: CloseCode.dialTimeout, reason: `no connection within ${this.#options.dialTimeoutMs} ms` },
        "timeout",
      );
    });
    logger.debug({ address }, "dialing");
    try {
      const connection = await transport.dial(address, abort.signal);
      if (isLate || !this.#running)
        await connection.close(isLate ? CloseCode.dialTimeout : CloseCode.stopping, "this connection came too late").catch(() => undefined);
      else this.#dependencies.onConnection(connection, dialed);
    } catch (error) {
      // Who was told that it is late has nothing more to say.
      const code = ChainwrightError.is(error) ? error.code : CloseCode.internal;
      if (!isLate && this.#running) this.#dialFailed(address, { code, reason: messageOf(error) }, "failed");
    } finally {
      timer.cancel();
      this.#aborts.delete(abort);
    }
  }

  #dialFailed(address: string, failure: Failure, result: "failed" | "timeout"): void {
    const { logger, metrics } = this.#dependencies;
    metrics.dialed(result);
    logger.debug({ address, ...failure }, "a dial failed");
    this.#finish(address);
    this.#failed(address, failure, false);
    this.pump();
  }

  #finish(address: string): Attempts {
    const attempts = this.#of(address);
    if (attempts.underWay) {
      attempts.underWay = false;
      this.#underWay--;
    }
    return attempts;
  }

  #failed(address: string, failure: Failure, isLastingFailure: boolean): void {
    const { book, roster } = this.#dependencies;
    book.failed(address, failure, roster.size === 0);
    const attempts = this.#of(address);
    attempts.wanted = false;
    this.#warn(address, failure, attempts);
    this.#retryLater(attempts, isLastingFailure);
  }

  /** Whom the config or the operator names is somebody's to mend; of all others, the peer book knows. */
  #warn(address: string, { code, reason }: Failure, attempts: Attempts): void {
    const entry = this.#dependencies.book.entry(address);
    const isNamed = entry !== undefined && (entry.persistent || entry.source === "config" || entry.source === "operator");
    if (!isNamed || attempts.warnedCode === code) return;
    // What there was no room for is said later, when it fails again.
    const isSaid = this.#log.warn({ address, code, reason }, "no connection with a peer that this node was told of; it is tried again");
    if (isSaid) attempts.warnedCode = code;
  }

  /** After a pause that grows each time, until a connection lasts. */
  #retryLater(attempts: Attempts, isLastingFailure = false): void {
    const { redialMs, redialMaxMs } = this.#options;
    const delayMs = isLastingFailure ? redialMaxMs : Math.min(redialMaxMs, redialMs * 2 ** Math.min(attempts.failures, 30));
    attempts.failures++;
    this.#retryIn(attempts, delayMs);
  }

  /** Attempts at addresses that the book has given up, once there are many. */
  #forgetOthers(): void {
    const { book } = this.#dependencies;
    if (this.#attempts.size <= 2 * book.size + CONCURRENT_DIALS_MAX) return;
    for (const [address, { underWay, connectedAtMs }] of this.#attempts)
      if (!underWay && connectedAtMs === undefined && book.entry(address) === undefined) this.#attempts.delete(address);
  }

  /** Between half of `delayMs` and all of it from now. */
  #retryIn(attempts: Attempts, delayMs: number): void {
    const [high = 0, low = 0] = this.#dependencies.entropy.bytes(2);
    const fraction = (high * 256 + low) / 65_535;
    attempts.nextAtMs = this.#nowMs() + (delayMs / 2) * (1 + fraction);
  }
}

/** Up to this rank, an address is dialed even if enough others are connected, and whatever its score. */
const LAST_ALWAYS_DIALED = 1;

function rankOf(entry: AddressEntry, isWanted: boolean): number {
  if (isWanted) return 0;
  if (entry.persistent) return 1;
  if (entry.lastConnectedMs !== undefined) return 2;
  return entry.source === "config" || entry.source === "operator" ? 3 : 4;
}
