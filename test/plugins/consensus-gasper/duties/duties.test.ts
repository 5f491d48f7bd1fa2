/** Duties against the published pseudocode and the published vectors. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { fromHex, Hash, present, type Slicer, toHex } from "../../../../core/sdk.js";
import {
  type CommitteeParameters,
  CommitteeShuffling,
  committeesPerSlot,
  dutySeed,
  epochProposers,
  type HashMessages,
  isAggregator,
  maxCommitteeSize,
  SeedDomain,
  ShufflingCache,
  SwapOrNot,
  slotProposer,
} from "../../../../plugins/consensus-gasper/duties/index.js";
import * as published from "./specification.js";

/** Always due: counts pauses. */
class EagerSlicer implements Slicer {
  pauses = 0;
  due(): boolean {
    return true;
  }
  async pause(): Promise<void> {
    this.pauses++;
  }
}

const seedOf = (text: string): Hash => Hash.from(new Uint8Array(createHash("sha256").update(text).digest()));
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** An engine's batch hash, by itself. */
const hashMessages: HashMessages = (messages, offsets, output) => {
  for (let i = 0; i + 1 < offsets.length; i++) {
    const message = messages.subarray(offsets[i] as number, offsets[i + 1] as number);
    output.set(createHash("sha256").update(message).digest(), 32 * i);
  }
};

function shuffledList(seed: Uint8Array, count: number, rounds: number): Uint32Array {
  const list = Uint32Array.from(range(count));
  new SwapOrNot(seed, count, rounds).applyTo(list);
  return list;
}

t.test("the shuffle equals the published pseudocode, one by one and as a list", async (t) => {
  for (const count of [1, 2, 3, 255, 256, 257, 333, 511, 512, 513]) {
    for (const rounds of [0, 1, 10]) {
      const seed = seedOf(`${count}/${rounds}`);
      const expected = range(count).map((index) => published.computeShuffledIndex(index, count, seed, rounds));
      const shuffle = new SwapOrNot(seed, count, rounds);
      t.same(
        range(count).map((index) => shuffle.indexOf(index)),
        expected,
        `${count} places, ${rounds} rounds`,
      );
      t.same([...shuffledList(seed, count, rounds)], expected, `a list of ${count}, ${rounds} rounds`);
    }
  }
  for (const [count, rounds] of [
    [1_000, 90],
    [40, 255],
  ] as const) {
    const seed = seedOf("long");
    const expected = range(count).map((index) => published.computeShuffledIndex(index, count, seed, rounds));
    const list = shuffledList(seed, count, rounds);
    t.same([...list], expected, `${count} places, ${rounds} rounds`);
    t.same(
      [...list].sort((a, b) => a - b),
      range(count),
      "it is a permutation",
    );
  }
});

t.test("any seed, size and number of rounds", async () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const property = fc.property(seeds, fc.integer({ min: 1, max: 700 }), fc.integer({ min: 0, max: 12 }), (seed, count, rounds) => {
    const list = shuffledList(seed, count, rounds);
    const shuffle = new SwapOrNot(seed, count, rounds);
    for (let index = 0; index < count; index += Math.ceil(count / 20)) {
      const expected = published.computeShuffledIndex(index, count, seed, rounds);
      if (shuffle.indexOf(index) !== expected || list[index] !== expected) throw new Error(`place ${index} of ${count}`);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

t.test("sizes beyond 16 bits, whose runs have numbers of more than a byte", async (t) => {
  const [count, rounds, seed] = [200_000, 3, seedOf("large")];
  const list = shuffledList(seed, count, rounds);
  for (let index = 0; index < count; index += 1_997)
    if (list[index] !== published.computeShuffledIndex(index, count, seed, rounds)) t.fail(`place ${index}`);
  t.equal(new Set(list).size, count);
});

/**
 * tests/{minimal,mainnet}/phase0/shuffling/core/shuffle/shuffle_0x<seed>_<count>/mapping.yaml of ethereum/consensus-spec-tests at commit
 * 4d5317b35c5a5aee0d574ae530e126278e6b2489: SHA-256 of the file, which Git LFS publishes as its object id. minimal has 10 rounds, mainnet 90.
 */
const SEED_01 = "01b4f6bd5d6a06a7b74a8565ceb4f845afe0ae96a0ac05cf5e86066bf7b538ec";
const SEED_06 = "0623ccb9b1619bd388284a438034d8cb6431964ba727d8b1c450303105735488";
const PUBLISHED: readonly (readonly [seed: string, count: number, rounds: number, digest: string])[] = [
  [SEED_06, 2, 10, "78b256831a0d200cb580cffb160356a18f60f9534a5b7d164b66834a58962799"],
  [SEED_01, 33, 10, "25c15ff06e2617ec209054567b2a437caa75fdd95a929c2fe3878168eb1d74d6"],
  [SEED_01, 1_000, 10, "e1fc84bd438e4235cec9d16385302c5c2e804ab6cd45ef27bfe2670c30745dd6"],
  [SEED_01, 33, 90, "a014701e692faf6390f43a5b32470689ffdec35891f58bcd7572eb8226b19488"],
  [SEED_01, 100, 90, "76856e7b9132ba539787cc0563014a8c43e83f1052a814757e43258eda616a4f"],
  [SEED_01, 1_000, 90, "1fe4a03c481ce317d63640d1caf23d3466c0583a194998a66d8a3be818a5932a"],
  [SEED_01, 9_999, 90, "c3577795cf7bbe42bcca0c97e2d97b8caf8bf3defa8d1b3cffd6ce7813a06575"],
];

/** The vector's file as its generator wrote it: a flow list breaks after the comma that passes column 80. */
function mappingFile(seed: string, mapping: Uint32Array): string {
  const lines = ["mapping: ["];
  mapping.forEach((index, i) => {
    const line = lines[lines.length - 1] as string;
    if (i === 0) lines[0] = `${line}${index}`;
    else if (line.length + 1 > 80) lines.splice(-1, 1, `${line},`, `  ${index}`);
    else lines[lines.length - 1] = `${line}, ${index}`;
  });
  return `seed: '0x${seed}'\ncount: ${mapping.length}\n${lines.join("\n")}]\n`;
}

t.test("the shuffle gives the published vectors", async (t) => {
  for (const [seed, count, rounds, digest] of PUBLISHED) {
    const mapping = shuffledList(present(fromHex(seed), "hex"), count, rounds);
    t.equal(createHash("sha256").update(mappingFile(seed, mapping)).digest("hex"), digest, `${count} places, ${rounds} rounds`);
  }
});

t.test("slices and an engine's batch change nothing", async (t) => {
  const [count, rounds, seed] = [1_500, 20, seedOf("sliced")];
  const expected = shuffledList(seed, count, rounds);
  const slicer = new EagerSlicer();
  const list = Uint32Array.from(range(count));
  const batches: number[] = [];
  await new SwapOrNot(seed, count, rounds).applySliced(list, slicer, (messages, offsets, output) => {
    batches.push(offsets.length - 1);
    hashMessages(messages, offsets, output);
  });
  t.same(list, expected);
  t.equal(slicer.pauses, rounds, "a pause is possible at each round");
  t.equal(batches.length, rounds);
  t.ok(Math.max(...batches) <= Math.ceil(count / 512) + 2, "half of the positions are asked for");
});

const PARAMETERS: CommitteeParameters = { slotsPerEpoch: 8, targetSize: 4, maxPerSlot: 4, shuffleRounds: 10 };

t.test("committees are the published slices of the shuffled active validators", async (t) => {
  for (const activeCount of [0, 1, 5, 8, 31, 64, 70, 128, 333]) {
    const active = Uint32Array.from(range(activeCount), (i) => 3 * i + 1);
    const input = { epoch: 5, active, seed: dutySeed(SeedDomain.attester, 5, seedOf("mix")) };
    const shuffling = CommitteeShuffling.computeSync(input, PARAMETERS);
    const sliced = await CommitteeShuffling.compute(input, PARAMETERS, new EagerSlicer(), hashMessages);
    t.same(sliced.indices, shuffling.indices);
    t.same(
      [...active],
      range(activeCount).map((i) => 3 * i + 1),
      "the active list is left alone",
    );
    const perSlot = Math.max(1, Math.min(4, Math.floor(activeCount / 8 / 4)));
    t.equal(shuffling.committeesPerSlot, perSlot);
    const seen: number[] = [];
    for (let slot = 40; slot < 48; slot++) {
      const slotSeen: number[] = [];
      for (let index = 0; index < perSlot; index++) {
        const committee = shuffling.committee(slot, index);
        const number = (slot - 40) * perSlot + index;
        const expected = published.computeCommittee([...active], input.seed, number, 8 * perSlot, 10);
        if (activeCount <= 128 || number % 5 === 0)
          t.same([...committee], expected, `${activeCount} active, slot ${slot}, committee ${index}`);
        t.equal(shuffling.committeeSize(slot, index), committee.length);
        slotSeen.push(...committee);
        committee.forEach((validator, position) => {
          const place = shuffling.positionOf(validator);
          if (place?.slot !== slot || place.committeeIndex !== index || place.position !== position) t.fail(`validator ${validator}`);
        });
      }
      t.same([...shuffling.slotMembers(slot)], slotSeen);
      seen.push(...slotSeen);
    }
    t.same(
      seen.sort((a, b) => a - b),
      [...active],
      "everybody is in exactly one",
    );
    t.equal(shuffling.activeCount, activeCount);
    for (const stranger of [0, 2, 3 * activeCount + 1, 2 ** 31]) t.equal(shuffling.positionOf(stranger), undefined);
  }
});

t.test("what is no committee of the epoch", async (t) => {
  const active = Uint32Array.from(range(64));
  const shuffling = CommitteeShuffling.computeSync({ epoch: 2, active, seed: seedOf("x") }, PARAMETERS);
  t.equal(shuffling.committeesPerSlot, 2);
  t.ok(shuffling.has(16, 1));
  t.ok(shuffling.has(23, 0));
  for (const [slot, index] of [
    [15, 0],
    [24, 0],
    [16, 2],
    [16, -1],
    [16.5, 0],
    [16, 0.5],
    [Number.NaN, 0],
  ] as const) {
    t.notOk(shuffling.has(slot, index), `${slot}/${index}`);
    t.throws(() => shuffling.committee(slot, index), { name: "AssertionFailure" });
  }
});

t.test("how many committees, and how large they get", async (t) => {
  const mainnet = { slotsPerEpoch: 32, targetSize: 128, maxPerSlot: 64, shuffleRounds: 90 };
  t.same(
    [1, 8_191, 8_192, 100_000, 262_144, 1_000_000].map((count) => committeesPerSlot(count, mainnet)),
    [1, 1, 2, 24, 64, 64],
  );
  t.equal(maxCommitteeSize(2 ** 20, mainnet), 512);
  for (const [slotsPerEpoch, targetSize, maxPerSlot] of [
    [2, 1, 1],
    [4, 3, 2],
    [3, 4, 5],
    [8, 4, 4],
  ] as const) {
    const parameters = { slotsPerEpoch, targetSize, maxPerSlot, shuffleRounds: 1 };
    let largest = 0;
    for (let count = 1; count < 400; count++) {
      const committees = slotsPerEpoch * committeesPerSlot(count, parameters);
      for (let i = 0; i < committees; i++)
        largest = Math.max(largest, Math.floor((count * (i + 1)) / committees) - Math.floor((count * i) / committees));
      if (maxCommitteeSize(count, parameters) !== largest) t.fail(`${count} validators, ${JSON.stringify(parameters)}`);
    }
  }
});

t.test("seeds are those of get_seed", async (t) => {
  const mix = seedOf("mix");
  for (const epoch of [0, 1, 255, 2 ** 32 + 5, 2 ** 53 - 1]) {
    t.equal(toHex(dutySeed(SeedDomain.proposer, epoch, mix)), published.getSeed([0, 0, 0, 0], epoch, mix).toString("hex"));
    t.equal(toHex(dutySeed(SeedDomain.attester, epoch, mix)), published.getSeed([1, 0, 0, 0], epoch, mix).toString("hex"));
  }
});

t.test("proposers are drawn by balance as published", async (t) => {
  const parameters = { slotsPerEpoch: 8, shuffleRounds: 10, maxEffectiveIncrements: 32 };
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ["all at the maximum", new Array<number>(50).fill(32)],
    ["one alone", [17]],
    ["mixed", range(60).map((i) => i % 33)],
    ["most have nothing", range(40).map((i) => (i % 13 === 0 ? 3 : 0))],
    ["all are low", new Array<number>(20).fill(1)],
  ];
  for (const [name, all] of cases) {
    for (const epoch of [0, 7]) {
      // Validator 2 · i + 1 is active and has balance i; the others would win if they were looked at.
      const active = Uint32Array.from(range(all.length), (i) => 2 * i + 1);
      const effectiveBalances = Uint16Array.from({ length: 2 * all.length + 2 }, (_, i) => (i % 2 === 1 ? (all[(i - 1) / 2] ?? 32) : 32));
      const input = { epoch, active, seed: seedOf(name), effectiveBalances };
      const slicer = new EagerSlicer();
      const proposers = await epochProposers(input, parameters, slicer);
      const state = { balances: [...effectiveBalances], slotsPerEpoch: 8, maximum: 32, rounds: 10 };
      t.same([...proposers], published.computeProposerIndices(state, epoch, input.seed, [...active]), `${name}, epoch ${epoch}`);
      t.equal(slicer.pauses, 8);
      t.equal(slotProposer(input, parameters, 8 * epoch + 3), proposers[3]);
    }
  }
  const nobody = { epoch: 0, active: new Uint32Array(0), seed: seedOf("x"), effectiveBalances: new Uint16Array(0) };
  await t.rejects(epochProposers(nobody, parameters, new EagerSlicer()), { name: "AssertionFailure" });
});

t.test("whoever has the maximum is never passed over", async (t) => {
  // A seed whose slot 8 draws 65,535 first, the greatest random value.
  const parameters = { slotsPerEpoch: 8, shuffleRounds: 10, maxEffectiveIncrements: 32 };
  const input = {
    epoch: 1,
    active: Uint32Array.from(range(50)),
    seed: seedOf("equal 11856"),
    effectiveBalances: new Uint16Array(50).fill(32),
  };
  const slotSeed = createHash("sha256")
    .update(input.seed)
    .update(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0))
    .digest();
  const random = createHash("sha256").update(slotSeed).update(new Uint8Array(8)).digest().readUInt16LE(0);
  t.equal(random, 65_535);
  t.equal(slotProposer(input, parameters, 8), published.computeShuffledIndex(0, 50, slotSeed, 10), "the first candidate");
});

t.test("a maximum of 65,535 increments stays exact, also for balances far below it", async (t) => {
  const parameters = { slotsPerEpoch: 8, shuffleRounds: 90, maxEffectiveIncrements: 65_535 };
  const effectiveBalances = Uint16Array.from({ length: 100 }, () => 32);
  const input = { epoch: 1, active: Uint32Array.from(range(100)), seed: seedOf("far"), effectiveBalances };
  const proposers = await epochProposers(input, parameters, new EagerSlicer());
  for (const [i, proposer] of proposers.entries()) t.equal(slotProposer(input, parameters, 8 + i), proposer);
  const whole = { ...input, effectiveBalances: Uint16Array.from({ length: 100 }, (_, i) => (i < 50 ? 65_535 : 65_534)) };
  const state = { balances: [...whole.effectiveBalances], slotsPerEpoch: 8, maximum: 65_535, rounds: 90 };
  t.same(
    [...(await epochProposers(whole, parameters, new EagerSlicer()))],
    published.computeProposerIndices(state, 1, whole.seed, range(100)),
  );
});

t.test("aggregators are picked as published", async (t) => {
  let picked = 0;
  for (let i = 0; i < 400; i++) {
    const proof = Buffer.concat([seedOf(`${i}`), seedOf(`a${i}`), seedOf(`b${i}`)]);
    for (const [size, target] of [
      [0, 16],
      [1, 16],
      [31, 16],
      [128, 16],
      [300, 7],
      [4_096, 1],
    ] as const)
      if (isAggregator(size, proof, target) !== published.isAggregator(size, proof, target)) t.fail(`${size}/${target}`);
    if (isAggregator(128, proof, 16)) picked++;
    t.ok(isAggregator(31, proof, 16), "of a small committee everybody is one");
  }
  t.ok(picked > 25 && picked < 80, `${picked} of 400, 50 on average`);
});

t.test("each shuffling is made once, and few are kept", async (t) => {
  const cache = new ShufflingCache(2);
  const roots = range(4).map((i) => seedOf(`root ${i}`));
  const root = (i: number): Hash => present(roots[i], "a root");
  let made = 0;
  const make = async () => {
    made++;
    return CommitteeShuffling.computeSync({ epoch: 1, active: Uint32Array.of(1, 2, 3), seed: seedOf("x") }, PARAMETERS);
  };
  const [one, two] = await Promise.all([cache.getOrCompute(1, root(0), make), cache.getOrCompute(1, root(0), make)]);
  t.equal(one, two);
  t.equal(made, 1);
  t.equal(cache.get(1, root(0)), one);
  t.equal(cache.get(1, root(1)), undefined, "another root is another shuffling");
  t.equal(cache.get(2, root(0)), undefined, "another epoch as well");

  const second = cache.getOrCompute(1, root(1), make);
  t.equal(cache.get(1, root(1)), undefined, "not while it is made");
  await second;
  t.ok(cache.get(1, root(0)), "and this one was used last");
  await cache.getOrCompute(2, root(2), make);
  t.equal(cache.size, 2);
  t.equal(cache.get(1, root(1)), undefined, "the one that was not used for longest went");

  const failure = new Error("no state");
  const failing = () => cache.getOrCompute(3, root(3), () => Promise.reject(failure));
  await t.rejects(failing(), failure);
  await t.rejects(
    cache.getOrCompute(3, root(3), () => {
      throw failure;
    }),
    failure,
  );
  t.ok(await cache.getOrCompute(3, root(3), make), "a failure is not kept");

  const pushedOut = cache.getOrCompute(4, root(0), make);
  for (const i of [1, 2]) void cache.getOrCompute(4, root(i), make);
  t.equal(cache.size, 2, "also while they are made");
  t.ok(await pushedOut, "who waits gets it");
  t.equal(cache.get(4, root(0)), undefined);

  await cache.getOrCompute(11, root(0), make);
  cache.prune(10);
  t.equal(cache.size, 1);
  t.ok(cache.get(11, root(0)));
});
