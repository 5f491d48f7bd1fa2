/** The options of `api-http`: one schema for validation, defaults, types and the options table of the README. */
import { type Static, Type } from "../../core/sdk.js";

export const ApiHttpConfig = Type.Object(
  {
    host: Type.String({
      default: "127.0.0.1",
      minLength: 1,
      maxLength: 255,
      description:
        "Address to listen on. The default answers this machine only; anything else belongs behind a TLS proxy, since this plugin speaks plain HTTP.",
    }),
    port: Type.Integer({
      default: 8645,
      minimum: 0,
      maximum: 65_535,
      description: "TCP port; 0 takes any free one (the log and the capability chainwright:api-address say which).",
    }),
    admin: Type.Boolean({
      default: true,
      description: "Serve /v1/admin (behind the admin token). Switch it off on nodes that nobody administers over HTTP.",
    }),
    adminTokenFile: Type.Optional(
      Type.String({
        minLength: 1,
        description: "File that holds the admin token; created with mode 0600 if absent. Default: admin.token in the data directory.",
      }),
    ),
    mining: Type.Union([Type.Literal("admin"), Type.Literal("open"), Type.Literal("off")], {
      default: "admin",
      description:
        "Who gets block templates (/v1/mining/…) to mine on outside the node. admin: who has the admin token. open: everybody; building templates costs the node work, so only where the API is reached by miners alone. off: nobody.",
    }),
    docs: Type.Boolean({ default: true, description: "Serve the browsable documentation under /docs. /openapi.json is always there." }),
    corsOrigins: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
      default: [],
      maxItems: 64,
      description: 'Origins whose web pages may read the API (`https://explorer.example`), or "*" for all. Never applies to /v1/admin.',
    }),
    bodyLimitBytes: Type.Integer({
      default: 262_144,
      minimum: 1_024,
      maximum: 16_777_216,
      description: "Largest request body, bytes. A transaction as JSON takes twice its size plus 10 bytes.",
    }),
    maxConnections: Type.Integer({
      default: 256,
      minimum: 1,
      maximum: 65_536,
      description: "Open connections; further ones are closed at once.",
    }),
    maxEventWaiters: Type.Integer({
      default: 128,
      minimum: 1,
      maximum: 65_536,
      description:
        "Requests to /v1/events, /v1/reorgs and /v1/mining/templates/{id} that may wait at the same time, together; further ones get API_TOO_MANY_WAITERS.",
    }),
    requestTimeoutMs: Type.Integer({
      default: 10_000,
      minimum: 100,
      maximum: 600_000,
      description: "Time for a client to send its whole request, milliseconds. Ends slow-loris attacks.",
    }),
    answerTimeoutMs: Type.Integer({
      default: 30_000,
      minimum: 100,
      maximum: 600_000,
      description:
        "Time for the node to answer, milliseconds (waiting for events, reorgs or templates, making blocks and snapshots have longer ones of their own).",
    }),
    keepAliveTimeoutMs: Type.Integer({
      default: 10_000,
      minimum: 1,
      maximum: 600_000,
      description: "How long an idle connection is kept open, milliseconds.",
    }),
  },
  { additionalProperties: false },
);

export type ApiHttpConfig = Static<typeof ApiHttpConfig>;
