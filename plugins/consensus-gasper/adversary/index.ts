/**
 * Validators that break the rules, with true keys: the plugin `byzantine-gasper` of simulations. It turns the Gasper engine of its own node into
 * an adversary, and signs without asking slashing protection.
 *
 * No node can be made one by mistake: it asks for a simulated machine, which nothing but the simulator provides, so that any other composition
 * with it is refused before it starts.
 *
 * @example A group of a scenario
 * ```yaml
 * nodes:
 *   - { name: liar, validators: 16, byzantine: true, config: { plugins: { byzantine-gasper: { misbehave: double-vote } } } }
 * ```
 */
import { CONSENSUS, definePlugin } from "../../../core/sdk.js";
import { Adversary } from "./adversary.js";
import { AdversaryConfig } from "./config.js";
import { SIMULATED_MACHINE } from "./machine.js";

export default definePlugin({
  id: "byzantine-gasper",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Makes the validators of a simulated node break the rules of Gasper",
  provides: [],
  requires: [CONSENSUS, SIMULATED_MACHINE],
  config: AdversaryConfig,
  plugin: Adversary,
});
