/** The helios engine as core sees it: verdicts with their codes, what is computed for them, choices, steps, status. */
import t from "tap";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { headerRecord } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { describeAddon } from "../../../native/index.js";
import { MemoryEngineError, ParametersError } from "../../../plugins/consensus-helios/errors.js";
import manifest from "../../../plugins/consensus-helios/index.js";
import type { JudgeInput } from "../../../plugins/consensus-helios/judge-job.js";
import { decodeSeal, encodeSeal, type HeliosSeal } from "../../../plugins/consensus-helios/seal.js";
import { GENESIS_TIME_MS } from "../../core/work/work-chain.js";
import { element, negated } from "./made-claims.js";
import { type Deviation, TestChain } from "./test-chain.js";

/** Counts the jobs that reach compute. */
function countJobs(chain: TestChain): () => number {
  let jobs = 0;
  const run = chain.compute.run.bind(chain.compute);
  chain.compute.run = ((...args: Parameters<typeof run>) => {
    jobs++;
    return run(...args);
  }) as typeof chain.compute.run;
  return () => jobs;
}

t.test("verdicts on headers: what is bad by its bytes never reaches compute", async (t) => {
  const chain = await new TestChain({ spec: { difficulty: { halfLifeMs: 1_000_000 } } }).start();
  const jobs = countJobs(chain);
  const { genesis } = chain;
  const judge = (deviation: Deviation) => chain.judge(chain.make(genesis, deviation));
  const seal = decodeSeal(chain.make(genesis).header.seal) as HeliosSeal;
  const withSeal = (fields: Partial<HeliosSeal>) => judge({ seal: encodeSeal({ ...seal, ...fields }) });

  t.equal(await judge({ extra: new Uint8Array(5) }), "HELIOS_EXTRA");
  t.equal(await judge({ extra: new Uint8Array(4) }), "HELIOS_EXTRA", "nakamoto's");
  t.equal(await judge({ seal: new Uint8Array(0) }), "HELIOS_SEAL_SIZE");
  t.equal(await judge({ seal: new Uint8Array(555) }), "HELIOS_SEAL_SIZE");
  t.equal(await judge({ seal: new Uint8Array(557) }), "HELIOS_SEAL_SIZE");
  t.equal(await judge({ demand: { bits: 0x207ffffe } }), "HELIOS_WRONG_BITS", "harder than demanded is wrong, too");
  t.equal(await judge({ extra: Uint8Array.of(0x20, 0xff, 0xff, 0xff, 0, 0), seal: new Uint8Array(556) }), "HELIOS_WRONG_BITS", "no target");
  t.equal(await judge({ demand: { steps: { memory: 1, time: 0 } } }), "HELIOS_WRONG_MEMORY_STEP");
  t.equal(await judge({ demand: { steps: { memory: 0, time: 1 } } }), "HELIOS_WRONG_TIME_STEP");
  t.equal(await judge({ timestampMs: GENESIS_TIME_MS }), "HELIOS_TIMESTAMP_TOO_OLD", "the median itself is too old");
  t.equal(await withSeal({ innerNonce: 64 }), "HELIOS_INNER_NONCE");
  t.equal(await withSeal({ output: element(0n) }), "HELIOS_OUTPUT_RANGE");
  t.equal(await withSeal({ output: element(-1n) }), "HELIOS_OUTPUT_RANGE");
  t.equal(await withSeal({ output: negated(seal.output) }), "HELIOS_OUTPUT_NOT_CANONICAL");
  t.equal(await withSeal({ proof: element(1n) }), "HELIOS_PROOF_RANGE");
  t.equal(await withSeal({ proof: negated(seal.proof) }), "HELIOS_PROOF_NOT_CANONICAL");
  const misses = [...Array(64).keys()].map((innerNonce) => withSeal({ innerNonce }));
  t.ok((await Promise.all(misses)).includes("HELIOS_INSUFFICIENT_WORK"));
  const before = jobs();
  t.equal(await judge({ work: { root: Hash.zero } }).then((code) => code?.startsWith("HELIOS_")), true, "a seal for another header");
  t.ok(before <= 64, "of these, only seals that met the target by luck were handed to a worker");
  await chain.stop();
});

t.test("seals that only arithmetic or Argon2id can refuse", async (t) => {
  const chain = await new TestChain({ spec: { difficulty: { halfLifeMs: 1_000_000 } } }).start();
  const { genesis } = chain;
  const codes = new Set<string | undefined>();
  const tries = (deviation: Deviation) =>
    Array.from({ length: 8 }, (_, i) => chain.make(genesis, { ...deviation, timestampMs: GENESIS_TIME_MS + 1 + i }));
  for (const block of tries({ work: { memoryCost: { memoryKiB: 72, passes: 1 } } })) codes.add(await chain.judge(block));
  t.same([...codes], ["HELIOS_WRONG_MEMORY"]);
  codes.clear();
  for (const block of tries({ work: { squarings: 301 } })) codes.add(await chain.judge(block));
  t.same([...codes], ["HELIOS_TIMELOCK_PROOF"]);
  await chain.stop();
});

t.test("a block from the future waits once its seal was judged", async (t) => {
  let nowMs = GENESIS_TIME_MS + 20_000;
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 };
  const chain = await new TestChain({ clock, spec: { futureBoundMs: 5_000 } }).start();
  const jobs = countJobs(chain);
  const block = chain.make(chain.genesis, { timestampMs: nowMs + 5_001 });
  const verdict = await chain.import(block);
  t.match(verdict, { status: "not-yet", code: "HELIOS_TIMESTAMP_TOO_NEW", retryAtMs: nowMs + 1 });
  const forged = chain.make(chain.genesis, { timestampMs: nowMs + 5_001, work: { memoryCost: { memoryKiB: 72, passes: 1 } } });
  t.match(
    await chain.import(forged),
    { status: "invalid", code: "HELIOS_WRONG_MEMORY" },
    "made-up work earns no place among those that wait",
  );
  t.equal(jobs(), 2);
  t.equal((await chain.import(block)).status, "not-yet", "shown again before its time");
  t.equal(jobs(), 2);
  const record = headerRecord(block.header);
  const next = chain.make({ ...record, weight: 0n });
  const bad = chain.make({ ...record, weight: 0n }, { work: { squarings: 301 } });
  const rows = [
    [block, bad, next],
    [bad, block],
    [block, next, block],
  ].map((row) => row.map(({ header }) => ({ record: headerRecord(header) })));
  const verdicts = await Promise.all(rows.map((row) => chain.engine.verifySeals(row, { row: true })));
  t.match(verdicts, [[{ ok: true }, { ok: false }], [{ ok: false }], [{ ok: true }, { ok: true }, { ok: true }]]);
  t.same(
    verdicts.map(({ length }) => length),
    [2, 1, 3],
    "a row ends with its first bad one",
  );
  const before = jobs();
  nowMs += 1;
  t.equal((await chain.import(block)).status, "imported");
  t.equal(jobs(), before, "its seal was judged once");
  await chain.stop();
});

t.test("steps are taken at epoch borders, and the chain goes on", async (t) => {
  const spec = {
    steps: { epochBlocks: 3, firstAttempts: 1, growthBits: 1 },
    search: { innerNonceBits: 4 },
    initialTargetBits: "2007ffff",
    difficulty: { halfLifeMs: 1_000_000 },
  };
  const chain = await new TestChain({ spec }).start();
  const headers = await chain.grow(chain.genesis, 7);
  t.same(
    headers.map(({ header }) => [...header.extra.subarray(4)]),
    [
      [0, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    "at two attempts for a block the second rung is out of reach",
  );
  t.match(chain.engine.describeHeader(headers[2]?.header as TreeHeader["header"]), {
    memoryStep: 1,
    memoryKiB: 72,
    timeStep: 0,
    squarings: 300,
  });
  const early = chain.make(headers[0] as TreeHeader, { demand: { steps: { memory: 1, time: 0 } } });
  t.equal(await chain.judge(early), "HELIOS_WRONG_MEMORY_STEP", "a step within an epoch");
  await chain.stop();
});

t.test("the heavier branch wins, and a deep one is refused", async (t) => {
  const chain = await new TestChain({ spec: { maxReorgDepth: 3, confirmations: 1 } }).start();
  const [first] = await chain.grow(chain.genesis, 2);
  const side = await chain.grow(first as TreeHeader, 2, 1_500);
  t.equal(Hash.key(chain.head.id), Hash.key((side.at(-1) as TreeHeader).id), "more work");
  t.equal(chain.metrics.counts.get("helios_reorg_depth_blocks"), 1);
  const main = await chain.grow(chain.head, 4);
  await chain.grow(first as TreeHeader, 8, 1_700);
  t.equal(Hash.key(chain.head.id), Hash.key((main.at(-1) as TreeHeader).id), "below finality");
  t.ok((chain.metrics.counts.get("helios_refused_branches") ?? 0) > 0);
  const last = main.at(-1) as TreeHeader;
  chain.engine.onInvalid(last.id);
  t.equal(Hash.key(chain.choices.at(-1)?.head as Hash), Hash.key((main.at(-2) as TreeHeader).id), "an invalid head is left");
  await chain.stop();
});

t.test("the manifest and what the engine tells of itself", async (t) => {
  t.equal(manifest.id, "consensus-helios");
  const chain = new TestChain();
  t.match(chain.engine.traits, { headers: "ancestry", finality: "probabilistic", ancestryDepth: 11, certificates: false, clock: "free" });
  t.equal(chain.engine.traits.sealCostUs, 1_048, "from the budget of the chain spec");
  await chain.start();
  const [block] = await chain.grow(chain.genesis, 1);
  t.match(chain.engine.status(), {
    algorithm: "helios",
    blockIntervalMs: 1_000,
    bits: "207fffff",
    memoryKiB: 64,
    squarings: 300,
    expectedHashes: "2",
    chainWork: "4",
    verification: { pending: 0 },
    engines: { argon2id: "native" },
  });
  const { header } = block as TreeHeader;
  t.match(chain.engine.describeHeader(header), {
    bits: "207fffff",
    memoryHash: /^[0-9a-f]{64}$/,
    output: /^[0-9a-f]{512}$/,
    proof: String,
  });
  t.match(chain.engine.describeHeader({ ...header, extra: new Uint8Array(2) }), { extra: "0000" });
  t.match(chain.engine.describeHeader(chain.genesis.header), { memoryStep: 0 }, "genesis has no seal");
  t.throws(() => new TestChain({ spec: { confirmations: 2_000 } }), ParametersError);
  t.equal(MemoryEngineError.code, "HELIOS_MEMORY_ENGINE");
  t.equal(headerRecord(header).header.seal.length, 556);
  await chain.stop();
});

t.test("a tier of the arithmetic that the node config forces is what judges", async (t) => {
  const known = describeAddon();
  const tiers = "tiers" in known ? known.tiers.modular.available : [];
  for (const tier of tiers) {
    const chain = new TestChain();
    const engine = { ...chain.compute.engine, tiers: { ...chain.compute.engine.tiers, modular: tier } };
    Object.defineProperty(chain.compute, "engine", { value: engine });
    const asked = new Set<string | undefined>();
    const run = chain.compute.run.bind(chain.compute);
    chain.compute.run = ((...[task, input, options]: Parameters<typeof run>) => {
      asked.add((input as JudgeInput).phases.tier);
      return run(task, input, options);
    }) as typeof chain.compute.run;
    await chain.start();
    t.match(chain.engine.status(), { engines: { timeLock: "native", tier } });
    t.equal((await chain.import(chain.make(chain.genesis))).status, "imported");
    t.same([...asked], [tier === tiers.at(-1) ? undefined : tier], "in workers, too");
    await chain.stop();
  }
});
