/**
 * Whose seal a header has to carry: the check of its proposer, before that of anything else that costs.
 *
 * Proposers of the parent's epoch and the next are written in the parent's state. Those of a later epoch are known only once the state was
 * moved through all that lies between, and anybody can write a timestamp thousands of epochs away: so such a header's seal is checked by the
 * key of the validator that it names before a step is taken, and one from the future waits without any. The named validator is one of the
 * parent's state, or the header is wrong: whoever enters the registry after the parent needs finality to become active, which empty slots
 * don't bring.
 */
import {
  type Bytes,
  bytesEqual,
  type Hash,
  type Header,
  headerRecord,
  NotYetError,
  type TreeHeader,
} from "../../core/sdk.js";
import type { GasperChain } from "./chain-access.js";
import { decodeExtra } from "./codec/index.js";
import { GasperFault, invalidBlock, StateNotKeptError } from "./errors.js";
import type { GasperState } from "./state/index.js";

/** What a seal is judged by. */
export interface SealContext {
  readonly proposerIndex: number;
  /** As `BlsKeys` has it. */
  readonly publicKey: Bytes;
}

export interface SealChain extends Pick<GasperChain, "clock" | "stateOf" | "stateAt"> {
  readonly nowMs: number;
  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes;
  verifySeals(
    seals: readonly { readonly publicKey: Bytes; readonly signingRoot: Hash; readonly seal: Bytes }[],
  ): Promise<readonly boolean[]>;
}
