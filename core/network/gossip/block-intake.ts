/**
 * A block that a peer was asked for comes in: decoded within limits, compared with what was asked, imported, and the peer
 * rewarded or blamed. For gossip and sync alike.
 */
import { messageOf } from "../../kernel/errors.js";
import type { ChainSpec } from "../../ports/chain-spec.js";
import type { ImportVerdict } from "../../ports/consensus.js";
import type { Block } from "../../primitives/block.js";
import { type BlockLimits, decodeBlock } from "../../primitives/block-codec.js";
import { type Bytes, bytesEqual } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { blockOffence, GossipOffences } from "./offences.js";

/** `unusable`: not the block that was asked for; somebody else may have it. `failed`: this node could not judge it. */
export type Intake = ImportVerdict | { readonly status: "unusable" | "failed" };

export class BlockIntake {
  readonly #context: NetworkContext;
  readonly #limits: BlockLimits;

  constructor(context: NetworkContext) {
    this.#context = context;
    this.#limits = largestLimits(context.dependencies.spec);
  }

  /** Never rejects. */
  async take(peer: Peer, id: Hash, bytes: Bytes, certificate: Bytes | undefined): Promise<Intake> {
    const { chain, logger } = this.#context.dependencies;
    const block = this.#decode(peer, id, bytes);
    if (block === undefined) return { status: "unusable" };
    if (certificate === undefined && chain.traits.certificates) {
      // Whoever has imported it has its certificate: without one, this copy would only block the way of the next.
      peer.offend("invalid", GossipOffences.uncertifiedBlock, `block ${Hash.key(id)} came without its certificate`);
      return { status: "unusable" };
    }
    let verdict: ImportVerdict;
    try {
      verdict = await chain.import(block, certificate);
    } catch (error) {
      logger.debug({ block: Hash.key(id), reason: messageOf(error) }, "a peer's block could not be judged");
      return { status: "failed" };
    }
    if (verdict.status === "imported") peer.reward("block");
    const offence = blockOffence(verdict);
    if (offence !== undefined && "code" in verdict)
      peer.offend(offence, GossipOffences.invalidBlock, `block ${Hash.key(id)}: ${verdict.code}: ${verdict.reason}`);
    return verdict;
  }

  #decode(peer: Peer, id: Hash, bytes: Bytes): Block | undefined {
    try {
      const { block, record } = decodeBlock(bytes, this.#limits);
      if (bytesEqual(record.id, id)) return block;
      peer.offend("violation", GossipOffences.wrongBlock, `block ${Hash.key(record.id)} came in place of ${Hash.key(id)}`);
    } catch (error) {
      peer.offend("violation", GossipOffences.malformedBlock, messageOf(error));
    }
    return undefined;
  }
}

/** Of all rules that the chain has or will have: which hold for a block is known only when it is decoded; import checks those. */
function largestLimits({ rulesAt, upgrades }: ChainSpec): BlockLimits {
  const limits = [1, ...upgrades.map(({ height }) => height)].map((height) => rulesAt(height).limits);
  return {
    blockBytes: Math.max(...limits.map(({ blockBytes }) => blockBytes)),
    transactionBytes: Math.max(...limits.map(({ transactionBytes }) => transactionBytes)),
  };
}
