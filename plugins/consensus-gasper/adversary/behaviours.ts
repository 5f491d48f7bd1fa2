/** The ways to misbehave, by name: what becomes of a block or a vote that its validator has just signed. */
import { bytesEqual } from "../../../core/sdk.js";
import { Balancing } from "./balancing.js";
import type { AdversaryConfig } from "./config.js";
import type { Behaviour, OwnBlock, OwnVote, Stage } from "./stage.js";
import { Bouncing, ExAnte } from "./withholding.js";

/** Between the two blocks of a slot: they must not be announced in one message, which goes to everybody or to nobody. */
const APART_MS = 40;

const BEHAVIOURS: Readonly<Record<AdversaryConfig["misbehave"], (stage: Stage, config: AdversaryConfig) => Behaviour>> = {
  silent: () => ({ block: async () => undefined, vote: () => undefined }),
  mute: () => ({}),
  "late-blocks": (stage) => ({
    block: async ({ block, slot }) => stage.at(lateIn(stage, slot, 0.4, 1.3), () => stage.offer(block)),
  }),
  "late-votes": (stage) => ({
    vote: (own) => stage.at(lateIn(stage, own.attestation.data.slot, 0.7, 1.9), () => stage.cast(own)),
  }),
  equivocate: (stage) => ({ block: (own) => equivocate(stage, own) }),
  "double-vote": (stage) => ({
    vote(own) {
      stage.cast(own);
      stage.attempt(() => doubleVote(stage, own));
    },
  }),
  surround: (stage) => ({ vote: (own) => stage.attempt(() => surround(stage, own)) }),
  balance: (stage) => new Balancing(stage),
  bounce: (stage) => new Bouncing(stage),
  "ex-ante": (stage, { votesAtMost }) => new ExAnte(stage, votesAtMost),
};

export function behaviourOf(config: AdversaryConfig, stage: Stage): Behaviour {
  return BEHAVIOURS[config.misbehave](stage, config);
}

/** Some time in a slot or the next, in shares of one. */
function lateIn({ chain: { clock }, random }: Stage, slot: number, from: number, to: number): number {
  return clock.startOf(slot) + Math.floor((from + (to - from) * random.unit()) * clock.slotMs);
}

async function equivocate(stage: Stage, own: OwnBlock): Promise<void> {
  const twin = await stage.twinOf(own);
  if (twin === undefined) {
    await stage.offer(own.block);
    return;
  }
  const untilMs = stage.chain.clock.startOf(own.slot + 1);
  stage.keepFor((place) => place % 2 === 0, own.block, untilMs);
  stage.keepFor((place) => place % 2 === 1, twin, untilMs);
  await stage.offer(own.block);
  stage.at(stage.nowMs + APART_MS, () => stage.offer(twin));
}

/** Once more for the same target epoch: for the head's parent, or what was there before. */
async function doubleVote(stage: Stage, own: OwnVote): Promise<void> {
  const { chain } = stage;
  const { data } = own.attestation;
  const slot = chain.block(data.headRoot)?.slot ?? 0;
  const older = slot === 0 ? undefined : chain.ancestorAt(data.headRoot, slot - 1);
  const other = older && stage.dataFor(data, older);
  if (other === undefined || bytesEqual(other.headRoot, data.headRoot)) return;
  stage.cast(await stage.voteFor(own, other));
}

/** From a source below that of the last vote, which lay in the epoch before. In even epochs it votes as all do, so that there is one to surround. */
async function surround(stage: Stage, own: OwnVote): Promise<void> {
  const { data } = own.attestation;
  const { epoch } = data.source;
  if (data.target.epoch % 2 === 0 || epoch < 2) {
    stage.cast(own);
    return;
  }
  const root = stage.chain.ancestorAt(data.headRoot, stage.chain.clock.firstSlotOf(epoch - 2)) ?? data.source.root;
  stage.cast(await stage.voteFor(own, { ...data, source: { epoch: epoch - 2, root } }));
}
