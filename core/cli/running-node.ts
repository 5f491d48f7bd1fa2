/** Finds a running node by its directory: its API says there where it listens, and the admin token lies beside. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiClient } from "./api-client.js";
import { type ApiOptions, apiClient, type Context } from "./context.js";
import { NoAdminTokenError, NodeNotRunningError } from "./errors.js";

export interface NodeOptions extends ApiOptions {
  /** The node's data directory, or the directory that holds it as `data`. */
  readonly dataDir?: string;
}

export const DEFAULT_DEV_DIRECTORY = ".chainwright/dev";

/** A client with the admin token. @throws NoAdminTokenError, NodeNotRunningError */
export async function adminClient(options: NodeOptions, context: Context): Promise<ApiClient> {
  const directory = options.dataDir ?? DEFAULT_DEV_DIRECTORY;
  const token = await read(directory, "admin.token");
  if (token === undefined) throw new NoAdminTokenError({ path: directory });
  return new ApiClient(await urlOf(options, directory, context), token);
}

/** A client for what everybody may see. @throws NodeNotRunningError */
export async function nodeClient(options: NodeOptions, context: Context): Promise<ApiClient> {
  return options.dataDir === undefined ? apiClient(options, context) : new ApiClient(await urlOf(options, options.dataDir, context));
}

async function urlOf(options: NodeOptions, directory: string, context: Context): Promise<string> {
  const isNamed = options.api !== undefined || (options.dataDir === undefined && context.environment.CHAINWRIGHT_API !== undefined);
  const written = isNamed ? undefined : await read(directory, "api.url");
  // The directory was named: another node's answer, or its token in another node's hands, is not what was asked for.
  const isOnlyClue = options.dataDir !== undefined && options.api === undefined && context.environment.CHAINWRIGHT_API === undefined;
  if (written === undefined && isOnlyClue) throw new NodeNotRunningError({ path: directory });
  return written ?? apiClient(options, context).url;
}

async function read(directory: string, file: string): Promise<string | undefined> {
  for (const path of [join(directory, file), join(directory, "data", file)]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}
