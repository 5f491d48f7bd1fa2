/** Runs the cases of "chainwright/conformance" over this engine: each says which law of the consensus port is broken. */
import test from "node:test";
import { CONFORMANCE_KEYS, consensusConformance } from "chainwright/conformance";
import manifest from "./index.js";

const authority = Buffer.from(CONFORMANCE_KEYS.publicKeys[0] ?? []).toString("hex");

for (const { name, run } of consensusConformance({ manifest, parameters: { authority }, config: { produce: true } })) test(name, run);
