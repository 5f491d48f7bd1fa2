/**
 * Who is banned: node ids, addresses, and hosts (`scheme://host`, all ports).
 *
 * Somebody who dials us comes from a port of the moment, so an address with a port is matched against whom we met there; a host is
 * matched against where the connection comes from. Banning an address therefore never bans the others behind the same host.
 *
 * What the operator banned stays banned for as long as was said: identities are free to make, so whoever misbehaves under many of
 * them can have this node write as many bans as there is room for, and must not push out with them one that somebody meant.
 */
import type { PeerBan } from "../../ports/views.js";
import { hostOf } from "./addresses.js";

export class Bans {
  readonly #bans = new Map<string, PeerBan>();
  readonly #maxCount: number;
  readonly #onChanged: (subject: string) => void;

  constructor(maxCount: number, onChanged: (subject: string) => void) {
    this.#maxCount = maxCount;
    this.#onChanged = onChanged;
  }

  get size(): number {
    return this.#bans.size;
  }

  get(subject: string): PeerBan | undefined {
    return this.#bans.get(subject);
  }

  /** Those that hold, and no others. */
  list(nowMs: number): readonly PeerBan[] {
    this.#expire(nowMs);
    return [...this.#bans.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
  }

  set(ban: PeerBan, nowMs: number): void {
    this.#expire(nowMs);
    const known = this.#bans.get(ban.subject);
    const isOverruled = known !== undefined && isOperators(known) && !isOperators(ban);
    this.#bans.set(ban.subject, isOverruled ? { ...known, untilMs: Math.max(known.untilMs, ban.untilMs) } : ban);
    this.#onChanged(ban.subject);
    if (this.#bans.size <= this.#maxCount) return;
    let least = ban;
    for (const other of this.#bans.values()) if (isLesserLoss(other, least)) least = other;
    this.delete(least.subject);
  }

  delete(subject: string): boolean {
    if (!this.#bans.delete(subject)) return false;
    this.#onChanged(subject);
    return true;
  }

  hasNode(nodeId: string, nowMs: number): boolean {
    return this.#holds(nodeId, nowMs);
  }

  /** Whether the address itself or its host is banned. */
  hasAddress(address: string, nowMs: number): boolean {
    const host = hostOf(address);
    return this.#holds(address, nowMs) || (host !== undefined && this.#holds(host, nowMs));
  }

  #holds(subject: string, nowMs: number): boolean {
    const ban = this.#bans.get(subject);
    return ban !== undefined && ban.untilMs > nowMs;
  }

  #expire(nowMs: number): void {
    for (const { subject, untilMs } of this.#bans.values()) if (untilMs <= nowMs) this.delete(subject);
  }
}

/** One of which nobody knows is taken for the operator's. */
function isOperators({ by }: PeerBan): boolean {
  return by !== "node";
}

/** This node's own bans go first; of equals, the one that would end first. */
function isLesserLoss(one: PeerBan, other: PeerBan): boolean {
  return isOperators(one) === isOperators(other) ? one.untilMs < other.untilMs : isOperators(other);
}
