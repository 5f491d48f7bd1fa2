/**
 * The kernel's face: load a config, make a kernel of it, explain it.
 *
 * @example
 * const config = await loadConfig({ file: "config/dev.yaml", builtIns, host: Object.keys(hostValues), scheduler });
 * const kernel = await Kernel.create({ config, hostValues, scheduler, loggerFor, metricsFor, specParametersFor });
 * await kernel.start();
 *
 * Logs (logger.ts), metrics (metrics.ts) and the container's decorators (di.ts) are imported from their own files, since they
 * bring libraries that not every caller wants.
 */
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./config.js";
export type { ConstructionHost } from "./construction.js";
export { type ExplainedPlugin, type ExplainedSetting, type Explanation, explainConfig, renderExplanation } from "./explain.js";
export type { CapabilityGraph, PluginEntry } from "./graph.js";
export { Kernel, type KernelOptions } from "./kernel.js";
export type { LifecycleState } from "./lifecycle.js";
export { type ConfigSection, configJsonSchema, type KernelConfig, type LogConfig, type LogFormat } from "./node-config-schema.js";
export { environmentVariable } from "./overrides.js";
export type { PluginModules } from "./plugin-loading.js";
export { type ConfigProblem, isConfigInvalid, type ProblemCode } from "./problem.js";
export { type DocumentValidation, validateDocument, validateFile } from "./validate-document.js";
