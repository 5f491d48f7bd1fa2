export { Network } from "./network.js";
export { DEFAULT_NETWORK_OPTIONS, type LocalIdentity, type NetworkDependencies, type NetworkOptions } from "./options.js";
