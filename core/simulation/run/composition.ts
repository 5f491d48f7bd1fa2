/** From a scenario to what its nodes are made of: the chain spec, each node's config, and who dials whom. */
import { loadNodeConfig } from "../../node/simulation-seam.js";
import { Address, publicKeyOf, sha256Of, toHex } from "../../sdk.js";
import { addressOf } from "../network/transport.js";
import { type Document, merged, SIMULATED_MODULES, simulatedConfig } from "../node/documents.js";
import { simulatedKey } from "../node/ground.js";
import type { LoadedNode } from "../node/simulated-node.js";
import type { SeededRandom } from "../random.js";
import { type NodePlan, selected } from "../scenario/roster.js";
import type { Scenario } from "../scenario/schema.js";
import { engineOf } from "./engines.js";

const GENESIS_TIME_MS = 1_767_225_600_000;
/** Wall time of a run's beginning: a moment after genesis, as on a chain that begins. */
export const START_MS = GENESIS_TIME_MS + 1_000;
const DEFAULT_ENGINE = "consensus-nakamoto";
const DEFAULT_PREFIX = "cw";
/** As Bitcoin's: of a quiet network, pings are most of the work. */
const PING_INTERVAL_MS = 120_000;
/** Of each account that traffic sends from, smallest unit. */
const FUNDS = "1000000000000";
const ISSUANCE = "1000000";
const MEBIBYTE = 1_048_576;
const CHAIN_ID_LENGTH = 32;
const SEED_DIGITS = 12;

export function accountName(number: number): string {
  return `account-${number}`;
}

/** Of a node's rewards, or an account's coins. */
export function payoutAddress(name: string): Address {
  const known = ADDRESSES.get(name);
  if (known !== undefined) return known;
  const made = Address.ofKey(publicKeyOf(simulatedKey(name)));
  ADDRESSES.set(name, made);
  return made;
}

/** Deriving one takes as long as a hundred messages. */
const ADDRESSES = new Map<string, Address>();

/** @param seed of the run */
export function chainDocument(scenario: Scenario, plans: readonly NodePlan[], seed = ""): Document {
  const given = scenario.chain as Document;
  const { consensus, addressPrefix } = given as { readonly consensus?: { readonly plugin?: string }; readonly addressPrefix?: string };
  const plugin = consensus?.plugin ?? DEFAULT_ENGINE;
  const prefix = addressPrefix ?? DEFAULT_PREFIX;
  const accounts = Array.from({ length: scenario.traffic?.accounts ?? 0 }, (_, index) => accountName(index + 1));
  const engine = engineOf(plugin);
  const validatorAccounts: string[] = [];
  for (const { name, validators } of plans) {
    if (validators === undefined) continue;
    const account = Address.format(payoutAddress(name), prefix);
    for (let number = validators.from; number <= validators.to; number++) validatorAccounts.push(account);
  }
  const funded = [...accounts, ...stakersOf(scenario, plans)];
  const allocations = funded.map((name) => ({ address: Address.format(payoutAddress(name), prefix), amount: FUNDS }));
  return merged(
    {
      chainId: chainIdOf(scenario.name, engine.isSeeded === true ? seed : ""),
      addressPrefix: prefix,
      genesisTimeMs: GENESIS_TIME_MS,
      consensus: { plugin, parameters: engine.parameters({ attempts: scenario.attempts, validatorAccounts }) },
      ledger: { plugin: "ledger-account", parameters: merged({ allocations, issuance: { initialPerBlock: ISSUANCE } }, engine.ledger) },
    },
    given,
  );
}

function chainIdOf(name: string, seed: string): string {
  const ending = seed === "" ? "" : `-${toHex(sha256Of(new TextEncoder().encode(seed))).slice(0, SEED_DIGITS)}`;
  return `simulation-${name}`.slice(0, CHAIN_ID_LENGTH - ending.length) + ending;
}

/** Nodes whose accounts pay for deposits and exits. */
function stakersOf({ timeline }: Scenario, plans: readonly NodePlan[]): readonly string[] {
  const names = timeline.filter((fault) => fault.do === "deposit" || fault.do === "exit").flatMap(({ nodes = [] }) => nodes);
  return selected(plans, names).map(({ name }) => name);
}

function nodeDocument(scenario: Scenario, plan: NodePlan, chain: Document, peers: readonly string[], nodes: number): Document {
  const { consensus, ledger, addressPrefix } = chain as {
    readonly consensus: { readonly plugin: string };
    readonly ledger: { readonly plugin: string };
    readonly addressPrefix: string;
  };
  const address = Address.format(payoutAddress(plan.name), addressPrefix);
  const base: Document = {
    chain: "chain.json",
    dataDir: `/simulated/${plan.name}`,
    node: {
      state: { pageCacheBytes: MEBIBYTE, valueCacheBytes: MEBIBYTE },
      // Connections are what the scenario's topology says.
      network: {
        persistent: peers.map(addressOf),
        exchange: false,
        targetOutbound: 0,
        pingIntervalMs: PING_INTERVAL_MS,
        maxOutbound: Math.min(10_000, nodes + 16),
        maxInbound: nodes + 16,
      },
    },
    plugins: {
      [ledger.plugin]: null,
      [consensus.plugin]: engineOf(consensus.plugin).config({ address, ...plan }),
    },
  };
  return simulatedConfig(merged(merged(base, scenario.config as Document), plan.group.config as Document));
}

/** Whom each node dials, by index. */
function topologyOf({ network }: Scenario, plans: readonly NodePlan[], random: SeededRandom): readonly (readonly string[])[] {
  const all = plans.map(({ name }) => name);
  return plans.map(({ index }) => {
    if (network.topology === "full") return all.slice(0, index);
    if (network.topology === "ring") return all.length < 2 ? [] : [all[(index + 1) % all.length] as string];
    return randomPeers(all, index, network.degree, random);
  });
}

/** The first is an earlier node, so that nobody is left alone; the others are any. */
function randomPeers(all: readonly string[], index: number, degree: number, random: SeededRandom): readonly string[] {
  const peers = new Set<string>();
  if (index > 0) peers.add(all[random.below(index)] as string);
  const wanted = Math.min(degree, all.length - 1);
  while (peers.size < wanted) {
    const other = random.below(all.length);
    if (other !== index) peers.add(all[other] as string);
  }
  return [...peers];
}

/** Reads and checks every node's config: everything real that a node does before it starts. @throws CONFIG_INVALID, CHAIN_SPEC_*, PLUGIN_* */
export async function loadNodes(
  scenario: Scenario,
  plans: readonly NodePlan[],
  random: SeededRandom,
  directory: string | undefined,
  seed = "",
): Promise<readonly LoadedNode[]> {
  const chain = chainDocument(scenario, plans, seed);
  const peers = topologyOf(scenario, plans, random);
  const loaded: LoadedNode[] = [];
  for (const plan of plans) {
    const document = nodeDocument(scenario, plan, chain, peers[plan.index] ?? [], plans.length);
    loaded.push(
      await loadNodeConfig({
        document,
        ...(directory === undefined ? {} : { directory }),
        chainDocument: chain,
        modules: SIMULATED_MODULES,
      }),
    );
  }
  return loaded;
}
