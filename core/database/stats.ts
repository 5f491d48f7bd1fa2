/** What takes the space: records and bytes of each kind, and the files on disk. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Storage } from "../ports/storage.js";
import { codeOf } from "./durable-files.js";
import { mayStop, type Work } from "./work.js";

/** Names of record types by their prefix. */
const KINDS: Readonly<Record<number, string>> = {
  1: "blocks",
  2: "headers",
  3: "canonical index",
  4: "receipts",
  5: "places of transactions",
  6: "events",
  7: "blocks by height",
  8: "pointers",
  9: "journal of the engine",
  10: "certificates",
  32: "state values",
  33: "state pages",
  34: "undo",
  35: "state versions",
  36: "state markers",
  37: "state pointer",
  38: "unfinished load",
  40: "archive differences",
  41: "archive note",
};

function kindOf(prefix: number): string {
  const known = KINDS[prefix];
  if (known !== undefined) return known;
  if (prefix >= 0x40 && prefix < 0x60) return "mempool";
  if (prefix >= 0x60 && prefix < 0x80) return "network";
  return prefix < 0x20 ? "chain, other" : prefix < 0x40 ? "state, other" : "plugins";
}

export interface KindStats {
  readonly kind: string;
  readonly records: number;
  /** Of keys and values, before compression. */
  readonly bytes: number;
}

/** Reads every record once. @throws DATABASE_INTERRUPTED */
export async function recordStats(storage: Storage, work: Work): Promise<readonly KindStats[]> {
  const kinds = new Map<string, { kind: string; records: number; bytes: number }>();
  work.progress.stage({ title: "reading", unit: "records", total: undefined });
  let count = 0;
  for await (const [key, value] of storage.range({})) {
    if (++count % 1_024 === 0) {
      mayStop(work, "the count", "anew");
      work.progress.done(1_024);
    }
    const kind = kindOf(key[0] ?? 0);
    const stats = kinds.get(kind) ?? { kind, records: 0, bytes: 0 };
    stats.records++;
    stats.bytes += key.length + value.length;
    kinds.set(kind, stats);
  }
  return [...kinds.values()].sort((a, b) => b.bytes - a.bytes);
}

export interface DiskStats {
  readonly files: number;
  readonly bytes: number;
  /** What the files take on the device, in blocks of it. */
  readonly allocatedBytes: number;
}

/** Files at or below a folder; 0 of all where there is none. Files that go meanwhile don't count. */
export async function diskStats(folder: string): Promise<DiskStats> {
  const total = { files: 0, bytes: 0, allocatedBytes: 0 };
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) {
        await visit(inside);
        continue;
      }
      const found = await stat(inside).catch((thrown: unknown) => {
        if (codeOf(thrown) === "ENOENT") return undefined;
        throw thrown;
      });
      if (found === undefined) continue;
      total.files++;
      total.bytes += found.size;
      total.allocatedBytes += found.blocks * 512;
    }
  };
  await visit(folder).catch((thrown: unknown) => {
    if (codeOf(thrown) !== "ENOENT") throw thrown;
  });
  return total;
}
