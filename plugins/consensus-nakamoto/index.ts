/**
 * Nakamoto consensus: double SHA-256 proof of work, the heaviest chain, depth as safety.
 *
 * Difficulty follows the hash rate by ASERT (aserti3-2d, exact integers) or by windows of N blocks; timestamps are bounded
 * by the median of the last 11 blocks and by the local clock; a payment counts as confirmed after `confirmations` blocks,
 * and blocks `maxReorgDepth` deep are final. Mining runs on threads of its own. Options, metrics and errors: README.md.
 *
 * @example Chain spec: what all nodes share
 * ```yaml
 * consensus:
 *   plugin: consensus-nakamoto
 *   parameters:
 *     blockIntervalMs: 15000
 *     initialTargetBits: 1e00ffff
 * ```
 * @example Node config: this node mines, with a tenth of a core
 * ```yaml
 * plugins:
 *   consensus-nakamoto:
 *     mine: true
 *     address: cw1…
 *     cpuShare: 0.1
 * ```
 */
import { CONSENSUS, definePlugin, WORK_SOURCE } from "../../core/sdk.js";
import { NakamotoConfig, NakamotoSpec } from "./config.js";
import { NakamotoConsensus } from "./engine.js";

export default definePlugin({
  id: "consensus-nakamoto",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Proof of work by double SHA-256: heaviest chain, ASERT or window difficulty",
  provides: [CONSENSUS],
  requires: [],
  optional: [WORK_SOURCE],
  config: NakamotoConfig,
  spec: { section: "consensus", schema: NakamotoSpec },
  plugin: NakamotoConsensus,
});
