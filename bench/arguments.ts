/** The command line of the bench. */
import { nearest } from "../core/kernel/nearest.js";

export interface BenchArguments {
  /** Suites to run; empty: all. */
  readonly suites: readonly string[];
  readonly json: string | undefined;
  readonly quick: boolean;
  readonly strict: boolean;
  readonly seed: number;
  /** Length of the chain that suites import which run a long one; undefined: what they choose. */
  readonly blocks: number | undefined;
  /** Accounts in the state of suites that measure one; undefined: what they choose. */
  readonly accounts: number | undefined;
  readonly action: "run" | "list" | "help";
}

/** Wrong arguments; the message says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `Usage: npm run bench -- [SUITE…] [options]

Measures suites of bench/suites against bench/targets.json. Without a SUITE, all of them.

Options:
  --json FILE   write the results to FILE as JSON
  --quick       tiny sizes, each case once: shows that it still runs; figures mean nothing
  --strict      exit with 1 when a target is missed
  --seed N      seed of generated data, 0 to 4294967295 (default 1)
  --blocks N    length of the chain of suites that grow one (pruning), 100 to 1000000
  --accounts N  accounts in the state (suites state and page-depth), 1000 to 100000000 (default: a million)
  --list        name the suites and what they measure
  --help        this text

Exit codes: 0 fine, 1 a suite failed (or, with --strict, a target was missed), 2 wrong arguments.

Examples:
  npm run bench -- signatures
  npm run bench -- state storage --json bench.json --strict
  npm run bench -- pruning --blocks 20000
  npm run bench -- state --accounts 10000000
`;

const FLAGS = ["--json", "--quick", "--strict", "--seed", "--blocks", "--accounts", "--list", "--help"];

/** @throws UsageError */
export function parseArguments(given: readonly string[], known: readonly string[]): BenchArguments {
  const suites: string[] = [];
  let json: string | undefined;
  let seed = 1;
  let blocks: number | undefined;
  let accounts: number | undefined;
  let quick = false;
  let strict = false;
  let action: BenchArguments["action"] = "run";
  for (let i = 0; i < given.length; i++) {
    const [argument = "", inline] = splitValue(given[i] as string);
    const value = () => inline ?? given[++i] ?? missingValue(argument);
    if (argument === "--json") json = value();
    else if (argument === "--seed") seed = parseSeed(value());
    else if (argument === "--blocks") blocks = parseBlocks(value());
    else if (argument === "--accounts") accounts = parseAccounts(value());
    else if (inline !== undefined) throw unknown("option", argument, FLAGS);
    else if (argument === "--quick") quick = true;
    else if (argument === "--strict") strict = true;
    else if (argument === "--list") action = "list";
    else if (argument === "--help" || argument === "-h") action = "help";
    else if (argument.startsWith("-")) throw unknown("option", argument, FLAGS);
    else if (!known.includes(argument)) throw unknown("suite", argument, known);
    else if (!suites.includes(argument)) suites.push(argument);
  }
  return { suites, json, quick, strict, seed, blocks, accounts, action };
}

/** `--json=FILE` as two; anything else as it is. */
function splitValue(argument: string): [string, string?] {
  const at = argument.startsWith("--") ? argument.indexOf("=") : -1;
  return at < 0 ? [argument] : [argument.slice(0, at), argument.slice(at + 1)];
}

function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seed <= 0xffffffff)) throw new UsageError(`--seed ${text}: a seed is a whole number from 0 to 4294967295`);
  return seed;
}

function parseBlocks(text: string): number {
  const blocks = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(blocks >= 100 && blocks <= 1_000_000)) throw new UsageError(`--blocks ${text}: a chain has 100 to 1000000 blocks`);
  return blocks;
}

function parseAccounts(text: string): number {
  const accounts = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(accounts >= 1_000 && accounts <= 100_000_000)) throw new UsageError(`--accounts ${text}: a state has 1000 to 100000000 accounts`);
  return accounts;
}

function missingValue(option: string): never {
  throw new UsageError(`${option} needs a value; see --help`);
}

function unknown(what: string, given: string, known: readonly string[]): UsageError {
  const near = nearest(given, known);
  const hint = near === undefined ? `known: ${known.join(", ")}` : `did you mean ${near}?`;
  return new UsageError(`unknown ${what} ${given}; ${hint}`);
}
