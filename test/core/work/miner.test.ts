/** The miner with real threads: finds, replaces, cancels at once, keeps to its share, survives deaths, ends cleanly. */
import { performance } from "node:perf_hooks";
import t, { type Test } from "tap";
import { AssertionFailure } from "../../../core/kernel/assert.js";
import { SystemClock } from "../../../core/runtime/system-clock.js";
import { SystemScheduler } from "../../../core/runtime/system-scheduler.js";
import { MinerStoppedError, SearchFailedError, WorkerDiedError } from "../../../core/work/errors.js";
import { Miner, type MinerOptions, siblingModule } from "../../../core/work/miner.js";
import { patient } from "../../fixtures/pace.js";
import type { Behaviour } from "./search-fixture.js";

function job(behaviour: Behaviour) {
  return { module: siblingModule("search-fixture", import.meta.url), input: behaviour, expectedAttempts: 1n };
}

function startMiner(t: Test, options: MinerOptions = {}): Miner {
  const clock = new SystemClock();
  const miner = new Miner({ clock, scheduler: new SystemScheduler(clock) }, options);
  t.teardown(() => miner.stop());
  return miner;
}

/** Resolves once attempts are being made: from then on the thread is in the middle of its work. */
async function underWay(miner: Miner): Promise<void> {
  for (let waits = 0; waits < 200; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (miner.attemptsPerSecond > 0) return;
  }
  throw new Error("the search did not begin within 5 s");
}

t.test("finds, and what is replaced or cancelled answers undefined and nothing later", async (t) => {
  const miner = startMiner(t);
  t.same(await miner.search(job({ kind: "slice", number: 1 })), Uint8Array.of(0, 1));
  t.same(await miner.search(job({ kind: "slice", number: 5 })), Uint8Array.of(0, 1), "one thread does job after job");
  const replaced = miner.search(job({ kind: "never" }));
  const second = miner.search(job({ kind: "slice", number: 1 }));
  t.equal(await replaced, undefined);
  t.same(await second, Uint8Array.of(0, 1));
  const cancelled = miner.search(job({ kind: "slice", number: 1 }));
  miner.cancel();
  miner.cancel();
  t.equal(await cancelled, undefined, "even though the thread may find it");
  const next = miner.search(job({ kind: "never" }));
  await underWay(miner);
  t.match(miner.status(), { kind: "threads", threads: 1, searching: true });
  const began = performance.now();
  miner.cancel();
  t.equal(await next, undefined);
  const tookMs = performance.now() - began;
  t.ok(tookMs < patient(20), "cancelling does not wait for the thread");
  t.same(await miner.search(job({ kind: "slice", number: 1 })), Uint8Array.of(0, 1), "the thread has given it up");
});

t.test("what an older job finds is not taken for the answer of a newer one", async (t) => {
  const miner = startMiner(t);
  await miner.search(job({ kind: "slice", number: 1 }));
  const late = miner.search(job({ kind: "late", afterMs: 250 }));
  await new Promise((resolve) => setTimeout(resolve, 15));
  const next = miner.search(job({ kind: "slice", number: 1 }));
  t.equal(await late, undefined);
  t.same(await next, Uint8Array.of(0, 1));
});

t.test("several threads take their own lanes", async (t) => {
  const miner = startMiner(t, { threads: 2 });
  const [index, count] = (await miner.search(job({ kind: "slice", number: 1 }))) ?? [];
  t.ok(index === 0 || index === 1);
  t.equal(count, 2);
});

t.test("the number of threads changes at once, up and down, and what was searched is given up", async (t) => {
  const miner = startMiner(t);
  const before = miner.search(job({ kind: "never" }));
  await underWay(miner);
  miner.setThreads(3);
  t.equal(await before, undefined);
  t.equal(miner.threads, 3);
  const lanes = new Set<number>();
  for (let searches = 0; searches < 200 && lanes.size < 3; searches++) {
    const [index = -1, count] = (await miner.search(job({ kind: "slice", number: 1 }))) ?? [];
    t.equal(count, 3, "all divide the same space");
    lanes.add(index);
  }
  t.same([...lanes].sort(), [0, 1, 2]);
  const deaf = miner.search(job({ kind: "deaf" }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  miner.setThreads(1);
  t.equal(await deaf, undefined);
  t.same(miner.status(), { kind: "threads", threads: 1, cpuShare: 1, searching: false, attemptsPerSecond: miner.attemptsPerSecond });
  t.ok(miner.attemptsPerSecond >= 0, "what threads did that are gone is not taken back");
  for (const count of [0, 65, 1.5]) t.throws(() => miner.setThreads(count), AssertionFailure);
});

t.test("a failing search is a typed error, and the miner goes on", async (t) => {
  const miner = startMiner(t);
  await t.rejects(miner.search(job({ kind: "throws", where: "factory" })), { code: SearchFailedError.code, message: /no such puzzle/ });
  await t.rejects(miner.search(job({ kind: "throws", where: "search" })), { code: SearchFailedError.code, message: /out of luck/ });
  const nowhere = { ...job({ kind: "never" }), module: new URL("./nowhere.js", import.meta.url) };
  await t.rejects(miner.search(nowhere), { code: SearchFailedError.code });
  t.same(await miner.search(job({ kind: "slice", number: 1 })), Uint8Array.of(0, 1));
});

t.test("a thread that dies is a typed error, and the next search has a new one", async (t) => {
  const miner = startMiner(t);
  await t.rejects(miner.search(job({ kind: "dies" })), { code: WorkerDiedError.code, data: { lane: 0 } });
  t.same(await miner.search(job({ kind: "slice", number: 1 })), Uint8Array.of(0, 1));
});

t.test("keeps to its share of a core: between slices it rests, in proportion to what they took", async (t) => {
  const miner = startMiner(t, { cpuShare: 0.05 });
  await miner.search(job({ kind: "slice", number: 1 }));
  const began = performance.now();
  await miner.search(job({ kind: "slice", number: 11 }));
  // Ten pauses of 19 times a slice, which takes one millisecond at the very least. A bound from below: a busy machine only adds.
  t.ok(performance.now() - began >= 190, `${(performance.now() - began).toFixed(0)} ms`);
  const resting = miner.search(job({ kind: "slice", number: 1_000 }));
  const next = miner.search(job({ kind: "slice", number: 1 }));
  t.same(await Promise.all([resting, next]), [undefined, Uint8Array.of(0, 1)], "a new job ends a pause");
});

/** How long stopping takes while `behaviour` is searched, ms. */
async function stopMs(t: Test, behaviour: Behaviour): Promise<number> {
  const miner = startMiner(t);
  await miner.search(job({ kind: "slice", number: 1 }));
  const search = miner.search(job(behaviour));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const began = performance.now();
  await miner.stop();
  const tookMs = performance.now() - began;
  t.equal(await search, undefined, "what was searched settles");
  await t.rejects(miner.search(job(behaviour)), { code: MinerStoppedError.code });
  await miner.stop();
  return tookMs;
}

t.test("stops within 100 ms, even in the middle of an attempt that never ends", async (t) => {
  for (const kind of ["never", "deaf"] as const) {
    // The best of three: a busy machine may hold up one of them.
    const times = [await stopMs(t, { kind }), await stopMs(t, { kind }), await stopMs(t, { kind })];
    t.ok(Math.min(...times) < 100, `${kind}: ${times.map(Math.round).join(", ")} ms`);
  }
});
