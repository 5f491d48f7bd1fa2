/** Conformance of the consensus port: the laws of core/ports/consensus.ts, one case each. */
import { type BoundCase, type ConformanceCase, describeThrown } from "../case.js";
import { equalBranches, execution, forks, restarts, scheduled } from "./choice.js";
import { ConsensusRun, type ConsensusSubject, unattached } from "./subject.js";
import { basics, certificates, headers, seals } from "./validity.js";

export type { PluginUnderTest } from "../harness/plugin.js";
export { CONFORMANCE_KEYS, type ConformanceKeys } from "../harness/services.js";
export { CONFORMANCE_KEY_FILE, type ConformanceValidator, conformanceValidators } from "../harness/validators.js";
export type { ConsensusSubject, ConsensusSupports } from "./subject.js";

function casesFor(subject: ConsensusSubject): readonly ConformanceCase<ConsensusRun>[] {
  const { traits } = unattached(subject);
  const {
    producer = true,
    seals: hasSeals = true,
    schedule = true,
    forks: canFork = traits.finality !== "instant",
    firstSeen = false,
  } = subject.supports ?? {};
  if (!producer) return basics;
  return [
    ...basics,
    ...headers,
    ...(hasSeals ? seals : []),
    ...(traits.certificates ? certificates : []),
    ...(schedule ? scheduled : []),
    ...execution,
    ...(canFork ? forks : []),
    ...(canFork && !firstSeen ? equalBranches : []),
    ...restarts,
  ];
}

/**
 * The cases that every engine passes, each on nodes of its own.
 *
 * The engine's plugin is constructed from its manifest as the kernel does it, with virtual time, seeded randomness, compute
 * on this thread, and a signer that holds `CONFORMANCE_KEYS`; so parameters name these as validators, and options name
 * them as proposer. Blocks have no transactions.
 */
export function consensusConformance(subject: ConsensusSubject): readonly BoundCase[] {
  let cases: readonly ConformanceCase<ConsensusRun>[];
  try {
    cases = casesFor(subject);
  } catch (thrown) {
    const refuse = async () => {
      throw new Error(`the engine can't be constructed: ${describeThrown(thrown)}`, { cause: thrown });
    };
    return [{ name: "construction: the plugin is constructed from its manifest, parameters and options", run: refuse }];
  }
  return cases.map(({ name, run }) => ({
    name,
    run: async () => {
      const subjectRun = new ConsensusRun(subject);
      let passed = false;
      try {
        await run(subjectRun);
        passed = true;
      } finally {
        await subjectRun.finish(passed);
      }
    },
  }));
}
