/**
 * LevelDB's files, read without LevelDB: what it does not look at itself. Exported through the sdk, for plugins that keep a LevelDB of
 * their own: whether its tables are the ones that were written, its manifest, its logs, and a mark that refuses what is damaged.
 */
export { damageMark as levelDamageMark, markDamaged as markLevelDamaged } from "./damage-mark.js";
export { readLog as readLevelLog } from "./log-format.js";
export { type Manifest as LevelManifest, readManifest as readLevelManifest, tableNames as levelTableNames } from "./manifest.js";
export { damagedTable as damagedLevelTable, TablePatrol as LevelTablePatrol } from "./table-patrol.js";
