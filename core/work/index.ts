/** Proof of work, shared by engines: targets, retargeting, timestamp rules, fork choice by work, mining threads. */
export * from "./ancestors.js";
export * from "./asert.js";
export * from "./compact.js";
export * from "./errors.js";
export * from "./heaviest.js";
export { MINER_THREADS_MAX, Miner, type MinerDependencies, type MinerOptions, siblingModule } from "./miner.js";
export * from "./mining-options.js";
export * from "./network-rate.js";
export * from "./parameters.js";
export { WorkProducer } from "./producer.js";
export * from "./producer-rules.js";
export * from "./templates.js";
export * from "./timestamps.js";
export * from "./window.js";
export * from "./work-choice.js";
