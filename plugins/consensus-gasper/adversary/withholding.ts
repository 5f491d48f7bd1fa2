/** Behaviours that hold back what is in order by itself, and let it out when it does most harm. */
import type { Behaviour, OwnBlock, OwnVote, Stage } from "./stage.js";

/** Before the next slot begins: its proposer has built on the old head when it hears of the block, and the others hear of it before they vote. */
const RELEASE_BEFORE_MS = 30;
/** Into the first slot of an epoch. */
const BOUNCE_AFTER_MS = 500;
/** The part of an epoch whose votes are held, and that of its blocks. */
const [HELD_VOTES_FROM, HELD_BLOCKS_FROM] = [0.5, 0.75];

/** A block of slot n comes out at n + 1, with votes for it that were cast in n: n + 1's proposal is to lose its place. */
export class ExAnte implements Behaviour {
  readonly #stage: Stage;
  readonly #votesAtMost: number;
  #held: (OwnBlock & { readonly votes: OwnVote[] }) | undefined;

  constructor(stage: Stage, votesAtMost: number) {
    this.#stage = stage;
    this.#votesAtMost = votesAtMost;
  }

  async block(own: OwnBlock): Promise<void> {
    const stage = this.#stage;
    if (this.#held !== undefined) {
      await stage.offer(own.block);
      return;
    }
    const held = { ...own, votes: [] as OwnVote[] };
    this.#held = held;
    stage.at(stage.chain.clock.startOf(own.slot + 1) - RELEASE_BEFORE_MS, async () => {
      this.#held = undefined;
      await stage.offer(own.block);
      for (const vote of held.votes) stage.cast(vote);
    });
  }

  vote(own: OwnVote): void {
    const held = this.#held;
    const { data } = own.attestation;
    if (held === undefined || held.slot !== data.slot || held.votes.length >= this.#votesAtMost) {
      this.#stage.cast(own);
      return;
    }
    const { clock } = this.#stage.chain;
    const isFirst = clock.firstSlotOf(data.target.epoch) === data.slot;
    const target = isFirst ? { ...data.target, root: held.id } : data.target;
    // Its place before it is signed: the others must not take it meanwhile.
    const at = held.votes.push(own) - 1;
    this.#stage.attempt(async () => {
      held.votes[at] = await this.#stage.voteFor(own, { ...data, headRoot: held.id, target });
    });
  }
}

/** Votes of an epoch's second half, and its last blocks, come when the next epoch has begun. */
export class Bouncing implements Behaviour {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async block(own: OwnBlock): Promise<unknown> {
    const releaseMs = this.#releaseMs(own.slot, HELD_BLOCKS_FROM);
    if (releaseMs === undefined) return this.#stage.offer(own.block);
    this.#stage.at(releaseMs, () => this.#stage.offer(own.block));
    return undefined;
  }

  vote(own: OwnVote): void {
    const releaseMs = this.#releaseMs(own.attestation.data.slot, HELD_VOTES_FROM);
    if (releaseMs === undefined) this.#stage.cast(own);
    else this.#stage.at(releaseMs, () => this.#stage.cast(own));
  }

  /** When something of a slot is let out; undefined: at once. */
  #releaseMs(slot: number, from: number): number | undefined {
    const { clock } = this.#stage.chain;
    const first = clock.firstSlotOf(clock.epochOf(slot) + 1);
    return slot >= first - Math.ceil(clock.slotsPerEpoch * (1 - from)) ? clock.startOf(first) + BOUNCE_AFTER_MS : undefined;
  }
}
