/**
 * Errors of bytes that are no message. Their codes are API: metrics count them, and a connection is closed with them.
 * Decoding throws nothing else, whatever the bytes.
 */
import { type ChainwrightError, defineError } from "../../kernel/errors.js";

/** Where in a message something is wrong. */
export interface WireErrorData {
  readonly channel: number;
  /** As proto/network.proto calls it: `Hello`. */
  readonly message: string;
  /** `genesis_id`; or the number of a field that the message does not have. */
  readonly field: string;
  /** From the start of the envelope, bytes. */
  readonly offset: number;
  readonly reason: string;
}

const where = ({ channel, message, field, offset }: Omit<WireErrorData, "reason">) =>
  `channel ${channel}, ${message}.${field} at byte ${offset}`;

/** No message of this protocol travels there. */
export const UnknownChannelError = defineError<{ readonly channel: number }>(
  "WIRE_UNKNOWN_CHANNEL",
  "input",
  ({ channel }) => `channel ${channel} carries no messages on this chain; both sides must run the same engine`,
);

/** Not protobuf, or not with this schema: cut off, overlong, a group, another wire type. */
export const WireFormatError = defineError<WireErrorData>(
  "WIRE_MALFORMED",
  "input",
  (data) => `${where(data)}: ${data.reason}; encode it as proto/network.proto says`,
);

/** Something that may stand once stands twice. */
export const WireDuplicateError = defineError<WireErrorData>(
  "WIRE_DUPLICATE",
  "input",
  (data) => `${where(data)}: ${data.reason}; write it once`,
);

/** Well encoded, but the field may not have that value. */
export const WireValueError = defineError<WireErrorData>(
  "WIRE_BAD_VALUE",
  "input",
  (data) => `${where(data)}: ${data.reason}; proto/network.proto lists what each field may hold`,
);

/** A length or a count over its bound. Thrown before anything is allocated for it; also for messages that are too large to send. */
export const WireLimitError = defineError<WireErrorData & { readonly limit: number; readonly actual: number }>(
  "WIRE_LIMIT",
  "input",
  (data) => `${where(data)}: ${data.reason}; it has ${data.actual}, the limit is ${data.limit}`,
);

/** The envelope holds nothing that this version knows. */
export const NoMessageError = defineError<WireErrorData>(
  "WIRE_NO_MESSAGE",
  "input",
  (data) => `${where(data)}: ${data.reason}; send only messages of the version agreed on in Hello`,
);

const ALL: readonly { matches(value: unknown): boolean }[] = [
  UnknownChannelError,
  WireFormatError,
  WireDuplicateError,
  WireValueError,
  WireLimitError,
  NoMessageError,
];

/** Whether `thrown` says that bytes are no message, rather than that something is broken here. */
export function isWireError(thrown: unknown): thrown is ChainwrightError {
  return ALL.some((error) => error.matches(thrown));
}
