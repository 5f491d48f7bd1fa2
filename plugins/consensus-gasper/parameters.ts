/**
 * The chain's parameters after the checks that a schema can't make, as the numbers that the state transition counts with.
 *
 * Balances are Numbers in hot loops: the bounds here are what makes each product and sum of one validator safe (below 2^53). What sums over
 * all validators is counted in increments (below 2^16 · 2^20), or in BigInt.
 */
import { Address, type Bytes, type ChainSpec, fromHex, type Hash, messageOf, present, toHex } from "../../core/sdk.js";
import type { GasperSpec } from "./config.js";
import { ParametersError } from "./errors.js";

/** Effective balances are kept as 16 bits of increments. */
const MAX_INCREMENTS = 65_535;
/** A balance may grow to twice this by deposits, and then by what it earns: 2^53 stays far away. */
const MAX_EFFECTIVE_MAX = 2 ** 50;
/** What one validator may ever be paid for evidence: the most that all others can lose, divided by the quotient. */
const WHISTLEBLOWER_TOTAL_MAX = 2n ** 51n;

export interface GenesisValidator {
  readonly publicKey: Bytes;
  readonly proofOfPossession: Bytes;
  readonly account: Address;
  /** Smallest unit. */
  readonly balance: number;
}

/** What of a chain spec the engine's rules depend on beside its own section. */
export type GasperChainSpec = Pick<ChainSpec, "addressPrefix" | "genesisTimeMs" | "parametersHash">;

/** Amounts are in the smallest unit and safe integers. Sections that need no derived values are the chain spec's own. */
export interface GasperParameters {
  readonly spec: GasperSpec;
  readonly genesisTimeMs: number;
  /** What all signed messages are bound to. */
  readonly chainHash: Hash;
  readonly slotMs: number;
  readonly slotsPerEpoch: number;
  readonly increment: number;
  readonly minDeposit: number;
  readonly maxEffective: number;
  /** `maxEffective` in increments, 1 … 65,535. */
  readonly maxEffectiveIncrements: number;
  /** Least effective balance, in increments, that may stay is one more. */
  readonly ejectionIncrements: number;
  /** What a validator's balance may be after a deposit or top-up at most. */
  readonly maxFunded: number;
  readonly lifecycle: GasperSpec["lifecycle"];
  readonly rewards: GasperSpec["rewards"];
  readonly slashing: GasperSpec["slashing"];
  readonly limits: GasperSpec["limits"];
  /** First byte of all state keys, and number of the ledger module. */
  readonly namespace: number;
  readonly validators: readonly GenesisValidator[];
}

/** @throws ParametersError */
export function checkParameters(spec: GasperSpec, chain: GasperChainSpec): GasperParameters {
  const balances = checkBalances(spec);
  const parameters = {
    spec,
    genesisTimeMs: chain.genesisTimeMs,
    chainHash: chain.parametersHash,
    slotMs: spec.slotMs,
    slotsPerEpoch: spec.slotsPerEpoch,
    ...balances,
    lifecycle: spec.lifecycle,
    rewards: spec.rewards,
    slashing: spec.slashing,
    limits: spec.limits,
    namespace: spec.module.namespace,
  };
  checkEvidenceReward(parameters);
  return { ...parameters, validators: genesisValidators(spec, chain.addressPrefix, parameters) };
}

function amountOf(path: string, value: string | number): number {
  const amount = Number(value);
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new ParametersError({ path, reason: `${value} is not an integer within 0 and 2^53 - 1` });
  return amount;
}

function checkBalances({ balances, rewards }: GasperSpec) {
  const increment = amountOf("balances.effectiveIncrement", balances.effectiveIncrement);
  const minDeposit = amountOf("balances.minDeposit", balances.minDeposit);
  const maxEffective = amountOf("balances.maxEffective", balances.maxEffective);
  const ejection = amountOf("balances.ejection", balances.ejection);
  const refuse = (name: string, reason: string): never => {
    throw new ParametersError({ path: `balances.${name}`, reason });
  };
  if (increment < 1) refuse("effectiveIncrement", "it is at least 1");
  if (increment * rewards.baseRewardFactor > Number.MAX_SAFE_INTEGER)
    refuse("effectiveIncrement", "times rewards.baseRewardFactor it exceeds 2^53 - 1; lower one of them");
  if (maxEffective > MAX_EFFECTIVE_MAX) refuse("maxEffective", `${maxEffective} exceeds 2^50`);
  if (maxEffective < increment || maxEffective % increment !== 0)
    refuse("maxEffective", `${maxEffective} is not a multiple of effectiveIncrement (${increment})`);
  const maxEffectiveIncrements = maxEffective / increment;
  if (maxEffectiveIncrements > MAX_INCREMENTS)
    refuse("maxEffective", `it has ${maxEffectiveIncrements} increments, at most ${MAX_INCREMENTS} are possible`);
  if (ejection % increment !== 0 || ejection >= maxEffective)
    refuse("ejection", `${ejection} is not a multiple of effectiveIncrement below maxEffective`);
  if (minDeposit < increment || minDeposit > maxEffective)
    refuse("minDeposit", `${minDeposit} is not within effectiveIncrement and maxEffective`);
  checkRewardsFit(increment, maxEffectiveIncrements, rewards.baseRewardFactor);
  return {
    increment,
    minDeposit,
    maxEffective,
    maxEffectiveIncrements,
    ejectionIncrements: ejection / increment,
    maxFunded: 2 * maxEffective,
  };
}

/** The greatest base reward there is: of a validator alone with one increment, per increment, times the most increments. */
function checkRewardsFit(increment: number, maxIncrements: number, factor: number): void {
  const perIncrement = BigInt(increment * factor) / integerSquareRoot(BigInt(increment));
  // The sum of weights is below 64, so that weights times base reward stay safe as well.
  if (perIncrement * BigInt(maxIncrements) * 64n > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ParametersError({ path: "rewards.baseRewardFactor", reason: "base rewards could exceed 2^47; lower it or maxEffective" });
}

function checkEvidenceReward({ maxEffective, limits, slashing }: Pick<GasperParameters, "maxEffective" | "limits" | "slashing">): void {
  const most = (BigInt(maxEffective) * BigInt(limits.validators)) / BigInt(slashing.whistleblowerRewardQuotient);
  if (most > WHISTLEBLOWER_TOTAL_MAX)
    throw new ParametersError({
      path: "slashing.whistleblowerRewardQuotient",
      reason: `evidence against all of limits.validators would pay ${most}, more than 2^51; raise it, or lower limits.validators or balances.maxEffective`,
    });
}

function genesisValidators(
  { validators }: GasperSpec,
  addressPrefix: string,
  limits: Pick<GasperParameters, "minDeposit" | "maxEffective" | "maxFunded" | "increment" | "ejectionIncrements" | "limits">,
): readonly GenesisValidator[] {
  if (validators.length > limits.limits.validators)
    throw new ParametersError({
      path: "validators",
      reason: `${validators.length} are more than limits.validators (${limits.limits.validators})`,
    });
  const seen = new Map<string, number>();
  return validators.map(({ publicKey, proofOfPossession, account, balance }, index) => {
    const at = `validators.${index}`;
    const twin = seen.get(publicKey);
    if (twin !== undefined) throw new ParametersError({ path: `${at}.publicKey`, reason: `validator ${twin} has the same key` });
    seen.set(publicKey, index);
    const amount = balance === undefined ? limits.maxEffective : amountOf(`${at}.balance`, balance);
    if (amount < limits.minDeposit || amount > limits.maxFunded || Math.floor(amount / limits.increment) <= limits.ejectionIncrements)
      throw new ParametersError({
        path: `${at}.balance`,
        reason: `${amount} is not at least balances.minDeposit, above balances.ejection and at most twice balances.maxEffective`,
      });
    return {
      publicKey: bytesOf(`${at}.publicKey`, publicKey),
      proofOfPossession: bytesOf(`${at}.proofOfPossession`, proofOfPossession),
      account: addressOf(`${at}.account`, account, addressPrefix),
      balance: amount,
    };
  });
}

function bytesOf(path: string, hex: string): Bytes {
  const bytes = fromHex(hex);
  if (bytes === undefined || toHex(bytes) !== hex) throw new ParametersError({ path, reason: "it is written in lower-case hex" });
  return present(bytes, "checked above");
}

function addressOf(path: string, text: string, prefix: string): Address {
  try {
    return Address.parse(text, prefix);
  } catch (error) {
    throw new ParametersError({ path, reason: messageOf(error) }, error);
  }
}

/** The greatest integer whose square is at most `n` (`integer_squareroot` of the phase-0 specification). */
export function integerSquareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  // Newton's method from above: it falls until it stands.
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}
