/** README.md, SPECIFICATION.md and the protocol document say what the code does: options, metrics, codes, gossip verdicts. */
import { readdir, readFile } from "node:fs/promises";
import t from "tap";
import Value from "typebox/value";
import type { Metrics } from "../../../core/sdk.js";
import { codecLimitsOf } from "../../../plugins/consensus-gasper/codec/index.js";
import { GasperConfig, GasperSpec } from "../../../plugins/consensus-gasper/config.js";
import { registerMetrics } from "../../../plugins/consensus-gasper/metrics.js";
import { GOSSIP_CONDITIONS, GossipChannels } from "../../../plugins/consensus-gasper/pool/gossip-conditions.js";
import { gossipChannels } from "../../../plugins/consensus-gasper/pool/index.js";
import { registerPoolGauges, registerPoolMetrics } from "../../../plugins/consensus-gasper/pool/metrics.js";
import { ROOT } from "../../functional/node-process.js";

const FOLDER = new URL("plugins/consensus-gasper/", ROOT);
const readme = await readFile(new URL("README.md", FOLDER), "utf8");
const specification = await readFile(new URL("SPECIFICATION.md", FOLDER), "utf8");
const protocol = await readFile(new URL("core/network/PROTOCOL.md", ROOT), "utf8");

/** Cells of the first table after `heading`, without its head. */
function tableAfter(document: string, heading: string): readonly (readonly string[])[] {
  const at = document.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`the document has no "${heading}"`);
  const lines = document.slice(at).split("\n");
  const rows: string[][] = [];
  for (let index = lines.findIndex((line) => line.startsWith("|")) + 2; lines[index]?.startsWith("|"); index++)
    rows.push(
      (lines[index] as string)
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
  return rows;
}

const codesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

/** Options by path, with their defaults. */
function optionsOf(schema: Schema, path = ""): readonly (readonly [string, unknown])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) =>
    option.properties === undefined ? [[`${path}${name}`, option.default] as const] : optionsOf(option, `${path}${name}.`),
  );
}

/** "32 · 10^9" and "[]" as what a schema has. */
function defaultOf(cell: string): string {
  const power = /^(?:(\d+) · )?10\^9$/.exec(cell);
  if (power !== null) return String(Number(power[1] ?? 1) * 10 ** 9);
  return cell === "[]" ? "" : cell;
}

t.test("options and their defaults", async (t) => {
  for (const [heading, schema] of [
    ["## Chain spec: `consensus.parameters`", GasperSpec],
    ["## Node config: `plugins.consensus-gasper`", GasperConfig],
  ] as const) {
    const said = tableAfter(readme, heading).map(([name = "", value = ""]) => [codesIn(name)[0], defaultOf(value)]);
    t.strictSame(
      said,
      optionsOf(schema as Schema).map(([name, value]) => [name, String(value)]),
    );
  }
});

t.test("metrics", async (t) => {
  const made = new Set<string>();
  const take = ({ name, labels = [] }: { readonly name: string; readonly labels?: readonly string[] }) => {
    made.add(labels.length === 0 ? name : `${name}{${labels.join(", ")}}`);
    return {};
  };
  const metrics = { counter: take, gauge: take, histogram: take } as unknown as Metrics;
  registerMetrics(metrics, {} as never);
  registerPoolMetrics(metrics);
  registerPoolGauges(metrics, {} as never);
  const said = tableAfter(readme, "## Metrics").flatMap(([names = ""]) => codesIn(names));
  t.strictSame([...said].sort(), [...made].sort());
});

t.test("every code is explained, and no other", async (t) => {
  const files = (await readdir(FOLDER, { recursive: true })).filter((path) => path.endsWith(".ts"));
  const texts = await Promise.all(files.map((path) => readFile(new URL(path, FOLDER), "utf8")));
  const inCode = new Set(texts.flatMap((text) => [...text.matchAll(/["`\s](GASPER_[A-Z_]*[A-Z])["`:\s]/g)].map(([, code = ""]) => code)));
  // Never leaves the folder; a name of a constant.
  for (const inner of ["GASPER_VALIDATORS_STOPPED", "GASPER_PREFIX"]) inCode.delete(inner);
  const said = new Set([...`${readme}${specification}`.matchAll(/`(GASPER_[A-Z_]*[A-Z])`/g)].map(([, code = ""]) => code));
  const light = await readFile(new URL("light-client/errors.ts", FOLDER), "utf8");
  for (const code of inCode) t.ok(said.has(code) || (code.startsWith("GASPER_LIGHT_") && light.includes(code)), code);
  for (const code of said) t.ok(inCode.has(code), `${code} is in the code`);
});

t.test("gossip verdicts", async (t) => {
  const names = Object.values(GossipChannels);
  t.strictSame(
    tableAfter(specification, "## 14. Gossip").map(([code = "", verdict, channels = "", meaning]) => [
      codesIn(code)[0],
      verdict,
      channels === "all" ? names : codesIn(channels),
      meaning,
    ]),
    Object.entries(GOSSIP_CONDITIONS).map(([code, { verdict, channels, meaning }]) => [code, verdict, [...channels], meaning]),
    "of the specification",
  );
  const heading = "### Channels of `consensus-gasper`";
  const after = protocol.slice(protocol.indexOf(heading)).replace(/[\s\S]*?\n\n\|[\s\S]*?\n\n/, `\n${heading}\n\n`);
  t.strictSame(
    tableAfter(after, heading).map(([code = "", ...verdicts]) => [codesIn(code)[0], ...verdicts]),
    Object.entries(GOSSIP_CONDITIONS)
      .filter(([, { channels }]) => channels.length > 0)
      .map(([code, { verdict, channels }]) => [
        code,
        ...names.map((name) => ((channels as readonly string[]).includes(name) ? verdict : "")),
      ]),
    "of the protocol",
  );
});

t.test("channels", async (t) => {
  const channels = gossipChannels(codecLimitsOf(Value.Default(GasperSpec, {}) as GasperSpec));
  t.strictSame(
    tableAfter(protocol, "### Channels of `consensus-gasper`").map(([, name = "", , bytes = ""]) => [
      codesIn(name)[0],
      Number(bytes.replaceAll(",", "")),
    ]),
    channels.map(({ name, maxMessageBytes }) => [name, maxMessageBytes]),
  );
});
