/**
 * Devnets: whole networks of real nodes on one machine, for trying things out and for tests. README.md tells the commands;
 * this is what they are made of.
 *
 * @example
 * import { Cluster } from "chainwright/devnet";
 *
 * const cluster = await Cluster.create({ directory: "/tmp/devnet", nodes: 3 });
 * await cluster.start();
 * await cluster.waitSync();
 * await cluster.stop();
 */
export { type Agreement, Cluster, type ClusterOptions, type WaitOptions } from "./cluster.js";
export { DevnetControl } from "./control/client.js";
export type { ControlBody, ControlCommand } from "./control/protocol.js";
export { ControlServer } from "./control/server.js";
export { DEV_NAMES, type DevAccount, devAccount, devAddress, nodeAccountName } from "./dev-accounts.js";
export { parseGroups } from "./links/links.js";
export type { ClusterNode, NodeReport, NodeState, TransferOptions } from "./node/cluster-node.js";
export type { JsonObject, NodeApi } from "./node/node-api.js";
export type { ClusterEvent } from "./observers.js";
export type { DevnetShape } from "./plan.js";
export { type DevnetStatus, devnetStatus, type NodeStatus } from "./status.js";
export { isTopologyName, readTopologyFile, showGroups, TOPOLOGY_NAMES, type Topology, type TopologyName } from "./topology.js";
export type { Traffic, TrafficCounts } from "./traffic.js";
