/**
 * Makes what a log call carries plain: bytes become hex, bigints decimal, errors their code and message; anything named like
 * a secret is masked. Bounded in depth and width, since a log line must not cost more than the work that it tells of.
 */
import { ChainwrightError } from "./errors.js";

const MAX_DEPTH = 5;
const MAX_ITEMS = 100;
const MAX_BYTES_SHOWN = 64;
/** Names that hold secrets whatever their value; letters only, lower case. A public key is not among them. */
const SECRET_NAME = /(?:password|passphrase|secret|privatekey|mnemonic|authorization|cookie|token|seedphrase)/;

export const REDACTED = "(secret)";

export function logData(data: object): Record<string, unknown> {
  const value = plain(data, 0);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { data: value };
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return hexOf(value);
  if (value instanceof Error) return plainError(value, depth);
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? `[${value.length} entries]` : "[object]";
  if (value instanceof Set) return plain([...value].slice(0, MAX_ITEMS + 1), depth);
  if (value instanceof Map) return plainMembers(value.entries(), depth);
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item: unknown) => plain(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `and ${value.length - MAX_ITEMS} more`] : items;
  }
  return plainMembers(Object.entries(value), depth);
}

function plainMembers(members: Iterable<readonly [unknown, unknown]>, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let count = 0;
  for (const [name, member] of members) {
    if (++count > MAX_ITEMS) break;
    const key = String(name);
    const isSecret = member !== undefined && SECRET_NAME.test(key.toLowerCase().replaceAll(/[^a-z]/g, ""));
    // Flags and counts about secrets (`tokenCount: 3`) tell nothing.
    result[key] = isSecret && typeof member !== "number" && typeof member !== "boolean" ? REDACTED : plain(member, depth + 1);
  }
  return result;
}

function hexOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BYTES_SHOWN)).toString("hex");
  return bytes.length > MAX_BYTES_SHOWN ? `${hex}… (${bytes.length} bytes)` : hex;
}

function plainError(error: Error, depth: number): unknown {
  const cause = error.cause === undefined || depth >= MAX_DEPTH ? undefined : plain(error.cause, depth + 1);
  const known = ChainwrightError.is(error);
  return {
    ...(known ? { code: error.code } : { name: error.name }),
    message: error.message,
    ...(known ? { data: plain(error.data, depth + 1) } : { stack: error.stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}
