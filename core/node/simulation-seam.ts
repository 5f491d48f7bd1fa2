/** What the simulator takes of a node's composition, and nothing deeper: it starts real nodes on a ground of its own. */
export type { Chain } from "../chain/index.js";
export { SILENT, UNMETERED } from "../kernel/quiet.js";
export { WireCodec } from "../network/wire/codec.js";
export type { WireMessage } from "../network/wire/messages.js";
export { type Report, readCheckedDocument } from "./checked-document.js";
export { inlineCompute } from "./core-parts.js";
export { loadNodeConfig, Node } from "./create-node.js";
export type { OpenDataDirectory } from "./data-directory.js";
export { devValidator, devValidatorGroups, devValidatorsReference } from "./dev-validators.js";
export type { NodeIdentity } from "./identity.js";
export type { NodeGround } from "./node-ground.js";
export { NODE_PART, type NodePart } from "./node-part.js";
