/** What the command line prints: colours only on a terminal, JSON where a script asks for it, errors in one shape. */
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import { isConfigInvalid } from "../kernel/problem.js";

export interface Stream {
  readonly isTTY?: boolean | undefined;
  /** Width of a terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export class Output {
  readonly #stream: Stream;
  readonly #errors: Stream;
  readonly #colours: boolean;
  #status: string | undefined;
  #errorStatus: string | undefined;

  /** @param environment NO_COLOR (any non-empty value) switches colours off, as does a stream that is no terminal */
  constructor(stream: Stream, errors: Stream, environment: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.#errors = errors;
    const forced = environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== "0";
    this.#colours = !environment.NO_COLOR && (forced || (stream.isTTY === true && environment.TERM !== "dumb"));
  }

  style(style: Style, text: string): string {
    const [on, off] = CODES[style];
    return this.#colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }

  line(text = ""): void {
    const status = this.#status;
    this.status(undefined);
    this.#stream.write(`${text}\n`);
    this.status(status);
  }

  /** A last line that is written again and again, below all others; on terminals only. Undefined takes it away. */
  status(text: string | undefined): void {
    if (this.#stream.isTTY !== true || text === this.#status) return;
    const width = (this.#stream.columns ?? 80) - 1;
    this.#stream.write(`\r\u001b[2K${text?.slice(0, width) ?? ""}`);
    this.#status = text;
  }

  json(value: unknown): void {
    this.#stream.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** One JSON value a line, for streams of events. */
  jsonLine(value: unknown): void {
    this.#stream.write(`${JSON.stringify(value)}\n`);
  }

  /** Columns padded to their widest cell. */
  table(rows: readonly (readonly string[])[], indent = "  "): void {
    const widths: number[] = [];
    for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    for (const row of rows)
      this.line(
        `${indent}${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()}`,
      );
  }

  /** Whether people watch the error stream. */
  get hasErrorTerminal(): boolean {
    return this.#errors.isTTY === true;
  }

  /** As `status`, on the error stream: for commands whose output is a stream itself. */
  errorStatus(text: string | undefined): void {
    if (this.#errors.isTTY !== true || text === this.#errorStatus) return;
    const width = (this.#errors.columns ?? 80) - 1;
    this.#errors.write(`\r\u001b[2K${text?.slice(0, width) ?? ""}`);
    this.#errorStatus = text;
  }

  /** A line on the error stream that is no warning: progress. */
  note(text: string): void {
    const status = this.#errorStatus;
    this.errorStatus(undefined);
    this.#errors.write(`${text}\n`);
    this.errorStatus(status);
  }

  /** The same as one JSON value. */
  noteJson(value: unknown): void {
    this.#errors.write(`${JSON.stringify(value)}\n`);
  }

  warn(text: string): void {
    this.#errors.write(`${this.style("yellow", "warning")}: ${text}\n`);
  }

  /** An error as people read it, or as one JSON object on the error stream. */
  error(thrown: unknown, asJson: boolean): void {
    const known = ChainwrightError.is(thrown);
    if (asJson) {
      const problems = isConfigInvalid(thrown) ? { problems: thrown.data.problems.map(({ text: _text, ...problem }) => problem) } : {};
      const body = known
        ? {
            code: thrown.code,
            message: thrown.message,
            ...(codesOf(thrown).length > 1 ? { causes: codesOf(thrown).slice(1) } : {}),
            ...problems,
          }
        : { code: "INTERNAL", message: messageOf(thrown) };
      this.#errors.write(`${JSON.stringify({ error: body })}\n`);
      return;
    }
    if (isConfigInvalid(thrown)) {
      const { problems } = thrown.data;
      this.#errors.write(`${this.style("red", "error")}: ${thrown.message.split("\n", 1)[0]} ${this.style("dim", "(CONFIG_INVALID)")}\n`);
      for (const { text, code } of problems) this.#errors.write(`  ${text} ${this.style("dim", `(${code})`)}\n`);
      return;
    }
    const code = known ? ` ${this.style("dim", `(${codesOf(thrown).join(", caused by ")})`)}` : "";
    this.#errors.write(`${this.style("red", "error")}: ${messageOf(thrown)}${code}\n`);
    // A fault of ours: without its stack nobody can report it.
    if (!known && thrown instanceof Error && thrown.stack !== undefined) this.#errors.write(`${thrown.stack}\n`);
  }
}

/** The error's code and those of its causes, outermost first. */
function codesOf(thrown: unknown): readonly string[] {
  return ChainwrightError.is(thrown) ? [thrown.code, ...codesOf(thrown.cause)] : [];
}
