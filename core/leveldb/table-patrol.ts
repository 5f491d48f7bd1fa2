/**
 * Looks after tables, which LevelDB reads without checking them (table-file.ts tells what that may hide).
 *
 * Those of a small database are all checked before it is opened. A large one would take too long to start: there the newest are,
 * as many as the option says, and the others one after the other while the node runs, at a pace that nobody notices; then the round begins
 * again, since files go bad where they lie.
 */
import { join } from "node:path";
import type { Cancellable, Scheduler } from "../ports/runtime.js";
import { readManifest, tableNames } from "./manifest.js";
import { tableDamage } from "./table-file.js";

/** Between the end of a round and the next, and after a table that could not be read. */
const REST_MS = 3_600_000;

interface Table {
  readonly number: number;
  readonly bytes: number;
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

/** Newest first: a compaction has just written what it read. A text says what is wrong with the manifest. */
async function tablesIn(directory: string): Promise<readonly Table[] | string> {
  const manifest = await readManifest(directory);
  if ("damage" in manifest) return manifest.damage;
  return [...manifest.tables].map(([number, bytes]) => ({ number, bytes })).sort((a, b) => b.number - a.number);
}

/** What is wrong with a table, in words; undefined also where it is gone: a compaction took it. */
async function damageOf(directory: string, { number }: Table): Promise<string | undefined> {
  for (const name of tableNames(number)) {
    try {
      const damage = await tableDamage(join(directory, name));
      return damage === undefined ? undefined : `its table ${name} is damaged: ${damage}`;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return undefined;
}

/**
 * Checks tables of a database that nobody has open, newest first.
 *
 * @param limitBytes of them in all; the table that goes beyond is checked, too
 * @returns what is wrong with the first that is damaged (or with the manifest), in words; undefined: nothing
 */
export async function damagedTable(directory: string, limitBytes: number): Promise<string | undefined> {
  let checked = 0;
  const tables = await tablesIn(directory);
  if (typeof tables === "string") return tables;
  for (const table of tables) {
    if (checked >= limitBytes) return undefined;
    const reason = await damageOf(directory, table);
    if (reason !== undefined) return reason;
    checked += table.bytes;
  }
  return undefined;
}

export class TablePatrol {
  readonly #directory: string;
  readonly #scheduler: Scheduler;
  readonly #bytesPerSecond: number;
  readonly #onDamage: (reason: string) => void;
  readonly #onFailure: (thrown: unknown) => void;
  readonly #onTable: (bytes: number) => void;
  #waiting: Cancellable | undefined;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** What is left of this round. Tables that are made meanwhile wait for the next one. */
  #left: Table[] | undefined;

  /**
   * @param options `bytesPerSecond` more than 0. `onDamage` is told in words, at most once, and the patrol ends. `onFailure` gets whatever else
   *   keeps a table from being read: that may be over later, so the patrol rests and goes on
   */
  constructor(
    directory: string,
    scheduler: Scheduler,
    options: {
      readonly bytesPerSecond: number;
      readonly onDamage: (reason: string) => void;
      readonly onFailure: (thrown: unknown) => void;
      readonly onTable: (bytes: number) => void;
    },
  ) {
    this.#directory = directory;
    this.#scheduler = scheduler;
    this.#bytesPerSecond = options.bytesPerSecond;
    this.#onDamage = options.onDamage;
    this.#onFailure = options.onFailure;
    this.#onTable = options.onTable;
  }

  start(): void {
    this.#next(0);
  }

  /** Nothing of it is under way once this has resolved. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting?.cancel();
    await this.#working;
  }

  #next(delayMs: number): void {
    if (this.#isStopped) return;
    this.#waiting = this.#scheduler.after(delayMs, () => {
      this.#working = this.#step().then(
        (found) => {
          if (typeof found === "number") this.#next(found);
          else if (!this.#isStopped) this.#onDamage(found);
        },
        (thrown: unknown) => {
          if (this.#isStopped) return;
          this.#onFailure(thrown);
          this.#next(REST_MS);
        },
      );
    });
  }

  /** Checks one table. Answers how long to wait for the next, ms; or what is damaged. */
  async #step(): Promise<number | string> {
    if (this.#left === undefined) {
      const tables = await tablesIn(this.#directory);
      if (typeof tables === "string") return tables;
      this.#left = [...tables];
    }
    const table = this.#left.shift();
    if (table === undefined) {
      this.#left = undefined;
      return REST_MS;
    }
    const reason = await damageOf(this.#directory, table);
    if (reason !== undefined) return reason;
    this.#onTable(table.bytes);
    return (table.bytes * 1_000) / this.#bytesPerSecond;
  }
}
