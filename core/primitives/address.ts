/**
 * Addresses: 20 bytes of a domain-tagged hash of an authorization policy, shown as bech32m (BIP 350).
 *
 * A single key is the policy `1 of {key}`; multisignature policies hash to addresses of the same shape, so
 * the ledger never has to know which one it pays to.
 */
import { bech32m } from "@scure/base";
import { type Bytes, bytesEqual, domainTag, toHex } from "./bytes.js";
import { ValueError } from "./errors.js";
import { sha256Of } from "./hash.js";
import type { PublicKey } from "./keys.js";

declare const brand: unique symbol;

/** 20 bytes. Made by `Address.from`, `Address.parse` or `Address.ofKey`. Treat as immutable. */
export type Address = Uint8Array & { readonly [brand]: "Address" };

const TAG_SINGLE_KEY = domainTag("cw/addr/key/1");
const PREFIX = /^[a-z]{1,16}$/;

export const Address = {
  bytes: 20,
  zero: new Uint8Array(20) as Address,
  /** Takes 20 bytes as they are (no copy). @throws ValueError */
  from(bytes: Bytes): Address {
    if (bytes.length !== 20) throw new ValueError({ type: "address", reason: `it has 20 bytes, not ${bytes.length}` });
    return bytes as Address;
  },
  /** The address of a single key: the first 20 bytes of SHA-256(tag ‖ key). */
  ofKey(key: PublicKey): Address {
    return sha256Of(TAG_SINGLE_KEY, key).slice(0, 20) as unknown as Address;
  },
  /** @param prefix the chain's `addressPrefix`: 1 to 16 lower-case letters. @throws ValueError */
  format(address: Address, prefix: string): string {
    if (!PREFIX.test(prefix)) throw new ValueError({ type: "address prefix", reason: "it has 1 to 16 lower-case letters" });
    return bech32m.encode(prefix, bech32m.toWords(address));
  },
  /** @throws ValueError that names the wrong part: prefix, checksum or length */
  parse(text: string, prefix: string): Address {
    if (text.length > 90) throw new ValueError({ type: "address", reason: "it is longer than 90 characters" });
    let decoded: { prefix: string; bytes: Bytes };
    try {
      decoded = bech32m.decodeToBytes(text);
    } catch {
      throw new ValueError({ type: "address", reason: "its bech32m checksum or alphabet is wrong; copy it again" });
    }
    if (decoded.prefix !== prefix)
      throw new ValueError({ type: "address", reason: `it begins with ${decoded.prefix}, this chain's begin with ${prefix}` });
    return Address.from(decoded.bytes);
  },
  key(address: Address): string {
    return toHex(address);
  },
  equal(a: Address, b: Address): boolean {
    return bytesEqual(a, b);
  },
};
