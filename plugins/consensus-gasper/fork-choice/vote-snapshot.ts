/** The votes of a fork choice as what vote-codec.ts writes: each message once, and its number for whoever said it. */
import { Hash } from "../../../core/sdk.js";
import type { EarlyVotes } from "./early-votes.js";
import type { LatestVotes } from "./latest-votes.js";
import { NONE, type ProtoArray } from "./proto-array.js";
import type { SavedVotes, VoteMessage } from "./vote-codec.js";

/** Messages, numbered from 1 on in order of their first use. */
class MessageTable {
  readonly messages: VoteMessage[] = [];
  readonly #tree: ProtoArray;
  /** By block and epoch. */
  readonly #numbers = new Map<number, Map<number, number>>();

  constructor(tree: ProtoArray) {
    this.#tree = tree;
  }

  numberOf(node: number, targetEpoch: number): number {
    const ofBlock = this.#numbers.get(node) ?? new Map<number, number>();
    this.#numbers.set(node, ofBlock);
    const known = ofBlock.get(targetEpoch);
    if (known !== undefined) return known;
    const number = this.messages.push({ root: node === NONE ? Hash.zero : this.#tree.rootAt(node), targetEpoch });
    ofBlock.set(targetEpoch, number);
    return number;
  }
}

export function savedVotes(tree: ProtoArray, votes: LatestVotes, earlyVotes: EarlyVotes): SavedVotes {
  const table = new MessageTable(tree);
  const latest = new Uint32Array(votes.size);
  const equivocators: number[] = [];
  for (let validator = 0; validator < votes.size; validator++) {
    const targetEpoch = votes.epochOf(validator);
    if (votes.hasEquivocated(validator)) equivocators.push(validator);
    else if (targetEpoch !== undefined) latest[validator] = table.numberOf(votes.nodeOf(validator), targetEpoch);
  }
  const early = Array.from(earlyVotes, ({ validator, node, targetEpoch, slot }) => ({
    validator,
    message: table.numberOf(node, targetEpoch),
    slot,
  }));
  return { messages: table.messages, latest, equivocators: Uint32Array.from(equivocators), early };
}
