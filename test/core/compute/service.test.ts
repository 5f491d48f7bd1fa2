/** ComputeService: one verdict on every path, bounds, deadlines, aborts, dying workers, closing. */
import { verify as nobleVerify } from "@noble/ed25519";
import t, { type Test } from "tap";
import { ComputeService, type ComputeServiceOptions } from "../../../core/compute/index.js";
import { JobRunner, type WorkerSetup } from "../../../core/compute/job.js";
import { computeMetrics } from "../../../core/compute/metrics.js";
import { MerkleRequest, SignatureRequest } from "../../../core/compute/request.js";
import { WorkerPool } from "../../../core/compute/worker-pool.js";
import type { ComputeOptions } from "../../../core/ports/compute.js";
import { merkleRootPacked } from "../../../core/primitives/merkle.js";
import type { SignatureBatch } from "../../../core/primitives/signature-batch.js";
import { createEngine } from "../../../native/index.js";
import { batchOf, CountedMetrics, dependencies, Gate, signed, spoiled, testTask, verdicts } from "./fixtures.js";

/** A service that the test closes, with its metrics. Tests share what they can: a worker takes a while to start. */
function service(t: Test, options: Partial<ComputeServiceOptions> = {}) {
  const metrics = new CountedMetrics();
  const compute = new ComputeService(dependencies(metrics), { threads: 1, ...options });
  t.teardown(() => compute.close());
  return { compute, metrics };
}

const items = Array.from({ length: 45 }, (_, i) => (i % 11 === 5 ? spoiled(signed(i)) : signed(i, i % 7)));
const expected = items.map(({ signature, message, publicKey }) => nobleVerify(signature, message, publicKey, { zip215: true }));
const batch = batchOf(items);

t.test("verdicts are the same inline, in the pool, split, together and in any order", async (t) => {
  const { compute: inline } = service(t, { threads: 0 });
  const { compute: pool, metrics } = service(t, { threads: 2, inlineSignatures: 0, signaturesPerPiece: 16, idleTimeoutMs: 50 });
  t.same(verdicts(await inline.verifySignatures(batch), 45), expected);
  t.same(verdicts(await pool.verifySignatures(batch), 45), expected);
  t.equal(metrics.total("compute_requests_total", "path=pool"), 1);
  const workers = metrics.gauges.get("compute_workers") as () => number;
  t.ok(workers() > 0);
  const [head, tail, backwards] = await Promise.all([
    pool.verifySignatures(batchOf(items.slice(0, 9)), { priority: "background" }),
    pool.verifySignatures(batchOf(items.slice(9)), { priority: "block" }),
    pool.verifySignatures(batchOf([...items].reverse())),
  ]);
  t.same([...verdicts(head, 9), ...verdicts(tail, 36)], expected);
  t.same(verdicts(backwards, 45), [...expected].reverse());
  t.equal(metrics.total("compute_signatures_total", "verdict=valid"), 3 * expected.filter(Boolean).length);
  t.equal(metrics.total("compute_signatures_total", "verdict=invalid"), 3 * expected.filter((valid) => !valid).length);
  t.equal((await pool.verifySignatures(batchOf([]))).length, 0);
  // The same pool hashes.
  const leaves = Uint8Array.from({ length: 32 * 333 }, (_, i) => (i * 7) & 0xff);
  const { compute: hashing } = service(t, { inlineHashes: 0, hashesPerPiece: 64 });
  const root = Buffer.from(merkleRootPacked(leaves));
  for (const engine of [inline, hashing]) {
    t.same(Buffer.from(await engine.merkleRoot(leaves)), root);
    const input = leaves.slice(0, 64 * 150);
    const sync = new Uint8Array(32 * 150);
    engine.hashPairsSync(input, sync, "inner");
    const output = new Uint8Array(32 * 150);
    await engine.hashPairs(input, output, "inner");
    t.same(output, sync);
    await engine.hashPairs(input, input, "inner");
    t.same(input.subarray(0, 32 * 150), sync, "the output may be the front of the input");
  }
  // Without work, the threads end; the next request starts them again.
  while (workers() > 0) await new Promise((resolve) => setImmediate(resolve));
  t.same(verdicts(await pool.verifySignatures(batch), 45), expected);
});

t.test("small batches run here until too many are refused", async (t) => {
  const { compute, metrics } = service(t, { inlineSignatures: 4, inlineRefusalsPerSecond: 1 });
  await compute.verifySignatures(batchOf(items.slice(0, 4)));
  await compute.verifySignatures(batchOf([1, 2, 3].map((i) => spoiled(signed(i)))));
  t.equal(metrics.total("compute_requests_total", "path=inline"), 2);
  await compute.verifySignatures(batchOf(items.slice(0, 4)));
  t.equal(metrics.total("compute_requests_total", "path=pool"), 1, "the budget of refusals is spent");
});

t.test("malformed input is refused with a typed error", async (t) => {
  const { compute } = service(t, { threads: 0 });
  const wrong: Partial<Record<keyof SignatureBatch, unknown>>[] = [
    { count: 46 },
    { count: -1 },
    { publicKeys: batch.publicKeys.slice(1) },
    { signatures: batch.signatures.slice(64) },
    { offsets: batch.offsets.map((offset, i) => (i === 3 ? offset + 1000 : offset)) },
    { messages: new Uint8Array(3) },
    { scheme: "bls" },
  ];
  for (const change of wrong) {
    await t.rejects(compute.verifySignatures({ ...batch, ...change } as SignatureBatch), { code: "VALUE_INVALID" });
  }
  const bytes = new Uint8Array(256);
  await t.rejects(compute.merkleRoot(bytes.subarray(1)), { code: "COMPUTE_INPUT" });
  await t.rejects(compute.merkleRoot(new Uint8Array(32 * (2 ** 20 + 1))), { code: "COMPUTE_INPUT" });
  await t.rejects(compute.hashPairs(bytes.subarray(0, 96), bytes, "plain"), { code: "COMPUTE_INPUT" });
  t.throws(() => compute.hashPairsSync(bytes, new Uint8Array(127), "plain"), { code: "COMPUTE_INPUT" });
  t.throws(() => compute.hashPairsSync(bytes.subarray(0, 128), bytes.subarray(64, 128), "plain"), { code: "COMPUTE_INPUT" });
  for (const options of [{ threads: -1 }, { signaturesPerPiece: 12 }, { hashesPerPiece: 100 }, { maxQueuedRequests: 1.5 }]) {
    t.throws(() => new ComputeService(dependencies(), options), { code: "COMPUTE_OPTION" });
  }
});

const paths: [string, Partial<ComputeServiceOptions>][] = [
  ["inline", { threads: 0 }],
  ["pool", { threads: 1 }],
];
for (const [path, options] of paths) {
  t.test(`tasks by module URL (${path})`, async (t) => {
    const { compute } = service(t, options);
    const values = Uint8Array.of(1, 2, 3);
    t.equal(await compute.run(testTask, { do: "sum", values }), 6);
    t.same(values, Uint8Array.of(1, 2, 3), "the task worked on a copy");
    await t.rejects(compute.run(testTask, { do: "throw", message: "no such nonce" }), {
      code: "COMPUTE_TASK_FAILED",
      message: /test-task.*no such nonce/,
    });
    await t.rejects(compute.run(testTask, { do: "throw", message: "bad nonce", code: "TOY_NONCE" }), {
      code: "COMPUTE_TASK_FAILED",
      data: { name: "test-task", code: "TOY_NONCE" },
      cause: { code: "TOY_NONCE", data: { at: 7 } },
    });
    const missing = { name: "missing", module: new URL("./no-such-task.js", import.meta.url) };
    await t.rejects(compute.run(missing, {}), { code: "COMPUTE_TASK_FAILED", data: { name: "missing" } });
    const noTask = { name: "no-task", module: new URL(import.meta.resolve("fast-check")) };
    await t.rejects(compute.run(noTask, {}), { code: "COMPUTE_TASK_FAILED", message: /default export/ });
    await t.rejects(compute.run<unknown, unknown>(testTask, { do: "sum", values: () => {} }), { code: "COMPUTE_TASK_FAILED" });
    await t.rejects(compute.run(testTask, { do: "function" }), { code: "COMPUTE_TASK_FAILED", message: /could not be cloned/ });
    await compute.preload(testTask);
    t.equal(await compute.run(testTask, { do: "sum", values }), 6);
  });
}

t.test("a worker that dies is tried once more, then the request fails and the pool goes on", async (t) => {
  const { compute, metrics } = service(t, { threads: 2, inlineSignatures: 0, signaturesPerPiece: 8 });
  const [dead, alive] = await Promise.allSettled([compute.run(testTask, { do: "exit" }), compute.verifySignatures(batch)]);
  t.match(dead, { status: "rejected", reason: { code: "COMPUTE_WORKER_DIED", data: { kind: "task", name: "test-task" } } });
  t.equal(alive.status, "fulfilled", "work beside it is not lost");
  t.equal(metrics.total("compute_worker_deaths_total", "kind=task"), 2);
  t.same(verdicts(await compute.verifySignatures(batch), 45), expected);
});

t.test("workers that can't even start fail their requests", async (t) => {
  const engine = createEngine({ engine: "js", keyCacheEntries: 0 });
  const metrics = computeMetrics(new CountedMetrics(), { queuedRequests: () => 0, queuedBytes: () => 0, workers: () => 0 });
  // Without engine options, the worker's entry throws while it is loaded.
  const setup = {} as unknown as WorkerSetup;
  const pool = new WorkerPool(
    { ...dependencies(), metrics, runner: new JobRunner(engine) },
    { threads: 2, workerHeapMb: 64, idleTimeoutMs: 1000, setup },
  );
  t.teardown(() => pool.close());
  const requests = Array.from({ length: 4 }, () => new SignatureRequest("block", batch, 64));
  for (const request of requests) pool.submit(request);
  for (const request of requests) await t.rejects(request.promise, { code: "COMPUTE_WORKER_DIED" });
});

t.test("deadline and abort: in the queue and at work", async (t) => {
  const { compute, metrics } = service(t);
  const gate = new Gate();
  const held = compute.run(testTask, { do: "gate", gate: gate.words });
  await gate.reached();
  const queued = new AbortController();
  const aborted = compute.run(testTask, { do: "sum", values: new Uint8Array(1) }, { signal: queued.signal });
  const late = compute.verifySignatures(batch, { deadlineMs: 1 });
  await t.rejects(late, { code: "COMPUTE_DEADLINE", data: { deadlineMs: 1 } });
  queued.abort("not needed");
  await t.rejects(aborted, { code: "COMPUTE_ABORTED", cause: "not needed" });
  await t.rejects(compute.verifySignatures(batch, { signal: queued.signal }), { code: "COMPUTE_ABORTED" }, "aborted before");
  gate.open();
  t.equal(await held, "through");
  // At work: an endless task is stopped with its thread.
  await t.rejects(compute.run(testTask, { do: "spin" }, { deadlineMs: 20 }), { code: "COMPUTE_DEADLINE" });
  const second = new Gate();
  const running = new AbortController();
  const stopped = compute.run(testTask, { do: "gate", gate: second.words }, { signal: running.signal });
  await second.reached();
  running.abort();
  await t.rejects(stopped, { code: "COMPUTE_ABORTED" });
  t.same(verdicts(await compute.verifySignatures(batch), 45), expected, "a fresh thread works on");
  t.equal(metrics.total("compute_worker_deaths_total"), 0, "a thread that we stopped did not die");
  t.equal(metrics.gauges.get("compute_queue_requests")?.(), 0);
  t.equal(metrics.gauges.get("compute_queue_bytes")?.(), 0);
});

t.test("a result that can't be handed over is a failure, and leaves nothing behind", async (t) => {
  const { compute, metrics } = service(t, { inlineHashes: 0 });
  const queued = metrics.gauges.get("compute_queue_requests") as () => number;
  // Its owner gives the output away while the pool is at work.
  const output = new Uint8Array(64);
  const hashed = compute.hashPairs(new Uint8Array(128), output, "plain");
  structuredClone(output, { transfer: [output.buffer] });
  await t.rejects(hashed, TypeError);
  t.equal(queued(), 0);
  // Memory is short when the last step of a tree is due.
  const request = new MerkleRequest("block", new Uint8Array(64), 2);
  const failures: (Error | undefined)[] = [];
  request.onSettled = (failure) => failures.push(failure);
  const fault = new Error("memory was short");
  const engine = createEngine({ engine: "js", keyCacheEntries: 0 });
  request.takePiece();
  request.pieceDone({
    ...engine,
    subtreeRoot: () => {
      throw fault;
    },
  });
  await t.rejects(request.promise, fault);
  t.same(failures, [fault], "settled once, so that its place in the queue is free");
});

t.test("the queue is bounded in count and bytes, with room kept for blocks; urgent work goes first", async (t) => {
  const { compute, metrics } = service(t, { maxQueuedRequests: 4, maxQueuedBytes: 100_000, inlineSignatures: 0 });
  const gate = new Gate();
  const held = compute.run(testTask, { do: "gate", gate: gate.words });
  await gate.reached();
  const order: string[] = [];
  const submit = (options: ComputeOptions) => compute.verifySignatures(batch, options).then(() => order.push(options.priority as string));
  const admitted = [submit({ priority: "background" }), submit({ priority: "mempool" })];
  await t.rejects(submit({ priority: "background" }), { code: "COMPUTE_QUEUE_FULL" });
  await t.rejects(submit({ priority: "mempool" }), { code: "COMPUTE_QUEUE_FULL", data: { queuedRequests: 3 } });
  await t.rejects(compute.run(testTask, { do: "sum", values: new Uint8Array(99_000) }, { priority: "block" }), {
    code: "COMPUTE_QUEUE_FULL",
  });
  admitted.push(submit({ priority: "block" }));
  await t.rejects(submit({ priority: "block" }), { code: "COMPUTE_QUEUE_FULL", data: { queuedRequests: 4 } });
  t.equal(metrics.total("compute_failures_total", "code=COMPUTE_QUEUE_FULL"), 4);
  admitted.push(submit({ priority: "block", mayExceed: true }));
  gate.open();
  await Promise.all([held, ...admitted]);
  t.same(order, ["block", "block", "mempool", "background"], "what the chain can't do without is taken all the same");
  t.equal(
    await compute.run(testTask, { do: "sum", values: new Uint8Array(200_000) }),
    0,
    "alone, a request larger than the bound is taken",
  );
});

t.test("close: what has begun may finish, the rest is refused, nothing hangs", async (t) => {
  const { compute } = service(t, { closeTimeoutMs: 5_000 });
  const gate = new Gate();
  const begun = compute.run(testTask, { do: "gate", gate: gate.words });
  await gate.reached();
  const waiting = compute.verifySignatures(batch);
  const closing = compute.close();
  await t.rejects(waiting, { code: "COMPUTE_CLOSED" });
  await t.rejects(compute.verifySignatures(batch), { code: "COMPUTE_CLOSED" });
  gate.open();
  t.equal(await begun, "through");
  await closing;
  await compute.close();

  const { compute: stuck } = service(t, { closeTimeoutMs: 20 });
  const endless = new Gate();
  const never = stuck.run(testTask, { do: "gate", gate: endless.words });
  await endless.reached();
  await Promise.all([stuck.close(), t.rejects(never, { code: "COMPUTE_CLOSED" })]);

  const { compute: idle } = service(t);
  await idle.close();
});

t.test("a flood of small requests does not hold the thread", async (t) => {
  const { compute } = service(t, { threads: 0 });
  const one = batchOf([signed(1)]);
  let turns = 0;
  let done = false;
  // Long enough for the fastest engine, too: 3,000 signatures one by one take it about 30 ms.
  const flood = Promise.all(Array.from({ length: 3000 }, () => compute.verifySignatures(one))).then(() => {
    done = true;
  });
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  await flood;
  t.ok(turns >= 3, `others had ${turns} turns in between`);
});
