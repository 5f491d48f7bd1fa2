/**
 * GET /openapi.json, and /docs: the same for people, shown by Swagger UI.
 *
 * Of `@fastify/swagger-ui` only the browser's files are used, read when a browser asks. Registering it as a plugin costs
 * 50 ms of start-up and 6 MB (it loads @fastify/static), and its content security policy upgrades requests to HTTPS,
 * which breaks the page on a plain-HTTP port of another machine.
 */
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyReply } from "fastify";
import { Type } from "../../../core/sdk.js";
import { ApiRouteNotFoundError } from "../errors.js";
import type { DocumentedRoute } from "../openapi.js";
import { answers } from "../schemas.js";
import type { ApiApplication } from "../views.js";

const ASSET_TYPES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "index.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Chainwright API</title>
<link rel="stylesheet" href="/docs/index.css">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript; the document behind it is <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });\n`;

// Swagger UI sets styles from scripts; everything else comes from here.
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** What the routes' documentation is made from. */
export interface DocumentationSource {
  readonly routes: readonly DocumentedRoute[];
  /** Schemas that routes refer to by `$ref`. */
  readonly shared: ReadonlyMap<string, object>;
  readonly version: string;
}

export function addDocumentation(app: ApiApplication, source: DocumentationSource): void {
  // Routes are fixed once the node listens, so the document is made once.
  let document: Promise<string> | undefined;
  app.get(
    "/openapi.json",
    {
      schema: {
        tags: ["node"],
        summary: "This document",
        response: answers(Type.Unknown({ description: "OpenAPI 3.1" })),
      },
    },
    async (_request, reply) => {
      document ??= import("../openapi.js").then(({ openApiDocument }) =>
        openApiDocument(source.routes, [...source.shared.values()], source.version),
      );
      return sendText(reply, "application/json; charset=utf-8", await document);
    },
  );
}

/** The page for people. Its routes are not in the document. */
export function addDocumentationPage(app: ApiApplication): void {
  const hidden = { schema: { hide: true } };
  app.get("/docs", hidden, async (_request, reply) => sendText(reply, "text/html; charset=utf-8", PAGE));
  app.get("/docs/start.js", hidden, async (_request, reply) => sendText(reply, "text/javascript; charset=utf-8", START));
  app.get("/docs/:asset", { schema: { hide: true, params: Type.Object({ asset: Type.String() }) } }, async ({ params, method }, reply) => {
    const type = Object.hasOwn(ASSET_TYPES, params.asset) ? ASSET_TYPES[params.asset] : undefined;
    if (type === undefined) throw new ApiRouteNotFoundError({ method });
    reply.type(type).header("cache-control", "public, max-age=3600");
    return reply.send(createReadStream(join(assetDirectory(), params.asset)));
  });
}

function sendText(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.type(type).header("content-security-policy", POLICY).serializer(String).send(text);
}

function assetDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@fastify/swagger-ui")), "static");
}
