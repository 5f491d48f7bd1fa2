/**
 * Notices that files changed, by looking at them: `fs.watch` misses renames, network file systems and mounted secrets.
 *
 * Two files of one thing never change at the same moment. A state that can't be taken is therefore looked at once more, at the next
 * turn, and refused for good only if it is still the same.
 */
import { stat } from "node:fs/promises";

export class WatchedFiles {
  #taken: string;
  #refused: string | undefined;
  #tried: string | undefined;

  private constructor(
    private readonly paths: readonly string[],
    state: string,
  ) {
    this.#taken = state;
  }

  /** Before they are read for the first time, so that no later change is missed. */
  static async watch(paths: readonly string[]): Promise<WatchedFiles> {
    return new WatchedFiles(paths, await stateOf(paths));
  }

  /**
   * Calls `take` if the files changed since they were last taken or refused.
   *
   * @param force also if they did not, and refusing at once
   * @returns what `take` threw, if that is final; `taken` if it was called and did not throw
   */
  async turn(take: () => Promise<void>, force = false): Promise<{ readonly taken: boolean; readonly refused?: unknown }> {
    const state = await stateOf(this.paths);
    if (!force && (state === this.#taken || state === this.#refused)) return { taken: false };
    try {
      await take();
    } catch (thrown) {
      const again = this.#tried === state;
      this.#tried = state;
      if (!again && !force) return { taken: false };
      this.#refused = state;
      return { taken: false, refused: thrown };
    }
    this.#taken = state;
    this.#refused = undefined;
    this.#tried = undefined;
    return { taken: true };
  }
}

async function stateOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs, ctimeNs }) => `${ino}:${size}:${mtimeNs}:${ctimeNs}`,
        () => "absent",
      ),
    ),
  );
  return parts.join("|");
}
