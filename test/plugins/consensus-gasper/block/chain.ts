/** Makes blocks on one branch, without a node: picks votes by the state and applies them. */
import type { Address, Bytes, Hash } from "../../../../core/sdk.js";
import { Height } from "../../../../core/sdk.js";
import { applyBlock, type BlockOutcome } from "../../../../plugins/consensus-gasper/block/index.js";
import { emptyBits, encodeExtra } from "../../../../plugins/consensus-gasper/codec/index.js";
import { processSlots } from "../../../../plugins/consensus-gasper/epoch/index.js";
import type { GasperState } from "../../../../plugins/consensus-gasper/state/index.js";
import type { Attestation, AttestationData, GasperPayload } from "../../../../plugins/consensus-gasper/types.js";
import { GOOD_SIGNATURE, hashOf, open, services, shufflingOf, type TestChain, type TestServices, TREASURY } from "../state/fixtures.js";

export const EMPTY_PAYLOAD: GasperPayload = { attestations: [], proposerSlashings: [], attesterSlashings: [] };
export const GENESIS_ROOT = hashOf("genesis");

/** What may be wrong with a block. */
export interface BlockChanges {
  readonly proposerIndex?: number;
  readonly account?: Address;
  readonly reveal?: Bytes;
  readonly extra?: Bytes;
  readonly timestampMs?: number;
}

export class Branch {
  root: Hash = GENESIS_ROOT;
  height = 0;

  constructor(readonly chain: TestChain) {}

  /** State after the newest block. */
  state(): GasperState {
    return open(this.chain);
  }

  /** The same at a later slot; not written. */
  async stateAt(slot: number): Promise<GasperState> {
    const state = this.state();
    await processSlots(state, slot, this.root, services());
    return state;
  }

  /** Makes a block and, if it is valid, takes it as the newest. */
  async add(
    slot: number,
    payload: Partial<GasperPayload> = {},
    changes: BlockChanges = {},
    using: TestServices = services(),
  ): Promise<BlockOutcome> {
    const { genesisTimeMs, slotMs } = this.chain.parameters;
    const ahead = await this.stateAt(Math.max(slot, this.state().slot));
    const proposerIndex = changes.proposerIndex ?? ahead.proposerAt(slot) ?? 0;
    const env = {
      timestampMs: changes.timestampMs ?? genesisTimeMs + slot * slotMs,
      parent: this.root,
      proposer: changes.account ?? ahead.account(proposerIndex),
      extra: changes.extra ?? encodeExtra({ proposerIndex, randaoReveal: changes.reveal ?? revealOf(slot) }),
    };
    const state = this.state();
    const outcome = await applyBlock(state, env, { ...EMPTY_PAYLOAD, ...payload }, using);
    state.commit(this.chain.memory, TREASURY);
    this.height++;
    this.root = hashOf(`block ${slot} of height ${Height.from(this.height)}`);
    return outcome;
  }

  /** Votes of all committees of a slot for what this branch says there. @param votes whether a validator votes; default: all do */
  async attestations(slot: number, votes: (index: number) => boolean = () => true): Promise<Attestation[]> {
    const state = await this.stateAt(slot + 1);
    const data = voteData(state, slot);
    const shuffling = shufflingOf(state, data.target.epoch);
    const attestations: Attestation[] = [];
    for (let committeeIndex = 0; committeeIndex < shuffling.committeesPerSlot; committeeIndex++) {
      const committee = shuffling.committee(slot, committeeIndex);
      const bits = emptyBits(committee.length);
      for (const [at, index] of committee.entries()) if (votes(index)) bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7));
      if (bits.some((byte) => byte !== 0)) attestations.push({ data: { ...data, committeeIndex }, bits, signature: GOOD_SIGNATURE });
    }
    return attestations;
  }
}

export function revealOf(slot: number): Bytes {
  const reveal = GOOD_SIGNATURE.slice();
  reveal[95] = slot % 256;
  reveal[94] = Math.floor(slot / 256);
  return reveal;
}

/** What an honest validator of `slot` signs; the state is at the next slot. */
export function voteData(state: GasperState, slot: number): AttestationData {
  const epoch = Math.floor(slot / state.parameters.slotsPerEpoch);
  return {
    slot,
    committeeIndex: 0,
    headRoot: state.blockRootAt(slot) as Hash,
    source: epoch === state.epoch ? state.currentJustified : state.previousJustified,
    target: { epoch, root: state.blockRootAt(epoch * state.parameters.slotsPerEpoch) as Hash },
  };
}
