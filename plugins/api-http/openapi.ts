/**
 * The OpenAPI document, made from the routes' schemas when somebody asks for it.
 *
 * A node that nobody asks should not pay for it: `@fastify/swagger` is loaded then, into a second application that never
 * listens and has the same routes without their handlers.
 */
import type { RouteOptions } from "fastify";
import { ProblemSchema } from "./schemas.js";

/** What the document says of a route. */
export type DocumentedRoute = Pick<RouteOptions, "url" | "method" | "schema"> & {
  /** It takes the admin token. */
  readonly isGuarded: boolean;
};

const TAGS = [
  { name: "node", description: "The node itself" },
  { name: "chain", description: "Blocks and events" },
  { name: "transactions", description: "Submitting and following transactions" },
  { name: "mining", description: "The node's miner, and blocks to be sealed by others" },
  { name: "accounts", description: "Accounts and their proofs" },
  { name: "network", description: "Peers and synchronization" },
  { name: "health", description: "For process managers" },
  { name: "admin", description: "Changes the node; behind the admin token" },
];

const DESCRIPTION = [
  "Amounts and other 64-bit numbers are decimal strings, bytes are lower-case hex, heights and times are numbers.",
  "Errors are problem details (RFC 9457): look at `code`, which never changes its meaning.",
].join("\n\n");

const OPENAPI = {
  openapi: "3.1.0",
  tags: TAGS,
  components: {
    securitySchemes: { adminToken: { type: "http", scheme: "bearer", description: "Content of the node's admin.token file" } },
  },
} as const;

/** @returns the document as JSON text */
export async function openApiDocument(routes: readonly DocumentedRoute[], shared: readonly object[], version: string): Promise<string> {
  const [{ default: fastify }, { default: swagger }] = await Promise.all([import("#bundled/fastify"), import("@fastify/swagger")]);
  const guarded = new Set(routes.flatMap(({ url, isGuarded }) => (isGuarded ? [url] : [])));
  const app = fastify({
    logger: false,
    schemaController: {
      compilersFactory: { buildValidator: () => (() => () => true) as never, buildSerializer: () => () => JSON.stringify },
    },
  });
  await app.register(swagger, {
    openapi: { ...OPENAPI, info: { title: "Chainwright node", version, description: DESCRIPTION } },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => (typeof schema.$id === "string" ? schema.$id : `schema${index}`),
    },
    transform: ({ schema, url }) => ({ schema: documented(schema as SchemaParts | undefined, guarded.has(url)), url }),
  });
  for (const schema of [ProblemSchema, ...shared]) app.addSchema(schema);
  await app.register(async (scope) => {
    for (const { url, method, schema } of routes)
      scope.route({ url, method, ...(schema === undefined ? {} : { schema }), handler: () => undefined });
  });
  await app.ready();
  const document = JSON.stringify(app.swagger());
  await app.close();
  return document;
}

interface SchemaParts {
  readonly querystring?: {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
    readonly required?: readonly string[];
  };
}

/** Two truths that the schemas alone don't tell: what has a default may be left out, and which routes need the token. */
function documented(schema: SchemaParts | undefined, isGuarded: boolean): object {
  const query = schema?.querystring;
  const required = query?.required?.filter((name) => query.properties?.[name]?.default === undefined);
  return {
    ...schema,
    ...(query === undefined ? {} : { querystring: { ...query, required } }),
    ...(isGuarded ? { security: [{ adminToken: [] }] } : {}),
  };
}
