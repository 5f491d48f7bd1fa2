/** The bench harness: statistics, measuring, arguments, references and targets. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { parseArguments, UsageError } from "../../bench/arguments.js";
import { bench } from "../../bench/bench.js";
import { loadSuite, suiteNames } from "../../bench/discover.js";
import { type HarnessOptions, runSuite } from "../../bench/harness.js";
import { commit, machine } from "../../bench/machine.js";
import { measure } from "../../bench/measure.js";
import { figure, table } from "../../bench/report.js";
import { median, summarize } from "../../bench/statistics.js";
import type { BenchContext } from "../../bench/suite.js";
import { readTargets, type Target } from "../../bench/targets.js";

t.test("median and deviation", async (t) => {
  t.equal(median([3]), 3);
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.throws(() => median([]), RangeError);
  t.same(summarize([1, 2, 3, 4, 100]), { median: 3, min: 1, max: 100, deviation: 1, samples: 5 });
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      return below <= values.length / 2 && above <= values.length / 2 && summarize(values).deviation >= 0;
    }),
  );
});

t.test("a measurement warms up, repeats, and prepares each repetition", async (t) => {
  const calls: string[] = [];
  const run = () => {
    calls.push("run");
    // 2 ms of both clocks: a machine that stalls this process gives it time without CPU time.
    const endMs = performance.now() + 2;
    const before = process.cpuUsage();
    for (;;) {
      const { user, system } = process.cpuUsage(before);
      if (user + system >= 2000 && performance.now() >= endMs) return;
    }
  };
  const rate = await measure(run, { unit: "blocks/s", operations: 10, before: () => void calls.push("before") }, false);
  t.ok(rate.wall.samples >= 7);
  t.ok(rate.wall.median > 0 && rate.wall.median <= 5000, "10 in 2 ms or more");
  t.ok(calls.length > 2 * rate.wall.samples, "warm-up runs are not counted");
  t.ok(calls.every((call, i) => call === (i % 2 === 0 ? "before" : "run")));
  calls.length = 0;
  const time = await measure(run, { unit: "us", operations: 2 }, true);
  t.equal(time.wall.samples, 1);
  t.equal(calls.length, 1, "quick: once, without warm-up");
  t.ok(time.wall.median >= 1000);
  t.ok((time.cpu ?? 0) >= 1000, "CPU time is measured beside");
  await t.rejects(measure(run, { unit: "MiB" }, true), RangeError);
});

t.test("arguments", async (t) => {
  const known = ["codec", "signatures", "state"];
  const parsed = parseArguments(["state", "--json", "out.json", "codec", "--quick", "--seed=7", "state"], known);
  t.same(parsed, { suites: ["state", "codec"], json: "out.json", quick: true, strict: false, seed: 7, action: "run" });
  t.equal(parseArguments(["--list"], known).action, "list");
  t.equal(parseArguments(["-h"], known).action, "help");
  const wrong: [string[], RegExp][] = [
    [["signaturs"], /unknown suite signaturs; did you mean signatures\?/],
    [["zzz"], /unknown suite zzz; known: codec, signatures, state/],
    [["--quik"], /unknown option --quik; did you mean --quick\?/],
    [["--quick=1"], /unknown option --quick/],
    [["--json"], /--json needs a value/],
    [["--seed", "-1"], /whole number/],
    [["--seed", "4294967296"], /whole number/],
  ];
  for (const [given, message] of wrong) {
    t.throws(() => parseArguments(given, known), { name: "UsageError", message });
  }
  t.ok(new UsageError("x") instanceof Error);
});

const target: Target = { suite: "toy", case: "new", unit: "ops/s", target: 1, source: "a test of the harness" };
const options = (given: Partial<HarnessOptions> = {}): HarnessOptions => ({ quick: true, seed: 3, targets: [], log: () => {}, ...given });
const toy = (run: (context: BenchContext) => Promise<void>) => ({ name: "toy", description: "a toy", run });
const nothing = { unit: "ops/s", operations: 1 };

t.test("a suite's results: references, targets, its directory", async (t) => {
  let directory = "";
  const logged: string[] = [];
  const suite = toy(async (context) => {
    t.equal(context.seed, 3);
    directory = await context.directory();
    await writeFile(join(directory, "file"), "x");
    await context.measure("old", () => {}, nothing);
    await context.measure("new", () => {}, { ...nothing, reference: "old" });
    context.record("size", [300, 100, 200], "MiB");
    context.log("hello");
  });
  const targets = [target, { ...target, case: "size", unit: "MiB", target: 150 }];
  const results = await runSuite(suite, options({ quick: false, targets, log: (line) => logged.push(line) }));
  t.notOk(existsSync(directory), "it is removed afterwards");
  t.same(logged, ["hello"]);
  t.same(
    results.map(({ case: name, unit, reference, target, pass }) => ({ name, unit, reference, target, pass })),
    [
      { name: "old", unit: "ops/s", reference: null, target: null, pass: null },
      { name: "new", unit: "ops/s", reference: "old", target: 1, pass: true },
      { name: "size", unit: "MiB", reference: null, target: 150, pass: false },
    ],
    "a rate has to reach its target, a size to stay below it",
  );
  const size = results[2];
  t.match(size, { value: 200, min: 100, max: 300, deviation: 100, samples: 3, cpu: null });
  const ratio = results[1]?.ratio ?? 0;
  t.equal(ratio, (results[1]?.value ?? 0) / (results[0]?.value ?? 1));
  t.match(table(results), /size +200 +MiB +50\.0 % +150 +MISSED/);
  const quick = await runSuite(suite, options({ targets }));
  t.ok(
    quick.every(({ pass }) => pass === null),
    "a quick run judges nothing",
  );
});

t.test("cases side by side: ratios by round, targets as ratios, goals, skipped cases", async (t) => {
  const spin = (times: number) => () => {
    let value = 0;
    for (let i = 0; i < times * 20_000; i++) value = (value * 31 + i) | 0;
    if (value === 0.5) throw new Error("never");
  };
  const suite = toy(async (context) => {
    await context.compare("ops/s", [
      { name: "slow", run: spin(8), operations: 1 },
      { name: "quick", run: spin(1), operations: 1, reference: "slow" },
      { name: "batch", run: async () => spin(8)(), operations: 8, reference: "slow" },
    ]);
    context.record("before", [10, 20, 40], "ops/s");
    context.record("after", [20, 40, 20], "ops/s", "before");
    context.skip("new", "this machine has no such instructions");
  });
  const source = "a test of the harness";
  const targets: Target[] = [
    { suite: "toy", case: "quick", ratio: 2, goal: 3, source },
    { suite: "toy", case: "batch", ratio: 4, goal: 1000, source },
    { suite: "toy", case: "after", ratio: 2.5, source },
    target,
  ];
  const logged: string[] = [];
  const results = await runSuite(suite, options({ quick: false, targets, log: (line) => logged.push(line) }));
  const of = (name: string) => results.find((result) => result.case === name);
  t.match(of("quick"), { target: 2, targetIsRatio: true, goal: 3, pass: true, goalMet: true });
  t.ok((of("quick")?.ratio ?? 0) > 4 && (of("quick")?.ratio ?? 0) < 16, "an eighth of the work is about eight times quicker");
  t.match(of("batch"), { pass: true, goalMet: false });
  t.match(of("after"), { ratio: 2, pass: false }, "the median of 2, 2 and 0.5, one round each");
  t.match(logged, [/toy\/new skipped: this machine/]);
  t.match(table(results), /quick .* 2 × +met, and its goal of 3 ×/);
  t.match(table(results), /batch .* 4 × +met; goal 1000 ×/);
  await t.rejects(
    runSuite(
      toy(async (context) => context.compare("ops/s", [{ name: "a", run: () => {}, operations: 1, reference: "b" }])),
      options(),
    ),
    { message: /not measured beside it/ },
  );
  await t.rejects(
    runSuite(
      toy(async (context) => context.compare("ms", [])),
      options(),
    ),
    { message: /can't be compared/ },
  );
  const alone = toy(async (context) => context.record("quick", [1], "ops/s"));
  await t.rejects(runSuite(alone, options({ targets: targets.slice(0, 1) })), { message: /has no reference/ });
});

t.test("mistakes of a suite fail it", async (t) => {
  const fails = (run: (context: BenchContext) => Promise<void>, message: RegExp, targets: Target[] = []) =>
    t.rejects(runSuite(toy(run), options({ targets })), { message });
  await fails((context) => context.measure("a", () => {}, { ...nothing, reference: "b" }), /not measured before/);
  await fails(async (context) => {
    context.record("a", [1], "MiB");
    context.record("a", [1], "MiB");
  }, /twice/);
  await fails(async (context) => {
    context.record("a", [1], "MiB");
    await context.measure("b", () => {}, { ...nothing, reference: "a" });
  }, /in MiB/);
  await fails(async () => {}, /did not measure/, [target]);
  await fails(async (context) => context.record("new", [1], "MiB"), /in ops\/s/, [target]);
  let directory = "";
  await fails(async (context) => {
    directory = await context.directory();
    throw new Error("broken suite");
  }, /broken suite/);
  t.notOk(existsSync(directory));
});

t.test("targets: checked when read", async (t) => {
  t.ok(readTargets().length > 0);
  const folder = t.testdir({
    unknown: JSON.stringify({ targets: [{ ...target, floor: 3 }] }),
    nosource: JSON.stringify({ targets: [{ ...target, source: "" }] }),
    twice: JSON.stringify({ targets: [target, target] }),
    both: JSON.stringify({ targets: [{ ...target, ratio: 2 }] }),
    neither: JSON.stringify({ targets: [{ suite: "toy", case: "new", source: target.source }] }),
    good: JSON.stringify({ targets: [target] }),
  });
  t.throws(() => readTargets(join(folder, "unknown")), /targets\/0/);
  t.throws(() => readTargets(join(folder, "nosource")), /source/);
  t.throws(() => readTargets(join(folder, "twice")), /two targets for toy\/new/);
  for (const file of ["both", "neither"]) t.throws(() => readTargets(join(folder, file)), /either a target with its unit, or a ratio/);
  t.same(readTargets(join(folder, "good")), [target]);
});

t.test("figures and machine", async (t) => {
  const figures: [number, string][] = [
    [0, "0"],
    [0.000046123, "0.0000461"],
    [0.0461, "0.0461"],
    [9.999, "10.0"],
    [12.345, "12.3"],
    [999, "999"],
    [12345, "12,300"],
    [1234567, "1,230,000"],
  ];
  for (const [value, text] of figures) t.equal(figure(value), text);
  t.match(machine(), { cpu: String, cores: Number, memory: Number, node: process.version, os: String });
  t.match(commit(), /^([0-9a-f]{12}(\+changes)?|unknown)$/);
});

t.test("the command: list, help, usage, a suite under a wrong name", async (t) => {
  const out: string[] = [];
  const error: string[] = [];
  const run = (...given: string[]) => {
    out.length = 0;
    error.length = 0;
    return bench(given, { out: (line) => out.push(line), error: (line) => error.push(line) });
  };
  t.equal(await run("--list"), 0);
  t.equal(out.length, suiteNames().length);
  t.ok(out.some((line) => /^signatures +\S/.test(line)));
  t.equal(await run("--help"), 0);
  t.match(out.join("\n"), /Exit codes/);
  t.equal(await run("signaturs"), 2);
  t.match(error, [/did you mean signatures/]);
  const wrong = new URL("./", import.meta.url);
  t.ok(suiteNames(wrong).includes("bench.test"));
  await t.rejects(loadSuite("no-suite", wrong));
});
