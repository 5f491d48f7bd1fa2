/**
 * Helios consensus: proof of work in three phases, each feeding the next: memory (Argon2id), time (squarings modulo RSA-2048 with a Wesolowski
 * proof), search (SHA-256). Costly to produce, cheap to verify. The heaviest chain, depth as safety.
 *
 * Difficulty follows the network by ASERT; memory and squarings grow in steps with it. Bytes, rules, vectors and what they are good for:
 * SPECIFICATION.md. Options, metrics and errors: README.md.
 *
 * @example Chain spec: what all nodes share
 * ```yaml
 * consensus:
 *   plugin: consensus-helios
 *   parameters:
 *     blockIntervalMs: 60000
 *     memory: { sizeKiB: 16384 }
 * ```
 * @example Node config: this node mines
 * ```yaml
 * plugins:
 *   consensus-helios:
 *     mine: true
 *     address: cw1…
 * ```
 */
import { CONSENSUS, definePlugin, WORK_SOURCE } from "../../core/sdk.js";
import { calibrateCommand } from "./commands.js";
import { HeliosConfig, HeliosSpec } from "./config.js";
import { HeliosConsensus } from "./engine.js";

export default definePlugin({
  id: "consensus-helios",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Proof of work in three phases: Argon2id, a time-lock modulo RSA-2048, SHA-256; heaviest chain, ASERT difficulty",
  provides: [CONSENSUS],
  requires: [],
  optional: [WORK_SOURCE],
  config: HeliosConfig,
  spec: { section: "consensus", schema: HeliosSpec },
  commands: [calibrateCommand],
  plugin: HeliosConsensus,
});
