/** What honest provers say verifies to what is true, in one encoding only; what anybody else says verifies to nothing else. */
import fc from "fast-check";
import t from "tap";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import { type Bytes, bytesEqual, sha256, toHex } from "../../../core/primitives/index.js";
import { ProofError, type ProofErrorCode, verifyMultiProof, verifyProof, verifyRange } from "../../../core/proofs/index.js";
import { bit, chosenPaths, type Entry, encode, FIRST, keyAt, LAST, Model, numberOf, pathOf, rewritten } from "./model.js";

const options = { sha256: chosenPaths };
const text = (words: string): Bytes => new Uint8Array(Buffer.from(words, "latin1"));

/** Paths that share long prefixes: few starts, few bits that differ from them. */
const path = fc
  .record({
    start: fc.constantFrom(0x00, 0xff, 0xa5),
    flips: fc.uniqueArray(fc.oneof(fc.nat(7), fc.nat(255), fc.constantFrom(254, 255)), { maxLength: 3 }),
  })
  .map(({ start, flips }) => {
    const made = new Uint8Array(32).fill(start);
    for (const at of flips) made[at >> 3] = (made[at >> 3] as number) ^ (0x80 >> (at & 7));
    return made;
  });
const value = fc.uint8Array({ minLength: 1, maxLength: 20 });
const entries = fc
  .uniqueArray(fc.record({ path, value }), { maxLength: 24, selector: (entry) => toHex(entry.path) })
  .map((list) => list.map((entry): Entry => ({ key: keyAt(entry.path), value: entry.value })));
const model = entries.map((list) => new Model(list));

/** Keys that are there and keys that are not. */
const asked = (of: Model) =>
  fc.array(fc.oneof(path.map(keyAt), ...of.leaves.map(({ key }) => fc.constant(key))), { minLength: 1, maxLength: 12 });

const interval = (of: Model) => {
  const border = fc.oneof(
    path,
    fc.constantFrom(FIRST, LAST),
    ...of.leaves.map((leaf) =>
      fc.constantFrom(-1n, 0n, 1n).map((step) => {
        const number = numberOf(leaf.path) + step;
        return number < 0n || number >= 1n << 256n ? leaf.path : pathOf(number);
      }),
    ),
  );
  return fc.tuple(border, border).map(([a, b]) => (Buffer.compare(a, b) <= 0 ? ([a, b] as const) : ([b, a] as const)));
};

function refusal(work: () => unknown): ProofErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
}

/** A range proof as a prover with a limit of `most` entries makes it. */
function rangeOf(of: Model, from: Bytes, to: Bytes, most = Number.POSITIVE_INFINITY): Bytes {
  const next = of.within(from, to)[most]?.path;
  return encode("range", of.rangeProof(from, to, next), next);
}

t.test("single proofs", async (t) => {
  fc.assert(
    fc.property(
      model.chain((of) => fc.tuple(fc.constant(of), asked(of))),
      ([of, [key = FIRST]]) => {
        const proof = encode("single", of.keysProof([key]));
        t.same(verifyProof(of.root, key, proof, options), of.get(key));
      },
    ),
    { numRuns: 100 },
  );
  const of = new Model([{ key: text("a"), value: text("1") }], sha256);
  const proof = encode("single", of.keysProof([text("a")]));
  t.same(verifyProof(of.root, text("a"), proof), text("1"), "with the hash that is built in");
  t.equal(verifyProof(of.root, text("b"), encode("single", of.keysProof([text("b")]))), undefined, "absent by another leaf");
  t.equal(verifyProof(FIRST, text("b"), encode("single", { type: "empty" })), undefined, "absent in the empty state");
  t.same(
    proof,
    new Uint8Array(Buffer.from("0101" + "00000001" + "60" + "0000" + "31", "hex")),
    "version, kind, length of the shape, own leaf, length of the value less one, value",
  );
});

t.test("multi-proofs", async (t) => {
  fc.assert(
    fc.property(
      model.chain((of) => fc.tuple(fc.constant(of), asked(of))),
      ([of, keys]) => {
        const proof = encode("multi", of.keysProof(keys));
        const expected = keys.map((key) => of.get(key));
        t.same(verifyMultiProof(of.root, keys, proof, options), expected);
        t.same(verifyMultiProof(of.root, [...keys].reverse(), proof, options), [...expected].reverse(), "whatever the order of the keys");
      },
    ),
    { numRuns: 100 },
  );
});

t.test("range proofs, and going on from where one ended", async (t) => {
  fc.assert(
    fc.property(
      model.chain((of) => fc.tuple(fc.constant(of), interval(of), fc.integer({ min: 1, max: 9 }))),
      ([of, [from, to], most]) => {
        const expected = of.within(from, to).map(({ path, key, value }) => ({ path, key, value }));
        const found: unknown[] = [];
        for (let at: Bytes | undefined = from; at !== undefined; ) {
          const range = verifyRange(of.root, at, to, rangeOf(of, at, to, most), options);
          t.ok(range.entries.length <= most);
          found.push(...range.entries);
          at = range.next;
        }
        t.same(found, expected);
      },
    ),
    { numRuns: 100 },
  );
  const of = new Model(
    Array.from({ length: 40 }, (_, i) => ({ key: text(`k${i}`), value: text(`v${i}`) })),
    sha256,
  );
  t.equal(verifyRange(of.root, FIRST, LAST, rangeOf(of, FIRST, LAST)).entries.length, 40, "the whole state");
  t.same(verifyRange(FIRST, FIRST, LAST, encode("range", { type: "empty" })), { entries: [] }, "of nothing");
});

interface Statement {
  readonly root: Bytes;
  readonly proof: Bytes;
  /** What the proof shows, if it does. */
  readonly verify: (proof: Bytes) => unknown;
}

/** Honest proofs of all kinds. */
const statement: fc.Arbitrary<Statement> = model.chain((of) =>
  fc
    .tuple(asked(of), interval(of), fc.option(fc.integer({ min: 1, max: 5 })), fc.constantFrom("single", "multi", "range"))
    .map(([keys, [from, to], most, kind]): Statement => {
      const { root } = of;
      const [key = FIRST] = keys;
      if (kind === "single")
        return { root, proof: encode(kind, of.keysProof([key])), verify: (proof) => verifyProof(root, key, proof, options) };
      if (kind === "multi")
        return { root, proof: encode(kind, of.keysProof(keys)), verify: (proof) => verifyMultiProof(root, keys, proof, options) };
      return { root, proof: rangeOf(of, from, to, most ?? undefined), verify: (proof) => verifyRange(root, from, to, proof, options) };
    }),
);

t.test("no other bytes prove the same or anything else: one change anywhere", async (t) => {
  const mutation = fc.record({
    how: fc.constantFrom("flip", "insert", "remove", "cut", "append", "swap"),
    at: fc.nat(1 << 20),
    bits: fc.integer({ min: 1, max: 255 }),
  });
  const mutated = (proof: Bytes, { how, at, bits }: { how: string; at: number; bits: number }): Bytes => {
    const bytes = [...proof];
    const index = at % bytes.length;
    if (how === "flip") bytes[index] = (bytes[index] as number) ^ (1 << (bits & 7));
    else if (how === "insert") bytes.splice(index, 0, bits);
    else if (how === "remove") bytes.splice(index, 1);
    else if (how === "cut") bytes.length = index;
    else if (how === "append") bytes.push(bits & 1);
    else [bytes[index], bytes[(index + 32) % bytes.length]] = [bytes[(index + 32) % bytes.length] as number, bytes[index] as number];
    return Uint8Array.from(bytes);
  };
  fc.assert(
    fc.property(statement, fc.array(mutation, { minLength: 8, maxLength: 8 }), ({ proof, verify }, mutations) => {
      for (const mutation of mutations) {
        const bytes = mutated(proof, mutation);
        if (!bytesEqual(bytes, proof) && refusal(() => verify(bytes)) === undefined)
          throw new Error(`${JSON.stringify(mutation)} of ${toHex(proof)} still verifies`);
      }
    }),
    { numRuns: 250 },
  );
  const of = new Model(
    Array.from({ length: 5 }, (_, i) => ({ key: text(`k${i}`), value: text(`v${i}`) })),
    sha256,
  );
  const honest = rangeOf(of, FIRST, pathOf(1n << 255n), 2);
  for (let at = 0; at < honest.length * 8; at++) {
    const bytes = honest.map((byte, i) => (i === at >> 3 ? byte ^ (0x80 >> (at & 7)) : byte));
    t.ok(
      refusal(() => verifyRange(of.root, FIRST, pathOf(1n << 255n), bytes)),
      `bit ${at}`,
    );
  }
});

t.test("a proof of something else shows the truth or nothing", async () => {
  fc.assert(
    fc.property(
      model.chain((of) => fc.tuple(fc.constant(of), asked(of), asked(of), interval(of), interval(of))),
      ([of, keys, others, [from, to], [low, high]]) => {
        const proof = encode("multi", of.keysProof(keys));
        if (refusal(() => verifyMultiProof(of.root, others, proof, options)) === undefined) {
          const shown = verifyMultiProof(of.root, others, proof, options);
          if (others.some((key, i) => toHex(shown[i] ?? FIRST) !== toHex(of.get(key) ?? FIRST))) throw new Error("a lie about keys");
        }
        const range = rangeOf(of, from, to);
        if (refusal(() => verifyRange(of.root, low, high, range, options)) !== undefined) return;
        const shown = verifyRange(of.root, low, high, range, options);
        const paths = (list: readonly { readonly path: Bytes }[]) => list.map((each) => toHex(each.path)).join();
        if (shown.next !== undefined || paths(shown.entries) !== paths(of.within(low, high))) throw new Error("a lie about a range");
      },
    ),
    { numRuns: 200 },
  );
});

t.test("provers that show another trie never meet the root", async () => {
  fc.assert(
    fc.property(
      model.filter(({ leaves }) => leaves.length > 0).chain((of) => fc.tuple(fc.constant(of), fc.nat(100), path, value, interval(of))),
      ([of, pick, elsewhere, other, [from, to]]) => {
        const victim = of.leaves[pick % of.leaves.length];
        if (victim === undefined || bytesEqual(victim.value, other)) return;
        const others = of.leaves.filter((leaf) => leaf !== victim);
        const forgers = [
          new Model([...others, { key: victim.key, value: other }]),
          new Model(others),
          ...(of.get(keyAt(elsewhere)) === undefined ? [new Model([...of.leaves, { key: keyAt(elsewhere), value: other }])] : []),
        ];
        for (const forger of forgers) {
          for (const key of [victim.key, keyAt(elsewhere)]) {
            const proof = encode("single", forger.keysProof([key]));
            const code = refusal(() => verifyProof(of.root, key, proof, options));
            // Where the forger's tree is the same as far as it is shown, it says the truth.
            if (
              code === undefined
                ? toHex(verifyProof(of.root, key, proof, options) ?? FIRST) !== toHex(of.get(key) ?? FIRST)
                : code !== "PROOF_ROOT_MISMATCH"
            )
              throw new Error(`${code}: a forged value`);
          }
          const code = refusal(() => verifyRange(of.root, from, to, rangeOf(forger, from, to), options));
          const same = toHex(of.root) === toHex(forger.root);
          if (code !== "PROOF_ROOT_MISMATCH" || same) throw new Error(`${code}: a forged range`);
        }
      },
    ),
    { numRuns: 100 },
  );
});

t.test("siblings that are changed are refused, kinds included", async (t) => {
  const of = new Model(
    Array.from({ length: 200 }, (_, i) => ({ key: text(`k${i}`), value: text(`v${i}`) })),
    sha256,
  );
  const key = text("k7");
  const honest = of.keysProof([key]);
  let siblings = 0;
  for (let victim = 0; victim < 10; victim++) {
    for (const change of [
      (reference: Bytes) => reference.map((byte, at) => (at === 31 ? byte ^ 1 : byte)),
      (reference: Bytes) => reference.map((byte, at) => (at === 0 ? byte ^ 0x80 : byte)),
      () => undefined,
    ]) {
      let seen = 0;
      const forged = rewritten(honest, (node) => {
        if (node.type !== "sibling" || node.reference === undefined || seen++ !== victim) return undefined;
        siblings++;
        return { type: "sibling", reference: change(node.reference) };
      });
      const code = refusal(() => verifyProof(of.root, key, encode("single", forged)));
      if (seen > victim) t.ok(code === "PROOF_ROOT_MISMATCH" || code === "PROOF_NODE_HOLLOW", `${code}`);
    }
  }
  t.ok(siblings >= 15, "there were siblings");
});

t.test("errors are those of the house", async (t) => {
  const error = t.throws(() => verifyProof(LAST, text("a"), encode("single", { type: "empty" }))) as unknown;
  t.ok(error instanceof ProofError && ChainwrightError.is(error));
  t.match(JSON.parse(JSON.stringify(error)), {
    code: "PROOF_ROOT_MISMATCH",
    kind: "input",
    message: /leads to root 0000/,
    data: { root: "ff".repeat(32), computed: "00".repeat(32) },
  });
  t.equal(bit(LAST, 255), 1);
});
