/** Mining through the engine: real threads where threads matter, a scripted work source where order matters. */
import t, { type Test } from "tap";
import type { SearchJob, WorkSource } from "../../../core/ports/work-source.js";
import { Address } from "../../../core/primitives/address.js";
import { fromHex } from "../../../core/primitives/bytes.js";
import { SystemClock } from "../../../core/runtime/system-clock.js";
import { mineOne, type SealWork } from "../../../plugins/consensus-helios/attempt.js";
import { decodeExtra } from "../../../plugins/consensus-helios/difficulty.js";
import type { HeliosSearchInput } from "../../../plugins/consensus-helios/miner/search.js";
import { Tally } from "../../../plugins/consensus-helios/miner/tallies.js";
import { PAYOUT, silent, type WorkChainOptions } from "../../core/work/work-chain.js";
import { patient } from "../../fixtures/pace.js";
import { PHASES, TestChain } from "./test-chain.js";

interface Production {
  readonly phases: {
    readonly attempts: number;
    readonly squaringsPerSecond: number;
    readonly shares: { readonly memory: number; readonly timeLock: number; readonly search: number };
  };
}

/** Answers with the real solution when the test says so; has the tallies that the test gives it. */
class ScriptedSource implements WorkSource {
  readonly jobs: SearchJob<HeliosSearchInput>[] = [];
  attemptsPerSecond = 0;
  tallies: number[] = [];
  #settle: ((found: Uint8Array | undefined) => void) | undefined;

  search(job: SearchJob): Promise<Uint8Array | undefined> {
    this.cancel();
    this.jobs.push(job as SearchJob<HeliosSearchInput>);
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  cancel(): void {
    this.#settle?.(undefined);
    this.#settle = undefined;
  }

  solve(): void {
    this.#settle?.(mineOne(PHASES, (this.jobs.at(-1) as SearchJob<HeliosSearchInput>).input.work));
    this.#settle = undefined;
  }

  status() {
    return { kind: "scripted" };
  }

  async asked(count: number): Promise<void> {
    while (this.jobs.length < count) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function startChain(t: Test, options: WorkChainOptions = {}): Promise<TestChain> {
  const chain = await new TestChain({ clock: new SystemClock(), ...options, config: { mine: true, ...options.config } }).start();
  t.teardown(() => chain.stop());
  if (chain.engine.producer.automatic) chain.engine.producer.start();
  return chain;
}

t.test("real mining threads make a chain, tell what each phase does, and stop at once", async (t) => {
  const chain = await startChain(t, { config: { threads: 2, maxMiningMemoryMiB: 1 } });
  await chain.reached(4);
  const { production } = chain.engine.status() as unknown as { production: Production };
  t.match(production, { mining: true, mode: "interval", source: { kind: "threads", threads: 2 } });
  t.ok(production.phases.attempts >= 4);
  t.ok(production.phases.squaringsPerSecond > 100);
  const { memory, timeLock, search } = production.phases.shares;
  t.ok(Math.abs(memory + timeLock + search - 100) < 0.5);
  t.ok((chain.metrics.counts.get("helios_mined_blocks:imported") ?? 0) >= 4);
  chain.engine.producer.setThreads(1);
  await chain.reached(chain.head.header.height + 2);
  const began = performance.now();
  await chain.engine.producer.stop();
  t.ok(performance.now() - began < patient(500), "stopped");
  const { height } = chain.head.header;
  t.equal((await chain.engine.producer.produce(2)).length, 2, "on demand it still makes blocks");
  t.equal(chain.head.header.height, height + 2);
});

t.test("a search is for what the header states, and is given up when the head moves", async (t) => {
  const source = new ScriptedSource();
  const chain = await startChain(t, { workSource: source });
  await source.asked(1);
  t.match(source.jobs[0]?.input, {
    work: { memoryCost: { memoryKiB: 64, passes: 1 }, squarings: 300, innerNonceBits: 6 },
    memorySlots: undefined,
  });
  t.same(source.jobs[0]?.input.work.parentId, chain.genesis.id);
  const [foreign] = await chain.grow(chain.genesis, 1);
  await source.asked(2);
  t.same(source.jobs[1]?.input.work.parentId, foreign?.id);
  source.solve();
  await chain.reached(2);
  t.same(chain.head.header.parent, foreign?.id);
  t.equal(chain.engine.producer.threads, undefined);
  t.throws(() => chain.engine.producer.setThreads(2), { code: "HELIOS_THREADS" });
});

t.test("templates: what a miner outside needs is in them; its seal is judged like any other", async (t) => {
  const chain = await startChain(t, { config: { mine: false } });
  const { templates } = chain.engine.producer.miner;
  const template = await templates.make(Address.zero);
  t.match(template, { sealBytes: 556, work: { algorithm: "helios", memoryKiB: 64, passes: 1, squarings: 300, innerNonceBits: 6 } });
  const given = template.work as { extra: string; memoryKiB: number; passes: number; squarings: number; innerNonceBits: number };
  t.same(decodeExtra(fromHex(given.extra) as Uint8Array)?.steps, { memory: 0, time: 0 });
  const work: SealWork = {
    root: template.signingRoot,
    parentId: template.header.parent,
    target: template.target,
    memoryCost: { memoryKiB: given.memoryKiB, passes: given.passes },
    squarings: given.squarings,
    innerNonceBits: given.innerNonceBits,
  };
  const seal = mineOne(PHASES, work);
  await t.rejects(templates.submit(template.id, seal.subarray(1)), { code: "WORK_SEAL_LENGTH" });
  // The proof is not under the target: a hash can't tell, the verifier does.
  const unproven = seal.slice();
  unproven[400] = (unproven[400] ?? 0) ^ 1;
  await t.rejects(templates.submit(template.id, unproven), { code: "WORK_BLOCK_REFUSED" });
  t.same(await templates.submit(template.id, seal), chain.head.id);
  const next = await templates.make(Address.zero);
  await chain.grow(chain.head, 1);
  t.same(templates.standing(next.id), { state: "stale", reason: "head" });
});

t.test("attempts that are long for the chain are said to be, once", async (t) => {
  const warnings: unknown[] = [];
  const source = new ScriptedSource();
  const chain = await startChain(t, { workSource: source, logger: { ...silent, warn: (data: unknown) => void warnings.push(data) } });
  const take = async (height: number, attemptUs: number): Promise<void> => {
    await source.asked(height);
    source.tallies = [];
    source.tallies[Tally.memories] = 10;
    source.tallies[Tally.squaringUs] = 10 * attemptUs;
    source.solve();
    await chain.reached(height);
  };
  await take(1, 0);
  t.same(warnings, [], "nothing was timed");
  await take(2, 20_001);
  await take(3, 20_001);
  t.match(warnings, [{ attemptMs: 20.001, blockIntervalMs: 1_000 }]);
  t.equal(warnings.length, 1);
  const fine = new ScriptedSource();
  const other: unknown[] = [];
  const logger = { ...silent, warn: (data: unknown) => void other.push(data) };
  const second = await startChain(t, { workSource: fine, logger });
  await fine.asked(1);
  fine.tallies = [10, 10 * 20_000];
  fine.solve();
  await second.reached(1);
  t.same(other, []);
  const slow = new ScriptedSource();
  const third = await startChain(t, { workSource: slow, logger, config: { cpuShare: 0.5 } });
  await slow.asked(1);
  slow.tallies = [10, 10 * 20_000];
  slow.solve();
  await third.reached(1);
  t.match(other, [{ attemptMs: 40, cpuShare: 0.5 }], "rests are part of an attempt");
});

t.test("mining needs an address of this chain", (t) => {
  const make = (config: object) => () => new TestChain({ config });
  t.throws(make({ mine: true, address: undefined }), { code: "HELIOS_ADDRESS" });
  t.throws(make({ address: `${PAYOUT}x` }), { code: "HELIOS_ADDRESS", message: /consensus-helios\.address/ });
  t.end();
});
