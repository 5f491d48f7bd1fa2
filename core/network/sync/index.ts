/** Sync: headers first, bodies in parallel, from whoever has the best chain. See PROTOCOL.md for the messages. */
export { DEFAULT_SYNC_OPTIONS, type SyncOptions } from "./options.js";
export { Sync } from "./sync.js";
