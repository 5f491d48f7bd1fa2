/** Errors of the primitives. Their codes are API. */
import { defineError } from "../kernel/errors.js";

/** A value handed to a checked constructor does not have the shape of its type. */
export const ValueError = defineError<{ type: string; reason: string }>(
  "VALUE_INVALID",
  "input",
  ({ type, reason }) => `not a valid ${type}: ${reason}`,
);

/** Bytes that are hashed or signed are not in their one canonical encoding. The only error any strict decoder throws. */
export const EncodingError = defineError<{ message: string; field: string; offset: number; reason: string }>(
  "ENCODING_NOT_CANONICAL",
  "input",
  ({ message, field, offset, reason }) =>
    `${message}.${field} at byte ${offset}: ${reason}; encode it canonically: fields in order, shortest integers, nothing empty, unknown or left over`,
);

/** Bytes or counts exceed the limit that holds before anything is allocated. */
export const EncodingLimitError = defineError<{ message: string; field: string; limit: number; actual: number }>(
  "ENCODING_LIMIT",
  "input",
  ({ message, field, limit, actual }) => `${message}.${field} has ${actual}, the limit is ${limit}`,
);
