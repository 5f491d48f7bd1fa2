/**
 * Shows how far long work is: a bar on a terminal, a line every few seconds elsewhere, JSON lines where they are asked for. All of it
 * goes to the error stream, so that a stream on standard output stays one.
 */
import type { Progress, Stage, Work } from "../database/work.js";
import type { Output } from "./output.js";
import { StopSignal } from "./stop-signal.js";

const BAR_WIDTH = 24;
const REFRESH_MS = 200;
const LINE_EVERY_MS = 5_000;

/** `1.5 MiB`, `12,345 blocks`. */
export function amountText(amount: number, unit: Stage["unit"]): string {
  if (unit !== "bytes") return `${Math.round(amount).toLocaleString("en")} ${unit}`;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = amount;
  let index = 0;
  for (; value >= 1024 && index < units.length - 1; index++) value /= 1024;
  return `${index === 0 ? value : value.toFixed(1)} ${units[index]}`;
}

/** `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 100) return `${whole} s`;
  if (whole < 6_000) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** `verify  blocks  [=====   ]  40 %  400 of 1,000 blocks  210 blocks/s  3 s left` */
export function workLine(title: string, stage: Stage, done: number, elapsedMs: number, bar: boolean): string {
  const { total, unit } = stage;
  const rate = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0;
  const speed = rate > 0 ? `  ${amountText(rate, unit)}/s` : "";
  if (total === undefined) return `${title}  ${stage.title}${done > 0 ? `  ${amountText(done, unit)}${speed}` : ""}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * BAR_WIDTH);
  const drawn = bar ? `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]  ` : "";
  const left = rate > 0 && done < total ? `  ${durationText((total - done) / rate)} left` : "";
  const of = unit === "bytes" ? amountText(done, unit) : Math.round(done).toLocaleString("en");
  return `${title}  ${stage.title}  ${drawn}${Math.floor(share * 100)} %  ${of} of ${amountText(total, unit)}${speed}${left}`;
}

/** Work that a command shows; Ctrl-C asks it to stop at its next safe point. */
export class ShownWork implements Work, Progress {
  readonly cancellation: StopSignal;
  readonly progress: Progress = this;
  readonly #title: string;
  readonly #output: Output;
  readonly #mode: "bar" | "lines" | "json";
  readonly #timer: NodeJS.Timeout;
  #stage: Stage | undefined;
  #done = 0;
  #beganMs = 0;
  #shownMs = 0;

  constructor(title: string, output: Output, json: boolean) {
    this.#title = title;
    this.#output = output;
    this.#mode = json ? "json" : output.hasErrorTerminal ? "bar" : "lines";
    this.cancellation = new StopSignal();
    this.#timer = setInterval(() => this.#show(), REFRESH_MS);
    this.#timer.unref();
    void this.cancellation.wait.then(() => output.note(`${title}: stopping at the next safe point …`));
  }

  stage(stage: Stage): void {
    this.#stage = stage;
    this.#done = 0;
    this.#beganMs = performance.now();
    this.#shownMs = this.#beganMs;
    if (this.#mode === "json") this.#output.noteJson({ type: "stage", ...stage });
  }

  done(amount: number): void {
    this.#done += amount;
    // A long synchronous stretch lets no timer through.
    if (performance.now() - this.#shownMs > REFRESH_MS) this.#show();
  }

  #show(): void {
    const stage = this.#stage;
    if (stage === undefined) return;
    const nowMs = performance.now();
    if (this.#mode !== "bar" && nowMs - this.#shownMs < LINE_EVERY_MS) return;
    this.#shownMs = nowMs;
    const elapsedMs = nowMs - this.#beganMs;
    if (this.#mode === "json") {
      this.#output.noteJson({
        type: "progress",
        stage: stage.title,
        unit: stage.unit,
        done: this.#done,
        total: stage.total,
        elapsedMs: Math.round(elapsedMs),
      });
      return;
    }
    const line = workLine(this.#title, stage, this.#done, elapsedMs, this.#mode === "bar");
    if (this.#mode === "bar") this.#output.errorStatus(line);
    else this.#output.note(line);
  }

  /** Takes the bar away. */
  end(): void {
    clearInterval(this.#timer);
    this.#output.errorStatus(undefined);
  }
}
