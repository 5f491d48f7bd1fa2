/**
 * A miner by other rules: in the blocks of its gang it pays the proposer a coin more than the chain does. Their proof of work is real and
 * their headers are in order; only who executes them sees that the state does not follow. In scenarios it is the plugin
 * `byzantine-miner`: for a fork that is heavier than the honest chain, and not valid.
 *
 * To a forger, honest blocks are as good as its own, so the gang mines on whatever is heaviest.
 */
import {
  Address,
  definePlugin,
  inject,
  injectable,
  LEDGER,
  type Ledger,
  PLUGIN_CONFIG,
  type Plugin,
  PORTS_VERSION,
  publicKeyOf,
  type Static,
  TREASURY,
  type Treasury,
  Type,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import { simulatedKey } from "../node/ground.js";

const Config = Type.Object(
  {
    gang: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      description: "Names of the nodes whose blocks are forged and taken for good. Default: this one alone",
      default: [],
      maxItems: 10_000,
    }),
    amount: Type.Integer({ description: "What a forged block pays too much, smallest unit", default: 1, minimum: 1 }),
  },
  { additionalProperties: false },
);
type Options = Static<typeof Config>;

@injectable()
class ForgingMiner implements Plugin {
  constructor(
    @inject(SIMULATED_MACHINE) { machine }: MachineParts,
    @inject(LEDGER) ledger: Ledger,
    @inject(TREASURY) treasury: Treasury,
    @inject(PLUGIN_CONFIG) { gang, amount }: Options,
  ) {
    const proposers = new Set([machine.name, ...gang].map((name) => Address.key(Address.ofKey(publicKeyOf(simulatedKey(name))))));
    const execute = ledger.execute.bind(ledger);
    const forged: Ledger["execute"] = async (batch, writer, env, options) => {
      const outcome = await execute(batch, writer, env, options);
      if (proposers.has(Address.key(env.proposer))) treasury.credit(writer, env.proposer, BigInt(amount));
      return outcome;
    };
    Object.assign(ledger, { execute: forged });
  }
}

export const forgingMiner = definePlugin({
  id: "byzantine-miner",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Makes a simulated node mine blocks that pay too much",
  provides: [],
  requires: [SIMULATED_MACHINE, LEDGER, TREASURY],
  config: Config,
  plugin: ForgingMiner,
});
