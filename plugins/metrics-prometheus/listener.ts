/**
 * A listener of its own for /metrics: plain node:http, since one route needs no framework. GET and HEAD of /metrics;
 * everything else is a problem document (RFC 9457), as on the API.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, type Logger, messageOf } from "../../core/sdk.js";
import { MetricsListenError, MetricsPortInUseError } from "./errors.js";
import type { Exposition } from "./exposition.js";

const REQUEST_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 70_000;
const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8_192;
const PATH = "/metrics";

export interface MetricsListener {
  /** `http://127.0.0.1:9464/metrics` */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws MetricsPortInUseError, MetricsListenError */
export async function listen(exposition: Exposition, host: string, port: number, logger: Logger): Promise<MetricsListener> {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      // Longer than the usual scrape interval, so that a scraper keeps its connection.
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => void answer(exposition, request, response, logger),
  );
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await bind(server, host, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw new MetricsPortInUseError({ host, port }, error);
    throw new MetricsListenError({ host, port, reason: messageOf(error) }, error);
  }
  return { url: urlOf(server), close: () => close(server) };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** A scrape that is cut off is done again; nothing is lost. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(exposition: Exposition, request: IncomingMessage, response: ServerResponse, logger: Logger): Promise<void> {
  request.resume();
  const path = (request.url ?? "/").split(/[?#]/, 1)[0];
  if (path !== PATH) return problem(response, 404, "METRICS_ROUTE_NOT_FOUND", `there is nothing at this path; metrics are at ${PATH}`);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return problem(response, 405, "METRICS_METHOD_NOT_ALLOWED", "metrics are read with GET");
  }
  try {
    const text = await exposition.render();
    response.writeHead(200, { "content-type": exposition.contentType, "content-length": Buffer.byteLength(text) });
    response.end(request.method === "HEAD" ? undefined : text);
  } catch (error) {
    logger.error({ error: messageOf(error) }, "metrics could not be rendered");
    problem(response, 500, "METRICS_RENDER_FAILED", "the metrics could not be rendered; the node's log has the reason");
  }
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  const body = JSON.stringify({ type: `urn:chainwright:problem:${code}`, title: STATUS_CODES[status], status, detail, code });
  response.writeHead(status, { "content-type": "application/problem+json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function urlOf(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  assert(address !== null && typeof address === "object", "a listening TCP server has an address");
  return `http://${address.address.includes(":") ? `[${address.address}]` : address.address}:${address.port}${PATH}`;
}
