import fc from "fast-check";
import t from "tap";
import Type, { type TSchema } from "typebox";
import { parseJson } from "../../../core/kernel/json-document.js";
import { nearest } from "../../../core/kernel/nearest.js";
import { describeSchema, schemaFault } from "../../../core/kernel/schema-node.js";
import { plainOf, sourced } from "../../../core/kernel/sourced-value.js";
import { validate } from "../../../core/kernel/validate.js";

const check = async (schema: TSchema, value: unknown) => {
  const { value: result, problems } = await validate(schema, sourced(value, { kind: "document" }));
  return { value: result as unknown, lines: problems.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`) };
};

const closed = { additionalProperties: false };

t.test("the same verdicts as TypeBox", async (t) => {
  const typebox = await import("typebox/schema");
  const schemas: readonly TSchema[] = [
    Type.Object({ a: Type.Integer({ minimum: -1, maximum: 2 }), b: Type.Optional(Type.String({ minLength: 1, maxLength: 2 })) }, closed),
    Type.Object(
      { a: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 2 }), b: Type.Array(Type.Integer(), { minItems: 1, maxItems: 2 }) },
      closed,
    ),
    Type.Object({ a: Type.Union([Type.Literal("a"), Type.Literal(1), Type.Null()]), b: Type.Boolean() }, closed),
    Type.Object({ a: Type.Union([Type.String(), Type.Array(Type.String(), { uniqueItems: true })]), b: Type.Enum(["a", "b"]) }, closed),
    Type.Object({ a: Type.Tuple([Type.String(), Type.Integer()]), b: Type.Unknown() }, closed),
    Type.Record(Type.String({ pattern: "^[ab]$" }), Type.Integer({ multipleOf: 2 }), closed),
    Type.Object({ a: Type.String({ pattern: "^a+$" }), b: Type.Optional(Type.Object({ a: Type.Integer() }, closed)) }, closed),
    Type.Object({ a: Type.Optional(Type.String({ format: "ipv4" })), b: Type.Optional(Type.Unsafe({ not: { type: "string" } })) }, closed),
    Type.Object({ a: Type.Integer(), b: Type.Integer() }, { additionalProperties: Type.Null(), minProperties: 2, maxProperties: 3 }),
  ];
  const scalar = fc.constantFrom<unknown>(null, true, false, -2, -1, 0, 1, 2, 4, 1.5, "", "a", "b", "aa", "aaa", "127.0.0.1");
  const member = fc.oneof(
    { weight: 4, arbitrary: scalar },
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), scalar, { maxKeys: 2 }),
  );
  const value = fc.oneof({ weight: 8, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c"), member, { maxKeys: 3 }) }, member);
  const seen = { valid: 0, invalid: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...schemas), value, async (schema, candidate) => {
      const expected = typebox.Check(schema, candidate);
      seen[expected ? "valid" : "invalid"]++;
      const { value: result, lines } = await check(schema, candidate);
      if (lines.length > 0 === expected) throw new Error(`TypeBox says ${expected}, we say: ${lines.join("; ") || "valid"}`);
      if (expected && JSON.stringify(sorted(result)) !== JSON.stringify(sorted(candidate))) throw new Error("a valid value was changed");
    }),
    { numRuns: 3_000 },
  );
  t.ok(seen.valid > 50 && seen.invalid > 50, `both verdicts were compared: ${JSON.stringify(seen)}`);
});

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

t.test("defaults are filled in, nested ones too", async (t) => {
  const schema = Type.Object({
    limits: Type.Object({ bytes: Type.Integer({ default: 5 }), inner: Type.Object({ on: Type.Boolean({ default: true }) }) }),
    mode: Type.Optional(Type.String({ default: "fast" })),
    rest: Type.Optional(Type.Object({ x: Type.Integer({ default: 1 }) })),
    list: Type.Array(Type.Object({ weight: Type.Integer({ default: 2 }) }), { default: [{}] }),
    needed: Type.Object({ key: Type.String() }),
  });
  t.same((await check(schema, { needed: { key: "k" } })).value, {
    limits: { bytes: 5, inner: { on: true } },
    mode: "fast",
    list: [{ weight: 2 }],
    needed: { key: "k" },
  });
  t.same((await check(schema, {})).lines, ["CONFIG_MISSING_KEY needed: is missing"]);
  t.same((await check(schema, { needed: {} })).lines, ["CONFIG_MISSING_KEY needed.key: is missing"]);
  t.same((await check(Type.Object({ a: Type.Integer({ default: "x" }) }), {})).lines, ['CONFIG_WRONG_TYPE a: "x" is not an integer']);
});

t.test("unions: the meant branch tells what is wrong", async (t) => {
  const tagged = Type.Union([
    Type.Object({ kind: Type.Literal("fixed"), periodMs: Type.Integer() }),
    Type.Object({ kind: Type.Literal("instant"), burst: Type.Integer() }),
  ]);
  t.same((await check(tagged, { kind: "instant", burst: 1 })).value, { kind: "instant", burst: 1 });
  t.same((await check(tagged, { kind: "instant", burst: "x" })).lines, ['CONFIG_WRONG_TYPE burst: "x" is not an integer']);
  t.same((await check(tagged, { kind: "other" })).lines, ["CONFIG_WRONG_TYPE : a map fits none of the forms"]);
  const mixed = Type.Union([Type.Literal("auto"), Type.Integer({ minimum: 1 })]);
  t.same((await check(mixed, 0)).lines, ["CONFIG_OUT_OF_RANGE : 0 is out of range"]);
  t.equal(describeSchema(mixed), "only auto or integer of at least 1");
  const both = Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer({ default: 2 }) })]);
  t.same((await check(both, { a: 1 })).value, { a: 1, b: 2 });
  t.same((await check(both, { a: 1, c: 1 })).lines, ["CONFIG_UNKNOWN_KEY c: unknown key (value 1)"]);
});

t.test("keywords that only TypeBox knows are checked by it", async (t) => {
  const schema = Type.Object({ host: Type.String({ format: "ipv4" }), key: Type.String({ format: "uuid", secret: true }) });
  const { lines } = await check(schema, { host: "localhost", key: "swordfish" });
  t.same(lines, [
    'CONFIG_BROKEN_RULE host: "localhost" must match format "ipv4"',
    'CONFIG_BROKEN_RULE key: (secret) must match format "uuid"',
  ]);
});

t.test("what is allowed, in words", (t) => {
  t.same(
    [
      Type.Integer({ minimum: 1, maximum: 8 }),
      Type.Number({ exclusiveMinimum: 0 }),
      Type.Integer({ maximum: 5, multipleOf: 5 }),
      Type.String({ minLength: 1, maxLength: 3 }),
      Type.String({ maxLength: 3 }),
      Type.Array(Type.Integer()),
      Type.Record(Type.String(), Type.Integer()),
      Type.Object({ a: Type.Null() }),
      Type.Enum(["x", "y"]),
      Type.Unknown(),
    ].map((schema) => describeSchema(schema)),
    [
      "integer from 1 to 8",
      "number above 0",
      "integer of at most 5, a multiple of 5",
      "string of 1 to 3 characters",
      "string of at most 3 characters",
      "list of integer",
      "map with keys of your choice",
      "map with keys a",
      "one of x, y",
      "any value",
    ],
  );
  t.end();
});

t.test("keys named like members of Object are just keys", async (t) => {
  const text = '{"__proto__": {"polluted": 1}, "constructor": 2}';
  t.same(
    (await validate(Type.Object({ a: Type.Optional(Type.Integer()) }), parseJson(text, "x.json"))).problems.map(({ path }) => path),
    [["__proto__"], ["constructor"]],
  );
  const open = await validate(Type.Record(Type.String(), Type.Unknown()), parseJson(text, "x.json"));
  t.same(Object.keys(open.value ?? {}), ["__proto__", "constructor"]);
  t.equal(({} as { polluted?: unknown }).polluted, undefined);
});

t.test("the JSON reader agrees with JSON.parse", (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
      const text = JSON.stringify(value, undefined, space);
      const read = plainOf(parseJson(text, "x.json"));
      const normal = (data: unknown): unknown =>
        JSON.parse(JSON.stringify(data, (_, member: unknown) => (typeof member === "bigint" ? Number(member) : member)));
      return JSON.stringify(sorted(normal(read))) === JSON.stringify(sorted(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
  const fragment = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "1",
    "-",
    "0",
    ".",
    "e5",
    "true",
    "nul",
    "null",
    " ",
    "\n",
    "\\",
    "\u0001",
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 8 }), (parts) => {
      const text = parts.join("");
      const outcome = (parse: () => unknown): string => {
        try {
          parse();
          return "value";
        } catch {
          return "error";
        }
      };
      const duplicate = (text.match(/"a"\s*:/g) ?? []).length > 1;
      return duplicate || outcome(() => JSON.parse(text)) === outcome(() => parseJson(text, "x.json"));
    }),
    { numRuns: 5_000 },
  );
  t.equal(plainOf(parseJson("9007199254740993", "x.json")), 9007199254740993n);
  t.end();
});

t.test("the nearest name", (t) => {
  const keys = ["port", "host", "maxFrameBytes", "startTimeoutMs"];
  t.equal(nearest("prot", keys), "port");
  t.equal(nearest("max-frame-bytes", keys), "maxFrameBytes");
  t.equal(nearest("startTimeout", keys), "startTimeoutMs");
  t.equal(nearest("colour", keys), undefined);
  t.equal(nearest("x", []), undefined);
  t.end();
});

t.test("unusable schemas of third parties are told, not crashed on", (t) => {
  t.equal(schemaFault(Type.Object({ a: Type.Array(Type.String()) })), undefined);
  t.match(schemaFault({ type: "object", properties: { a: { pattern: "(" } } }), /config\.a has the pattern \(/);
  t.match(schemaFault({ type: "object", required: 5 }), "config.required is not a list");
  t.match(schemaFault({ type: "object", properties: { a: null } }), "config.a is not a schema");
  const endless: { type: string; properties: Record<string, unknown> } = { type: "object", properties: {} };
  endless.properties.again = endless;
  t.match(schemaFault(endless), "nested too deeply");
  t.end();
});
