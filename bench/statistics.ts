/** Robust statistics of few, noisy samples: medians and absolute deviations, never means. */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median absolute deviation from the median: half of the samples lie within it. */
  readonly deviation: number;
  readonly samples: number;
}

/** The middle of `values`, or the mean of the middle two. @throws RangeError if there are none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of nothing is not defined");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    median: middle,
    min: Math.min(...values),
    max: Math.max(...values),
    deviation: median(values.map((value) => Math.abs(value - middle))),
    samples: values.length,
  };
}
