/** What the engine's parts (pool, roles, routes) see of the chain and of each other: the seam between them and engine.ts. */
import type { BlsVerifier, Bytes, ConsensusHost, Hash } from "../../core/sdk.js";
import type { CommitteeShuffling } from "./duties/index.js";
import type { GasperParameters } from "./parameters.js";
import type { SlotClock } from "./slot-clock.js";
import type { GasperState } from "./state/index.js";
import type { Checkpoint, IndexedAttestation } from "./types.js";

export interface KnownBlock {
  readonly root: Hash;
  readonly slot: number;
}

export interface GasperChain {
  readonly host: ConsensusHost;
  readonly parameters: GasperParameters;
  readonly clock: SlotClock;
  /** What all signed messages are bound to: the chain spec's `parametersHash`. */
  readonly chainHash: Hash;
  readonly bls: BlsVerifier;
  /** By this node's clock. */
  currentSlot(): number;
  /** What fork choice says now. */
  head(): KnownBlock;
  justified(): Checkpoint;
  finalized(): Checkpoint;
  /** A block that fork choice knows: executed, not below finality. */
  block(root: Hash): KnownBlock | undefined;
  /** The block at or before `slot` on the branch of `root`; undefined below what fork choice knows. */
  ancestorAt(root: Hash, slot: number): Hash | undefined;
  /** State after a block, read only. Undefined where it is not kept. */
  stateOf(root: Hash): GasperState | undefined;
  /** State after a block, moved on through empty slots to `slot`; read only, cached. @throws a typed error where the block's state is not kept */
  stateAt(root: Hash, slot: number): Promise<GasperState>;
  /** Committees of `epoch` on the branch of `root` (a known block of an epoch ≥ `epoch` − 1, or moved on to it). */
  shuffling(epoch: number, root: Hash): Promise<CommitteeShuffling>;
  /** The block whose id decides the committees of `epoch` on the branch of `root`: the last one before the first slot of `epoch` − 1. */
  decisionRoot(epoch: number, root: Hash): Hash | undefined;
  /** Their keys added up, uncompressed; by a state, since branches may number validators otherwise as long as they are not final. */
  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes;
  /** Votes that were found valid, for fork choice; of slots before the current one they count at once, others at the next slot. */
  applyVotes(attestation: IndexedAttestation): void;
  /** Two votes that prove their common voters guilty: they count no more. */
  applyEquivocation(indices: Uint32Array): void;
}
