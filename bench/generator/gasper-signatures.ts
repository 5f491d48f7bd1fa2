/** Attestations judged in both engines, for the suite `gasper`: what comes of a set of votes until its verdict, summing up the voters' keys included. */
import { judge } from "../../core/bls/batch.js";
import type { BlsEngine, BlsEngineName, BlsSet } from "../../core/bls/engine.js";
import { BlsVerifier } from "../../core/bls/index.js";
import { blsEngine, blsEngineNamed } from "../../core/bls/select.js";
import { ComputeService } from "../../core/compute/index.js";
import { assert } from "../../core/kernel/assert.js";
import { messageOf } from "../../core/kernel/errors.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import { sha256Of } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import type { BenchContext, ComparedCase } from "../suite.js";
import { BenchKeys } from "./gasper-keys.js";

const UNIT = "attestations/s";
/** As many as `BlsVerifier` puts into a job of a worker. */
export const SETS_PER_JOB: Readonly<Record<BlsEngineName, number>> = { native: 32, portable: 8 };
const WORKERS = 2;
/** Of one call through the pool: more than both workers take at once. */
const POOLED = 256;

/** Votes of so many, from so many different committees or from one. */
interface Votes {
  readonly voters: Uint32Array;
  readonly set: Omit<BlsSet, "publicKey">;
}

/** Whether a library is not there for this machine: one that is there and does not load is broken, and the benchmark fails. */
export function isAbsent(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "MODULE_NOT_FOUND" || /^Unsupported (?:architecture|OS)/.test(messageOf(error));
}

/** An engine that this machine has; names of the cases of one that it has not are skipped. @throws what an engine that is broken throws */
export function engineHere(context: BenchContext, name: BlsEngineName, cases: readonly string[]): BlsEngine | undefined {
  try {
    return blsEngineNamed(name);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    for (const each of cases) context.skip(each, messageOf(error));
    return undefined;
  }
}

export async function measureSignatures(context: BenchContext): Promise<void> {
  const sizes = context.quick ? [4, 8] : [128, 400];
  const keys = new BenchKeys(context.quick ? 16 : 1_024, context.seed);
  await context.compare(
    UNIT,
    (["portable", "native"] as const).flatMap((name) => casesOf(context, name, keys, sizes)),
  );
  await measureWorkers(context, keys, sizes[0] as number);
}

function casesOf(context: BenchContext, name: BlsEngineName, keys: BenchKeys, sizes: readonly number[]): ComparedCase[] {
  const label = (what: string) => `${name}/${what}`;
  const [single, batch, committee] = ["single", "batched, 128 voters each", "batched, single votes of a committee"].map(label) as [
    string,
    string,
    string,
  ];
  const aggregated = ["aggregate of 128", "aggregate of 400"].map(label);
  const engine = engineHere(context, name, [single, ...aggregated, batch, committee]);
  if (engine === undefined) return [];
  const count = context.quick ? 2 : SETS_PER_JOB[name];
  const first = votesOf(keys, 1, 1)[0] as Votes;
  return [
    {
      name: single,
      operations: 1,
      run: () => verifyAll(engine, keys, [first]),
      ...(name === "portable" ? {} : { reference: "portable/single" }),
    },
    ...sizes.map((voters, at) => {
      const [votes] = votesOf(keys, 1, voters) as [Votes];
      return { name: aggregated[at] as string, operations: 1, run: () => verifyAll(engine, keys, [votes]), reference: single };
    }),
    batchCase(batch, engine, keys, votesOf(keys, count, sizes[0] as number), aggregated[0] as string),
    batchCase(committee, engine, keys, votesOfCommittee(keys, count), single),
  ];
}

function batchCase(name: string, engine: BlsEngine, keys: BenchKeys, votes: readonly Votes[], reference: string): ComparedCase {
  return { name, operations: votes.length, run: () => verifyAll(engine, keys, votes), reference };
}

function verifyAll(engine: BlsEngine, keys: BenchKeys, votes: readonly Votes[]): void {
  const verdicts = judge(
    engine,
    votes.map(({ voters, set }) => ({ ...set, publicKey: keys.sum(engine, voters) })),
  );
  assert(
    verdicts.every((isValid) => isValid),
    "all are valid",
  );
}

let made = 0;

/** Each of its own message. */
function votesOf(keys: BenchKeys, count: number, voters: number): Votes[] {
  return Array.from({ length: count }, (_, number) => {
    const members = Uint32Array.from({ length: voters }, (_, index) => (31 * number + index) % keys.count);
    const message = sha256Of(new Uint8Array(new Uint32Array([made++]).buffer));
    return { voters: members, set: { message, signature: keys.sign(members, message) } };
  });
}

/** Of one message, by one voter each. */
function votesOfCommittee(keys: BenchKeys, count: number): Votes[] {
  const message = sha256Of(new Uint8Array([1]));
  return Array.from({ length: count }, (_, index) => ({
    voters: Uint32Array.of(index),
    set: { message, signature: keys.sign([index], message) },
  }));
}

/** Through the compute service, as a node does it: keys are summed here, the rest is done by workers. */
async function measureWorkers(context: BenchContext, keys: BenchKeys, voters: number): Promise<void> {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: context.quick ? 0 : WORKERS });
  try {
    const verifier = new BlsVerifier({ compute, metrics: UNMETERED });
    const engine = blsEngine();
    const count = context.quick ? 2 : POOLED;
    let votes: Votes[] = [];
    const run = async () => {
      const verdicts = await verifier.verify(votes.map(({ voters: members, set }) => ({ ...set, publicKey: keys.sum(engine, members) })));
      assert(
        verdicts.every((isValid) => isValid),
        "all are valid",
      );
    };
    // What was verified once is remembered, so that each run has votes of its own.
    const before = () => {
      votes = votesOf(keys, count, voters);
    };
    await context.measure("two workers, 128 voters each", run, { unit: UNIT, operations: count, before });
  } finally {
    await compute.close();
    scheduler.close();
  }
}
