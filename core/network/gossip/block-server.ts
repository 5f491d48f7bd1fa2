/** Serves blocks by id, for the gossip and the sync of others: each asked id has its own answer, in order. */
import { messageOf } from "../../kernel/errors.js";
import { type Bytes, EMPTY_BYTES } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { WireMessage } from "../wire/messages.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import type { PeerKnowledge } from "./peer-knowledge.js";
import { ServeQueue } from "./serve-queue.js";

/** Ids that wait at one peer: eight full requests. */
const QUEUED_IDS_MAX = 8 * WIRE_LIMITS.blockIds;

interface Job {
  readonly requestId: number;
  readonly ids: readonly Hash[];
  served: number;
}

export class BlockServer implements ProtocolPart {
  readonly handles = ["blocks-request"] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  readonly #queue: ServeQueue<Job>;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
    this.#queue = new ServeQueue(context, {
      maxWeight: QUEUED_IDS_MAX,
      weightOf: ({ ids }) => ids.length,
      step: (peer, job) => this.#serve(peer, job),
    });
  }

  onMessage(peer: Peer, message: WireMessage): void {
    if (message.type === "blocks-request" && message.ids.length > 0)
      this.#queue.add(peer, { requestId: message.requestId, ids: message.ids, served: 0 });
  }

  onDrain(peer: Peer): void {
    this.#queue.onDrain(peer);
  }

  onPeerGone(peer: Peer): void {
    this.#queue.onPeerGone(peer);
  }

  stop(): void {
    this.#queue.stop();
  }

  #serve(peer: Peer, job: Job): boolean {
    const id = job.ids[job.served++];
    if (id === undefined) return true;
    const { block, certificate } = this.#find(id);
    if (block.length > 0) {
      this.#knowledge.blocks(peer).add(id);
      this.#metrics.served("block", 1);
    }
    peer.send({ type: "block-response", requestId: job.requestId, id, block, certificate });
    return job.served >= job.ids.length;
  }

  /** Only what was found valid: a block that waits was not validated, and to hand it on would be an offence. */
  #find(id: Hash): { readonly block: Bytes; readonly certificate: Bytes } {
    const { chain, logger } = this.#context.dependencies;
    try {
      const block = chain.standing(id) === "valid" ? chain.encodedBlock(id) : undefined;
      if (block !== undefined) return { block, certificate: chain.certificate(id) ?? EMPTY_BYTES };
    } catch (error) {
      logger.warn({ block: Hash.key(id), reason: messageOf(error) }, "a stored block could not be read for a peer");
    }
    return { block: EMPTY_BYTES, certificate: EMPTY_BYTES };
  }
}
