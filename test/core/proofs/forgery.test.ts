/** Each way to cheat by name, in every kind of proof that has it, and the code with which it is refused. */
import t, { type Test } from "tap";
import { type Bytes, concatBytes, Hash, sha256 } from "../../../core/primitives/index.js";
import {
  MAX_PROOF_BYTES,
  MAX_RANGE_ENTRIES,
  ProofError,
  type ProofErrorCode,
  verifyMultiProof,
  verifyProof,
  verifyRange,
} from "../../../core/proofs/index.js";
import { tagged } from "../state/fixtures.js";
import {
  bit,
  chosenPaths,
  encode,
  FIRST,
  type Kind,
  keyAt,
  LAST,
  Model,
  type Node,
  nodesOf,
  numberOf,
  pathOf,
  referenceOf,
  rewritten,
} from "./model.js";

const options = { sha256: chosenPaths };
const text = (words: string): Bytes => new Uint8Array(Buffer.from(words, "latin1"));
const HALF = pathOf(1n << 255n);
const numbered = (count: number) =>
  new Model(
    Array.from({ length: count }, (_, i) => ({ key: text(`k${i}`), value: text(`v${i}`) })),
    sha256,
  );
/** The entry with this path. */
const at = (path: bigint, value = "v") => ({ key: keyAt(pathOf(path)), value: text(value) });

interface Claim {
  readonly kind: Kind;
  readonly root: Bytes;
  readonly keys?: readonly Bytes[];
  readonly range?: readonly [Bytes, Bytes];
  readonly next?: Bytes | undefined;
}

function check(claim: Claim, proof: Bytes): unknown {
  const { kind, root, keys = [], range: [from, to] = [FIRST, LAST] } = claim;
  if (kind === "single") return verifyProof(root, keys[0] ?? FIRST, proof, options);
  return kind === "multi" ? verifyMultiProof(root, keys, proof, options) : verifyRange(root, from, to, proof, options);
}

function codeOf(work: () => unknown): ProofErrorCode | "verified" {
  try {
    work();
    return "verified";
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
}

/** Asserts that a forged tree is refused with this code. Without a root, it is refused even under the root that it leads to. */
function refused(t: Test, claim: Omit<Claim, "root"> & { root?: Bytes }, forged: Node, code: ProofErrorCode, why: string): void {
  const root = claim.root ?? referenceOf(forged);
  t.equal(
    codeOf(() => check({ ...claim, root }, encode(claim.kind, forged, claim.next))),
    code,
    `${claim.kind}: ${why}`,
  );
}

const KINDS: readonly Kind[] = ["single", "multi", "range"];
/** Claims of all kinds about one model, with honest trees. */
function claims(of: Model, key: Bytes): { claim: Claim & { keys: Bytes[] }; honest: Node }[] {
  return KINDS.map((kind) => ({
    claim: { kind, root: of.root, keys: [key] },
    honest: kind === "range" ? of.rangeProof(FIRST, LAST) : of.keysProof([key]),
  }));
}

t.test("an inner node offered as a leaf", async (t) => {
  const of = numbered(64);
  for (const asked of ["k1", "k63", "absent"]) {
    for (const { claim, honest } of claims(of, text(asked))) {
      let forgeries = 0;
      for (const [index, { node }] of nodesOf(honest).entries()) {
        if (node.type !== "inner") continue;
        let seen = 0;
        // Its children as a leaf's path and value hash: only the kind in the hash tells the two apart.
        const target = node;
        const forged = rewritten(honest, (below) =>
          below.type === "inner" && referenceEquals(below, target) && seen++ === 0
            ? { type: "foreign", path: referenceOf(target.left, sha256), valueHash: referenceOf(target.right, sha256) }
            : undefined,
        );
        forgeries++;
        const code = codeOf(() => check(claim, encode(claim.kind, forged)));
        if (code !== "PROOF_LEAF_MISPLACED" && code !== "PROOF_ROOT_MISMATCH") t.fail(`${claim.kind}, node ${index}: ${code}`);
      }
      t.ok(forgeries > 3, `${claim.kind} of ${asked}`);
    }
  }
});

function referenceEquals(a: Node, b: Node): boolean {
  return Buffer.compare(referenceOf(a, sha256), referenceOf(b, sha256)) === 0;
}

t.test("a value of 64 bytes offered as a subtree", async (t) => {
  // The attacker's value holds two references, so that its hash is that of an inner node but for the kind.
  const victim = keyAt(pathOf(1n));
  const forgedLeaf = tagged("leaf", pathOf(1n), sha256(text("a million")));
  const other = tagged("leaf", HALF, sha256(text("x")));
  const attacker = { key: keyAt(pathOf(2n ** 200n)), value: concatBytes(forgedLeaf, other) };
  const of = new Model([attacker, at(3n << 254n)]);
  const forged: Node = {
    type: "inner",
    left: { type: "own", path: pathOf(1n), bits: [], value: text("a million") },
    right: { type: "sibling", reference: other },
  };
  const honest = of.keysProof([victim]);
  t.equal(honest.type === "inner" && honest.left.type, "foreign", "the victim's way ends in the attacker's leaf");
  for (const kind of ["single", "multi"] as const) {
    const whole = rewritten(honest, (node) => (node.type === "foreign" ? forged : undefined));
    refused(t, { kind, root: of.root, keys: [victim] }, whole, "PROOF_ROOT_MISMATCH", "the attacker's leaf opened as an inner node");
    refused(t, { kind, root: of.root, keys: [victim] }, forged, "PROOF_ROOT_MISMATCH", "in place of the root");
  }
});

t.test("a leaf at the wrong depth, or not as high as it can stand", async (t) => {
  const leaf = at(5n);
  const key = leaf.key;
  const own = { single: { bits: [] }, multi: { bits: [] }, range: { key } };
  for (const kind of KINDS) {
    const lone: Node = { type: "own", path: pathOf(5n), value: leaf.value, ...own[kind] };
    const empty: Node = kind === "range" ? { type: "empty" } : { type: "sibling", reference: undefined };
    refused(t, { kind, keys: [key] }, { type: "inner", left: lone, right: empty }, "PROOF_NODE_HOLLOW", "one level too deep");
    const hollow: Node = { type: "inner", left: { type: "empty" }, right: empty };
    refused(t, { kind, keys: [key] }, hollow, "PROOF_NODE_HOLLOW", "an inner node above nothing");
    const crossed: Node = {
      type: "inner",
      left: { type: "empty" },
      right:
        kind === "range"
          ? { type: "own", path: HALF, key: keyAt(HALF), value: leaf.value }
          : { type: "sibling", reference: tagged("leaf", HALF, HALF) },
    };
    refused(t, { kind, keys: [key] }, crossed, "PROOF_NODE_HOLLOW", "an empty end beside a lone leaf");
  }
  const narrow = { kind: "range", range: [FIRST, pathOf(9n)] } as const;
  const stray: Node = { type: "inner", left: { type: "empty" }, right: { type: "sibling", reference: tagged("leaf", HALF, HALF) } };
  refused(t, narrow, stray, "PROOF_NODE_HOLLOW", "a lone leaf beyond the border");
  const of = numbered(100);
  for (const { claim, honest } of claims(of, text("k5"))) {
    // The leaf takes the place of each inner node above it.
    const found = nodesOf(honest).find(({ node }) => node.type === "own");
    for (let depth = 0; depth < (found?.depth ?? 0); depth++) {
      const forged = rewritten(honest, (node, here) =>
        here === depth && nodesOf(node).some(({ node: below }) => below === found?.node) ? found?.node : undefined,
      );
      const code = codeOf(() => check(claim, encode(claim.kind, forged)));
      if (code === "verified") t.fail(`${claim.kind} with its leaf at depth ${depth}`);
    }
  }
});

t.test("deeper than paths are long", async (t) => {
  const proof = new Uint8Array(6 + 65);
  proof.set([1, 1, 0, 0, 0, 65]);
  // Along 00…: each inner node opens its left child, whose sibling comes after it.
  proof.fill(255, 6);
  t.equal(
    codeOf(() => verifyProof(HALF, keyAt(FIRST), proof, options)),
    "PROOF_TOO_DEEP",
  );
  const pair = new Model([at(0n), at(1n), at(1n << 254n)]);
  t.same(verifyProof(pair.root, at(0n).key, encode("single", pair.keysProof([at(0n).key])), options), text("v"), "256 levels are fine");
  t.same(
    verifyRange(pair.root, pathOf(1n), pathOf(1n), encode("range", pair.rangeProof(pathOf(1n), pathOf(1n))), options).entries.length,
    1,
  );
});

t.test("absence by a leaf that proves none", async (t) => {
  const of = new Model([at(1n), at(1n << 254n), at(3n << 254n)]);
  const own: Node = { type: "foreign", path: pathOf(1n), valueHash: sha256(text("v")) };
  const keys = [at(1n).key];
  const asAbsent = (honest: Node) => rewritten(honest, (node) => (node.type === "own" && numberOf(node.path) === 1n ? own : undefined));
  for (const kind of ["single", "multi"] as const)
    refused(t, { kind, root: of.root, keys }, asAbsent(of.keysProof(keys)), "PROOF_LEAF_MISPLACED", "the key's own leaf as another's");
  refused(t, { kind: "range", root: of.root }, asAbsent(of.rangeProof(FIRST, LAST)), "PROOF_LEAF_MISPLACED", "an entry as none");
  const both: Claim = { kind: "multi", root: of.root, keys: [at(1n).key, at(1n << 254n).key] };
  t.not(
    codeOf(() => check(both, encode("multi", of.keysProof(keys)))),
    "verified",
    "a proof of one key for two",
  );
  // A leaf of the other half of the trie, under a root made for it.
  const elsewhere: Node = { type: "foreign", path: HALF, valueHash: FIRST };
  const beside: Node = { type: "sibling", reference: tagged("inner", HALF, HALF) };
  for (const kind of ["single", "multi"] as const)
    refused(t, { kind, keys }, { type: "inner", left: elsewhere, right: beside }, "PROOF_LEAF_MISPLACED", "a leaf off the key's path");
  refused(
    t,
    { kind: "range", range: [FIRST, pathOf(9n)] },
    { type: "inner", left: elsewhere, right: beside },
    "PROOF_LEAF_MISPLACED",
    "off its own path",
  );
  // Claimed empty.
  for (const { claim, honest } of claims(of, at(1n).key)) {
    const forged = rewritten(honest, (node) => (node.type === "own" && numberOf(node.path) === 1n ? { type: "empty" } : undefined));
    refused(t, claim, forged, claim.kind === "range" ? "PROOF_NODE_HOLLOW" : "PROOF_NODE_HOLLOW", "an empty end instead of the leaf");
  }
});

t.test("a range with a gap, an overlap, or entries that are not what stands there", async (t) => {
  const of = numbered(60);
  const honest = of.rangeProof(FIRST, LAST);
  const claim = { kind: "range", root: of.root } as const;
  const owns = nodesOf(honest).flatMap(({ node }) => (node.type === "own" ? [node] : []));
  t.equal(owns.length, 60);
  const [first, second] = owns.slice(20) as [Node & { type: "own" }, Node & { type: "own" }];
  const swap = (a: Node, forA: Node, b?: Node, forB?: Node) =>
    rewritten(honest, (node) => (node === a ? forA : node === b ? forB : undefined));
  refused(t, claim, swap(first, second, second, first), "PROOF_LEAF_MISPLACED", "two entries in each other's place");
  refused(t, claim, swap(second, first), "PROOF_LEAF_MISPLACED", "an entry twice");
  refused(t, claim, swap(first, { ...first, key: text("another") }), "PROOF_LEAF_MISPLACED", "an entry under another key");
  refused(t, claim, swap(first, { ...first, value: text("another") }), "PROOF_ROOT_MISMATCH", "an entry with another value");
  for (const victim of owns) {
    const code = codeOf(() => check(claim, encode("range", swap(victim, { type: "empty" }))));
    if (code !== "PROOF_ROOT_MISMATCH" && code !== "PROOF_NODE_HOLLOW") t.fail(`an entry left out: ${code}`);
  }
  for (const { node } of nodesOf(honest)) {
    // A whole subtree told by its reference only, as if it lay beyond the border.
    if (node === honest || node.type === "empty") continue;
    const closed: Node = { type: "sibling", reference: referenceOf(node, sha256) };
    const code = codeOf(() => check(claim, encode("range", swap(node, closed))));
    if (code === "verified") t.fail("a subtree within the range that is not opened");
  }
  // What is left of the trie without the entry, under its own root, is another trie.
  const without = new Model(
    of.leaves.filter(({ key }) => Buffer.compare(key, first.key ?? FIRST) !== 0),
    sha256,
  );
  refused(t, claim, without.rangeProof(FIRST, LAST), "PROOF_ROOT_MISMATCH", "an entry left out and the trie made anew");
  const [from, to] = [pathOf(1n << 254n), pathOf(3n << 254n)];
  for (const [low, high] of [
    [FIRST, to],
    [from, LAST],
    [FIRST, LAST],
    [pathOf(1n << 253n), pathOf(1n << 255n)],
    [HALF, LAST],
  ] as const) {
    const code = codeOf(() => check({ ...claim, range: [from, to] }, encode("range", of.rangeProof(low, high))));
    if (code === "verified") t.fail("more, or less, than the interval that was asked for");
  }
});

t.test("the border of a range", async (t) => {
  const of = new Model([at(1n << 250n), at(2n << 250n), at(3n << 250n), at(4n << 250n), at(60n << 250n)]);
  const [from, to] = [pathOf(2n << 250n), pathOf(3n << 250n)];
  const claim = { kind: "range", root: of.root, range: [from, to] } as const;
  t.match(check(claim, encode("range", of.rangeProof(from, to))), { entries: { length: 2 } });
  const narrower = (low: bigint, high: bigint) => of.rangeProof(pathOf((2n << 250n) + low), pathOf((3n << 250n) - high));
  for (const [low, high, what] of [
    [1n, 0n, "first"],
    [0n, 1n, "last"],
  ] as const) {
    const code = codeOf(() => check(claim, encode("range", narrower(low, high))));
    t.not(code, "verified", `the entry at the ${what} path left out: ${code}`);
    const hidden = rewritten(of.rangeProof(from, to), (node) =>
      node.type === "own" && numberOf(node.path) === (low === 1n ? 2n : 3n) << 250n
        ? { type: "foreign", path: node.path, valueHash: sha256(node.value) }
        : undefined,
    );
    refused(t, claim, hidden, "PROOF_LEAF_MISPLACED", `the entry at the ${what} path told as one beyond`);
  }
  for (const [index, { node }] of nodesOf(of.rangeProof(from, to)).entries()) {
    if (node.type !== "sibling" || node.reference === undefined) continue;
    const { reference } = node;
    const forged = rewritten(of.rangeProof(from, to), (each) =>
      each.type === "sibling" && each.reference !== undefined && Buffer.compare(each.reference, reference) === 0
        ? { type: "sibling", reference: reference.map((byte, i) => (i === 9 ? byte ^ 4 : byte)) }
        : undefined,
    );
    refused(t, claim, forged, "PROOF_ROOT_MISMATCH", `border sibling ${index} changed`);
  }
});

t.test("a range that is to be continued", async (t) => {
  const of = new Model([at(1n << 250n), at(2n << 250n), at(3n << 250n), at(9n << 250n)]);
  const [one, two, three] = [1n, 2n, 3n].map((n) => pathOf(n << 250n)) as [Bytes, Bytes, Bytes];
  const claim = { kind: "range", root: of.root, range: [one, pathOf(8n << 250n)] } as const;
  t.match(check(claim, encode("range", of.rangeProof(one, FIRST, three), three)), { entries: { length: 2 }, next: three });
  const forged = (next: Bytes, from = one) => ({ ...claim, next, tree: of.rangeProof(from, LAST, next) });
  for (const [next, why] of [
    [pathOf(numberOf(three) + 1n), "at a path without an entry"],
    [one, "at its own begin, so that it never ends"],
    [pathOf(9n << 250n), "beyond of what was asked for"],
  ] as const) {
    const { tree, ...made } = forged(next);
    refused(t, made, tree, "PROOF_NEXT_INVALID", why);
  }
  const backwards = encode("range", of.rangeProof(one, FIRST, three), FIRST);
  t.throws(() => check(claim, backwards), { code: "PROOF_NEXT_INVALID", data: { reason: /outside of what/ } }, "before its own begin");
  const skipping = { ...claim, range: [pathOf(numberOf(one) + 1n), LAST] as const, next: two };
  refused(t, skipping, of.rangeProof(skipping.range[0], LAST, two), "PROOF_NEXT_INVALID", "without an entry of its own");
  // The entry at `next` shown as one of this range: there would be two encodings.
  const shown = rewritten(of.rangeProof(one, LAST, three), (node) =>
    node.type === "foreign" && Buffer.compare(node.path, three) === 0
      ? { type: "own", path: three, key: keyAt(three), value: text("v") }
      : undefined,
  );
  refused(t, { ...claim, next: three }, shown, "PROOF_LEAF_MISPLACED", "with the next entry already in it");
  const gap = rewritten(of.rangeProof(one, LAST, three), (node) =>
    node.type === "own" && numberOf(node.path) === 2n << 250n ? { type: "empty" } : undefined,
  );
  t.not(
    codeOf(() => check(claim, encode("range", gap, three))),
    "verified",
    "with a gap before the next entry",
  );
});

t.test("extra, missing and non-canonical bytes", async (t) => {
  const of = numbered(30);
  const keys = [text("k1"), text("k2"), text("nothing")];
  for (const kind of KINDS) {
    const honest = kind === "range" ? of.rangeProof(FIRST, HALF) : of.keysProof(kind === "single" ? keys.slice(0, 1) : keys);
    const claim: Claim = { kind, root: of.root, keys, range: [FIRST, HALF] };
    const proof = encode(kind, honest);
    const head = kind === "range" ? 3 : 2;
    const shape = new DataView(proof.buffer).getUint32(head);
    const codeFor = (bytes: readonly number[] | Bytes) => codeOf(() => check(claim, Uint8Array.from(bytes)));
    t.equal(codeFor(proof), "verified");
    t.equal(codeFor([...proof, 0]), "PROOF_TRAILING_BYTES", `${kind}: a byte after the body`);
    t.equal(codeFor([...proof, ...LAST]), "PROOF_TRAILING_BYTES", `${kind}: a sibling too many`);
    t.equal(codeFor(proof.slice(0, -32)), "PROOF_TRUNCATED", `${kind}: a sibling too few`);
    t.equal(codeFor(proof.slice(0, -1)), "PROOF_TRUNCATED", `${kind}: a byte too few`);
    const longer = [
      ...proof.slice(0, head),
      0,
      0,
      0,
      shape + 1,
      ...proof.slice(head + 4, head + 4 + shape),
      0,
      ...proof.slice(head + 4 + shape),
    ];
    t.equal(codeFor(longer), "PROOF_TRAILING_BYTES", `${kind}: a longer shape`);
    t.equal(
      codeFor([...proof.slice(0, head), 255, 255, 255, 255, ...proof.slice(head + 4)]),
      "PROOF_TRUNCATED",
      `${kind}: a shape of 4 GiB`,
    );
    t.equal(codeFor(proof.slice(0, head + 2)), "PROOF_TRUNCATED");
    t.equal(codeFor([]), "PROOF_TRUNCATED");
    t.equal(codeFor([2, ...proof.slice(1)]), "PROOF_VERSION_UNKNOWN");
    for (const other of [0, 1, 2, 3, 4, 255]) if (other !== proof[1]) t.equal(codeFor([1, other, ...proof.slice(2)]), "PROOF_KIND_WRONG");
    const written = rewritten(honest, (node) =>
      node.type === "sibling" && node.reference === undefined ? { ...node, reference: FIRST } : undefined,
    );
    if (JSON.stringify(written) !== JSON.stringify(honest))
      t.equal(codeFor(encode(kind, written)), "PROOF_NOT_CANONICAL", `${kind}: an empty sibling in full`);
    else t.not(kind, "multi", "there is an empty sibling somewhere");
  }
  const lone = new Model([at(7n)]);
  const single = encode("single", lone.keysProof([at(7n).key]));
  t.equal(
    codeOf(() =>
      check(
        { kind: "single", root: lone.root, keys: [at(7n).key] },
        single.map((byte, i) => (i === 6 ? byte | 1 : byte)),
      ),
    ),
    "PROOF_NOT_CANONICAL",
    "bits after the shape",
  );
  const three = [at(5n).key, at(6n).key, at(7n).key];
  const claim: Claim = { kind: "multi", root: lone.root, keys: three };
  const own = (bits: number[]): Node => ({ type: "own", path: pathOf(7n), bits, value: text("v") });
  t.same(check(claim, encode("multi", own([1, 0]))), [undefined, undefined, text("v")]);
  t.equal(
    codeOf(() => check(claim, encode("multi", own([1, 1])))),
    "PROOF_NOT_CANONICAL",
    "an index that there is not",
  );
  t.equal(
    codeOf(() => check(claim, encode("multi", own([0, 1])))),
    "PROOF_ROOT_MISMATCH",
    "the value as another key's",
  );
  const range = encode("range", lone.rangeProof(FIRST, LAST));
  for (const flag of [2, 255])
    t.equal(
      codeOf(() =>
        verifyRange(
          lone.root,
          FIRST,
          LAST,
          range.map((byte, i) => (i === 2 ? flag : byte)),
          options,
        ),
      ),
      "PROOF_NOT_CANONICAL",
    );
});

t.test("sizes that lie, and more than is taken at once", async (t) => {
  const lone = new Model([at(7n)]);
  const proof = encode("range", lone.rangeProof(FIRST, LAST));
  const keyLength = 8;
  t.equal(proof[keyLength], 33);
  const withLength = (length: number) =>
    codeOf(() =>
      verifyRange(
        lone.root,
        FIRST,
        LAST,
        proof.map((byte, i) => (i === keyLength ? length : byte)),
        options,
      ),
    );
  for (const length of [0, 129, 255]) t.equal(withLength(length), "PROOF_KEY_INVALID", `a key of ${length} bytes`);
  t.equal(withLength(128), "PROOF_TRUNCATED");
  const value = proof.map((byte, i) => (i === keyLength + 34 || i === keyLength + 35 ? 255 : byte));
  t.equal(
    codeOf(() => verifyRange(lone.root, FIRST, LAST, value, options)),
    "PROOF_TRUNCATED",
    "a value of 64 KiB that is not there",
  );
  t.equal(
    codeOf(() => verifyRange(lone.root, FIRST, LAST, new Uint8Array(MAX_PROOF_BYTES + 1))),
    "PROOF_TOO_LARGE",
  );
  // Entries enough, one below the other, before anything is known to be wrong.
  let tree: Node = { type: "empty" };
  const count = MAX_RANGE_ENTRIES + 1;
  const build = (low: number, width: number, depth: number): Node => {
    if (low >= count) return { type: "empty" };
    if (width === 1) {
      const path = pathOf(BigInt(low) << 241n);
      return { type: "own", path, key: keyAt(path), value: text("v") };
    }
    return { type: "inner", left: build(low, width / 2, depth + 1), right: build(low + width / 2, width / 2, depth + 1) };
  };
  tree = build(0, 32_768, 0);
  t.equal(
    codeOf(() => verifyRange(HALF, FIRST, LAST, encode("range", tree), options)),
    "PROOF_TOO_MANY_ENTRIES",
  );
});

t.test("calls that ask for nothing", async (t) => {
  const proof = encode("single", { type: "empty" });
  const short = new Uint8Array(31);
  const key = text("a");
  const calls: readonly (() => unknown)[] = [
    () => verifyProof(short, key, proof),
    () => verifyProof("00" as unknown as Bytes, key, proof),
    () => verifyProof(FIRST, new Uint8Array(0), proof),
    () => verifyProof(FIRST, new Uint8Array(129), proof),
    () => verifyProof(FIRST, "key" as unknown as Bytes, proof),
    () => verifyProof(FIRST, key, "proof" as unknown as Bytes),
    () => verifyProof(FIRST, key, null as unknown as Bytes),
    () => verifyProof(FIRST, key, new Uint16Array(9) as unknown as Bytes),
    () => verifyMultiProof(FIRST, [], proof),
    () => verifyMultiProof(FIRST, undefined as unknown as Bytes[], proof),
    () =>
      verifyMultiProof(
        FIRST,
        Array.from({ length: 1_025 }, () => key),
        proof,
      ),
    () => verifyMultiProof(FIRST, [key, new Uint8Array(0)], proof),
    () => verifyRange(FIRST, short, LAST, proof),
    () => verifyRange(FIRST, FIRST, short, proof),
    () => verifyRange(FIRST, LAST, FIRST, proof),
  ];
  for (const [index, call] of calls.entries()) t.equal(codeOf(call), "PROOF_ARGUMENT_INVALID", `call ${index}`);
  t.equal(bit(Hash.zero, 0), 0);
});
