/** Proof of work, shared by engines: targets, retargeting, timestamp rules, fork choice by work, mining threads. */
export * from "./asert.js";
export * from "./compact.js";
export * from "./errors.js";
export * from "./heaviest.js";
export { MINER_THREADS_MAX, Miner, type MinerDependencies, type MinerOptions, siblingModule } from "./miner.js";
export * from "./templates.js";
export * from "./timestamps.js";
export * from "./window.js";
