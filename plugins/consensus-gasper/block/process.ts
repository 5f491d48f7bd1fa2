/** A block's part of the transition, before its transactions: `process_block` with the payload as the operations. */
import type { BlockEnvironment } from "../../../core/sdk.js";
import { type BlockServices, processSlots } from "../epoch/index.js";
import { GasperFault, invalidBlock } from "../errors.js";
import type { GasperState } from "../state/index.js";
import type { GasperPayload } from "../types.js";
import { processAttestation } from "./attestations.js";
import type { BlockContext, BlockOutcome } from "./context.js";
import { processAttesterSlashing, processProposerSlashing } from "./evidence.js";
import { checkProposer, processRandao } from "./proposer.js";
import { SignatureClaims } from "./signature-claims.js";
import { slotOfHeader } from "./slot.js";
import { processWithdrawals } from "./withdrawals.js";

/** What of a block the engine's transition depends on. */
export type BlockFacts = Pick<BlockEnvironment, "timestampMs" | "parent" | "proposer" | "extra">;

/**
 * Moves the parent's state on to the block's slot and applies the block. The seal is not looked at. Where it throws, the state is good for
 * nothing any more.
 *
 * @throws InvalidHeaderError with a code of `GasperFault`
 */
export async function applyBlock(
  state: GasperState,
  env: BlockFacts,
  payload: GasperPayload,
  services: BlockServices,
): Promise<BlockOutcome> {
  const slot = slotOfHeader(state.parameters, env.timestampMs);
  if (slot <= state.slot) throw invalidBlock(GasperFault.slot, `slot ${slot} is not above the parent's, ${state.slot}`);
  await processSlots(state, slot, env.parent, services);
  return processBlock(state, env, payload, services);
}

/** The same with a state that is at the block's slot. */
export async function processBlock(
  state: GasperState,
  env: Pick<BlockFacts, "proposer" | "extra">,
  payload: GasperPayload,
  services: BlockServices,
): Promise<BlockOutcome> {
  checkCounts(state, payload);
  const { proposerIndex, randaoReveal } = checkProposer(state, env);
  const outcome = { slot: state.slot, proposerIndex, votes: [], slashed: [], withdrawals: [...processWithdrawals(state)] };
  const claims = new SignatureClaims();
  const context: BlockContext = { state, services, claims, proposerIndex, outcome };
  processRandao(context, randaoReveal);
  for (const slashing of payload.proposerSlashings) processProposerSlashing(context, slashing);
  for (const slashing of payload.attesterSlashings) processAttesterSlashing(context, slashing);
  for (const attestation of payload.attestations) {
    if (services.slicer.due()) await services.slicer.pause();
    await processAttestation(context, attestation);
  }
  await claims.check((sets) => services.verify(sets));
  return outcome;
}

function checkCounts({ parameters }: GasperState, payload: GasperPayload): void {
  const { attestations, proposerSlashings, attesterSlashings } = parameters.limits;
  if (
    payload.attestations.length > attestations ||
    payload.proposerSlashings.length > proposerSlashings ||
    payload.attesterSlashings.length > attesterSlashings
  )
    throw invalidBlock(GasperFault.payloadLimit, "the payload has more messages of a kind than a block may have");
}
