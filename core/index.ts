/**
 * "chainwright": runs a node from a config.
 *
 * ```ts
 * import { createNode } from "chainwright";
 * const node = await createNode({ file: "config/dev.yaml" });
 * await node.start();
 * process.once("SIGTERM", () => void node.stop());
 * ```
 */
export { ChainwrightError, type ErrorKind } from "./kernel/errors.js";
export { type Explanation, renderExplanation } from "./kernel/index.js";
export { createNode, type Node, type NodeOptions, type NodeState } from "./node/create-node.js";
export * from "./ports/index.js";
