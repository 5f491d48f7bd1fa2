/**
 * Plots as SVG: pure functions from numbers to text, the same bytes for the same numbers. Colours are variables of the page's style
 * (style.ts), so that a plot reads in light and in dark; each series has its own dash or mark besides, for those who see no colours.
 *
 * ```ts
 * linePlot(
 *   { title: "Double spend", x: { label: "attacker's share" }, y: { label: "success", from: 0, to: 1 } },
 *   [{ name: "measured, z = 1", points: [{ x: 0.1, y: 0.2, low: 0.19, high: 0.21 }] }, { name: "theory", points, style: "dashed" }],
 * );
 * ```
 */
import { coordinate, escaped, figure } from "./markup.js";

export interface PlotAxis {
  readonly label: string;
  /** Ends of the axis. Default: from the data, rounded outwards. */
  readonly from?: number;
  readonly to?: number;
  /** Where numbers stand. Default: about six round ones. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
  /** Equal factors are equally far apart; values must be above zero. */
  readonly logarithmic?: boolean;
}

export interface PlotFrame {
  readonly title: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Of the drawing; the page scales it down where there is less room. Default 640 × 300. */
  readonly width?: number;
  readonly height?: number;
  /** Said below. */
  readonly note?: string;
}

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the error bar; both or none. */
  readonly low?: number;
  readonly high?: number;
}

export interface PlotSeries {
  readonly name: string;
  readonly points: readonly PlotPoint[];
  /** Of the line. Default solid; `none`: marks alone, as measurements beside a theory's line. */
  readonly style?: "solid" | "dashed" | "none";
  /** Whether points have marks. Default: where there are 40 or fewer. */
  readonly marks?: boolean;
  /** Number of its colour, 0 to 7, where two series belong together. Default: its place in the list. */
  readonly color?: number;
}

export interface BarSeries {
  readonly name: string;
  /** One for each group of the frame's labels. */
  readonly values: readonly (number | { readonly value: number; readonly low: number; readonly high: number })[];
  readonly color?: number;
}

const COLORS = 8;
const [WIDTH, HEIGHT] = [640, 300];
const MARGIN = { top: 10, right: 16, bottom: 44, left: 62 } as const;
const MARKS_MOST = 40;
/** About, of the style's font: text is not measured here. */
const CHARACTER_WIDTH = 6.5;
/** Between two labels of an axis. */
const LABEL_GAP = 10;

/** Lines through points, with error bars where points have them. */
export function linePlot(frame: PlotFrame, series: readonly PlotSeries[]): string {
  return plotted(frame, series, (points) => points.map(([x, y]) => `${coordinate(x)} ${coordinate(y)}`).join("L"));
}

/** Each value holds until the next: heads, backlogs, shares below a time. */
export function stepPlot(frame: PlotFrame, series: readonly PlotSeries[]): string {
  const plain = series.map((each) => ({ marks: false, ...each }));
  return plotted(frame, plain, (points) =>
    points.map(([x, y], at) => (at === 0 ? `${coordinate(x)} ${coordinate(y)}` : `H${coordinate(x)}V${coordinate(y)}`)).join(""),
  );
}

/** Marks alone. */
export function scatterPlot(frame: PlotFrame, series: readonly PlotSeries[]): string {
  return linePlot(
    frame,
    series.map((each) => ({ marks: true, ...each, style: "none" as const })),
  );
}

/**
 * Groups of bars, from zero up or down.
 *
 * @param labels of the groups, along x; where there is no room for all, every second or third …
 * @param names of the groups in full, for who points at a bar or its label. Default: the labels
 */
export function barPlot(frame: PlotFrame, labels: readonly string[], series: readonly BarSeries[], names = labels): string {
  const bounds = series.flatMap(({ values }) => values.flatMap((value) => (typeof value === "number" ? [value] : [value.low, value.high])));
  const canvas = new Canvas(frame, [0, Math.max(1, labels.length)], [0, ...bounds]);
  const room = canvas.xOf(1) - canvas.xOf(0);
  const width = Math.max(1, (room * 0.8) / Math.max(1, series.length));
  const shapes: string[] = [];
  for (const [index, { name, values, color = index }] of series.entries()) {
    const bars = values.slice(0, labels.length).map((value, group) => {
      const { value: height, low, high } = typeof value === "number" ? { value, low: undefined, high: undefined } : value;
      const left = canvas.xOf(group) + room * 0.1 + index * width;
      const [top, bottom] = [canvas.yOf(Math.max(0, height)), canvas.yOf(Math.min(0, height))];
      const title = `<title>${escaped(`${names[group] ?? ""} ${name}: ${canvas.yText(height)}`)}</title>`;
      const bar = `<rect x="${coordinate(left)}" y="${coordinate(top)}" width="${coordinate(Math.max(1, width - 1))}" height="${coordinate(bottom - top)}">${title}</rect>`;
      return bar + (low === undefined || high === undefined ? "" : errorBar(left + width / 2, canvas.yOf(low), canvas.yOf(high)));
    });
    shapes.push(`<g class="bars c${color % COLORS}">${bars.join("")}</g>`);
  }
  const longest = Math.max(0, ...labels.map(textWidth)) + LABEL_GAP;
  const everyNth = Math.max(1, Math.ceil(longest / room));
  const texts = labels.map((label, group) =>
    group % everyNth === 0 ? canvas.xLabel(canvas.xOf(group) + room / 2, label, names[group]) : "",
  );
  const legend = series.length > 1 ? series.map(({ name, color }, index) => legendEntry(name, color ?? index, "bar")) : [];
  return framed(frame, legend, canvas.draw(shapes.join("\n"), texts.join("")));
}

function plotted(
  frame: PlotFrame,
  series: readonly PlotSeries[],
  path: (points: readonly (readonly [number, number])[]) => string,
): string {
  const points = series.flatMap((each) => each.points);
  const canvas = new Canvas(
    frame,
    points.map(({ x }) => x),
    points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]),
  );
  const shapes = series.map(({ name, points, style = "solid", marks = style === "none" || points.length <= MARKS_MOST, color }, index) => {
    const placed = points.map(({ x, y }) => [canvas.xOf(x), canvas.yOf(y)] as const);
    const line = style === "none" || placed.length === 0 ? "" : `<path class="line ${style}" d="M${path(placed)}"/>`;
    const bars = points.map(({ x, low, high }) =>
      low === undefined || high === undefined ? "" : errorBar(canvas.xOf(x), canvas.yOf(low), canvas.yOf(high)),
    );
    const dots = marks
      ? points.map((point, at) => mark(index, placed[at] as readonly [number, number], pointTitle(name, point, canvas)))
      : [];
    return `<g class="series c${(color ?? index) % COLORS}">${line}${bars.join("")}${dots.join("")}</g>`;
  });
  const legend =
    series.length > 1
      ? series.map(({ name, color, style = "solid" }, index) => legendEntry(name, color ?? index, style === "none" ? index : style))
      : [];
  return framed(frame, legend, canvas.draw(shapes.join("\n")));
}

function textWidth(text: string): number {
  return text.length * CHARACTER_WIDTH;
}

function pointTitle(name: string, { x, y, low, high }: PlotPoint, canvas: Canvas): string {
  const range = low === undefined || high === undefined ? "" : ` (${canvas.yText(low)} to ${canvas.yText(high)})`;
  return `<title>${escaped(`${name}: ${canvas.xText(x)}, ${canvas.yText(y)}${range}`)}</title>`;
}

function errorBar(x: number, low: number, high: number): string {
  const [left, right] = [coordinate(x - 3), coordinate(x + 3)];
  return `<path class="error" d="M${coordinate(x)} ${coordinate(low)}V${coordinate(high)}M${left} ${coordinate(low)}H${right}M${left} ${coordinate(high)}H${right}"/>`;
}

/** A shape for each series: circle, square, triangle, diamond. */
function mark(series: number, [x, y]: readonly [number, number], content: string): string {
  const [at, up] = [coordinate(x), coordinate(y)];
  if (series % 4 === 0) return `<circle cx="${at}" cy="${up}" r="3.2">${content}</circle>`;
  const shapes = ["M-3-3H3V3H-3Z", "M0-4L4 3H-4Z", "M0-4.4L4.4 0L0 4.4L-4.4 0Z"];
  return `<path class="mark" transform="translate(${at} ${up})" d="${shapes[(series % 4) - 1]}">${content}</path>`;
}

function legendEntry(name: string, color: number, look: "solid" | "dashed" | "bar" | number): string {
  const shape =
    look === "bar"
      ? '<rect x="4" y="1" width="12" height="10"/>'
      : typeof look === "number"
        ? mark(look, [10, 6], "")
        : `<path class="line ${look}" d="M0 6H20"/>`;
  const group = look === "bar" ? "bars" : "series";
  return `<li><svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true"><g class="${group} c${color % COLORS}">${shape}</g></svg>${escaped(name)}</li>`;
}

function framed({ title, note }: PlotFrame, legend: readonly string[], drawing: string): string {
  const list = legend.length === 0 ? "" : `<ul class="legend">${legend.join("")}</ul>`;
  const below = note === undefined ? "" : `<p class="note">${escaped(note)}</p>`;
  return `<figure class="plot"><figcaption>${escaped(title)}</figcaption>${list}${drawing}${below}</figure>`;
}

/** The area between the axes: from values to pixels, and the axes themselves. */
class Canvas {
  readonly #frame: PlotFrame;
  readonly #width: number;
  readonly #height: number;
  readonly #x: Scale;
  readonly #y: Scale;

  constructor(frame: PlotFrame, xs: readonly number[], ys: readonly number[]) {
    this.#frame = frame;
    this.#width = frame.width ?? WIDTH;
    this.#height = frame.height ?? HEIGHT;
    this.#x = new Scale(frame.x, xs, true);
    this.#y = new Scale(frame.y, ys, false);
  }

  xOf(value: number): number {
    return MARGIN.left + this.#x.part(value) * (this.#width - MARGIN.left - MARGIN.right);
  }

  yOf(value: number): number {
    return this.#height - MARGIN.bottom - this.#y.part(value) * (this.#height - MARGIN.top - MARGIN.bottom);
  }

  xText(value: number): string {
    return (this.#frame.x.format ?? figure)(value);
  }

  yText(value: number): string {
    return (this.#frame.y.format ?? figure)(value);
  }

  /** Below its place; at the drawing's ends, so far inside that nothing of it is cut off. @param name in full */
  xLabel(x: number, text: string, name = text): string {
    const half = textWidth(text) / 2;
    const isCut = x + half > this.#width;
    const [at, anchor] = isCut ? [this.#width, "end"] : [Math.max(x, half), "middle"];
    const title = name === text ? "" : `<title>${escaped(name)}</title>`;
    return `<text class="tick" x="${coordinate(at)}" y="${coordinate(this.#height - MARGIN.bottom + 16)}" text-anchor="${anchor}">${title}${escaped(text)}</text>`;
  }

  /** @param names instead of the numbers along x */
  draw(shapes: string, names?: string): string {
    const [width, height] = [this.#width, this.#height];
    const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom].map(coordinate);
    const rows = this.#y.ticks.map((value) => {
      const y = this.yOf(value);
      return `<path class="grid" d="M${left} ${coordinate(y)}H${right}"/><text class="tick" x="${MARGIN.left - 8}" y="${coordinate(y + 4)}" text-anchor="end">${escaped(this.yText(value))}</text>`;
    });
    const columns = names ?? this.#x.ticks.map((value) => this.xLabel(this.xOf(value), this.xText(value)) + this.#notch(value)).join("");
    const middle = (MARGIN.top + height - MARGIN.bottom) / 2;
    const labels = `<text class="axis" x="${coordinate((MARGIN.left + width - MARGIN.right) / 2)}" y="${coordinate(height - 8)}" text-anchor="middle">${escaped(this.#frame.x.label)}</text>
<text class="axis" transform="translate(14 ${coordinate(middle)}) rotate(-90)" text-anchor="middle">${escaped(this.#frame.y.label)}</text>`;
    return `<svg class="plot" viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="img" aria-label="${escaped(this.#frame.title)}">
${rows.join("")}<path class="base" d="M${left} ${top}V${bottom}H${right}"/>${columns}
${labels}
${shapes}
</svg>`;
  }

  #notch(value: number): string {
    return `<path class="base" d="M${coordinate(this.xOf(value))} ${coordinate(this.#height - MARGIN.bottom)}v4"/>`;
  }
}

class Scale {
  readonly ticks: readonly number[];
  readonly #from: number;
  readonly #to: number;
  readonly #isLogarithmic: boolean;

  constructor({ from, to, ticks, logarithmic = false }: PlotAxis, values: readonly number[], isTight: boolean) {
    const [least, most] = extent(values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0)));
    const round = logarithmic ? decades(least, most) : roundTicks(from ?? least, to ?? most);
    const isRoundedOut = !isTight || logarithmic;
    this.#isLogarithmic = logarithmic;
    this.#from = from ?? (isRoundedOut ? Math.min(least, round[0] ?? least) : least);
    this.#to = to ?? (isRoundedOut ? Math.max(most, round.at(-1) ?? most) : most);
    if (!(this.#to > this.#from)) this.#to = logarithmic ? this.#from * 10 : this.#from + 1;
    const inside = (value: number): boolean => value >= this.#from - 1e-12 && value <= this.#to + 1e-12;
    this.ticks = ticks ?? round.filter(inside);
  }

  /** 0 at the axis' beginning, 1 at its end; what lies beyond stays at the end. */
  part(value: number): number {
    const [at, from, to] = this.#isLogarithmic
      ? [Math.log10(Math.max(value, this.#from)), Math.log10(this.#from), Math.log10(this.#to)]
      : [value, this.#from, this.#to];
    const part = (at - from) / (to - from);
    return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
  }
}

function extent(values: readonly number[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return least <= most ? [least, most] : [0, 1];
}

function decades(least: number, most: number): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(Math.max(least, 1e-12))), Math.ceil(Math.log10(Math.max(most, 1e-12)))];
  return Array.from({ length: Math.max(2, to - from + 1) }, (_, at) => Number(`1e${from + at}`));
}

/** About six numbers of one, two or five times a power of ten, that enclose both ends. */
export function roundTicks(from: number, to: number, count = 6): readonly number[] {
  const span = to > from ? to - from : 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = ([1, 2, 5].find((factor) => factor * power * count >= span) ?? 10) * power;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil((from + span) / step - 1e-9);
  // Multiples by division where steps are below one: 0.3 and not 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, at) => (step < 1 ? (first + at) / Math.round(1 / step) : (first + at) * step));
}
