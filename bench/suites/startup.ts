/**
 * Start-up of the whole process, from spawn, and its memory at rest: a new chain, a kept one after kill -9, and one
 * with blocks full of transfers that were not flushed. Needs the build (`npm run build`).
 */
import { readFile } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { DEV_NAMES, devAccount } from "../../core/cli/dev-accounts.js";
import { DEV_CHAIN_ID } from "../../core/cli/dev-chain.js";
import { buildTransfer } from "../../core/primitives/account-transaction.js";
import { toHex } from "../../core/primitives/bytes.js";
import { NodeProcess } from "../node-process.js";
import type { BenchContext, BenchSuite } from "../suite.js";

/** Memory and CPU time are read from /proc. */
const ON_LINUX = platform() === "linux";
/** Blocks that the node makes before its memory is read. */
const IDLE_BLOCKS = 3;
/** Far above the floor, so that no rule of the dev chain stands in the way. */
const FEE = 100_000n;
/** Requests under way at once. */
const CONCURRENT = 16;

async function run(context: BenchContext): Promise<void> {
  const runs = context.quick ? 1 : 7;
  await freshAndKept(context, runs);
  await unflushed(context, runs);
}

/** Figures of several starts: wall time as the user waits, and CPU time, which a busy machine does not change. */
class Series {
  readonly wallMs: number[] = [];
  readonly cpuMs: number[] = [];

  add(node: NodeProcess, wallMs: number): void {
    this.wallMs.push(wallMs);
    if (ON_LINUX) this.cpuMs.push(node.cpuMs());
  }

  record(context: BenchContext, name: string): void {
    context.record(name, this.wallMs, "ms");
    if (ON_LINUX) context.record(`${name}: CPU time`, this.cpuMs, "ms");
  }
}

async function freshAndKept(context: BenchContext, runs: number): Promise<void> {
  const answers = new Series();
  const firstBlock = new Series();
  const reopened = new Series();
  const idleMiB: number[] = [];
  for (let i = 0; i < runs; i++) {
    const directory = await context.directory();
    const fresh = new NodeProcess(directory);
    try {
      answers.add(fresh, await fresh.answers());
      firstBlock.add(fresh, await fresh.reaches(1));
      if (!context.quick) await fresh.reaches(IDLE_BLOCKS);
      if (ON_LINUX) idleMiB.push(fresh.residentMiB());
    } finally {
      await fresh.end("SIGKILL");
    }
    await open(directory, reopened);
  }
  answers.record(context, "HTTP answers");
  firstBlock.record(context, "first block");
  if (ON_LINUX) context.record("idle memory", idleMiB, "MiB");
  reopened.record(context, "reopen after kill -9, empty chain");
}

/** Opens a kept data directory until the API answers, and kills the node. */
async function open(directory: string, series: Series): Promise<void> {
  const node = new NodeProcess(directory);
  try {
    series.add(node, await node.answers());
  } finally {
    await node.end("SIGKILL");
  }
}

async function unflushed(context: BenchContext, runs: number): Promise<void> {
  const blocks = context.quick ? 1 : 32;
  const transfers = context.quick ? 8 : 1000;
  const directory = await context.directory();
  const maker = new NodeProcess(directory);
  try {
    const api = await maker.api();
    const token = (await readFile(join(directory, "data", "admin.token"), "utf8")).trim();
    await post(api, "/v1/admin/producer", { running: false }, token);
    for (let block = 0; block < blocks; block++) {
      await submit(api, rawTransfers(transfers, block));
      await post(api, "/v1/admin/blocks", { count: 1 }, token);
    }
  } finally {
    await maker.end("SIGKILL");
  }
  const opened = new Series();
  // Killed again each time: what it re-executed at the start, it did not flush at once.
  for (let i = 0; i < runs; i++) await open(directory, opened);
  opened.record(context, "reopen after kill -9, 32 blocks of 1,000 transfers");
}

/** Transfers from each dev account in turn, in the order of their nonces. */
function rawTransfers(count: number, block: number): string[] {
  const accounts = DEV_NAMES.map(devAccount);
  const each = count / accounts.length;
  return accounts.flatMap(({ secretKey }, sender) =>
    Array.from({ length: each }, (_, i) => {
      const to = (accounts[(sender + 1) % accounts.length] as (typeof accounts)[number]).address;
      const nonce = block * each + i;
      return toHex(buildTransfer({ chainId: DEV_CHAIN_ID, from: secretKey, to, amount: 1n, nonce, fee: FEE }));
    }),
  );
}

/** Submits all, several at once: each sender's own in order. */
async function submit(api: string, raws: readonly string[]): Promise<void> {
  let next = 0;
  const one = async () => {
    for (let i = next++; i < raws.length; i = next++) await post(api, "/v1/transactions", { raw: raws[i] });
  };
  await Promise.all(Array.from({ length: CONCURRENT }, one));
}

async function post(api: string, path: string, body: object, token?: string): Promise<void> {
  const response = await fetch(api + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 500)}`);
}

const suite: BenchSuite = {
  name: "startup",
  description: "start-up and memory of the whole process: new chain, after kill -9, with unflushed blocks",
  run,
};
export default suite;
