/**
 * `index-history`: finds transactions by id and by address, on the canonical chain, through any reorg.
 *
 * Off unless a node config names it. Switched on late it fills itself in from the node's blocks while new ones come; switched off
 * and on again it goes on where it was. It sees the node through the view ports only and keeps its index in a LevelDB of its own,
 * `<data directory>/history.level`, which may be deleted at any time while the node is stopped. Routes, options, errors and metrics:
 * README.md beside this file.
 *
 * @example
 * ```yaml
 * plugins:
 *   api-http:
 *   index-history:
 * ```
 * ```sh
 * curl http://127.0.0.1:8645/v1/history/status
 * curl http://127.0.0.1:8645/v1/history/addresses/cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee?limit=5
 * ```
 */
import { API_ROUTES, CHAIN_EVENTS, CHAIN_VIEW, CLOCK, DATA_DIRECTORY, definePlugin, SCHEDULER } from "../../core/sdk.js";
import { IndexHistoryConfig } from "./config.js";
import { HistoryPlugin } from "./history-plugin.js";

export default definePlugin({
  id: "index-history",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Transactions by id and by address, through reorgs, switched on at any time",
  provides: [API_ROUTES],
  requires: [CHAIN_VIEW, CHAIN_EVENTS, DATA_DIRECTORY, CLOCK, SCHEDULER],
  config: IndexHistoryConfig,
  plugin: HistoryPlugin,
});
