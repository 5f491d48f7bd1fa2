/**
 * Gasper at the default chain spec: shuffling, ends of epochs, signatures in both engines, fork choice, whole blocks. By CPU time and by ratios to what is
 * measured beside it, wherever a busy machine would blur the figures.
 */
import { measureBlocks } from "../generator/gasper-blocks.js";
import { measureEpochs } from "../generator/gasper-epochs.js";
import { measureForkChoice } from "../generator/gasper-fork-choice.js";
import { measureShuffling } from "../generator/gasper-shuffling.js";
import { measureSignatures } from "../generator/gasper-signatures.js";
import type { BenchSuite } from "../suite.js";

const suite: BenchSuite = {
  name: "gasper",
  description:
    "Gasper at the default chain spec: shuffling, fork choice, attestations in both BLS engines, full blocks, ends of epochs with 10,000 and 100,000 validators, memory of the registry",
  async run(context) {
    await measureShuffling(context);
    await measureForkChoice(context);
    await measureSignatures(context);
    await measureBlocks(context);
    const slotsPerEpoch = context.quick ? 8 : 32;
    await measureEpochs(context, "10,000", context.quick ? 256 : 10_000, slotsPerEpoch);
    await measureEpochs(context, "100,000", context.quick ? 512 : 100_000, slotsPerEpoch);
  },
};

export default suite;
