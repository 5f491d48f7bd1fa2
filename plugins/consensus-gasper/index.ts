/**
 * Gasper: proof of stake with committees. Stake-weighted proposers, votes of all validators in every epoch (LMD-GHOST picks the head, Casper
 * FFG makes it final), rewards, penalties and slashing; after the public specification of Ethereum's consensus layer.
 *
 * Options, metrics, errors and routes: README.md; rules, and where they differ: SPECIFICATION.md.
 *
 * @example Chain spec: what all nodes share
 * ```yaml
 * consensus:
 *   plugin: consensus-gasper
 *   parameters:
 *     slotMs: 12000
 *     validators:
 *       - { publicKey: 8f3c…, proofOfPossession: a1b2…, account: cw1… }
 * ledger:
 *   plugin: ledger-account
 *   parameters:
 *     modules: [{ name: validators, namespace: 2 }]
 * ```
 * @example Node config: this node runs the validators of one key file
 * ```yaml
 * keys:
 *   unlock: [my-validators]
 * plugins:
 *   consensus-gasper:
 *     validators: [my-validators]
 * ```
 */
import { API_ROUTES, CHAIN_SPEC, CONSENSUS, definePlugin, LEDGER_MODULES } from "../../core/sdk.js";
import { protectionCommands } from "./commands.js";
import { GasperConfig, GasperSpec } from "./config.js";
import { GasperConsensus } from "./engine.js";

export default definePlugin({
  id: "consensus-gasper",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Proof of stake: committees, LMD-GHOST fork choice, Casper FFG finality, slashing",
  provides: [CONSENSUS, LEDGER_MODULES, API_ROUTES],
  requires: [CHAIN_SPEC],
  config: GasperConfig,
  spec: { section: "consensus", schema: GasperSpec },
  commands: protectionCommands,
  plugin: GasperConsensus,
});
