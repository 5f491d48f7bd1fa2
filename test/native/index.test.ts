/** Which engine is chosen, forced or refused; and that the self-check finds an engine that errs. */
import t from "tap";
import type { ComputeTiers, EngineKind } from "../../core/ports/compute.js";
import { chooseEngine, type EngineMaker, type EngineMakers } from "../../native/choose.js";
import type { ComputeEngine } from "../../native/engine.js";
import { NativeEngineUnavailableError, NativeTierUnavailableError } from "../../native/errors.js";
import { createEngine, describeAddon } from "../../native/index.js";
import { createJsEngine } from "../../native/js/engine.js";
import { selfCheck } from "../../native/self-check.js";

const js = createJsEngine({ keyCacheEntries: 64 });

/** The JavaScript engine under another name, with what `overrides` changes. */
function engine(overrides: Partial<ComputeEngine> = {}): ComputeEngine {
  return {
    kind: js.kind,
    tiers: js.tiers,
    verify: (batch, from, to, bitmap) => js.verify(batch, from, to, bitmap),
    hashPairs: (input, output, tag, from, to) => js.hashPairs(input, output, tag, from, to),
    subtreeRoot: (nodes, fromDepth, toDepth) => js.subtreeRoot(nodes, fromDepth, toDepth),
    clearKeyCache: () => js.clearKeyCache(),
    ...overrides,
  };
}

const TIERS: ComputeTiers = { ed25519: "ifma", sha256: "avx512", sha512: "avx512", modular: "ifma" };
/** As the addon does it. */
const native: EngineMaker = (forced) => {
  for (const [primitive, tier] of Object.entries(forced))
    if (tier === "abacus") throw new NativeTierUnavailableError({ primitive, tier, available: ["portable", "avx2"] });
  return engine({ kind: "native", tiers: { ...TIERS, ...forced } });
};
const none: EngineMaker = () => ({ reason: "not here" });
const makers: EngineMakers = { native, wasm: () => engine({ kind: "wasm" }), js: () => engine() };
const choose = (
  options: { readonly engine?: "auto" | EngineKind; readonly tiers?: Partial<ComputeTiers> } = {},
  environment: Record<string, string> = {},
  changed: Partial<EngineMakers> = {},
) => chooseEngine({ engine: "auto", keyCacheEntries: 0, ...options }, environment, { ...makers, ...changed });

t.test("the best that works is chosen, and says why it is not a better one", async (t) => {
  t.match(choose(), { kind: "native", tiers: TIERS });
  t.equal(choose().fallback, undefined);
  t.match(choose({}, {}, { native: none }), { kind: "wasm", fallback: "no native engine: not here" });
  t.match(choose({}, {}, { native: none, wasm: none }), {
    kind: "js",
    fallback: "no native engine: not here; no WebAssembly engine: not here",
  });
  const broken = () => {
    throw new Error("no such instruction");
  };
  t.match(choose({}, {}, { native: broken }), { kind: "wasm", fallback: "no native engine: no such instruction" });
  const wrong = () => engine({ kind: "native", verify: () => 0 });
  t.match(choose({}, {}, { native: wrong }), {
    kind: "wasm",
    fallback: /^no native engine: its self-check failed: Ed25519 verdicts are 0/,
  });
  t.throws(() => choose({}, {}, { native: none, wasm: none, js: none }), NativeEngineUnavailableError);

  const fallback = choose({}, {}, { native: none });
  t.equal(selfCheck(fallback), undefined, "with its methods");
});

t.test("what is forced is what runs, or an error", async (t) => {
  for (const kind of ["native", "wasm", "js"] as const) {
    t.match(choose({ engine: kind }), { kind, fallback: undefined });
    t.match(choose({}, { CHAINWRIGHT_ENGINE: kind }), { kind, fallback: undefined });
    const refused = { code: "NATIVE_ENGINE_UNAVAILABLE", kind: "unavailable", data: { engine: kind, reason: "not here" } };
    t.throws(() => choose({ engine: kind }, {}, { [kind]: none }), refused);
    t.throws(() => choose({}, { CHAINWRIGHT_ENGINE: kind }, { [kind]: none }), refused);
  }
  t.match(choose({ engine: "js" }, { CHAINWRIGHT_ENGINE: "native" }), { kind: "js" }, "options go before the environment");
  t.match(choose({}, { CHAINWRIGHT_ENGINE: "", CHAINWRIGHT_TIERS: "" }), { kind: "native", tiers: TIERS });
  t.match(choose({}, { CHAINWRIGHT_ENGINE: "auto" }), { kind: "native" });
  t.throws(() => choose({}, { CHAINWRIGHT_ENGINE: "fast" }), { code: "NATIVE_SETTING", message: /auto, native, wasm or js/ });
});

t.test("forced tiers are those that run, or an error that names what there is", async (t) => {
  const tiers = { ed25519: "avx2", sha256: "portable" };
  const setting = { CHAINWRIGHT_TIERS: "ed25519=avx2, sha256=portable" };
  for (const forced of [choose({ tiers }), choose({}, setting), choose({ engine: "native" }, setting), choose({ tiers: {} }, setting)])
    t.match(forced, { kind: "native", tiers: { ...tiers, sha512: "avx512" }, fallback: undefined });
  t.match(choose({ tiers: { sha512: "portable" } }, setting), { tiers: { ...TIERS, sha512: "portable" } });
  t.match(choose({ engine: "wasm" }, setting), { kind: "wasm" }, "the environment's are for the addon alone");
  for (const forced of [choose({ tiers: { modular: "adx" } }), choose({}, { CHAINWRIGHT_TIERS: "modular=adx" })])
    t.match(forced, { kind: "native", tiers: { ...TIERS, modular: "adx" } });
  t.throws(() => choose({ engine: "js", tiers: { modular: "adx" } }), {
    code: "NATIVE_TIER_UNAVAILABLE",
    message: "no tier adx of modular here; this machine has none",
  });

  const lacking = { code: "NATIVE_TIER_UNAVAILABLE", message: "no tier abacus of ed25519 here; this machine has portable, avx2" };
  t.throws(() => choose({ tiers: { ed25519: "abacus" } }), lacking);
  t.throws(() => choose({}, { CHAINWRIGHT_TIERS: "ed25519=abacus" }), lacking);
  t.throws(() => choose({ tiers }, {}, { native: none }), { code: "NATIVE_ENGINE_UNAVAILABLE" }, "only the addon has tiers");
  t.throws(() => choose({ engine: "js", tiers }), { code: "NATIVE_TIER_UNAVAILABLE" });
  t.throws(() => choose({ tiers }, {}, { native: () => engine({ kind: "native", tiers: TIERS }) }), { code: "NATIVE_TIER_UNAVAILABLE" });
  for (const value of ["ed25519", "ed25519=", "md5=portable", "ed25519=avx2=ifma", "ed25519=avx2,", "=avx2"])
    t.throws(() => choose({}, { CHAINWRIGHT_TIERS: value }), { code: "NATIVE_SETTING", data: { value } }, value);
});

t.test("the self-check finds each way to err", async (t) => {
  t.equal(selfCheck(engine()), undefined);
  let cleared = 0;
  selfCheck(engine({ clearKeyCache: () => cleared++ }));
  t.equal(cleared, 1, "it leaves no keys in the cache");

  const flipped = (which: (count: number) => number) =>
    engine({
      verify(batch, from, to, bitmap) {
        const valid = js.verify(batch, from, to, bitmap);
        const index = which(batch.count);
        bitmap[index >> 3] = (bitmap[index >> 3] as number) ^ (1 << (index & 7));
        return valid + ((((bitmap[index >> 3] as number) >> (index & 7)) & 1) === 1 ? 1 : -1);
      },
    });
  for (let i = 0; i < 11; i++) t.match(selfCheck(flipped(() => i)), /^Ed25519 verdicts are [01]{11}, not 11111110000$/, `vector ${i}`);
  t.match(selfCheck(flipped((count) => (count === 64 ? 37 : 0))), /^Ed25519 verdicts/);
  let calls = 0;
  t.match(
    selfCheck(engine({ verify: (batch, from, to, bitmap) => (++calls % 2 === 0 ? 0 : js.verify(batch, from, to, bitmap)) })),
    /^Ed25519 verdicts are 0{11}, counted|^Ed25519 verdicts are 0/,
    "one that errs once keys are cached",
  );
  t.match(selfCheck(engine({ verify: (...all) => js.verify(...all) + 1 })), /counted as 8/);
  t.match(selfCheck(engine({ hashPairs: (input, output, _tag, from, to) => js.hashPairs(input, output, "plain", from, to) })), /tag leaf/);
  t.match(selfCheck(engine({ hashPairs: (input, output, tag, from, to) => js.hashPairs(input, output, tag, from, to - 1) })), /pair 38/);
  t.match(selfCheck(engine({ subtreeRoot: (nodes) => js.subtreeRoot(nodes, 0, 9) })), /Merkle root/);
  t.equal(
    selfCheck(
      engine({
        verify: () => {
          throw new Error("out of lanes");
        },
      }),
    ),
    "out of lanes",
  );
});

t.test("this machine's engines", async (t) => {
  t.match(createEngine({ engine: "js", keyCacheEntries: 0 }), { kind: "js" });
  const addon = describeAddon();
  if ("reason" in addon) {
    t.comment(`no addon: ${addon.reason}`);
    t.throws(() => createEngine({ engine: "native", keyCacheEntries: 0 }), {
      code: "NATIVE_ENGINE_UNAVAILABLE",
      data: { reason: addon.reason },
    });
    t.notOk(process.env.REQUIRE_TIERS === "1", "REQUIRE_TIERS asks for the addon");
    return;
  }
  for (const primitive of ["ed25519", "sha256", "sha512", "modular"] as const) {
    const { best, available } = addon.tiers[primitive];
    t.ok(available.includes(best), `${primitive}: ${best} of ${available.join(", ")}`);
    t.ok(available.includes("portable"));
    for (const tier of available) {
      const forced = createEngine({ engine: "native", tiers: { [primitive]: tier }, keyCacheEntries: 0 });
      t.equal(forced.tiers[primitive], tier, `${primitive} ${tier} passes its self-check`);
    }
  }
  const created = createEngine({ engine: "native", keyCacheEntries: 16 });
  t.match(created, { kind: "native" });
  t.equal(created.fallback, undefined);
});
