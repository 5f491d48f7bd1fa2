/**
 * Participation flags and what they weigh (Altair, specs/altair/beacon-chain.md).
 *
 * There is no sync committee here. Its weight of 2 in 64 stays in the denominator and is paid to nobody: what attesters and proposers earn
 * is exactly what they earn by the specification.
 */
export const Flag = { source: 1, target: 2, head: 4 } as const;

export const SOURCE_WEIGHT = 14;
export const TARGET_WEIGHT = 26;
export const HEAD_WEIGHT = 14;
export const PROPOSER_WEIGHT = 8;
export const WEIGHT_DENOMINATOR = 64;

/** What of attesters' rewards a proposer gets on top for including them: numerators are divided by it. */
export const PROPOSER_REWARD_DENOMINATOR = ((WEIGHT_DENOMINATOR - PROPOSER_WEIGHT) * WEIGHT_DENOMINATOR) / PROPOSER_WEIGHT;

/** Flags with their weights, in the order in which rewards are counted. */
export const FLAGS = [
  { flag: Flag.source, weight: SOURCE_WEIGHT },
  { flag: Flag.target, weight: TARGET_WEIGHT },
  { flag: Flag.head, weight: HEAD_WEIGHT },
] as const;
