/**
 * Translates what fastify and Node's HTTP parser throw into errors of this house.
 *
 * Fastify's codes are stable (its docs, "Errors"); Node's parser codes begin with HPE_ (llhttp).
 */
import { ChainwrightError } from "../../core/sdk.js";
import {
  ApiBodyMalformedError,
  ApiBodyTooLargeError,
  ApiBodyTruncatedError,
  ApiHeadersTooLargeError,
  ApiInternalError,
  ApiMediaTypeError,
  ApiRequestMalformedError,
  ApiRequestRefusedError,
  ApiRequestTimeoutError,
  ApiUrlMalformedError,
  ApiUrlTooLongError,
} from "./errors.js";

export const MAX_URL_CHARACTERS = 2_048;
export const MAX_PARAMETER_CHARACTERS = 128;
export const MAX_HEADER_BYTES = 8_192;

export interface RequestLimits {
  readonly bodyLimitBytes: number;
  readonly requestTimeoutMs: number;
}

/** What is known of the request that failed. */
export interface FailedRequest {
  readonly id: string;
  /** Content types that its route takes. */
  readonly accepted: readonly string[];
}

/** Of an error thrown while a request was routed, parsed or handled. */
export function ofFramework(thrown: unknown, request: FailedRequest, limits: RequestLimits): ChainwrightError {
  if (ChainwrightError.is(thrown)) return thrown;
  if (!(thrown instanceof Error)) return new ApiInternalError({ requestId: request.id }, thrown);
  const { code, statusCode } = thrown as Error & { code?: unknown; statusCode?: unknown };
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ApiBodyTooLargeError({ limitBytes: limits.bodyLimitBytes });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_TYPE":
      return new ApiMediaTypeError({ accepted: request.accepted });
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return new ApiBodyMalformedError({ reason: "it is empty" });
    case "FST_ERR_CTP_INVALID_JSON_BODY":
      return new ApiBodyMalformedError({ reason: "it is not JSON" });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "ECONNRESET":
      return new ApiBodyTruncatedError({}, thrown);
    case "FST_ERR_BAD_URL":
      return new ApiUrlMalformedError({});
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new ApiUrlTooLongError({ limit: MAX_URL_CHARACTERS });
  }
  if (thrown instanceof SyntaxError && statusCode === 400) return new ApiBodyMalformedError({ reason: "it is not JSON" });
  // A contributed route may refuse a request in the way fastify knows: an error with a status of the 400s.
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500)
    return new ApiRequestRefusedError({ reason: thrown.message }, thrown);
  return new ApiInternalError({ requestId: request.id }, thrown);
}

/** Of an error of a connection whose bytes never became a request. */
export function ofConnection(code: string | undefined, limits: RequestLimits): ChainwrightError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ApiRequestTimeoutError({ limitMs: limits.requestTimeoutMs });
    case "HPE_HEADER_OVERFLOW":
      return new ApiHeadersTooLargeError({ limitBytes: MAX_HEADER_BYTES });
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new ApiRequestMalformedError({ reason: "its chunk extensions are too long" });
    case "HPE_INVALID_EOF_STATE":
      return new ApiBodyTruncatedError({});
    default:
      return new ApiRequestMalformedError({ reason: "its bytes can't be parsed" });
  }
}
