import fc from "fast-check";
import t from "tap";
import type { StateProof } from "../../../core/ports/state.js";
import { type Bytes, concatBytes, Hash, sha256 } from "../../../core/primitives/index.js";
import { verifyStateProof } from "../../../core/state/proof.js";
import { blockId, key, modelRoot, newStore, TestStorage, tagged } from "./fixtures.js";

/** A state of these entries and a prover for it. */
async function prover(entries: ReadonlyMap<string, Bytes>) {
  const store = newStore(new TestStorage());
  const writer = store.writer(undefined);
  for (const [k, v] of entries) writer.set(key(k), v);
  store.adopt(blockId("g"), 0, undefined, await store.finish(writer));
  const view = store.view(blockId("g"));
  if (view === undefined) throw new Error("no view");
  return view;
}

const numbered = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`k${i}`, key(`v${i}`)]));
const bit = (path: Bytes, depth: number) => ((path[depth >> 3] as number) >> (7 - (depth & 7))) & 1;

t.test("every key has a proof of presence or absence, and none of anything else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 80 }), async (count, asked) => {
      const entries = numbered(count);
      const view = await prover(entries);
      const proof = await view.prove(key(`k${asked}`));
      const check = (value: Bytes | undefined, root: Hash = modelRoot(entries)) =>
        verifyStateProof({ root, key: key(`k${asked}`), value, proof });
      if (!check(entries.get(`k${asked}`))) throw new Error("the right claim is refused");
      if (check(entries.has(`k${asked}`) ? undefined : key(`v${asked}`)) || check(key("other"))) throw new Error("a wrong claim is taken");
      if (check(entries.get(`k${asked}`), sha256(key("root")))) throw new Error("a wrong root is taken");
      if (
        verifyStateProof({ root: view.root, key: key("another key"), value: entries.get(`k${asked}`), proof }) &&
        entries.has(`k${asked}`)
      )
        throw new Error("another key is taken");
    }),
    { numRuns: 60 },
  );
});

t.test("the empty state and a lone leaf", async (t) => {
  const empty = await prover(new Map());
  t.same(await empty.prove(key("a")), { siblings: [] });
  t.ok(verifyStateProof({ root: Hash.zero, key: key("a"), value: undefined, proof: { siblings: [] } }));
  t.notOk(verifyStateProof({ root: Hash.zero, key: key("a"), value: key("1"), proof: { siblings: [] } }));
  const lone = await prover(new Map([["a", key("1")]]));
  const proof = await lone.prove(key("a"));
  t.same(proof.siblings, []);
  t.ok(verifyStateProof({ root: lone.root, key: key("a"), value: key("1"), proof }));
  t.ok(verifyStateProof({ root: lone.root, key: key("b"), value: undefined, proof }), "another path's leaf proves absence");
  t.notOk(verifyStateProof({ root: lone.root, key: key("a"), value: undefined, proof }), "a key's own leaf does not prove its absence");
  t.notOk(verifyStateProof({ root: lone.root, key: key("b"), value: undefined, proof: { siblings: [] } }), "nor does leaving the leaf out");
  t.notOk(verifyStateProof({ root: Hash.zero, key: key("a"), value: key("1"), proof }));
});

t.test("siblings that are changed, missing, swapped or added are refused", async (t) => {
  const entries = numbered(200);
  const view = await prover(entries);
  const { root } = view;
  const proof = await view.prove(key("k7"));
  const value = key("v7");
  const check = (changed: StateProof, claimed: Bytes | undefined = value) =>
    verifyStateProof({ root, key: key("k7"), value: claimed, proof: changed });
  t.ok(check(proof));
  for (let i = 0; i < proof.siblings.length; i++) {
    const changed = proof.siblings.map((sibling, j) =>
      i === j ? Hash.from(sibling.map((byte, at) => (at === 31 ? byte ^ 1 : byte))) : sibling,
    );
    t.notOk(check({ ...proof, siblings: changed }), `sibling ${i} changed`);
    const flipped = proof.siblings.map((sibling, j) =>
      i === j ? Hash.from(sibling.map((byte, at) => (at === 0 ? byte ^ 0x80 : byte))) : sibling,
    );
    t.notOk(check({ ...proof, siblings: flipped }), `sibling ${i} with its kind bit flipped`);
    t.notOk(check({ ...proof, siblings: proof.siblings.filter((_, j) => j !== i) }), `sibling ${i} missing`);
    t.notOk(check({ ...proof, siblings: proof.siblings.toSpliced(i, 0, Hash.zero) }), `an empty sibling added at ${i}`);
  }
  t.notOk(check({ ...proof, siblings: [...proof.siblings].reverse() }));
  t.notOk(check({ siblings: proof.siblings }), "presence without a leaf");
  t.notOk(check({ siblings: proof.siblings }, undefined), "absence by leaving the leaf out");
  t.notOk(
    check({ ...proof, siblings: [...proof.siblings, ...Array.from({ length: 300 }, () => Hash.zero)] }),
    "deeper than a path is long",
  );
  const { leaf } = proof;
  if (leaf === undefined) throw new Error("there is a leaf");
  t.notOk(check({ ...proof, leaf: { ...leaf, valueHash: sha256(key("v8")) } }, key("v8")), "another value");
  t.notOk(check({ ...proof, leaf: { path: sha256(key("k8")), valueHash: leaf.valueHash } }, undefined), "another leaf as proof of absence");
});

t.test("an inner node is no leaf, whatever its children say", async (t) => {
  // The top node's two children, offered as a leaf's path and value hash: without kinds in the hashes it would verify.
  const entries = numbered(64);
  const view = await prover(entries);
  const path = sha256(key("k1"));
  const proof = await view.prove(key("k1"));
  const [first] = proof.siblings;
  if (first === undefined) throw new Error("there is a sibling");
  let below: Bytes = tagged("leaf", path, sha256(key("v1")));
  for (let depth = proof.siblings.length - 1; depth > 0; depth--) {
    const sibling = proof.siblings[depth] as Hash;
    below = bit(path, depth) === 1 ? tagged("inner", sibling, below) : tagged("inner", below, sibling);
  }
  const [left, right] = bit(path, 0) === 1 ? [first, below] : [below, first];
  t.same(tagged("inner", left as Bytes, right as Bytes), view.root, "these are the children of the root");
  const forged: StateProof = { siblings: [], leaf: { path: Hash.from(left as Bytes), valueHash: Hash.from(right as Bytes) } };
  for (const k of ["k1", "k63", "absent"]) {
    t.notOk(
      verifyStateProof({ root: view.root, key: key(k), value: undefined, proof: forged }),
      `an inner node as a leaf that proves ${k} absent`,
    );
  }
});

t.test("a 64-byte value is no subtree", async (t) => {
  // A value that holds two hashes: its own hash is that of an inner node below which the forger puts a leaf of his own.
  const path = sha256(key("victim"));
  const forgedLeaf = tagged("leaf", path, sha256(key("a million")));
  const valueBytes = concatBytes(forgedLeaf, tagged("leaf", sha256(key("other")), sha256(key("x"))));
  const view = await prover(
    new Map([
      ["attacker", valueBytes],
      ["b", key("1")],
    ]),
  );
  for (let depth = 0; depth < 8; depth++) {
    for (const hashOfValue of [sha256(valueBytes), tagged("inner", valueBytes)]) {
      const honest = await view.prove(key("attacker"));
      const siblings = [...honest.siblings.slice(0, depth), Hash.from(valueBytes.slice(32)), Hash.from(hashOfValue)];
      const proof: StateProof = { siblings, leaf: { path, valueHash: sha256(key("a million")) } };
      t.notOk(verifyStateProof({ root: view.root, key: key("victim"), value: key("a million"), proof }));
    }
  }
});

t.test("a leaf at another depth than its own is refused even under a root made for it", async (t) => {
  // The forger makes the roots, too: one leaf one level too deep, and an inner node with nothing but an empty end.
  const path = sha256(key("a"));
  const leaf = { path, valueHash: sha256(key("1")) };
  const leafHash = tagged("leaf", path, leaf.valueHash);
  const deep = bit(path, 0) === 1 ? tagged("inner", Hash.zero, leafHash) : tagged("inner", leafHash, Hash.zero);
  t.notOk(
    verifyStateProof({ root: deep, key: key("a"), value: key("1"), proof: { siblings: [Hash.zero], leaf } }),
    "a lone leaf below an inner node",
  );
  const hollow = tagged("inner", Hash.zero, Hash.zero);
  t.notOk(
    verifyStateProof({ root: hollow, key: key("a"), value: undefined, proof: { siblings: [Hash.zero] } }),
    "an inner node above nothing",
  );
  const other = bit(path, 0) === 1 ? tagged("inner", leafHash, Hash.zero) : tagged("inner", Hash.zero, leafHash);
  t.notOk(
    verifyStateProof({ root: other, key: key("a"), value: undefined, proof: { siblings: [leafHash] } }),
    "an empty end beside a lone leaf",
  );
  const wrongSide = { path: Hash.from(path.map((byte, i) => (i === 0 ? byte ^ 0x80 : byte))), valueHash: leaf.valueHash };
  const stray = tagged("leaf", wrongSide.path, wrongSide.valueHash);
  const crossed = bit(path, 0) === 1 ? tagged("inner", leafHash, stray) : tagged("inner", stray, leafHash);
  const absence: StateProof = { siblings: [leafHash], leaf: wrongSide };
  t.notOk(verifyStateProof({ root: crossed, key: key("a"), value: undefined, proof: absence }), "a leaf off its own path");
  const entries = numbered(100);
  const view = await prover(entries);
  const proof = await view.prove(key("k5"));
  for (let cut = 0; cut < proof.siblings.length; cut++) {
    t.notOk(
      verifyStateProof({ root: view.root, key: key("k5"), value: key("v5"), proof: { ...proof, siblings: proof.siblings.slice(0, cut) } }),
    );
  }
});

t.test("a leaf that is not on the key's path proves nothing", async (t) => {
  const entries = numbered(100);
  const view = await prover(entries);
  const proof = await view.prove(key("k5"));
  const path = sha256(key("k5"));
  for (let i = 0; i < 400; i++) {
    const asked = `absent${i}`;
    const shares = proof.siblings.every((_, depth) => bit(sha256(key(asked)), depth) === bit(path, depth));
    t.equal(verifyStateProof({ root: view.root, key: key(asked), value: undefined, proof }), shares);
    if (shares) break;
  }
});

t.test("whatever a prover sends, the verifier answers", async (t) => {
  const root = modelRoot(numbered(3));
  const strange = [
    { siblings: [new Uint8Array(31)] },
    { siblings: ["x"] },
    { siblings: null },
    { siblings: [], leaf: { path: new Uint8Array(31), valueHash: new Uint8Array(32) } },
    { siblings: [], leaf: { path: new Uint8Array(32), valueHash: undefined } },
    { siblings: [], leaf: null },
    { siblings: [], leaf: 5 },
    {},
    [],
    "proof",
    null,
    undefined,
  ] as unknown as StateProof[];
  for (const proof of strange) t.equal(verifyStateProof({ root, key: key("k1"), value: undefined, proof }), false);
  t.equal(
    verifyStateProof({ root: Hash.zero, key: new Uint8Array(0), value: undefined, proof: { siblings: [] } }),
    false,
    "no key is empty",
  );
  t.equal(verifyStateProof({ root: Hash.zero, key: new Uint8Array(129), value: undefined, proof: { siblings: [] } }), false);
  t.equal(verifyStateProof({ root, key: key("k1"), value: new Uint8Array(0), proof: { siblings: [] } }), false, "no value is empty");
});
