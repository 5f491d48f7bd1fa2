/** What each peer has or was told of. Sets are made when they are first needed: an idle peer costs nothing. */
import type { Entropy } from "../../ports/runtime.js";
import type { Peer } from "../peer.js";
import { KnownSet, type KnownSetSeed, knownSetSeed } from "./known-set.js";

const BLOCKS_MAX = 1_024;
const TRANSACTIONS_MAX = 16_384;

interface Knowledge {
  blocks?: KnownSet;
  transactions?: KnownSet;
}

export class PeerKnowledge {
  readonly seed: KnownSetSeed;
  readonly #peers = new WeakMap<Peer, Knowledge>();

  constructor(entropy: Entropy) {
    this.seed = knownSetSeed(entropy);
  }

  /** By block id. */
  blocks(peer: Peer): KnownSet {
    const knowledge = this.#of(peer);
    knowledge.blocks ??= new KnownSet(BLOCKS_MAX, this.seed);
    return knowledge.blocks;
  }

  /** By the hash of the raw bytes. */
  transactions(peer: Peer): KnownSet {
    const knowledge = this.#of(peer);
    knowledge.transactions ??= new KnownSet(TRANSACTIONS_MAX, this.seed);
    return knowledge.transactions;
  }

  #of(peer: Peer): Knowledge {
    let knowledge = this.#peers.get(peer);
    if (knowledge === undefined) {
      knowledge = {};
      this.#peers.set(peer, knowledge);
    }
    return knowledge;
  }
}
