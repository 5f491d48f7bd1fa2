/** The chain: block store, block tree, import pipeline, fork handling, production and recovery. See README.md. */
export { BlockStore } from "./block-store.js";
export { Chain } from "./chain.js";
export { type ChainDependencies, type ChainOptions, DEFAULT_CHAIN_OPTIONS, type TransactionSource } from "./dependencies.js";
export * from "./errors.js";
export { forgetHeaders, genesisOperations, headerOperations, headersAbove, makeGenesis, startOperations } from "./snapshot-start.js";
export { ChainReader } from "./view.js";
