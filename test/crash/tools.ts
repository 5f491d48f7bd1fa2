/**
 * Backup and restore under fire: both are killed at any moment, the node while it is copied; afterwards the node's data is what it
 * was, the same commands succeed, and what they bring back holds everything that had been promised.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, type FSWatcher, watch } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CLI } from "../functional/node-process.js";
import type { CrashChain } from "./world.js";

/** A command that takes longer has hung. */
const TOOL_TIMEOUT_MS = 60_000;
const running = new Set<ChildProcess>();

/** For the end of a process that can't wait. */
export function endAllTools(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface ToolEnd {
  /** undefined: it was killed. */
  readonly code: number | undefined;
  readonly output: string;
}

/** A kill when files in these folders (or those of the databases in them) were changed so many times. */
export interface KillAtChange {
  readonly folders: readonly string[];
  readonly changes: number;
  readonly delayMs: number;
}

/** Calls back at the change; answers what ends the watch. */
function atChange({ folders, changes, delayMs }: KillAtChange, callBack: () => void): () => void {
  let left = changes;
  const watchers = new Map<string, FSWatcher>();
  const paths = folders.flatMap((folder) => [folder, join(folder, "chain.level")]);
  const look = (path: string) => {
    if (watchers.has(path) || !existsSync(path)) return;
    watchers.set(
      path,
      watch(path, () => {
        for (const each of paths) look(each);
        if (--left === 0) setTimeout(callBack, delayMs);
      }).on("error", () => undefined),
    );
  };
  for (const path of paths) look(path);
  return () => {
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** Runs a command of the command line; kills it after so many ms or at a change, if it still runs by then. */
export async function runTool(args: readonly string[], kill?: number | KillAtChange): Promise<ToolEnd> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const over = new AbortController();
  const endWatch = typeof kill === "object" ? atChange(kill, () => child.kill("SIGKILL")) : () => undefined;
  const timer = delay(typeof kill === "number" ? kill : TOOL_TIMEOUT_MS, undefined, { signal: over.signal }).then(
    () => child.kill("SIGKILL"),
    () => false,
  );
  const [code] = (await once(child, "close")) as [number | null];
  over.abort();
  endWatch();
  const isLate = await timer;
  running.delete(child);
  if (isLate && typeof kill !== "number") return { code: -1, output: `${output}\nit took more than ${TOOL_TIMEOUT_MS} ms` };
  return { code: code ?? undefined, output };
}

/** The folders of one chain's backups and of what is restored from them. */
export class Backups {
  readonly #chain: CrashChain;
  readonly folder: string;
  readonly restored: string;

  constructor(chain: CrashChain) {
    this.#chain = chain;
    this.folder = join(chain.directory, "backups");
    this.restored = join(chain.directory, "restored");
  }

  /** Whether there is a node's data to be backed up. */
  get isPossible(): boolean {
    return existsSync(join(this.#chain.data, "chain.level", "CURRENT"));
  }

  backup(killMs?: number): Promise<ToolEnd> {
    return runTool(["db", "backup", "--config", this.#chain.configFile, "--to", this.folder, "--keep", "3", "--json"], killMs);
  }

  /** Into an empty directory, or over what an earlier one left there half done. */
  restore(killMs?: number): Promise<ToolEnd> {
    const { configFile } = this.#chain;
    const place = ["--config", configFile, "--data-dir", this.restored, "--from", this.folder];
    return runTool(["db", "restore", ...place, "--force", "--json"], killMs);
  }

  /** Rewrites the node's own files; killed at any moment, they must still be whole. */
  compact(killMs: number): Promise<ToolEnd> {
    return runTool(["db", "compact", "--config", this.#chain.configFile, "--json"], killMs);
  }

  /** What was restored, by the node's own judgement. */
  verify(): Promise<ToolEnd> {
    return runTool(["db", "verify", "--config", this.#chain.configFile, "--data-dir", this.restored, "--json"]);
  }

  async clear(): Promise<void> {
    await rm(this.restored, { recursive: true, force: true });
  }
}
