/**
 * storage-level: the node's database on disk, on LevelDB (classic-level).
 *
 * It needs the data directory and keeps its files in `<data directory>/chain.level`. In a node config:
 *
 * ```yaml
 * plugins:
 *   storage-level:
 *     cacheBytes: 134217728
 * ```
 *
 * Used directly, as a test or a tool would:
 *
 * ```ts
 * const storage = new LevelStorage(directory, clock, metrics, options);
 * await storage.start();
 * await storage.write([{ type: "put", key, value }], { durable: true });
 * storage.get(key); // value
 * await storage.stop();
 * ```
 */
import { CLOCK, DATA_DIRECTORY, definePlugin, SCHEDULER, STORAGE } from "../../core/sdk.js";
import { storageFiles } from "./backup-plan.js";
import { StorageLevelConfig } from "./config.js";
import { LevelStorage } from "./level-storage.js";

export { StorageLevelConfig, type StorageLevelOptions } from "./config.js";
export { StorageLockedError } from "./errors.js";
export { LevelStorage } from "./level-storage.js";

export default definePlugin({
  id: "storage-level",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Database on disk: LevelDB",
  provides: [STORAGE],
  requires: [DATA_DIRECTORY, CLOCK, SCHEDULER],
  config: StorageLevelConfig,
  storageFiles,
  plugin: LevelStorage,
});
