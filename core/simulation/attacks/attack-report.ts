/** The tables of attacks as text, and as a page that stands by itself with a plot for each. */
import { escaped, table } from "../report/markup.js";
import { type PageSection, renderPage } from "../report/page.js";
import { barPlot, linePlot, type PlotSeries } from "../report/plot.js";
import { type AttackRow, type AttackTable, disagreements } from "./table.js";

const SIGNS = { equal: "=", atMost: "≤", atLeast: "≥" } as const;

function formatted({ unit }: AttackTable): (value: number) => string {
  return unit === "share" ? (value) => `${(value * 100).toFixed(3)} %` : (value) => value.toFixed(Math.abs(value) >= 100 ? 1 : 3);
}

export function headings({ rows }: AttackTable): readonly string[] {
  const [first] = rows;
  return [...Object.keys(first?.at ?? {}), "theory", "measured", "99 % interval", "trials", "verdict", ...Object.keys(first?.beside ?? {})];
}

export function cells(about: AttackTable): readonly (readonly string[])[] {
  const text = formatted(about);
  return about.rows.map(({ at, theory, measured, interval, trials, claim, agrees, inside, beside }) => [
    ...Object.values(at).map(String),
    `${SIGNS[claim]} ${text(theory)}`,
    text(measured),
    `${text(interval.low)} … ${text(interval.high)}`,
    String(trials),
    agrees ? (inside ? "agrees" : "agrees (1 in 100)") : "DISAGREES",
    ...Object.values(beside).map(text),
  ]);
}

/** What was run, in a line. */
export interface AttackRun {
  readonly seed: string;
  readonly trials: number;
}

export function attackPage(tables: readonly AttackTable[], { seed, trials }: AttackRun): string {
  const count = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  const wrong = disagreements(tables);
  const verdict = wrong === 0 ? `All ${count} cells agree with theory.` : `${wrong} of ${count} cells disagree with theory.`;
  return renderPage({
    title: "Attacks against theory",
    lead: `<p>${verdict} Seed ${escaped(seed)}, ${trials} trials in a cell of a model. Each cell has its 99 % interval; a verdict is that of an interval wide enough that with 99 % no cell of the table is wrong by chance.</p>`,
    sections: tables.map(sectionOf),
  });
}

function sectionOf(about: AttackTable): PageSection {
  const list = table(headings(about), cells(about));
  const explanation = `Theory: ${about.source}. Measured: ${about.method}.`;
  return { id: about.name, title: about.title, markup: `<p>${escaped(explanation)}</p>${plotOf(about)}${list}` };
}

/** Lines where the last column of the place is a number and there are a few of them; else bars. */
function plotOf(about: AttackTable): string {
  const keys = Object.keys(about.rows[0]?.at ?? {});
  const along = keys.findLast((key) => about.rows.every(({ at }) => typeof at[key] === "number"));
  const percent = (value: number): string => `${Number((value * 100).toPrecision(4))} %`;
  const y = { label: about.unit === "share" ? "share" : "value", ...(about.unit === "share" ? { from: 0, format: percent } : {}) };
  const others = keys.filter((key) => key !== along);
  const groups = new Map<string, AttackRow[]>();
  for (const row of about.rows) {
    const name = others.map((key) => `${key} ${row.at[key]}`).join(", ");
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  if (along === undefined || [...groups.values()].some(({ length }) => length < 2)) return barsOf(about, y);
  const series: PlotSeries[] = [];
  for (const [index, [name, rows]] of [...groups].entries()) {
    const color = index % 8;
    const x = (row: AttackRow): number => row.at[along] as number;
    series.push({
      name: `${name} theory`.trim(),
      points: rows.map((row) => ({ x: x(row), y: row.theory })),
      style: "dashed",
      marks: false,
      color,
    });
    series.push({
      name: `${name} measured`.trim(),
      points: rows.map((row) => ({ x: x(row), y: row.measured, low: row.interval.low, high: row.interval.high })),
      style: "none",
      color,
    });
  }
  return linePlot({ title: about.title, x: { label: along }, y, height: 340 }, series);
}

/** Bars are numbered as the rows below: places are too long to stand side by side. */
function barsOf(about: AttackTable, y: { readonly label: string }): string {
  const names = about.rows.map(({ at }) => Object.entries(at).map(placeOf).join(", "));
  const numbers = names.map((_, index) => String(index + 1));
  const series = [
    { name: "theory", values: about.rows.map(({ theory }) => theory) },
    { name: "measured", values: about.rows.map(({ measured, interval }) => ({ value: measured, low: interval.low, high: interval.high })) },
  ];
  const note = names.map((name, index) => `${index + 1}: ${name}`).join("; ");
  return barPlot({ title: about.title, x: { label: "row" }, y, width: 900, note }, numbers, series, names);
}

/** Text says what it is; a number needs its column's name. */
function placeOf([column, value]: readonly [string, string | number]): string {
  return typeof value === "number" ? `${column} ${value}` : value;
}
