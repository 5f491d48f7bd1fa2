/** The engine on one page, for status pages and explorers. */
import { Hash, type Json } from "../../core/sdk.js";
import type { GasperChain } from "./chain-access.js";
import type { GasperState } from "./state/index.js";
import type { Checkpoint } from "./types.js";

/** @param duties of this node's validators; null before they are known */
export function describeStatus(chain: GasperChain & { readonly isRestored: boolean }, duties: Json): Json {
  const { slotMs, slotsPerEpoch } = chain.clock;
  if (!chain.isRestored) return { slotMs, slotsPerEpoch };
  const slot = chain.currentSlot();
  const head = chain.head();
  const state = chain.stateOf(head.root);
  return {
    slotMs,
    slotsPerEpoch,
    slot,
    epoch: slot < 0 ? null : chain.clock.epochOf(slot),
    headSlot: head.slot,
    justified: describeCheckpoint(chain.justified()),
    finalized: describeCheckpoint(chain.finalized()),
    ...(state === undefined ? {} : describeValidators(state)),
    duties,
  };
}

export function describeCheckpoint({ epoch, root }: Checkpoint): Json {
  return { epoch, root: Hash.key(root) };
}

function describeValidators(state: GasperState): { readonly [key: string]: Json } {
  const { summary, parameters } = state;
  let slashed = 0;
  // Marks are 0 or 1. By chunks: anybody may ask for the status, of a million validators.
  state.columns.slashed.eachChunk(state.validatorCount, (marks, _first, count) => {
    for (let at = 0; at < count; at++) slashed += marks[at] as number;
  });
  return {
    validators: { total: state.validatorCount, active: summary.activeCount, slashed, pending: summary.endPending - summary.firstPending },
    stake: (BigInt(state.activeIncrements) * BigInt(parameters.increment)).toString(),
    // Thousandths, as scores are everywhere.
    participationMilli: {
      previous: Math.floor((summary.previousTargetIncrements * 1_000) / state.activeIncrements),
      current: Math.floor((summary.currentTargetIncrements * 1_000) / state.activeIncrements),
    },
  };
}
