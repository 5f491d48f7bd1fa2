/**
 * Which web pages may read the API (the Fetch standard's CORS protocol): none, unless their origins are listed.
 *
 * /v1/admin never takes part: a page in the operator's browser must not be able to reach it, whatever is configured.
 */
import type { FastifyReply, FastifyRequest } from "fastify";

/** Every route below it is behind the admin token, whichever plugin contributes it. */
export const ADMIN_PREFIX = "/v1/admin/";

const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Sets CORS headers; answers true if this was a preflight request, which needs no more than these headers. */
export function allowOrigin(origins: ReadonlySet<string>, request: FastifyRequest, reply: FastifyReply): boolean {
  const origin = request.headers.origin;
  // The template where there is one: a path may be written in many ways (/v1/%61dmin). A preflight of such a path
  // gets through, but never lets the header `authorization` pass.
  if (origins.size === 0 || origin === undefined || (request.routeOptions.url ?? request.url).startsWith(ADMIN_PREFIX)) return false;
  reply.header("vary", "origin");
  if (!origins.has("*") && !origins.has(origin)) return false;
  reply.header("access-control-allow-origin", origins.has("*") ? "*" : origin);
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  reply.header("access-control-allow-methods", "GET, HEAD, POST");
  reply.header("access-control-allow-headers", "content-type");
  reply.header("access-control-max-age", PREFLIGHT_MAX_AGE_SECONDS);
  return true;
}
