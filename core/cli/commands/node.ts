/** Commands that run a node: dev, dev mine, init, start. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { DEV_BALANCE, DEV_NAMES, DEV_PREFIX, devAccount } from "../../devnet/dev-accounts.js";
import { VERSION } from "../../node/version.js";
import { CHAIN_VIEW, type ChainView } from "../../ports/index.js";
import { Address } from "../../primitives/address.js";
import { Hash } from "../../primitives/hash.js";
import type { ApiOptions, Context } from "../context.js";
import { type DevChain, devFiles, openDevChain } from "../dev-chain.js";
import { DirectoryNotEmptyError, UsageError } from "../errors.js";
import { stopWithParent } from "../parent-pipe.js";
import { runNode } from "../run-node.js";
import { adminClient } from "../running-node.js";
import type { StopSignal } from "../stop-signal.js";

export interface DevOptions {
  readonly dataDir: string;
  readonly fresh?: boolean;
  readonly port?: string;
  readonly mine: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

export async function dev(options: DevOptions, context: Context, stop: StopSignal): Promise<number> {
  const { output } = context;
  const chain = await openDevChain(resolve(options.dataDir), { fresh: options.fresh === true, nowMs: Date.now() });
  const overrides = [`plugins.consensus-nakamoto.mode=${options.mine}`];
  if (options.port !== undefined) overrides.push(`plugins.api-http.port=${options.port}`);
  return runNode(
    {
      file: relative(".", chain.configFile),
      overrides: [...overrides, ...(options.set ?? [])],
      environment: context.environment,
      json: options.json === true,
      onReady: (node, apiUrl) => {
        const { head } = node.get<ChainView>(CHAIN_VIEW).status();
        if (options.json === true) {
          output.jsonLine({ type: "ready", api: apiUrl, height: head.header.height, dataDir: chain.directory, accounts: accountsJson() });
          return;
        }
        devScreen(chain, node.spec.chainId, apiUrl, head.header.height, options.mine, context);
      },
    },
    context,
    stop,
  );
}

function accountsJson() {
  return DEV_NAMES.map((name) => ({ name: `dev:${name}`, address: Address.format(devAccount(name).address, DEV_PREFIX) }));
}

function devScreen(chain: DevChain, chainId: string, apiUrl: string | undefined, height: number, mine: string, { output }: Context): void {
  const shown = relative(".", chain.directory) || ".";
  output.line(
    `${output.style("bold", `Chainwright ${VERSION}`)}  chain ${chainId}, ${chain.isNew ? "new" : `continued at height ${height}`}, in ${shown}`,
  );
  output.line();
  output.line(`${output.style("bold", "Accounts")}  ${DEV_BALANCE} each at genesis; their keys are public: for development only`);
  output.table(accountsJson().map(({ name, address }) => [name, address]));
  output.line();
  if (apiUrl !== undefined) {
    output.line(output.style("bold", "API"));
    output.table([
      ["status", `${apiUrl}/v1/status`],
      ["docs", `${apiUrl}/docs`],
      ["metrics", `${apiUrl}/metrics`],
    ]);
    output.line();
  }
  const api = apiUrl === undefined || apiUrl.endsWith(":8645") ? "" : ` --api ${apiUrl}`;
  output.line(output.style("bold", "Try"));
  output.line(`  npx chainwright tx transfer --from dev:alice --to dev:bob --amount 5${api}`);
  output.line(`  npx chainwright account dev:bob${api}`);
  if (mine === "instant") output.line(`  npx chainwright dev mine 1${api}`);
  output.line();
  output.line(output.style("dim", "Ctrl-C stops the node; the same command goes on where it was (--fresh starts over)."));
  output.line();
}

export interface MineOptions extends ApiOptions {
  readonly dataDir: string;
  readonly json?: boolean;
}

export async function devMine(countText: string, options: MineOptions, context: Context): Promise<number> {
  const count = Number(countText);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw new UsageError({ reason: `${countText} is not a number of blocks from 1 to 1000` });
  const { hashes } = await (await adminClient(options, context)).post("/v1/admin/blocks", { count });
  if (options.json === true) context.output.json({ hashes });
  else for (const hash of hashes as string[]) context.output.line(hash);
  return 0;
}

export interface StartOptions {
  readonly config: string;
  readonly parentPipe?: boolean;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

export function start(options: StartOptions, context: Context, stop: StopSignal): Promise<number> {
  const { output } = context;
  if (options.parentPipe === true) stopWithParent(stop);
  return runNode(
    {
      file: options.config,
      reportsStatus: options.parentPipe === true && options.json === true,
      overrides: options.set ?? [],
      environment: context.environment,
      json: options.json === true,
      onReady: (node, apiUrl) => {
        const { head, genesisId } = node.get<ChainView>(CHAIN_VIEW).status();
        const ready = {
          chainId: node.spec.chainId,
          genesis: Hash.key(genesisId),
          height: head.header.height,
          head: Hash.key(head.id),
          dataDir: node.dataDirectory,
        };
        if (options.json === true) output.jsonLine({ type: "ready", api: apiUrl, ...ready });
        else {
          output.line(`${output.style("bold", `Chainwright ${VERSION}`)}  chain ${ready.chainId} at height ${ready.height}`);
          output.table([["genesis", ready.genesis], ["data", ready.dataDir], ...(apiUrl === undefined ? [] : [["api", apiUrl]])]);
        }
      },
    },
    context,
    stop,
  );
}

export interface InitOptions {
  readonly chainId: string;
  readonly consensus: string;
  readonly address?: string;
}

/** Writes a node config and a chain spec to begin with. */
export async function init(directory: string, options: InitOptions, { output }: Context): Promise<number> {
  if (directory.trim() === "") throw new UsageError({ reason: "name a directory to write to" });
  if (!/^[a-z0-9.-]{1,32}$/.test(options.chainId))
    throw new UsageError({ reason: `--chain-id ${options.chainId}: use 1 to 32 of a-z, 0-9, '.' and '-'` });
  const address = options.address ?? Address.format(devAccount("alice").address, DEV_PREFIX);
  Address.parse(address, DEV_PREFIX);
  const files = { config: join(directory, "node.yaml"), spec: join(directory, "chain.yaml") };
  for (const path of Object.values(files)) if (existsSync(path)) throw new DirectoryNotEmptyError({ path });
  await mkdir(directory, { recursive: true });
  const isStaked = options.consensus === "gasper";
  const make = isStaked ? (await import("../staked-chain.js")).stakedFiles : devFiles;
  const content = make({ chainId: options.chainId, genesisTimeMs: Date.now(), address, comment: 'made by "chainwright init"' });
  await writeFile(files.spec, content.spec);
  await writeFile(files.config, content.config);
  output.line(`wrote ${files.config} and ${files.spec}`);
  const what = isStaked ? "the stakes belong to dev:alice, whose key is" : "rewards go to dev:alice, whose key is";
  if (options.address === undefined) output.warn(`${what} public; give --address for a chain that matters`);
  if (isStaked) output.warn(`the validators in ${files.spec} have public keys; replace them for a chain that matters`);
  output.warn(`the accounts funded in ${files.spec} have public keys, too; replace them for a chain that matters`);
  output.line(`start it with: npx chainwright start --config ${files.config}`);
  return 0;
}
