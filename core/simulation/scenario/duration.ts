/** Durations and times of a scenario, as text: `90s`, `1.5h`, `250ms`. */

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 };
const DURATION = /^(\d{1,12}(?:\.\d{1,6})?)(us|ms|s|m|h|d)$/;
/** A year: beyond, microseconds are still exact, but nobody waits for the end. */
const MOST_US = 366 * 86_400e6;

/** Microseconds, or why it is no duration. */
export function parseDuration(text: string): number | { readonly reason: string } {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  if (trimmed.startsWith("-")) return { reason: `${text} is negative; times count from the beginning of the run` };
  const [, count, unit] = DURATION.exec(trimmed) ?? [];
  if (count === undefined || unit === undefined)
    return { reason: `${JSON.stringify(text)} is no duration; write a number and its unit, as in 250ms, 90s, 10m, 2h` };
  const us = Math.round(Number(count) * (UNITS_US[unit] as number));
  return us > MOST_US ? { reason: `${text} is more than a year` } : us;
}

/** Of a checked scenario, µs. */
export function durationUs(text: string): number {
  const parsed = parseDuration(text);
  if (typeof parsed === "number") return parsed;
  throw new RangeError(parsed.reason);
}

/** As people read it: `1h 02m 03s`. */
export function describeDuration(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h ${pad(minutes)}m ${pad(seconds % 60)}s`;
  if (minutes > 0) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(us / 1e3) / 1e3}s`;
}
