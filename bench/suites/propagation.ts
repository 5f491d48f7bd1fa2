/**
 * How fast a block reaches a network: real node processes over TLS, full mesh, on this one machine. Needs the build.
 *
 * The clock starts when the proposer tells its head, and stops when that many nodes have made the block theirs: fetched, checked,
 * executed, stored. All nodes share this machine's cores, so the figure is mostly the work of all of them together.
 */

import { devAccount } from "../../core/devnet/dev-accounts.js";
import { Cluster } from "../../core/devnet/index.js";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { toHex } from "../../core/primitives/bytes.js";
import type { BenchContext, BenchSuite } from "../suite.js";

/** A block of 1 MB: as many transfers as the default budget of a block has room for, each with a memo that makes it 200 bytes. */
const MEGABYTE_TRANSFERS = 5_000;
/** A pool takes at most 1,024 transactions that depend on each other; every node has an account with funds. */
const SENDERS = 50;
const MEMO = "a memo that fills a block to 1 MB";
const WARM_UPS = 4;
const WAIT_MS = 120_000;
const CHAIN_ID = "chainwright-bench";
/** Nobody mines by himself; pools take a whole block of one sender. */
const SETTINGS = ["node.produce=false", "node.mempool.maxPerSender=65536", "plugins.ledger-account.maxNonceAhead=65536", "log.level=error"];

async function run(context: BenchContext): Promise<void> {
  if (context.quick) {
    await withCluster(context, 2, async (cluster) => {
      await small(context, cluster, 1);
      await large(context, cluster, { perSender: 1, repetitions: 1, warmUps: 0 });
    });
    return;
  }
  await withCluster(context, 3, (cluster) => small(context, cluster, 15));
  await withCluster(context, 10, (cluster) =>
    large(context, cluster, { perSender: MEGABYTE_TRANSFERS / SENDERS, repetitions: 7, warmUps: WARM_UPS }),
  );
}

async function small(context: BenchContext, cluster: Cluster, repetitions: number): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) times.push(await spread(cluster, cluster.nodes.length));
  context.record("an empty block to all of 3 nodes", times, "ms");
}

interface Load {
  readonly perSender: number;
  readonly repetitions: number;
  /** A network that has just started runs much of this for the first time. */
  readonly warmUps: number;
}

async function large(context: BenchContext, cluster: Cluster, { perSender, repetitions, warmUps }: Load): Promise<void> {
  const transfers = perSender * SENDERS;
  const times: number[] = [];
  let nonce = 0;
  for (let i = 0; i < warmUps + repetitions; i++) {
    await submit(cluster, nonce, perSender);
    nonce += perSender;
    await cluster.waitFor("every pool holding the transfers", ({ nodes }) => nodes.every(({ pending }) => pending >= transfers), {
      timeoutMs: WAIT_MS,
    });
    times.push(await spread(cluster, Math.ceil(cluster.nodes.length * 0.9)));
    await cluster.waitSync({ timeoutMs: WAIT_MS });
    const { transactionCount } = await cluster.node(1).api.get("/v1/blocks/head?transactions=none");
    if (transactionCount !== transfers) throw new Error(`the block has ${String(transactionCount)} transfers, not ${transfers}`);
  }
  context.record("a 1 MB block to 90 % of 10 nodes, transactions pooled", times.slice(warmUps), "ms");
}

/** Lets node 1 make a block. @returns ms until `count` nodes, it included, have it as their head */
async function spread(cluster: Cluster, count: number): Promise<number> {
  const height = cluster.node(1).height + 1;
  let beganMs = 0;
  const stopListening = cluster.onEvent((event) => {
    if (event.type === "block" && event.node === 1 && beganMs === 0) beganMs = performance.now();
  });
  try {
    const reached = cluster.waitFor(
      `${count} nodes at height ${height}`,
      ({ nodes }) => nodes.filter((node) => node.height >= height).length >= count,
      { timeoutMs: WAIT_MS },
    );
    const made = cluster.node(1).api.admin("POST", "/v1/admin/blocks", { count: 1 });
    await reached;
    const endedMs = performance.now();
    await made;
    return endedMs - beganMs;
  } finally {
    stopListening();
  }
}

/** Submits transfers of many senders, each with nonces from `firstNonce` on. */
async function submit(cluster: Cluster, firstNonce: number, perSender: number): Promise<void> {
  const { api } = cluster.node(1);
  const request = { chainId: CHAIN_ID, to: devAccount("bob").address, amount: 1n, memo: MEMO };
  const lane = async (sender: number): Promise<void> => {
    const from = devAccount(`node-${sender}`).secretKey;
    for (let nonce = firstNonce; nonce < firstNonce + perSender; nonce++) {
      const transfer = { ...request, from, nonce };
      await api.post("/v1/transactions", { raw: toHex(buildTransfer({ ...transfer, fee: leastTransferFee(transfer, 1) })) });
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, index) => lane(index + 1)));
}

async function withCluster(context: BenchContext, nodes: number, use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const directory = await context.directory();
  const cluster = await Cluster.create({ directory, nodes, chainId: CHAIN_ID, blockIntervalMs: 100, settings: SETTINGS });
  try {
    await cluster.start();
    await cluster.waitFor("a full mesh", (all) => all.nodes.every(({ peers }) => peers >= nodes - 1), { timeoutMs: WAIT_MS });
    await use(cluster);
  } finally {
    await cluster.stop();
  }
}

const suite: BenchSuite = {
  name: "propagation",
  description: "a block through a network of real node processes over TLS",
  run,
};
export default suite;
