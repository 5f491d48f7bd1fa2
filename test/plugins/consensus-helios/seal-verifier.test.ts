/** Judging many seals: stages, rows, lanes, what a bad one buys, deadline and abort, progress. */
import t from "tap";
import type { Compute, ComputeOptions, WorkerTask } from "../../../core/ports/compute.js";
import type { SealClaim } from "../../../plugins/consensus-helios/judge.js";
import judgeSeals from "../../../plugins/consensus-helios/judge.task.js";
import type { JudgeInput } from "../../../plugins/consensus-helios/judge-job.js";
import { AUTO_PHASES } from "../../../plugins/consensus-helios/phases.js";
import { JUDGE_TASK, SealVerifier } from "../../../plugins/consensus-helios/seal-verifier.js";
import { CountingMetrics } from "../../core/work/work-chain.js";
import { element, madeClaim, resealed } from "./made-claims.js";

interface Job {
  readonly stage: string;
  readonly seals: number;
  readonly options: ComputeOptions;
}

/** Answers as a pool of so many threads would, one turn of the event loop later. */
class FakeCompute {
  readonly jobs: Job[] = [];
  underWay = 0;
  mostUnderWay = 0;
  nowMs = 0;
  failure: Error | undefined;
  readonly engine: Compute["engine"];

  constructor(threads: number) {
    this.engine = { threads } as Compute["engine"];
  }

  async run(task: WorkerTask<JudgeInput, Uint8Array>, input: JudgeInput, options: ComputeOptions): Promise<Uint8Array> {
    if (task !== JUDGE_TASK) throw new Error("another task");
    this.jobs.push({ stage: input.stage, seals: input.numbers.length / 5, options });
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await new Promise((resolve) => setImmediate(resolve));
    this.underWay--;
    this.nowMs += 100;
    if (options.signal?.aborted === true) throw new Error("aborted");
    if (this.failure !== undefined) throw this.failure;
    return judgeSeals(input);
  }
}

function verifierOver(threads: number) {
  const compute = new FakeCompute(threads);
  const metrics = new CountingMetrics();
  const verifier = new SealVerifier(
    {
      compute: compute as unknown as Compute,
      clock: { nowMs: () => 0, monotonicMs: () => compute.nowMs },
      metrics: {
        seals: metrics.counter({ name: "seals" }),
        jobSeconds: metrics.histogram({ name: "jobs" }) as never,
      },
    },
    { phases: AUTO_PHASES, deadlineMs: 7_000 },
  );
  const seals = (stage: string) => compute.jobs.filter((job) => job.stage === stage).reduce((sum, job) => sum + job.seals, 0);
  return { compute, metrics, verifier, seals };
}

const good = madeClaim(1);
const noProof = resealed({ ...good, target: new Uint8Array(32).fill(0xff) }, { output: element(4n) });
const noMemory: SealClaim = { ...good, memoryCost: { memoryKiB: 72, passes: 1 } };
const list = (count: number, bad: Readonly<Record<number, SealClaim>> = {}) => Array.from({ length: count }, (_, i) => bad[i] ?? good);

t.test("a single seal is one job, ahead of others", async (t) => {
  const { compute, verifier, metrics } = verifierOver(2);
  t.same(await verifier.verify([good]), [{ ok: true }]);
  t.match(compute.jobs, [{ stage: "all", seals: 1, options: { priority: "block", deadlineMs: 7_000 } }]);
  t.match(await verifier.verify([noProof]), [{ ok: false, code: "HELIOS_TIMELOCK_PROOF", reason: String }]);
  t.same(Object.fromEntries(metrics.counts), { jobs: 2, "seals:good": 1, "seals:HELIOS_TIMELOCK_PROOF": 1 });
  t.same(await verifier.verify([]), []);
});

t.test("many: all time-locks first, then Argon2id of the good ones, with all threads at work", async (t) => {
  const { compute, verifier, seals } = verifierOver(2);
  const verdicts = await verifier.verify(list(70, { 3: noProof, 40: noMemory, 69: noProof }));
  t.equal(verdicts.length, 70);
  t.same(
    verdicts.flatMap((verdict, i) => (verdict.ok ? [] : [[i, verdict.code]])),
    [
      [3, "HELIOS_TIMELOCK_PROOF"],
      [40, "HELIOS_WRONG_MEMORY"],
      [69, "HELIOS_TIMELOCK_PROOF"],
    ],
  );
  t.equal(seals("proofs"), 70);
  t.equal(seals("memory"), 68, "no Argon2id for what can't show its time-lock");
  t.equal(compute.mostUnderWay, 3, "one more than there are threads");
  t.ok(
    compute.jobs.every(({ options }) => options.priority === "mempool"),
    "blocks that were just found go first",
  );
  const lastProofs = compute.jobs.map(({ stage }) => stage).lastIndexOf("proofs");
  t.ok(compute.jobs.slice(0, lastProofs).every(({ stage }) => stage === "proofs"));
});

t.test("a row ends with the first bad one, and what follows buys nothing", async (t) => {
  const first = verifierOver(2);
  const verdicts = await first.verifier.verify(list(64, { 10: noMemory, 50: noProof }), { row: true });
  t.equal(verdicts.length, 11);
  t.match(verdicts.at(-1), { ok: false, code: "HELIOS_WRONG_MEMORY" });
  t.ok(first.seals("memory") <= 10 + 2 * 3 + 2, `${first.seals("memory")} runs of Argon2id`);
  const second = verifierOver(2);
  t.equal((await second.verifier.verify(list(64, { 20: noProof, 40: noMemory }), { row: true })).length, 21);
  t.equal(second.seals("memory"), 20);
  const third = verifierOver(1);
  t.equal((await third.verifier.verify(list(200, { 0: noProof }), { row: true })).length, 1);
  t.ok(third.seals("proofs") <= 64 && third.seals("memory") === 0);
  t.equal(third.verifier.pending, 0);
});

t.test("a job that fails is no verdict: it rejects, and no other begins", async (t) => {
  const { compute, verifier } = verifierOver(1);
  compute.failure = new Error("the worker died");
  await t.rejects(verifier.verify(list(500)), { message: "the worker died" });
  t.ok(compute.jobs.length <= 2);
  t.equal(verifier.pending, 0);
  compute.failure = undefined;
  const judging = verifier.verify(list(9));
  t.equal(verifier.pending, 9);
  verifier.stop();
  await t.rejects(judging, { message: "aborted" });
});

t.test("its pace is known while it works and after", async (t) => {
  const { verifier } = verifierOver(1);
  t.equal(verifier.perSecond, 0);
  await verifier.verify(list(20));
  t.ok(verifier.perSecond > 1 && verifier.perSecond < 40, `${verifier.perSecond} a second`);
});
