/**
 * Whose seal a header has to carry: the check of its proposer, before that of anything else that costs.
 *
 * Proposers of the parent's epoch and the next are written in the parent's state. Those of a later epoch are known only once the state was
 * moved through all that lies between, and anybody can write a timestamp thousands of epochs away: so such a header's seal is checked by the
 * key of the validator that it names before a step is taken, and one from the future waits without any. The named validator is one of the
 * parent's state, or the header is wrong: whoever enters the registry after the parent needs finality to become active, which empty slots
 * don't bring.
 */
import { type Bytes, type Hash, type Header, headerRecord, NotYetError, present, type TreeHeader } from "../../core/sdk.js";
import type { GasperChain } from "./chain-access.js";
import { decodeExtra } from "./codec/index.js";
import { GasperFault, invalidBlock } from "./errors.js";
import type { GasperState } from "./state/index.js";

/** What a seal is judged by. */
export interface SealContext {
  readonly proposerIndex: number;
  /** As `BlsKeys` has it. */
  readonly publicKey: Bytes;
}

/** What the check sees of the engine. */
export interface SealChain extends Pick<GasperChain, "clock" | "stateOf" | "stateAt"> {
  /** By this node's clock. */
  readonly nowMs: number;
  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes;
  verifySeals(
    seals: readonly { readonly publicKey: Bytes; readonly signingRoot: Hash; readonly seal: Bytes }[],
  ): Promise<readonly boolean[]>;
}

/**
 * The proposer of a header's slot, if it is the one that the header names.
 *
 * @param slot the header's, above the parent's
 * @throws InvalidHeaderError with a code of `GasperFault`; NotYetError for a slot that has not begun, if the named validator signed the header
 */
export async function sealContextOf(chain: SealChain, parent: TreeHeader, header: Header, slot: number): Promise<SealContext> {
  const { clock } = chain;
  const state = present(chain.stateOf(parent.id), "the parent was executed");
  const proposerIndex = present(decodeExtra(header.extra), "a header's extra was checked").proposerIndex;
  if (proposerIndex >= state.validatorCount) throw wrongProposer(slot, proposerIndex, undefined);
  const context = { proposerIndex, publicKey: chain.sumOfKeys(state, Uint32Array.of(proposerIndex)) };
  const isNear = clock.epochOf(slot) <= state.epoch + 1;
  if (isNear) checkNamed(state, slot, proposerIndex);
  const isFuture = header.timestampMs > chain.nowMs;
  // Only what a validator signed earns a place among the blocks that wait, or a walk through epochs.
  if ((isFuture || !isNear) && !(await isSealed(chain, header, context))) throw badSeal(context);
  if (isFuture)
    throw new NotYetError({
      code: GasperFault.slotFuture,
      reason: `slot ${slot} has not begun by this node's clock`,
      retryAtMs: header.timestampMs,
    });
  if (!isNear) checkNamed(await chain.stateAt(parent.id, clock.firstSlotOf(clock.epochOf(slot))), slot, proposerIndex);
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

function wrongProposer(slot: number, named: number, expected: number | undefined) {
  const who = expected === undefined ? "somebody else" : `validator ${expected}`;
  return invalidBlock(GasperFault.proposer, `${who} proposes in slot ${slot}, not validator ${named}`);
}
