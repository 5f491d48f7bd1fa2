/**
 * A disk that is full, for real: the data directory is a file system of its own, and a file takes what is left of it while the node
 * is under load. The node must say what is wrong and end, or refuse; with the room back it must have all that it had promised.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdir, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SIZE_MEBIBYTES = 48;
const FILLER = "filler";
const CHUNK_BYTES = 65_536;

const mounted = new Set<string>();

/** For the end of a process that can't wait. */
export function unmountAll(): void {
  for (const path of mounted) spawnSync("umount", ["-l", path]);
}

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** A small file system, mounted there; the reason in words where that is not permitted. */
  static async mount(path: string): Promise<SmallDisk | string> {
    await mkdir(path, { recursive: true });
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MEBIBYTES}m`, "tmpfs", path]);
      mounted.add(path);
      return new SmallDisk(path);
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error);
    }
  }

  async unmount(): Promise<void> {
    await run("umount", ["-l", this.path]);
    mounted.delete(this.path);
  }

  /** Leaves so many bytes, about. */
  async fill(leftBytes: number): Promise<void> {
    const file = await open(join(this.path, FILLER), "a");
    const chunk = new Uint8Array(CHUNK_BYTES).fill(1);
    try {
      for (;;) {
        const { bavail, bsize } = await statfs(this.path);
        const free = bavail * bsize - leftBytes;
        if (free <= 0) return;
        await file.write(chunk.subarray(0, Math.min(free, chunk.length)));
      }
    } catch (error) {
      // The node took the rest meanwhile.
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(join(this.path, FILLER), { force: true });
  }
}
