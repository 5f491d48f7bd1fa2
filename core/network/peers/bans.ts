/**
 * Who is banned: node ids, addresses, and hosts (`scheme://host`, all ports).
 *
 * Somebody who dials us comes from a port of the moment, so an address with a port is matched against whom we met there; a host is
 * matched against where the connection comes from. Banning an address therefore never bans the others behind the same host.
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
    this.#bans.set(ban.subject, ban);
    this.#onChanged(ban.subject);
    if (this.#bans.size <= this.#maxCount) return;
    // The one that would end first is the least loss.
    let first = ban;
    for (const other of this.#bans.values()) if (other.untilMs < first.untilMs) first = other;
    this.delete(first.subject);
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
