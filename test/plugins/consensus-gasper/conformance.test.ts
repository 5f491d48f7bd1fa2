/** The laws of the consensus port. */
import t from "tap";
import { CONFORMANCE_KEY_FILE, CONFORMANCE_KEYS, conformanceValidators, consensusConformance } from "../../../core/conformance/index.js";
import { toHex } from "../../../core/sdk.js";
import gasper from "../../../plugins/consensus-gasper/index.js";

const SLOT_MS = 1_000;

t.test("consensus-gasper keeps the laws of the consensus port", async (t) => {
  const cases = consensusConformance({
    manifest: gasper,
    parameters: {
      slotMs: SLOT_MS,
      slotsPerEpoch: 4,
      shuffleRounds: 4,
      committees: { targetSize: 4 },
      validators: conformanceValidators(4).map(({ publicKey, proofOfPossession }, index) => ({
        publicKey: toHex(publicKey),
        proofOfPossession: toHex(proofOfPossession),
        account: CONFORMANCE_KEYS.addressTexts[index],
      })),
    },
    config: { validators: [CONFORMANCE_KEY_FILE] },
    blockTimeMs: SLOT_MS,
    blockLimitMs: 20 * SLOT_MS,
  });
  t.ok(cases.length >= 20);
  for (const { name, run } of cases) await t.test(name, run);
});
