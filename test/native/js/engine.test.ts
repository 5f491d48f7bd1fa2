/**
 * What is the JS engine's own: OpenSSL's acceptance is final, so it must imply ZIP-215's; its key cache; its subtrees against
 * the primitive's Merkle root. Everything that all engines share is tested one folder up.
 */
import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { Point } from "@noble/ed25519";
import t from "tap";
import { mixInLength } from "../../../core/compute/merkle.js";
import { merkleRootPacked } from "../../../core/primitives/merkle.js";
import { createJsEngine } from "../../../native/js/engine.js";
import { KeyCache } from "../../../native/js/key-cache.js";
import { Random } from "../../fixtures/random.js";
import { Adversary } from "../adversary.js";
import { mixedOrder } from "../edge-cases.js";
import { ask, mistakes } from "../engines.js";
import { noble, type Signed } from "../signed.js";
import { SPECCHECK, smallOrderEncodings, smallOrderPairs } from "../zip215-vectors.js";

const engine = createJsEngine({ keyCacheEntries: 64 });

function openssl({ signature, message, publicKey }: Signed): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  try {
    return opensslVerify(null, message, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), signature);
  } catch {
    return false;
  }
}

t.test("OpenSSL refuses some that ZIP-215 takes: it must never be the judge of a refusal", async (t) => {
  t.ok(SPECCHECK.some((item) => noble(item) && !openssl(item)));
  const byOpenssl = smallOrderPairs().filter(openssl).length;
  t.ok(byOpenssl > 0 && byOpenssl < 196, `it takes ${byOpenssl} of the 196 pairs of small order`);
});

t.test("what OpenSSL accepts, noble accepts: torsion in key and R, non-canonical encodings", async (t) => {
  // OpenSSL accepts iff the torsions T1 of R and T2 of the key cancel, T1 + [k]T2 = 0; ZIP-215 always.
  const encodings = smallOrderEncodings();
  const items: Signed[] = [];
  for (const [i, first] of encodings.entries()) {
    for (const second of encodings.slice(i % 3, (i % 3) + 4)) {
      const [keyTorsion, rTorsion] = [Point.fromBytes(second, true), Point.fromBytes(first, true)];
      const [a, r] = [12345678901234567890n + BigInt(i), 98765432109876543210n + BigInt(items.length)];
      items.push(mixedOrder(a, keyTorsion, r, rTorsion, Uint8Array.of(i)));
    }
  }
  const accepted = items.filter(openssl);
  t.ok(accepted.length > 0 && accepted.length < items.length, `${accepted.length} of ${items.length} by OpenSSL`);
  t.ok(accepted.every(noble));
  t.ok(ask(engine, items).verdicts.every(Boolean), "and the engine accepts all, as ZIP-215 does");
});

t.test("what OpenSSL accepts, noble and the engine accept: an adversary's signatures", async (t) => {
  const adversary = new Adversary(new Random(29));
  const items = Array.from({ length: 200 }, () => adversary.next());
  const accepted = items.filter(openssl);
  t.ok(accepted.length > 20, `${accepted.length} of ${items.length}`);
  t.same(
    accepted.filter(({ valid }) => !valid),
    [],
  );
  t.same(mistakes(engine, items), []);
});

t.test("subtrees of any size make the root of the whole list", async (t) => {
  for (const count of [0, 1, 2, 3, 7, 8, 9, 33]) {
    const leaves = Uint8Array.from({ length: 32 * count }, (_, i) => (i * 31 + count) & 0xff);
    for (const depth of [0, 1, 3, 20]) {
      const per = 32 * 2 ** depth;
      const roots: number[] = [];
      for (let at = 0; at < leaves.length; at += per) roots.push(...engine.subtreeRoot(leaves.subarray(at, at + per), 0, depth));
      const root = mixInLength(engine, engine.subtreeRoot(Uint8Array.from(roots), depth, 20), count);
      t.same(Buffer.from(root), Buffer.from(merkleRootPacked(leaves)), `${count} leaves in subtrees of depth ${depth}`);
    }
  }
});

t.test("the key cache is bounded and forgets what was used longest ago", async (t) => {
  const cache = new KeyCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  t.equal(cache.get("a"), 1);
  cache.set("c", 3);
  t.equal(cache.get("b"), undefined);
  t.equal(cache.get("a"), 1);
  cache.set("a", 4);
  t.equal(cache.get("a"), 4);
  t.equal(cache.size, 2);
  const none = new KeyCache<number>(0);
  none.set("a", 1);
  t.equal(none.size, 0);
});
