/** Text that becomes HTML or SVG. Whatever was not written in this folder, names above all, goes through `escaped`. */

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** Control characters that XML and HTML forbid, and marks that turn text around, which make a name look like another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** Any text as content or as a quoted attribute. */
export function escaped(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(UNPRINTABLE, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A coordinate: a tenth of a pixel is enough, and short. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(Object.is(rounded, -0) ? 0 : rounded);
}

/** A count or measure for people: three digits after the point at most, and thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const [whole = "0", fraction] = size.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const isZero = Number(size.toFixed(digits)) === 0;
  return `${value < 0 && !isZero ? "−" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** Bytes for people: `1.50 MiB`. */
export function byteFigure(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [size, unit] = [bytes, 0];
  for (; size >= 1_024 && unit < units.length - 1; unit++) size /= 1_024;
  return `${figure(size)} ${units[unit]}`;
}

/** A cell of a table: text is escaped, numbers are set right, markup of this folder is taken as it is. */
export type Cell = string | number | { readonly markup: string };

/** Text of so few characters is not broken over lines. */
const SHORT = 24;

/** A table that scrolls by itself when it is wider than the page. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const tag = (column: number, cell?: Cell): string => {
    if (isNumeric[column] === true) return ' class="number"';
    return typeof cell === "string" && cell.length <= SHORT ? ' class="short"' : "";
  };
  const head = headings.map((heading, column) => `<th scope="col"${tag(column)}>${escaped(heading)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell, column) => `<td${tag(column, cell)}>${cellMarkup(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function cellMarkup(cell: Cell): string {
  if (typeof cell === "number") return figure(cell);
  return typeof cell === "string" ? escaped(cell) : cell.markup;
}
