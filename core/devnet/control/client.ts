/** Steers a devnet that runs in another process. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Value } from "#bundled/typebox/value";
import { ChainwrightError, type SerializedError } from "../../kernel/errors.js";
import { DevnetControlError, DevnetNotRunningError } from "../errors.js";
import type { DevnetStatus } from "../status.js";
import { type ControlBody, type ControlCommand, ControlFile, controlFileIn } from "./protocol.js";

export class DevnetControl {
  readonly #directory: string;
  readonly #file: ControlFile;

  private constructor(directory: string, file: ControlFile) {
    this.#directory = directory;
    this.#file = file;
  }

  /** Finds the supervisor of a directory. @throws DevnetNotRunningError */
  static async open(directory: string): Promise<DevnetControl> {
    const path = controlFileIn(resolve(directory));
    const file: unknown = await readFile(path, "utf8")
      .then(JSON.parse)
      .catch(() => undefined);
    if (!Value.Check(ControlFile, file)) throw new DevnetNotRunningError({ directory });
    return new DevnetControl(directory, file);
  }

  /** Runs a command and answers the devnet's status after it. @throws DevnetNotRunningError; what the supervisor throws */
  async run<Command extends ControlCommand>(command: Command, body: ControlBody<Command>): Promise<DevnetStatus> {
    const { url, token } = this.#file;
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`${url}/${command}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      answer = await response.json();
    } catch (error) {
      // What a supervisor leaves behind that was killed.
      throw new DevnetNotRunningError({ directory: this.#directory }, error);
    }
    if (response.ok) return answer as DevnetStatus;
    const { error } = answer as { readonly error?: SerializedError };
    if (error === undefined) throw new DevnetControlError({ status: response.status, reason: "it gave no reason" });
    throw ChainwrightError.from(error);
  }
}
