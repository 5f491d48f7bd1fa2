/** Generated chains: the same for the same options, valid for a node that trusts nobody, and left unflushed on demand. */
import t, { type Test } from "tap";
import { lacking } from "../../bench/generator/engines.js";
import { BenchKeys } from "../../bench/generator/gasper-keys.js";
import { isAbsent } from "../../bench/generator/gasper-signatures.js";
import { SliceWatch } from "../../bench/generator/held-watch.js";
import { availablePhases } from "../../bench/generator/helios-headers.js";
import { ChainNode, type ChainOptions, generateBlocks, generateChain, NEVER_FLUSH, planChain } from "../../bench/generator/index.js";
import { BlsKeys, blsIsValidPublicKey, blsVerify } from "../../core/bls/index.js";
import { blsEngine } from "../../core/bls/select.js";
import { ComputeService } from "../../core/compute/index.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { ComputeOptions, SignatureBatch, VerdictBitmap } from "../../core/ports/compute.js";
import type { Block } from "../../core/primitives/block.js";
import { headerRecord } from "../../core/primitives/block-codec.js";
import { Hash } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { NativeTierUnavailableError } from "../../native/errors.js";
import { MemoryEngineError } from "../../plugins/consensus-helios/errors.js";
import { ArithmeticUnavailableError } from "../../plugins/consensus-helios/timelock/errors.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";

const SMALL: ChainOptions = { blocks: 3, transactions: 12, accounts: 5, seed: 7 };

async function blocksOf(options: ChainOptions): Promise<Block[]> {
  const blocks: Block[] = [];
  for await (const block of generateChain(options)) blocks.push(block);
  return blocks;
}

function failing(error: Error | string): never {
  throw typeof error === "string" ? new Error(error) : error;
}

const idsOf = (blocks: readonly Block[]) => blocks.map(({ header }) => Hash.key(headerRecord(header).id));

async function memory(): Promise<MemoryStorage> {
  const storage = new MemoryStorage(UNMETERED);
  await storage.start();
  return storage;
}

/** Compute on this thread that counts what it verified. */
class CountingCompute extends ComputeService {
  signatures = 0;

  override verifySignatures(batch: SignatureBatch, options?: ComputeOptions): Promise<VerdictBitmap> {
    this.signatures += batch.count;
    return super.verifySignatures(batch, options);
  }
}

function computeOf(t: Test): CountingCompute {
  const clock = new SystemClock();
  const dependencies = { clock, scheduler: new SystemScheduler(clock), logger: SILENT, metrics: UNMETERED };
  const compute = new CountingCompute(dependencies, { threads: 0 });
  t.teardown(() => compute.close());
  return compute;
}

t.test("only what this machine does not have is left out; what is here and errs fails", async (t) => {
  const broken = { reason: "the addon does not load: undefined symbol", isBroken: true };
  const native = { engine: "native", keyCacheEntries: 0 } as const;
  t.equal(lacking(native, { reason: "the addon was not built", isBroken: false }), "the addon was not built");
  t.throws(() => lacking({ ...native, tiers: { ed25519: "portable" } }, broken, () => failing(broken.reason)), /undefined symbol/);
  t.throws(() => lacking(native, undefined, () => failing("its self-check failed: Ed25519 verdicts")), /self-check/);
  t.equal(
    lacking(native, undefined, () => {
      throw new NativeTierUnavailableError({ primitive: "ed25519", tier: "ifma", available: ["portable"] });
    }) ?? "",
    "no tier ifma of ed25519 here; this machine has portable",
  );
  t.equal(lacking({ engine: "js", keyCacheEntries: 0 }), undefined);

  const choice = { arithmetic: "native", argon2id: "native" } as const;
  const refused = (isBroken: boolean) => [
    new ArithmeticUnavailableError({ kind: "native", reason: "a reason", isBroken }),
    new MemoryEngineError({ reason: "a reason", isBroken }),
  ];
  for (const error of refused(false))
    t.match(
      availablePhases(choice, () => failing(error)),
      { reason: /a reason/ },
    );
  for (const error of [...refused(true), new Error("out of lanes"), new TypeError("no such function")])
    t.throws(() => availablePhases(choice, () => failing(error)), error);
});

t.test("the same options and seed give the same blocks, another seed gives others", async (t) => {
  const ids = idsOf(await blocksOf(SMALL));
  t.equal(ids.length, 3);
  t.same(idsOf(await blocksOf(SMALL)), ids);
  const others = idsOf(await blocksOf({ ...SMALL, seed: 8 }));
  t.notOk(others.some((id) => ids.includes(id)));
});

t.test("a chain has the asked size, and its senders several transfers each", async (t) => {
  const blocks = await blocksOf({ ...SMALL, holders: 3 });
  t.same(
    blocks.map(({ header, transactions }) => [header.height, transactions.length]),
    [
      [1, 12],
      [2, 12],
      [3, 12],
    ],
  );
  t.equal(new Set(blocks.flatMap(({ transactions }) => transactions.map((raw) => Buffer.from(raw).toString("hex")))).size, 36);
  t.same(await blocksOf({ ...SMALL, blocks: 0 }), []);
});

t.test("a node that verifies every signature imports it", async (t) => {
  const compute = computeOf(t);
  const node = new ChainNode({ plan: planChain(SMALL), storage: await memory(), compute });
  await node.start();
  for (const block of await blocksOf(SMALL)) t.match(await node.chain.import(block), { status: "imported", canonical: true });
  t.equal(node.chain.head.header.height, 3);
  t.equal(compute.signatures, 36);
});

t.test("into a storage, without a flush: what a crash leaves", async (t) => {
  const storage = await memory();
  const plan = planChain(SMALL);
  for await (const block of generateBlocks(plan, { storage, chain: NEVER_FLUSH })) t.ok(block);
  const node = new ChainNode({ plan, storage, compute: computeOf(t) });
  await node.start();
  t.equal(node.chain.head.header.height, 3, "recovered from its blocks");
  t.equal(node.view.status().flushedHeight, 0);
});

t.test("sizes out of range are refused", async (t) => {
  for (const wrong of [{ blocks: -1 }, { accounts: 0 }, { transactions: 1.5 }, { seed: 2 ** 32 }, { holders: -1 }])
    t.throws(() => generateChain({ ...SMALL, ...wrong }), RangeError);
});

t.test("keys that follow one another sign as any do, alone and together", async (t) => {
  const keys = new BenchKeys(5, 3);
  const table = new BlsKeys();
  const message = new Uint8Array(32).fill(7);
  for (let index = 0; index < keys.count; index++) {
    t.ok(blsIsValidPublicKey(keys.publicKey(index)));
    table.set(index, keys.publicKey(index));
  }
  t.ok(blsVerify({ publicKey: keys.publicKey(4), message, signature: keys.sign([4], message) }));
  const voters = Uint32Array.of(0, 2, 3);
  t.same(keys.sum(blsEngine(), voters), table.aggregate(voters), "sums are those of a node");
  const set = { publicKey: table.aggregate(voters), message, signature: keys.sign(voters, message) };
  t.ok(blsVerify(set));
  t.notOk(blsVerify({ ...set, signature: keys.sign([0, 2], message) }), "all of them have to sign");
  t.not(Buffer.compare(keys.publicKey(0), new BenchKeys(1, 4).publicKey(0)), 0, "another seed, other keys");
});

t.test("a library that is not there for this machine is another thing than one that does not load", async (t) => {
  t.ok(isAbsent(Object.assign(new Error("Cannot find module '@chainsafe/blst'"), { code: "MODULE_NOT_FOUND" })));
  t.ok(isAbsent(new Error("Unsupported architecture on Linux: mips")));
  t.notOk(isAbsent(Object.assign(new Error("invalid ELF header"), { code: "ERR_DLOPEN_FAILED" })));
  t.notOk(isAbsent(new Error("its self-check failed")));
});

t.test("work that makes pauses holds the thread from one to the next", async (t) => {
  // Of both clocks: a machine that stalls this process gives it time without CPU time.
  const spin = (ms: number) => {
    const from = performance.now();
    const before = process.cpuUsage();
    for (;;) {
      const { user, system } = process.cpuUsage(before);
      if (user + system >= 1_000 * ms && performance.now() >= from + ms) return performance.now() - from;
    }
  };
  let pausedMs = 0;
  const pause = async () => {
    pausedMs += spin(20);
  };
  const watch = new SliceWatch({ due: () => true, pause });
  const from = performance.now();
  watch.begin();
  spin(2);
  t.ok(watch.due());
  await watch.pause();
  watch.end();
  t.ok(watch.percentile(100) <= performance.now() - from - pausedMs, "what passes in a pause is not held");
  t.ok(watch.percentile(0) < watch.percentile(100), "both slices were noted");
  watch.close();
});
