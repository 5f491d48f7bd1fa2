/**
 * The accounts of development chains. Their keys are derived from their names and so known to everybody: `dev:alice` works
 * in every command without a keystore, and nothing of value may ever be sent to them.
 */
import { Address } from "../primitives/address.js";
import { asciiBytes, type Bytes, domainTag } from "../primitives/bytes.js";
import { sha256Of } from "../primitives/hash.js";
import { publicKeyOf } from "../primitives/signing.js";
import { UsageError } from "./errors.js";

export const DEV_NAMES = ["alice", "bob", "carol", "dave"] as const;
/** Of each account at genesis, smallest unit. */
export const DEV_BALANCE = 1_000_000_000_000n;

const TAG = domainTag("cw/dev-account/1");
const DEV_REFERENCE = /^dev:(.{0,64})$/;

export interface DevAccount {
  readonly name: string;
  readonly secretKey: Bytes;
  readonly address: Address;
}

export function devAccount(name: string): DevAccount {
  const secretKey = sha256Of(TAG, asciiBytes(name));
  return { name, secretKey, address: Address.ofKey(publicKeyOf(secretKey)) };
}

/** The account of a reference like `dev:alice`; undefined if the text is none. @throws UsageError for a name that no chain funds */
export function parseDevReference(text: string): DevAccount | undefined {
  const name = DEV_REFERENCE.exec(text)?.[1];
  if (name === undefined) return undefined;
  if (!(DEV_NAMES as readonly string[]).includes(name))
    throw new UsageError({
      reason: `there is no development account ${text}; there are ${DEV_NAMES.map((each) => `dev:${each}`).join(", ")}`,
    });
  return devAccount(name);
}
