/** The ends of epochs, for the suite `gasper`: time, how long the thread is held, memory of the registry. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BlsKeys } from "../../core/bls/index.js";
import { assert } from "../../core/kernel/assert.js";
import type { StateReader } from "../../core/ports/state.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { processSlots } from "../../plugins/consensus-gasper/epoch/index.js";
import { GasperState } from "../../plugins/consensus-gasper/state/index.js";
import type { BenchContext } from "../suite.js";
import { chainBeforeEpoch, type GasperBenchChain } from "./gasper-chain.js";
import { SliceWatch } from "./held-watch.js";

const MIB = 1024 * 1024;
const HELD_RUNS = 60;
/** After these the code is optimised, as on a node that runs for an hour. */
const HELD_WARM_UP_RUNS = 10;

/** @param name of the size, in the names of the cases */
export async function measureEpochs(context: BenchContext, name: string, validators: number, slotsPerEpoch: number): Promise<void> {
  const chain = await chainBeforeEpoch({ validators, slotsPerEpoch, seed: context.seed });
  try {
    const warm = () => endEpoch(chain, (reader) => reader);
    await check(chain);
    const plain = `epoch transition, ${name}`;
    await context.measure(plain, async () => void (await warm()), { unit: "ms" });
    const anew = async () => void (await endEpoch(chain, copying));
    await context.measure(`epoch transition, nothing parsed, ${name}`, anew, { unit: "ms", reference: plain });
    const withRoot = async () => void (await chain.store.finish(await warm()));
    await context.measure(`epoch transition and state root, ${name}`, withRoot, { unit: "ms", reference: plain });
    await measureHeld(context, chain, name);
    measureMemory(context, chain, name);
  } finally {
    await chain.close();
  }
}

/** The transition into the next epoch, and its commit to a writer of the state store; nobody adopts it. */
async function endEpoch(chain: GasperBenchChain, readerOf: (reader: StateReader) => StateReader, slicer = chain.slicer()) {
  const writer = chain.writer();
  const state = GasperState.open(readerOf(writer), chain.parameters);
  await processSlots(state, state.slot + 1, chain.head, chain.epochServices(slicer));
  state.commit(writer, chain.treasury);
  return writer;
}

/** What is measured is an epoch in which most earn and the idle pay. */
async function check(chain: GasperBenchChain): Promise<void> {
  const before = chain.state();
  const writer = await endEpoch(chain, (reader) => reader);
  const after = GasperState.open(writer, chain.parameters);
  assert(after.epoch === before.epoch + 1, "an epoch ended");
  assert(after.balance(1) > before.balance(1) && after.balance(0) < before.balance(0), "who voted earned, who was idle paid");
  assert(after.currentJustified.epoch === before.epoch, "the epoch was justified");
}

/** Values in fresh arrays: what was parsed before is not known. */
function copying(reader: StateReader): StateReader {
  return { get: (key: Bytes) => reader.get(key)?.slice() };
}

async function measureHeld(context: BenchContext, chain: GasperBenchChain, name: string): Promise<void> {
  const runs = async (count: number): Promise<SliceWatch> => {
    const slicer = chain.slicer();
    const watch = new SliceWatch(slicer);
    for (let run = 0; run < count; run++) {
      await slicer.pause();
      watch.begin();
      await endEpoch(chain, (reader) => reader, watch);
      watch.end();
    }
    watch.close();
    return watch;
  };
  if (!context.quick) await runs(HELD_WARM_UP_RUNS);
  const watch = await runs(context.quick ? 1 : HELD_RUNS);
  context.record(`main thread held in an epoch transition, p99, ${name}`, [watch.percentile(99)], "ms");
  context.record(`main thread held in an epoch transition, longest, ${name}`, [watch.percentile(100)], "ms");
}

function measureMemory(context: BenchContext, chain: GasperBenchChain, name: string): void {
  const count = chain.parameters.validators.length;
  let storedBytes = 0;
  const counting = (reader: StateReader): StateReader => ({
    get: (key) => {
      const value = reader.get(key)?.slice();
      storedBytes += key.length + (value?.length ?? 0);
      return value;
    },
  });
  const [opened, parsedBytes] = kept(() => {
    const state = GasperState.open(counting(chain.writer()), chain.parameters);
    loadAll(state, count);
    return state;
  });
  context.record(`columns in state, ${name}`, [storedBytes / MIB], "MiB");
  context.record(`columns opened to read, ${name}`, [parsedBytes / MIB], "MiB");
  const [flat, flatBytes] = kept(() => flatten(opened, count));
  context.record(`columns of a transition, ${name}`, [flatBytes / MIB], "MiB");
  const [keys, keyBytes] = kept(() => {
    const made = new BlsKeys();
    for (let index = 0; index < count; index++) made.set(index, opened.publicKey(index));
    return made;
  });
  context.record(`public keys ready to be summed, ${name}`, [keyBytes / MIB], "MiB");
  assert(keys.has(count - 1) && flat.length > 0 && opened.validatorCount === count, "all are held until here");
}

function loadAll(state: GasperState, count: number): void {
  const { publicKeys, accounts, epochs, effective, slashed, balances, scores } = state.columns;
  for (const column of [
    publicKeys,
    accounts,
    epochs,
    effective,
    slashed,
    balances,
    scores,
    state.columns.flagsOf(0),
    state.columns.flagsOf(1),
  ])
    column.eachChunk(count, () => {});
}

/** Those that the end of an epoch works on. */
function flatten(state: GasperState, count: number) {
  const { epochs, effective, slashed, balances, scores } = state.columns;
  return [epochs, effective, slashed, balances, scores, state.columns.flagsOf(0), state.columns.flagsOf(1)].map((column) =>
    column.flat(count),
  );
}

/** What `make` answers, and the bytes that it holds: on the heap and beside. */
function kept<T>(make: () => T): [T, number] {
  const before = usedBytes();
  const made = make();
  return [made, Math.max(0, usedBytes() - before)];
}

let collect: (() => void) | undefined;

function usedBytes(): number {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  // What arrays hold beside the heap is given back by the second pass only.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
