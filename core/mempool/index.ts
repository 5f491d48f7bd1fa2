/** The mempool: accepted transactions that wait for a block. Its account of itself: README.md. */
export type { ChainHead, HeadChange, MempoolChain, SelectionLimits } from "./chain.js";
export { Mempool, type MempoolDependencies } from "./mempool.js";
export { DEFAULT_MEMPOOL_OPTIONS, type MempoolOptions } from "./options.js";
