/**
 * Commands on a database that no node uses, each on a copy, killed at any moment and done again: `db migrate`, `rewind`, `export`, `import`,
 * `prune`, `rebuild`. In between, a node that starts on what was left must find a whole chain or refuse; at the end there must be what
 * there was.
 */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keys } from "../../core/chain/records.js";
import { DATABASE_FORMAT, readDatabaseFormat } from "../../core/database/format.js";
import { SystemClock } from "../../core/runtime/index.js";
import { LevelStorage } from "../../plugins/storage-level/index.js";
import { NO_METRICS } from "../plugins/ledger-account/fixtures.js";
import { type AuditDepth, copyData, type Finding } from "./audit.js";
import type { Tally } from "./tally.js";
import { runTool, type ToolEnd } from "./tools.js";
import type { CrashChain, Promises } from "./world.js";

const OPERATIONS = ["migrate", "rewind", "rewind with drop", "export and import", "prune", "rebuild"] as const;
type Operation = (typeof OPERATIONS)[number];

/** A command changes its files so often, about, from its start to its end. */
const CHANGES = 60;
/** Stops in the middle of one command. */
const KILLS = 3;
/** As few as may be set, so that there is something to prune soon. */
const KEPT_BLOCKS = 128;

export interface UpkeepParts {
  readonly chain: CrashChain;
  readonly tally: Tally;
  readonly promises: Promises;
  /** Height of the head of the node's own data. */
  readonly height: () => number;
  /** What a node finds in a copy of its data, which it may change. */
  readonly compare: (copy: string, depth: AuditDepth, promises: Promises) => Promise<Finding>;
}

export class Upkeep {
  readonly #parts: UpkeepParts;
  /** Copy that is worked on, and copy of the copy for a node's look. */
  readonly #copy: string;
  readonly #look: string;
  readonly #stream: string;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    const { directory } = parts.chain;
    this.#copy = join(directory, "upkeep");
    this.#look = join(directory, "upkeep-look");
    this.#stream = join(directory, "blocks.cw");
  }

  /** One command through its kills to its end. */
  async round(random: () => number): Promise<readonly string[]> {
    const { chain, tally } = this.#parts;
    if (!existsSync(join(chain.data, "chain.level", "CURRENT")) || this.#parts.height() < 1) return [];
    const operation = OPERATIONS[Math.floor(random() * OPERATIONS.length)] ?? "migrate";
    await copyData(chain.data, this.#copy);
    await rm(this.#stream, { force: true });
    const faults = await tally.timed(`upkeep: ${operation}`, () => this.#do(operation, random));
    if (faults.length > 0) return faults.map((fault) => `${operation}: ${fault}`);
    for (const each of [this.#copy, this.#look]) await rm(each, { recursive: true, force: true });
    return [];
  }

  #do(operation: Operation, random: () => number): Promise<readonly string[]> {
    switch (operation) {
      case "migrate":
        return this.#migrate(random);
      case "rewind":
        return this.#rewind(random, false);
      case "rewind with drop":
        return this.#rewind(random, true);
      case "export and import":
        return this.#exportAndImport(random);
      case "prune":
        return this.#prune(random);
      case "rebuild":
        return this.#rebuild(random);
    }
  }

  // --- the commands ------------------------------------------------------------------------------------------------

  async #migrate(random: () => number): Promise<readonly string[]> {
    await makeOld(this.#copy);
    const faults = await this.#killed(["migrate"], random, async () => {
      const { file, stored, migrating } = await formatsOf(this.#copy);
      return file < DATABASE_FORMAT && (stored >= DATABASE_FORMAT || migrating)
        ? [`format.json says ${file} though the migration of the database has begun: an older program would open it`]
        : [];
    });
    // The start of a node carries it out as well.
    if (random() < 0.5) faults.push(...(await this.#whole(["migrate"])));
    faults.push(...(await this.#holds(this.#copy, random, this.#parts.promises)));
    const { file, stored, migrating } = await formatsOf(this.#copy);
    if (file !== DATABASE_FORMAT || stored !== DATABASE_FORMAT || migrating)
      faults.push(`it ended with format ${stored}${migrating ? ", still migrating" : ""}; format.json says ${file}`);
    return faults;
  }

  async #rewind(random: () => number, drops: boolean): Promise<readonly string[]> {
    const { promises } = this.#parts;
    const height = this.#parts.height();
    const to = Math.floor(height * (1 - random() ** 2));
    const below = promises.blocksUpTo(to);
    if (drops) {
      const exported = await this.#whole(["export", this.#stream], this.#config);
      if (exported.length > 0) return exported;
    }
    const rewind = ["rewind", "--to", String(to), ...(drops ? ["--drop"] : []), "--yes"];
    const faults = await this.#killed(rewind, random, () => this.#refusesOr(() => this.#looked(random, below)));
    faults.push(...(await this.#whole(rewind)));
    if (!drops) {
      // What was above stays, and the node chooses it again.
      faults.push(...(await this.#holds(this.#copy, random, promises.blocksUpTo(height))));
      return faults;
    }
    faults.push(...(await this.#holds(this.#copy, random, below, to)));
    if (faults.length > 0) return faults;
    faults.push(...(await this.#killed(["import", this.#stream], random, () => this.#looked(random, below))));
    faults.push(...(await this.#whole(["import", this.#stream])));
    faults.push(...(await this.#holds(this.#copy, random, promises.blocksUpTo(height), height)));
    return faults;
  }

  async #exportAndImport(random: () => number): Promise<readonly string[]> {
    const { promises } = this.#parts;
    const height = this.#parts.height();
    const faults = await this.#killed(["export", this.#stream], random, async () => []);
    const wasWhole = existsSync(this.#stream) ? await readFile(this.#stream) : undefined;
    faults.push(...(await this.#whole(["export", this.#stream])));
    if (faults.length > 0) return faults;
    // It has its name when it is whole.
    if (wasWhole !== undefined && !wasWhole.equals(await readFile(this.#stream)))
      faults.push("a killed export left another file than a whole one");
    // What the export worked on is what it was.
    faults.push(...(await this.#holds(this.#copy, random, promises)));
    await rm(this.#copy, { recursive: true, force: true });
    await copyData("", this.#copy);
    const begun = promises.blocksUpTo(0);
    faults.push(...(await this.#killed(["import", this.#stream], random, () => this.#looked(random, begun))));
    faults.push(...(await this.#whole(["import", this.#stream])));
    faults.push(...(await this.#holds(this.#copy, random, promises.blocksUpTo(height), height)));
    return faults;
  }

  async #prune(random: () => number): Promise<readonly string[]> {
    const { promises } = this.#parts;
    const mode = random() < 0.7 ? "pruned" : random() < 0.5 ? "archive" : "full";
    const prune = ["prune", "--mode", mode, "--keep-blocks", String(KEPT_BLOCKS)];
    const faults = await this.#killed(prune, random, () => this.#looked(random, promises));
    faults.push(...(await this.#whole(prune)));
    faults.push(...(await this.#holds(this.#copy, random, promises, this.#parts.height())));
    return faults;
  }

  async #rebuild(random: () => number): Promise<readonly string[]> {
    const { promises } = this.#parts;
    const height = this.#parts.height();
    const what = (["pages", "transactions", "all"] as const)[Math.floor(random() * 3)] ?? "all";
    // Executed again from genesis, the chain has all blocks; what only waited for one is not in them.
    const expected = what === "all" ? promises.blocksUpTo(height) : promises;
    const faults = await this.#killed(["rebuild", what], random, () => this.#refusesOr(() => this.#looked(random, expected)));
    faults.push(...(await this.#whole(["rebuild", what])));
    faults.push(...(await this.#holds(this.#copy, random, expected, height)));
    return faults;
  }

  // --- how ---------------------------------------------------------------------------------------------------------

  get #config(): readonly string[] {
    return ["--config", this.#parts.chain.configFile];
  }

  #arguments(command: readonly string[], place: readonly string[]): readonly string[] {
    return ["db", ...command, ...this.#config, ...place, "--json"];
  }

  /** Killed once or more often; `after` looks at what each kill left. */
  async #killed(command: readonly string[], random: () => number, after: () => Promise<readonly string[]>): Promise<string[]> {
    const kills = 1 + Math.floor(random() ** 2 * KILLS);
    const faults: string[] = [];
    for (let kill = 0; kill < kills && faults.length === 0; kill++) {
      const changes = 1 + Math.floor(random() * CHANGES);
      const folders = [this.#copy, this.#parts.chain.directory];
      const at = { folders, changes, delayMs: random() ** 2 * 15 };
      const end = await runTool(this.#arguments(command, ["--data-dir", this.#copy]), at);
      this.#parts.tally.count(`db ${command[0]}, killed`, end.code === undefined ? "killed" : end.code === 0 ? "had ended" : "FAILED");
      faults.push(...faultsOf(command, end), ...(await after()));
      // Its end came before the kill: what is done again then is nothing.
      if (end.code === 0) break;
    }
    return faults;
  }

  /** Not killed, it has to end well. */
  async #whole(command: readonly string[], place: readonly string[] = ["--data-dir", this.#copy]): Promise<readonly string[]> {
    const end = await runTool(this.#arguments(command, place));
    this.#parts.tally.count(`db ${command[0]}`, end.code === 0 ? "ok" : "FAILED");
    return faultsOf(command, end);
  }

  /** Now and then: what a node that starts on what the kill left finds there. */
  async #looked(random: () => number, promises: Promises): Promise<readonly string[]> {
    if (random() < 0.6) return [];
    await copyData(this.#copy, this.#look);
    const { losses, refused } = await this.#parts.compare(this.#look, "new", promises);
    return [...losses, ...(refused === undefined ? [] : [`refused: ${refused.code}: ${refused.message}`])].map(
      (loss) => `after its kill: ${loss}`,
    );
  }

  /** Commands that replace data may leave a mark, with which a node refuses to start until they are done again. */
  async #refusesOr(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const isMarked = existsSync(join(this.#copy, "RESTORE"));
    const found = await look();
    if (!isMarked) return found;
    this.#parts.tally.count("killed while it replaced data", "marked");
    return found.filter((fault) => !fault.includes("RESTORE_UNFINISHED"));
  }

  /** By `db verify` now and then, and by a node: everything promised is there. */
  async #holds(copy: string, random: () => number, promises: Promises, atHeight?: number): Promise<readonly string[]> {
    if (random() < 0.3) {
      const end = await runTool(this.#arguments(["verify"], ["--data-dir", copy]));
      this.#parts.tally.count("db verify", end.code === 0 ? "ok" : "FAILED");
      const faults = faultsOf(["verify"], end);
      if (faults.length > 0) return faults;
    }
    const { losses, refused, height } = await this.#parts.compare(copy, random() < 0.3 ? "all" : "new", promises);
    if (refused !== undefined) return [`a node refuses what it left: ${refused.code}: ${refused.message}`];
    // A block that was stored and not yet told when the node was killed: its start makes it the head, a command need not.
    const least = atHeight === undefined ? 0 : Math.min(atHeight, this.#parts.promises.height);
    if (atHeight !== undefined && (height > atHeight || height < least))
      return [...losses, `the head is at height ${height}, not at ${least === atHeight ? "" : `${least} to `}${atHeight}`];
    return losses;
  }
}

function faultsOf(command: readonly string[], { code, output }: ToolEnd): readonly string[] {
  return code === 0 || code === undefined ? [] : [`db ${command.join(" ")} ended with ${code}: ${output.slice(-2_000)}`];
}

async function withStorage<Result>(directory: string, use: (storage: LevelStorage) => Promise<Result>): Promise<Result> {
  const place = { path: directory, resolve: (...parts: readonly string[]) => join(directory, ...parts) };
  const options = { cacheBytes: 1 << 20, writeBufferBytes: 1 << 20, maxOpenFiles: 100, compression: true };
  const storage = new LevelStorage(place, new SystemClock(), NO_METRICS, options);
  await storage.start();
  try {
    return await use(storage);
  } finally {
    await storage.stop();
  }
}

const FORMAT_FILE = "format.json";

/** As version 0.1.0 left it. */
async function makeOld(directory: string): Promise<void> {
  const format = JSON.parse(await readFile(join(directory, FORMAT_FILE), "utf8")) as object;
  await writeFile(join(directory, FORMAT_FILE), JSON.stringify({ ...format, format: 1 }));
  await withStorage(directory, (storage) =>
    storage.write(
      (["history", "format"] as const).map((name) => ({ type: "del", key: keys.pointer(name) })),
      { durable: true },
    ),
  );
}

/** What the two places say. */
async function formatsOf(directory: string): Promise<{ readonly file: number; readonly stored: number; readonly migrating: boolean }> {
  const { format } = JSON.parse(await readFile(join(directory, FORMAT_FILE), "utf8")) as { readonly format: number };
  const found = await withStorage(directory, (storage) => readDatabaseFormat(storage, directory));
  return { file: format, stored: found?.format ?? 0, migrating: found?.migrating === true };
}
