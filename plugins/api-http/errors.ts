/**
 * Errors of the HTTP API, and the HTTP status of each. Codes are API: they never change meaning.
 *
 * Errors of other areas (MEMPOOL_*, LEDGER_* …) pass through; problem.ts derives their status from their kind.
 */
import { defineError } from "../../core/sdk.js";

/** One thing that is wrong with a request. */
export interface ParameterProblem {
  /** Where it stands. */
  readonly in: "path" | "query" | "headers" | "body";
  /** JSON pointer within it; empty for the whole. */
  readonly pointer: string;
  readonly problem: string;
}

const listed = (problems: readonly ParameterProblem[]): string =>
  problems.map((each) => `${each.in}${each.pointer === "" ? "" : ` ${each.pointer}`}: ${each.problem}`).join("; ");

export const ApiParametersError = defineError<{ problems: readonly ParameterProblem[] }>(
  "API_PARAMETERS_INVALID",
  "input",
  ({ problems }) => `${listed(problems)}; /openapi.json says what this route takes`,
);

export const ApiRouteNotFoundError = defineError<{ method: string }>(
  "API_ROUTE_NOT_FOUND",
  "missing",
  () => "there is nothing at this path; /openapi.json lists all routes",
);

export const ApiMethodNotAllowedError = defineError<{ method: string; allowed: readonly string[] }>(
  "API_METHOD_NOT_ALLOWED",
  "input",
  ({ method, allowed }) => `this path does not take ${method}; it takes ${allowed.join(", ")}`,
);

export const ApiUrlMalformedError = defineError(
  "API_URL_MALFORMED",
  "input",
  () => "the path holds a percent sign that is not followed by two hex digits of valid UTF-8; encode it properly",
);

export const ApiUrlTooLongError = defineError<{ limit: number }>(
  "API_URL_TOO_LONG",
  "input",
  ({ limit }) => `the URL or a part of its path is too long; a URL has at most ${limit} characters, a part of its path 128`,
);

export const ApiHeadersTooLargeError = defineError<{ limitBytes: number }>(
  "API_HEADERS_TOO_LARGE",
  "input",
  ({ limitBytes }) => `the request line and headers exceed ${limitBytes} bytes; send fewer or shorter ones`,
);

export const ApiRequestMalformedError = defineError<{ reason: string }>(
  "API_REQUEST_MALFORMED",
  "input",
  ({ reason }) => `this is not a proper HTTP/1.1 request: ${reason}`,
);

export const ApiRequestTimeoutError = defineError<{ limitMs: number }>(
  "API_REQUEST_TIMEOUT",
  "limit",
  ({ limitMs }) => `the request did not arrive completely within ${limitMs} ms; send it again, faster`,
);

export const ApiBodyMalformedError = defineError<{ reason: string }>(
  "API_BODY_MALFORMED",
  "input",
  ({ reason }) => `the body is not what its content type says: ${reason}`,
);

export const ApiBodyTruncatedError = defineError(
  "API_BODY_TRUNCATED",
  "input",
  () => "the request ended before its body was complete; send it again with the right content-length",
);

export const ApiBodyTooLargeError = defineError<{ limitBytes: number }>(
  "API_BODY_TOO_LARGE",
  "input",
  ({ limitBytes }) => `the body exceeds ${limitBytes} bytes; send less (the node's option bodyLimitBytes sets the limit)`,
);

export const ApiMediaTypeError = defineError<{ accepted: readonly string[] }>(
  "API_MEDIA_TYPE_UNSUPPORTED",
  "input",
  ({ accepted }) => `this route takes a body of content type ${accepted.join(" or ")}; name it in the header content-type`,
);

export const ApiRequestRefusedError = defineError<{ reason: string }>("API_REQUEST_REFUSED", "input", ({ reason }) => reason);

export const ApiBlockNotFoundError = defineError<{ block: string }>(
  "API_BLOCK_NOT_FOUND",
  "missing",
  ({ block }) => `this node has no block ${block}; /v1/status says how high its chain is`,
);

/** `hasHeader`: its header is there. Not so below the headers of a node that began from a snapshot. */
export const ApiBlockPrunedError = defineError<{ block: string; height: number; bodiesFrom: number; hasHeader: boolean }>(
  "API_BLOCK_PRUNED",
  "missing",
  ({ block, height, bodiesFrom, hasHeader }) =>
    hasHeader
      ? `this node keeps the transactions and receipts of blocks from height ${bodiesFrom} on, and block ${block} is at ${height}; ask for its header alone (transactions=none), or ask a node that keeps all`
      : `this node began from a snapshot: it keeps blocks from height ${bodiesFrom} on, and of the one at ${height} not even the header; ask a node that keeps all`,
);

export const ApiTransactionNotFoundError = defineError<{ id: string; bodiesFrom: number }>(
  "API_TRANSACTION_NOT_FOUND",
  "missing",
  ({ id, bodiesFrom }) =>
    bodiesFrom > 1
      ? `this node knows no transaction ${id}: neither in its mempool nor in a block from height ${bodiesFrom} on, and it keeps no older ones; check the id, or ask a node that keeps all`
      : `this node knows no transaction ${id}: neither in a block of its chain nor in its mempool; check the id, or submit it again`,
);

export const ApiBanNotFoundError = defineError<{ subject: string }>(
  "API_BAN_NOT_FOUND",
  "missing",
  ({ subject }) => `there is no ban of ${subject}; GET /v1/admin/peers lists those there are`,
);

export const ApiSnapshotsUnsupportedError = defineError(
  "API_SNAPSHOTS_UNSUPPORTED",
  "missing",
  () => "this node makes no snapshots; ask another one",
);

export const ApiMiningUnsupportedError = defineError(
  "API_MINING_UNSUPPORTED",
  "missing",
  () => "this node's engine does not mine: /v1/status says which it is",
);

export const ApiStateNotFoundError = defineError<{ block: string; statesFrom: number }>(
  "API_STATE_NOT_FOUND",
  "missing",
  ({ block, statesFrom }) =>
    `the state after block ${block} is not kept here; it is of canonical blocks from height ${statesFrom} on: ask for a newer block, leave \`block\` out for the head, or ask a node in archive mode`,
);

export const ApiTokenMissingError = defineError(
  "API_TOKEN_MISSING",
  "denied",
  () => "this route changes the node: send `Authorization: Bearer <token>` with the token from the node's admin.token file",
);

export const ApiTokenWrongError = defineError(
  "API_TOKEN_WRONG",
  "denied",
  () => "the admin token is wrong: read it again from the node's admin.token file",
);

export const ApiTooManyWaitersError = defineError<{ limit: number }>(
  "API_TOO_MANY_WAITERS",
  "limit",
  ({ limit }) => `${limit} requests already wait for events; ask without waitMs, or later`,
);

export const ApiAnswerTimeoutError = defineError<{ limitMs: number }>(
  "API_ANSWER_TIMEOUT",
  "unavailable",
  ({ limitMs }) => `the node could not answer within ${limitMs} ms; try again later`,
);

export const ApiNotReadyError = defineError<{ reasons: readonly string[] }>(
  "API_NOT_READY",
  "unavailable",
  ({ reasons }) => `the node is not ready: ${reasons.join("; ")}`,
);

export const ApiStoppingError = defineError("API_STOPPING", "unavailable", () => "the node is stopping; ask another one, or again later");

export const ApiInternalError = defineError<{ requestId: string }>(
  "API_INTERNAL",
  "internal",
  ({ requestId }) => `the node failed to answer; its log has the reason under request ${requestId}`,
);

/** Start-up: nothing was started. */
export const ApiPortInUseError = defineError<{ host: string; port: number }>(
  "API_PORT_IN_USE",
  "conflict",
  ({ host, port }) =>
    `port ${port} on ${host} is taken by another program, or by another node; stop that one, or give plugins.api-http.port another number (0 takes any free port)`,
);

/** Start-up: the address can't be listened on for another reason. */
export const ApiListenError = defineError<{ host: string; port: number; reason: string }>(
  "API_LISTEN_FAILED",
  "input",
  ({ host, port, reason }) => `can't listen on ${host}, port ${port}: ${reason}; mend plugins.api-http.host or port`,
);

/** Start-up: the admin token can't be read or made. */
export const ApiTokenFileError = defineError<{ file: string; reason: string }>(
  "API_TOKEN_FILE_UNUSABLE",
  "input",
  ({ file, reason }) => `the admin token file ${file} can't be used: ${reason}`,
);

/** Start-up: routes that another plugin contributed can't be mounted. */
export const ApiRoutesError = defineError<{ prefix: string; reason: string }>(
  "API_ROUTES_UNUSABLE",
  "internal",
  ({ prefix, reason }) =>
    `the routes contributed under ${prefix} can't be mounted: ${reason}; tell the author of the plugin that provides them`,
);

/** Where the status does not follow from the kind. */
export const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  [ApiMethodNotAllowedError.code]: 405,
  [ApiUrlTooLongError.code]: 414,
  [ApiHeadersTooLargeError.code]: 431,
  [ApiRequestTimeoutError.code]: 408,
  [ApiBodyTooLargeError.code]: 413,
  [ApiMediaTypeError.code]: 415,
  [ApiTokenMissingError.code]: 401,
  [ApiTokenWrongError.code]: 401,
  // Pruned: what was there is gone.
  [ApiBlockPrunedError.code]: 410,
  CHAIN_BODY_PRUNED: 410,
  STATE_PROOF_HORIZON: 410,
  // The event log's own error (ports/views.ts): what was there is gone, and asking again won't bring it back.
  EVENTS_PRUNED: 410,
};
