/**
 * The TCP ports of a devnet, on the loopback interface: laid out from a base, or free ones chosen once and kept.
 *
 * With a base P, node n has its API at P + n − 1 and its transport at P + 100 + n − 1; the link between nodes a > b stands at
 * P + 200 + (a − 1)(a − 2) / 2 + b − 1. So every node and every link has its port for good, whatever is added later.
 */
import { createServer } from "node:net";
import type { Entropy } from "../ports/runtime.js";
import { DevnetOptionError, NoFreePortsError } from "./errors.js";
import { type Edge, NODES_MAX } from "./topology.js";

export const LOOPBACK = "127.0.0.1";
const TRANSPORTS_AT = 100;
const LINKS_AT = 200;
/**
 * Where free ports are looked for: below the range from which systems take the near ends of outgoing connections (from
 * 32,768 on Linux, from 49,152 elsewhere), so that no such connection sits on a port when the devnet is started again.
 */
const FREE_FROM = 10_000;
const FREE_TO = 32_767;
const TRIES_PER_PORT = 50;

export interface Ports {
  api(node: number): Promise<number>;
  transport(node: number): Promise<number>;
  link(edge: Edge): Promise<number>;
}

const linkIndex = ({ from, to }: Edge): number => ((from - 1) * (from - 2)) / 2 + to - 1;

/** @throws DevnetOptionError for a base above which the ports of the largest devnet don't fit */
export function portsFrom(base: number): Ports {
  const baseMax = 65_535 - LINKS_AT - linkIndex({ from: NODES_MAX, to: NODES_MAX - 1 });
  if (!Number.isInteger(base) || base < 1 || base > baseMax)
    throw new DevnetOptionError({ option: "base port", reason: `${base} is not a port from 1 to ${baseMax}` });
  return {
    api: async (node) => base + node - 1,
    transport: async (node) => base + TRANSPORTS_AT + node - 1,
    link: async (edge) => base + LINKS_AT + linkIndex(edge),
  };
}

/** Ports that nobody listens on at the moment, and none twice. @param taken the devnet's own ports so far */
export function freePorts(entropy: Entropy, taken: Iterable<number>): Ports {
  const used = new Set(taken);
  const next = async (): Promise<number> => {
    for (let attempt = 0; attempt < TRIES_PER_PORT; attempt++) {
      const [high = 0, low = 0] = entropy.bytes(2);
      const port = FREE_FROM + ((high * 256 + low) % (FREE_TO - FREE_FROM + 1));
      if (used.has(port) || !(await isFree(port))) continue;
      used.add(port);
      return port;
    }
    throw new NoFreePortsError({ from: FREE_FROM, to: FREE_TO });
  };
  return { api: next, transport: next, link: next };
}

/** Whether nobody listens there at the moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
