/** Everything that was counted, over all chains and processes, and the table at the end. */

/** As it crosses from one process to another. */
export interface TallyParts {
  readonly counts: Record<string, Record<string, number>>;
  readonly times: Record<string, number[]>;
}

export class Tally {
  readonly parts: TallyParts = { counts: {}, times: {} };

  count(group: string, outcome: string, by = 1): void {
    const counts = this.parts.counts[group] ?? {};
    this.parts.counts[group] = counts;
    counts[outcome] = (counts[outcome] ?? 0) + by;
  }

  /** How long something took. */
  time(what: string, ms: number): void {
    const times = this.parts.times[what] ?? [];
    this.parts.times[what] = times;
    times.push(ms);
  }

  /** Times `work`, whatever becomes of it. */
  async timed<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
    const beganMs = performance.now();
    try {
      return await work();
    } finally {
      this.time(what, performance.now() - beganMs);
    }
  }

  add(parts: TallyParts): void {
    for (const [group, counts] of Object.entries(parts.counts))
      for (const [outcome, by] of Object.entries(counts)) this.count(group, outcome, by);
    for (const [what, times] of Object.entries(parts.times)) for (const ms of times) this.time(what, ms);
  }

  lines(): readonly string[] {
    const lines: string[] = [];
    for (const [group, counts] of Object.entries(this.parts.counts).sort(([a], [b]) => a.localeCompare(b))) {
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const parts = Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));
      lines.push(
        `  ${group.padEnd(30)} ${String(total).padStart(6)}   ${parts.map(([outcome, count]) => `${outcome} ${count}`).join(", ")}`,
      );
    }
    lines.push("");
    lines.push(`  ${"time, ms".padEnd(30)} ${"count".padStart(6)} ${"median".padStart(8)} ${"p99".padStart(8)} ${"most".padStart(8)}`);
    for (const [what, times] of Object.entries(this.parts.times)) {
      const sorted = [...times].sort((a, b) => a - b);
      const at = (share: number) => String(Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)).padStart(8);
      lines.push(`  ${what.padEnd(30)} ${String(times.length).padStart(6)} ${at(0.5)} ${at(0.99)} ${at(1)}`);
    }
    return lines;
  }
}
