/** A devnet on one page, as its table shows it and its control answers it. */
import type { Agreement, Cluster } from "./cluster.js";
import type { NodeReport, NodeState } from "./node/cluster-node.js";
import type { TrafficCounts } from "./traffic.js";

export interface NodeStatus extends NodeReport {
  readonly node: number;
  readonly state: NodeState;
  readonly api: string;
  readonly pid?: number;
  /** Of a node that crashed: how it ended, and what it said last. */
  readonly reason?: string;
}

export interface DevnetStatus extends Agreement {
  readonly directory: string;
  readonly chainId: string;
  readonly nodes: readonly NodeStatus[];
  /** Nodes that reach each other over the links as they are. */
  readonly groups: readonly (readonly number[])[];
  readonly traffic?: TrafficCounts;
}

export function devnetStatus(cluster: Cluster): DevnetStatus {
  const { directory, chainId, groups, traffic } = cluster;
  return {
    directory,
    chainId,
    ...cluster.agreement(),
    nodes: cluster.nodes.map(({ number, state, apiUrl, pid, exit, report }) => ({
      node: number,
      state,
      api: apiUrl,
      ...(pid === undefined ? {} : { pid }),
      ...(state === "crashed" && exit !== undefined ? { reason: exit.reason } : {}),
      ...report,
    })),
    groups,
    ...(traffic === undefined ? {} : { traffic: traffic.counts }),
  };
}
