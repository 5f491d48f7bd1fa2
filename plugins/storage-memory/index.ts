/**
 * storage-memory: the node's database in memory. Nothing outlives the process.
 *
 * For tests, simulations and throw-away nodes (`chainwright dev` without a data directory). In a node config:
 *
 * ```yaml
 * plugins:
 *   storage-memory: {}
 * ```
 *
 * Used directly:
 *
 * ```ts
 * const storage = new MemoryStorage(metrics);
 * await storage.start();
 * await storage.write([{ type: "put", key, value }], { durable: true });
 * storage.get(key); // value
 * ```
 */
import { definePlugin, STORAGE } from "../../core/sdk.js";
import { StorageMemoryConfig } from "./config.js";
import { MemoryStorage } from "./memory-storage.js";

export { StorageMemoryConfig, type StorageMemoryOptions } from "./config.js";
export { MemoryStorage } from "./memory-storage.js";

export default definePlugin({
  id: "storage-memory",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Database in memory, for tests and throw-away nodes",
  provides: [STORAGE],
  requires: [],
  config: StorageMemoryConfig,
  plugin: MemoryStorage,
});
