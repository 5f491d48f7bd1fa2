/**
 * The peer book: which addresses there are, who was met there, what they are worth, and who is banned. It outlives the process.
 *
 * A score belongs to whoever was met at an address, and to the address itself until somebody was. What a peer does moves the score
 * of its identity, however it is connected; a dial that fails moves that of whom we expected there. While this node has no
 * connection at all, failed dials push nobody below the score at which it would not be dialed any more: it is probably our own
 * network that is down, and a node must not lock itself out.
 */
import type { Clock, Logger, Scheduler } from "../../ports/runtime.js";
import type { Storage } from "../../ports/storage.js";
import type { PeerBan, PeerRecord } from "../../ports/views.js";
import type { NetworkMetrics } from "../metrics.js";
import type { ScoreOptions } from "../options.js";
import type { Merit, Offence } from "../peer.js";
import { type AddressEntry, AddressTable } from "./address-table.js";
import { Bans } from "./bans.js";
import {
  ADDRESS_PREFIX,
  decodeAddress,
  decodeBan,
  decodeNode,
  encodeAddress,
  encodeBan,
  encodeNode,
  type Failure,
  NODE_PREFIX,
  type NodeRecord,
  printable,
  recordKeys,
} from "./book-records.js";
import { BookStore } from "./book-store.js";
import { after, type Deed, initialStanding, type Standing, scoreAt } from "./score.js";

/** Within this time, another connection of the same node is no merit: a score is not to be had by coming and going. */
const CONNECTION_MERIT_MS = 600_000;

export interface PeerBookDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Pick<NetworkMetrics, "banned" | "damaged">;
  readonly isConnected: (nodeId: string) => boolean;
}

export interface PeerBookOptions {
  readonly bookEntries: number;
  readonly score: ScoreOptions;
}

type NodeEntry = { -readonly [Field in keyof NodeRecord]: NodeRecord[Field] };

export class PeerBook {
  readonly #dependencies: PeerBookDependencies;
  readonly #options: PeerBookOptions;
  readonly #store: BookStore;
  readonly #addresses: AddressTable;
  readonly #nodes = new Map<string, NodeEntry>();
  readonly #bans: Bans;
  /** Where this node met itself. */
  readonly #own = new Set<string>();

  constructor(dependencies: PeerBookDependencies, options: PeerBookOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#store = new BookStore(dependencies.storage, dependencies.scheduler, dependencies.logger);
    this.#addresses = new AddressTable(options.bookEntries, {
      score: (entry) => this.scoreOf(entry),
      isConnected: ({ nodeId }) => nodeId !== undefined && dependencies.isConnected(nodeId),
      dialMinimum: options.score.dialMinimum,
      onChanged: (address) => this.#addressChanged(address),
    });
    this.#bans = new Bans(options.bookEntries, (subject) =>
      this.#store.changed(recordKeys.ban(subject), () => {
        const ban = this.#bans.get(subject);
        return ban === undefined ? undefined : encodeBan(ban);
      }),
    );
  }

  get size(): number {
    return this.#addresses.size;
  }

  get banCount(): number {
    return this.#bans.size;
  }

  /** Reads what is stored, and drops what is damaged. */
  async load(): Promise<void> {
    const damaged: Uint8Array[] = [];
    const nowMs = this.#nowMs();
    for await (const [key, value] of this.#store.records()) if (!this.#restore(key, value, nowMs)) damaged.push(key);
    this.#addresses.shrink();
    if (damaged.length === 0) return;
    for (const key of damaged) this.#store.changed(key, () => undefined);
    this.#dependencies.metrics.damaged(damaged.length);
    this.#dependencies.logger.warn({ records: damaged.length }, "dropped damaged records of the peer book");
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  entry(address: string): AddressEntry | undefined {
    return this.#addresses.get(address);
  }

  entries(): IterableIterator<AddressEntry> {
    return this.#addresses.values();
  }

  /** Learns of an address, or that the operator wants one that is known. Undefined: it is our own, or there is no room. */
  learn(address: string, source: PeerRecord["source"], persistent = false): AddressEntry | undefined {
    if (this.#own.has(address)) return undefined;
    const known = this.#addresses.get(address);
    if (known === undefined)
      return this.#addresses.add(address, { source, persistent }, initialStanding(this.#options.score, this.#nowMs()));
    const byOperator = source === "config" || source === "operator";
    if (byOperator && (known.source !== source || known.persistent !== persistent)) {
      known.source = source;
      known.persistent ||= persistent;
      this.#addressChanged(address);
    }
    return known;
  }

  /** What a config named and names no more is an address like others. */
  forgetConfig(stillNamed: ReadonlySet<string>): void {
    for (const entry of this.#addresses.values()) {
      if (entry.source !== "config" || stillNamed.has(entry.address)) continue;
      entry.source = "exchange";
      entry.persistent = false;
      this.#addressChanged(entry.address);
    }
  }

  isOwn(address: string): boolean {
    return this.#own.has(address);
  }

  /** This node met itself there. */
  markOwn(address: string): void {
    // Only addresses that were dialed come here, and those are bounded; the bound is for proxies that lead home under many names.
    if (this.#own.size < this.#options.bookEntries) this.#own.add(address);
    this.#addresses.delete(address);
  }

  /** A node proved its identity at an address that was dialed. */
  met(nodeId: string, address: string): void {
    const entry = this.#addresses.get(address);
    if (entry === undefined) return;
    // Whom nothing is known of begins with what is known of the address.
    if (entry.nodeId === undefined) this.#node(nodeId, entry.standing);
    this.#addresses.bind(entry, nodeId);
    entry.lastConnectedMs = this.#nowMs();
    entry.failuresInARow = 0;
    this.#addressChanged(address);
  }

  /** There is a session with a node, whoever dialed. */
  connected(nodeId: string): void {
    const nowMs = this.#nowMs();
    const node = this.#node(nodeId);
    if (node.lastConnectedMs === 0 || nowMs - node.lastConnectedMs >= CONNECTION_MERIT_MS) this.#move(node, "connection");
    node.lastConnectedMs = nowMs;
    this.#nodeChanged(nodeId);
  }

  /** A dial came to nothing. @param isAlone this node has no connection at all */
  failed(address: string, { code, reason }: Omit<Failure, "atMs">, isAlone: boolean): void {
    const entry = this.#addresses.get(address);
    if (entry === undefined) return;
    entry.failuresInARow++;
    entry.lastFailure = { atMs: this.#nowMs(), ...(code === undefined ? {} : { code: printable(code) }), reason: printable(reason) };
    const floor = isAlone ? this.#options.score.dialMinimum : 0;
    const node = entry.nodeId === undefined ? undefined : this.#nodes.get(entry.nodeId);
    if (node === undefined) entry.standing = after(entry.standing, "failure", this.#options.score, this.#nowMs(), floor);
    else if (!this.#dependencies.isConnected(node.nodeId)) this.#move(node, "failure", floor);
    this.#addressChanged(address);
  }

  score(nodeId: string): number {
    const node = this.#nodes.get(nodeId);
    return node === undefined ? this.#options.score.initial : scoreAt(node.standing, this.#options.score, this.#nowMs());
  }

  scoreOf(entry: AddressEntry): number {
    if (entry.nodeId !== undefined && this.#nodes.has(entry.nodeId)) return this.score(entry.nodeId);
    return scoreAt(entry.standing, this.#options.score, this.#nowMs());
  }

  reward(nodeId: string, merit: Merit): void {
    this.#move(this.#node(nodeId), merit);
  }

  /** @returns whether the node is banned now */
  offend(nodeId: string, offence: Offence, code: string): boolean {
    const node = this.#node(nodeId);
    this.#move(node, offence);
    const { violationsToBan, banMs } = this.#options.score;
    if (offence !== "violation" || node.standing.violations < violationsToBan) return false;
    node.standing = { ...node.standing, violations: 0 };
    this.#dependencies.metrics.banned();
    void this.ban(nodeId, banMs, `${violationsToBan} violations, the last one ${code}`, "node");
    return true;
  }

  /** Takes effect at once; resolves when it is written. */
  async ban(subject: string, durationMs: number, reason: string, by: "operator" | "node"): Promise<void> {
    const nowMs = this.#nowMs();
    const untilMs = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(nowMs + durationMs));
    this.#bans.set({ subject, untilMs, reason, by }, nowMs);
    await this.#store.flush({ durable: true });
  }

  async unban(subject: string): Promise<boolean> {
    const wasBanned = this.#bans.get(subject) !== undefined;
    if (wasBanned) this.#bans.delete(subject);
    const node = this.#nodes.get(subject);
    if (wasBanned && node !== undefined) {
      // Whoever is forgiven is dialed again.
      const standing = initialStanding(this.#options.score, this.#nowMs());
      if (this.score(subject) < standing.scoreMilli) node.standing = standing;
      this.#nodeChanged(subject);
    }
    await this.#store.flush({ durable: true });
    return wasBanned;
  }

  bans(): readonly PeerBan[] {
    return this.#bans.list(this.#nowMs());
  }

  /** By its id, or because an address where it was met is banned. */
  isNodeBanned(nodeId: string): boolean {
    const nowMs = this.#nowMs();
    return this.#bans.hasNode(nodeId, nowMs) || this.#addresses.ofNode(nodeId).some(({ address }) => this.#bans.hasAddress(address, nowMs));
  }

  /** Where a node was met. */
  addressesOf(nodeId: string): readonly string[] {
    return this.#addresses.ofNode(nodeId).map(({ address }) => address);
  }

  isAddressBanned(address: string): boolean {
    const nowMs = this.#nowMs();
    const nodeId = this.#addresses.get(address)?.nodeId;
    return this.#bans.hasAddress(address, nowMs) || (nodeId !== undefined && this.#bans.hasNode(nodeId, nowMs));
  }

  /** The operator wants this node connected. */
  isPersistent(nodeId: string): boolean {
    return this.#addresses.ofNode(nodeId).some(({ persistent }) => persistent);
  }

  /** Best first. */
  records(): readonly PeerRecord[] {
    const records = [...this.#addresses.values()].map((entry): PeerRecord => {
      const { address, nodeId, source, persistent, lastConnectedMs, lastFailure, failuresInARow } = entry;
      return {
        address,
        source,
        persistent,
        failuresInARow,
        scoreMilli: this.scoreOf(entry),
        connected: nodeId !== undefined && this.#dependencies.isConnected(nodeId),
        ...(nodeId === undefined ? {} : { nodeId }),
        ...(lastConnectedMs === undefined ? {} : { lastConnectedMs }),
        ...(lastFailure === undefined ? {} : { lastFailure }),
      };
    });
    return records.sort((a, b) => b.scoreMilli - a.scoreMilli || (a.address < b.address ? -1 : 1));
  }

  #nowMs(): number {
    return this.#dependencies.clock.nowMs();
  }

  #restore(key: Uint8Array, value: Uint8Array, nowMs: number): boolean {
    if (key[0] === ADDRESS_PREFIX) {
      const record = decodeAddress(key, value);
      if (record !== undefined) this.#addresses.restore({ ...record });
      return record !== undefined;
    }
    if (key[0] === NODE_PREFIX) {
      const record = decodeNode(key, value);
      if (record !== undefined) this.#nodes.set(record.nodeId, { ...record });
      return record !== undefined;
    }
    const ban = decodeBan(key, value);
    if (ban !== undefined) this.#bans.set(ban, nowMs);
    return ban !== undefined;
  }

  #addressChanged(address: string): void {
    this.#store.changed(recordKeys.address(address), () => {
      const entry = this.#addresses.get(address);
      return entry === undefined ? undefined : encodeAddress(entry);
    });
  }

  #nodeChanged(nodeId: string): void {
    this.#store.changed(recordKeys.node(nodeId), () => {
      const node = this.#nodes.get(nodeId);
      return node === undefined ? undefined : encodeNode(node);
    });
  }

  #move(node: NodeEntry, deed: Deed, floor = 0): void {
    node.standing = after(node.standing, deed, this.#options.score, this.#nowMs(), floor);
    this.#nodeChanged(node.nodeId);
  }

  /** What is known of a node, or a fresh record. @param standing that it starts with */
  #node(nodeId: string, standing?: Standing): NodeEntry {
    const known = this.#nodes.get(nodeId);
    if (known !== undefined) return known;
    if (this.#nodes.size >= this.#options.bookEntries) this.#forgetNode();
    const node: NodeEntry = { nodeId, standing: standing ?? initialStanding(this.#options.score, this.#nowMs()), lastConnectedMs: 0 };
    this.#nodes.set(nodeId, node);
    return node;
  }

  /** Ids are free to make: the one met longest ago goes, those with an address in the book or with violations last. */
  #forgetNode(): void {
    let victim: NodeEntry | undefined;
    let victimIsKnown = true;
    for (const node of this.#nodes.values()) {
      if (this.#dependencies.isConnected(node.nodeId)) continue;
      const isKnown = node.standing.violations > 0 || this.#addresses.ofNode(node.nodeId).length > 0;
      if (victim !== undefined && (isKnown !== victimIsKnown ? isKnown : node.lastConnectedMs >= victim.lastConnectedMs)) continue;
      victim = node;
      victimIsKnown = isKnown;
    }
    if (victim === undefined) return;
    this.#nodes.delete(victim.nodeId);
    this.#nodeChanged(victim.nodeId);
  }
}
