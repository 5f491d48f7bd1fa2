/** Errors of the command line itself. */
import { ChainwrightError, defineError, type ErrorKind } from "../kernel/errors.js";

export const UsageError = defineError<{ reason: string }>("CLI_USAGE", "input", ({ reason }) => reason);

export const NodeUnreachableError = defineError<{ url: string; reason: string }>(
  "CLI_NODE_UNREACHABLE",
  "unavailable",
  ({ url, reason }) => `no node answers at ${url} (${reason}); start one with: chainwright dev, or name another with --api URL`,
);

export const NotANodeError = defineError<{ url: string; reason: string }>(
  "CLI_NOT_A_NODE",
  "unavailable",
  ({ url, reason }) => `${url} does not answer like a Chainwright node: ${reason}; check --api`,
);

export const NoAdminTokenError = defineError<{ path: string }>(
  "CLI_NO_ADMIN_TOKEN",
  "missing",
  ({ path }) => `no admin.token in ${path}; name the data directory of a node with an API: --data-dir DIR`,
);

export const NodeNotRunningError = defineError<{ path: string }>(
  "CLI_NODE_NOT_RUNNING",
  "unavailable",
  ({ path }) => `no node with an API runs in ${path}; start it, check the path, or say where its API is with --api URL`,
);

export const WaitTimeoutError = defineError<{ id: string; seconds: number }>(
  "CLI_WAIT_TIMEOUT",
  "unavailable",
  ({ id, seconds }) => `transaction ${id} is not in a block after ${seconds} s; look again with: chainwright tx show ${id}`,
);

export const DirectoryNotEmptyError = defineError<{ path: string }>(
  "CLI_DIRECTORY_NOT_EMPTY",
  "conflict",
  ({ path }) => `${path} is there already; choose another directory, or remove it yourself`,
);

export const DevSpecMissingError = defineError<{ path: string }>(
  "CLI_DEV_SPEC_MISSING",
  "missing",
  ({ path }) => `${path} is missing, but the chain's data is there; put the file back, or start over with --fresh`,
);

export const NotADevDirectoryError = defineError<{ path: string }>(
  "CLI_NOT_A_DEV_DIRECTORY",
  "conflict",
  ({ path }) => `${path} was not made by chainwright dev, so --fresh does not remove it; choose another --data-dir`,
);

const KINDS_BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "input",
  401: "denied",
  403: "denied",
  404: "missing",
  409: "conflict",
  413: "input",
  415: "input",
  422: "input",
  429: "limit",
  503: "unavailable",
};

/** A problem that the API answered (RFC 9457), with the stable code that it carries. */
export function apiError(
  status: number,
  problem: { readonly code?: unknown; readonly detail?: unknown; readonly title?: unknown },
): ChainwrightError {
  const code = typeof problem.code === "string" ? problem.code : `HTTP_${status}`;
  const message =
    typeof problem.detail === "string" ? problem.detail : typeof problem.title === "string" ? problem.title : `the node answered ${status}`;
  return new ChainwrightError(code, KINDS_BY_STATUS[status] ?? "internal", message, { status });
}
