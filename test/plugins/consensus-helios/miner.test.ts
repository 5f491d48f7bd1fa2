/** The parts of the miner: the searcher and its threads, the inner search in both engines, places in memory, figures, calibration. */
import { createHash } from "node:crypto";
import t from "tap";
import { Hash } from "../../../core/primitives/hash.js";
import { SystemClock } from "../../../core/runtime/system-clock.js";
import { SystemScheduler } from "../../../core/runtime/system-scheduler.js";
import { Miner } from "../../../core/work/miner.js";
import { attempt, mineOne, type SealWork } from "../../../plugins/consensus-helios/attempt.js";
import { memoryFault, proofFaults } from "../../../plugins/consensus-helios/judge.js";
import { calibrate, measurePhases } from "../../../plugins/consensus-helios/miner/calibration.js";
import { innerSearch } from "../../../plugins/consensus-helios/miner/inner-search.js";
import { searchJob } from "../../../plugins/consensus-helios/miner/job.js";
import { MemorySlots, memorySlots } from "../../../plugins/consensus-helios/miner/memory-slots.js";
import createSearcher from "../../../plugins/consensus-helios/miner/search.js";
import { describeFigures, phaseFigures, Tally } from "../../../plugins/consensus-helios/miner/tallies.js";
import { AUTO_PHASES } from "../../../plugins/consensus-helios/phases.js";
import { patient } from "../../fixtures/pace.js";
import { PHASES } from "./test-chain.js";

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** One hash in `oneIn` succeeds. */
function workFor(root: number, oneIn: number, more: Partial<SealWork> = {}): SealWork {
  const target = filled(0xff);
  new DataView(target.buffer).setUint32(0, Math.floor(2 ** 32 / oneIn) - 1);
  const memoryCost = { memoryKiB: 64, passes: 1 };
  return {
    root: Hash.from(filled(root)),
    parentId: Hash.from(filled(9)),
    target,
    memoryCost,
    squarings: 5_000,
    innerNonceBits: 5,
    ...more,
  };
}

async function search(
  work: SealWork,
  index = 0,
  count = 1,
): Promise<{ seal: Uint8Array; attempts: number; slices: number; tallies: number[] }> {
  const searcher = await createSearcher({ work, phases: AUTO_PHASES }, { index, count, monotonicMs: () => performance.now() });
  const tallies: number[] = [];
  for (let slices = 1, attempts = 0; ; slices++) {
    const slice = await searcher.search(7, () => false);
    attempts += slice.attempts;
    slice.tallies?.forEach((tally, place) => {
      tallies[place] = (tallies[place] ?? 0) + tally;
    });
    if (slice.found !== undefined) return { seal: slice.found, attempts, slices, tallies };
  }
}

t.test("the searcher finds in slices what the simplest attempt finds, and counts what it does", async (t) => {
  const work = workFor(1, 128);
  const { seal, attempts, slices, tallies } = await search(work);
  t.same(seal, mineOne(PHASES, work));
  t.same(proofFaults(PHASES, [{ ...work, seal }]), [undefined]);
  const outer = Number(new DataView(seal.buffer).getBigUint64(0));
  const inner = new DataView(seal.buffer).getUint32(8);
  t.equal(attempts, 32 * outer + inner + 1);
  t.ok(slices >= 4, "the squarings and the hashes are cut");
  t.equal(tallies[Tally.memories], outer + 1);
  t.equal(tallies[Tally.squarings], 5_000 * (outer + 1));
  t.equal(tallies[Tally.hashes], attempts);
  t.equal(tallies[Tally.proofs], 1);
});

t.test("slices are as long as they may take: short where the engine is slow, never beyond a bound", async (t) => {
  const unreachable = { target: filled(0), squarings: 40_000, innerNonceBits: 16 };
  for (const [sliceMs, squarings, hashes] of [
    [20, 64, 256],
    [0.1, 4_092, 16_384],
  ] as const) {
    let nowMs = 0;
    // Each slice looks at the clock before and after.
    const monotonicMs = () => {
      nowMs += sliceMs;
      return nowMs;
    };
    const searcher = await createSearcher({ work: workFor(6, 1, unreachable), phases: AUTO_PHASES }, { index: 0, count: 1, monotonicMs });
    const slices: number[][] = [];
    for (let done = 0; done < 2 ** 16; ) {
      const { tallies = [], attempts } = await searcher.search(2 ** 30, () => false);
      slices.push([...tallies]);
      done += attempts;
    }
    const of = (tally: number) => slices.map((tallies) => tallies[tally] ?? 0).filter((count) => count > 0);
    const [squared, hashed] = [of(Tally.squarings), of(Tally.hashes)];
    t.equal(
      squared.reduce((sum, count) => sum + count),
      40_000,
    );
    t.equal(
      hashed.reduce((sum, count) => sum + count),
      2 ** 16,
    );
    t.ok((squared[0] ?? 0) <= 512 && (hashed[0] ?? 0) <= 1_024, "the first are short: nothing is known of the engine");
    t.same([squared.at(-2), hashed.at(-2)], [squarings, hashes]);
  }
});

t.test("lanes take outer nonces of their own", async (t) => {
  const work = workFor(2, 64);
  for (const lane of [0, 1, 2]) {
    const { seal } = await search(work, lane, 3);
    const outer = new DataView(seal.buffer).getBigUint64(0);
    t.equal(outer % 3n, BigInt(lane));
    t.same(attempt(PHASES, work, outer), seal);
  }
});

t.test(
  "threads: what is void is given up within milliseconds, also in the middle of the squarings; memory is theirs by turns",
  async (t) => {
    const clock = new SystemClock();
    const scheduler = new SystemScheduler(clock);
    const miner = new Miner({ clock, scheduler }, { threads: 2 });
    t.teardown(async () => {
      await miner.stop();
      scheduler.close();
    });
    const slots = memorySlots(1, 1_024, 2);
    t.equal(slots.byteLength, 4, "one at a time");
    const long = workFor(3, 2 ** 31, { squarings: 400_000_000, memoryCost: { memoryKiB: 1_024, passes: 1 } });
    const never = miner.search(searchJob({ work: long, phases: AUTO_PHASES, memorySlots: slots }, 1n));
    while ((miner.tallies[Tally.squarings] ?? 0) === 0 || (miner.tallies[Tally.memories] ?? 0) < 2)
      await new Promise((resolve) => setTimeout(resolve, 2));
    const short = workFor(4, 2, { memoryCost: { memoryKiB: 1_024, passes: 1 } });
    const began = performance.now();
    const found = miner.search(searchJob({ work: short, phases: AUTO_PHASES, memorySlots: slots }, 1n));
    t.equal(await never, undefined);
    const seal = await found;
    const tookMs = performance.now() - began;
    t.ok(tookMs < patient(40), `${Math.round(tookMs)} ms to a new seal`);
    t.same(proofFaults(PHASES, [{ ...short, seal: seal as Uint8Array }]), [undefined]);
    t.ok(phaseFigures(miner.tallies).squaringsPerSecond > 0);
  },
);

t.test("JavaScript's Argon2id is called off in its midst, and begun anew", async (t) => {
  const work = workFor(5, 4, { memoryCost: { memoryKiB: 2_048, passes: 1 } });
  const searcher = await createSearcher({ work, phases: { arithmetic: "auto", argon2id: "portable" } }, { index: 0, count: 1 });
  let asked = 0;
  t.same(await searcher.search(1, () => ++asked > 3), { attempts: 0 });
  t.equal(asked, 4);
  for (;;) {
    const { found } = await searcher.search(1_000, () => false);
    if (found === undefined) continue;
    t.same(proofFaults(PHASES, [{ ...work, seal: found }]), [undefined]);
    t.equal(memoryFault(PHASES, { ...work, seal: found }), undefined);
    return;
  }
});

t.test("the inner search: the first that is not above the target, natively and in JavaScript, of prefixes of any length", (t) => {
  const hashOf = (prefix: Uint8Array, nonce: number): string => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(nonce);
    return createHash("sha256").update(prefix).update(counter).digest("hex");
  };
  for (const length of [0, 3, 50, 51, 52, 55, 59, 60, 63, 64, 344]) {
    const prefix = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
    const hashes = Array.from({ length: 100 }, (_, i) => hashOf(prefix, 2 ** 32 - 100 + i));
    const least = [...hashes].sort()[0] as string;
    const at = 2 ** 32 - 100 + hashes.indexOf(least);
    const target = Buffer.from(least, "hex");
    const below = Uint8Array.from(target);
    below[31] = (below[31] ?? 0) - 1;
    for (const kind of ["native", "portable"] as const) {
      t.equal(innerSearch(prefix, target, kind).find(2 ** 32 - 100, 100), at, `${kind}, ${length} bytes: equal is low enough`);
      if (target[31] !== 0) t.equal(innerSearch(prefix, below, kind).find(2 ** 32 - 100, 100), undefined);
      t.equal(innerSearch(prefix, target, kind).find(2 ** 32 - 100, at - (2 ** 32 - 100)), undefined, "no further than asked");
    }
  }
  t.end();
});

t.test("places in memory: as many as fit, one at least; a holder that is gone leaves none taken", (t) => {
  t.equal(memorySlots(256, 16_384, 4).byteLength, 16, "no more than threads");
  t.equal(memorySlots(33, 16_384, 4).byteLength, 8);
  const shared = memorySlots(8, 16_384, 4);
  t.equal(shared.byteLength, 4, "one, also where none fits");
  const [one, two] = [new MemorySlots(shared, 0), new MemorySlots(shared, 1)];
  t.ok(one.take(0));
  t.notOk(two.take(1));
  one.release();
  t.ok(two.take(0));
  one.release();
  t.notOk(one.take(0), "nobody releases what another has");
  t.ok(new MemorySlots(shared, 1).take(0), "the next thread of that number takes over what the last one left");
  t.end();
});

t.test("figures of the phases", (t) => {
  const tallies: number[] = [];
  for (const [place, value] of [
    [Tally.memories, 4],
    [Tally.memoryUs, 40_000],
    [Tally.squarings, 30_000],
    [Tally.squaringUs, 30_000],
    [Tally.hashes, 600_000],
    [Tally.hashUs, 30_000],
    [Tally.proofs, 1],
    [Tally.proofUs, 9_000],
  ] as const)
    tallies[place] = value;
  t.same(phaseFigures(tallies), {
    attempts: 4,
    memoriesPerSecond: 100,
    squaringsPerSecond: 1_000_000,
    hashesPerSecond: 20_000_000,
    shares: { memory: 40, timeLock: 30, search: 30 },
    attemptMs: 25,
  });
  t.same(phaseFigures([]).shares, { memory: 0, timeLock: 0, search: 0 });
  const odd = {
    ...phaseFigures(tallies),
    memoriesPerSecond: 0.012_34,
    squaringsPerSecond: 99.95,
    hashesPerSecond: 1_234_567.89,
    attemptMs: 2 / 3,
  };
  t.same(describeFigures({ ...odd, shares: { memory: 200 / 3, timeLock: 100 / 3, search: 0 } }), {
    attempts: 4,
    memoriesPerSecond: 0.0123,
    squaringsPerSecond: 100,
    hashesPerSecond: 1_234_567.9,
    attemptMs: 0.667,
    shares: { memory: 66.7, timeLock: 33.3, search: 0 },
  });
  t.end();
});

t.test("calibration: sizes that give the phases their shares, by what was measured", (t) => {
  const measured = { ...phaseFigures([]), memoriesPerSecond: 100, squaringsPerSecond: 4_000_000, hashesPerSecond: 20_000_000 };
  const aim = { memoryKiB: 16_384, passes: 1, squarings: 1, innerNonceBits: 1 };
  const { proposed, kept } = calibrate(aim, { memory: 40, timeLock: 30, search: 30 }, measured);
  // 10 ms of memory want 7.5 ms of hashes; 2^17 take 6.55 ms, so memory is 8.74 ms and squarings 6.55.
  t.same(proposed, { memoryKiB: 14_336, passes: 1, squarings: 26_000, innerNonceBits: 17 });
  t.same(kept, { ...aim, squarings: 28_500, innerNonceBits: 17 });
  // A machine that takes half a minute for a memory: its rate is far below what people are shown of one.
  const slow = [1, 30_000_000, 1_000, 225_000, 1_000_000, 22_500_000];
  t.same(calibrate(aim, { memory: 40, timeLock: 30, search: 30 }, phaseFigures(slow)).proposed, {
    memoryKiB: 17_152,
    passes: 1,
    squarings: 105_000,
    innerNonceBits: 20,
  });
  const sizes = { memoryKiB: 256, passes: 1, squarings: 500, innerNonceBits: 6 };
  let ms = 0;
  const figures = measurePhases(sizes, AUTO_PHASES, () => performance.now(), 5);
  t.ok(figures.memoriesPerSecond > 0 && figures.squaringsPerSecond > 0 && figures.hashesPerSecond > 0);
  measurePhases(sizes, AUTO_PHASES, () => ms++, 0);
  t.ok(ms > 10, "its time is the one that it is given");
  t.end();
});
