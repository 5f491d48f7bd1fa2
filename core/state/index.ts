/**
 * The authenticated state: a key-value map whose root every header commits to. README.md tells how it works.
 *
 * @example
 * const state = new StateStore({ storage, compute, scheduler, logger, metrics }, options);
 * const flushed = await state.open();
 * const writer = state.writer(parent.id);      // execute the block on it
 * const overlay = await state.finish(writer);  // overlay.root is the header's state root
 * state.adopt(block.id, height, parent.id, overlay);
 * await state.flush(block.id);
 */
export {
  type BulkLoadDependencies,
  BulkLoader,
  type BulkLoadOptions,
  discardState,
  type LoadedVersion,
} from "./bulk-load.js";
export * from "./errors.js";
export { MAX_KEY_BYTES, MAX_VALUE_BYTES, type Overlay, OverlayWriter } from "./overlay.js";
export type { FlushedVersion } from "./records.js";
export { type FinishOptions, StateStore, type StateStoreDependencies, type StateStoreOptions } from "./store.js";
export { type StateEntry, storedEntries, valueOperation } from "./stored-entries.js";
