/** Errors of gossip: an engine breaks its own word. Codes are API. */
import { defineError } from "../../kernel/errors.js";

export const UnknownEngineChannelError = defineError<{ channel: string; known: readonly string[] }>(
  "NETWORK_UNKNOWN_ENGINE_CHANNEL",
  "internal",
  ({ channel, known }) =>
    `the engine publishes on channel "${channel}", which it does not declare; its channels are ${known.length === 0 ? "none" : known.join(", ")}`,
);

export const EngineMessageTooLargeError = defineError<{ channel: string; bytes: number; limit: number }>(
  "NETWORK_ENGINE_MESSAGE_TOO_LARGE",
  "internal",
  ({ channel, bytes, limit }) =>
    `the engine publishes ${bytes} bytes on channel "${channel}", for which it declares at most ${limit}; declare more or send less`,
);
