/**
 * Messages of the consensus engine (votes, proposals): flooded. What the engine accepts goes on to everybody else, once; what it
 * ignores stays here and may come again, because it may only have come too early; what it rejects, no honest engine would have sent.
 */
import { messageOf } from "../../kernel/errors.js";
import type { MessageVerdict } from "../../ports/consensus.js";
import { asciiBytes, type Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey, sha256Of } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import type { EngineMessage, WireMessage } from "../wire/messages.js";
import { EngineMessageTooLargeError, UnknownEngineChannelError } from "./errors.js";
import { KnownSet } from "./known-set.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import { GossipOffences } from "./offences.js";
import type { PeerKnowledge } from "./peer-knowledge.js";

/** Messages that were published, accepted or rejected lately. */
const SEEN_MAX = 65_536;

export class EngineGossip implements ProtocolPart {
  readonly handles = ["engine"] as const;
  readonly #context: NetworkContext;
  readonly #metrics: GossipMetrics;
  readonly #seen: KnownSet;
  /** Being judged, and who sent them: as many as the bytes under way of the peers allow. */
  readonly #judged = new Map<HashKey, Set<Peer>>();

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
    this.#seen = new KnownSet(SEEN_MAX, knowledge.seed);
  }

  /** @throws UnknownEngineChannelError, EngineMessageTooLargeError */
  publish(channel: string, payload: Bytes): void {
    const { channels } = this.#context.dependencies.chain;
    const declared = channels.find(({ name }) => name === channel);
    if (declared === undefined) throw new UnknownEngineChannelError({ channel, known: channels.map(({ name }) => name) });
    if (payload.length > declared.maxMessageBytes)
      throw new EngineMessageTooLargeError({ channel, bytes: payload.length, limit: declared.maxMessageBytes });
    this.#seen.add(hashOf(channel, payload));
    for (const peer of this.#context.peers()) peer.send({ type: "engine", channel, payload });
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (message.type === "engine") return this.#onEngineMessage(peer, message);
  }

  async #onEngineMessage(peer: Peer, message: EngineMessage): Promise<void> {
    const hash = hashOf(message.channel, message.payload);
    const key = Hash.key(hash);
    const judged = this.#judged.get(key);
    judged?.add(peer);
    if (judged !== undefined || this.#seen.has(hash)) {
      this.#metrics.engineMessage("duplicate");
      return;
    }
    const senders = new Set([peer]);
    this.#judged.set(key, senders);
    const verdict = await this.#verdictOn(message);
    this.#judged.delete(key);
    this.#metrics.engineMessage(verdict ?? "failed");
    if (verdict === "accept" || verdict === "reject") this.#seen.add(hash);
    if (verdict === "accept") for (const other of this.#context.peers()) if (!senders.has(other)) other.send(message);
    if (verdict === "reject")
      for (const sender of senders)
        sender.offend("violation", GossipOffences.invalidEngineMessage, `a message on channel ${message.channel} is not valid`);
  }

  async #verdictOn({ channel, payload }: EngineMessage): Promise<MessageVerdict | undefined> {
    const { chain, logger } = this.#context.dependencies;
    try {
      return await chain.onEngineMessage(channel, payload);
    } catch (error) {
      logger.warn({ channel, reason: messageOf(error) }, "the engine failed on a message of a peer");
      return undefined;
    }
  }
}

/** Names are printable ASCII, so that no channel and payload are taken for another. */
function hashOf(channel: string, payload: Bytes): Hash {
  return sha256Of(asciiBytes(`${channel}\u0000`), payload);
}
