/**
 * The files of a devnet: a directory of its own for each node, as an operator would have it on a machine of its own, and
 * beside them what all share.
 *
 *   devnet.json   what this devnet is (description.ts)
 *   chain.yaml    the chain spec
 *   ca/           the devnet's own certificate authority
 *   node-1/       node.yaml, data/ (identity, certificate, chain, admin token), node.log
 *   control.json  where the supervisor listens, while it runs
 *
 * All follow from the description: what is missing is written again, and nothing is lost but the node's data.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stringify } from "#bundled/yaml";
import { writeFileAtomically } from "../node/data-directory.js";
import { openIdentity } from "../node/identity.js";
import type { Clock, Entropy } from "../ports/runtime.js";
import { DevnetCertificates } from "./certificates.js";
import type { Description, NodeDescription } from "./description.js";
import { DEV_BALANCE, DEV_NAMES, DEV_PREFIX, devAddress, nodeAccountName } from "./dev-accounts.js";
import type { DevnetChain } from "./engine.js";
import { devnetEngine } from "./engines.js";
import { NotADevnetError } from "./errors.js";
import { LOOPBACK } from "./ports.js";
import { NODES_MAX } from "./topology.js";

const MEBIBYTE = 1024 * 1024;
const OWN_NAME = /^(devnet\.json(\.new)?|control\.json|chain\.yaml|ca|lock|node-[1-9][0-9]?)$/;

export function nodeDirectory(directory: string, node: number): string {
  return join(directory, `node-${node}`);
}

/** @throws NotADevnetError if something else lives there */
export async function checkDirectory(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (names.some((name) => !OWN_NAME.test(name))) throw new NotADevnetError({ directory });
}

/** Removes the chain and everything else that a devnet wrote, but its lock. */
export async function removeDevnet(directory: string): Promise<void> {
  await checkDirectory(directory);
  for (const name of await readdir(directory)) if (name !== "lock") await rm(join(directory, name), { recursive: true, force: true });
}

/** Writes what is missing, and every node's config. */
export async function writeFiles(directory: string, description: Description, clock: Clock, entropy: Entropy): Promise<void> {
  const specFile = join(directory, "chain.yaml");
  if (!existsSync(specFile)) await writeFile(specFile, chainSpec(description));
  const certificates = await DevnetCertificates.open(join(directory, "ca"), clock, entropy);
  for (const node of description.nodes) {
    const own = nodeDirectory(directory, node.number);
    const data = join(own, "data");
    await mkdir(data, { recursive: true, mode: 0o700 });
    await chmod(own, 0o700);
    const { nodeId } = await openIdentity({ resolve: (...names) => resolve(data, ...names) }, entropy);
    await certificates.ensure(join(data, "tls"), nodeId);
    await writeIfOther(join(own, "node.yaml"), nodeConfig(description, node));
  }
}

async function writeIfOther(file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) !== content) await writeFileAtomically(file, content);
}

function chainSpec(description: Description): string {
  const { chainId, consensus, genesisTimeMs } = description;
  const engine = devnetEngine(consensus);
  const allocation = (name: string) => `      - { address: ${devAddress(name)}, amount: "${DEV_BALANCE}" } # dev:${name}, a public key`;
  const nodeNames = Array.from({ length: NODES_MAX }, (_, i) => nodeAccountName(i + 1));
  const head = {
    chainId,
    addressPrefix: DEV_PREFIX,
    genesisTimeMs,
    consensus: { plugin: engine.plugin, parameters: engine.parameters(chainOf(description)) },
  };
  return `# A chain spec, made by "chainwright devnet": what all nodes of the chain must agree on.
${stringify(head)}ledger:
  plugin: ledger-account
  parameters:
    allocations:
${DEV_NAMES.map(allocation).join("\n")}
      # One for each node that this devnet may grow to: it pays for the traffic that is sent there.
${nodeNames.map(allocation).join("\n")}
${indent(stringify(engine.ledger), 4)}`;
}

function chainOf({ blockIntervalMs, genesisNodes, validators = 0 }: Description): DevnetChain {
  return { blockIntervalMs, nodes: genesisNodes, validators };
}

function indent(lines: string, spaces: number): string {
  return lines.replace(/^(?=.)/gm, " ".repeat(spaces));
}

function nodeConfig(description: Description, { number, apiPort, transportPort, mine }: NodeDescription): string {
  const { consensus, links, nodes } = description;
  const engine = devnetEngine(consensus);
  const node = { number, address: devAddress(nodeAccountName(number)), nodes: nodes.length, mine, chain: chainOf(description) };
  const unlock = engine.keys?.(node) ?? [];
  const persistent = links.filter(({ from }) => from === number).map(({ port }) => `tcp://${LOOPBACK}:${port}`);
  const config = {
    chain: "../chain.yaml",
    dataDir: "data",
    log: { level: "warn" },
    // Many nodes share a machine: each does its own work on one thread, and keeps little in memory.
    compute: { threads: 0 },
    ...(unlock.length === 0 ? {} : { keys: { unlock } }),
    node: {
      state: { pageCacheBytes: 8 * MEBIBYTE, valueCacheBytes: 8 * MEBIBYTE },
      // Only the links of the topology: addresses that peers told would lead around them.
      network: {
        persistent,
        exchange: false,
        targetOutbound: 0,
        maxOutbound: NODES_MAX,
        maxInbound: 2 * NODES_MAX,
        redialMs: 200,
        redialMaxMs: 1_000,
      },
    },
    plugins: {
      "storage-level": { cacheBytes: 8 * MEBIBYTE, writeBufferBytes: 2 * MEBIBYTE },
      "ledger-account": {},
      [engine.plugin]: engine.config(node),
      "transport-tcp": {
        host: LOOPBACK,
        port: transportPort,
        // Key, certificate and authority lie where a node looks for them: in data/tls.
        tls: { trust: "ca" },
      },
      "api-http": { host: LOOPBACK, port: apiPort },
      "metrics-prometheus": {},
    },
  };
  return `# The config of node ${number} of a devnet, written by "chainwright devnet" at every start.\n${stringify(config)}`;
}
