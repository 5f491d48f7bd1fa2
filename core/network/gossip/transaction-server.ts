/** Serves pooled transactions by the hash of their raw bytes, as many in a message as fit. */
import type { Bytes } from "../../primitives/bytes.js";
import type { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { elementBytes, WIRE_LIMITS } from "../wire/limits.js";
import type { WireMessage } from "../wire/messages.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import type { PeerKnowledge } from "./peer-knowledge.js";
import { ServeQueue } from "./serve-queue.js";

/** Of one message, well below the channel's limit; a single transaction may be larger. */
const MESSAGE_BYTES = 192 * 1024;
/** Hashes that wait at one peer: eight full requests. */
const QUEUED_HASHES_MAX = 8 * WIRE_LIMITS.transactions;

interface Job {
  readonly requestId: number;
  readonly hashes: readonly Hash[];
  at: number;
}

export class TransactionServer implements ProtocolPart {
  readonly handles = ["transactions-request"] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  readonly #queue: ServeQueue<Job>;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
    this.#queue = new ServeQueue(context, {
      maxWeight: QUEUED_HASHES_MAX,
      // Many small requests weigh, too.
      weightOf: ({ hashes }) => Math.max(64, hashes.length),
      step: (peer, job) => this.#serve(peer, job),
    });
  }

  onMessage(peer: Peer, message: WireMessage): void {
    if (message.type === "transactions-request") this.#queue.add(peer, { requestId: message.requestId, hashes: message.hashes, at: 0 });
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
    const { mempool } = this.#context.dependencies;
    const known = this.#knowledge.transactions(peer);
    const transactions: Bytes[] = [];
    let bytes = 0;
    for (; job.at < job.hashes.length; job.at++) {
      const hash = job.hashes[job.at];
      const raw = hash === undefined ? undefined : mempool.raw(hash);
      if (hash === undefined || raw === undefined) continue;
      if (transactions.length > 0 && bytes + elementBytes(raw.length) > MESSAGE_BYTES) break;
      bytes += elementBytes(raw.length);
      transactions.push(raw);
      known.add(hash);
    }
    const more = job.at < job.hashes.length;
    peer.send({ type: "transactions", requestId: job.requestId, transactions, more });
    this.#metrics.served("transaction", transactions.length);
    return !more;
  }
}
