/** A real chain under the engine: Chain, State and ledger over memory, time that the test moves, and blocks made by hand with real keys. */
import { blsAggregateSignatures, blsSign } from "../../../core/bls/index.js";
import { devValidator, devValidatorKey } from "../../../core/node/dev-validators.js";
import {
  Address,
  type Block,
  type Bytes,
  type ChainSpec,
  Hash,
  type Header,
  type ImportVerdict,
  payloadRootOf,
  signingRootOf,
  toHex,
} from "../../../core/sdk.js";
import {
  attestationSigningRoot,
  blockSigningMessage,
  emptyBits,
  encodeExtra,
  encodePayload,
  randaoSigningRoot,
} from "../../../plugins/consensus-gasper/codec/index.js";
import type { GasperConfig } from "../../../plugins/consensus-gasper/config.js";
import { GasperConsensus } from "../../../plugins/consensus-gasper/engine.js";
import { processSlots } from "../../../plugins/consensus-gasper/epoch/index.js";
import { checkParameters, type GasperParameters } from "../../../plugins/consensus-gasper/parameters.js";
import { GasperState } from "../../../plugins/consensus-gasper/state/index.js";
import type { Attestation, GasperPayload } from "../../../plugins/consensus-gasper/types.js";
import { GENESIS_TIME_MS, made, TestNode, TestTime, testSpec } from "../../core/chain/harness.js";
import { NEVER_DUE, NO_METRICS, PREFIX, SILENT } from "../ledger-account/fixtures.js";
import { voteData } from "./block/chain.js";
import { accountOf, gasperSpec, type SpecChanges, shufflingOf } from "./state/fixtures.js";

export const SLOT_MS = 1_000;
export const VALIDATORS = 8;
const CONFIG: GasperConfig = { validators: [], propose: false, doppelgangerEpochs: 0, oldCheckpoint: "refuse", poolAttestations: 256 };

const genesisValidators = Array.from({ length: VALIDATORS }, (_, index) => {
  const { publicKey, proofOfPossession } = devValidator(index + 1);
  return { publicKey: toHex(publicKey), proofOfPossession: toHex(proofOfPossession), account: Address.format(accountOf(index), PREFIX) };
});

export type Made = ReturnType<typeof made>;

/** What a block differs in from a good one. What is left out follows from the rest. */
export interface Wish {
  readonly payload?: Partial<GasperPayload>;
  readonly reveal?: Bytes;
  readonly extra?: Bytes;
  /** Changed after the block was built and before it is sealed. */
  readonly header?: Partial<Header>;
  readonly payloadBytes?: Bytes;
  /** Who seals it; default: who it names. */
  readonly sealedBy?: number;
  readonly seal?: Bytes;
}

export class RealChain {
  readonly node: TestNode<GasperConsensus>;
  readonly parameters: GasperParameters;
  readonly #proposers = new Map<string, number>();

  constructor(node: TestNode<GasperConsensus>, parameters: GasperParameters) {
    this.node = node;
    this.parameters = parameters;
  }

  /** Two validators a slot, four slots an epoch. */
  static async start(changes: SpecChanges = {}, config: Partial<GasperConfig> = {}): Promise<RealChain> {
    const section = gasperSpec({ slotMs: SLOT_MS, slotsPerEpoch: 4, validators: genesisValidators, ...changes });
    const spec: Partial<ChainSpec> = { consensus: { plugin: "consensus-gasper", parameters: section } };
    const chain = testSpec(spec);
    const node = await TestNode.start({
      spec,
      time: new TestTime(0),
      engine: () => new GasperConsensus(chain, { ...CONFIG, ...config }, section, SILENT, NO_METRICS),
    });
    return new RealChain(node, checkParameters(section, chain));
  }

  async restart(how: "clean" | "crash"): Promise<RealChain> {
    return new RealChain(await this.node.restart(how), this.parameters);
  }

  get genesis(): { readonly id: Hash } {
    return this.node.chain.genesis;
  }

  /** Moves time into a slot. */
  async begin(slot: number, afterMs = 0): Promise<void> {
    this.node.time.advance(GENESIS_TIME_MS + slot * SLOT_MS + afterMs - this.node.time.nowMs());
    await this.node.rest();
  }

  state(id: Hash = this.node.chain.head.id): GasperState {
    return GasperState.open(this.node.view(id), this.parameters);
  }

  async stateAt(parent: { readonly id: Hash }, slot: number): Promise<GasperState> {
    const state = this.state(parent.id);
    if (slot > state.slot) await processSlots(state, slot, parent.id, { slicer: NEVER_DUE, verify: async (sets) => sets.map(() => true) });
    return state;
  }

  async proposerOf(parent: { readonly id: Hash }, slot: number): Promise<number> {
    const key = `${slot}:${Hash.key(parent.id)}`;
    const proposer = this.#proposers.get(key) ?? (await this.stateAt(parent, slot)).proposerAt(slot);
    if (proposer === undefined) throw new Error(`nobody proposes in slot ${slot}`);
    this.#proposers.set(key, proposer);
    return proposer;
  }

  /** A block of `slot`; its parent was executed here. */
  async make(parent: { readonly id: Hash }, slot: number, wish: Wish = {}): Promise<Made> {
    const proposerIndex = await this.proposerOf(parent, slot);
    const epoch = Math.floor(slot / this.parameters.slotsPerEpoch);
    const randaoReveal = wish.reveal ?? blsSign(keyOf(proposerIndex), randaoSigningRoot(this.parameters.chainHash, epoch));
    const payload = encodePayload({ attestations: [], proposerSlashings: [], attesterSlashings: [], ...wish.payload });
    const isBuilt = wish.reveal === undefined;
    const extra = encodeExtra({ proposerIndex, randaoReveal });
    const good = encodeExtra({
      proposerIndex,
      randaoReveal: isBuilt ? randaoReveal : blsSign(keyOf(proposerIndex), randaoSigningRoot(this.parameters.chainHash, epoch)),
    });
    const unsealed = await this.node.chain.build(parent.id, {
      timestampMs: GENESIS_TIME_MS + slot * SLOT_MS,
      proposer: accountOf(proposerIndex),
      extra: good,
      payload,
    });
    const body = wish.payloadBytes ?? unsealed.payload;
    const header = { ...unsealed.header, extra: wish.extra ?? extra, payloadRoot: payloadRootOf(body), ...wish.header };
    return this.seal({ header, transactions: unsealed.transactions, payload: body }, wish.sealedBy ?? proposerIndex, wish.seal);
  }

  /** @param by a validator's index */
  seal(block: { readonly header: Omit<Header, "seal"> } & Omit<Block, "header">, by: number, seal?: Bytes): Made {
    const message = blockSigningMessage(this.parameters.chainHash, signingRootOf(block.header));
    return made({ ...block, header: { ...block.header, seal: seal ?? blsSign(keyOf(by), message) } });
  }

  import(block: Made): Promise<ImportVerdict> {
    return this.node.chain.import(block.block);
  }

  /** Makes a block in its slot and imports it. */
  async extend(parent: { readonly id: Hash }, slot: number, wish: Wish = {}): Promise<Made> {
    await this.begin(slot);
    const block = await this.make(parent, slot, wish);
    const verdict = await this.import(block);
    if (verdict.status !== "imported") throw new Error(`slot ${slot}: ${JSON.stringify(verdict)}`);
    return block;
  }

  /** One block a slot, with the votes of the slot before. @param votes whether a validator votes */
  async row(parent: { readonly id: Hash }, from: number, to: number, votes: (index: number) => boolean = () => true): Promise<Made[]> {
    const blocks: Made[] = [];
    for (let slot = from; slot <= to; slot++) {
      const at: { readonly id: Hash } = blocks.at(-1) ?? parent;
      const attestations = slot === from ? [] : await this.votes(at, slot - 1, votes);
      blocks.push(await this.extend(at, slot, { payload: { attestations } }));
    }
    return blocks;
  }

  /** Votes of a slot's committees for what the branch of `head` says there. */
  async votes(head: { readonly id: Hash }, slot: number, votes: (index: number) => boolean = () => true): Promise<Attestation[]> {
    const state = await this.stateAt(head, slot + 1);
    const shuffling = shufflingOf(state, Math.floor(slot / this.parameters.slotsPerEpoch));
    const attestations: Attestation[] = [];
    for (let committeeIndex = 0; committeeIndex < shuffling.committeesPerSlot; committeeIndex++) {
      const committee = shuffling.committee(slot, committeeIndex);
      const data = { ...voteData(state, slot), committeeIndex };
      const bits = emptyBits(committee.length);
      const signatures: Bytes[] = [];
      for (const [at, index] of committee.entries()) {
        if (!votes(index)) continue;
        bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7));
        signatures.push(blsSign(keyOf(index), attestationSigningRoot(this.parameters.chainHash, data)));
      }
      if (signatures.length > 0) attestations.push({ data, bits, signature: blsAggregateSignatures(signatures) });
    }
    return attestations;
  }

  /** Head, justified, finalized. */
  get choice(): readonly string[] {
    const { head, justified, finalized } = this.node.chain;
    return [head, justified, finalized].map(({ id }) => Hash.key(id));
  }
}

/** Secret key of a validator of genesis. */
export function keyOf(index: number): Bytes {
  return devValidatorKey(index + 1);
}
