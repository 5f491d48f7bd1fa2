/**
 * Errors as problem details (RFC 9457), the only form in which this API answers errors.
 *
 * What the caller caused, or can do something about, is told in full: the stable code, the message that says what to do,
 * and the error's data. What is our fault (kinds `damaged` and `internal`, errors of storage and kernel, and anything that
 * is not a ChainwrightError) is told as its code alone: such messages hold paths, queries and stacks. Damage to a stored
 * record is told by the record's name, so that a client knows which block or account this node can't answer for.
 */
import { STATUS_CODES } from "node:http";
import { ChainwrightError, type ErrorKind, type Json, toHex } from "../../core/sdk.js";
import { ApiInternalError, STATUS_BY_CODE } from "./errors.js";

export const PROBLEM_TYPE = "application/problem+json";

export interface Problem {
  readonly type: string;
  /** The status in words; the same for every occurrence. */
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Path of the request, without its query. */
  readonly instance: string;
  /** Stable code; what programs should look at. */
  readonly code: string;
  readonly data?: { readonly [key: string]: Json };
  /** Finds the request in the node's log. */
  readonly requestId: string;
}

const STATUS_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  input: 422,
  conflict: 409,
  missing: 404,
  denied: 403,
  limit: 429,
  unavailable: 503,
  damaged: 500,
  internal: 500,
};

/** Codes of input that is malformed in itself (400), as opposed to understood and refused (422). */
const MALFORMED = /^(?:API|VALUE|ENCODING)_/;

/** Areas whose errors speak to the operator (of files, options and plugins), and are no client's doing or business. */
const OPERATORS_AREA = /^(?:STORAGE|DATA|KERNEL|PLUGIN|CONFIG|METRIC)_/;

/** Faults whose messages name a record by its hash or height, and nothing of the machine. */
const NAMED_DAMAGE: ReadonlySet<string> = new Set(["CHAIN_DAMAGED", "STATE_DAMAGED"]);

const RETRY_AFTER_DEFAULT_SECONDS = 1;
const INSTANCE_MAX_CHARACTERS = 256;
const DATA_MAX_DEPTH = 4;
const DATA_MAX_ITEMS = 100;
const DATA_MAX_CHARACTERS = 1_024;

/** HTTP status of an error. */
export function statusOf(error: ChainwrightError): number {
  const exact = Object.hasOwn(STATUS_BY_CODE, error.code) ? STATUS_BY_CODE[error.code] : undefined;
  if (exact !== undefined) return exact;
  if (OPERATORS_AREA.test(error.code)) return error.kind === "unavailable" ? 503 : 500;
  if (error.kind === "input" && MALFORMED.test(error.code)) return 400;
  // Another copy of the package may know a kind that this one does not.
  return STATUS_BY_KIND[error.kind] ?? 500;
}

/** When to come back, whole seconds; undefined where that would not help. */
export function retryAfterSeconds(error: ChainwrightError): number | undefined {
  if (error.kind !== "limit" && error.kind !== "unavailable") return undefined;
  const retryAfterMs = (error.data as { retryAfterMs?: unknown }).retryAfterMs;
  if (typeof retryAfterMs !== "number" || !(retryAfterMs >= 0)) return RETRY_AFTER_DEFAULT_SECONDS;
  return Math.min(3_600, Math.max(1, Math.ceil(retryAfterMs / 1_000)));
}

/** Whether an error is the node's own fault, so that its words stay in the log. */
export function isFault(error: ChainwrightError): boolean {
  return statusOf(error) === 500 || OPERATORS_AREA.test(error.code);
}

/**
 * @param url the request's URL as sent
 * @param requestId names the request in the log
 */
export function problemOf(error: ChainwrightError, url: string, requestId: string): Problem {
  const status = statusOf(error);
  const fault = isFault(error) && !NAMED_DAMAGE.has(error.code);
  const data = fault ? undefined : plain(error.data, 0);
  const hasData = data !== null && typeof data === "object" && !Array.isArray(data) && Object.keys(data).length > 0;
  return {
    type: `urn:chainwright:problem:${error.code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: fault ? new ApiInternalError({ requestId }).message : error.message,
    instance: pathOf(url),
    code: error.code,
    ...(hasData ? { data: data as { readonly [key: string]: Json } } : {}),
    requestId,
  };
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return (end < 0 ? url : url.slice(0, end)).slice(0, INSTANCE_MAX_CHARACTERS);
}

/** An error's data as JSON: bigints as decimal strings, bytes as hex; bounded in depth and size; anything odd left out. */
function plain(value: unknown, depth: number): Json | undefined {
  switch (typeof value) {
    case "string":
      return value.slice(0, DATA_MAX_CHARACTERS);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return toHex(value).slice(0, DATA_MAX_CHARACTERS);
  if (value instanceof Error || depth >= DATA_MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.slice(0, DATA_MAX_ITEMS).map((item) => plain(item, depth + 1) ?? null);
  const out: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value).slice(0, DATA_MAX_ITEMS)) {
    const json = plain(item, depth + 1);
    if (json !== undefined) out[key] = json;
  }
  return out;
}
