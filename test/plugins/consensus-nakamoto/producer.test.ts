/** Mining through the engine: real threads where threads matter, a scripted work source where order matters. */
import t, { type Test } from "tap";
import type { SearchJob, WorkSource } from "../../../core/ports/work-source.js";
import { Address } from "../../../core/primitives/address.js";
import { toHex } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { SystemClock } from "../../../core/runtime/system-clock.js";
import { WorkerDiedError } from "../../../core/work/errors.js";
import { AddressError, BlockRefusedError, ProductionStoppedError } from "../../../plugins/consensus-nakamoto/errors.js";
import createSearcher, { type NonceSearchInput } from "../../../plugins/consensus-nakamoto/search.js";
import { EASY_BITS, PAYOUT, type WorkChainOptions } from "../../core/work/work-chain.js";
import { patient } from "../../fixtures/pace.js";
import { sealFor, TestChain } from "./test-chain.js";

/** Answers when the test says so, with the real solution; remembers what it was asked. */
class ScriptedSource implements WorkSource {
  readonly jobs: SearchJob<NonceSearchInput>[] = [];
  cancelled = 0;
  attemptsPerSecond = 0;
  /** Solve each job at once. */
  automatic = false;
  #settle: ((found: Uint8Array | undefined, error?: Error) => void) | undefined;
  readonly #waiters: (() => void)[] = [];

  search(job: SearchJob): Promise<Uint8Array | undefined> {
    this.cancel();
    this.jobs.push(job as SearchJob<NonceSearchInput>);
    return new Promise((resolve, reject) => {
      this.#settle = (found, error) => (error === undefined ? resolve(found) : reject(error));
      if (this.automatic) void this.solve();
      for (const waiter of this.#waiters.splice(0)) waiter();
    });
  }

  cancel(): void {
    if (this.#settle !== undefined) this.cancelled += 1;
    this.#finish(undefined);
  }

  async solve(): Promise<void> {
    const job = this.jobs[this.jobs.length - 1] as SearchJob<NonceSearchInput>;
    const searcher = await createSearcher(job.input, { index: 0, count: 1 });
    for (;;) {
      const { found } = await searcher.search(100, () => false);
      if (found !== undefined) return this.#finish(found);
    }
  }

  fail(error: Error): void {
    this.#finish(undefined, error);
  }

  status() {
    return { kind: "scripted" };
  }

  /** Resolves once `count` jobs have been asked for. */
  async asked(count: number): Promise<void> {
    while (this.jobs.length < count) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #finish(found: Uint8Array | undefined, error?: Error): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(found, error);
  }
}

function startChain(t: Test, options: WorkChainOptions): TestChain {
  const chain = new TestChain({ clock: new SystemClock(), ...options, config: { mine: true, ...options.config } }).start();
  t.teardown(() => chain.stop());
  if (chain.engine.producer.automatic) chain.engine.producer.start();
  return chain;
}

t.test("a real mining thread makes a chain, follows the head, and stops at once", async (t) => {
  const chain = startChain(t, { spec: { initialTargetBits: "200fffff", powLimitBits: "200fffff" }, config: { cpuShare: 0.5 } });
  await chain.reached(3);
  t.match(chain.engine.status(), {
    production: { mining: true, mode: "interval", source: { kind: "threads", threads: 1, cpuShare: 0.5 } },
  });
  t.ok((chain.metrics.counts.get("nakamoto_mined_blocks:imported") ?? 0) >= 3);
  const began = performance.now();
  await chain.engine.producer.stop();
  const tookMs = performance.now() - began;
  t.ok(tookMs < patient(500), "stopped");
  const { height } = chain.head.header;
  t.equal((await chain.engine.producer.produce(1)).length, 1, "on demand it still makes blocks");
  t.equal(chain.head.header.height, height + 1);
  if (chain.engine.producer.automatic) chain.engine.producer.start();
  await chain.reached(height + 2);
  t.pass("and it can be started again");
});

t.test("the search is given up when the head moves, and begins again on the new one", async (t) => {
  const source = new ScriptedSource();
  const chain = startChain(t, { workSource: source });
  await source.asked(1);
  const [foreign] = await chain.grow(chain.genesis, 1);
  t.equal(source.cancelled, 1);
  await source.asked(2);
  t.equal(source.jobs[1]?.expectedAttempts, 2n);
  await source.solve();
  await chain.reached(2);
  t.same(chain.head.header.parent, foreign?.id);
  await source.asked(3);
});

t.test("the template is rebuilt as time passes", async (t) => {
  const source = new ScriptedSource();
  startChain(t, { workSource: source, config: { templateRefreshMs: 100 } });
  await source.asked(3);
  const roots = source.jobs.map(({ input }) => Buffer.from(input.signingRoot).toString("hex"));
  t.equal(new Set(roots).size, roots.length, "each has its own timestamp");
});

t.test("a head that is not executed yet is not built upon", async (t) => {
  const source = new ScriptedSource();
  const chain = startChain(t, { workSource: source });
  await source.asked(1);
  chain.held = true;
  const [foreign] = await chain.grow(chain.genesis, 1);
  t.not(chain.head, foreign);
  await new Promise((resolve) => setTimeout(resolve, 60));
  t.equal(source.jobs.length, 1);
  chain.release();
  await source.asked(2);
  t.equal(chain.metrics.counts.get("nakamoto_mining_failures"), undefined, "waiting is no failure");
});

t.test("a dead thread is a failure that the next head heals", async (t) => {
  const source = new ScriptedSource();
  const chain = startChain(t, { workSource: source });
  await source.asked(1);
  source.fail(new WorkerDiedError({ lane: 0, reason: "killed" }));
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(chain.metrics.counts.get("nakamoto_mining_failures"), 1);
  await chain.grow(chain.genesis, 1);
  await source.asked(2);
  await source.solve();
  await chain.reached(2);
});

t.test("blocks keep the pace that was asked for, from genesis at once", async (t) => {
  const source = new ScriptedSource();
  source.automatic = true;
  const genesisTimeMs = Date.now();
  const chain = startChain(t, { workSource: source, genesisTimeMs, config: { minBlockIntervalMs: 400 } });
  await chain.reached(1);
  t.ok(chain.head.header.timestampMs < genesisTimeMs + 390, "genesis is no block to wait for");
  await chain.reached(3);
  const times = [...chain.headers.values()].slice(1).map(({ header }) => header.timestampMs);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  t.ok(
    gaps.every((gap) => gap >= 399),
    gaps.join(", "),
  );
});

t.test("instant: a block when transactions arrive, none otherwise", async (t) => {
  const source = new ScriptedSource();
  source.automatic = true;
  let pool: Uint8Array[] = [];
  const chain = startChain(t, {
    workSource: source,
    transactions: () => pool,
    config: { mode: "instant", minBlockIntervalMs: 60_000, templateRefreshMs: 600_000 },
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.equal(chain.head, chain.genesis);
  t.equal(source.jobs.length, 0);
  for (const height of [1, 2]) {
    pool = [Uint8Array.of(height)];
    const reached = chain.reached(height).then(() => {
      pool = [];
    });
    chain.engine.producer.transactionsWaiting();
    await reached;
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.equal(chain.head.header.height, 2);
});

t.test("threads change while it mines; the rate is told; what comes from elsewhere has none", async (t) => {
  const chain = startChain(t, { spec: { initialTargetBits: "200fffff", powLimitBits: "200fffff" }, config: { minBlockIntervalMs: 5 } });
  const { producer } = chain.engine;
  await chain.reached(2);
  t.equal(producer.miner.threads, 1);
  producer.setThreads(2);
  await chain.reached(chain.head.header.height + 2);
  t.match(chain.engine.status(), { networkHashesPerSecond: /^[0-9]+$/, production: { source: { threads: 2 } } });
  t.equal((producer.status() as { hashesPerSecond: number }).hashesPerSecond, producer.attemptsPerSecond);
  for (const count of [0, 65, 1.5]) t.throws(() => producer.setThreads(count), { code: "NAKAMOTO_THREADS", message: /from 1 to 64/ });
  await producer.stop();
  t.equal(producer.attemptsPerSecond, 0);
  const source = new ScriptedSource();
  const virtual = startChain(t, { workSource: source, config: { mine: false } });
  t.equal(virtual.engine.producer.threads, undefined);
  t.throws(() => virtual.engine.producer.setThreads(2), { code: "NAKAMOTO_THREADS", message: /another plugin/ });
});

t.test("the network's hash rate: the work of the last blocks over the time that they took", async (t) => {
  const chain = startChain(t, { config: { mine: false } });
  const rate = () => (chain.engine.status() as { networkHashesPerSecond: string }).networkHashesPerSecond;
  t.equal(rate(), "0", "at genesis");
  await chain.grow(chain.genesis, 1, 5_000);
  t.equal(rate(), "0", "genesis' time says nothing of work");
  await chain.grow(chain.head, 10, 100);
  t.equal(rate(), "20", "two hashes a block, ten blocks a second");
});

t.test("templates: of the same kind as its own blocks, for whoever is to be paid; stale as soon as the choice moves", async (t) => {
  const chain = startChain(t, { config: { mine: false, maxTemplates: 2 } });
  const { templates } = chain.engine.producer.miner;
  const template = await templates.make();
  t.match(template, {
    header: { height: 1, proposer: Address.parse(PAYOUT, "cw") },
    sealBytes: 8,
    work: { algorithm: "sha256d", bits: EASY_BITS },
  });
  const seal = sealFor(template.signingRoot, BigInt(`0x${toHex(template.target)}`));
  t.same(await templates.submit(template.id, seal), chain.head.id);
  t.equal(chain.head.header.height, 1);
  t.equal(chain.metrics.counts.get("nakamoto_mined_blocks:imported"), 1);
  const next = await templates.make(Address.zero);
  t.match(next.header, { height: 2, proposer: Address.zero });
  await chain.grow(chain.head, 1);
  t.same(templates.standing(next.id), { state: "stale", reason: "head" });
  t.equal(chain.engine.producer.templateCount, 0);
  const nobody = startChain(t, { config: { mine: false, address: undefined } });
  await t.rejects(nobody.engine.producer.miner.templates.make(), { code: "WORK_TEMPLATE_ADDRESS" });
});

t.test("produce: exactly so many blocks, in a row, whether or not it mines", async (t) => {
  const idle = startChain(t, { config: { mine: false } });
  const ids = await idle.engine.producer.produce(20);
  t.equal(ids.length, 20);
  t.same(ids.at(-1), idle.head.id);
  t.equal(idle.head.header.height, 20, "also in one millisecond: timestamps stay above the median");

  const source = new ScriptedSource();
  const mining = startChain(t, { workSource: source });
  await source.asked(1);
  const [one, two] = await Promise.all([mining.engine.producer.produce(2), mining.engine.producer.produce(1)]);
  t.same(
    [...one, ...two].map((id) => mining.headers.get(Hash.key(id))?.header.height),
    [1, 2, 3],
    "callers take turns",
  );
  await source.asked(2);
  t.pass("and mining goes on");

  const hard = startChain(t, { spec: { initialTargetBits: "1d00ffff", powLimitBits: "1d00ffff" }, config: { mine: false } });
  const endless = hard.engine.producer.produce(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const refused = t.rejects(endless, { code: ProductionStoppedError.code, data: { made: 0, wanted: 1 } });
  await hard.engine.producer.stop();
  await refused;

  const poor = startChain(t, { config: { mine: false, address: undefined } });
  await t.rejects(poor.engine.producer.produce(1), { code: AddressError.code });
  const clockless = startChain(t, { config: { mine: false }, clock: { nowMs: () => 0, monotonicMs: () => performance.now() } });
  await t.rejects(clockless.engine.producer.produce(1), { code: BlockRefusedError.code, data: { status: "not-yet" } });
});
