/**
 * A balancing attempt: half of the network is shown one block and half another, so late that each half votes for what it saw. From then on
 * whichever branch is behind gets the adversary's votes, as late as they still count in the next slot.
 */
import { type Hash, headerRecord } from "../../../core/sdk.js";
import type { Behaviour, OwnBlock, OwnVote, Stage } from "./stage.js";

/** Before votes are due: news travel to a neighbour in this time, and not to everybody. */
const BEFORE_VOTES_MS = 80;
const BEFORE_NEXT_SLOT_MS = 300;
const APART_MS = 40;
/** So long it tries to keep both alive. */
const ATTEMPT_SLOTS = 8;

export class Balancing implements Behaviour {
  readonly #stage: Stage;
  #attempt: { readonly branches: readonly [Hash, Hash]; readonly untilSlot: number } | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async block(own: OwnBlock): Promise<void> {
    const stage = this.#stage;
    const { clock } = stage.chain;
    const twin = this.#isTrying(own.slot) ? undefined : await stage.twinOf(own);
    if (twin === undefined) {
      await stage.offer(own.block);
      return;
    }
    this.#attempt = { branches: [own.id, headerRecord(twin.header).id], untilSlot: own.slot + ATTEMPT_SLOTS };
    const untilMs = clock.startOf(own.slot + 1);
    stage.keepFor((place) => place % 2 === 0, own.block, untilMs);
    stage.keepFor((place) => place % 2 === 1, twin, untilMs);
    const atMs = clock.startOf(own.slot) + Math.floor(clock.slotMs / 3) - BEFORE_VOTES_MS;
    stage.at(atMs - APART_MS, () => stage.offer(own.block));
    stage.at(atMs, () => stage.offer(twin));
  }

  vote(own: OwnVote): void {
    const stage = this.#stage;
    const { slot } = own.attestation.data;
    if (!this.#isTrying(slot)) {
      stage.cast(own);
      return;
    }
    stage.at(stage.chain.clock.startOf(slot + 1) - BEFORE_NEXT_SLOT_MS, async () => {
      const data = this.#lighter(own);
      stage.cast(data === undefined ? own : await stage.voteFor(own, data));
    });
  }

  #isTrying(slot: number): boolean {
    return this.#attempt !== undefined && slot <= this.#attempt.untilSlot;
  }

  /** Its vote for the branch that the head is not on. */
  #lighter({ attestation: { data } }: OwnVote) {
    const { chain } = this.#stage;
    const head = chain.head().root;
    for (const branch of this.#attempt?.branches ?? []) {
      const slot = chain.block(branch)?.slot;
      // The head's own ancestor there is another: it is the other branch.
      if (slot === undefined || slot > data.slot) continue;
      const onHead = chain.ancestorAt(head, slot);
      if (onHead !== undefined && !onHead.every((byte, at) => byte === branch[at])) return this.#stage.dataFor(data, branch);
    }
    return undefined;
  }
}
