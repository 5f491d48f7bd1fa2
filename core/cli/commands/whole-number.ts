/** A count on the command line. */
import { UsageError } from "../errors.js";

/** @param option its name, as it is written. @throws CLI_USAGE */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError({ reason: `${option} ${text}: write a whole number from ${least} to ${most}` });
}
