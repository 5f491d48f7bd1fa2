/**
 * A process that makes a data directory with a chain whose state was never flushed, says so, and waits to be killed.
 *
 *   node unflushed.process.js FOLDER '{"blocks": 32, "transactions": 1000, "accounts": 2000, "seed": 1}'
 *
 * FOLDER gets `node.json`, `chain.json` and `data/`; `chainwright start --config FOLDER/node.json` goes on from there. The
 * config is that of a development node, which mines a little, but with the API on a free port.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import { UNMETERED } from "../../core/kernel/quiet.js";
import { openDataDirectory } from "../../core/node/data-directory.js";
import { Address } from "../../core/primitives/address.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { StorageLevelConfig, type StorageLevelOptions } from "../../plugins/storage-level/config.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { type ChainOptions, type ChainPlan, generateBlocks, NEVER_FLUSH, planChain } from "./index.js";

function nodeConfig(plan: ChainPlan): object {
  return {
    chain: "chain.json",
    dataDir: "data",
    log: { level: "warn" },
    plugins: {
      "storage-level": {},
      "ledger-account": {},
      "consensus-nakamoto": {
        mine: true,
        address: Address.format(plan.proposer, plan.spec.addressPrefix),
        cpuShare: 0.1,
        minBlockIntervalMs: 900,
      },
      "api-http": { port: 0 },
      "metrics-prometheus": {},
    },
  };
}

async function make(folder: string, options: ChainOptions): Promise<number> {
  const plan = planChain(options);
  await writeFile(join(folder, "chain.json"), JSON.stringify(plan.document));
  await writeFile(join(folder, "node.json"), JSON.stringify(nodeConfig(plan)));
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const directory = await openDataDirectory({ path: join(folder, "data"), chain: plan.spec, createdBy: "bench", clock, scheduler });
  const storage = new LevelStorage(directory, clock, UNMETERED, Value.Default(StorageLevelConfig, {}) as StorageLevelOptions);
  await storage.start();
  let height = 0;
  for await (const { header } of generateBlocks(plan, { storage, chain: NEVER_FLUSH })) {
    if (height === 0) await directory.bindGenesis(header.parent);
    height = header.height;
  }
  return height;
}

const [folder, options] = process.argv.slice(2);
if (folder === undefined || options === undefined) throw new Error("usage: unflushed.process.js FOLDER OPTIONS_AS_JSON");
const height = await make(folder, JSON.parse(options) as ChainOptions);
process.stdout.write(`${JSON.stringify({ type: "ready", height })}\n`);
// Nothing else keeps the process alive; only a kill ends it, as a crash would.
setInterval(() => undefined, 60_000);
