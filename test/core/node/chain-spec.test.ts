import t from "tap";
import { validateDocument } from "../../../core/kernel/index.js";
import { type ChainSpecDocument, canonicalJson, chainSpecSchema, makeChainSpec } from "../../../core/node/chain-spec.js";
import { ChainSpecError } from "../../../core/node/errors.js";
import { Hash } from "../../../core/primitives/hash.js";

const BASE = { chainId: "t", genesisTimeMs: 1, consensus: { plugin: "a" }, ledger: { plugin: "b" } };

async function document(fields: object): Promise<ChainSpecDocument> {
  const { value, problems } = await validateDocument({
    text: JSON.stringify({ ...BASE, ...fields }),
    file: "chain.json",
    schema: chainSpecSchema(),
  });
  if (value === undefined) throw new Error(problems.map(({ text }) => text).join("\n"));
  return value as ChainSpecDocument;
}

t.test("rules by height: each upgrade holds from its height on and changes only what it names", async (t) => {
  const spec = makeChainSpec(
    await document({
      limits: { blockBytes: 100_000 },
      features: ["first"],
      upgrades: [
        { height: 10, limits: { feeFloorPerByte: 5 } },
        { height: 20, limits: { blockBytes: 200_000 }, features: ["second"] },
      ],
    }),
  );
  const at = (height: number) => spec.rulesAt(height);
  t.match(at(0), { revision: 0, limits: { blockBytes: 100_000, transactionBytes: 65_536, feeFloorPerByte: 1 } });
  t.equal(at(9), at(0), "the same object, so that a change is seen by identity");
  t.match(at(10), { revision: 1, limits: { blockBytes: 100_000, feeFloorPerByte: 5 } });
  t.match(at(19), { revision: 1 });
  t.match(at(20), { revision: 2, limits: { blockBytes: 200_000, feeFloorPerByte: 5 } });
  t.same([...at(1_000_000).features], ["first", "second"]);
  t.throws(() => makeChainSpec({ ...documentOf(spec), upgrades: [{ height: 10 }, { height: 10 }] } as never), {
    code: ChainSpecError.code,
  });
});

function documentOf(spec: object) {
  return { ...spec, limits: {}, features: [], upgrades: [] };
}

t.test("the parameters' hash commits to everything but the upgrade schedule", async (t) => {
  const hash = async (fields: object) => Hash.key(makeChainSpec(await document(fields)).parametersHash);
  const base = await hash({});
  t.equal(await hash({ upgrades: [{ height: 5 }] }), base);
  t.equal(await hash({ addressPrefix: "cw", limits: {} }), base, "defaults are what is written out");
  for (const [what, fields] of Object.entries({
    chainId: { chainId: "u" },
    genesisTimeMs: { genesisTimeMs: 2 },
    addressPrefix: { addressPrefix: "xy" },
    consensus: { consensus: { plugin: "a", parameters: { x: 1 } } },
    ledger: { ledger: { plugin: "c" } },
    limits: { limits: { blockWeight: 5_000 } },
    features: { features: ["x"] },
  }))
    t.not(await hash(fields), base, what);
});

t.test("canonical JSON: one text for one value", (t) => {
  t.equal(canonicalJson({ b: 1, a: [true, null, "é\n"], c: undefined }, ""), '{"a":[true,null,"\\u00e9\\n"],"b":1}');
  for (const value of [1.5, Number.NaN, 2 ** 60, -0, 1n, () => 1])
    t.throws(() => canonicalJson({ x: [value] }, ""), { code: ChainSpecError.code, data: { path: "x[0]" } });
  t.end();
});

t.test("a wrong chain spec is told line by line", async (t) => {
  const { problems } = await validateDocument({
    text: "chainId: My Chain\ngenesisTimeMs: soon\nconsensus: { plugin: a }\nledgr: { plugin: b }\n",
    file: "chain.yaml",
    schema: chainSpecSchema(),
  });
  t.match(
    problems.map(({ text }) => text),
    [/chain\.yaml:1: chainId/, /chain\.yaml:2: genesisTimeMs/, /ledger: is missing/, /chain\.yaml:4: ledgr.*did you mean ledger\?/],
  );
});
