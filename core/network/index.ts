/** The network: peers, gossip and sync over whatever transports a node has. See README.md and PROTOCOL.md. */
export {
  type Checkpoint,
  CheckpointNotOnChainError,
  type CheckpointStart,
  clearLadder,
  isLadderOf,
  type SnapshotShelf,
} from "./checkpoint/index.js";
export { Network } from "./network.js";
export { DEFAULT_NETWORK_OPTIONS, type LocalIdentity, type NetworkDependencies, type NetworkOptions } from "./options.js";
