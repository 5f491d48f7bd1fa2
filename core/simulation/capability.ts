/** What a simulated node runs on, as a capability: for its storage, transport, compute and miner, and for plugins that misbehave. */
import type { Capability } from "../sdk.js";
import type { Machine } from "./machine/machine.js";
import type { SharedCompute } from "./machine/shared-compute.js";
import type { SimulatedNetwork } from "./network/network.js";

/** Name of the capability; its value is a `MachineParts`. */
export const SIMULATED_MACHINE = "chainwright:simulated-machine";

export const SIMULATED_MACHINE_CAPABILITY: Capability = {
  name: SIMULATED_MACHINE,
  cardinality: "single",
  members: ["machine", "network", "compute"],
};

export interface MachineParts {
  readonly machine: Machine;
  readonly network: SimulatedNetwork;
  readonly compute: SharedCompute;
}
