/**
 * `chainwright doctor`: what this machine has, which compute engine runs on it and why, how fast that is, and what would
 * make it better. Starts no node and writes nothing.
 */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, release, totalmem, type } from "node:os";
import { performance } from "node:perf_hooks";
import { type AddonDescription, type ComputeEngine, createEngine, describeAddon, type EngineOptions } from "../../../native/index.js";
import { type BlsEngineInfo, loadBls } from "../../bls/index.js";
import { ChainwrightError, messageOf } from "../../kernel/errors.js";
import { VERSION } from "../../node/version.js";
import type { ComputeTiers, EngineKind } from "../../ports/compute.js";
import type { Context } from "../context.js";
import { type EngineFigures, EngineMeasure, type Workload } from "../engine-measure.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";

export interface DoctorOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly seconds: string;
}

/** Every tier that there is anywhere, slowest first. */
const TIERS: { readonly [P in keyof ComputeTiers]-?: readonly string[] } = {
  ed25519: ["portable", "avx2", "ifma"],
  sha256: ["portable", "sha-ni", "avx512"],
  sha512: ["portable", "avx2", "avx512"],
  modular: ["portable", "adx", "ifma"],
};
const PRIMITIVES = Object.keys(TIERS) as (keyof ComputeTiers)[];
/** Where the name of the setting says too little. */
const NAMES: { readonly [P in keyof ComputeTiers]?: string } = { modular: "modular (squarings, primes)" };
/** What shows how fast a tier is. */
const WORKLOADS: { readonly [P in keyof ComputeTiers]-?: Workload } = {
  ed25519: "signatures",
  sha256: "hashes",
  sha512: "signatures",
  modular: "squarings",
};
const KEY_CACHE_ENTRIES = 4_096;
/** Times as many signatures of a batch as WebAssembly, on a processor with AVX-512 (AVX2: three to four). */
const ADDON_GAIN = 12;
/** How the native BLS engine comes here, if there is a build of it for this platform. */
const BLS_REMEDY = "install again with optional dependencies (npm install --include=optional)";
/** A node holds a descriptor for each peer, each request and each table of its store. */
const OPEN_FILES_MIN = 1_024;
/** The wall clock must not move against the monotonic one by more than this while we run. */
const CLOCK_STEP_MAX_MS = 250;
/** No machine is older than this program. */
const CLOCK_MIN_MS = Date.UTC(2025, 0, 1);

interface Finding {
  /** `problem`: something is wrong, exit code 1. `advice`: it works, but could do better. */
  readonly level: "problem" | "advice";
  readonly text: string;
}

interface Measured {
  readonly name: string;
  readonly kind: EngineKind;
  readonly tiers: ComputeTiers;
  readonly figures: EngineFigures;
}

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly version: string;
  readonly node: string;
  readonly machine: ReturnType<typeof machine>;
  readonly engine: { readonly kind: EngineKind; readonly tiers: ComputeTiers; readonly fallback?: string };
  readonly addon: AddonDescription;
  /** What votes are signed and verified with, where the chain's engine has votes; absent where there is none to be had. */
  readonly bls?: BlsEngineInfo;
  readonly measured: readonly Measured[];
}

export async function doctor(options: DoctorOptions, context: Context): Promise<number> {
  const seconds = Number(options.seconds);
  if (!(seconds > 0 && seconds <= 60)) throw new UsageError({ reason: `--seconds ${options.seconds} is no number up to 60` });
  const report = examine(seconds, options.all === true);
  if (options.json === true) context.output.json(report);
  else show(report, context);
  return report.ok ? ExitCode.ok : ExitCode.failure;
}

function examine(seconds: number, all: boolean): Report {
  const clockBeganMs = Date.now() - performance.now();
  const addon = describeAddon();
  const engine = createEngine({ engine: "auto", keyCacheEntries: KEY_CACHE_ENTRIES });
  const findings = [...engineFindings(engine, addon), ...machineFindings()];
  const bls = examineBls(findings);
  const measure = new EngineMeasure(seconds);
  const measured = [
    {
      name: `${engine.kind}, as chosen`,
      kind: engine.kind,
      tiers: engine.tiers,
      figures: measure.figures(engine, ["signatures", "hashes", "squarings"]),
    },
    ...(all ? others(engine, addon, measure, findings) : []),
  ];
  const steppedMs = Date.now() - performance.now() - clockBeganMs;
  if (Math.abs(steppedMs) > CLOCK_STEP_MAX_MS)
    findings.push({
      level: "problem",
      text: `the system clock was moved by ${Math.round(steppedMs)} ms while this ran: check its time service`,
    });
  return {
    ok: !findings.some(({ level }) => level === "problem"),
    findings,
    version: VERSION,
    node: process.version,
    machine: machine(),
    engine: { kind: engine.kind, tiers: engine.tiers, ...(engine.fallback === undefined ? {} : { fallback: engine.fallback }) },
    addon,
    ...(bls === undefined ? {} : { bls }),
    measured,
  };
}

/** What is to be said about the engine that was chosen. */
function engineFindings(engine: ComputeEngine, addon: AddonDescription): Finding[] {
  const findings: Finding[] = [];
  if ("isBroken" in addon) {
    if (addon.isBroken) findings.push({ level: "problem", text: addon.reason });
    else
      findings.push({
        level: "advice",
        text: `${addon.reason}. It would verify up to ${ADDON_GAIN} times as many signatures. With a C++17 compiler, make and Python, build it: npm rebuild chainwright (in a clone: npm run build:native)`,
      });
    return findings;
  }
  // The addon is there; an engine that is not made of it was forced, or the addon is not to be trusted.
  const reason = engine.kind === "native" ? undefined : refusal({ engine: "native", keyCacheEntries: 0 });
  if (reason !== undefined) findings.push({ level: "problem", text: reason });
  else if (engine.kind !== "native")
    findings.push({ level: "advice", text: `CHAINWRIGHT_ENGINE forces ${engine.kind}; the addon would run` });
  for (const primitive of PRIMITIVES) {
    const { best } = addon.tiers[primitive];
    if (engine.kind === "native" && engine.tiers[primitive] !== best)
      findings.push({ level: "advice", text: `CHAINWRIGHT_TIERS forces ${engine.tiers[primitive]} for ${primitive}; ${best} would run` });
  }
  return findings;
}

/** Which engine BLS12-381 runs on; undefined where the one that was demanded is not to be had. */
function examineBls(findings: Finding[]): BlsEngineInfo | undefined {
  try {
    const info = loadBls();
    const { name, fallback } = info;
    if (fallback !== undefined)
      findings.push({ level: "advice", text: `${fallback}. A validator's votes would take a thirtieth of the time: ${BLS_REMEDY}` });
    else if (name === "portable")
      findings.push({ level: "advice", text: "CHAINWRIGHT_BLS forces portable: votes take some thirty times as long as natively" });
    return info;
  } catch (error) {
    if (!ChainwrightError.is(error)) throw error;
    findings.push({ level: "problem", text: messageOf(error) });
    return undefined;
  }
}

/** Why an engine is not to be had; undefined if it is. */
function refusal(options: EngineOptions): string | undefined {
  try {
    createEngine(options);
    return undefined;
  } catch (error) {
    if (ChainwrightError.is(error)) return messageOf(error);
    throw error;
  }
}

function machineFindings(): Finding[] {
  const findings: Finding[] = [];
  const { openFiles } = machine();
  if (typeof openFiles === "number" && openFiles < OPEN_FILES_MIN)
    findings.push({ level: "problem", text: `only ${openFiles} files may be open: ulimit -n ${4 * OPEN_FILES_MIN}` });
  if (Date.now() < CLOCK_MIN_MS) findings.push({ level: "problem", text: `the system clock is wrong: ${new Date().toISOString()}` });
  if (availableParallelism() < 2)
    findings.push({ level: "advice", text: "one processor core: verification and the rest of the node wait for each other" });
  return findings;
}

/** Every other tier and engine; what should run but doesn't is a finding. */
function others(chosen: ComputeEngine, addon: AddonDescription, measure: EngineMeasure, findings: Finding[]): Measured[] {
  const measured: Measured[] = [];
  const add = (name: string, options: Pick<EngineOptions, "engine" | "tiers">, workloads: readonly Workload[]) => {
    const complete = { ...options, keyCacheEntries: KEY_CACHE_ENTRIES };
    const reason = refusal(complete);
    if (reason !== undefined) {
      findings.push({ level: "problem", text: reason });
      return;
    }
    const engine = createEngine(complete);
    measured.push({ name, kind: engine.kind, tiers: engine.tiers, figures: measure.figures(engine, workloads) });
  };
  if ("tiers" in addon) {
    for (const primitive of PRIMITIVES) {
      for (const tier of [...addon.tiers[primitive].available].reverse()) {
        if (chosen.kind === "native" && chosen.tiers[primitive] === tier) continue;
        add(`native, ${primitive} ${tier}`, { engine: "native", tiers: { [primitive]: tier } }, [WORKLOADS[primitive]]);
      }
    }
  }
  for (const engine of ["wasm", "js"] as const) if (chosen.kind !== engine) add(engine, { engine }, ["signatures", "hashes"]);
  return measured;
}

function machine() {
  const report = process.report;
  // Asking name servers about the machine's addresses can take seconds.
  (report as { excludeNetwork?: boolean }).excludeNetwork = true;
  const { userLimits } = report.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } } };
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    os: `${type()} ${release()} ${process.arch}`,
    ...(userLimits?.open_files === undefined ? {} : { openFiles: userLimits.open_files.soft }),
    time: new Date().toISOString(),
  };
}

/** Linux tells of the processor's features, too, under other names; of those that the addon would use. */
function systemFeatures(): readonly string[] | undefined {
  try {
    const flags = /^flags\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" ");
    return flags?.filter((flag) => /^(avx2|bmi2|adx|sha_ni|avx512(f|dq|bw|vl|ifma))$/.test(flag));
  } catch {
    return undefined;
  }
}

function show(report: Report, { output }: Context): void {
  const { machine, engine, addon, measured, findings } = report;
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  output.line(output.style("bold", `chainwright ${report.version} on ${machine.os}`));
  const features = "features" in addon ? Object.keys(addon.features).filter((name) => addon.features[name] === true) : systemFeatures();
  output.table([
    ["processor", machine.cpu],
    [
      "it can",
      features === undefined ? "not known without the addon" : features.length === 0 ? "nothing beyond the usual" : features.join(", "),
    ],
    ["threads", String(machine.threads)],
    ["memory", `${gibibytes(machine.memoryBytes)}, ${gibibytes(machine.freeMemoryBytes)} free`],
    ["Node", report.node],
    ...(machine.openFiles === undefined ? [] : [["open files", String(machine.openFiles)]]),
    ["clock", machine.time],
  ]);
  output.line();
  output.line(`${output.style("bold", "compute engine")}  ${engine.kind}`);
  output.table([
    ["addon", "file" in addon ? addon.file : "none"],
    ...PRIMITIVES.map((primitive) => [NAMES[primitive] ?? primitive, tierLine(primitive, report)]),
    ["BLS12-381 (votes)", report.bls?.name ?? "none"],
    ...(engine.fallback === undefined ? [] : [["why", engine.fallback]]),
  ]);
  output.line();
  output.line(output.style("bold", "measured, one thread, in CPU time"));
  output.table([
    ["", "signatures/s, 1,024 new keys", "one by one", "SHA-256 pairs/s", "root of 65,536", "squarings/s, 2,048 bits"],
    ...measured.map(({ name, figures }) => [name, ...cells(figures, measured[0]?.figures ?? {})]),
  ]);
  output.line();
  for (const { level, text } of findings)
    output.line(`${level === "problem" ? output.style("red", "problem") : output.style("yellow", "advice")}: ${text}`);
  if (findings.length === 0) output.line(output.style("green", "nothing to complain about"));
}

function tierLine(primitive: keyof ComputeTiers, { engine, addon }: Report): string {
  const chosen = engine.tiers[primitive];
  if (chosen === undefined)
    return "none: only the addon has it; plugins do it themselves, some 4 (node:crypto) or 27 (BigInt) times slower than ifma";
  if (!("tiers" in addon)) return chosen;
  const { available } = addon.tiers[primitive];
  const lacking = TIERS[primitive].filter((tier) => !available.includes(tier));
  const rest = available.filter((tier) => tier !== chosen);
  const words = [
    ...(rest.length === 0 ? [] : [`also ${rest.join(", ")}`]),
    ...(lacking.length === 0 ? [] : [`not here: ${lacking.join(", ")}`]),
  ];
  return words.length === 0 ? chosen : `${chosen} (${words.join("; ")})`;
}

/** Figures beside how they compare to the first row's, above 1 being better. */
function cells(figures: EngineFigures, reference: EngineFigures): string[] {
  const rate = (value: number | undefined, base: number | undefined) => {
    if (value === undefined) return "";
    return withRatio(Math.round(value).toLocaleString("en"), base === undefined ? 1 : value / base, figures === reference);
  };
  const { rootMs } = figures;
  const root =
    rootMs === undefined ? "" : withRatio(`${rootMs.toFixed(2)} ms`, (reference.rootMs ?? rootMs) / rootMs, figures === reference);
  return [
    rate(figures.signaturesPerSecond, reference.signaturesPerSecond),
    rate(figures.singleSignaturesPerSecond, reference.singleSignaturesPerSecond),
    rate(figures.pairsPerSecond, reference.pairsPerSecond),
    root,
    rate(figures.squaringsPerSecond, reference.squaringsPerSecond),
  ];
}

function withRatio(figure: string, ratio: number, isReference: boolean): string {
  return isReference ? figure : `${figure}  ${ratio.toPrecision(2)} ×`;
}
