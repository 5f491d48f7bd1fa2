/**
 * Votes from blocks that may make a checkpoint final: those of links from one epoch to the next, by link and by what was signed.
 *
 * Bounded by links, kinds of votes a link, and aggregates a kind. Of too many links the one with the fewest voters goes: a few validators may
 * name as many checkpoints as they like, and outvote nobody with it.
 */
import { compareBytes, Hash } from "../../../core/sdk.js";
import type { VoteGroup } from "../codec/index.js";
import type { Checkpoint, IndexedAttestation } from "../types.js";

/** Of several branches and epochs. */
const LINKS_MAX = 16;
/** Aggregates of one kind of vote: what blocks repeat of it, smaller ones go. */
const AGGREGATES_MAX = 8;

interface Aggregate {
  /** Ascending. */
  readonly indices: Uint32Array;
  readonly signature: Uint8Array;
}

interface Kind {
  readonly slot: number;
  readonly committeeIndex: number;
  readonly headRoot: Hash;
  aggregates: Aggregate[];
}

interface Link {
  readonly source: Checkpoint;
  readonly target: Checkpoint;
  readonly kinds: Map<string, Kind>;
  /** Who voted for it, whatever is kept of these votes: bits by validator. */
  readonly voters: VoterBits;
}

/** Votes of one link that can be added up: nobody is among them twice. */
export interface LinkChoice {
  readonly source: Checkpoint;
  readonly target: Checkpoint;
  /** Ascending as `FinalityVotes` has them. */
  readonly groups: readonly VoteGroup[];
  readonly signatures: readonly Uint8Array[];
  readonly voters: number;
  readonly weight: number;
}

export class LinkVotes {
  readonly #links = new Map<string, Link>();
  readonly #maxKinds: number;

  /** @param maxKinds different votes of a link at most */
  constructor(maxKinds: number) {
    this.#maxKinds = maxKinds;
  }

  get links(): number {
    return this.#links.size;
  }

  /** Valid votes of a block. */
  add({ data, indices, signature }: IndexedAttestation): void {
    const { source, target } = data;
    if (target.epoch !== source.epoch + 1 || indices.length === 0) return;
    const link = this.#linkOf(source, target);
    for (const index of indices) link.voters.add(index);
    if (this.#links.size > LINKS_MAX) this.#dropWeakest();
    const name = `${data.slot} ${data.committeeIndex} ${Hash.key(data.headRoot)}`;
    let kind = link.kinds.get(name);
    if (kind === undefined) {
      if (link.kinds.size >= this.#maxKinds) return;
      kind = { slot: data.slot, committeeIndex: data.committeeIndex, headRoot: data.headRoot, aggregates: [] };
      link.kinds.set(name, kind);
    }
    const added = { indices: indices.slice().sort(), signature };
    // Smaller ones stay beside larger ones that have the same voters: they may go with others that those overlap.
    if (kind.aggregates.some(({ indices: known }) => isSame(added.indices, known))) return;
    kind.aggregates = [...kind.aggregates, added].sort((a, b) => b.indices.length - a.indices.length).slice(0, AGGREGATES_MAX);
  }

  /** Forgets links from before `epoch`. */
  prune(epoch: number): void {
    for (const [name, { source }] of this.#links) if (source.epoch < epoch) this.#links.delete(name);
  }

  /** The heaviest link from a checkpoint; undefined without any. @param weightOf in increments; 0: does not count */
  best(source: Checkpoint, weightOf: (validator: number) => number): LinkChoice | undefined {
    let best: LinkChoice | undefined;
    for (const link of this.#links.values()) {
      if (link.source.epoch !== source.epoch || Hash.key(link.source.root) !== Hash.key(source.root)) continue;
      const choice = choose(link, weightOf);
      if (best === undefined || choice.weight > best.weight) best = choice;
    }
    return best;
  }

  #linkOf(source: Checkpoint, target: Checkpoint): Link {
    const name = `${source.epoch} ${Hash.key(source.root)} ${Hash.key(target.root)}`;
    let link = this.#links.get(name);
    if (link === undefined) {
      link = { source, target, kinds: new Map(), voters: new VoterBits() };
      this.#links.set(name, link);
    }
    return link;
  }

  /** The link with the fewest voters; of equals the oldest. */
  #dropWeakest(): void {
    let weakest: readonly [name: string, link: Link] | undefined;
    for (const entry of this.#links) {
      const [, { voters, source }] = entry;
      const least = weakest?.[1];
      if (
        least === undefined ||
        voters.count < least.voters.count ||
        (voters.count === least.voters.count && source.epoch < least.source.epoch)
      )
        weakest = entry;
    }
    if (weakest !== undefined) this.#links.delete(weakest[0]);
  }
}

/** Largest aggregates first, each only if nobody in it was counted already. */
function choose({ source, target, kinds }: Link, weightOf: (validator: number) => number): LinkChoice {
  const counted = new Set<number>();
  const signatures: Uint8Array[] = [];
  const chosen: VoteGroup[] = [];
  let weight = 0;
  for (const { slot, committeeIndex, headRoot, aggregates } of [...kinds.values()].sort(byPlace)) {
    const voters: number[] = [];
    for (const { indices, signature } of aggregates) {
      if (indices.some((index) => counted.has(index))) continue;
      for (const index of indices) {
        counted.add(index);
        voters.push(index);
        weight += weightOf(index);
      }
      signatures.push(signature);
    }
    if (voters.length > 0) chosen.push({ slot, committeeIndex, headRoot, indices: Uint32Array.from(voters).sort() });
  }
  return { source, target, groups: chosen, signatures, voters: counted.size, weight };
}

/** The order of `FinalityVotes`. */
function byPlace(a: Kind, b: Kind): number {
  return a.slot - b.slot || a.committeeIndex - b.committeeIndex || compareBytes(a.headRoot, b.headRoot);
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((index, place) => index === b[place]);
}

/** A set of validators, an eighth of a byte each. */
class VoterBits {
  #bits = new Uint8Array(64);
  count = 0;

  /** @param index of a validator that exists: it bounds the memory */
  add(index: number): void {
    const at = index >> 3;
    if (at >= this.#bits.length) {
      const grown = new Uint8Array(2 * at);
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const before = this.#bits[at] as number;
    const after = before | (1 << (index & 7));
    if (after === before) return;
    this.#bits[at] = after;
    this.count++;
  }
}
