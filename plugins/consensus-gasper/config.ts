/** Options of the Gasper engine: what this node does, and what all nodes of a chain share (its chain-spec section). */
import { type Static, Type } from "../../core/sdk.js";

const AmountSetting = (description: string, fallback?: string) =>
  Type.Union([Type.String({ pattern: "^(0|[1-9][0-9]{0,15})$" }), Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })], {
    description: `${description}; smallest unit, an integer or a decimal string`,
    ...(fallback === undefined ? {} : { default: fallback }),
  });

const whole = (description: string, minimum: number, maximum: number, fallback: number) =>
  Type.Integer({ description, minimum, maximum, default: fallback });

/** Local. */
export const GasperConfig = Type.Object(
  {
    validators: Type.Array(Type.String({ pattern: "^([a-z0-9][a-z0-9_-]{0,63}|dev:validators/[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?)$" }), {
      default: [],
      maxItems: 64,
      description:
        "names of BLS key files in the node's keystore whose validators this node runs, each of one or more keys; of development chains: dev:validators/FROM-TO; all are in keys.unlock, too",
    }),
    propose: Type.Boolean({ default: true, description: "propose and vote with these keys once the node is in sync" }),
    doppelgangerEpochs: whole("epochs to listen for votes of these keys by somebody else before the first own vote; 0: none", 0, 8, 0),
    oldCheckpoint: Type.Union([Type.Literal("refuse"), Type.Literal("accept")], {
      default: "refuse",
      description:
        "a chain that begins with a loaded state older than the weak subjectivity period: refuse to start (GASPER_CHECKPOINT_TOO_OLD), or accept it all the same",
    }),
    poolAttestations: whole("aggregates that wait for inclusion at most", 64, 65_536, 4_096),
  },
  { additionalProperties: false },
);
export type GasperConfig = Static<typeof GasperConfig>;

const GenesisValidator = Type.Object(
  {
    publicKey: Type.String({ description: "BLS12-381 public key, 48 bytes in hex", pattern: "^[0-9a-f]{96}$" }),
    proofOfPossession: Type.String({ description: "BLS signature of the key by itself, 96 bytes in hex", pattern: "^[0-9a-f]{192}$" }),
    account: Type.String({ description: "bech32m address that may exit it, and gets its fees and withdrawals" }),
    balance: Type.Optional(AmountSetting("deposit at genesis; absent: maxEffectiveBalance")),
  },
  { additionalProperties: false },
);

/** The `consensus` section of a chain spec. Defaults are those of the Ethereum mainnet preset where it has them. */
export const GasperSpec = Type.Object(
  {
    slotMs: whole("duration of a slot", 100, 600_000, 12_000),
    slotsPerEpoch: whole("slots of an epoch", 2, 256, 32),
    validators: Type.Array(GenesisValidator, {
      default: [],
      maxItems: 100_000,
      description: "validators that are active from genesis; their deposits are made from nothing, beside the ledger's allocations",
    }),
    committees: Type.Object(
      {
        targetSize: whole("validators that a committee should have at least, while there is more than one a slot", 1, 4_096, 128),
        maxPerSlot: whole("committees of a slot at most", 1, 64, 64),
        targetAggregators: whole("aggregators of a committee on average", 1, 64, 16),
      },
      { additionalProperties: false, default: {} },
    ),
    shuffleRounds: whole("rounds of the swap-or-not shuffle", 1, 255, 90),
    balances: Type.Object(
      {
        effectiveIncrement: AmountSetting("effective balances are multiples of it", "1000000000"),
        minDeposit: AmountSetting("least deposit", "1000000000"),
        maxEffective: AmountSetting("what a validator counts for at most", "32000000000"),
        ejection: AmountSetting("effective balance at which a validator has to leave", "16000000000"),
      },
      { additionalProperties: false, default: {} },
    ),
    lifecycle: Type.Object(
      {
        maxSeedLookaheadEpochs: whole("epochs from a decision (activation, exit) to its effect, but one", 1, 16, 4),
        minWithdrawabilityDelayEpochs: whole("epochs from exit to withdrawal", 1, 65_536, 256),
        shardCommitteePeriodEpochs: whole("epochs that a validator has to be active before it may exit", 0, 65_536, 256),
        minChurnPerEpoch: whole("validators that may enter, and as many that may leave, in an epoch at least", 1, 4_096, 4),
        churnQuotient: whole("one in so many active validators may enter or leave in an epoch", 1, 2 ** 20, 65_536),
        maxPendingDepositsPerEpoch: whole("deposits that are taken from the queue in an epoch at most", 1, 1_024, 16),
        maxValidatorsPerWithdrawalSweep: whole("validators that a block looks at for withdrawals", 1, 16_384, 1_024),
        maxWithdrawalsPerBlock: whole("withdrawals of a block at most", 1, 1_024, 16),
      },
      { additionalProperties: false, default: {} },
    ),
    rewards: Type.Object(
      {
        baseRewardFactor: whole("scales what all validators earn together", 0, 4_096, 64),
        inactivityScoreBias: whole("what an idle validator's score grows by in an epoch of a leak", 1, 1_024, 4),
        inactivityScoreRecovery: whole("what scores shrink by in an epoch of finality", 1, 1_024, 16),
        inactivityPenaltyQuotient: whole("the greater, the slower the leak", 1, 2 ** 30, 16_777_216),
        minEpochsToInactivityPenalty: whole("epochs without finality before the leak", 1, 64, 4),
      },
      { additionalProperties: false, default: {} },
    ),
    slashing: Type.Object(
      {
        vectorEpochs: whole("epochs that a slashed validator waits, half of which count for the correlation", 2, 8_192, 8_192),
        minPenaltyQuotient: whole("share of its effective balance that a slashed validator loses at once: one in so many", 1, 65_536, 32),
        proportionalMultiplier: whole("how much more it loses in the middle, by what others were slashed", 1, 16, 3),
        whistleblowerRewardQuotient: whole("share of its effective balance that the includer is paid: one in so many", 1, 2 ** 20, 512),
      },
      { additionalProperties: false, default: {} },
    ),
    forkChoice: Type.Object(
      {
        proposerBoostPercent: whole("weight of a timely proposal, of one slot's committees; 0: none", 0, 100, 40),
      },
      { additionalProperties: false, default: {} },
    ),
    limits: Type.Object(
      {
        attestations: whole("attestations of a block at most", 1, 1_024, 128),
        proposerSlashings: whole("proposer slashings of a block at most", 1, 64, 16),
        attesterSlashings: whole("attester slashings of a block at most", 1, 16, 2),
        validators: whole("validators that there may ever be", 1, 1_048_576, 1_048_576),
      },
      { additionalProperties: false, default: {} },
    ),
    module: Type.Object(
      { namespace: whole("number of the ledger module `validators`", 2, 255, 2) },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false },
);
export type GasperSpec = Static<typeof GasperSpec>;
