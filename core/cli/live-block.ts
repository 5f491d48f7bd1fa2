/** Lines at the bottom of a terminal that are written again and again in their place, while other lines pass above them. */

/** A terminal. */
export interface Terminal {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

const ERASE_LINE = "\u001b[2K";
const ERASE_BELOW = "\u001b[J";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** A colour or other style of `Output.style`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what such a style begins with
const STYLE = /\u001b\[[0-9]+m/g;

export class LiveBlock {
  readonly #terminal: Terminal;
  #lines: readonly string[] = [];
  /** Lines of it that stand on the terminal, the cursor below them. */
  #shown = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Puts `lines` in the place of those before. What is wider or higher than the terminal is left out. */
  show(lines: readonly string[]): void {
    this.#lines = lines;
    this.#terminal.write(`${this.#shown === 0 ? HIDE_CURSOR : ""}${this.#upward()}${this.#fitting().join("")}${ERASE_BELOW}`);
  }

  /** Lets `write` write lines of its own, above. */
  above(write: () => void): void {
    if (this.#shown > 0) this.#terminal.write(`${this.#upward()}${ERASE_BELOW}`);
    this.#shown = 0;
    write();
    if (this.#lines.length > 0) this.show(this.#lines);
  }

  /** Leaves the lines where they are. */
  end(): void {
    if (this.#lines.length > 0) this.#terminal.write(SHOW_CURSOR);
    this.#lines = [];
    this.#shown = 0;
  }

  #upward(): string {
    return this.#shown === 0 ? "\r" : `\u001b[${this.#shown}A\r`;
  }

  #fitting(): readonly string[] {
    const { columns = 80, rows = 24 } = this.#terminal;
    // The cursor stands on a line of its own below; lines that scrolled away could not be reached any more.
    const fits = Math.max(1, rows - 1);
    const lines = this.#lines.length <= fits ? this.#lines : [...this.#lines.slice(0, fits - 1), `… ${this.#lines.length - fits + 1} more`];
    this.#shown = lines.length;
    return lines.map((line) => `${ERASE_LINE}${cut(line, columns)}\n`);
  }
}

/** A line that wraps would break the counting. Styles are given up where something is cut. */
function cut(line: string, columns: number): string {
  const plain = line.replace(STYLE, "");
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
