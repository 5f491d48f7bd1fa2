/** Every suite still runs: all of them at tiny size, through the command, and the JSON that others read has its shape. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import Type from "typebox";
import { Value } from "typebox/value";
import { bench } from "../../bench/bench.js";
import { suiteNames } from "../../bench/discover.js";
import type { Report } from "../../bench/report.js";

const orNull = (schema: Type.TSchema) => Type.Union([schema, Type.Null()]);
const Figure = Type.Number({ minimum: 0 });
const ReportSchema = Type.Object(
  {
    commit: Type.String({ minLength: 1 }),
    machine: Type.Object({ cpu: Type.String(), cores: Figure, memory: Figure, node: Type.String(), os: Type.String() }),
    seed: Type.Integer(),
    quick: Type.Literal(true),
    results: Type.Array(
      Type.Object(
        {
          suite: Type.String(),
          case: Type.String(),
          value: Figure,
          unit: Type.String(),
          reference: orNull(Type.String()),
          ratio: orNull(Figure),
          target: orNull(Figure),
          goal: orNull(Figure),
          targetIsRatio: Type.Boolean(),
          goalMet: Type.Null(),
          pass: Type.Null(),
          min: Figure,
          max: Figure,
          deviation: Figure,
          samples: Type.Integer({ minimum: 1 }),
          cpu: orNull(Figure),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

t.test("every suite runs with --quick", async (t) => {
  const file = join(t.testdir(), "report.json");
  const out: string[] = [];
  const error: string[] = [];
  const code = await bench(["--quick", "--seed", "5", "--json", file], {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  t.equal(code, 0, error.join("\n"));
  const report = JSON.parse(await readFile(file, "utf8")) as Report;
  t.same(Value.Errors(ReportSchema, report), []);
  t.equal(report.seed, 5);
  const names = suiteNames();
  t.ok(names.includes("signatures") && names.includes("startup"));
  t.same([...new Set(report.results.map(({ suite }) => suite))].sort(), names, "each of them measured something");
  for (const name of names) t.ok(out.some((line) => line.startsWith(`\n${name}: `)));
});
