/** The laws of the consensus port. */
import t from "tap";
import { CONFORMANCE_KEYS, consensusConformance } from "../../../core/conformance/index.js";
import helios from "../../../plugins/consensus-helios/index.js";
import { TRIVIAL_SPEC } from "./test-chain.js";

t.test("consensus-helios keeps the laws of the consensus port", async (t) => {
  const cases = consensusConformance({
    manifest: helios,
    parameters: { ...TRIVIAL_SPEC, futureBoundMs: 10_000 },
    config: { mine: true, address: CONFORMANCE_KEYS.addressTexts[0] },
    supports: { firstSeen: true },
  });
  t.ok(cases.length >= 20);
  for (const { name, run } of cases) await t.test(name, run);
});
