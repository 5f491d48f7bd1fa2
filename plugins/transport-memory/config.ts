/** The options of `transport-memory`: one schema for validation, defaults, types and the options table of the README. */
import { type Static, Type } from "../../core/sdk.js";

const MEBIBYTE = 1_048_576;

export const TransportMemoryConfig = Type.Object(
  {
    hub: Type.String({
      default: "default",
      minLength: 1,
      maxLength: 64,
      description: "Where the nodes of one process meet: those that name the same hub reach each other.",
    }),
    name: Type.Optional(
      Type.String({
        pattern: "^[a-z0-9][a-z0-9.-]{0,63}$",
        description: "The node listens under `memory://<name>`. Default: a random one.",
      }),
    ),
    queueBytes: Type.Integer({
      default: MEBIBYTE,
      minimum: 1_024,
      maximum: 1_024 * MEBIBYTE,
      description: "With more bytes than this under way in a direction, `send` answers `wait`; with half of it left, the sender may go on.",
    }),
    maxQueueBytes: Type.Integer({
      default: 64 * MEBIBYTE,
      minimum: 1_024,
      maximum: 4_096 * MEBIBYTE,
      description: "A sender that does not wait and brings more than this under way in a direction loses the connection.",
    }),
    maxInbound: Type.Integer({
      default: 1_024,
      minimum: 0,
      maximum: 100_000,
      description: "Connections that others may open to this node.",
    }),
    closeTimeoutMs: Type.Integer({
      default: 500,
      minimum: 1,
      maximum: 60_000,
      description: "How long a close waits until the other side has taken what was sent before, ms; then that is dropped.",
    }),
  },
  { additionalProperties: false },
);

export type TransportMemoryOptions = Static<typeof TransportMemoryConfig>;
