/** Whole headers of Helios at the default chain spec, for the suite `helios`: what making and judging one costs, by CPU time of one core. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Value } from "typebox/value";
import { assert } from "../../core/kernel/assert.js";
import { Hash } from "../../core/primitives/hash.js";
import { mineOne, type SealWork } from "../../plugins/consensus-helios/attempt.js";
import { HeliosSpec } from "../../plugins/consensus-helios/config.js";
import { MemoryEngineError } from "../../plugins/consensus-helios/errors.js";
import { claimFault, memoryFault, proofFaults, type SealClaim } from "../../plugins/consensus-helios/judge.js";
import { memoryHash } from "../../plugins/consensus-helios/memory.js";
import { measurePhases } from "../../plugins/consensus-helios/miner/calibration.js";
import { innerSearch } from "../../plugins/consensus-helios/miner/inner-search.js";
import { type PhaseChoice, type Phases, phasesFor } from "../../plugins/consensus-helios/phases.js";
import { searchPrefix } from "../../plugins/consensus-helios/seal.js";
import { ArithmeticUnavailableError } from "../../plugins/consensus-helios/timelock/errors.js";
import type { BenchContext, ComparedCase } from "../suite.js";

const PROCESS_FILE = new URL(`./helios-memory.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

export const ENGINES: Readonly<Record<"native" | "portable", PhaseChoice>> = {
  native: { arithmetic: "native", argon2id: "native" },
  portable: { arithmetic: "crypto", argon2id: "portable" },
};

/** Phases as they are named in the chain spec's shares. */
const PHASES = { memory: "phase 1, memory", timeLock: "phase 2, time-lock", search: "phase 3, search" } as const;
/** No hash is this small: a search goes through all inner nonces. */
const UNREACHABLE = new Uint8Array(32);
const SHARED = ["memory", "timeLock", "search"] as const;
/** How often the shares are measured, and for how long each time. */
const SHARE_ROUNDS = 5;
const SHARE_ROUND_MS = 500;

/** What a header of the default chain spec is sealed for, with a target that the first hash meets: judging costs the same at any. */
export function defaultWork(seed: number, quick: boolean): SealWork {
  const { memory, timeLock, search } = defaultSpec();
  return {
    root: Hash.from(new Uint8Array(32).fill(seed)),
    parentId: Hash.from(new Uint8Array(32).fill(seed + 1)),
    target: new Uint8Array(32).fill(0xff),
    memoryCost: { memoryKiB: quick ? 64 : memory.sizeKiB, passes: memory.passes },
    squarings: quick ? 300 : timeLock.squarings,
    innerNonceBits: quick ? 6 : search.innerNonceBits,
  };
}

function defaultSpec(): HeliosSpec {
  return Value.Default(HeliosSpec, {}) as HeliosSpec;
}

export function madeClaim(phases: Phases, seed: number, quick: boolean): SealClaim {
  const work = defaultWork(seed, quick);
  return { ...work, seal: mineOne(phases, work) };
}

/** @throws if the seal is not good */
export function judge(phases: Phases, claim: SealClaim): void {
  const [fault] = proofFaults(phases, [claim]);
  assert((fault ?? memoryFault(phases, claim)) === undefined, "the seal is good");
}

function headerCases(label: keyof typeof ENGINES, phases: Phases, quick: boolean): ComparedCase[] {
  const claim = madeClaim(phases, 1, quick);
  const { root, parentId, memoryCost, squarings, innerNonceBits } = claim;
  const x = phases.timelock.elementOf(root, 0n, new Uint8Array(32));
  const attempt = `header/${label}: phases 1 and 2 of an attempt`;
  let nonce = 0n;
  const memory = () => void memoryHash(phases.memory, root, nonce++, parentId, memoryCost);
  const timeLock = () => void phases.timelock.begin(x, squarings).advance(squarings);
  const inner = innerSearch(searchPrefix(root, 0n, new Uint8Array(32), x), UNREACHABLE, label);
  const search = () => assert(inner.find(0, 2 ** innerNonceBits) === undefined, "no hash is zero");
  return [
    {
      name: attempt,
      operations: 1,
      run: () => {
        memory();
        timeLock();
      },
    },
    { name: `header/${label}: ${PHASES.memory}`, operations: 1, run: memory },
    { name: `header/${label}: ${PHASES.timeLock}`, operations: 1, run: timeLock },
    { name: `header/${label}: ${PHASES.search}`, operations: 1, run: search },
    { name: `header/${label}: claims on the main thread`, operations: 1, run: () => void claimFault(phases, claim) },
    { name: `header/${label}: verified`, operations: 1, run: () => judge(phases, claim), reference: attempt },
  ];
}

/** What part each phase has of an attempt, by processor time of the searcher that mines, and how far that is from what the chain spec intends. */
function measureShares(context: BenchContext): void {
  const intended = defaultSpec().shares;
  const { memoryCost, squarings, innerNonceBits } = defaultWork(1, context.quick);
  const processorMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const durationMs = context.quick ? 0 : SHARE_ROUND_MS;
  const rounds = Array.from(
    { length: SHARE_ROUNDS },
    () => measurePhases({ ...memoryCost, squarings, innerNonceBits }, ENGINES.native, processorMs, durationMs).shares,
  );
  for (const phase of SHARED) {
    const shares = rounds.map((each) => each[phase]);
    context.record(`share: ${PHASES[phase]}`, shares, "%");
    const offs = shares.map((share) => Math.abs(share - intended[phase]));
    context.record(offCase(phase), offs, "points");
  }
}

function offCase(phase: keyof typeof PHASES): string {
  return `share: ${PHASES[phase]}, off by`;
}

/** Most memory of a process that verifies headers, above what it had before the first. */
async function memoryInFlight(engine: keyof typeof ENGINES, quick: boolean): Promise<number> {
  const child: ChildProcess = fork(PROCESS_FILE, [engine, String(quick)], {
    execArgv: import.meta.url.endsWith(".ts") ? process.execArgv : [],
  });
  const [answer] = (await once(child, "message")) as [{ readonly mebibytes: number }];
  return answer.mebibytes;
}

/**
 * The engines of a choice, or why this machine has none.
 *
 * @throws what is wrong with one that should be here: a benchmark that leaves a broken engine out would call it a machine without it
 */
export function availablePhases(choice: PhaseChoice, make = phasesFor): Phases | { readonly reason: string } {
  try {
    return make(choice);
  } catch (thrown) {
    const isUnavailable = ArithmeticUnavailableError.matches(thrown) || MemoryEngineError.matches(thrown);
    if (!isUnavailable || thrown.data.isBroken) throw thrown;
    return { reason: thrown.message };
  }
}

export async function measureHeaders(context: BenchContext): Promise<void> {
  for (const engine of ["native", "portable"] as const) {
    const phases = availablePhases(ENGINES[engine]);
    if ("reason" in phases) {
      for (const name of [`header/${engine}: verified`, `header/${engine}: memory in flight`]) context.skip(name, phases.reason);
      if (engine === "native") for (const phase of SHARED) context.skip(offCase(phase), phases.reason);
      continue;
    }
    await context.compare("headers/s", headerCases(engine, phases, context.quick));
    context.record(`header/${engine}: memory in flight`, [await memoryInFlight(engine, context.quick)], "MiB");
    if (engine === "native") measureShares(context);
  }
}
