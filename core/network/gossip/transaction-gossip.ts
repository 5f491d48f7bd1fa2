/**
 * Transactions that others announce: asked of one announcer at a time, in batches, handed to the mempool, and relayed by what the
 * mempool then accepts (transaction-announcer.ts), so that nothing goes on before it is verified.
 *
 * A peer has one request at a time, and what it announces meanwhile makes the next: with much traffic batches grow by themselves,
 * with little nothing waits. The mempool judges over this node's head, so nothing is asked for while that is far behind.
 */
import type { Cancellable } from "../../ports/runtime.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey, sha256 } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import type { TransactionAnnouncement, Transactions, WireMessage } from "../wire/messages.js";
import { KnownSet } from "./known-set.js";
import { isBehind } from "./lag.js";
import { type GossipMetrics, gossipMetrics, type RequestFailure } from "./metrics.js";
import { GossipOffences } from "./offences.js";
import type { PeerKnowledge } from "./peer-knowledge.js";
import { TransactionIntake } from "./transaction-intake.js";
import { OpenRequests, type TransactionRequest } from "./transaction-requests.js";
import { type TransactionWant, TransactionWants } from "./transaction-wants.js";

/** Hashes in one request: what is lost for a while if the peer does not answer. */
const REQUEST_MAX = 512;
/** Asked for, or being judged, of all peers: half of what the mempool judges at a time. */
const UNDER_WAY_MAX = 4_096;
/** Refused lately, for reasons of this node's head and pool; forgotten when the head moves. */
const REFUSED_MAX = 32_768;
/** Of these, who announced them: asked for once more when the head has moved, as their peer may only have been a block ahead. */
const SECOND_CHANCES_MAX = 4_096;
/** Pause when the mempool has no room to look at more. */
const BUSY_MS = 100;

interface Arrived {
  readonly raw: Bytes;
  readonly hash: Hash;
  readonly key: HashKey;
}

const WANTS = { maxCount: 65_536, maxPerPeer: 16_384, maxAnnouncers: 8 };

export class TransactionGossip implements ProtocolPart {
  readonly handles = ["transaction-announcement", "transactions"] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  readonly #wants: TransactionWants;
  readonly #requests: OpenRequests;
  readonly #intake: TransactionIntake;
  readonly #refused: KnownSet;
  readonly #secondChances = new Map<HashKey, Peer>();
  /** Had their second chance, or need none. */
  readonly #settled: KnownSet;
  /** Handed to the mempool, which has not answered yet. */
  #judged = 0;
  #busy: Cancellable | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    const { metrics } = context.dependencies;
    this.#metrics = gossipMetrics(metrics);
    this.#wants = new TransactionWants(WANTS, () => this.#metrics.dropped("transaction", 1));
    this.#refused = new KnownSet(REFUSED_MAX, knowledge.seed);
    this.#settled = new KnownSet(REFUSED_MAX, knowledge.seed);
    this.#requests = new OpenRequests(context, (peer, request) => this.#onTimeout(peer, request));
    this.#intake = new TransactionIntake(context, this.#metrics);
    metrics.gauge({
      name: "gossip_wanted_transactions",
      help: "Announced transactions that are waited for",
      collect: () => this.wantedCount,
    });
  }

  get wantedCount(): number {
    return this.#wants.count;
  }

  start(): void {
    this.#unsubscribe = this.#context.dependencies.chain.onImported((_header, canonical) => {
      if (!canonical) return;
      this.#refused.clear();
      this.#giveSecondChances();
      this.#askAll();
    });
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#busy?.cancel();
    this.#busy = undefined;
    this.#requests.clear();
    this.#wants.clear();
    this.#secondChances.clear();
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (message.type === "transaction-announcement") return this.#onAnnouncement(peer, message);
    if (message.type === "transactions") return this.#onTransactions(peer, message);
  }

  onPeerGone(peer: Peer): void {
    const lost = this.#requests.forget(peer);
    if (lost !== undefined) this.#giveBack(lost, "gone");
    this.#wants.forget(peer);
    this.#askAll();
  }

  #onAnnouncement(peer: Peer, { hashes }: TransactionAnnouncement): void {
    this.#metrics.announced("transaction", "in", hashes.length);
    const known = this.#knowledge.transactions(peer);
    let dropped = 0;
    for (const hash of hashes) {
      known.add(hash);
      if (this.#isWanted(hash) && !this.#wants.note(peer, hash)) dropped++;
    }
    if (dropped > 0) this.#metrics.dropped("transaction", dropped);
    this.#ask(peer);
  }

  #isWanted(hash: Hash): boolean {
    return !this.#context.dependencies.mempool.isKnown(hash) && !this.#refused.has(hash);
  }

  #askAll(): void {
    for (const peer of this.#context.peers()) this.#ask(peer);
  }

  #ask(peer: Peer): void {
    if (this.#wants.waitingAt(peer) === 0 || !peer.connected || !this.#requests.isFree(peer)) return;
    const room = Math.min(REQUEST_MAX, UNDER_WAY_MAX - this.#requests.count - this.#judged);
    if (room <= 0 || this.#busy !== undefined || isBehind(this.#context)) return;
    const wants = this.#takeFor(peer, room);
    if (wants.length === 0) return;
    this.#metrics.requested("transaction", wants.length);
    this.#metrics.retried("transaction", wants.filter(({ isRetried }) => isRetried).length);
    this.#requests.open(peer, wants);
  }

  #takeFor(peer: Peer, room: number): TransactionWant[] {
    const wants: TransactionWant[] = [];
    while (wants.length < room) {
      const want = this.#wants.take(peer);
      if (want === undefined) break;
      // It may have come another way, or in a block, since it was announced.
      if (this.#isWanted(Hash.parse(want.key))) wants.push(want);
      else this.#wants.remove(want.key);
    }
    return wants;
  }

  async #onTransactions(peer: Peer, message: Transactions): Promise<void> {
    const request = this.#requests.find(peer, message.requestId);
    if (request === undefined) return this.#unrequested(peer, "nobody asked for these transactions");
    if (message.more && message.transactions.length === 0) {
      peer.offend("violation", GossipOffences.emptyAnswer, "an answer that says nothing but that there is more");
      return;
    }
    // All of it at once, because the next part may come, and end the request, while the mempool still takes these.
    const arrived: Arrived[] = [];
    for (const raw of message.transactions) {
      const hash = sha256(raw);
      const key = Hash.key(hash);
      if (!this.#requests.fulfil(request, key)) {
        this.#unrequested(peer, "it was not asked for one of these transactions");
        break;
      }
      arrived.push({ raw, hash, key });
    }
    const handling = this.#requests.handle(peer);
    if (!message.more) this.#finish(peer, request);
    await this.#submitAll(peer, arrived);
    handling.done();
    this.#ask(peer);
  }

  /** In order, as they build upon each other. */
  async #submitAll(peer: Peer, arrived: readonly Arrived[]): Promise<void> {
    const slicer = this.#context.dependencies.scheduler.slicer();
    const submissions: Promise<void>[] = [];
    this.#judged += arrived.length;
    for (const { raw, hash, key } of arrived) {
      if (slicer.due()) await slicer.pause();
      if (this.#isWanted(hash)) submissions.push(this.#submit(peer, hash, raw));
      else this.#judged--;
      // From here on the mempool knows it.
      this.#wants.remove(key);
    }
    await Promise.all(submissions);
  }

  #unrequested(peer: Peer, reason: string): void {
    this.#metrics.unrequested("transaction");
    peer.offend("violation", GossipOffences.unrequestedTransactions, reason);
  }

  async #submit(peer: Peer, hash: Hash, raw: Bytes): Promise<void> {
    this.#knowledge.transactions(peer).add(hash);
    const outcome = await this.#intake.submit(peer, raw);
    this.#judged--;
    if (outcome === "refused" || outcome === "invalid") this.#refused.add(hash);
    if (outcome === "refused" && this.#settled.add(hash)) this.#noteSecondChance(peer, hash);
    if (outcome === "busy" && peer.connected) {
      this.#wants.note(peer, hash);
      this.#rest();
    }
  }

  /** The oldest make room. */
  #noteSecondChance(peer: Peer, hash: Hash): void {
    this.#secondChances.set(Hash.key(hash), peer);
    const oldest = this.#secondChances.keys().next();
    if (this.#secondChances.size > SECOND_CHANCES_MAX && oldest.done !== true) this.#secondChances.delete(oldest.value);
  }

  /** Nobody announces a transaction twice, and what could not be in the next block yesterday may be good for this one. */
  #giveSecondChances(): void {
    for (const [key, peer] of this.#secondChances) {
      const hash = Hash.parse(key);
      if (peer.connected && this.#isWanted(hash)) this.#wants.note(peer, hash);
    }
    this.#secondChances.clear();
  }

  /** The mempool is full of work. */
  #rest(): void {
    this.#busy ??= this.#context.dependencies.scheduler.after(BUSY_MS, () => {
      this.#busy = undefined;
      this.#askAll();
    });
  }

  /** Everything that this peer still had of a request has come. */
  #finish(peer: Peer, request: TransactionRequest): void {
    this.#requests.close(peer, request);
    if (request.isOver) return;
    this.#intake.count(peer, request.asked, request.wants.size);
    this.#giveBack(request, "missing");
  }

  #onTimeout(peer: Peer, request: TransactionRequest): void {
    const { requestTimeoutMs } = this.#context.options;
    peer.offend(
      "failure",
      GossipOffences.transactionsTimeout,
      `no answer for ${request.wants.size} transactions in ${requestTimeoutMs} ms`,
    );
    this.#giveBack(request, "timeout");
    this.#askAll();
  }

  /** Others are asked instead. */
  #giveBack({ wants }: TransactionRequest, reason: RequestFailure): void {
    if (wants.size === 0) return;
    this.#metrics.failed("transaction", reason, wants.size);
    const announcers = new Set<Peer>();
    for (const want of wants.values()) {
      this.#wants.giveBack(want);
      for (const peer of want.announcers) announcers.add(peer);
    }
    for (const peer of announcers) this.#ask(peer);
  }
}
