import test from "node:test";
import { CONFORMANCE_KEYS, consensusConformance } from "../../../core/conformance/index.js";
import { toHex } from "../../../core/primitives/bytes.js";
import instant from "../../fixtures/instant-engine.js";
import slots from "../../fixtures/slot-engine.js";

const validators = [toHex(CONFORMANCE_KEYS.publicKeys[0] as Uint8Array)];
for (const { name, run } of consensusConformance({ manifest: instant, parameters: { validators }, supports: { schedule: false } }))
  test("instant " + name, run);
for (const { name, run } of consensusConformance({
  manifest: slots,
  parameters: { validators },
  supports: { schedule: false, firstSeen: true },
}))
  test("slots " + name, run);
