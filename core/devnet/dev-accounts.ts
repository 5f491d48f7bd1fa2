/**
 * The accounts of development chains. Their keys are derived from their names and so known to everybody: `dev:alice` works
 * in every command without a keystore, and nothing of value may ever be sent to them.
 */
import { Address } from "../primitives/address.js";
import { asciiBytes, type Bytes, domainTag } from "../primitives/bytes.js";
import { sha256Of } from "../primitives/hash.js";
import { publicKeyOf } from "../primitives/signing.js";
import { DevnetAccountError } from "./errors.js";

/** Funded on every development chain. */
export const DEV_NAMES = ["alice", "bob", "carol", "dave"] as const;
/** Of each account at genesis, smallest unit. */
export const DEV_BALANCE = 1_000_000_000_000n;
/** Address prefix of development chains. */
export const DEV_PREFIX = "cw";

const TAG = domainTag("cw/dev-account/1");
const DEV_REFERENCE = /^dev:(.{0,64})$/;
/** The account of a devnet's node: it takes the node's rewards and pays for its traffic. */
const NODE_NAME = /^node-[1-9][0-9]?$/;

export interface DevAccount {
  readonly name: string;
  readonly secretKey: Bytes;
  readonly address: Address;
}

export function devAccount(name: string): DevAccount {
  const secretKey = sha256Of(TAG, asciiBytes(name));
  return { name, secretKey, address: Address.ofKey(publicKeyOf(secretKey)) };
}

/** Name of the account of a devnet's node. */
export function nodeAccountName(node: number): string {
  return `node-${node}`;
}

/** A development account's address as text. */
export function devAddress(name: string): string {
  return Address.format(devAccount(name).address, DEV_PREFIX);
}

/** The account of a reference like `dev:alice`; undefined if the text is none. @throws DevnetAccountError for a name that no chain funds */
export function parseDevReference(text: string): DevAccount | undefined {
  const name = DEV_REFERENCE.exec(text)?.[1];
  if (name === undefined) return undefined;
  if (!(DEV_NAMES as readonly string[]).includes(name) && !NODE_NAME.test(name))
    throw new DevnetAccountError({ reference: text, known: [...DEV_NAMES, "node-1 … (in devnets)"] });
  return devAccount(name);
}
