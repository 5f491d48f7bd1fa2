/** What a stopped node keeps for its engine, for the commands of the engine's plugin. */
import { present } from "../kernel/assert.js";
import type { KeysConfig } from "../node/core-parts.js";
import { devValidatorGroups } from "../node/dev-validators.js";
import { Keystore } from "../node/keystore.js";
import type { DataSource } from "../node/offline-node.js";
import type { StoppedEngine } from "../ports/plugin-command.js";
import type { Bytes } from "../primitives/bytes.js";
import { SystemEntropy } from "../runtime/index.js";
import { locate, withData } from "./commands/db-location.js";
import type { Context } from "./context.js";

/** @throws CONFIG_INVALID, CHAIN_SPEC_*, DATA_DIRECTORY_*, STORAGE_*, KEYSTORE_* */
export async function withStoppedEngine<Result>(
  config: string,
  context: Context,
  use: (engine: StoppedEngine) => Promise<Result>,
): Promise<Result> {
  const source = await locate({ config }, context);
  const spec = present(source.spec, "a config names a chain spec");
  const blsPublicKeys = await publicKeysOf(source);
  // A node that has never run may be told of what its keys have signed before it does.
  return withData(source, { parts: "storage", create: true }, ({ journal }) => use({ spec, journal, blsPublicKeys }));
}

async function publicKeysOf({ config, path }: DataSource): Promise<readonly Bytes[]> {
  const { directory = `${path}/keys`, unlock } = config.sections.keys as KeysConfig;
  const development = devValidatorGroups(unlock);
  const keystore = new Keystore(directory, new SystemEntropy());
  const keys: Bytes[] = [];
  for (const name of unlock) {
    const held = development.get(name);
    if (held !== undefined) keys.push(...held.publicKeys);
    else {
      const entry = await keystore.show(name);
      if (entry.kind === "bls12-381") keys.push(...entry.publicKeys);
    }
  }
  return keys;
}
