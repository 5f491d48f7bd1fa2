/** A devnet's chain under Gasper: quick epochs, small committees, and validators whose keys follow from their numbers. */
import { type DevValidatorRange, devValidator, devValidatorsReference } from "../node/dev-validators.js";
import { toHex } from "../primitives/bytes.js";
import { devAddress, nodeAccountName } from "./dev-accounts.js";
import { type DevnetEngine, type DevnetNode, VALIDATORS_MAX } from "./engine.js";

/** One coin, in the smallest unit: effective balances are whole coins. */
const COIN = 1_000_000_000;
/** Of each validator at genesis, and what counts of a balance at most. */
const STAKE_COINS = 32;
/** Of the ledger module that the engine brings along. */
const MODULE = { name: "validators", namespace: 2 } as const;

/**
 * The validators that a node runs: those of genesis, spread evenly over the nodes that were there then. Undefined for one that runs none:
 * it joined later, or there are more nodes than validators.
 */
export function validatorsOf(node: number, nodes: number, validators: number): DevValidatorRange | undefined {
  if (node > nodes) return undefined;
  const from = Math.floor(((node - 1) * validators) / nodes) + 1;
  const to = Math.floor((node * validators) / nodes);
  return from > to ? undefined : { from, to };
}

function referencesOf({ number, chain }: DevnetNode): readonly string[] {
  const range = validatorsOf(number, chain.nodes, chain.validators);
  return range === undefined ? [] : [devValidatorsReference(range)];
}

/** As the chain spec has them: each with the account of the node that runs it. */
function genesisValidators(nodes: number, validators: number): readonly object[] {
  return Array.from({ length: nodes }, (_, i) => i + 1).flatMap((node) => {
    const range = validatorsOf(node, nodes, validators);
    if (range === undefined) return [];
    const account = devAddress(nodeAccountName(node));
    return Array.from({ length: range.to - range.from + 1 }, (_, i) => {
      const { publicKey, proofOfPossession } = devValidator(range.from + i);
      return { publicKey: toHex(publicKey), proofOfPossession: toHex(proofOfPossession), account };
    });
  });
}

export const gasper: DevnetEngine = {
  plugin: "consensus-gasper",
  blockIntervalMs: { default: 1_000, most: 600_000 },
  validators: { default: 64, most: VALIDATORS_MAX },
  parameters: ({ blockIntervalMs, nodes, validators }) => ({
    slotMs: blockIntervalMs,
    // Two epochs make final: eight slots.
    slotsPerEpoch: 4,
    committees: { targetSize: 4, maxPerSlot: 4, targetAggregators: 4 },
    balances: {
      effectiveIncrement: COIN,
      minDeposit: COIN,
      maxEffective: STAKE_COINS * COIN,
      // Whoever stops a devnet overnight has thousands of epochs in which nobody votes: nobody is to lose much by it, nor to be put out.
      ejection: COIN,
    },
    rewards: { baseRewardFactor: 8, inactivityPenaltyQuotient: 2 ** 30, minEpochsToInactivityPenalty: 64 },
    // To be watched: a deposit is active after a few epochs, an exit is over after as many.
    lifecycle: { maxSeedLookaheadEpochs: 1, minWithdrawabilityDelayEpochs: 4, shardCommitteePeriodEpochs: 2 },
    slashing: { vectorEpochs: 16 },
    module: { namespace: MODULE.namespace },
    validators: genesisValidators(nodes, validators),
  }),
  // Rewards are the engine's business.
  ledger: { issuance: { initialPerBlock: 0 }, modules: [MODULE] },
  // Its epochs are seconds long, and so is the time for which a checkpoint would be good.
  config: (node) => ({ validators: referencesOf(node), propose: node.mine, oldCheckpoint: "accept" }),
  keys: referencesOf,
};
