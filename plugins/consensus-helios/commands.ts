/** `chainwright helios calibrate`: parameters of a chain spec that fit the machine at hand. */
import type { PluginCommand, PluginCommandReport } from "../../core/sdk.js";
import { CalibrationOptionError } from "./errors.js";
import { type Calibration, calibrate, measurePhases, type PhaseSizes, type Shares } from "./miner/calibration.js";
import { describeFigures, type PhaseFigures } from "./miner/tallies.js";
import { phasesFor } from "./phases.js";

const ARITHMETICS = ["auto", "native", "crypto", "bigint"] as const;
const ARGON2IDS = ["auto", "native", "portable"] as const;
/** Squarings and inner nonces of the first measurement: their speed does not depend on how many they are. */
const FIRST_SQUARINGS = 20_000;
const FIRST_INNER_BITS = 16;
/** An attempt's share of the block interval, at most: see producer.ts. */
const ATTEMPTS_AN_INTERVAL = 50;

export const calibrateCommand: PluginCommand = {
  name: "calibrate",
  description:
    "measure the three phases on this machine, and propose memory, squarings and inner nonces that give them their shares of time",
  options: [
    { flags: "--memory <KiB>", description: "memory to aim at", default: "16384" },
    { flags: "--passes <count>", description: "passes of Argon2id over it", default: "1" },
    { flags: "--shares <percent>", description: "of memory, time-lock and search", default: "40/30/30" },
    { flags: "--seconds <seconds>", description: "processor time for each of two measurements", default: "2" },
    { flags: "--arithmetic <engine>", description: `of the time-lock: ${ARITHMETICS.join(", ")}`, default: "auto" },
    { flags: "--argon2id <engine>", description: `of memory: ${ARGON2IDS.join(", ")}`, default: "auto" },
  ],
  examples: ["chainwright helios calibrate", "chainwright helios calibrate --memory 65536 --seconds 5 --json"],
  async run(options, { processorMs, note }) {
    const shares = sharesOf(options.shares ?? "");
    const phases = {
      arithmetic: oneOf("--arithmetic", ARITHMETICS, options.arithmetic),
      argon2id: oneOf("--argon2id", ARGON2IDS, options.argon2id),
    };
    const durationMs = 1_000 * numberOf("--seconds", options.seconds, 0.05, 600);
    const aim: PhaseSizes = {
      memoryKiB: wholeOf("--memory", options.memory, 64, 1_048_576),
      passes: wholeOf("--passes", options.passes, 1, 16),
      squarings: FIRST_SQUARINGS,
      innerNonceBits: FIRST_INNER_BITS,
    };
    note("measuring the phases");
    const calibration = calibrate(aim, shares, measurePhases(aim, phases, processorMs, durationMs));
    note("measuring what is proposed");
    const check = measurePhases(calibration.proposed, phases, processorMs, durationMs);
    const { memory, timelock } = phasesFor(phases);
    const engines = { argon2id: memory.kind, timeLock: timelock.kind, tier: timelock.tier };
    return report(calibration, shares, check, engines);
  },
};

function report(
  { measured, proposed, kept }: Calibration,
  shares: Shares,
  check: PhaseFigures,
  engines: Readonly<Record<string, string>>,
): PluginCommandReport {
  const sizesText = ({ memoryKiB, squarings, innerNonceBits }: PhaseSizes): string =>
    `memory ${memoryKiB} KiB, ${squarings} squarings, 2^${innerNonceBits} inner nonces`;
  const [shown, checked] = [describeFigures(measured), describeFigures(check)];
  const leastIntervalMs = Math.ceil(check.attemptMs * ATTEMPTS_AN_INTERVAL);
  return {
    json: {
      engines,
      measured: figuresJson(shown),
      proposed: { ...proposed },
      kept: { ...kept },
      check: figuresJson(checked),
      leastBlockIntervalMs: leastIntervalMs,
    },
    table: [
      ["engines", `Argon2id ${engines.argon2id}, time-lock ${engines.timeLock} (${engines.tier})`],
      ["one core", `${shown.memoriesPerSecond} memories/s, ${shown.squaringsPerSecond} squarings/s, ${shown.hashesPerSecond} hashes/s`],
      ["proposed", sizesText(proposed)],
      ["", `an attempt takes ${checked.attemptMs} ms: shares ${sharesText(checked.shares)}, intended ${sharesText(shares)}`],
      ["memory kept", sizesText(kept)],
      ["interval", `${leastIntervalMs} ms between blocks at least, for an attempt to stay below 2 % of it`],
    ],
    lines: [
      "for the chain spec:",
      `  memory: { sizeKiB: ${proposed.memoryKiB}, passes: ${proposed.passes} }`,
      `  timeLock: { squarings: ${proposed.squarings} }`,
      `  search: { innerNonceBits: ${proposed.innerNonceBits} }`,
      `  shares: { memory: ${shares.memory}, timeLock: ${shares.timeLock}, search: ${shares.search} }`,
    ],
  };
}

/** Attempts are none of a median's business. */
function figuresJson({ attempts: _, ...figures }: ReturnType<typeof describeFigures>) {
  return figures;
}

function sharesText({ memory, timeLock, search }: Shares): string {
  return `${memory} / ${timeLock} / ${search}`;
}

function sharesOf(text: string): Shares {
  const [memory = 0, timeLock = 0, search = 0, ...more] = text.split("/").map(Number);
  const isGood = [memory, timeLock, search].every((share) => Number.isInteger(share) && share > 0) && memory + timeLock + search === 100;
  if (!isGood || more.length > 0)
    throw new CalibrationOptionError({
      option: "--shares",
      given: text,
      reason: "write three whole numbers that add up to 100, like 40/30/30",
    });
  return { memory, timeLock, search };
}

function numberOf(option: string, text: string | undefined, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new CalibrationOptionError({ option, given: text ?? "", reason: `write a number from ${least} to ${most}` });
  return value;
}

function wholeOf(option: string, text: string | undefined, least: number, most: number): number {
  const value = numberOf(option, text, least, most);
  if (!Number.isInteger(value))
    throw new CalibrationOptionError({ option, given: text ?? "", reason: `write a whole number from ${least} to ${most}` });
  return value;
}

function oneOf<const Choice extends string>(option: string, choices: readonly Choice[], text: string | undefined): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new CalibrationOptionError({ option, given: text ?? "", reason: `write one of ${choices.join(", ")}` });
  return found;
}
