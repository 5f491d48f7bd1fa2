/** What every command gets: output, environment, the options that all commands share. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Keystore, readPassphrase } from "../node/keystore.js";
import { KeyPassphraseMissingError } from "../node/keystore-errors.js";
import { SystemEntropy } from "../runtime/index.js";
import { ApiClient, DEFAULT_API_URL } from "./api-client.js";
import { UsageError } from "./errors.js";
import { Output } from "./output.js";

export interface Context {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function processContext(): Context {
  return { output: new Output(process.stdout, process.stderr, process.env), environment: process.env };
}

export interface ApiOptions {
  readonly api?: string;
}

/** The API that `--api` or CHAINWRIGHT_API names. */
export function apiClient(options: ApiOptions, { environment }: Context, token?: string): ApiClient {
  const url = options.api ?? environment.CHAINWRIGHT_API ?? DEFAULT_API_URL;
  if (!/^https?:\/\/[^\s]+$/.test(url)) throw new UsageError({ reason: `--api ${url} is not an http or https URL` });
  return new ApiClient(url, token);
}

export interface KeyOptions {
  readonly keys?: string;
  readonly passphraseFile?: string;
}

export const DEFAULT_KEYS_DIRECTORY = ".chainwright/keys";

export function keystore(options: KeyOptions, { environment }: Context): Keystore {
  return new Keystore(options.keys ?? environment.CHAINWRIGHT_KEYS ?? DEFAULT_KEYS_DIRECTORY, new SystemEntropy());
}

/** From `--passphrase-file`, CHAINWRIGHT_PASSPHRASE, or asked on a terminal (twice for a new one). */
export async function passphrase(name: string, options: KeyOptions, { environment }: Context, isNew: boolean): Promise<string> {
  const given = options.passphraseFile === undefined ? environment.CHAINWRIGHT_PASSPHRASE : await readPassphrase(options.passphraseFile);
  if (given !== undefined) {
    if (isNew && given.length === 0) throw new UsageError({ reason: "a key needs a passphrase of at least one character" });
    return given;
  }
  if (!process.stdin.isTTY) throw new KeyPassphraseMissingError({ names: [name] });
  const first = await ask(`Passphrase for ${name}: `);
  if (isNew && first.length === 0) throw new UsageError({ reason: "a key needs a passphrase of at least one character" });
  if (isNew && (await ask("Again: ")) !== first) throw new UsageError({ reason: "the passphrases differ; nothing was written" });
  return first;
}

/** Asks on the terminal without echo. */
function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve, reject) => {
    let answered = false;
    lines.once("SIGINT", () => lines.close());
    lines.once("line", (line) => {
      answered = true;
      lines.close();
      resolve(line);
    });
    lines.once("close", () => {
      process.stderr.write("\n");
      if (!answered) reject(new UsageError({ reason: "no passphrase was given" }));
    });
  });
}
