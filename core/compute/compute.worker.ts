/** Entry of a compute worker thread: builds the thread's engine and hands it jobs. The logic is in job.ts. */
import { workerData } from "node:worker_threads";
import { createEngine } from "../../native/index.js";
import { type Job, type JobResult, JobRunner, type WorkerSetup } from "./job.js";

const setup = workerData as WorkerSetup;
const runner = new JobRunner(createEngine(setup.engine));

/** Called by Piscina for each job. */
export default function handle(job: Job): Promise<JobResult> {
  return runner.run(job);
}
