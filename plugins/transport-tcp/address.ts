/**
 * Addresses of this transport: `tcp://host:port`. One host has one spelling (lower case, IPv6 in its shortest form and in brackets),
 * because peer books and lists compare addresses as text.
 */
import { isIP, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { BadAddressError } from "./errors.js";

export const SCHEME = "tcp";

export interface Endpoint {
  /** IPv4, IPv6 without brackets, or a DNS name. */
  readonly host: string;
  /** 1 … 65,535 */
  readonly port: number;
}

const ADDRESS = /^tcp:\/\/(?:\[([^\]]*)\]|([^:/?#@[\]]*)):([1-9][0-9]{0,4})$/;
const ADDRESS_LENGTH_MAX = 300;
const DNS_LENGTH_MAX = 253;
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A name that ends so is taken for an IPv4 address by resolvers (inet_aton; WHATWG URL, "ends in a number"). */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const ADVERTISED_MAX = 8;

/** @throws TRANSPORT_BAD_ADDRESS */
export function parseAddress(address: string): Endpoint {
  if (address.length > ADDRESS_LENGTH_MAX) throw new BadAddressError({ address: `${address.slice(0, 64)}…`, reason: "it is too long" });
  const fail = (reason: string): never => {
    throw new BadAddressError({ address, reason });
  };
  const [, bracketed, plain, digits] = ADDRESS.exec(address) ?? fail("it is not of the form");
  const port = Number(digits);
  if (port > 65_535) fail("a port is 1 to 65535");
  const host =
    bracketed === undefined ? nameOrIpv4(plain ?? "") : isIPv6(bracketed) && !bracketed.includes("%") ? plainIp(bracketed) : undefined;
  if (host === undefined)
    return fail(bracketed === undefined ? "its host is no IPv4 address or DNS name" : "there is no IPv6 address in the brackets");
  if (isWildcard(host) || isMulticast(host)) fail("nobody in particular has this host");
  return { host, port };
}

export function formatAddress({ host, port }: Endpoint): string {
  return `${SCHEME}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function nameOrIpv4(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const name = text.toLowerCase();
  const labels = name.split(".");
  const isName = name.length <= DNS_LENGTH_MAX && labels.every((label) => DNS_LABEL.test(label)) && !NUMBER.test(labels.at(-1) ?? "");
  return isName ? name : undefined;
}

/** The one spelling of an IP address; an IPv4 address in IPv6's clothes (RFC 4291, 2.5.5.2) as IPv4. */
export function plainIp(ip: string): string {
  const bare = ip.split("%", 1)[0] ?? ip;
  if (!isIPv6(bare)) return bare;
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(bare)?.[1] ?? mappedIpv4(short);
  return mapped ?? short;
}

/** `::ffff:7f00:1` is 127.0.0.1. */
function mappedIpv4(short: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

export function isLoopback(ip: string): boolean {
  return ip === "::1" || (isIPv4(ip) && ip.startsWith("127."));
}

export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isMulticast(host: string): boolean {
  const first = Number(host.split(".", 1)[0]);
  return (isIPv4(host) && first >= 224) || (isIPv6(host) && host.startsWith("ff"));
}

/** What one operator easily has: the /24 of an IPv4 address, the /56 of an IPv6 one (what a customer gets; RFC 6177). */
export function subnetOf(ip: string): string {
  if (isIP(ip) === 4) return ip.slice(0, ip.lastIndexOf("."));
  const [head = "", tail] = ip.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...front, ...new Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back];
  return groups
    .slice(0, 4)
    .map((group, index) => (Number.parseInt(group, 16) & (index === 3 ? 0xff00 : 0xffff)).toString(16))
    .join(":");
}

/**
 * What a listener on `host` may be dialed by, from other machines: for a wildcard the addresses of this machine's interfaces (at
 * most 8), without link-local ones; loopback only if there is nothing else.
 */
export function listeningAddresses(host: string, port: number, interfaces = networkInterfaces()): readonly string[] {
  if (!isWildcard(host)) return [formatAddress({ host, port })];
  const all = Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ family }) => host === "::" || family === "IPv4")
    .map(({ address, internal }) => ({ ip: plainIp(address), internal }))
    .filter(({ ip }) => !ip.startsWith("169.254.") && !/^fe[89ab]/.test(ip));
  const outer = all.filter(({ internal }) => !internal);
  return (outer.length > 0 ? outer : all).slice(0, ADVERTISED_MAX).map(({ ip }) => formatAddress({ host: ip, port }));
}
