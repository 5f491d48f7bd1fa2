/**
 * Gossip: blocks and transactions by announce, request, send; the engine's messages by flooding. Validity before relay.
 *
 * README.md tells who asks whom, what is bounded, and what is held against peers.
 */
import type { Gossip, NetworkContext } from "../context.js";
import { BlockAnnouncer } from "./block-announcer.js";
import { BlockGossip } from "./block-gossip.js";
import { BlockServer } from "./block-server.js";
import { CertificateGossip } from "./certificate-gossip.js";
import { EngineGossip } from "./engine-gossip.js";
import { PeerKnowledge } from "./peer-knowledge.js";
import { RequestTracker } from "./request-tracker.js";
import { TransactionAnnouncer } from "./transaction-announcer.js";
import { TransactionGossip } from "./transaction-gossip.js";
import { TransactionServer } from "./transaction-server.js";

export function createGossip(context: NetworkContext): Gossip {
  const knowledge = new PeerKnowledge(context.dependencies.entropy);
  const blocks = new BlockGossip(context, knowledge);
  const engine = new EngineGossip(context, knowledge);
  return {
    parts: [
      RequestTracker.of(context),
      blocks,
      new BlockAnnouncer(context, knowledge),
      new BlockServer(context, knowledge),
      new CertificateGossip(context, knowledge, blocks),
      new TransactionGossip(context, knowledge),
      new TransactionAnnouncer(context, knowledge),
      new TransactionServer(context, knowledge),
      engine,
    ],
    publishEngine: (channel, payload) => engine.publish(channel, payload),
  };
}
