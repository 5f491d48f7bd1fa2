/**
 * Peer exchange: asks those whom this node dialed for addresses, once and then rarely, and answers others with addresses at which it
 * has met somebody itself. What is told is bounded for each peer, and untested until a dial has shown who is there.
 */
import type { Cancellable } from "../../ports/runtime.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { CloseCode } from "../session/close-codes.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { WireMessage } from "../wire/messages.js";
import { addressFromPeer, parseAddress } from "./addresses.js";
import type { PeerBook } from "./peer-book.js";

/** How often one of the outbound peers is asked again: while outbound connections are lacking, and else. More than ANSWER_INTERVAL_MS, for each peer. */
const ASK_SOON_MS = 120_000;
const ASK_INTERVAL_MS = 1_800_000;
/** A peer gets one answer in this time. */
const ANSWER_INTERVAL_MS = 60_000;
/** Addresses taken from one peer in a day. */
const TAKEN_MAX = 256;
const DAY_MS = 24 * 3_600_000;
/** Somebody was met there within this time. */
const FRESH_MS = 14 * DAY_MS;

interface Asked {
  awaiting: boolean;
  /** When it was asked last. */
  askedAtMs: number;
  taken: number;
  takenSinceMs: number;
  answeredAtMs?: number;
}

export class Exchange implements ProtocolPart {
  readonly handles = ["peers-request", "peers"] as const;
  readonly #context: NetworkContext;
  readonly #book: PeerBook;
  readonly #onLearned: () => void;
  readonly #schemes: ReadonlySet<string>;
  readonly #asked = new Map<Peer, Asked>();
  #timer: Cancellable | undefined;
  #askedAtMs = 0;

  /** @param onLearned there may be somebody new to dial */
  constructor(context: NetworkContext, book: PeerBook, onLearned: () => void) {
    this.#context = context;
    this.#book = book;
    this.#onLearned = onLearned;
    this.#schemes = new Set(context.dependencies.transports.map(({ scheme }) => scheme));
  }

  start(): void {
    if (!this.#context.options.exchange) return;
    this.#askedAtMs = this.#nowMs();
    this.#timer = this.#context.dependencies.scheduler.every(ASK_SOON_MS, () => this.#askSomebody());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  onPeer(peer: Peer): void {
    this.#asked.set(peer, { awaiting: false, askedAtMs: Number.NEGATIVE_INFINITY, taken: 0, takenSinceMs: this.#nowMs() });
    if (this.#context.options.exchange && peer.direction === "outbound") this.#ask(peer);
  }

  onPeerGone(peer: Peer): void {
    this.#asked.delete(peer);
  }

  onMessage(peer: Peer, message: WireMessage): void {
    if (message.type === "peers-request") this.#answer(peer);
    else if (message.type === "peers") this.#take(peer, message.addresses);
  }

  #nowMs(): number {
    return this.#context.dependencies.clock.monotonicMs();
  }

  #askSomebody(): void {
    const nowMs = this.#nowMs();
    const outbound = this.#context.peers().filter(({ direction }) => direction === "outbound");
    const isShort = outbound.length < this.#context.options.targetOutbound;
    if (!isShort && nowMs - this.#askedAtMs < ASK_INTERVAL_MS) return;
    this.#askedAtMs = nowMs;
    // Who came lately was asked then, and who owes an answer is not asked for another.
    const free = outbound.filter((peer) => {
      const asked = this.#asked.get(peer);
      return asked !== undefined && !asked.awaiting && nowMs - asked.askedAtMs >= ASK_SOON_MS;
    });
    const [byte = 0] = this.#context.dependencies.entropy.bytes(1);
    const chosen = free[byte % free.length];
    if (chosen !== undefined) this.#ask(chosen);
  }

  #ask(peer: Peer): void {
    const asked = this.#asked.get(peer);
    if (asked === undefined) return;
    asked.awaiting = true;
    asked.askedAtMs = this.#nowMs();
    peer.send({ type: "peers-request" });
  }

  #answer(peer: Peer): void {
    const asked = this.#asked.get(peer);
    if (asked === undefined) return;
    const nowMs = this.#nowMs();
    if (asked.answeredAtMs !== undefined && nowMs - asked.answeredAtMs < ANSWER_INTERVAL_MS) {
      peer.offend("invalid", CloseCode.tooManyRequests, "asked for peers again too soon");
      return;
    }
    asked.answeredAtMs = nowMs;
    peer.send({ type: "peers", addresses: this.#context.options.exchange ? this.#known(peer) : [] });
  }

  /** Where somebody was met lately, latest first, and that means something to the peer. */
  #known(peer: Peer): readonly string[] {
    const nowMs = this.#context.dependencies.clock.nowMs();
    const { dialMinimum } = this.#context.options.score;
    const known: { readonly address: string; readonly metMs: number }[] = [];
    for (const entry of this.#book.entries()) {
      const { address, nodeId, lastConnectedMs = 0 } = entry;
      const isFresh = lastConnectedMs > 0 && nowMs - lastConnectedMs < FRESH_MS;
      if (!isFresh || nodeId === peer.nodeId || this.#book.isAddressBanned(address) || this.#book.scoreOf(entry) < dialMinimum) continue;
      if (addressFromPeer(address, peer.address, false) === address) known.push({ address, metMs: lastConnectedMs });
    }
    known.sort((a, b) => b.metMs - a.metMs || (a.address < b.address ? -1 : 1));
    return known.slice(0, WIRE_LIMITS.exchangedAddresses).map(({ address }) => address);
  }

  #take(peer: Peer, addresses: readonly string[]): void {
    const asked = this.#asked.get(peer);
    if (asked === undefined) return;
    if (!asked.awaiting) {
      peer.offend("invalid", CloseCode.unexpectedPeers, "addresses that nobody asked for");
      return;
    }
    asked.awaiting = false;
    const nowMs = this.#nowMs();
    if (nowMs - asked.takenSinceMs >= DAY_MS) Object.assign(asked, { taken: 0, takenSinceMs: nowMs });
    for (const text of addresses) {
      if (asked.taken >= TAKEN_MAX) break;
      asked.taken++;
      const address = addressFromPeer(text, peer.address, false);
      if (address === undefined || !this.#schemes.has(parseAddress(address)?.scheme ?? "") || this.#book.isOwn(address)) continue;
      this.#book.learn(address, "exchange");
    }
    this.#onLearned();
  }
}
