/**
 * A strict JSON reader (RFC 8259) that keeps lines and exact integers, which JSON.parse does not. Duplicate keys are
 * refused: two readers that pick different ones would disagree on a chain spec.
 */
import { DocumentSyntaxError, MAX_DOCUMENT_DEPTH } from "./document-syntax-error.js";
import { narrowInteger, type Scalar, type SourcedValue, type ValueSource } from "./sourced-value.js";

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids them unescaped
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
/** Digits beyond this are no amount of anything, and BigInt's parser is quadratic. */
const MAX_NUMBER_LENGTH = 1000;

/** @throws DocumentSyntaxError */
export function parseJson(text: string, file: string): SourcedValue {
  return new JsonReader(text.startsWith("\uFEFF") ? text.slice(1) : text, file).document();
}

class JsonReader {
  private at = 0;
  private line = 1;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {}

  document(): SourcedValue {
    this.space();
    const root = this.value(this.source(), 0);
    this.space();
    if (this.at < this.text.length) this.fail("expected the end of the document");
    return root;
  }

  private value(source: ValueSource, depth: number): SourcedValue {
    if (depth > MAX_DOCUMENT_DEPTH) this.fail(`nested deeper than ${MAX_DOCUMENT_DEPTH}`);
    const first = this.text[this.at];
    if (first === "{") return { kind: "map", source, entries: this.members(depth) };
    if (first === "[") return { kind: "list", source, items: this.elements(depth) };
    if (first === '"') return { kind: "scalar", source, value: this.string() };
    if (first !== undefined && (first === "-" || (first >= "0" && first <= "9"))) return { kind: "scalar", source, value: this.number() };
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return { kind: "scalar", source, value };
      }
    }
    return this.fail("expected a value");
  }

  private members(depth: number): ReadonlyMap<string, SourcedValue> {
    const entries = new Map<string, SourcedValue>();
    this.sequence("}", () => {
      const source = this.source();
      if (this.text[this.at] !== '"') this.fail('expected a key in double quotes or "}"');
      const key = this.string();
      if (entries.has(key)) this.fail(`the key ${JSON.stringify(key)} stands here twice`);
      this.space();
      if (this.text[this.at] !== ":") this.fail('expected ":" after a key');
      this.at++;
      this.space();
      entries.set(key, this.value(source, depth + 1));
    });
    return entries;
  }

  private elements(depth: number): readonly SourcedValue[] {
    const items: SourcedValue[] = [];
    this.sequence("]", () => items.push(this.value(this.source(), depth + 1)));
    return items;
  }

  /** Reads `entry` between commas up to `end`; the opening bracket is at the cursor. */
  private sequence(end: string, entry: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      entry();
      this.space();
      const next = this.text[this.at];
      if (next !== "," && next !== end) this.fail(`expected "," or "${end}"`);
      this.at++;
      if (next === end) return;
      this.space();
    }
  }

  private string(): string {
    STRING.lastIndex = this.at;
    const token = STRING.exec(this.text)?.[0];
    if (token === undefined) return this.fail("this string has no end on its line, or a wrong escape");
    this.at += token.length;
    return JSON.parse(token) as string;
  }

  private number(): number | bigint {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null || match[0].length > MAX_NUMBER_LENGTH) return this.fail("this is not a number");
    const [token, fraction, exponent] = match;
    this.at += token.length;
    return fraction === undefined && exponent === undefined ? narrowInteger(BigInt(token)) : Number(token);
  }

  private space(): void {
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x0a) this.line++;
      else if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return;
    }
  }

  private source(): ValueSource {
    return { kind: "file", file: this.file, line: this.line };
  }

  private fail(reason: string): never {
    const found = this.at < this.text.length ? `found ${JSON.stringify(this.text[this.at])}` : "found the end";
    throw new DocumentSyntaxError(`not JSON: ${reason}, ${found}`, this.line);
  }
}
