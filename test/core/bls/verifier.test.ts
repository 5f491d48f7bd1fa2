/** Verdicts on many: by halves to the bad ones, each set once, in bounded memory, on the compute service. */
import t from "tap";
import { judge } from "../../../core/bls/batch.js";
import type { BlsEngine, BlsSet } from "../../../core/bls/engine.js";
import { BLS_VERIFY_TASK, BlsKeys, BlsVerifier, blsPublicKeyOf, blsSign, blsSignRemembered } from "../../../core/bls/index.js";
import { packSets, runVerifyJob, unpackSets } from "../../../core/bls/job.js";
import { memoKeyOf, THREAD_MEMO, VerdictMemo } from "../../../core/bls/memo.js";
import { blsEngine, blsEngineNamed } from "../../../core/bls/select.js";
import { ComputeService } from "../../../core/compute/index.js";
import { defineError } from "../../../core/kernel/errors.js";
import { SILENT, UNMETERED } from "../../../core/kernel/quiet.js";
import { inlineCompute } from "../../../core/node/core-parts.js";
import type { Compute, Metrics } from "../../../core/ports/index.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { filled, flagged, flipped, secretKeyOf, signedSet } from "./points.js";

const good = Array.from({ length: 12 }, (_, key) => signedSet(key + 1));
const bad = (set: BlsSet): BlsSet => ({ ...set, message: filled(32, 200) });

/** An engine that counts how often it is asked. */
function counted(engine: BlsEngine): { readonly engine: BlsEngine; readonly calls: { single: number; batch: number } } {
  const calls = { single: 0, batch: 0 };
  return {
    calls,
    engine: {
      ...engine,
      verify: (set) => {
        calls.single++;
        return engine.verify(set);
      },
      verifyAll: (sets) => {
        calls.batch++;
        return engine.verifyAll(sets);
      },
    },
  };
}

t.test("a batch is judged at once, and by halves where something in it is bad", async (t) => {
  const { engine, calls } = counted(blsEngine());
  t.same(
    judge(engine, good),
    good.map(() => true),
  );
  t.same(calls, { single: 0, batch: 1 });
  for (const places of [[0], [11], [5], [0, 11], [3, 4, 5], good.map((_, index) => index)]) {
    const sets = good.map((set, index) => (places.includes(index) ? bad(set) : set));
    t.same(
      judge(engine, sets),
      good.map((_, index) => !places.includes(index)),
      `bad: ${places}`,
    );
  }
  calls.single = 0;
  calls.batch = 0;
  judge(
    engine,
    good.map((set, index) => (index === 11 ? bad(set) : set)),
  );
  t.ok(calls.batch + calls.single <= 8, `one bad of twelve takes ${calls.batch} batches and ${calls.single} verifications`);
  t.same(judge(engine, []), []);
});

t.test("sets of one message: bad ones that cancel each other in a plain sum are found", async (t) => {
  const message = filled(32, 77);
  const sets = Array.from({ length: 4 }, (_, key) => signedSet(key + 1, message));
  // Signatures swapped between two: their sum is that of the good ones.
  const [a, b, c, d] = sets as [BlsSet, BlsSet, BlsSet, BlsSet];
  const swapped = [a, { ...b, signature: c.signature }, { ...c, signature: b.signature }, d];
  for (const name of ["native", "portable"] as const) {
    t.same(judge(blsEngineNamed(name), sets), [true, true, true, true], name);
    t.same(judge(blsEngineNamed(name), swapped), [true, false, false, true], name);
    const { engine, calls } = counted(blsEngineNamed(name));
    judge(engine, [...sets.slice(0, 2), signedSet(5)]);
    t.same(calls, { single: 0, batch: 1 }, `${name}: one batch of two messages`);
  }
});

t.test("packed sets come out as they went in", async (t) => {
  const keys = new BlsKeys();
  keys.set(0, good[0]?.publicKey ?? filled(0, 0));
  const sets = [signedSet(1), { ...signedSet(1), publicKey: keys.get(0) }, signedSet(2, filled(0, 0)), signedSet(3, filled(300, 5))];
  t.same(unpackSets(packSets(sets)), sets);
  t.same(unpackSets(filled(0, 0)), []);
  t.throws(() => unpackSets(packSets(sets).subarray(0, -1)), /whole/);
});

t.test("a memo keeps what is asked for, and no more than its bound", async (t) => {
  const memo = new VerdictMemo(100);
  const key = (number: number) => `key ${number}`;
  memo.set("asked for", true);
  memo.set("bad", false);
  for (let i = 0; i < 10_000; i++) {
    memo.set(key(i), true);
    if (i % 20 === 0) t.equal(memo.get("asked for"), true);
    if (memo.size > 107) t.fail(`${memo.size} verdicts`);
  }
  t.equal(memo.get(key(9_999)), true);
  t.equal(memo.get(key(0)), undefined, "nobody asked");
  t.equal(memo.get("bad"), false);
  for (let i = 0; i < 10_000; i++) memo.set(`bad ${i}`, false);
  t.equal(memo.get(key(9_999)), true, "a flood of bad ones drives out no good one");
  t.ok(memo.size <= 107, `${memo.size} verdicts`);
  const [set] = good as [BlsSet];
  const parts = [
    memoKeyOf(set),
    memoKeyOf({ ...set, message: filled(31, 1) }),
    memoKeyOf({ ...set, signature: flipped(set.signature, 700) }),
  ];
  t.equal(new Set([...parts, memoKeyOf({ ...set, publicKey: flipped(set.publicKey, 300) })]).size, 4);
});

t.test("a job verifies what its thread has not verified", async (t) => {
  const { engine, calls } = counted(blsEngine());
  const memo = new VerdictMemo();
  const run = (sets: readonly BlsSet[]) => [...runVerifyJob(engine, memo, { engine: engine.name, packed: packSets(sets) })];
  const [a, b, c] = good as [BlsSet, BlsSet, BlsSet];
  t.same(run([a, bad(b)]), [1, 0]);
  const before = { ...calls };
  t.same(run([bad(b), a]), [0, 1]);
  t.same(calls, before, "known");
  t.same(run([c, a]), [1, 1]);
  t.same(calls, { ...before, single: before.single + 1 }, "only what is new");
});

/** The real service on this thread, and what it was asked for. */
async function inline(): Promise<{ readonly compute: Compute; readonly jobs: number[] }> {
  const service = inlineCompute(SILENT, UNMETERED);
  await service.preload(BLS_VERIFY_TASK);
  const jobs: number[] = [];
  const compute: Compute = Object.create(service, {
    engine: { value: service.engine },
    run: {
      value: (...parameters: Parameters<Compute["run"]>) => {
        jobs.push(unpackSets((parameters[1] as { packed: Uint8Array }).packed).length);
        return service.run(...parameters);
      },
    },
  });
  return { compute, jobs };
}

function countedMetrics(): { readonly metrics: Metrics; readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const metrics: Metrics = {
    ...UNMETERED,
    counter: ({ name }) => ({
      increment: (by = 1, labels = {}) => {
        const key = [name, ...Object.values(labels)].join(" ");
        counts[key] = (counts[key] ?? 0) + by;
      },
    }),
  };
  return { metrics, counts };
}

t.test("a verifier answers each set in its place and asks for each once", async (t) => {
  const { compute, jobs } = await inline();
  const { metrics, counts } = countedMetrics();
  const verifier = new BlsVerifier({ compute, metrics });
  const fresh = Array.from({ length: 20 }, (_, key) => signedSet(key + 40));
  const malformed = { ...(fresh[0] as BlsSet), signature: flagged(filled(96, 0), 0xc0) };
  const sets = [malformed, ...fresh, bad(fresh[3] as BlsSet), fresh[5] as BlsSet, fresh[5] as BlsSet];
  const expected = [false, ...fresh.map(() => true), false, true, true];
  t.same(await verifier.verify(sets), expected);
  t.equal(
    jobs.reduce((sum, size) => sum + size, 0),
    21,
    "twenty good ones and a bad one",
  );
  t.ok(jobs.length > 1, "cut into jobs");
  const asked = jobs.length;
  t.same(await verifier.verify([...sets].reverse()), [...expected].reverse());
  t.equal(jobs.length, asked, "all of it is remembered");
  t.same(counts, {
    "bls_sets_total invalid form": 2,
    bls_jobs_total: asked,
    "bls_sets_total valid job": 22,
    "bls_sets_total invalid job": 1,
    "bls_sets_total valid memo": 22,
    "bls_sets_total invalid memo": 1,
  });
  t.same(await verifier.verify([]), []);
});

t.test("what was signed on this thread to be remembered is not verified", async (t) => {
  const { compute } = await inline();
  const verifier = new BlsVerifier({ compute, metrics: UNMETERED });
  const message = filled(32, 123);
  const keys = new BlsKeys();
  keys.set(1, blsPublicKeyOf(secretKeyOf(1)));
  const publicKey = keys.get(1);
  const signature = blsSignRemembered(secretKeyOf(1), publicKey, message);
  t.same(signature, blsSign(secretKeyOf(1), message));
  t.equal(THREAD_MEMO.get(memoKeyOf({ publicKey, message, signature })), true);
  t.same(await verifier.verify([{ publicKey, message, signature }]), [true]);
});

t.test("in worker threads, by the engine of the thread that asks", async (t) => {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: 1 });
  t.teardown(() => compute.close());
  const verifier = new BlsVerifier({ compute, metrics: UNMETERED });
  const sets = Array.from({ length: 40 }, (_, key) => signedSet(key + 100));
  const mixed = sets.map((set, index) => (index === 33 ? bad(set) : set));
  t.same(
    await verifier.verify(mixed, { priority: "block" }),
    mixed.map((_, index) => index !== 33),
  );
  const input = { engine: "portable", packed: packSets(mixed.slice(33, 35)) } as const;
  t.same([...(await compute.run(BLS_VERIFY_TASK, input))], [0, 1], "the other engine, where it is asked for");
  await t.rejects(verifier.verify([signedSet(99)], { signal: AbortSignal.abort() }), { code: "COMPUTE_ABORTED" });
});

t.test("a queue that others have filled is no obstacle to a block", async (t) => {
  const { compute } = await inline();
  const Full = defineError("COMPUTE_QUEUE_FULL", "limit", () => "full");
  const full: Compute = Object.create(compute, {
    engine: { value: compute.engine },
    run: {
      value: async (...parameters: Parameters<Compute["run"]>) => {
        if (parameters[2]?.mayExceed !== true) throw new Full({});
        return compute.run(...parameters);
      },
    },
  });
  const verifier = new BlsVerifier({ compute: full, metrics: UNMETERED });
  const sets = Array.from({ length: 20 }, (_, key) => signedSet(key + 120));
  await t.rejects(verifier.verify(sets), { code: "COMPUTE_QUEUE_FULL" });
  await t.rejects(verifier.verify(sets, { priority: "mempool" }), { code: "COMPUTE_QUEUE_FULL" });
  t.notOk((await verifier.verify(sets, { priority: "block" })).includes(false));
});

t.test("where the work can't be done, nothing is known, and the next call begins anew", async (t) => {
  const { compute } = await inline();
  let refusals = 1;
  const failing: Compute = Object.create(compute, {
    engine: { value: compute.engine },
    run: {
      value: async (...parameters: Parameters<Compute["run"]>) => {
        if (refusals-- > 0) throw new Error("queue full");
        return compute.run(...parameters);
      },
    },
  });
  const verifier = new BlsVerifier({ compute: failing, metrics: UNMETERED });
  const sets = Array.from({ length: 20 }, (_, key) => signedSet(key + 80));
  await t.rejects(verifier.verify(sets), /queue full/);
  t.notOk((await verifier.verify(sets)).includes(false));
});
