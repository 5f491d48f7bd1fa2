/** Errors of the network, as its administrators meet them. What closes a connection is in session/close-codes.ts. Codes are API. */
import { defineError } from "../kernel/errors.js";

export const NoTransportError = defineError<{ address: string; schemes: readonly string[] }>(
  "NETWORK_NO_TRANSPORT",
  "input",
  ({ address, schemes }) =>
    schemes.length === 0
      ? `no plugin of this node can dial ${address}; load a transport in the node config`
      : `no plugin of this node can dial ${address}; write it as ${schemes.map((scheme) => `${scheme}://…`).join(" or ")}, or load its transport in the node config`,
);

export const DuplicateTransportError = defineError<{ scheme: string }>(
  "NETWORK_DUPLICATE_TRANSPORT",
  "input",
  ({ scheme }) => `two transports of this node take addresses ${scheme}://…, and nobody could say which one dials; load one of them`,
);

/** `instead`: what to write; by default the form of an address. */
export const BadAddressError = defineError<{ address: string; reason: string; instead?: string }>(
  "NETWORK_BAD_ADDRESS",
  "input",
  ({ address, reason, instead = "scheme://host:port" }) => `${address} is not an address to dial: ${reason}; write ${instead}`,
);

export const BadPeerError = defineError<{ subject: string; reason: string }>(
  "NETWORK_BAD_PEER",
  "input",
  ({ subject, reason }) =>
    `${subject} names no peer: ${reason}; write a node id (64 hex digits), scheme://host:port, or scheme://host for all its ports`,
);

export const NetworkStateError = defineError<{ state: string }>(
  "NETWORK_NOT_RUNNING",
  "unavailable",
  ({ state }) => `the network is ${state}; try again when the node is ready`,
);

export const BadEngineChannelsError = defineError<{ reason: string }>(
  "NETWORK_BAD_ENGINE_CHANNELS",
  "internal",
  ({ reason }) => `the consensus engine's gossip channels can't be carried: ${reason}; its plugin has to declare them otherwise`,
);
