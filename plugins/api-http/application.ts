/**
 * The fastify application: limits, hooks that hold for every route, error answers, and all routes. Listens to nothing
 * yet (listener.ts does that).
 *
 * Order for each request: connection limits (Node) → routing → stopping? → URL length → CORS → admin token → body limit
 * → body → answer timer → validation → handler. Whatever throws ends in one error handler, as a problem document.
 */

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "#bundled/fastify";
import { type ApiRoutes, type ChainwrightError, type Logger, messageOf, type Scheduler } from "../../core/sdk.js";
import type { AdminToken } from "./admin-token.js";
import { ClientErrors } from "./client-error.js";
import type { ApiHttpConfig } from "./config.js";
import { ADMIN_PREFIX, allowOrigin } from "./cross-origin.js";
import {
  ApiAnswerTimeoutError,
  ApiBodyTooLargeError,
  ApiMethodNotAllowedError,
  ApiRequestMalformedError,
  ApiRouteNotFoundError,
  ApiRoutesError,
  ApiStoppingError,
  ApiTokenMissingError,
  ApiUrlTooLongError,
} from "./errors.js";
import type { EventWaiters } from "./event-waiters.js";
import { MAX_HEADER_BYTES, MAX_PARAMETER_CHARACTERS, MAX_URL_CHARACTERS, ofFramework } from "./framework-errors.js";
import type { ApiMetrics } from "./metrics.js";
import type { DocumentedRoute } from "./openapi.js";
import { isFault, PROBLEM_TYPE, problemOf, retryAfterSeconds } from "./problem.js";
import { RouteTable } from "./route-table.js";
import { addAccountRoutes } from "./routes/accounts.js";
import { addAdminRoutes } from "./routes/admin.js";
import { addBlockRoutes } from "./routes/blocks.js";
import { addDocumentation, addDocumentationPage } from "./routes/documentation.js";
import { addEventRoutes } from "./routes/events.js";
import { addHealthRoutes } from "./routes/health.js";
import { addMempoolRoutes } from "./routes/mempool.js";
import { addMiningAdminRoutes, addMiningRoutes, MINING_PREFIX } from "./routes/mining.js";
import { addPeerAdminRoutes, addPeerRoutes } from "./routes/peers.js";
import { addReorgRoutes } from "./routes/reorgs.js";
import { addSnapshotAdminRoutes, addSnapshotRoutes } from "./routes/snapshots.js";
import { addStateRoutes } from "./routes/state.js";
import { addStatusRoutes } from "./routes/status.js";
import { addTransactionRoutes } from "./routes/transactions.js";
import { SnapshotRequest } from "./snapshot-request.js";
import { compileValidator } from "./validation.js";
import type { ApiApplication, ApiViews } from "./views.js";

declare module "fastify" {
  interface FastifyRequest {
    /** `Clock.monotonicMs` when its headers had come. */
    receivedAtMs: number;
  }
  interface FastifyContextConfig {
    /** Instead of the option of the same name, for routes that take their time. */
    answerTimeoutMs?: number;
  }
}

export interface ApplicationParts {
  readonly views: ApiViews;
  readonly contributions: readonly ApiRoutes[];
  /** Absent where admin routes are off. */
  readonly token: AdminToken | undefined;
  readonly waiters: EventWaiters;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
  readonly scheduler: Scheduler;
  readonly config: ApiHttpConfig;
  /** True from the moment the node begins to stop. */
  readonly stopping: () => boolean;
}

/** A contributed plugin that has not registered within this time does not register at all. */
const REGISTER_TIMEOUT_MS = 5_000;
/** A connection over which nothing moves while a request comes in, or while its answer goes out. */
const IDLE_MAX_MS = 60_000;

/** @throws ApiRoutesError if contributed routes can't be mounted */
export async function createApplication(parts: ApplicationParts): Promise<ApiApplication> {
  const { config, views } = parts;
  const clientErrors = new ClientErrors(config, (code) => parts.metrics.connectionFailed(code));
  const table = new RouteTable();
  const app: ApiApplication = fastify({
    ...serverOptions(config),
    clientErrorHandler: (error, socket) => clientErrors.handle(error, socket),
    frameworkErrors: (error, request, reply) => answerError(parts, error, request as FastifyRequest, reply as FastifyReply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = config.maxConnections;
  clientErrors.watch(app.server);

  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const routes: DocumentedRoute[] = [];
  const shared = new Map<string, object>();
  app.addHook("onRoute", function (this: FastifyInstance, { url, method, schema }) {
    table.add(url, method);
    if (method !== "HEAD" && !hidden(schema))
      routes.push({ url, method, isGuarded: isGuarded(url, config), ...(schema === undefined ? {} : { schema }) });
    for (const [id, referred] of Object.entries(this.getSchemas())) shared.set(id, referred as object);
  });
  addHooks(app, parts);
  app.setErrorHandler((error, request, reply) => answerError(parts, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const allowed = table.methodsAt(request.url);
    // A handler may also say that there is nothing, at a path that has a route.
    if (allowed.length === 0 || allowed.includes(request.method)) throw new ApiRouteNotFoundError({ method: request.method });
    reply.header("allow", allowed.join(", "));
    throw new ApiMethodNotAllowedError({ method: request.method, allowed });
  });

  addDocumentation(app, { routes, shared, version: views.health.version });
  if (config.docs) addDocumentationPage(app);
  addStatusRoutes(app, views);
  addBlockRoutes(app, views);
  addTransactionRoutes(app, views);
  addAccountRoutes(app, views);
  addStateRoutes(app, views);
  addMempoolRoutes(app, views);
  addPeerRoutes(app, views);
  addSnapshotRoutes(app, views);
  addEventRoutes(app, views, parts.waiters);
  addReorgRoutes(app, views, parts.waiters, parts.scheduler);
  addMiningRoutes(app, { views, waiters: parts.waiters, config });
  addHealthRoutes(app, views);
  if (parts.token !== undefined) {
    addAdminRoutes(app, views);
    addMiningAdminRoutes(app, views);
    addPeerAdminRoutes(app, views);
    addSnapshotAdminRoutes(app, views, new SnapshotRequest(views.control, parts.scheduler, parts.logger));
  }
  for (const contribution of parts.contributions) await mount(app, contribution);
  await app.ready();
  return app;
}

function serverOptions(config: ApiHttpConfig) {
  return {
    logger: false,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionTimeout: Math.max(IDLE_MAX_MS, config.requestTimeoutMs + 1_000),
    pluginTimeout: REGISTER_TIMEOUT_MS,
    forceCloseConnections: "idle",
    // Ours, as a problem document (addHooks).
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: config.requestTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, config.requestTimeoutMs / 4)),
      // Checked in addHooks, so that the answer is a problem document.
      requireHostHeader: false,
    },
    schemaController: {
      compilersFactory: {
        // The declared type knows compilers made by Ajv only; setValidatorCompiler would take ours, after loading Ajv.
        buildValidator: () => compileValidator as never,
        // Measured: for these answers a compiled serializer gains nothing over JSON.stringify, and costs start-up.
        buildSerializer: () => () => (answer: unknown) => JSON.stringify(answer),
      },
    },
  } as const;
}

function hidden(schema: unknown): boolean {
  return (schema as { readonly hide?: unknown } | undefined)?.hide === true;
}

async function mount(app: ApiApplication, { prefix, routes }: ApiRoutes): Promise<void> {
  if (!/^(?:\/[a-z0-9._~-]+)+$/.test(prefix))
    throw new ApiRoutesError({ prefix, reason: "the prefix is not a path of lower-case segments, like /v1/something" });
  try {
    await app.register(routes, { prefix });
  } catch (error) {
    throw new ApiRoutesError({ prefix, reason: messageOf(error) }, error);
  }
}

function addHooks(app: ApiApplication, parts: ApplicationParts): void {
  const { views, config, token, metrics, stopping } = parts;
  const origins = new Set(config.corsOrigins);
  app.decorateRequest("receivedAtMs", 0);

  app.addHook("onRequest", async (request, reply) => {
    request.receivedAtMs = views.clock.monotonicMs();
    reply.header("x-content-type-options", "nosniff");
    if (stopping()) throw new ApiStoppingError({});
    if (request.url.length > MAX_URL_CHARACTERS) throw new ApiUrlTooLongError({ limit: MAX_URL_CHARACTERS });
    if (request.headers.host === undefined && request.raw.httpVersion !== "1.0")
      throw new ApiRequestMalformedError({ reason: "the header host is missing" });
    if (allowOrigin(origins, request, reply)) return reply.code(204).send();
    // By the template, not by the path as it was written: /v1/%61dmin is the same route.
    const template = request.routeOptions.url;
    if (template !== undefined && isGuarded(template, config)) authorize(token, request);
    if (Number(request.headers["content-length"]) > request.routeOptions.bodyLimit && !request.is404)
      throw new ApiBodyTooLargeError({ limitBytes: request.routeOptions.bodyLimit });
    return undefined;
  });

  // From here on it is the node that takes its time, no longer the client.
  app.addHook("preValidation", async (request, reply) => limitAnswerTime(parts, request, reply));

  app.addHook("onSend", async (_request, reply, payload) => {
    // The head moves: what is true now need not be in a second.
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    return payload;
  });

  app.addHook("onResponse", async (request, reply) => {
    const seconds = (views.clock.monotonicMs() - request.receivedAtMs) / 1_000;
    metrics.answered(request.routeOptions.url, request.method, reply.statusCode, seconds);
  });
}

/** Fastify's own `handlerTimeout` ends with the request's body (Node emits `close` then), so it never meets a POST. */
function limitAnswerTime(parts: ApplicationParts, request: FastifyRequest, reply: FastifyReply): void {
  const limitMs = request.routeOptions.config.answerTimeoutMs ?? parts.config.answerTimeoutMs;
  const timer = parts.scheduler.after(limitMs, () => {
    if (!reply.sent) answerError(parts, new ApiAnswerTimeoutError({ limitMs }), request, reply);
  });
  reply.raw.once("close", () => timer.cancel());
  // A connection is silent while its answer is waited for, and a client that doesn't read its answer must not keep it.
  request.raw.socket.setTimeout(limitMs + IDLE_MAX_MS);
}

/** Whether a route takes the admin token. */
function isGuarded(template: string, { mining }: ApiHttpConfig): boolean {
  return template.startsWith(ADMIN_PREFIX) || (mining === "admin" && template.startsWith(MINING_PREFIX));
}

function authorize(token: AdminToken | undefined, request: FastifyRequest): void {
  // Admin routes are off, yet another plugin contributed one: without a token nobody may use it.
  if (token === undefined) throw new ApiTokenMissingError({});
  token.check(request.headers.authorization);
}

/** The one place where errors become answers. */
function answerError(parts: ApplicationParts, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = ofFramework(thrown, { id: request.id, accepted: acceptedTypes(request) }, parts.config);
  const problem = problemOf(error, request.url, request.id);
  if (isFault(error)) logFault(parts.logger, error, request);
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="chainwright admin"');
  // Node then reads the rest of the body and drops it (within requestTimeoutMs), so that the client gets to see this
  // answer; closing at once would reset the connection under it.
  if (problem.status === 413) reply.removeHeader("connection");
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

function acceptedTypes(request: FastifyRequest): readonly string[] {
  const body = request.routeOptions.schema?.body as { readonly content?: Readonly<Record<string, unknown>> } | undefined;
  return body?.content === undefined ? ["application/json"] : Object.keys(body.content);
}

function logFault(logger: Logger, error: ChainwrightError, request: FastifyRequest): void {
  const cause = error.cause instanceof Error ? error.cause : error;
  logger.error(
    { requestId: request.id, method: request.method, route: request.routeOptions.url ?? "unmatched", code: error.code, stack: cause.stack },
    `request failed: ${cause.message}`,
  );
}
