/**
 * Whose seal a header has to carry: the check of its proposer, before that of anything else that costs.
 *
 * Proposers of the parent's epoch and the next are written in the parent's state. Those of a later epoch are known only once the state was
 * moved through all that lies between, and anybody can write a timestamp thousands of epochs away: so such a header's seal is checked by the
 * key of the validator that it names before a step is taken, and one from the future waits without any. The named validator is one of the
 * parent's state, or the header is wrong: whoever enters the registry after the parent needs finality to become active, which empty slots
 * don't bring. Nor can it be one that was slashed, or is out by that epoch: those stay so. What is left waits for its turn (header-turns.ts), and
 * so do blocks of a proposer who makes more than two for a slot.
 */
import { type Bytes, bytesEqual, Hash, type Header, headerRecord, NotYetError, present, type TreeHeader } from "../../core/sdk.js";
import type { GasperChain } from "./chain-access.js";
import { decodeExtra } from "./codec/index.js";
import { GasperFault, invalidBlock } from "./errors.js";
import type { ProposalTurns, WalkTurns } from "./header-turns.js";
import type { GasperState } from "./state/index.js";
import { FAR_FUTURE_EPOCH } from "./types.js";

/** What a seal is judged by. */
export interface SealContext {
  readonly proposerIndex: number;
  /** As `BlsKeys` has it. */
  readonly publicKey: Bytes;
}

/** What the check sees of the engine. */
export interface SealChain extends Pick<GasperChain, "clock" | "head" | "stateOf" | "stateAt"> {
  /** By this node's clock. */
  readonly nowMs: number;
  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes;
  verifySeals(
    seals: readonly { readonly publicKey: Bytes; readonly signingRoot: Hash; readonly seal: Bytes }[],
  ): Promise<readonly boolean[]>;
}

/** Of one engine. */
export interface HeaderTurns {
  readonly walks: WalkTurns;
  readonly proposals: ProposalTurns;
}

/**
 * The proposer of a header's slot, if it is the one that the header names.
 *
 * @param slot the header's, above the parent's
 * @throws InvalidHeaderError with a code of `GasperFault`; NotYetError for a slot that has not begun, or where it
 * is not its turn, if the named validator signed the header
 */
export async function sealContextOf(
  chain: SealChain,
  { walks, proposals }: HeaderTurns,
  parent: TreeHeader,
  header: Header,
  slot: number,
): Promise<SealContext> {
  const { clock, nowMs } = chain;
  const state = present(chain.stateOf(parent.id), "the parent was executed");
  const proposerIndex = present(decodeExtra(header.extra), "a header's extra was checked").proposerIndex;
  if (proposerIndex >= state.validatorCount) throw wrongProposer(slot, proposerIndex, undefined);
  const context = { proposerIndex, publicKey: chain.sumOfKeys(state, Uint32Array.of(proposerIndex)) };
  const epoch = clock.epochOf(slot);
  const isNear = epoch <= state.epoch + 1;
  if (isNear) checkNamed(state, slot, proposerIndex);
  else checkMayPropose(state, slot, epoch, proposerIndex);
  const isFuture = header.timestampMs > nowMs;
  const isCounted = proposals.counts(slot, nowMs);
  // Only what a validator signed earns a place among the blocks that wait, or a walk through epochs.
  if ((isFuture || !isNear || isCounted) && !(await isSealed(chain, header, context))) throw badSeal(context);
  if (isFuture)
    throw new NotYetError({
      code: GasperFault.slotFuture,
      reason: `slot ${slot} has not begun by this node's clock`,
      retryAtMs: header.timestampMs,
    });
  if (!isNear) {
    const walk = () => chain.stateAt(parent.id, clock.firstSlotOf(epoch));
    // What everybody needs to go on, whoever sends what else.
    const isNext = epoch === clock.epochOf(clock.slotAt(nowMs)) && bytesEqual(parent.id, chain.head().root);
    const moved = isNext ? await walk() : await walks.run(proposerIndex, `${epoch}:${Hash.key(parent.id)}`, nowMs, walk);
    checkNamed(moved, slot, proposerIndex);
  }
  if (isCounted) proposals.admit(slot, proposerIndex, headerRecord(header).signingRoot, chain.nowMs);
  return context;
}

export function badSeal({ proposerIndex }: SealContext) {
  return invalidBlock(
    GasperFault.sealSignature,
    `the seal is not the signature of validator ${proposerIndex}, who is named as the proposer`,
  );
}

async function isSealed(chain: SealChain, header: Header, { publicKey }: SealContext): Promise<boolean> {
  const { signingRoot } = headerRecord(header);
  const [isGood] = await chain.verifySeals([{ publicKey, signingRoot, seal: header.seal }]);
  return isGood === true;
}

function checkNamed(state: GasperState, slot: number, named: number): void {
  const expected = state.proposerAt(slot);
  if (expected !== named) throw wrongProposer(slot, named, expected);
}

/**
 * Whether a validator may be the proposer of an epoch after the next. Those are drawn from this state, moved on through empty slots, from who is
 * active then: an epoch of activation or exit that is written stays, and so does the mark of who was slashed. (The next epoch's were drawn
 * before, maybe from another state.) Who waits for activation may get it on the way.
 *
 * @throws InvalidHeaderError GASPER_WRONG_PROPOSER, GASPER_SLASHED_PROPOSER
 */
function checkMayPropose(state: GasperState, slot: number, epoch: number, named: number): void {
  if (state.isSlashed(named)) throw invalidBlock(GasperFault.slashedProposer, `validator ${named} was slashed`);
  const [activation, exit] = [state.activationEpoch(named), state.exitEpoch(named)];
  const isLater = activation !== FAR_FUTURE_EPOCH && activation > epoch;
  if (isLater || (exit !== FAR_FUTURE_EPOCH && exit <= epoch)) throw wrongProposer(slot, named, undefined);
}

function wrongProposer(slot: number, named: number, expected: number | undefined) {
  const who = expected === undefined ? "somebody else" : `validator ${expected}`;
  return invalidBlock(GasperFault.proposer, `${who} proposes in slot ${slot}, not validator ${named}`);
}
