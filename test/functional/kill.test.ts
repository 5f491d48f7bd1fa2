/**
 * Kill -9 during mining and under traffic, again and again: nothing acknowledged or accepted may be missing afterwards.
 *
 * Twenty kills in all: a few that look at everything through the API, the others by the harness of `npm run test:crash`, at points of
 * its choice, with a look into the database itself.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { devAccount } from "../../core/devnet/dev-accounts.js";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { toHex } from "../../core/primitives/bytes.js";
import { Life } from "../crash/life.js";
import { planOf } from "../crash/plan.js";
import { Tally } from "../crash/tally.js";
import { makeChain } from "../crash/world.js";
import { getJson, NodeProcess } from "./node-process.js";

const KILLS = Number(process.env.KILLS ?? 4);
const CHAIN_ID = "chainwright-dev";

async function submit(api: string, nonce: number): Promise<string | undefined> {
  const transfer = { chainId: CHAIN_ID, from: devAccount("alice").secretKey, to: devAccount("bob").address, amount: 7n, nonce };
  const raw = toHex(buildTransfer({ ...transfer, fee: leastTransferFee(transfer, 1) }));
  try {
    const response = await fetch(`${api}/v1/transactions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ raw }),
    });
    const answer = (await response.json()) as { id?: string };
    return response.status === 202 ? answer.id : undefined;
  } catch {
    // The process was killed while it answered: then nothing was promised.
    return undefined;
  }
}

// Each waits for a process most of the time.
t.jobs = 2;

t.test(`${KILLS} kills under traffic lose nothing`, { timeout: 15_000 * KILLS + 60_000, buffered: true }, async (t) => {
  const directory = t.testdir();
  const args = ["dev", "--data-dir", directory, "--port", "0"];
  const acknowledged = new Map<number, string>();
  const accepted: string[] = [];
  let nonce = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const node = new NodeProcess(args);
    const api = await node.api();
    const { pendingNonce } = (await getJson(`${api}/v1/accounts/cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee`)) as { pendingNonce: number };
    t.ok(pendingNonce >= nonce, `after kill ${kill} all ${nonce} accepted transactions are pooled or included`);
    nonce = pendingNonce;
    const last = Math.max(0, ...acknowledged.keys());
    const traffic = (async () => {
      for (let id = await submit(api, nonce); id !== undefined; id = await submit(api, nonce)) {
        accepted.push(id);
        nonce++;
        // Traffic, not a flood: the next one leaves when this one was answered and a little later.
        await delay(20);
      }
    })();
    await node.block(last + 1 + (kill % 2));
    await delay(37 * kill);
    await node.kill("SIGKILL");
    await traffic;
    for (const line of node.lines) {
      if (line.type === "block") acknowledged.set(line.height, line.hash);
      if (line.type === "undone") acknowledged.delete(line.height);
    }
  }
  const node = new NodeProcess(args);
  const api = await node.api();
  const ready = node.lines.find((line) => line.type === "ready");
  t.ok((ready?.height ?? 0) >= Math.max(...acknowledged.keys()), "the head is not below what was acknowledged");
  for (const [height, hash] of acknowledged) {
    const block = await getJson(`${api}/v1/blocks/${height}`);
    t.equal(block.hash, hash, `block ${height} is the one that was acknowledged`);
  }
  await node.block((ready?.height ?? 0) + 2);
  for (const id of accepted) {
    const { status, receipt } = (await getJson(`${api}/v1/transactions/${id}`)) as { status: string; receipt?: { ok: boolean } };
    t.equal(status, "included", `${id.slice(0, 8)} is in a block`);
    t.equal(receipt?.ok, true);
  }
  t.ok(accepted.length > KILLS, `${accepted.length} transfers were accepted on the way`);
  const bob = (await getJson(`${api}/v1/accounts/cw12ln9w0cfu0pf0agx0yv433c0vafxvkcr42as8p`)) as { account: { balance: string } };
  // A transfer whose answer was cut off by a kill may have been accepted all the same: the nonce counts them all.
  const alice = (await getJson(`${api}/v1/accounts/cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee`)) as { account: { nonce: number } };
  t.ok(alice.account.nonce >= accepted.length && alice.account.nonce <= accepted.length + KILLS, "no more than were sent");
  t.equal(bob.account.balance, String(1_000_000_000_000n + 7n * BigInt(alice.account.nonce)), "each of them once");
  t.equal(await node.kill("SIGTERM"), 0, "a clean stop");
});

const CHOSEN_KILLS = 16;

t.test(
  `${CHOSEN_KILLS} kills at chosen points lose nothing, in the database either`,
  { timeout: 15_000 * CHOSEN_KILLS, buffered: true },
  async (t) => {
    const tuning = { flushAfterBlocks: 2, writeBufferBytes: 65_536, finalDepth: 5, blockIntervalMs: 40 };
    const life = new Life(await makeChain(join(t.testdir(), "life"), tuning), tuning, new Tally());
    for (let number = 0; number < CHOSEN_KILLS; number++) {
      const plan = planOf("npm test", number);
      t.strictSame(
        await life.kill({ ...plan, loadMs: plan.loadMs / 5, damages: number % 4 === 0 }),
        [],
        `kill ${number}, at ${plan.point}`,
      );
    }
    t.strictSame(await life.check(), [], "executed again from genesis");
    t.ok(life.promises.height > 0 && life.promises.acceptedCount > 0, "there was something to lose");
  },
);
