/**
 * Tells peers of blocks that this node imported, if they are not known to have them.
 *
 * A block is told at once, unless another was a moment ago: a node that comes out of a split takes in hundreds in a second, and a
 * message for each would fill the channel's limit, behind which everything else for that peer waits.
 */

import type { TreeHeader } from "../../ports/consensus.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { NetworkContext } from "../context.js";
import type { ProtocolPart } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { BlockAnnouncement } from "../wire/messages.js";
import { isBehind, NEAR_BLOCKS } from "./lag.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import type { PeerKnowledge } from "./peer-knowledge.js";

/** Between two announcements: what is imported meanwhile goes into one. */
const ANNOUNCE_MS = 20;

export class BlockAnnouncer implements ProtocolPart {
  readonly handles = [] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  #batch: BlockAnnouncement["blocks"][number][] = [];
  #announcedAtMs = Number.NEGATIVE_INFINITY;
  #timer: Cancellable | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
  }

  start(): void {
    this.#unsubscribe = this.#context.dependencies.chain.onImported((header, canonical) => this.#onImported(header, canonical));
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#batch = [];
  }

  onMessage(): void {}

  #onImported({ id, header: { height } }: TreeHeader, canonical: boolean): void {
    const { chain, clock, scheduler } = this.#context.dependencies;
    // Such a block was not executed: it may be invalid, and its tip, if it wins, is announced then.
    if (!canonical && chain.traits.headers === "ancestry") return;
    if (!this.#isNear(height) || isBehind(this.#context)) return;
    this.#batch.push({ id, height });
    const waitMs = this.#announcedAtMs + ANNOUNCE_MS - clock.monotonicMs();
    if (waitMs <= 0 || this.#batch.length >= WIRE_LIMITS.announcedBlocks) this.#announce();
    else this.#timer ??= scheduler.after(waitMs, () => this.#announce());
  }

  #isNear(height: number): boolean {
    return height + NEAR_BLOCKS >= this.#context.dependencies.chain.head.header.height;
  }

  #announce(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#announcedAtMs = this.#context.dependencies.clock.monotonicMs();
    // Of those that lie deep by now, whoever needs them gets them by sync.
    const batch = this.#batch.filter(({ height }) => this.#isNear(height));
    this.#batch = [];
    for (const peer of this.#context.peers()) {
      const known = this.#knowledge.blocks(peer);
      const blocks = batch.filter(({ id }) => known.add(id));
      if (blocks.length === 0) continue;
      peer.send({ type: "block-announcement", blocks });
      this.#metrics.announced("block", "out", blocks.length);
    }
  }
}
