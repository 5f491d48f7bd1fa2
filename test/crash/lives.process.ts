/** A process of `run.ts`: lives through one chain after the other, as it is told. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { endAllNodes } from "../functional/node-process.js";
import { SmallDisk, unmountAll } from "./full-disk.js";
import { Life } from "./life.js";
import { Link } from "./link.js";
import type { LifeOrder, LifeReport } from "./messages.js";
import { type Kind, lifePlan, planOf } from "./plan.js";
import { SNAPSHOTS } from "./snapshots.js";
import { StateSync } from "./sync.js";
import { Tally } from "./tally.js";
import { endAllTools } from "./tools.js";
import { type ChainOptions, makeChain, type Pruning } from "./world.js";

/** A chain with something to lose before its first kill that counts. */
const FIRST_LOAD_MS = 1_000;

/** Whatever is thrown is told with its kill. */
async function caught(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    return [`it could not be judged: ${error instanceof Error ? error.stack : String(error)}`];
  }
}

/** Of the kinds with snapshots: entries of a few chunks. */
const IDLE_ACCOUNTS = { snapshots: 9_000, sync: 12_500 };

function optionsOf(kind: Kind, link: Link | undefined): ChainOptions {
  const pruning: Pruning = kind === "pruned" || kind === "archive" ? kind : "full";
  return {
    pruning,
    ...(kind === "background" ? { storage: { syncPolicy: "background" } } : {}),
    ...(link === undefined ? {} : { hasRival: true, rivalThrough: link.port }),
    ...(kind === "snapshots" || kind === "sync" ? { idleAccounts: IDLE_ACCOUNTS[kind], snapshots: SNAPSHOTS } : {}),
  };
}

async function live(order: LifeOrder, say: (report: LifeReport) => void): Promise<void> {
  const { seed, from, to, keepsGoing } = order;
  const tally = new Tally();
  const { life: number, kind, tuning } = lifePlan(seed, order.life, order.kind);
  say({ type: "chain", life: number, kind, tuning });
  const directory = join(order.directory, `life-${number}`);
  await rm(directory, { recursive: true, force: true });
  const link = kind === "forks" ? await Link.open() : undefined;
  const chain = await makeChain(directory, tuning, optionsOf(kind, link));
  if (chain.rivalPort !== undefined) link?.leadsTo(chain.rivalPort);
  const life = new Life(chain, tuning, tally, link);
  const sync = kind === "sync" ? new StateSync(life, tally) : undefined;
  const disk = kind === "full-disk" ? await SmallDisk.mount(life.chain.data) : undefined;
  if (typeof disk === "string") say({ type: "skipped", life: number, reason: disk });
  let lost = false;
  const report = (kill: number, point: Extract<LifeReport, { type: "kill" }>["point"], faults: readonly string[]) => {
    lost ||= faults.length > 0;
    say({ type: "kill", number: kill, point, faults, height: life.promises.height, accepted: life.promises.acceptedCount });
  };
  life.begin();
  try {
    const first = await life.kill({ ...planOf(seed, from), point: "random", loadMs: FIRST_LOAD_MS, damages: false });
    if (first.length > 0) report(from, "random", first);
    const begun = (await sync?.begin(seed)) ?? [];
    if (begun.length > 0) report(from, "random", begun);
    for (let each = from; each < to && (!lost || keepsGoing); each++) {
      const drawn = planOf(seed, each, kind);
      // Forks take their time.
      const plan = kind === "forks" ? { ...drawn, loadMs: drawn.loadMs * 2 } : drawn;
      const isFilled = disk instanceof SmallDisk;
      const faults = await caught(async () => {
        if (isFilled) return life.fillDisk(plan, disk);
        if (kind === "modes") await life.changeMode(plan.random);
        if (sync !== undefined) return sync.kill(plan);
        if (kind === "tools") return life.killWithTools(plan);
        if (kind === "upkeep") return life.killUpkeep(plan);
        return kind === "snapshots" ? life.killWithSnapshots(plan) : life.kill(plan);
      });
      report(each, isFilled ? "disk full" : plan.point, faults);
    }
    const served = (await sync?.end()) ?? [];
    if (!lost || keepsGoing) report(to - 1, "from genesis", await life.check());
    const ended = [...served, ...(await life.end())];
    if (ended.length > 0) report(to - 1, "from genesis", ended);
  } finally {
    await life.end();
    await sync?.end();
    await link?.close();
    if (disk instanceof SmallDisk) await disk.unmount();
  }
  if (!lost) await rm(directory, { recursive: true, force: true });
  say({ type: "done", life: number, lost, tally: tally.parts });
}

const say = (report: LifeReport): void => void process.send?.(report);

process.on("message", (order: LifeOrder) => {
  live(order, say).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
// The command has ended: nothing of it stays behind.
process.on("disconnect", () => process.exit(0));
process.on("exit", endAllNodes);
process.on("exit", endAllTools);
process.on("exit", unmountAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
