/** Lines that stay at the bottom of a terminal, seen by a terminal that is just large enough to understand them. */
import t from "tap";
import { LiveBlock } from "../../../core/cli/live-block.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by them
const ESCAPE = /^\u001b\[(\??\d*)([A-Za-z])/;

/** As much of a terminal as a live block uses; what scrolled away at the top is out of reach. */
class SmallTerminal {
  readonly columns: number;
  readonly rows: number;
  readonly lines: string[] = [""];
  #row = 0;
  #column = 0;
  isCursorHidden = false;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    for (let rest = text; rest !== ""; ) {
      const order = ESCAPE.exec(rest);
      if (order !== null) this.#obey(order[1] ?? "", order[2] ?? "");
      else this.#character(rest[0] ?? "");
      rest = rest.slice(order?.[0].length ?? 1);
    }
  }

  #obey(parameter: string, command: string): void {
    if (command === "A") this.#row = Math.max(0, this.lines.length - this.rows, this.#row - Number(parameter));
    if (command === "K") this.lines[this.#row] = "";
    if (command === "J") {
      this.lines[this.#row] = (this.lines[this.#row] ?? "").slice(0, this.#column);
      this.lines.length = this.#row + 1;
    }
    if (parameter === "?25") this.isCursorHidden = command === "l";
  }

  #character(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") {
      this.#row++;
      this.#column = 0;
      this.lines[this.#row] ??= "";
    } else {
      const line = this.lines[this.#row] ?? "";
      this.lines[this.#row] = line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1);
      this.#column++;
    }
  }
}

t.test("lines replace those before; others pass above", async (t) => {
  const terminal = new SmallTerminal(40, 10);
  terminal.write("before\n");
  const block = new LiveBlock(terminal);
  block.show(["one", "two"]);
  t.same(terminal.lines, ["before", "one", "two", ""]);
  t.ok(terminal.isCursorHidden);
  block.show(["1", "2", "3"]);
  t.same(terminal.lines, ["before", "1", "2", "3", ""]);
  block.above(() => terminal.write("news\n"));
  t.same(terminal.lines, ["before", "news", "1", "2", "3", ""]);
  block.show(["less"]);
  t.same(terminal.lines, ["before", "news", "less", ""]);
  block.end();
  terminal.write("after\n");
  t.same(terminal.lines, ["before", "news", "less", "after", ""]);
  t.notOk(terminal.isCursorHidden);
});

t.test("what does not fit is left out, so that the block can be found again", async (t) => {
  const terminal = new SmallTerminal(10, 4);
  const block = new LiveBlock(terminal);
  block.show(["\u001b[32ma line that is too wide\u001b[39m", "2", "3", "4", "5"]);
  t.same(terminal.lines, ["a line th…", "2", "… 3 more", ""]);
  block.show(["short"]);
  t.same(terminal.lines, ["short", ""]);
});
