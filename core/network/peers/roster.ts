/**
 * Who is connected: at most one session for each node id, and what happens when there would be a second one.
 *
 * Two nodes that dial each other at the same moment get two connections, and each end sees them in its own order. Both keep the one
 * that was dialed by the node with the lower id, whatever the order, so they keep the same one. Of two connections that
 * the same side dialed, the newer replaces the older: its dialer has restarted, or has lost the old one and knows it.
 */
import { assert } from "../../kernel/assert.js";
import type { Peer } from "../peer.js";
import type { Session } from "../session/session.js";

export class Roster {
  readonly #ownId: string;
  readonly #sessions = new Map<string, Session>();
  /** Where connected peers can be dialed, as far as we can believe it. */
  readonly #addresses = new Map<string, string>();
  #list: readonly Session[] | undefined;

  /** @param ownId of this node, hex */
  constructor(ownId: string) {
    this.#ownId = ownId;
  }

  /** Oldest connection first; the same array until somebody comes or goes. */
  get sessions(): readonly Session[] {
    this.#list ??= [...this.#sessions.values()];
    return this.#list;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(nodeId: string): Session | undefined {
    return this.#sessions.get(nodeId);
  }

  has(nodeId: string): boolean {
    return this.#sessions.has(nodeId);
  }

  hasAddress(address: string): boolean {
    return this.#addresses.has(address);
  }

  count(direction: Peer["direction"]): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.direction === direction) count++;
    return count;
  }

  /** Whether a new connection with a node that is connected takes the old one's place. */
  replaces(nodeId: string, direction: Peer["direction"]): boolean {
    const existing = this.#sessions.get(nodeId);
    assert(existing !== undefined, "there is a connection to replace");
    if (existing.direction === direction) return true;
    const dialer = direction === "outbound" ? this.#ownId : nodeId;
    return dialer < (direction === "outbound" ? nodeId : this.#ownId);
  }

  /** @param addresses at which this peer can be dialed */
  add(session: Session, addresses: readonly string[]): void {
    assert(!this.#sessions.has(session.nodeId), "a node is connected once");
    this.#sessions.set(session.nodeId, session);
    for (const address of addresses) this.#addresses.set(address, session.nodeId);
    this.#list = undefined;
  }

  remove(session: Session): void {
    if (this.#sessions.get(session.nodeId) !== session) return;
    this.#sessions.delete(session.nodeId);
    for (const [address, nodeId] of this.#addresses) if (nodeId === session.nodeId) this.#addresses.delete(address);
    this.#list = undefined;
  }
}
