/** The Compute port of one simulated node: inline and in order, over what all nodes of the run share; charges its machine. */
import {
  type Bytes,
  COMPUTE,
  type Compute,
  type ComputeEngineInfo,
  definePlugin,
  type Hash,
  type HashTag,
  inject,
  injectable,
  type Plugin,
  PORTS_VERSION,
  type SignatureBatch,
  type TrieWalk,
  Type,
  type VerdictBitmap,
  type WorkerTask,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE, SIMULATED_MACHINE_CAPABILITY } from "../capability.js";
import type { Machine } from "./machine.js";
import type { SharedCompute } from "./shared-compute.js";

@injectable()
export class SimulatedCompute implements Plugin, Compute {
  readonly engine: ComputeEngineInfo;
  readonly hashMessagesSync: Compute["hashMessagesSync"];
  readonly #machine: Machine;
  readonly #shared: SharedCompute;

  constructor(@inject(SIMULATED_MACHINE) { machine, compute }: MachineParts) {
    this.#machine = machine;
    this.#shared = compute;
    this.engine = compute.service.engine;
    this.hashMessagesSync = compute.service.hashMessagesSync;
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return { [COMPUTE]: this };
  }

  async verifySignatures(batch: SignatureBatch): Promise<VerdictBitmap> {
    this.#machine.charge(batch.count * this.#machine.costs.signatureUs);
    return this.#shared.verify(batch);
  }

  hashPairs(input: Bytes, output: Bytes, tag: HashTag): Promise<void> {
    return this.#shared.service.hashPairs(input, output, tag);
  }

  hashPairsSync(input: Bytes, output: Bytes, tag: HashTag): void {
    this.#shared.service.hashPairsSync(input, output, tag);
  }

  trieWalk(): TrieWalk | undefined {
    return this.#shared.service.trieWalk?.();
  }

  merkleRoot(leaves: Bytes): Promise<Hash> {
    return this.#shared.merkleRoot(leaves);
  }

  run<Input, Output>(task: WorkerTask<Input, Output>, input: Input): Promise<Output> {
    return this.#shared.run(task, input);
  }
}

/** Stands in the place of core's own part of that name. Its section of a node config may say whatever it says for that. */
export const simulatedCompute = definePlugin({
  id: "compute",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Compute of a simulated node",
  provides: [COMPUTE],
  requires: [SIMULATED_MACHINE],
  declares: [SIMULATED_MACHINE_CAPABILITY],
  config: Type.Object({}, { additionalProperties: true }),
  plugin: SimulatedCompute,
});
