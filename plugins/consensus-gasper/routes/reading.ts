/** States that requests are answered by, and the epochs whose duties can be. */
import { type Bytes, bytesEqual, fromHex, Hash } from "../../../core/sdk.js";
import type { CommitteeShuffling } from "../duties/index.js";
import { RefusedDeposit, StateNotKeptError } from "../errors.js";
import type { GasperState, RefusedDepositRecord } from "../state/index.js";
import { type DepositFate, EpochNotKeptError, EpochTooFarError, GasperNotReadyError, NoSuchValidatorError } from "./errors.js";
import type { RouteSource } from "./source.js";

export interface StateAfter {
  readonly root: Hash;
  readonly slot: number;
  readonly state: GasperState;
}

/** @throws GasperNotReadyError, StateNotKeptError */
export function headState(source: RouteSource): StateAfter {
  if (!source.isRestored) throw new GasperNotReadyError({});
  const { root, slot } = source.head();
  const state = source.stateOf(root);
  if (state === undefined) throw new StateNotKeptError({ id: Hash.key(root) });
  return { root, slot, state };
}

/** By number, or by public key in hex. @throws NoSuchValidatorError */
export function validatorIndex(state: GasperState, text: string): number {
  const key = text.length === 96 ? fromHex(text.toLowerCase()) : undefined;
  const index = key === undefined ? Number(text) : state.indexOf(key);
  if (index === undefined || !(index < state.validatorCount))
    throw new NoSuchValidatorError({ validator: text, ...(key === undefined ? {} : depositFate(state, key)) });
  return index;
}

function depositFate(state: GasperState, key: Bytes): DepositFate {
  const isPending = state.isPending(key);
  const record = state.deposits.refused().find(({ publicKey }) => bytesEqual(publicKey, key));
  return record === undefined ? { isPending } : { isPending, refused: { code: refusalCode(record), epoch: record.epoch } };
}

/** Why a deposit was given back. */
export function refusalCode({ fault }: RefusedDepositRecord): string {
  return Object.values(RefusedDeposit).find(({ number }) => number === fault)?.code ?? `GASPER_DEPOSIT_FAULT_${fault}`;
}

/** By this node's clock; 0 before genesis. */
export function currentEpoch(source: RouteSource): number {
  return source.clock.epochOf(Math.max(0, source.currentSlot()));
}

/**
 * The state of the head's branch that knows the duties of `epoch`: those of the epoch after the current one are the last. Where the head is far
 * behind, those between are nobody's any more, and not worth a walk each.
 *
 * @throws EpochTooFarError, EpochNotKeptError, GasperNotReadyError
 */
export async function stateForEpoch(source: RouteSource, epoch: number): Promise<StateAfter> {
  const head = headState(source);
  const current = currentEpoch(source);
  const last = Math.max(current, head.state.epoch) + 1;
  const first = Math.max(current - 1, head.state.epoch + 1);
  if (epoch > last || (epoch > head.state.epoch && epoch < first)) throw new EpochTooFarError({ epoch, first, last });
  const firstSlot = source.clock.firstSlotOf(epoch);
  // Of an earlier epoch than the head's: by its last block.
  const root = epoch < head.state.epoch ? source.ancestorAt(head.root, firstSlot + source.clock.slotsPerEpoch - 1) : head.root;
  try {
    if (root === undefined) throw new StateNotKeptError({ id: `of epoch ${epoch}` });
    // Of a later one than the head's: the state of the epoch before knows already.
    const at = epoch === last ? source.clock.firstSlotOf(epoch - 1) : firstSlot;
    const state = await source.stateAt(root, at);
    return { root, slot: state.slot, state };
  } catch (error) {
    if (!StateNotKeptError.matches(error)) throw error;
    throw new EpochNotKeptError({ epoch, first: firstKept(source, head) });
  }
}

/** @throws as `stateForEpoch` */
export async function shufflingOf(source: RouteSource, epoch: number): Promise<CommitteeShuffling> {
  const { root } = await stateForEpoch(source, epoch);
  try {
    return await source.shuffling(epoch, root);
  } catch (error) {
    if (!StateNotKeptError.matches(error)) throw error;
    throw new EpochNotKeptError({ epoch, first: firstKept(source, headState(source)) });
  }
}

function firstKept(source: RouteSource, head: StateAfter): number {
  return Math.min(source.finalized().epoch, head.state.epoch);
}
