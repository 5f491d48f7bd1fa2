/**
 * Answers connections whose bytes never became a request (garbage, too many headers, too slow, cut off), for which there
 * is no fastify reply: a problem document written to the socket by hand, then the connection is closed.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ofConnection, type RequestLimits } from "./framework-errors.js";
import { PROBLEM_TYPE, type Problem, problemOf } from "./problem.js";

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class ClientErrors {
  /** The newest request of each connection. */
  private readonly exchanges = new WeakMap<object, Exchange>();

  constructor(
    private readonly limits: RequestLimits,
    private readonly onError: (code: string) => void,
  ) {}

  /** Follows which requests a connection has had. */
  watch(server: Server): void {
    server.prependListener("request", (request, response) => this.exchanges.set(request.socket, { request, response }));
  }

  /** For the server's event `clientError`. */
  handle(error: Error & { readonly code?: string }, socket: Socket): void {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    const failure = ofConnection(error.code, this.limits);
    this.onError(failure.code);
    const exchange = this.exchanges.get(socket);
    if (exchange === undefined || (exchange.request.complete && exchange.response.writableFinished)) {
      close(socket, problemOf(failure, "/", "-"));
    } else if (exchange.request.complete) {
      // The bytes behind a sound request are broken: first its answer, whole.
      exchange.response.once("finish", () => close(socket, problemOf(failure, "/", "-")));
    } else if (exchange.response.headersSent) {
      // It has its answer already (413 before the end of its body): that is enough.
      socket.destroy();
    } else {
      close(socket, problemOf(failure, exchange.request.url ?? "/", "-"));
    }
  }
}

/** Says why, and ends the connection; a client that keeps sending is not waited for. */
function close(socket: Socket, problem: Problem): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
