/**
 * Snapshots under fire: the node is killed while it makes them. What has its proper name afterwards is whole and of the chain, what was
 * half made is gone after the next start; and a load of one into an empty directory, killed and done again, comes to the same state.
 */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Hash } from "../../core/primitives/hash.js";
import { listSnapshots, SNAPSHOTS_FOLDER, type StoredSnapshot } from "../../core/snapshots/folder.js";
import { verifySnapshot } from "../../core/snapshots/index.js";
import { type AuditDepth, copyData, type Finding } from "./audit.js";
import type { Tally } from "./tally.js";
import { runTool } from "./tools.js";
import { type CrashChain, Promises } from "./world.js";

export const SNAPSHOTS = { everyBlocks: 6, keep: 2, restPercent: 20 } as const;
/** A load touches its files so often, about. */
const CHANGES = 25;
const MARK = "left-by-a-kill";

export interface SnapshotParts {
  readonly chain: CrashChain;
  readonly tally: Tally;
  readonly promises: Promises;
  readonly compare: (copy: string, depth: AuditDepth, promises: Promises) => Promise<Finding>;
  /** Of the canonical block at a height that the node's own data has; undefined above its head. */
  readonly idAt: (height: number) => string | undefined;
}

export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #root: string;
  readonly #loaded: string;
  #kept = 0;
  readonly #verified = new Set<string>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#root = join(parts.chain.data, SNAPSHOTS_FOLDER);
    this.#loaded = join(parts.chain.directory, "loaded");
  }

  /** After a kill. @param cameUp the node had started before it: then what earlier kills left is gone */
  async check(cameUp: boolean): Promise<readonly string[]> {
    const { tally, promises, idAt } = this.#parts;
    const faults: string[] = [];
    const { snapshots, faults: damaged } = await listSnapshots(this.#root);
    faults.push(...damaged.map((fault) => `a snapshot with its proper name is damaged: ${fault.message}`));
    if (snapshots.length < this.#kept) faults.push(`there were ${this.#kept} snapshots, now there are ${snapshots.length}`);
    this.#kept = Math.min(SNAPSHOTS.keep, snapshots.length);
    for (const snapshot of snapshots) {
      if (this.#verified.has(snapshot.folder)) continue;
      this.#verified.add(snapshot.folder);
      tally.count("snapshots", "whole");
      await verifySnapshot(snapshot.folder).catch((error: Error) => faults.push(`a snapshot is not whole: ${error.message}`));
      const { height } = snapshot;
      const expected = promises.blocks.get(height) ?? idAt(height);
      if (expected !== Hash.key(snapshot.id))
        faults.push(`a snapshot is of block ${Hash.key(snapshot.id)}, the chain has ${expected} at ${height}`);
    }
    const names = await readdir(this.#root).catch(() => []);
    for (const name of names.filter((each) => each.startsWith("."))) {
      const files = await readdir(join(this.#root, name));
      if (cameUp && files.includes(MARK)) faults.push(`the start of the node left what a kill had left: ${name}`);
      tally.count("snapshots", "half made at the kill");
      await writeFile(join(this.#root, name, MARK), "");
    }
    return faults;
  }

  /** Begins an empty directory with the newest one; killed, and done again. */
  async load(random: () => number): Promise<readonly string[]> {
    const { chain, tally } = this.#parts;
    const [newest] = (await listSnapshots(this.#root)).snapshots;
    if (newest === undefined) return [];
    await copyData("", this.#loaded);
    const checkpoint = `${newest.height}:${Hash.key(newest.id)}`;
    const place = ["--config", chain.configFile, "--data-dir", this.#loaded, "--checkpoint", checkpoint];
    const load = ["snapshots", "load", newest.folder, ...place, "--json"];
    let isLoaded = false;
    for (let kills = 1 + Math.floor(random() * 2); kills > 0 && !isLoaded; kills--) {
      const changes = 1 + Math.floor(random() * CHANGES);
      const { code, output } = await runTool(load, { folders: [this.#loaded], changes, delayMs: random() ** 2 * 15 });
      tally.count("snapshots load, killed", code === undefined ? "killed" : code === 0 ? "had ended" : "FAILED");
      isLoaded = code === 0;
      if (code !== undefined && code !== 0) return [`snapshots load ended with ${code}: ${output.slice(-2_000)}`];
    }
    if (!isLoaded) {
      const { code, output } = await runTool(load);
      // The kill may have come when all was done.
      const isThere = /SNAPSHOT_NOT_EMPTY/.test(output) && output.includes(`height ${newest.height}`);
      tally.count("snapshots load", code === 0 ? "ok" : isThere ? "was there already" : "FAILED");
      if (code !== 0 && !isThere) return [`snapshots load, after kills, ended with ${code}: ${output.slice(-2_000)}`];
    }
    return this.#judge(newest, random);
  }

  /** By `db verify` now and then, and by executing the blocks below it again. */
  async #judge({ height, id }: StoredSnapshot, random: () => number): Promise<readonly string[]> {
    if (random() < 0.3) {
      const { code, output } = await runTool([
        "db",
        "verify",
        "--config",
        this.#parts.chain.configFile,
        "--data-dir",
        this.#loaded,
        "--json",
      ]);
      this.#parts.tally.count("db verify of what was loaded", code === 0 ? "ok" : "FAILED");
      if (code !== 0) return [`db verify of a loaded snapshot ended with ${code}: ${output.slice(-2_000)}`];
    }
    const promises = new Promises();
    promises.blocks.set(height, Hash.key(id));
    const found = await this.#parts.compare(this.#loaded, "new", promises);
    await rm(this.#loaded, { recursive: true, force: true });
    if (found.refused !== undefined) return [`a loaded snapshot refuses: ${found.refused.code}: ${found.refused.message}`];
    const faults = found.losses.map((loss) => `loaded from a snapshot: ${loss}`);
    if (found.height !== height) faults.push(`loaded from a snapshot of height ${height}, the head is at ${found.height}`);
    this.#parts.tally.count("loaded and compared", faults.length === 0 ? "ok" : "LOSS");
    return faults;
  }
}
