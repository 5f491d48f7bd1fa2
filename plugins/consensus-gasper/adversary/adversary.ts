/**
 * Stands between the engine and the validators of a node: they do their duties as ever, and what they send goes through a behaviour, which
 * may hold it, leave it out, or send something else that it signs itself.
 */
import {
  type Bytes,
  bytesEqual,
  CONSENSUS,
  headerRecord,
  type ImportVerdict,
  type Logger,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  type Plugin,
} from "../../../core/sdk.js";
import type { GasperConsensus } from "../engine.js";
import type { ValidatorDependencies } from "../validator/index.js";
import { behaviourOf } from "./behaviours.js";
import type { AdversaryConfig } from "./config.js";
import { type PeerFilter, SIMULATED_MACHINE, type SimulatedParts } from "./machine.js";
import { type Behaviour, Stage } from "./stage.js";

/** Engines' channels begin here; below are core's: heads, announcements, blocks. */
const ENGINE_CHANNELS = 64;

export class Adversary implements Plugin, PeerFilter {
  static readonly inject = [CONSENSUS, SIMULATED_MACHINE, PLUGIN_CONFIG, PLUGIN_LOGGER];

  readonly #parts: SimulatedParts;
  readonly #config: AdversaryConfig;
  readonly #logger: Logger;
  #stage: Stage | undefined;

  constructor(engine: GasperConsensus, parts: SimulatedParts, config: AdversaryConfig, logger: Logger) {
    this.#parts = parts;
    this.#config = config;
    this.#logger = logger;
    engine.exchangeDuties((own) => this.#exchange(own));
  }

  start(): void {
    this.#parts.network.tamper(this.#parts.machine, this);
  }

  outgoing(to: string, channel: number, bytes: Bytes): readonly Bytes[] {
    if (this.#config.misbehave === "mute" && channel >= ENGINE_CHANNELS) return [];
    const place = this.#parts.network.machineNamed(to)?.index ?? 0;
    return this.#stage?.isHiddenFrom(place, bytes) === true ? [] : [bytes];
  }

  #exchange(own: ValidatorDependencies): ValidatorDependencies {
    const { machine } = this.#parts;
    const stage = new Stage(own, machine.world.random(`adversary/${machine.name}/${machine.life}`), this.#logger);
    this.#stage = stage;
    const behaviour = behaviourOf(this.#config, stage);
    const { chain } = own;
    const { host } = chain;
    return {
      ...own,
      chain: {
        clock: chain.clock,
        chainHash: chain.chainHash,
        currentSlot: () => chain.currentSlot(),
        head: () => chain.head(),
        block: (root) => chain.block(root),
        ancestorAt: (root, slot) => chain.ancestorAt(root, slot),
        shuffling: (epoch, root) => chain.shuffling(epoch, root),
        decisionRoot: (epoch, root) => chain.decisionRoot(epoch, root),
        stateOf: (root) => chain.stateOf(root),
        stateAt: (root, slot) => chain.stateAt(root, slot),
        host: {
          clock: host.clock,
          scheduler: host.scheduler,
          buildBlock: (parent, fields) => host.buildBlock(parent, fields),
          submit: (block) => this.#submit(stage, behaviour, block),
          publish: (channel, message) => {
            // Votes go out with `onOwnVote`.
            if (channel !== "attestations" || behaviour.vote === undefined) host.publish(channel, message);
          },
        },
      },
      onOwnVote: (attestation, validator) => {
        if (behaviour.vote === undefined) own.onOwnVote(attestation, validator);
        else behaviour.vote({ attestation, validator });
      },
    };
  }

  async #submit(stage: Stage, behaviour: Behaviour, block: Parameters<Stage["offer"]>[0]): Promise<ImportVerdict> {
    if (behaviour.block === undefined) return stage.offer(block);
    const { id } = headerRecord(block.header);
    await behaviour.block({ block, id, slot: stage.slotOf(block) });
    return { status: "imported", id, canonical: bytesEqual(stage.chain.head().root, id) };
  }
}
