/**
 * For how long a checkpoint can be trusted: the weak subjectivity period (`compute_weak_subjectivity_period`, specs/phase0/
 * weak-subjectivity.md of the Ethereum consensus specification, from the analysis by Runtime Verification, 2020).
 *
 * After it, validators who have left and taken out their stake could finalize another history at no cost. It is the delay of withdrawals
 * and the time in which a third of the stake can turn over by the churn limit, less a safety decay of 10%. Top-ups are not limited by
 * epoch on this chain, so the part of the formula that counts on it is left out: what remains is never longer than the specification's.
 */
const SAFETY_DECAY_PERCENT = 10n;

export interface PeriodParameters {
  readonly maxEffectiveIncrements: number;
  readonly minWithdrawabilityDelayEpochs: number;
  readonly minChurnPerEpoch: number;
  readonly churnQuotient: number;
}

/** Epochs. @param active validators and their increments in the checkpoint's state */
export function weakSubjectivityPeriod(
  parameters: PeriodParameters,
  active: { readonly validators: number; readonly increments: number },
): number {
  const { maxEffectiveIncrements, minWithdrawabilityDelayEpochs, minChurnPerEpoch, churnQuotient } = parameters;
  if (active.validators === 0) return 0;
  const churn = Math.max(minChurnPerEpoch, Math.floor(active.validators / churnQuotient));
  const total = BigInt(active.increments);
  const validators = BigInt(active.validators);
  const most = BigInt(maxEffectiveIncrements);
  // t, the average balance, is total / validators: both sides are multiplied by the number of validators to stay with integers.
  const left = most * validators * (200n + 3n * SAFETY_DECAY_PERCENT);
  const right = total * (200n + 12n * SAFETY_DECAY_PERCENT);
  if (left >= right) return minWithdrawabilityDelayEpochs;
  const byChurn = ((right - left) * validators) / (600n * BigInt(churn) * (2n * total + most * validators));
  return minWithdrawabilityDelayEpochs + Number(byChurn);
}
