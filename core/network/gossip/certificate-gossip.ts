/**
 * Certificates that come apart from their blocks: handed to the chain, and relayed to the others when they were what a block waited
 * for. A certificate of a block that this node does not know is as good as an announcement of that block: they come together then.
 */
import { messageOf } from "../../kernel/errors.js";
import type { ImportVerdict } from "../../ports/consensus.js";
import { Hash, sha256Of } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import type { Certificate, WireMessage } from "../wire/messages.js";
import type { BlockGossip } from "./block-gossip.js";
import { KnownSet } from "./known-set.js";
import { isBehind } from "./lag.js";
import { GossipOffences } from "./offences.js";
import type { PeerKnowledge } from "./peer-knowledge.js";

const SEEN_MAX = 4_096;

export class CertificateGossip implements ProtocolPart {
  readonly handles = ["certificate"] as const;
  readonly #context: NetworkContext;
  readonly #blocks: BlockGossip;
  /** Certificates that were judged, with their blocks' ids. */
  readonly #seen: KnownSet;

  constructor(context: NetworkContext, knowledge: PeerKnowledge, blocks: BlockGossip) {
    this.#context = context;
    this.#blocks = blocks;
    this.#seen = new KnownSet(SEEN_MAX, knowledge.seed);
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (message.type === "certificate") return this.#onCertificate(peer, message);
  }

  async #onCertificate(peer: Peer, message: Certificate): Promise<void> {
    const { chain } = this.#context.dependencies;
    const { blockId } = message;
    const standing = chain.standing(blockId);
    if (!chain.traits.certificates || standing === "valid" || standing === "invalid") return;
    if (standing === "unknown") {
      if (!isBehind(this.#context)) this.#blocks.want(peer, blockId);
      return;
    }
    if (!this.#seen.add(sha256Of(blockId, message.certificate))) return;
    const verdict = await this.#judge(message);
    if (verdict === undefined) return;
    if (verdict.status === "imported") {
      peer.reward("block");
      for (const other of this.#context.peers()) if (other !== peer) other.send(message);
    }
    // Any other fault is the block's, which somebody else sent.
    if (verdict.status === "invalid" && verdict.code === "BLOCK_BAD_CERTIFICATE")
      peer.offend("violation", GossipOffences.invalidCertificate, `of block ${Hash.key(blockId)}: ${verdict.reason}`);
  }

  async #judge({ blockId, certificate }: Certificate): Promise<ImportVerdict | undefined> {
    const { chain, logger } = this.#context.dependencies;
    try {
      return await chain.importCertificate(blockId, certificate);
    } catch (error) {
      logger.debug({ block: Hash.key(blockId), reason: messageOf(error) }, "a certificate could not be judged");
      return undefined;
    }
  }
}
