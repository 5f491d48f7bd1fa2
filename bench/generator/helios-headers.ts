/** Whole headers of Helios at the default chain spec, for the suite `helios`: what making and judging one costs, by CPU time of one core. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Value } from "typebox/value";
import { assert } from "../../core/kernel/assert.js";
import { messageOf } from "../../core/kernel/errors.js";
import { Hash } from "../../core/primitives/hash.js";
import { mineOne, type SealWork } from "../../plugins/consensus-helios/attempt.js";
import { HeliosSpec } from "../../plugins/consensus-helios/config.js";
import { claimFault, memoryFault, proofFaults, type SealClaim } from "../../plugins/consensus-helios/judge.js";
import { memoryHash } from "../../plugins/consensus-helios/memory.js";
import { type PhaseChoice, type Phases, phasesFor } from "../../plugins/consensus-helios/phases.js";
import type { BenchContext, ComparedCase } from "../suite.js";

const PROCESS_FILE = new URL(`./helios-memory.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

export const ENGINES: Readonly<Record<"native" | "portable", PhaseChoice>> = {
  native: { arithmetic: "native", argon2id: "native" },
  portable: { arithmetic: "crypto", argon2id: "portable" },
};

/** What a header of the default chain spec is sealed for, with a target that the first hash meets: judging costs the same at any. */
export function defaultWork(seed: number, quick: boolean): SealWork {
  const { memory, timeLock, search } = Value.Default(HeliosSpec, {}) as HeliosSpec;
  return {
    root: Hash.from(new Uint8Array(32).fill(seed)),
    parentId: Hash.from(new Uint8Array(32).fill(seed + 1)),
    target: new Uint8Array(32).fill(0xff),
    memoryCost: { memoryKiB: quick ? 64 : memory.sizeKiB, passes: memory.passes },
    squarings: quick ? 300 : timeLock.squarings,
    innerNonceBits: search.innerNonceBits,
  };
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

function headerCases(label: string, phases: Phases, quick: boolean): ComparedCase[] {
  const claim = madeClaim(phases, 1, quick);
  const { root, parentId, memoryCost, squarings } = claim;
  const x = phases.timelock.elementOf(root, 0n, new Uint8Array(32));
  const attempt = `header/${label}: phases 1 and 2 of an attempt`;
  let nonce = 0n;
  const memory = () => void memoryHash(phases.memory, root, nonce++, parentId, memoryCost);
  const timeLock = () => void phases.timelock.begin(x, squarings).advance(squarings);
  return [
    {
      name: attempt,
      operations: 1,
      run: () => {
        memory();
        timeLock();
      },
    },
    { name: `header/${label}: phase 1, memory`, operations: 1, run: memory },
    { name: `header/${label}: phase 2, time-lock`, operations: 1, run: timeLock },
    { name: `header/${label}: claims on the main thread`, operations: 1, run: () => void claimFault(phases, claim) },
    { name: `header/${label}: verified`, operations: 1, run: () => judge(phases, claim), reference: attempt },
  ];
}

/** Most memory of a process that verifies headers, above what it had before the first. */
async function memoryInFlight(engine: keyof typeof ENGINES, quick: boolean): Promise<number> {
  const child: ChildProcess = fork(PROCESS_FILE, [engine, String(quick)], {
    execArgv: import.meta.url.endsWith(".ts") ? process.execArgv : [],
  });
  const [answer] = (await once(child, "message")) as [{ readonly mebibytes: number }];
  return answer.mebibytes;
}

export async function measureHeaders(context: BenchContext): Promise<void> {
  for (const engine of ["native", "portable"] as const) {
    let phases: Phases;
    try {
      phases = phasesFor(ENGINES[engine]);
    } catch (thrown) {
      for (const name of [`header/${engine}: verified`, `header/${engine}: memory in flight`]) context.skip(name, messageOf(thrown));
      continue;
    }
    await context.compare("headers/s", headerCases(engine, phases, context.quick));
    context.record(`header/${engine}: memory in flight`, [await memoryInFlight(engine, context.quick)], "MiB");
  }
}
