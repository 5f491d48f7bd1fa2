/** Errors of transport-memory, and the codes with which it closes connections. Both are API. */
import { defineError } from "../../core/sdk.js";

export const AddressError = defineError<{ address: string }>(
  "TRANSPORT_ADDRESS_INVALID",
  "input",
  ({ address }) => `${address} is no address of this transport; write memory://name, where a name has 1 to 64 of a-z, 0-9, '.' and '-'`,
);

export const AddressInUseError = defineError<{ address: string; hub: string }>(
  "TRANSPORT_ADDRESS_IN_USE",
  "conflict",
  ({ address, hub }) => `${address} listens already in hub "${hub}"; give each node of a process a name of its own, or none`,
);

export const UnreachableError = defineError<{ address: string; hub: string }>(
  "TRANSPORT_UNREACHABLE",
  "unavailable",
  ({ address, hub }) => `nobody listens under ${address} in hub "${hub}"; start that node in this process, with the same hub`,
);

export const RefusedError = defineError<{ address: string; limit: number }>(
  "TRANSPORT_REFUSED",
  "limit",
  ({ address, limit }) => `${address} has ${limit} inbound connections and takes no more; try later, or raise its maxInbound`,
);

export const DialAbortedError = defineError<{ address: string }>(
  "TRANSPORT_DIAL_ABORTED",
  "unavailable",
  ({ address }) => `the dial of ${address} was given up`,
);

export const ClosedTransportError = defineError("TRANSPORT_CLOSED", "unavailable", () => "this transport was closed; make a new one");

export const UnknownChannelError = defineError<{ channel: number }>(
  "TRANSPORT_UNKNOWN_CHANNEL",
  "input",
  ({ channel }) => `there is no channel ${channel}; declare it with configure() on both sides`,
);

export const MessageTooLargeError = defineError<{ channel: number; bytes: number; maxMessageBytes: number }>(
  "TRANSPORT_MESSAGE_TOO_LARGE",
  "input",
  ({ channel, bytes, maxMessageBytes }) =>
    `a message of ${bytes} bytes is over the limit of channel ${channel}, ${maxMessageBytes}; split it`,
);

/** Reasons that have no error: nobody called anything. */
export const CloseCode = {
  stopping: "TRANSPORT_STOPPING",
  broken: "TRANSPORT_BROKEN",
  queueFull: "TRANSPORT_QUEUE_FULL",
} as const;
