/** The laws of the canonical form for every message, then the reader and the writer by themselves. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import t from "tap";
import { type Bytes, bytesEqual, concatBytes, toHex } from "../../../core/primitives/bytes.js";
import {
  CanonicalReader,
  CanonicalWriter,
  decodeMessage,
  fieldBytes,
  integerFieldBytes,
  messageShape,
  varintBytes,
} from "../../../core/primitives/codec.js";
import { EncodingError, EncodingLimitError, ValueError } from "../../../core/primitives/errors.js";
import { forGenerated, fromGenerated, MESSAGES, type MessageCase } from "./messages.js";

/** The decoded value, or undefined if it was refused. Anything thrown but the two typed errors fails the test. */
function attempt(message: MessageCase, bytes: Bytes): { readonly value: unknown } | undefined {
  try {
    return { value: message.decode(bytes) };
  } catch (error) {
    if (EncodingError.matches(error) || EncodingLimitError.matches(error)) return undefined;
    throw error;
  }
}

/** What holds for every accepted byte string: it is the one encoding of its value, and protobufjs reads the same value. */
function checkAccepted(message: MessageCase, bytes: Bytes, value: unknown): void {
  const again = message.encode(value);
  if (!bytesEqual(again, bytes)) throw new Error(`${message.name}: accepted ${toHex(bytes)}, which encodes as ${toHex(again)}`);
  const plain = message.plain(value);
  deepStrictEqual(fromGenerated(message.generated.decode(bytes), plain), plain);
}

function checkRefusedOrCanonical(message: MessageCase, bytes: Bytes): boolean {
  const outcome = attempt(message, bytes);
  if (outcome !== undefined) checkAccepted(message, bytes, outcome.value);
  return outcome !== undefined;
}

/** One field of an encoded message, by offsets. */
interface WireField {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  /** Where the value, or the length of the content, begins. */
  readonly head: number;
  /** Where the content begins; for integers the same as `end`. */
  readonly content: number;
  readonly end: number;
}

/** Splits canonical bytes into fields: an independent, trusting reader. */
function fieldsOf(bytes: Bytes): WireField[] {
  const fields: WireField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [start, tag] = [at, bytes[at] as number];
    const head = ++at;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const content = at;
    if ((tag & 7) === 2) at += Number(value);
    fields.push({ number: tag >> 3, wire: tag & 7, start, head, content, end: at });
  }
  return fields;
}

/** `bytes` with [from, to) replaced. */
function splice(bytes: Bytes, from: number, to: number, replacement: Bytes | readonly number[]): Bytes {
  return concatBytes(bytes.subarray(0, from), Uint8Array.from(replacement), bytes.subarray(to));
}

/** The bytes with the varint that ends before `end` stretched by a redundant zero byte. */
function stretched(bytes: Bytes, end: number): Bytes {
  return splice(bytes, end - 1, end, [(bytes[end - 1] as number) | 0x80, 0]);
}

/** The ways in which protobuf lets one value have many encodings, each made from a canonical encoding, with the reason of refusal. */
const VARIANTS: readonly {
  readonly name: string;
  readonly reason: RegExp;
  readonly make: (bytes: Bytes, fields: readonly WireField[], repeated: readonly number[]) => Bytes[];
}[] = [
  {
    name: "fields in another order",
    reason: /out of order|not in its place|another wire type|written twice/,
    make: (bytes, fields) =>
      fields.slice(1).flatMap((field, index) => {
        const before = fields[index] as WireField;
        if (before.number === field.number) return [];
        const swapped = concatBytes(bytes.subarray(field.start, field.end), bytes.subarray(before.start, before.end));
        return [splice(bytes, before.start, field.end, swapped)];
      }),
  },
  {
    name: "a singular field twice",
    reason: /written twice/,
    make: (bytes, fields, repeated) =>
      fields
        .filter((field) => !repeated.includes(field.number))
        .map((field) => splice(bytes, field.end, field.end, bytes.subarray(field.start, field.end))),
  },
  {
    name: "an integer or a length that is not minimal",
    reason: /not minimal|exceeds 64 bits|ends within the field/,
    make: (bytes, fields) => fields.map((field) => stretched(bytes, field.content)),
  },
  {
    name: "a tag that is not minimal",
    reason: /not minimal/,
    make: (bytes, fields) => fields.map((field) => stretched(bytes, field.head)),
  },
  {
    name: "a length beyond the end",
    reason: /ends within/,
    make: (bytes, fields) => {
      const last = fields.at(-1);
      if (last?.wire !== 2) return [];
      return [bytes.subarray(0, -1), splice(bytes, last.head, last.content, [0xff, 0xff, 0xff, 0xff, 0x0f])];
    },
  },
  {
    name: "an unknown field",
    reason: /unknown/,
    make: (bytes, fields) => [
      ...[0x78, 0x7a].map((tag) => concatBytes(bytes, Uint8Array.of(tag, 1, 1))),
      concatBytes(bytes, Uint8Array.of(0x80, 0x01, 1)),
      concatBytes(bytes, Uint8Array.of(0xf8, 0xff, 0xff, 0xff, 0x0f, 1)),
      ...fields.map((field) => splice(bytes, field.start, field.start, [0x78, 1])),
    ],
  },
  {
    name: "trailing zero bytes",
    reason: /unknown/,
    make: (bytes) => [concatBytes(bytes, new Uint8Array(1)), concatBytes(bytes, new Uint8Array(9))],
  },
  {
    name: "an empty content",
    reason: /empty field/,
    make: (bytes, fields) => fields.filter(({ wire }) => wire === 2).map((field) => splice(bytes, field.head, field.end, [0])),
  },
  {
    name: "an integer that is 0",
    reason: /default value/,
    make: (bytes, fields) => fields.filter(({ wire }) => wire === 0).map((field) => splice(bytes, field.head, field.end, [0])),
  },
  {
    name: "another wire type",
    reason: /another wire type/,
    make: (bytes, fields) =>
      fields.flatMap((field) =>
        [1, 3, 4, 5, 2 - field.wire].map((wire) => splice(bytes, field.start, field.head, [(field.number << 3) | wire])),
      ),
  },
];
/** Their second occurrence is another element. */
const REPEATED_FIELDS: Readonly<Record<string, readonly number[]>> = { Transaction: [2], Block: [2], Receipt: [6], Receipts: [1] };

/** Variants that a message can't have, for it lacks integers or singular fields. */
const IMPOSSIBLE: Readonly<Record<string, readonly string[]>> = {
  Transaction: ["an integer that is 0"],
  Block: ["an integer that is 0"],
  Receipts: ["an integer that is 0", "a singular field twice", "fields in another order"],
  ValidatorOperation: ["an integer that is 0", "fields in another order"],
};

function refusal(message: MessageCase, bytes: Bytes): string {
  try {
    message.decode(bytes);
  } catch (error) {
    if (EncodingError.matches(error)) return error.data.reason;
    throw error;
  }
  throw new Error(`${message.name}: accepted ${toHex(bytes)}`);
}

for (const message of MESSAGES) {
  t.test(message.name, async (t) => {
    t.test("what is written is read back, and is what protobufjs writes and reads", async () => {
      const property = fc.property(message.values, (value) => {
        const bytes = message.encode(value);
        deepStrictEqual(message.plain(message.decode(bytes)), message.plain(value));
        checkAccepted(message, bytes, value);
        const generated = message.generated.encode(forGenerated(message.plain(value)) as never).finish();
        deepStrictEqual(toHex(generated), toHex(bytes));
      });
      fc.assert(property, { numRuns: 100 });
    });

    t.test("it is read alike as part of a larger buffer and as a Buffer", async () => {
      const property = fc.property(message.values, fc.integer({ min: 1, max: 9 }), (value, shift) => {
        const bytes = message.encode(value);
        const room = Buffer.concat([new Uint8Array(shift).fill(0xff), bytes, Uint8Array.of(0xff)]).subarray(shift, shift + bytes.length);
        deepStrictEqual(message.plain(message.decode(room)), message.plain(value));
      });
      fc.assert(property, { numRuns: 30 });
    });

    t.test("every changed byte is refused, or is the one encoding of another value", async (t) => {
      let accepted = 0;
      const property = fc.property(message.values, fc.integer({ min: 1, max: 255 }), (value, difference) => {
        const bytes = message.encode(value);
        for (let index = 0; index < bytes.length; index++) {
          const changed = new Uint8Array(bytes);
          changed[index] = (bytes[index] as number) ^ (index % 3 === 0 ? 1 << (difference & 7) : difference);
          if (checkRefusedOrCanonical(message, changed)) accepted++;
        }
      });
      fc.assert(property, { numRuns: 7 });
      t.ok(accepted > 0, "some changes give other values");
    });

    t.test("cut, spliced and random bytes throw nothing but the typed errors", async () => {
      const cut = fc.property(message.values, fc.nat(), (value, at) => {
        const bytes = message.encode(value);
        checkRefusedOrCanonical(message, bytes.subarray(0, at % (bytes.length + 1)));
        checkRefusedOrCanonical(message, bytes.subarray(at % (bytes.length + 1)));
      });
      fc.assert(cut, { numRuns: 100 });
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void checkRefusedOrCanonical(message, bytes)),
        { numRuns: 300 },
      );
    });

    t.test("every other encoding of the same value is refused by name", async (t) => {
      const repeated = REPEATED_FIELDS[message.name] ?? [];
      const samples = fc.sample(message.values, { numRuns: 25, seed: 7 }).map((value) => message.encode(value));
      for (const variant of VARIANTS) {
        let made = 0;
        for (const bytes of samples) {
          for (const other of variant.make(bytes, fieldsOf(bytes), repeated)) {
            made++;
            const reason = refusal(message, other);
            if (!variant.reason.test(reason)) throw new Error(`${variant.name}: refused for another reason: ${reason}: ${toHex(other)}`);
          }
        }
        t.equal(made > 0, !IMPOSSIBLE[message.name]?.includes(variant.name), `${variant.name}: ${made} refused`);
      }
    });
  });
}

const INTEGERS = messageShape("Integers", ["large", "safe", "small", "flag"]);
const readIntegers = (bytes: Bytes) =>
  decodeMessage(INTEGERS, bytes, 100, (reader) => [reader.uint64(1), reader.safeInteger(2), reader.uint32(3), reader.bool(4)]);

/** The varint of a non-negative bigint, minimal, by itself. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

t.test("integers keep their bounds", async (t) => {
  const max64 = 2n ** 64n - 1n;
  t.strictSame(readIntegers(new Uint8Array(0)), [0n, 0, 0, false]);
  t.strictSame(
    readIntegers(Uint8Array.from([0x08, ...varint(max64), 0x10, ...varint(2n ** 53n - 1n), 0x18, ...varint(2n ** 32n - 1n), 0x20, 1])),
    [max64, 2 ** 53 - 1, 2 ** 32 - 1, true],
  );
  const refused: readonly (readonly [string, readonly number[], RegExp])[] = [
    ["2^64", [0x08, ...varint(2n ** 64n)], /exceeds 64 bits/],
    ["ten bytes, the last one 0x7f", [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x7f], /exceeds 64 bits/],
    ["eleven bytes", [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], /exceeds 64 bits/],
    ["2^53", [0x10, ...varint(2n ** 53n)], /exceeds 2\^53 - 1/],
    ["2^53 + 1, which a double rounds", [0x10, ...varint(2n ** 53n + 1n)], /exceeds 2\^53 - 1/],
    ["2^32", [0x18, ...varint(2n ** 32n)], /exceeds 2\^32 - 1/],
    ["2", [0x20, 2], /exceeds 1/],
    ["an end within", [0x08, 0x80], /ends within an integer/],
  ];
  for (const [name, bytes, reason] of refused) {
    t.throws(() => readIntegers(Uint8Array.from(bytes)), { code: EncodingError.code, data: { reason } } as never, name);
    t.throws(() => readIntegers(Uint8Array.from(bytes)), reason, name);
  }
  const every = fc.property(fc.bigInt(0n, max64), (value) => {
    const bytes = new CanonicalWriter(0).uint64(1, value).finish();
    deepStrictEqual([...bytes], value === 0n ? [] : [0x08, ...varint(value)]);
    deepStrictEqual(readIntegers(bytes)[0], value);
    deepStrictEqual(integerFieldBytes(value), bytes.length);
  });
  fc.assert(every, { examples: [[2n ** 53n - 1n], [2n ** 53n], [2n ** 56n - 1n], [2n ** 63n - 1n], [2n ** 63n], [max64]] });
  t.equal(varintBytes(127), 1);
  t.equal(varintBytes(128), 2);
});

const TEXT = messageShape("Text", ["text", "more"]);
const readText = (bytes: Bytes, maxBytes = 1_000) =>
  decodeMessage(TEXT, bytes, 10_000, (reader) => [reader.string(1, maxBytes), reader.string(2, maxBytes)][0]);

t.test("strings are valid UTF-8 and nothing else", async (t) => {
  const invalid: readonly (readonly [string, readonly number[]])[] = [
    ["a lone continuation byte", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a cut sequence", [0xe2, 0x82]],
    ["a wrong byte after 70 good ones", [...new Array<number>(70).fill(0x61), 0xff]],
  ];
  for (const [name, bytes] of invalid) t.throws(() => readText(Uint8Array.from([0x0a, bytes.length, ...bytes])), /not valid UTF-8/, name);
  t.equal(readText(Uint8Array.of(0x0a, 4, 0xef, 0xbb, 0xbf, 0x61)), "\ufeffa", "a byte order mark is a character");
  t.throws(() => new CanonicalWriter().string(1, "a\ud800b"), { code: ValueError.code }, "a lone surrogate has no encoding");
  t.throws(() => readText(Uint8Array.of(0x0a, 4, 1, 2, 3, 4), 3), { code: EncodingLimitError.code });
  for (const length of [63, 64, 65, 127, 128, 1_000]) {
    for (const unit of ["x", "é"]) {
      const text = unit.repeat(length / unit.length);
      const bytes = new CanonicalWriter(0).string(1, text).finish();
      t.equal(readText(bytes, 5_000), text);
    }
  }
});

const LIST = messageShape("List", ["elements", "inner"]);
const INNER = messageShape("Inner", ["value"]);

t.test("limits hold before anything is allocated", async (t) => {
  const read = (bytes: Bytes, limits = { maxCount: 3, minBytes: 1, maxBytes: 10 }) =>
    decodeMessage(LIST, bytes, 2 ** 21, (reader) => ({
      elements: reader.repeatedBytes(1, limits),
      inner: reader.repeatedMessages(2, INNER, { maxCount: 3, maxBytes: 10 }, (inner) => inner.requiredBytes(1, 10)),
    }));
  const four = new CanonicalWriter().repeatedBytes(1, new Array(4).fill(Uint8Array.of(1))).finish();
  t.throws(() => read(four), { code: EncodingLimitError.code, data: { message: "List", field: "elements", limit: 3, actual: 4 } });
  t.equal(read(four, { maxCount: 4, minBytes: 1, maxBytes: 10 }).elements.length, 4);
  t.throws(() => read(four, { maxCount: 4, minBytes: 2, maxBytes: 10 }), /at least 2 bytes/);
  const long = new CanonicalWriter().bytes(1, new Uint8Array(11)).finish();
  t.throws(() => read(long), { code: EncodingLimitError.code, data: { field: "elements", limit: 10, actual: 11 } });
  t.throws(() => decodeMessage(LIST, new Uint8Array(11), 10, () => 0), { code: EncodingLimitError.code, data: { limit: 10, actual: 11 } });

  const inner = new CanonicalWriter()
    .repeatedMessages(2, [1, 2, 3, 4], (writer, value) => void writer.bytes(1, Uint8Array.of(value)))
    .finish();
  t.throws(() => read(inner), { code: EncodingLimitError.code, data: { field: "inner", limit: 3, actual: 4 } });
  t.throws(() => read(Uint8Array.of(0x12, 11, 0x0a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9)), { code: EncodingLimitError.code });

  const flood = new Uint8Array(2 ** 20);
  for (let index = 0; index < flood.length; index += 2) flood[index] = 0x12;
  t.throws(
    () => read(flood),
    { code: EncodingError.code, data: { field: "inner", offset: 1 } },
    "a megabyte of empty sub-messages ends at the first",
  );
});

t.test("a sub-message ends where its length says", async (t) => {
  const read = (bytes: Bytes) =>
    decodeMessage(LIST, bytes, 100, (reader) => [
      reader.repeatedBytes(1, { maxCount: 9, minBytes: 1, maxBytes: 9 }),
      reader.message(2, INNER, 100, (inner) => inner.bytes(1, 100)),
    ]);
  t.strictSame(read(Uint8Array.of(0x12, 3, 0x0a, 1, 5)), [[], Uint8Array.of(5)]);
  t.throws(
    () => read(Uint8Array.of(0x12, 3, 0x0a, 2, 5, 6)),
    /Inner\.value at byte 3: the message ends within the field/,
    "content beyond it",
  );
  t.throws(() => read(Uint8Array.of(0x12, 4, 0x0a, 1, 5, 0)), /Inner\.0 at byte 5: the field is unknown/, "a byte left over");
  t.throws(() => read(Uint8Array.of(0x12, 3, 0x0a, 1, 5, 0x12, 3, 0x0a, 1, 5)), /List\.inner at byte 5: the field is written twice/);
  const large = new CanonicalWriter(0).message(2, (writer) => writer.bytes(1, new Uint8Array(300).fill(1))).finish();
  t.equal(large.length, fieldBytes(fieldBytes(300)), "lengths of two bytes are written, too");
  t.strictSame(
    decodeMessage(LIST, large, 1_000, (reader) => reader.message(2, INNER, 500, (inner) => inner.bytes(1, 400))),
    new Uint8Array(300).fill(1),
  );
});

t.test("misuse by our own code is an assertion, not an encoding error", async (t) => {
  const broken = { name: "AssertionFailure" };
  t.throws(() => new CanonicalWriter().uint64(2, 1).uint64(1, 1), broken, "descending fields");
  t.throws(() => new CanonicalWriter().uint64(1, 0).uint64(1, 1), broken, "a field twice, be it the default");
  t.throws(() => new CanonicalWriter().uint64(16, 1), broken, "a field above 15");
  t.throws(() => new CanonicalWriter().fixed(1, new Uint8Array(31), 32), broken, "a wrong fixed length");
  t.throws(() => new CanonicalWriter().message(1, () => {}), broken, "an empty sub-message");
  const writer = new CanonicalWriter().uint64(1, 1);
  writer.finish();
  t.throws(() => writer.finish(), broken, "finished twice");
  t.throws(() => writer.uint64(2, 1), broken, "written after finish");
  t.throws(() => messageShape("Large", new Array(16).fill("x")), broken, "sixteen fields");
  t.throws(() => decodeMessage(INTEGERS, Uint8Array.of(0x18, 1), 9, (reader) => reader.uint64(1)), broken, "a field never asked for");
  const backwards = (reader: CanonicalReader) => [reader.safeInteger(2), reader.uint64(1)];
  t.throws(() => decodeMessage(INTEGERS, Uint8Array.of(0x10, 1, 0x08, 1), 9, backwards), broken, "fields asked for in another order");
  t.throws(
    () => new CanonicalWriter().repeatedBytes(1, [new Uint8Array(0)]),
    { code: ValueError.code },
    "an empty element is the caller's input",
  );
  for (const value of [-1, 1.5, 2 ** 53, Number.NaN, -1n, 2n ** 64n])
    t.throws(() => new CanonicalWriter().uint64(1, value), { code: ValueError.code });
  for (const value of [-1, 2 ** 32, Number.NaN]) t.throws(() => new CanonicalWriter().uint32(1, value), { code: ValueError.code });
});

t.test("byte fields are views of the input, plain Uint8Arrays, with exact lengths", async (t) => {
  const bytes = new CanonicalWriter().fixed(1, new Uint8Array(4), 4).finish();
  const reader = new CanonicalReader(Buffer.from(bytes), INNER);
  const view = reader.fixed(1, 4);
  reader.end();
  t.equal(Object.getPrototypeOf(view), Uint8Array.prototype);
  t.throws(() => new CanonicalReader(bytes, INNER).fixed(1, 5), /it has 5 bytes, not 4/);
  t.throws(() => new CanonicalReader(bytes, INNER).fixed(1, 3), /it has 3 bytes, not 4/);
});
