/**
 * `api-http`: the node over HTTP. REST with problem details, an OpenAPI document and a documentation page.
 *
 * It sees the node through the view ports only, and mounts the routes that other plugins contribute (API_ROUTES). Routes,
 * options, errors and metrics: README.md beside this file.
 *
 * @example
 * ```yaml
 * plugins:
 *   api-http:
 *     port: 8645
 * ```
 * ```sh
 * curl http://127.0.0.1:8645/v1/status
 * curl -X POST http://127.0.0.1:8645/v1/admin/blocks -H "authorization: Bearer $(cat data/admin.token)" \
 *   -H 'content-type: application/json' -d '{"count": 1}'
 * ```
 */
import {
  API_ADDRESS,
  API_ROUTES,
  CHAIN_EVENTS,
  CHAIN_VIEW,
  CLOCK,
  COMPUTE,
  DATA_DIRECTORY,
  definePlugin,
  ENTROPY,
  MEMPOOL_VIEW,
  NETWORK_VIEW,
  NODE_CONTROL,
  NODE_HEALTH,
  PEER_ADMINISTRATION,
  SCHEDULER,
  TRANSACTION_SUBMISSION,
} from "../../core/sdk.js";
import { ApiHttpPlugin } from "./api-http-plugin.js";
import { ApiHttpConfig } from "./config.js";

export default definePlugin({
  id: "api-http",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "REST over HTTP: status, blocks, transactions, accounts, mempool, events, health and admin",
  provides: [API_ADDRESS],
  requires: [
    CHAIN_VIEW,
    CHAIN_EVENTS,
    MEMPOOL_VIEW,
    NETWORK_VIEW,
    TRANSACTION_SUBMISSION,
    NODE_HEALTH,
    NODE_CONTROL,
    PEER_ADMINISTRATION,
    DATA_DIRECTORY,
    CLOCK,
    SCHEDULER,
    ENTROPY,
  ],
  optional: [API_ROUTES, COMPUTE],
  config: ApiHttpConfig,
  plugin: ApiHttpPlugin,
});
