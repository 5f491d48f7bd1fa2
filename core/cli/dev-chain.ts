/** The files of a development chain: a chain spec with funded accounts and a node config, written once and kept. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../node/version.js";
import { Address } from "../primitives/address.js";
import { DEV_BALANCE, DEV_NAMES, devAccount } from "./dev-accounts.js";
import { NotADevDirectoryError } from "./errors.js";

export const DEV_CHAIN_ID = "chainwright-dev";
export const DEV_PREFIX = "cw";

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
 * @throws NotADevDirectoryError
 */
export async function openDevChain(directory: string, options: { readonly fresh: boolean; readonly nowMs: number }): Promise<DevChain> {
  const configFile = join(directory, "node.yaml");
  const specFile = join(directory, "chain.yaml");
  const dataDirectory = join(directory, "data");
  if (options.fresh && existsSync(directory)) {
    if (!existsSync(configFile) || !existsSync(specFile)) throw new NotADevDirectoryError({ path: directory });
    for (const path of [dataDirectory, configFile, specFile]) await rm(path, { recursive: true, force: true });
  }
  const isNew = !existsSync(configFile) || !existsSync(specFile);
  if (isNew) {
    await mkdir(directory, { recursive: true });
    const files = devFiles({
      chainId: DEV_CHAIN_ID,
      genesisTimeMs: options.nowMs,
      address: Address.format(devAccount("alice").address, DEV_PREFIX),
      comment: 'made by "chainwright dev"',
    });
    await writeFile(specFile, files.spec);
    // The config last: both are there when it is.
    await writeFile(configFile, files.config);
  }
  return { directory, configFile, dataDirectory, isNew };
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
  const schema = fileURLToPath(new URL("config/node.schema.json", PACKAGE_ROOT));
  const allocations = DEV_NAMES.map((name) => {
    const funded = Address.format(devAccount(name).address, DEV_PREFIX);
    return `      - { address: ${funded}, amount: "${DEV_BALANCE}" } # dev:${name}, a public key`;
  });
  const spec = `# A chain spec, ${comment}: what all nodes of the chain must agree on.
chainId: ${chainId}
addressPrefix: ${DEV_PREFIX}
genesisTimeMs: ${genesisTimeMs}
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
${allocations.join("\n")}
    issuance: { initialPerBlock: 1000000 }
`;
  const config = `# yaml-language-server: $schema=${schema}
# A node config, ${comment}. Start it with: chainwright start --config THIS_FILE
chain: chain.yaml
dataDir: data
log: { level: warn }
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
