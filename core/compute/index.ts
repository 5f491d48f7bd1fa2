/**
 * The compute service: signature batches, Merkle hashing and plugins' heavy tasks, off the main thread.
 *
 * ```ts
 * const compute = new ComputeService({ clock, scheduler, logger, metrics }, { threads: availableParallelism() - 1 });
 * const verdicts = await compute.verifySignatures(batch, { priority: "block", deadlineMs: 5_000 });
 * await compute.close();
 * ```
 */
export * from "./errors.js";
export { type ComputeServiceOptions, DEFAULT_COMPUTE_OPTIONS } from "./options.js";
export { type ComputeDependencies, ComputeService } from "./service.js";
