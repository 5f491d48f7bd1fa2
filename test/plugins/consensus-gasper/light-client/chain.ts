/**
 * A small chain that finalizes: states by the engine's own transition over an authenticated map, validators with real keys who all vote,
 * who enter and leave; and what the maker of certificates sees of it.
 */
import { blsAggregateSignatures, blsPublicKeyOf, blsSecretKeyFromSeed, blsSign } from "../../../../core/bls/index.js";
import {
  Address,
  asciiBytes,
  type Bytes,
  type ConsensusHost,
  type EngineJournal,
  Hash,
  headerRecord,
  present,
  type StateView,
  sha256,
  type TreeHeader,
  toHex,
} from "../../../../core/sdk.js";
import type { CertificateMakerParts } from "../../../../plugins/consensus-gasper/certificate/index.js";
import { attestationSigningRoot } from "../../../../plugins/consensus-gasper/codec/index.js";
import { processSlots } from "../../../../plugins/consensus-gasper/epoch/index.js";
import type { LightClientParameters } from "../../../../plugins/consensus-gasper/light-client/index.js";
import { checkParameters, type GasperParameters } from "../../../../plugins/consensus-gasper/parameters.js";
import { SlotClock } from "../../../../plugins/consensus-gasper/slot-clock.js";
import { GasperState, genesis } from "../../../../plugins/consensus-gasper/state/index.js";
import type { AttestationData, Checkpoint, IndexedAttestation } from "../../../../plugins/consensus-gasper/types.js";
import { encode, Model } from "../../../core/proofs/model.js";
import { MemoryState, NEVER_DUE, PREFIX } from "../../ledger-account/fixtures.js";
import { gasperSpec, hex, INCREMENT, services, shufflingOf, TREASURY } from "../state/fixtures.js";

export const SLOTS_PER_EPOCH = 4;
export const GENESIS_VALIDATORS = 16;
const SLOT_MS = 1_000;
const GENESIS_MS = 1_700_000_000_000;
const CHAIN_ID = "light-1";

interface Keys {
  readonly secretKey: Bytes;
  readonly publicKey: Bytes;
}

const made = new Map<number, Keys>();
/** Of the nth who ever had some; the first ones are genesis validators. */
export function keysOf(n: number): Keys {
  let keys = made.get(n);
  if (keys === undefined) {
    const secretKey = blsSecretKeyFromSeed(sha256(asciiBytes(`light validator ${n}`)));
    keys = { secretKey, publicKey: blsPublicKeyOf(secretKey) };
    made.set(n, keys);
  }
  return keys;
}

const accountOf = (n: number): Address => Address.from(sha256(asciiBytes(`account ${n}`)).slice(0, 20));

export function parametersOf(chain = "light chain"): GasperParameters {
  const validators = Array.from({ length: GENESIS_VALIDATORS }, (_, n) => ({
    publicKey: hex(keysOf(n).publicKey),
    proofOfPossession: "81".repeat(96),
    account: Address.format(accountOf(n), PREFIX),
  }));
  const lifecycle = { ...gasperSpec().lifecycle, minWithdrawabilityDelayEpochs: 32, maxSeedLookaheadEpochs: 2 };
  const spec = gasperSpec({ slotsPerEpoch: SLOTS_PER_EPOCH, slotMs: SLOT_MS, validators, lifecycle });
  return checkParameters(spec, { addressPrefix: PREFIX, genesisTimeMs: GENESIS_MS, parametersHash: sha256(asciiBytes(chain)) });
}

/** What a light client knows of the chain spec. */
export function lightParameters(parameters: GasperParameters): LightClientParameters {
  const { chainHash, genesisTimeMs, slotMs, slotsPerEpoch, namespace, limits, maxEffectiveIncrements, lifecycle } = parameters;
  return {
    chainId: CHAIN_ID,
    chainHash,
    genesisTimeMs,
    slotMs,
    slotsPerEpoch,
    namespace,
    maxValidators: limits.validators,
    maxEffectiveIncrements,
    ...lifecycle,
  };
}

export class MemoryJournal implements EngineJournal {
  readonly records = new Map<string, Bytes>();
  async put(key: Bytes, value: Bytes): Promise<void> {
    if (value.length > 65_536 || key.length > 64) throw new Error("the record is too large");
    this.records.set(toHex(key), value.slice());
  }
  get(key: Bytes): Bytes | undefined {
    return this.records.get(toHex(key));
  }
  async delete(key: Bytes): Promise<void> {
    this.records.delete(toHex(key));
  }
}

interface Block {
  readonly record: TreeHeader;
  readonly slot: number;
  readonly memory: MemoryState;
}

export class CertifiedChain {
  readonly parameters: GasperParameters;
  readonly clock = new SlotClock(GENESIS_MS, SLOT_MS, SLOTS_PER_EPOCH);
  readonly journal = new MemoryJournal();
  readonly #blocks = new Map<string, Block>();
  /** On the one branch, ascending by slot. */
  readonly #path: Block[] = [];
  #keysMade = GENESIS_VALIDATORS;

  constructor(parameters = parametersOf()) {
    this.parameters = parameters;
    const memory = new MemoryState();
    genesis(memory, parameters, TREASURY);
    memory.set(asciiBytes("account"), asciiBytes("a balance"));
    this.#add(0, Hash.zero, memory);
  }

  get tip(): Block {
    return present(this.#path.at(-1), "there is genesis");
  }

  /** For the maker: it sees states as long as they are kept, and headers for good. */
  get chain(): CertificateMakerParts["chain"] {
    const host: Partial<ConsensusHost> = {
      journal: this.journal,
      header: (id) => this.#blocks.get(Hash.key(id))?.record,
      view: (id) => {
        const block = this.#blocks.get(Hash.key(id));
        return block === undefined ? undefined : (this.#viewOf(block.memory) as StateView);
      },
      slicer: () => NEVER_DUE,
    };
    return {
      host: host as ConsensusHost,
      parameters: this.parameters,
      clock: this.clock,
      stateOf: (id) => this.stateOf(id),
      stateAt: async (id, slot) => {
        const state = present(this.stateOf(id), "the block is known");
        if (state.slot < slot) await processSlots(state, slot, id, services());
        return state;
      },
    };
  }

  stateOf(id: Hash): GasperState | undefined {
    const block = this.#blocks.get(Hash.key(id));
    return block === undefined ? undefined : GasperState.open(block.memory, this.parameters);
  }

  /** The newest block at or before a slot. */
  at(slot: number): Block {
    return present(this.#path.filter((block) => block.slot <= slot).at(-1), "there is genesis");
  }

  checkpoint(epoch: number): Checkpoint {
    return { epoch, root: this.at(epoch * SLOTS_PER_EPOCH).record.id };
  }

  proof(slot: number, key: Bytes): Bytes {
    return encode("single", modelOf(this.at(slot).memory).keysProof([key]));
  }

  /** One of many keys. */
  proofOfMany(slot: number, keys: readonly Bytes[]): Bytes {
    return encode("multi", modelOf(this.at(slot).memory).keysProof(keys));
  }

  /** A block in a slot; in all before it everybody voted as they should. */
  async block(slot: number, change: (state: GasperState) => void = () => {}): Promise<void> {
    const { record, memory } = this.tip;
    const next = memory.copy();
    const state = GasperState.open(next, this.parameters);
    // Epoch by epoch, so that the chain finalizes: all votes of an epoch are counted at its end.
    while (state.epoch < Math.floor(slot / SLOTS_PER_EPOCH)) {
      const border = (state.epoch + 1) * SLOTS_PER_EPOCH;
      await processSlots(state, border - 1, record.id, services());
      everybodyVoted(state);
      await processSlots(state, border, record.id, services());
    }
    await processSlots(state, slot, record.id, services());
    change(state);
    state.commit(next, TREASURY);
    this.#add(slot, record.id, next);
  }

  /** A deposit with a new key; it becomes active some epochs later. */
  deposit(state: GasperState): void {
    const n = this.#keysMade++;
    const { publicKey } = keysOf(n);
    const amount = 32 * INCREMENT;
    state.deposits.append({
      publicKey,
      proofOfPossession: new Uint8Array(96).fill(0x81),
      account: accountOf(n),
      sender: accountOf(n),
      amount,
      slot: state.slot,
    });
    state.setPending(publicKey, true);
    state.escrow.mint(BigInt(amount));
  }

  /** Votes of all in an epoch, as blocks would bring them. @param members who of each committee votes */
  votes(
    epoch: number,
    changes: Partial<Pick<AttestationData, "source" | "target">> = {},
    members = (index: number) => index >= 0,
  ): IndexedAttestation[] {
    const state = GasperState.open(this.at((epoch + 1) * SLOTS_PER_EPOCH - 1).memory, this.parameters);
    const shuffling = shufflingOf(state, epoch);
    const attestations: IndexedAttestation[] = [];
    for (let slot = epoch * SLOTS_PER_EPOCH; slot < (epoch + 1) * SLOTS_PER_EPOCH; slot++)
      for (let committeeIndex = 0; committeeIndex < shuffling.committeesPerSlot; committeeIndex++) {
        const indices = shuffling.committee(slot, committeeIndex).filter(members);
        if (indices.length === 0) continue;
        const data: AttestationData = {
          slot,
          committeeIndex,
          headRoot: this.at(slot).record.id,
          source: this.checkpoint(epoch - 1),
          target: this.checkpoint(epoch),
          ...changes,
        };
        attestations.push(this.signed(state, data, indices));
      }
    return attestations;
  }

  signed(state: GasperState, data: AttestationData, indices: Uint32Array): IndexedAttestation {
    const message = attestationSigningRoot(this.parameters.chainHash, data);
    const signatures = [...indices].map((index) => blsSign(secretKeyOf(state.publicKey(index)), message));
    return { data, indices, signature: blsAggregateSignatures(signatures) };
  }

  #viewOf(memory: MemoryState): Partial<StateView> {
    return {
      get: (key) => memory.get(key),
      prove: async (key) => encode("single", modelOf(memory).keysProof([key])),
    };
  }

  #add(slot: number, parent: Hash, memory: MemoryState): void {
    const header = {
      chainId: CHAIN_ID,
      height: this.#path.length,
      parent,
      timestampMs: this.clock.startOf(slot),
      transactionsRoot: Hash.zero,
      receiptsRoot: Hash.zero,
      stateRoot: Hash.from(modelOf(memory).root),
      payloadRoot: Hash.zero,
      proposer: Address.zero,
      extra: new Uint8Array(100).fill(1),
      seal: slot === 0 ? new Uint8Array() : new Uint8Array(96).fill(2),
    };
    const record = { ...headerRecord(header as Parameters<typeof headerRecord>[0]), weight: 0n };
    const block = { record, slot, memory };
    this.#blocks.set(Hash.key(record.id), block);
    this.#path.push(block);
  }
}

function modelOf(memory: MemoryState): Model {
  return new Model(
    [...memory.entries].map(([name, value]) => ({ key: new Uint8Array(Buffer.from(name, "latin1")), value })),
    (data) => sha256(data),
  );
}

function secretKeyOf(publicKey: Bytes): Bytes {
  for (let n = 0; ; n++) if (Buffer.compare(keysOf(n).publicKey, publicKey) === 0) return keysOf(n).secretKey;
}

function everybodyVoted(state: GasperState): void {
  const flags = state.columns.flagsOf(state.epoch).flat(state.validatorCount);
  for (const index of state.activeIndices(state.epoch)) flags[index] = 7;
  state.summary.currentTargetIncrements = state.activeIncrements;
}
