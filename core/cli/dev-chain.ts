/** The files of a development chain: a chain spec with funded accounts and a node config, written once and kept. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DEV_BALANCE, DEV_NAMES, DEV_PREFIX, devAccount } from "../devnet/dev-accounts.js";
import { DataDirectoryLockedError } from "../node/data-directory-errors.js";
import { lockDirectory } from "../node/directory-lock.js";
import { PACKAGE_ROOT } from "../node/version.js";
import { Address } from "../primitives/address.js";
import { DevSpecMissingError, NotADevDirectoryError } from "./errors.js";

export const DEV_CHAIN_ID = "chainwright-dev";

export interface DevChain {
  readonly directory: string;
  readonly configFile: string;
  readonly dataDirectory: string;
  readonly isNew: boolean;
}

/**
 * Opens the development chain in `directory`, or writes one.
 *
 * @param options.fresh removes what an earlier `dev` left there; never anything else
 * @throws NotADevDirectoryError; DataDirectoryLockedError while a node runs there; DevSpecMissingError
 */
export async function openDevChain(directory: string, options: { readonly fresh: boolean; readonly nowMs: number }): Promise<DevChain> {
  const configFile = join(directory, "node.yaml");
  const specFile = join(directory, "chain.yaml");
  const dataDirectory = join(directory, "data");
  if (options.fresh && existsSync(directory)) {
    const spec = await readFile(specFile, "utf8").catch(() => "");
    if (!spec.startsWith(firstLine(MADE_BY_DEV))) throw new NotADevDirectoryError({ path: directory });
    await removeData(dataDirectory);
    for (const path of [configFile, specFile]) await rm(path, { force: true });
  }
  const isNew = !existsSync(specFile);
  // Another genesis would not fit what is there.
  if (isNew && existsSync(join(dataDirectory, "format.json"))) throw new DevSpecMissingError({ path: specFile });
  if (isNew || !existsSync(configFile)) {
    await mkdir(directory, { recursive: true });
    const files = devFiles({
      chainId: DEV_CHAIN_ID,
      genesisTimeMs: options.nowMs,
      address: Address.format(devAccount("alice").address, DEV_PREFIX),
      comment: MADE_BY_DEV,
    });
    if (isNew) await writeFile(specFile, files.spec);
    if (!existsSync(configFile)) await writeFile(configFile, files.config);
  }
  return { directory, configFile, dataDirectory, isNew };
}

const MADE_BY_DEV = 'made by "chainwright dev"';

function firstLine(comment: string): string {
  return `# A chain spec, ${comment}`;
}

/** Removes a chain's data, unless a node is running on it. */
async function removeData(dataDirectory: string): Promise<void> {
  if (!existsSync(dataDirectory)) return;
  const lock = await lockDirectory(dataDirectory, () => turn());
  if ("heldBy" in lock) throw new DataDirectoryLockedError({ path: dataDirectory, pid: lock.heldBy });
  try {
    await rm(dataDirectory, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

export interface DevFileOptions {
  readonly chainId: string;
  readonly genesisTimeMs: number;
  /** Where block rewards go. */
  readonly address: string;
  /** Who made the files, for their first lines. */
  readonly comment: string;
}

/** A chain spec and a node config for a chain of one's own: mined at little CPU time, a block about every second. */
export function devFiles({ chainId, genesisTimeMs, address, comment }: DevFileOptions): { readonly spec: string; readonly config: string } {
  const spec = `${specHead({ chainId, genesisTimeMs, comment })}
consensus:
  plugin: consensus-nakamoto
  parameters:
    blockIntervalMs: 1000
    difficulty: { algorithm: asert, halfLifeMs: 600000 }
    initialTargetBits: "1f7fffff"
    powLimitBits: "207fffff"
ledger:
  plugin: ledger-account
  parameters:
    allocations:
${devAllocations()}
    issuance: { initialPerBlock: 1000000 }
`;
  const config = `${configHead(comment)}
plugins:
  storage-level:
  ledger-account:
  consensus-nakamoto:
    mine: true
    address: ${address}
    cpuShare: 0.1
    minBlockIntervalMs: 900
  api-http:
  metrics-prometheus:
`;
  return { spec, config };
}

/** How a chain spec begins. */
export function specHead({ chainId, genesisTimeMs, comment }: Omit<DevFileOptions, "address">): string {
  return `${firstLine(comment)}: what all nodes of the chain must agree on.
chainId: ${chainId}
addressPrefix: ${DEV_PREFIX}
genesisTimeMs: ${genesisTimeMs}`;
}

/** The development accounts, as the ledger's allocations. */
export function devAllocations(): string {
  const allocations = DEV_NAMES.map((name) => {
    const funded = Address.format(devAccount(name).address, DEV_PREFIX);
    return `      - { address: ${funded}, amount: "${DEV_BALANCE}" } # dev:${name}, a public key`;
  });
  return allocations.join("\n");
}

/** How a node config begins, up to its plugins. */
export function configHead(comment: string): string {
  const schema = fileURLToPath(new URL("config/node.schema.json", PACKAGE_ROOT));
  return `# yaml-language-server: $schema=${schema}
# A node config, ${comment}. Start it with: chainwright start --config THIS_FILE
chain: chain.yaml
dataDir: data
log: { level: warn }`;
}
