/**
 * The validators that a node runs: duties, signatures with their protection, performance.
 *
 * ```ts
 * const client = new ValidatorClient({ chain, signer: host.signer.bls, protection: new SlashingProtection(host.journal), … }, options);
 * await client.start(); // proposes, votes and aggregates from now on
 * client.onHead(); // whenever fork choice has another head
 * await client.stop(); // nothing is signed any more
 * ```
 */
export { ValidatorClient } from "./client.js";
export type { DutyChain, ValidatorDependencies, ValidatorOptions } from "./dependencies.js";
export * from "./errors.js";
export { exportProtection, type Interchange, importProtection } from "./interchange.js";
export type { CanonicalBlock } from "./performance.js";
export { SlashingProtection } from "./protection.js";
