/** What an adversary uses of the machine that it runs on: the simulator's, by shape, since plugins know nothing of the simulator. */
import type { Bytes } from "../../../core/sdk.js";

/** Name of the capability (core/simulation/capability.ts). */
export const SIMULATED_MACHINE = "chainwright:simulated-machine";

export interface SimulatedParts {
  readonly machine: {
    readonly name: string;
    /** How often it was started. */
    readonly life: number;
    readonly world: { random(stream: string): { unit(): number } };
  };
  readonly network: {
    tamper(machine: SimulatedParts["machine"], tampering: PeerFilter): void;
    machineNamed(name: string): { readonly index: number } | undefined;
  };
}

export interface PeerFilter {
  /** What is sent instead of a message. */
  outgoing(to: string, channel: number, bytes: Bytes): readonly Bytes[];
}
