/**
 * Blocks with as many aggregates as they may have, for the suite `gasper`: every committee of two epochs votes in full in one block, really signed. Measured is
 * what the engine does of an import: payload decoded, state moved on, votes checked and counted, signatures verified, changes written.
 */
import { judge } from "../../core/bls/batch.js";
import type { BlsEngine, BlsSet } from "../../core/bls/engine.js";
import { BlsKeys, BlsVerifier } from "../../core/bls/index.js";
import { ComputeService } from "../../core/compute/index.js";
import { assert } from "../../core/kernel/assert.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { Hash, sha256Of } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { applyBlock, type BlockFacts } from "../../plugins/consensus-gasper/block/index.js";
import {
  attestationSigningRoot,
  codecLimitsOf,
  countBits,
  decodePayload,
  emptyBits,
  encodeExtra,
  encodePayload,
  randaoSigningRoot,
} from "../../plugins/consensus-gasper/codec/index.js";
import { CommitteeShuffling, committeeParametersOf, dutySeed, SeedDomain } from "../../plugins/consensus-gasper/duties/index.js";
import { type BlockServices, processSlots } from "../../plugins/consensus-gasper/epoch/index.js";
import { GasperState } from "../../plugins/consensus-gasper/state/index.js";
import type { Attestation, AttestationData, Checkpoint } from "../../plugins/consensus-gasper/types.js";
import type { BenchContext } from "../suite.js";
import { GasperBenchChain } from "./gasper-chain.js";
import { BenchKeys } from "./gasper-keys.js";
import { engineHere, SETS_PER_JOB } from "./gasper-signatures.js";

const WORKERS = 2;
/** Blocks that are imported by one thread in each engine: portably one takes seconds. */
const ENGINE_ROUNDS = 3;

export async function measureBlocks(context: BenchContext): Promise<void> {
  const validators = context.quick ? 32 : 10_000;
  const slotsPerEpoch = context.quick ? 4 : 32;
  const keys = new BenchKeys(validators, context.seed);
  const publicKey = (index: number) => keys.publicKey(index);
  const chain = await GasperBenchChain.begin({ validators, slotsPerEpoch, seed: context.seed, publicKey });
  try {
    await chain.moveTo(3 * slotsPerEpoch - 2);
    const maker = await BlockMaker.at(chain, keys, chain.state().slot + 1);
    await measureWorkers(context, chain, maker);
    await measureEngines(context, chain, maker, keys);
  } finally {
    await chain.close();
  }
}

interface FullBlock {
  readonly env: BlockFacts;
  readonly payload: Bytes;
}

/** Makes blocks of one slot that differ by what their votes are for, so that nobody has seen their signatures before. */
class BlockMaker {
  #made = 0;

  private constructor(
    private readonly chain: GasperBenchChain,
    private readonly keys: BenchKeys,
    /** At the block's slot. */
    private readonly state: GasperState,
    /** Of the previous and the current epoch. */
    private readonly shufflings: readonly CommitteeShuffling[],
  ) {}

  static async at(chain: GasperBenchChain, keys: BenchKeys, slot: number): Promise<BlockMaker> {
    const state = chain.state();
    await processSlots(state, slot, chain.head, chain.epochServices());
    const parameters = committeeParametersOf(chain.parameters.spec);
    const shufflings = [state.epoch - 1, state.epoch].map((epoch) => {
      const seed = dutySeed(SeedDomain.attester, epoch, state.randaoMix(epoch - 2));
      return CommitteeShuffling.computeSync({ epoch, active: state.activeIndices(epoch), seed }, parameters);
    });
    return new BlockMaker(chain, keys, state, shufflings);
  }

  shuffling(epoch: number): CommitteeShuffling {
    const found = this.shufflings.find((shuffling) => shuffling.epoch === epoch);
    assert(found !== undefined, "votes are of two epochs");
    return found;
  }

  /** As a chain's own limits allow, newest votes first; where committees do not suffice, some come twice, by half of their members. */
  make(): FullBlock {
    const { parameters, slot, epoch } = this.state;
    const mark = sha256Of(new Uint8Array(new Uint32Array([++this.#made]).buffer));
    const attestations: Attestation[] = [];
    for (const part of [1, 2])
      for (let voted = slot - 1; voted >= parameters.slotsPerEpoch * (epoch - 1); voted--)
        for (const attestation of this.#votesOf(voted, mark, part))
          if (attestations.length < parameters.limits.attestations) attestations.push(attestation);
    const proposerIndex = this.state.proposerAt(slot) ?? 0;
    const randaoReveal = this.keys.sign([proposerIndex], randaoSigningRoot(parameters.chainHash, epoch));
    return {
      env: {
        timestampMs: parameters.genesisTimeMs + slot * parameters.slotMs,
        parent: this.chain.head,
        proposer: this.state.account(proposerIndex),
        extra: encodeExtra({ proposerIndex, randaoReveal }),
      },
      payload: encodePayload({ attestations, proposerSlashings: [], attesterSlashings: [] }),
    };
  }

  #votesOf(slot: number, mark: Hash, part: number): Attestation[] {
    const epoch = Math.floor(slot / this.state.parameters.slotsPerEpoch);
    const shuffling = this.shuffling(epoch);
    return Array.from({ length: shuffling.committeesPerSlot }, (_, committeeIndex) => {
      const committee = shuffling.committee(slot, committeeIndex);
      const voters = committee.filter((_member, place) => place % part === 0);
      const bits = emptyBits(committee.length);
      for (let place = 0; place < committee.length; place += part) bits[place >> 3] = (bits[place >> 3] as number) | (1 << (place & 7));
      const data: AttestationData = { slot, committeeIndex, headRoot: mark, source: this.#sourceOf(epoch), target: this.#targetOf(epoch) };
      return { data, bits, signature: this.keys.sign(voters, attestationSigningRoot(this.state.parameters.chainHash, data)) };
    });
  }

  #sourceOf(epoch: number): Checkpoint {
    return epoch === this.state.epoch ? this.state.currentJustified : this.state.previousJustified;
  }

  #targetOf(epoch: number): Checkpoint {
    const root = this.state.blockRootAt(this.state.firstSlotOf(epoch));
    assert(root !== undefined, "the epoch began");
    return { epoch, root };
  }
}

/** What the engine does between the parent's state and the block's transactions; nobody adopts it. Answers the votes that it counted. */
async function importBlock(chain: GasperBenchChain, { env, payload }: FullBlock, services: BlockServices): Promise<number> {
  const writer = chain.writer();
  const state = GasperState.open(writer, chain.parameters);
  const outcome = await applyBlock(state, env, decodePayload(payload, codecLimitsOf(chain.parameters.spec)), services);
  state.commit(writer, chain.treasury);
  return outcome.votes.reduce((sum, { indices }) => sum + indices.length, 0);
}

async function measureWorkers(context: BenchContext, chain: GasperBenchChain, maker: BlockMaker): Promise<void> {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: context.quick ? 0 : WORKERS });
  try {
    const verifier = new BlsVerifier({ compute, metrics: UNMETERED });
    const keys = new BlsKeys();
    for (const [index, { publicKey }] of chain.parameters.validators.entries()) keys.set(index, publicKey);
    const services = () => ({
      slicer: chain.slicer(),
      verify: (sets: readonly BlsSet[]) => verifier.verify(sets, { priority: "block" }),
      shuffling: async (_state: GasperState, epoch: number) => maker.shuffling(epoch),
      sumOfKeys: (_state: GasperState, indices: Uint32Array) => keys.aggregate(indices),
    });
    let block = maker.make();
    const { attestations } = decodePayload(block.payload, codecLimitsOf(chain.parameters.spec));
    const votes = attestations.reduce((sum, { bits }) => sum + countBits(bits), 0);
    context.log(`gasper: blocks of ${attestations.length} aggregates with ${votes} votes, ${block.payload.length} bytes`);
    const run = async () => assert((await importBlock(chain, block, services())) === votes, "all votes count");
    const before = () => {
      block = maker.make();
    };
    await run();
    const known = "block of 128 aggregates, signatures known";
    await context.measure(known, run, { unit: "ms" });
    await context.measure("block of 128 aggregates, two workers", run, { unit: "ms", before, reference: known });
  } finally {
    await compute.close();
    scheduler.close();
  }
}

/** Everything on one thread, by CPU time: the engines differ, and nothing else. */
async function measureEngines(context: BenchContext, chain: GasperBenchChain, maker: BlockMaker, keys: BenchKeys): Promise<void> {
  const block = maker.make();
  let reference: string | undefined;
  for (const name of ["portable", "native"] as const) {
    const label = `block of 128 aggregates, ${name}, one thread, CPU time`;
    const engine = engineHere(context, name, [label]);
    if (engine === undefined) continue;
    const services: BlockServices = {
      slicer: chain.slicer(),
      verify: async (sets) => inJobs(engine, sets, SETS_PER_JOB[name]),
      shuffling: async (_state, epoch) => maker.shuffling(epoch),
      sumOfKeys: (_state, indices) => keys.sum(engine, indices),
    };
    const spentMs: number[] = [];
    if (!context.quick && name === "native") await importBlock(chain, block, services);
    for (let round = 0; round < (context.quick ? 1 : ENGINE_ROUNDS); round++) {
      const from = process.cpuUsage();
      await importBlock(chain, block, services);
      const { user, system } = process.cpuUsage(from);
      spentMs.push((user + system) / 1_000);
    }
    context.record(label, spentMs, "ms", reference);
    reference = label;
  }
}

function inJobs(engine: BlsEngine, sets: readonly BlsSet[], size: number): boolean[] {
  const verdicts: boolean[] = [];
  for (let from = 0; from < sets.length; from += size) verdicts.push(...judge(engine, sets.slice(from, from + size)));
  return verdicts;
}
