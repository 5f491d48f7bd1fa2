/** Binding to the port, with errors that say what to do, and letting go of it within a bounded time. */
import type { AddressInfo } from "node:net";
import { assert, type Cancellable, messageOf, type Scheduler } from "../../core/sdk.js";
import { ApiListenError, ApiPortInUseError } from "./errors.js";
import type { ApiApplication } from "./views.js";

/** How long requests that are being answered may go on after stop began. */
const GRACE_MS = 300;

/** @returns the base URL. @throws ApiPortInUseError, ApiListenError: nothing is left open then */
export async function listen(app: ApiApplication, host: string, port: number): Promise<string> {
  // `localhost` would make fastify open a second server for the other IP family.
  const address = host === "localhost" ? "127.0.0.1" : host;
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw new ApiPortInUseError({ host, port }, error);
    throw new ApiListenError({ host, port, reason: messageOf(error) }, error);
  }
  return urlOf(app.server.address());
}

/** Stops accepting, lets running requests end within a short grace, then cuts all connections. */
export async function close(app: ApiApplication, scheduler: Scheduler): Promise<void> {
  const cut: Cancellable = scheduler.after(GRACE_MS, () => app.server.closeAllConnections());
  try {
    await app.close();
  } finally {
    cut.cancel();
  }
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function urlOf(address: AddressInfo | string | null): string {
  assert(address !== null && typeof address === "object", "a listening TCP server has an address");
  const wildcard: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const host = wildcard[address.address] ?? address.address;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
