/** `chainwright sim attack`: attacks on proof of work against their formulas, as tables; exit code 1 where one disagrees. */
import { createHash } from "node:crypto";
import { closeSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import {
  ATTACK_NAMES,
  type AttackName,
  type AttackTable,
  attackCells,
  attackHeadings,
  attackPage,
  disagreements,
  runAttacks,
} from "../../simulation/index.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { opened } from "./sim-files.js";

export interface SimAttackOptions {
  readonly trials: string;
  readonly seed: string;
  readonly report?: string;
  readonly json?: string;
}

const TRIALS_LEAST = 100;
const TRIALS_MOST = 10_000_000;

export async function simAttack(name: string, options: SimAttackOptions, { output }: Context): Promise<number> {
  const names = namesOf(name);
  const trials = Number(options.trials);
  if (!Number.isSafeInteger(trials) || trials < TRIALS_LEAST || trials > TRIALS_MOST)
    throw new UsageError({ reason: `--trials ${options.trials}: write a whole number from ${TRIALS_LEAST} to ${TRIALS_MOST}` });
  const { seed } = options;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(seed)) throw new UsageError({ reason: `--seed ${seed} is not a number or a short name` });
  if (options.report !== undefined) closeSync(opened(options.report, "a", "--report"));
  if (options.json !== undefined) closeSync(opened(options.json, "a", "--json"));
  const tables = await runAttacks(names, {
    seed,
    trials,
    onCell: async (about) => {
      if (output.hasErrorTerminal) output.errorStatus(about);
      else output.note(about);
      // Signals are heard between cells.
      await setImmediate();
    },
  });
  output.errorStatus(undefined);
  for (const table of tables) print(table, output);
  const text = JSON.stringify({ seed, trials, tables }, undefined, 2);
  if (options.json !== undefined) await writeFile(options.json, `${text}\n`);
  if (options.report !== undefined) await writeFile(options.report, attackPage(tables, { seed, trials }));
  const wrong = disagreements(tables);
  const count = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  output.line(
    wrong === 0
      ? output.style("green", `all ${count} cells agree with theory`)
      : output.style("red", `${wrong} of ${count} cells disagree with theory`),
  );
  output.line(`digest ${createHash("sha256").update(text).digest("hex")}`);
  return wrong === 0 ? ExitCode.ok : ExitCode.failure;
}

function namesOf(name: string): readonly AttackName[] {
  if (name === "all") return ATTACK_NAMES;
  const known = ATTACK_NAMES.find((each) => each === name);
  if (known === undefined) throw new UsageError({ reason: `no attack is named ${name}; there are ${ATTACK_NAMES.join(", ")}, and all` });
  return [known];
}

function print(table: AttackTable, output: Context["output"]): void {
  output.line(output.style("bold", table.title));
  output.line(`  theory: ${table.source}`);
  output.line(`  measured: ${table.method}`);
  output.table([attackHeadings(table), ...attackCells(table)], "    ");
  output.line();
}
