/** A cluster for functional tests, and what they look at in a chain, through the APIs of its nodes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import {
  Cluster,
  type ClusterNode,
  type ClusterOptions,
  DEV_NAMES,
  devAddress,
  type JsonObject,
  nodeAccountName,
} from "../../../core/devnet/index.js";
import { ChainwrightError } from "../../../core/kernel/errors.js";

/** For everything that a busy machine may take its time with. */
export const PATIENT = { timeoutMs: 60_000 } as const;

export async function temporaryDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "chainwright-net-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "net");
}

/** A cluster that is stopped when the test ends, however that is. */
export async function startCluster(t: Test, options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.create(options);
  t.teardown(() => cluster.stop());
  await cluster.start();
  return cluster;
}

/** Waits until all running nodes agree. @returns the block that they agree on */
export async function agreed(cluster: Cluster, minHeight = 0): Promise<{ readonly height: number; readonly head: string }> {
  let at: { height: number; head: string } | undefined;
  await cluster.waitFor(
    `one head at height ${minHeight} or above`,
    () => {
      const { agreed, heads } = cluster.agreement();
      const [first] = heads;
      if (!agreed || first === undefined || first.height < minHeight) return false;
      at = { height: first.height, head: first.head };
      return true;
    },
    PATIENT,
  );
  if (at === undefined) throw new Error("agreement has a head");
  return at;
}

export async function blockAt(node: ClusterNode, reference: string | number): Promise<JsonObject | undefined> {
  return node.api.find(`/v1/blocks/${reference}?transactions=ids`);
}

/** Hashes of the canonical blocks from height 0 to `height`. */
export async function canonicalHashes(node: ClusterNode, height: number): Promise<readonly string[]> {
  const hashes: string[] = [];
  while (hashes.length <= height) {
    const { blocks } = await node.api.get(`/v1/blocks?order=asc&limit=100&from=${hashes.length}`);
    const page = (blocks as readonly { readonly hash: string }[]).map(({ hash }) => hash);
    if (page.length === 0) break;
    hashes.push(...page);
  }
  return hashes.slice(0, height + 1);
}

/** State root and accounts after one block, as a node has them: the same on every node, or the nodes disagree. */
export async function stateAfter(node: ClusterNode, block: string, nodes: number): Promise<JsonObject> {
  const names = [...DEV_NAMES, ...Array.from({ length: nodes }, (_, i) => nodeAccountName(i + 1))];
  const accounts: Record<string, unknown> = {};
  for (const name of names) accounts[name] = (await node.api.get(`/v1/accounts/${devAddress(name)}?block=${block}`)).account;
  return { stateRoot: (await blockAt(node, block))?.stateRoot, accounts };
}

/** The running nodes have one state after the block that they agree on. */
export async function sameState(t: Test, cluster: Cluster, minHeight = 0): Promise<JsonObject> {
  const { head, height } = await agreed(cluster, minHeight);
  const [first, ...others] = cluster.running;
  if (first === undefined) throw new Error("somebody runs");
  const state = await stateAfter(first, head, cluster.nodes.length);
  t.match(state.stateRoot, /^[0-9a-f]{64}$/);
  for (const node of others)
    t.same(
      await stateAfter(node, head, cluster.nodes.length),
      state,
      `node ${node.number} has the state of node ${first.number} at height ${height}`,
    );
  return state;
}

/** Waits until a transaction is in a canonical block of every running node. */
export async function includedEverywhere(cluster: Cluster, id: string): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (const node of cluster.running) found.push(await included(cluster, node, id));
  return found;
}

/** Waits until a transaction is in a canonical block of `node`. */
export async function included(cluster: Cluster, node: ClusterNode, id: string): Promise<JsonObject> {
  for (;;) {
    const { height } = node;
    const transaction = await node.transaction(id);
    if (transaction?.status === "included") return transaction;
    await cluster.waitFor(`a block after ${height} on node ${node.number}, with ${id.slice(0, 8)}`, () => node.height !== height, PATIENT);
  }
}

/** Whether a node has a transaction, pooled or in a block. One that is isolated won't say that it has not: others might. */
export async function knows(node: ClusterNode, id: string): Promise<boolean> {
  const transaction = await node.transaction(id).catch((error: unknown) => {
    if (ChainwrightError.is(error) && (error.data as { readonly code?: string }).code === "API_NOT_READY") return undefined;
    throw error;
  });
  return transaction !== undefined;
}

export function setMining(node: ClusterNode, running: boolean): Promise<JsonObject> {
  return node.api.admin("POST", "/v1/admin/producer", { running });
}
