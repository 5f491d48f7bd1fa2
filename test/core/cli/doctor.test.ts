/** `chainwright doctor`: complete, short, and honest about what is wrong. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { doctor } from "../../../core/cli/commands/doctor.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";
import { describeAddon } from "../../../native/index.js";
import { ROOT } from "../../functional/node-process.js";

function context() {
  const written: string[] = [];
  const output = new Output({ write: (text: string) => written.push(text) }, { write: () => true }, {});
  return { context: { output, environment: {} }, text: () => written.join("") };
}

const addon = describeAddon();
const SECONDS = "0.01";
const MAIN = fileURLToPath(new URL("dist/core/cli/main.js", ROOT));

// The first of all: a thread's BLS engine is chosen once.
t.test("a BLS engine that can't be had is a problem", async (t) => {
  process.env.CHAINWRIGHT_BLS = "fast";
  t.teardown(() => delete process.env.CHAINWRIGHT_BLS);
  const { context: into, text } = context();
  t.equal(await doctor({ seconds: SECONDS }, into), 1);
  t.match(text(), /BLS12-381 \(votes\) +none/);
  t.match(text(), /problem: .*CHAINWRIGHT_BLS/);
});

t.test("it says what runs, how fast, and what there is", async (t) => {
  const { context: into, text } = context();
  await buildProgram(into).run(["doctor", "--all", "--seconds", SECONDS]);
  for (const line of [
    /processor +\S/,
    /threads +\d/,
    /memory +[\d.]+ GiB/,
    /Node +v\d/,
    /clock +2\d{3}-/,
    /compute engine {2}(native|wasm|js)/,
    /BLS12-381 \(votes\) +(native|portable)/,
  ])
    t.match(text(), line);
  t.match(
    text(),
    /signatures\/s, 1,024 new keys +one by one +SHA-256 pairs\/s +root of 65,536 +squarings\/s, 2,048 bits\n {2}(native|wasm|js), as chosen +[\d,]+ +[\d,]+ +[\d,]+ +[\d.]+ ms/,
  );
  t.match(text(), /\n {2}js(, as chosen)? +[\d,]+/);
  if ("tiers" in addon) {
    t.match(text(), /ed25519 +(ifma|avx2|portable)/);
    const { best, available } = addon.tiers.modular;
    const lacking = ["portable", "adx", "ifma"].filter((tier) => !available.includes(tier));
    t.match(text(), new RegExp(`modular \\(squarings, primes\\) +${best}`));
    for (const tier of available) if (tier !== best) t.match(text(), new RegExp(`native, modular ${tier} +[\\d,]+ {2}[\\d.]+ ×`));
    if (lacking.length > 0) t.match(text(), new RegExp(`primes\\) +${best}.*not here: ${lacking.join(", ")}`));
    t.match(text(), /squarings\/s, 2,048 bits\n {2}native, as chosen .* {2}[\d,]+\n/);
    if (addon.tiers.sha256.best !== "portable") t.match(text(), /native, sha256 portable +[\d,]+ {2}0\.\d+ × /);
  } else t.match(text(), addon.reason);
});

t.test("as JSON", async (t) => {
  const { context: into, text } = context();
  const code = await doctor({ json: true, seconds: SECONDS }, into);
  const report = JSON.parse(text());
  t.equal(code, report.ok ? 0 : 1);
  t.match(report, {
    findings: Array,
    node: process.version,
    machine: { cpu: String, threads: Number, memoryBytes: Number },
    engine: { kind: /^(native|wasm|js)$/, tiers: { ed25519: String, sha256: String, sha512: String } },
    bls: { name: /^(native|portable)$/ },
    measured: [{ figures: { signaturesPerSecond: Number, singleSignaturesPerSecond: Number, pairsPerSecond: Number, rootMs: Number } }],
  });
  t.equal(report.measured.length, 1, "the others are measured on demand");
});

t.test("a forced engine is told", async (t) => {
  process.env.CHAINWRIGHT_ENGINE = "js";
  t.teardown(() => delete process.env.CHAINWRIGHT_ENGINE);
  const { context: into, text } = context();
  t.equal(await doctor({ seconds: SECONDS }, into), 0);
  t.match(text(), /compute engine {2}js/);
  t.match(text(), "file" in addon ? /advice: CHAINWRIGHT_ENGINE forces js/ : addon.reason);
});

t.test("a forced tier is told, of squarings as of all else; without the addon there are none of them", async (t) => {
  t.teardown(() => {
    delete process.env.CHAINWRIGHT_TIERS;
    delete process.env.CHAINWRIGHT_ENGINE;
  });
  if ("tiers" in addon && addon.tiers.modular.best !== "portable") {
    process.env.CHAINWRIGHT_TIERS = "modular=portable";
    const forced = context();
    t.equal(await doctor({ seconds: SECONDS }, forced.context), 0);
    t.match(forced.text(), /primes\) +portable \(also /);
    t.match(forced.text(), `advice: CHAINWRIGHT_TIERS forces portable for modular; ${addon.tiers.modular.best} would run`);
    delete process.env.CHAINWRIGHT_TIERS;
  }
  process.env.CHAINWRIGHT_ENGINE = "js";
  const { context: into, text } = context();
  await doctor({ seconds: SECONDS }, into);
  t.match(text(), /primes\) +none: only the addon has it/);
});

t.test("an amount of time that is none", async (t) => {
  for (const seconds of ["", "0", "-1", "x", "1e9"])
    await t.rejects(doctor({ seconds }, context().context), { code: "CLI_USAGE" }, seconds);
});

t.test("a forced BLS engine is told", (t) => {
  // In a process of its own: this one has chosen.
  const { stdout } = spawnSync(process.execPath, [MAIN, "doctor", "--seconds", SECONDS], {
    encoding: "utf8",
    env: { ...process.env, CHAINWRIGHT_BLS: "portable" },
  });
  t.match(stdout, /BLS12-381 \(votes\) +portable/);
  t.match(stdout, /advice: CHAINWRIGHT_BLS forces portable/);
  t.end();
});
