/**
 * ledger-account: accounts with a balance and a nonce, a bank, and modules that other plugins contribute.
 *
 * Provides the capabilities `ledger` and `treasury`. What every node of a chain must agree on stands in the chain spec:
 *
 * ```yaml
 * ledger:
 *   plugin: ledger-account
 *   parameters:
 *     allocations:
 *       - { address: cw1q…, amount: "1000000000" }
 *     issuance: { initialPerBlock: 50, halvingIntervalBlocks: 210000, maxSupply: "21000000" }
 *     modules: [{ name: notary, namespace: 42 }] # contributed by other plugins of the node; default: none
 * ```
 *
 * State, transaction and error tables, and how to contribute a module: README.md beside this file.
 *
 * @module
 */
import { CHAIN_SPEC, definePlugin, LEDGER, LEDGER_MODULES, TREASURY } from "../../core/sdk.js";
import { AccountLedgerConfig, AccountLedgerSpec } from "./config.js";
import { AccountLedger } from "./ledger.js";

export default definePlugin({
  id: "ledger-account",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Accounts with balances and nonces; a bank, issuance and fees, and modules contributed by other plugins",
  provides: [LEDGER, TREASURY],
  requires: [CHAIN_SPEC],
  optional: [LEDGER_MODULES],
  config: AccountLedgerConfig,
  spec: { section: "ledger", schema: AccountLedgerSpec },
  plugin: AccountLedger,
});
