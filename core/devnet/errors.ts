/** Errors of devnets: what someone asked for that can't be, what is in the way on this machine, what a node did not do. */
import { defineError } from "../kernel/errors.js";

export const DevnetAccountError = defineError<{ reference: string; known: readonly string[] }>(
  "DEVNET_NO_SUCH_ACCOUNT",
  "input",
  ({ reference, known }) => `there is no development account ${reference}; there are ${known.map((name) => `dev:${name}`).join(", ")}`,
);

export const DevnetOptionError = defineError<{ option: string; reason: string }>(
  "DEVNET_OPTION_INVALID",
  "input",
  ({ option, reason }) => `${option}: ${reason}`,
);

export const DevnetTopologyError = defineError<{ topology: string; reason: string }>(
  "DEVNET_TOPOLOGY_INVALID",
  "input",
  ({ topology, reason }) => `topology ${topology}: ${reason}`,
);

export const DevnetConsensusError = defineError<{ name: string; known: readonly string[] }>(
  "DEVNET_UNKNOWN_CONSENSUS",
  "input",
  ({ name, known }) => `devnets know no consensus ${name}; they know ${known.join(", ")}`,
);

export const NotADevnetError = defineError<{ directory: string }>(
  "DEVNET_NOT_A_DEVNET",
  "conflict",
  ({ directory }) => `${directory} holds other files than those of a devnet and is left alone; choose another directory`,
);

export const DevnetDescriptionError = defineError<{ file: string; reason: string }>(
  "DEVNET_DESCRIPTION_DAMAGED",
  "damaged",
  ({ file, reason }) => `${file} makes no sense (${reason}); put it back, or start over with --fresh`,
);

export const DevnetVersionError = defineError<{ file: string; version: number; supported: number }>(
  "DEVNET_DESCRIPTION_NEWER",
  "conflict",
  ({ file, version, supported }) =>
    `${file} has version ${version}, this program reads up to ${supported}; use the program that wrote it, or start over with --fresh`,
);

/** What the chain that is there was made with can't change. */
export const DevnetOtherShapeError = defineError<{ directory: string; what: string; there: string; wanted: string }>(
  "DEVNET_OTHER_SHAPE",
  "conflict",
  ({ directory, what, there, wanted }) =>
    `the devnet in ${directory} has ${what} ${there}, not ${wanted}; leave the option out, start over with --fresh, or choose another directory`,
);

export const DevnetRunningError = defineError<{ directory: string; pid: number }>(
  "DEVNET_ALREADY_RUNNING",
  "conflict",
  ({ directory, pid }) => `a devnet runs in ${directory} already (process ${pid}); stop it, or choose another directory`,
);

export const DevnetNotRunningError = defineError<{ directory: string }>(
  "DEVNET_NOT_RUNNING",
  "unavailable",
  ({ directory }) => `no devnet runs in ${directory}; start one with: chainwright devnet --dir ${directory}`,
);

export const DevnetNotStartedError = defineError<{ directory: string }>(
  "DEVNET_NOT_STARTED",
  "unavailable",
  ({ directory }) => `the devnet in ${directory} is starting or stopping; try again when it runs`,
);

export const DevnetControlError = defineError<{ status: number; reason: string }>(
  "DEVNET_CONTROL_REFUSED",
  "input",
  ({ reason }) => `the devnet did not take the command: ${reason}`,
);

export const DevnetControlDeniedError = defineError(
  "DEVNET_CONTROL_DENIED",
  "denied",
  () => "the devnet's token is in control.json of its directory; this is another one",
);

export const DevnetPortError = defineError<{ port: number; use: string }>(
  "DEVNET_PORT_TAKEN",
  "conflict",
  ({ port, use }) => `port ${port}, for ${use}, is taken by another program; end it, or give the devnet other ports with --base-port`,
);

export const NoFreePortsError = defineError<{ from: number; to: number }>(
  "DEVNET_NO_FREE_PORTS",
  "unavailable",
  ({ from, to }) => `hardly a port from ${from} to ${to} is free; give the devnet others with --base-port`,
);

export const DevnetNodeError = defineError<{ node: number; nodes: number }>(
  "DEVNET_NO_SUCH_NODE",
  "missing",
  ({ node, nodes }) => `there is no node ${node}; there are 1 to ${nodes}`,
);

export const DevnetNodeStateError = defineError<{ node: number; state: string; wanted: string }>(
  "DEVNET_NODE_STATE",
  "conflict",
  ({ node, state, wanted }) => `node ${node} is ${state}, so it can't be ${wanted}`,
);

export const DevnetNodeStartError = defineError<{ node: number; reason: string; log: string }>(
  "DEVNET_NODE_START_FAILED",
  "unavailable",
  ({ node, reason, log }) => `node ${node} did not start (${reason}); its log is ${log}`,
);

/** A node's API refused: its own code and words. */
export const DevnetNodeApiError = defineError<{ node: number; status: number; code: string; detail: string }>(
  "DEVNET_NODE_API",
  "conflict",
  ({ node, code, detail }) => `node ${node} answers: ${detail} (${code})`,
);

export const DevnetNodeSilentError = defineError<{ node: number; reason: string }>(
  "DEVNET_NODE_SILENT",
  "unavailable",
  ({ node, reason }) => `the API of node ${node} does not answer: ${reason}`,
);

export const DevnetPartitionError = defineError<{ reason: string }>(
  "DEVNET_PARTITION_INVALID",
  "input",
  ({ reason }) => `this is no partition: ${reason}; write groups of nodes like 1,2|3`,
);

export const DevnetNotSyncedError = defineError<{ timeoutMs: number; heads: string }>(
  "DEVNET_NOT_SYNCED",
  "unavailable",
  ({ timeoutMs, heads }) => `the nodes don't agree after ${timeoutMs} ms: ${heads}`,
);

export const DevnetNotFinalizedError = defineError<{ height: number; timeoutMs: number; nodes: string }>(
  "DEVNET_NOT_FINALIZED",
  "unavailable",
  ({ height, timeoutMs, nodes }) => `height ${height} is not final on all nodes after ${timeoutMs} ms: ${nodes}`,
);

export const DevnetWaitError = defineError<{ what: string; timeoutMs: number }>(
  "DEVNET_WAIT_TIMEOUT",
  "unavailable",
  ({ what, timeoutMs }) => `${what} did not come about within ${timeoutMs} ms`,
);
