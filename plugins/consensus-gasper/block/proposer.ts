/** Whose block it is, and the randomness that it adds: `process_block_header` and `process_randao`. */
import { Address, type BlockEnvironment, Hash, sha256 } from "../../../core/sdk.js";
import { decodeExtra, randaoSigningRoot } from "../codec/index.js";
import { GasperFault, invalidBlock } from "../errors.js";
import type { GasperState } from "../state/index.js";
import type { GasperExtra } from "../types.js";
import type { BlockContext } from "./context.js";

/**
 * Checks what a header says of its proposer against the state at its slot.
 *
 * @throws InvalidHeaderError GASPER_EXTRA, GASPER_WRONG_PROPOSER, GASPER_SLASHED_PROPOSER, GASPER_PROPOSER_ACCOUNT
 */
export function checkProposer(state: GasperState, env: Pick<BlockEnvironment, "extra" | "proposer">): GasperExtra {
  const extra = decodeExtra(env.extra);
  if (extra === undefined) throw invalidBlock(GasperFault.extra, `extra has 100 bytes, not ${env.extra.length}`);
  const { proposerIndex } = extra;
  const expected = state.proposerAt(state.slot);
  if (proposerIndex !== expected)
    throw invalidBlock(GasperFault.proposer, `validator ${expected ?? "none"} proposes in slot ${state.slot}, not ${proposerIndex}`);
  if (state.isSlashed(proposerIndex)) throw invalidBlock(GasperFault.slashedProposer, `validator ${proposerIndex} was slashed`);
  if (!Address.equal(env.proposer, state.account(proposerIndex)))
    throw invalidBlock(GasperFault.proposerAccount, `the header does not name the account of validator ${proposerIndex}`);
  return extra;
}

/** The reveal is the proposer's signature of the epoch, so that it has no choice but to give it or not. */
export function processRandao({ state, services, claims, proposerIndex }: BlockContext, reveal: Uint8Array): void {
  const { epoch, parameters } = state;
  const publicKey = services.sumOfKeys(state, Uint32Array.of(proposerIndex));
  const set = { publicKey, message: randaoSigningRoot(parameters.chainHash, epoch), signature: reveal };
  claims.add(set, GasperFault.randao, `the reveal is not validator ${proposerIndex}'s signature of epoch ${epoch}`);
  const mix = state.randaoMix(epoch);
  const fresh = sha256(reveal);
  state.setRandaoMix(epoch, Hash.from(mix.map((byte, index) => byte ^ (fresh[index] as number))));
}
