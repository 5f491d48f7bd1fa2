/**
 * Addresses as the network handles them: text that a transport understands, `scheme://` and what follows. Hosts and ports are looked at
 * only where the rest has the usual form `host:port`; an address of any other form is a name.
 */
import { isIPv4, isIPv6 } from "node:net";

/** What a key of the peer book has room for. */
const ADDRESS_CHARACTERS_MAX = 254;

const ADDRESS = /^([a-z][a-z0-9+.-]{0,15}):\/\/([\x21-\x7e]+)$/;
const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]+)(?::(\d{1,5}))?$/;

export interface ParsedAddress {
  readonly scheme: string;
  /** Lower case, without brackets; the whole rest where it is not `host:port`. */
  readonly host: string;
  readonly port?: number;
}

/** Undefined if the text is no address. */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (text.length > ADDRESS_CHARACTERS_MAX) return undefined;
  const [, scheme, rest] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const [, host, port] = HOST_PORT.exec(rest) ?? [];
  if (host === undefined) return { scheme, host: rest.toLowerCase() };
  const plain = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (port === undefined) return { scheme, host: plain };
  return Number(port) > 65_535 ? undefined : { scheme, host: plain, port: Number(port) };
}

/** `scheme://host`: what an address ban of all ports names. */
export function hostOf(address: string): string | undefined {
  const parsed = parseAddress(address);
  return parsed === undefined ? undefined : `${parsed.scheme}://${bracketed(parsed.host)}`;
}

/** From where somebody can reach a host. Names count as public, but for `localhost`. */
export type Reach = "loopback" | "private" | "public";

const PRIVATE_IPV4 = /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const PRIVATE_IPV6 = /^(?:f[cd]|fe[89ab])/;

/** RFC 1918, 6598, 3927, 4193, 4291. */
export function reachOf(host: string): Reach {
  const plain = plainIp(host);
  if (plain === "localhost" || plain === "::1" || (isIPv4(plain) && plain.startsWith("127."))) return "loopback";
  if (isIPv4(plain) && PRIVATE_IPV4.test(plain)) return "private";
  if (isIPv6(plain) && PRIVATE_IPV6.test(plain)) return "private";
  return "public";
}

/** The one spelling of an IPv6 address; an IPv4 address in its clothes (RFC 4291, 2.5.5.2) as IPv4. Any other host as it is. */
function plainIp(host: string): string {
  if (!isIPv6(host) || host.includes("%")) return host;
  const short = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

const UNSPECIFIED: ReadonlySet<string> = new Set(["0.0.0.0", "::", "*"]);
/** Whether a host means "everywhere here": to listen on, and nobody in particular to dial. */
export function isWildcard(host: string): boolean {
  return UNSPECIFIED.has(plainIp(host));
}

const REACHES: readonly Reach[] = ["public", "private", "loopback"];

/**
 * An address that a peer told us, as this node may dial it; undefined if it may not. A host of "everywhere" (0.0.0.0, ::) is where
 * the peer itself is. Private and loopback hosts mean something only to those who are there, too: they are taken from peers whose
 * own address is at least as close, so that nobody far away makes us knock at doors in our own network.
 *
 * @param remoteAddress of the peer that told us
 * @param listens whether the peer says that it listens there itself
 */
export function addressFromPeer(text: string, remoteAddress: string, listens: boolean): string | undefined {
  const told = parseAddress(text);
  const remote = parseAddress(remoteAddress);
  if (told === undefined || remote === undefined || told.port === 0) return undefined;
  if (isWildcard(told.host)) {
    if (!listens || told.port === undefined || told.scheme !== remote.scheme) return undefined;
    return `${told.scheme}://${bracketed(remote.host)}:${told.port}`;
  }
  if (REACHES.indexOf(reachOf(told.host)) > REACHES.indexOf(reachOf(remote.host))) return undefined;
  return text;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
