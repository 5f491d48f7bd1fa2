/** Where a figure was measured: without it, no two figures can be compared. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** MiB */
  readonly memory: number;
  readonly node: string;
  readonly os: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 1024 / 1024),
    node: process.version,
    os: `${type()} ${release()} ${process.arch}`,
  };
}

/** The folder of package.json, from sources and from dist alike. */
export function repositoryRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly name?: string };
      if (manifest.name === "chainwright") return folder;
    } catch {
      // No package.json here: one folder up.
    }
  }
  throw new Error("bench must run inside the chainwright repository");
}

/** Hash of the commit, with `+changes` if the tree differs from it; `unknown` outside a git clone. */
export function commit(): string {
  const git = (...parameters: string[]) =>
    execFileSync("git", parameters, { cwd: repositoryRoot(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+changes");
  } catch {
    return "unknown";
  }
}
