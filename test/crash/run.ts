/**
 * Kills a real node under load, again and again, and checks that nothing it had promised is lost.
 *
 *     npm run test:crash -- --kills 1000 --seed 7            a thousand kills; prints a table, exits with 1 on any loss
 *     npm run test:crash -- --seed 7 --only 123              the plan of one kill again, on a chain of its own
 *
 * With `--rival`, a second node mines on the same chain, so that heads move between branches and the victim syncs after each kill.
 *
 * A chain lives for 100 kills and is then checked from genesis. A kill's plan (where, when, what is damaged) follows from seed and
 * number; what the node was doing in that very microsecond does not, so repeat `--only` to meet a rare case again.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Life, Tally } from "./life.js";
import { type KillPlan, planOf, tuningOf } from "./plan.js";
import { makeChain } from "./world.js";

const KILLS_PER_LIFE = 100;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    "sync-policy": { type: "string" },
    rival: { type: "boolean", default: false },
    "keep-going": { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { seed } = values;
  const only = values.only === undefined ? undefined : Number(values.only);
  const first = only ?? 0;
  const end = only === undefined ? Number(values.kills) : only + 1;
  const directory = await mkdtemp(join(tmpdir(), "chainwright-crash-"));
  const tally = new Tally();
  const beganMs = performance.now();
  const storage = values["sync-policy"] === undefined ? {} : { syncPolicy: values["sync-policy"] };
  let life: Life | undefined;
  let losses = 0;
  const report = (number: number, plan: KillPlan | undefined, faults: readonly string[]) => {
    losses += faults.length;
    for (const fault of faults.slice(0, 10))
      say(`LOSS at kill ${number} (--seed ${seed} --only ${number}, ${plan?.point ?? "check"}): ${fault}`);
    if (faults.length > 10) say(`  … and ${faults.length - 10} more`);
  };
  say(`seed ${seed}, kills ${first} to ${end - 1}, in ${directory}`);
  for (let number = first; number < end; number++) {
    const isFirst = number % KILLS_PER_LIFE === 0;
    if (life === undefined || isFirst) {
      if (life !== undefined) report(number - 1, undefined, await life.check());
      await life?.end();
      await rm(join(directory, "life"), { recursive: true, force: true });
      const drawn = tuningOf(seed, Math.floor(number / KILLS_PER_LIFE));
      // Two miners that lose sight of each other come back together only above what is final.
      const tuning = values.rival ? { ...drawn, finalDepth: 1_000 } : drawn;
      say(`kill ${number}: a new chain, ${JSON.stringify(tuning)}`);
      life = new Life(await makeChain(join(directory, "life"), tuning, { storage, hasRival: values.rival }), tuning, tally);
      life.begin();
      // A chain with something to lose.
      report(number, undefined, await life.kill({ ...planOf(seed, number), point: "random", loadMs: 1_500, damages: false }));
    }
    const drawn = planOf(seed, number);
    // Forks take their time.
    const plan = values.rival ? { ...drawn, loadMs: drawn.loadMs * 3 } : drawn;
    const faults = await life.kill(plan);
    report(number, plan, faults);
    const { promises } = life;
    if ((number + 1) % 10 === 0 || only !== undefined) {
      const seconds = Math.round((performance.now() - beganMs) / 1_000);
      say(
        `${number + 1 - first} kills in ${seconds} s: block ${promises.height}, ${promises.acceptedCount} transfers accepted, ${losses} losses`,
      );
    }
    if (faults.length > 0 && !values["keep-going"]) break;
  }
  if (life !== undefined && (losses === 0 || values["keep-going"])) report(end - 1, undefined, await life.check());
  await life?.end();
  for (const line of tally.lines()) say(line);
  say(losses === 0 ? `nothing was lost (seed ${seed})` : `${losses} LOSSES (seed ${seed}); the last chain is in ${directory}`);
  if (losses === 0) await rm(directory, { recursive: true, force: true });
  return losses === 0 ? 0 : 1;
}

process.exitCode = await main();
