/** Errors of the compute service. Their codes are API. */
import { defineError } from "../kernel/errors.js";

/** What a request asks for; the closed set of label values in metrics and errors. */
export type ComputeKind = "signatures" | "pairs" | "merkle" | "task";

/** The bounded queue has no room. Input pressure, not a fault: wait and send again, or send less at once. */
export const ComputeQueueFullError = defineError<{
  kind: ComputeKind;
  priority: string;
  queuedRequests: number;
  queuedBytes: number;
  requestBytes: number;
}>(
  "COMPUTE_QUEUE_FULL",
  "limit",
  ({ kind, priority, queuedRequests, queuedBytes, requestBytes }) =>
    `no room for ${priority} work (${kind}, ${requestBytes} bytes): ${queuedRequests} requests with ${queuedBytes} bytes wait; ` +
    "send less at once, or raise compute.maxQueuedRequests and compute.maxQueuedBytes",
);

/** The deadline of the request passed, in the queue or at work. Its result, if one still comes, is dropped. */
export const ComputeDeadlineError = defineError<{ kind: ComputeKind; deadlineMs: number }>(
  "COMPUTE_DEADLINE",
  "unavailable",
  ({ kind, deadlineMs }) => `${kind} work took longer than its deadline of ${deadlineMs} ms; send less at once or allow more time`,
);

/** The caller's AbortSignal fired; its reason is the cause. */
export const ComputeAbortedError = defineError<{ kind: ComputeKind }>(
  "COMPUTE_ABORTED",
  "unavailable",
  ({ kind }) => `${kind} work was aborted by its caller`,
);

/** A worker thread ended twice under the same piece of work. The pool goes on with fresh workers. */
export const ComputeWorkerDiedError = defineError<{ kind: ComputeKind; name: string; reason: string }>(
  "COMPUTE_WORKER_DIED",
  "internal",
  ({ kind, name, reason }) => `the worker died twice at ${kind} work ${name}: ${reason}; look for process.exit or a lack of memory in it`,
);

/** A registered task threw, has no default export, or was given or answered something that can't be copied to a thread. */
export const ComputeTaskFailedError = defineError<{ name: string; reason: string; code?: string }>(
  "COMPUTE_TASK_FAILED",
  "internal",
  ({ name, reason, code }) => `worker task ${name} failed: ${code === undefined ? "" : `${code}: `}${reason}`,
);

/** The service is closed or closing. */
export const ComputeClosedError = defineError<{ kind: ComputeKind }>(
  "COMPUTE_CLOSED",
  "unavailable",
  ({ kind }) => `compute is stopping: ${kind} work is not taken any more`,
);

/** Buffers do not have the shape that their call asks for. */
export const ComputeInputError = defineError<{ call: string; reason: string }>(
  "COMPUTE_INPUT",
  "input",
  ({ call, reason }) => `${call}: ${reason}`,
);

/** An option of the service is out of its range. */
export const ComputeOptionError = defineError<{ option: string; value: number; allowed: string }>(
  "COMPUTE_OPTION",
  "input",
  ({ option, value, allowed }) => `compute.${option} is ${value}; allowed: ${allowed}`,
);
