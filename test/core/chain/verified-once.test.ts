/** A signature that was verified once is not verified again, whichever way its transaction comes again. Counted at compute's door. */
import t from "tap";
import { ComputeService } from "../../../core/compute/index.js";
import type { Compute } from "../../../core/ports/compute.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { BlockMaker, importAll, scripted, type TestNode, transfer } from "./harness.js";
import { GOOD_SEAL } from "./scripted-engine.js";

const clock = new SystemClock();
const dependencies = { clock, scheduler: new SystemScheduler(clock), logger: SILENT, metrics: NO_METRICS };

/** Really verifies, and counts what it is given. */
class CountingCompute {
  readonly #service = new ComputeService(dependencies, { threads: 0 });
  signatures = 0;

  readonly verifySignatures: Compute["verifySignatures"] = (batch, options) => {
    this.signatures += batch.count;
    return this.#service.verifySignatures(batch, options);
  };

  /** Since it was last asked. */
  taken(): number {
    const { signatures } = this;
    this.signatures = 0;
    return signatures;
  }
}

async function counted(): Promise<{ readonly node: TestNode; readonly compute: CountingCompute }> {
  const compute = new CountingCompute();
  const node = await scripted({}, { mempool: true, compute: { verifySignatures: compute.verifySignatures } });
  return { node, compute };
}

const submitAll = (node: TestNode, raws: readonly Bytes[]) => Promise.all(raws.map((raw) => node.mempool.submit(raw)));

const FIRST = Array.from({ length: 5 }, (_, nonce) => transfer(0, nonce, 1));
const SECOND = Array.from({ length: 3 }, (_, nonce) => transfer(2, nonce, 3));

t.test("submitted, then in a block; submitted again", async (t) => {
  const maker = await BlockMaker.start();
  const { node, compute } = await counted();
  await submitAll(node, FIRST);
  t.equal(compute.taken(), 5, "at admission");
  await submitAll(node, FIRST).catch(() => undefined);
  t.equal(compute.taken(), 0, "what is pooled");
  const block = await maker.extend(maker.genesis, { transactions: [...FIRST, ...SECOND] });
  await importAll(node, [block]);
  t.equal(compute.taken(), 3, "a block that others made: only what did not come by gossip before");
  await Promise.allSettled([...FIRST, ...SECOND].map((raw) => node.mempool.submit(raw)));
  t.equal(compute.taken(), 0, "gossip that comes after the block");
});

t.test("own production", async (t) => {
  const { node, compute } = await counted();
  await submitAll(node, FIRST);
  t.equal(compute.taken(), 5);
  const unsealed = await node.chain.build(node.chain.genesis.id, {
    timestampMs: node.chain.genesis.header.timestampMs + 1_000,
    proposer: node.chain.genesis.header.proposer,
    extra: Uint8Array.of(1, 0),
  });
  t.equal(unsealed.transactions.length, 5);
  const { header, transactions, payload } = unsealed;
  t.match(await node.chain.import({ header: { ...header, seal: GOOD_SEAL }, transactions, payload }), { status: "imported" });
  t.equal(compute.taken(), 0, "building and importing");
});

t.test("a reorg, what it hands back, and the block that takes it again", async (t) => {
  const maker = await BlockMaker.start();
  const light = await maker.extend(maker.genesis, { transactions: FIRST });
  const heavy = await maker.row(maker.genesis, 2, (index) => ({ salt: 1, weight: 9, transactions: index === 0 ? SECOND : [] }));
  const after = await maker.extend(heavy[1] ?? maker.genesis, { transactions: FIRST });
  const { node, compute } = await counted();
  await importAll(node, [light]);
  t.equal(compute.taken(), 5);
  await importAll(node, heavy);
  await node.headIs(heavy[1]?.id ?? light.id);
  t.equal(compute.taken(), 3, "the other branch's own");
  await node.rest();
  t.equal(node.mempool.count, 5, "what was undone is pooled again");
  await importAll(node, [after]);
  t.equal(compute.taken(), 0);
});

t.test("sync of a fork that shares transactions, with an empty pool; a block that is offered again", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 2, (index) => ({ transactions: index === 0 ? FIRST : SECOND }));
  const fork = await maker.row(maker.genesis, 3, (index) => ({
    salt: 2,
    weight: 7,
    transactions: index === 0 ? SECOND : index === 1 ? FIRST : [],
  }));
  const { node, compute } = await counted();
  await importAll(node, trunk);
  t.equal(compute.taken(), 8);
  await importAll(node, fork);
  await importAll(node, trunk);
  t.equal(compute.taken(), 0);
});

t.test("a restart with a journal", async (t) => {
  const maker = await BlockMaker.start();
  const { node, compute } = await counted();
  await submitAll(node, FIRST);
  t.equal(compute.taken(), 5);
  const crashed = await node.restart("crash");
  t.equal(crashed.mempool.count, 5, "they are pooled after a crash");
  const stopped = await crashed.restart("clean");
  t.equal(stopped.mempool.count, 5, "and after a stop");
  await importAll(stopped, [await maker.extend(maker.genesis, { transactions: FIRST })]);
  t.equal(stopped.height, 1);
  t.equal(compute.taken(), 0, "neither at the starts nor for their block");
});
