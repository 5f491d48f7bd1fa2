/** What a check of a database found wrong, each with the record and the command that mends it. */
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import { StorageDamagedError } from "../ports/errors.js";

/** How damage is mended, from the cheapest on. */
export const Mend = {
  /** Pages follow from values. */
  pages: "chainwright db rebuild pages",
  /** Places of transactions follow from blocks. */
  transactions: "chainwright db rebuild transactions",
  /** Everything but the blocks follows from them. */
  state: "chainwright db rebuild all",
  /** Nothing here has it any more. */
  copy: "chainwright db restore, or an empty data directory and sync",
  /** Written over at the next start or stop. */
  start: "start the node once",
} as const;

export interface Finding {
  /** As people say it: `receipts of block ab12… at height 7`. */
  readonly record: string;
  readonly reason: string;
  readonly mend: (typeof Mend)[keyof typeof Mend];
}

/** So many are told one by one; a database in ruins has millions. */
const TOLD_MAX = 200;

export class Findings {
  readonly told: Finding[] = [];
  readonly #mends = new Set<Finding["mend"]>();
  count = 0;

  add(record: string, reason: string, mend: Finding["mend"]): void {
    this.count++;
    this.#mends.add(mend);
    if (this.told.length < TOLD_MAX) this.told.push({ record, reason, mend });
  }

  /** Runs one check; what it throws of damage is a finding. Anything else is thrown on. */
  check<Value>(record: string, mend: Finding["mend"], step: () => Value): Value | undefined {
    try {
      return step();
    } catch (thrown) {
      this.#take(record, mend, thrown);
      return undefined;
    }
  }

  async checkAsync<Value>(record: string, mend: Finding["mend"], step: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await step();
    } catch (thrown) {
      this.#take(record, mend, thrown);
      return undefined;
    }
  }

  #take(record: string, mend: Finding["mend"], thrown: unknown): void {
    const isDamage =
      (ChainwrightError.is(thrown) && (thrown.kind === "damaged" || thrown.kind === "input")) || thrown instanceof RangeError;
    if (!isDamage) throw thrown;
    // A database that is damaged as a whole is not opened again: nothing can be made anew in it.
    this.add(record, reasonOf(thrown), StorageDamagedError.matches(thrown) ? Mend.copy : mend);
  }

  /** The one command that mends all of it: the strongest of those that are needed. */
  get mend(): Finding["mend"] | undefined {
    return [Mend.copy, Mend.state, Mend.pages, Mend.transactions, Mend.start].find((each) => this.#mends.has(each));
  }
}

/** Of typed damage the reason alone: what to do stands in the finding. */
function reasonOf(thrown: unknown): string {
  const data = ChainwrightError.is(thrown) ? (thrown.data as { readonly reason?: unknown } | undefined) : undefined;
  return typeof data?.reason === "string" ? data.reason : messageOf(thrown);
}
