/** The history index in a real node: switched on late, killed, switched off and on; compared with the node's own blocks. */
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { devAccount } from "../../core/devnet/dev-accounts.js";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { toHex } from "../../core/primitives/bytes.js";
import { getJson, NodeProcess } from "./node-process.js";

const ALICE = "cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee";
const BOB = "cw12ln9w0cfu0pf0agx0yv433c0vafxvkcr42as8p";
const ON = ["--set", "plugins.index-history.backfillPercent=100"];

let nonce = 0;

async function send(api: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    const transfer = {
      chainId: "chainwright-dev",
      from: devAccount("alice").secretKey,
      to: devAccount("bob").address,
      amount: 7n,
      nonce: nonce++,
    };
    const response = await fetch(`${api}/v1/transactions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ raw: toHex(buildTransfer({ ...transfer, fee: leastTransferFee(transfer, 1) })) }),
    });
    if (response.status !== 202) throw new Error(await response.text());
  }
}

/** Resolves once all that was sent is in blocks. */
async function settled(api: string): Promise<void> {
  for (;;) {
    const { account } = (await getJson(`${api}/v1/accounts/${ALICE}`)) as { account: { nonce: number } };
    if (account.nonce === nonce) return;
    await delay(20);
  }
}

interface Status {
  readonly state: string;
  readonly behindBlocks: number;
  readonly completeFrom: number;
  readonly indexed: { readonly height: number };
}

/** Resolves once the index is at the head and has everything that the chain has. */
async function indexed(api: string): Promise<Status> {
  for (;;) {
    const status = (await getJson(`${api}/v1/history/status`)) as unknown as Status;
    if (status.state === "following" && status.behindBlocks === 0) return status;
    await delay(20);
  }
}

interface Listed {
  readonly id: string;
  readonly ok: boolean;
  readonly addresses: readonly string[];
  readonly block: { readonly hash: string; readonly height: number; readonly index: number };
}

/** An address' history up to a height, by pages. */
async function historyOf(api: string, address: string, height: number): Promise<string[]> {
  const seen: string[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page = (await getJson(`${api}/v1/history/addresses/${address}?limit=3${next === "" ? "" : `&cursor=${next}`}`)) as unknown as {
      readonly transactions: readonly Listed[];
      readonly next: string | null;
    };
    for (const { id, block } of page.transactions)
      if (block.height <= height) seen.push(`${block.height}.${block.index} ${block.hash} ${id}`);
    next = page.next;
  }
  return seen;
}

/** The same from the node's blocks: every transaction of this chain is alice's and goes to bob. */
async function blocksOf(api: string, height: number): Promise<string[]> {
  const all: string[] = [];
  for (let at = height; at > 0; at--) {
    const block = (await getJson(`${api}/v1/blocks/${at}`)) as { readonly hash: string; readonly transactions: readonly string[] };
    for (const [index, id] of [...block.transactions.entries()].reverse()) all.push(`${at}.${index} ${block.hash} ${id}`);
  }
  return all;
}

t.test("switched on late, killed, off and on again", { timeout: 60_000 }, async (t) => {
  const args = ["dev", "--data-dir", t.testdir(), "--port", "0", "--mine", "instant"];
  let node = new NodeProcess(args);
  let api = await node.api();
  t.equal((await getJson(`${api}/v1/history/status`)).code, "API_ROUTE_NOT_FOUND", "off by default");
  await send(api, 4);
  await settled(api);
  await send(api, 3);
  await settled(api);
  await node.kill("SIGKILL");

  const compare = async (what: string) => {
    const { indexed: head, completeFrom } = await indexed(api);
    const expected = await blocksOf(api, head.height);
    t.equal(completeFrom, 0);
    t.same(await historyOf(api, ALICE, head.height), expected, `${what}: the sender's`);
    t.same(await historyOf(api, BOB, head.height), expected, `${what}: the recipient's`);
    return expected;
  };
  node = new NodeProcess([...args, ...ON]);
  api = await node.api();
  const late = await compare("switched on late");
  t.equal(late.length, 7);
  const [, blockHash, id] = late[0]?.split(" ") ?? [];
  const { transaction } = (await getJson(`${api}/v1/history/transactions/${id}`)) as unknown as { readonly transaction: Listed };
  t.match(transaction, { id, ok: true, addresses: [ALICE, BOB], block: { hash: blockHash } });
  t.equal((await getJson(`${api}/v1/history/addresses/cw1nothing`)).code, "VALUE_INVALID");
  await send(api, 3);
  await node.kill("SIGKILL");

  node = new NodeProcess(args);
  api = await node.api();
  await send(api, 2);
  await settled(api);
  t.equal(await node.kill("SIGTERM"), 0);

  node = new NodeProcess([...args, ...ON]);
  api = await node.api();
  t.equal((await compare("off and on again")).length, 12, "all that were accepted");
  t.match(await (await fetch(`${api}/openapi.json`)).text(), /"\/v1\/history\/addresses\/\{address\}"/);
  t.equal(await node.kill("SIGTERM"), 0, "a clean stop");
});
