/** What computes the phases, chosen once for each thread. */
import { chooseMemory, type EngineChoice, type MemoryEngine } from "./memory.js";
import { type ArithmeticKind, chooseArithmetic, Timelock } from "./timelock/index.js";

/** What the node config asks for. Crosses to workers. */
export interface PhaseChoice {
  readonly arithmetic: ArithmeticKind | "auto";
  readonly argon2id: EngineChoice;
  /** Of native arithmetic; absent: the best, or what CHAINWRIGHT_TIERS says. */
  readonly tier?: string;
}

/** What judges and makes seals. */
export interface Phases {
  readonly memory: MemoryEngine;
  readonly timelock: Timelock;
}

export const AUTO_PHASES: PhaseChoice = { arithmetic: "auto", argon2id: "auto" };

/**
 * Made once for each choice: engines check themselves for milliseconds, and a thread judges thousands of seals. Those that are nearly always asked for
 * are made with the module, since libraries are looked for on disk: modules of plugins are loaded before a simulation's time begins, in which
 * there is no disk.
 */
const MADE = new Map<string, Phases>();
try {
  MADE.set(keyOf(AUTO_PHASES), made(AUTO_PHASES));
} catch {
  // CHAINWRIGHT_TIERS asks for what is not here: said when phases are asked for, not by an import that fails.
}

/** @throws MemoryEngineError, ArithmeticUnavailableError, NATIVE_TIER_UNAVAILABLE, NATIVE_SETTING for what was asked for by name and is not there */
export function phasesFor(choice: PhaseChoice): Phases {
  const key = keyOf(choice);
  const known = MADE.get(key);
  if (known !== undefined) return known;
  const phases = made(choice);
  MADE.set(key, phases);
  return phases;
}

function made({ arithmetic, argon2id, tier }: PhaseChoice): Phases {
  return { memory: chooseMemory(argon2id), timelock: new Timelock(chooseArithmetic(arithmetic, undefined, tier)) };
}

function keyOf({ arithmetic, argon2id, tier = "" }: PhaseChoice): string {
  return `${arithmetic} ${argon2id} ${tier}`;
}
