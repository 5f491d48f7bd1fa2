/**
 * `chainwright/gasper-light-client`: follows a chain of the engine `consensus-gasper` from a checkpoint by finality certificates, and
 * checks what nodes say of the finalized state. Nothing of Node is imported: it runs in browsers. README.md has formats and assumptions.
 *
 * @example
 * import { GasperLightClient } from "chainwright/gasper-light-client";
 *
 * const client = GasperLightClient.start(parameters, { root, certificate, set, nowMs: Date.now() });
 * client.apply({ certificate: next, nowMs: Date.now() }); // the finalized header; throws unless two thirds of the stake say so
 * client.verifyState(key, proof); // a value of its state
 */
export {
  type FinalizedHeader,
  GasperLightClient,
  type LightClientParameters,
  type NextCertificate,
  type TrustedCheckpoint,
} from "./client.js";
export { LightClientError, type LightClientErrorCode, type LightClientErrorData } from "./errors.js";
export { type PeriodParameters, weakSubjectivityPeriod } from "./period.js";
