/**
 * The files of a keystore: their form, and how secrets are put into them and taken out (scrypt, RFC 7914; AES-256-GCM).
 *
 * Two kinds. `ed25519` (files without a `kind`): one key. `bls12-381`: one to 1,024 keys, as one ciphertext, since a validator has many keys
 * and opening each would cost 0.3 s. Public keys are readable without the passphrase and bound into the ciphertext as data that is
 * authenticated with it, so that swapped ones are noticed.
 */
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { assert } from "../kernel/assert.js";
import type { Entropy } from "../ports/runtime.js";
import { asciiBytes, type Bytes, concatBytes, fromHex, toHex } from "../primitives/bytes.js";

/** What scrypt costs whoever opens a file, or tries passphrases on it. */
export interface ScryptWork {
  /** Steps, a power of two: 128 · n · r bytes of memory. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** About 0.3 s and 128 MiB on a current core: OWASP's recommendation for scrypt. */
export const SCRYPT_WORK: ScryptWork = { n: 2 ** 17, r: 8, p: 1 };
/** What a key file may ask of us at most, so that a forged one can't exhaust memory. */
const SCRYPT_N_MAX = 2 ** 18;
const SECRET_KEY_BYTES = 32;

export type KeyKind = "ed25519" | "bls12-381";

/** Keys of a BLS file at most. */
export const BLS_FILE_KEYS_MAX = 1_024;

/** Largest file of each kind, with room to spare: 1,024 BLS keys take 172 KB. */
export const KEY_FILE_BYTES_MAX: Readonly<Record<KeyKind, number>> = { ed25519: 4_096, "bls12-381": 262_144 };
const PUBLIC_KEY_BYTES: Readonly<Record<KeyKind, number>> = { ed25519: 32, "bls12-381": 48 };

interface Envelope {
  readonly version: 1;
  readonly name: string;
  readonly kdf: ScryptWork & { readonly name: "scrypt"; readonly salt: string };
  readonly cipher: { readonly name: "aes-256-gcm"; readonly nonce: string; readonly text: string; readonly tag: string };
}

interface Ed25519File extends Envelope {
  readonly publicKey: string;
}

interface BlsFile extends Envelope {
  readonly kind: "bls12-381";
  readonly publicKeys: readonly string[];
}

/** What a key file holds, still locked. */
export interface LockedKeys {
  readonly kind: KeyKind;
  /** One of `ed25519`, one to 1,024 of `bls12-381`. */
  readonly publicKeys: readonly Bytes[];
  readonly envelope: Envelope;
}

/** The text of a new key file. @param publicKeys one for each secret key of 32 bytes */
export async function sealKeys(
  name: string,
  kind: KeyKind,
  keys: { readonly secretKeys: readonly Bytes[]; readonly publicKeys: readonly Bytes[] },
  { passphrase, work, entropy }: { readonly passphrase: string; readonly work: ScryptWork; readonly entropy: Entropy },
): Promise<string> {
  const { secretKeys, publicKeys } = keys;
  assert(secretKeys.length === publicKeys.length && secretKeys.length > 0, "a key file holds keys");
  const salt = entropy.bytes(32);
  const nonce = entropy.bytes(12);
  const key = await deriveKey(passphrase, salt, work);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(authenticated(kind, publicKeys));
  const text = concatBytes(cipher.update(concatBytes(...secretKeys)), cipher.final());
  const texts = publicKeys.map(toHex);
  const file = {
    version: 1,
    ...(kind === "ed25519" ? {} : { kind }),
    name,
    ...(kind === "ed25519" ? { publicKey: texts[0] } : { publicKeys: texts }),
    kdf: { name: "scrypt", ...work, salt: toHex(salt) },
    cipher: { name: "aes-256-gcm", nonce: toHex(nonce), text: toHex(text), tag: toHex(cipher.getAuthTag()) },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Reads the text of a key file, or says why it is none. */
export function parseKeyFile(text: string): LockedKeys | { readonly reason: string } {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { reason: "it is not JSON" };
  }
  if (!isEnvelope(file)) return { reason: "it lacks fields of a key file, or asks for more work than allowed" };
  const { kind = "ed25519" } = file as Partial<BlsFile>;
  if (kind !== "ed25519" && kind !== "bls12-381") return { reason: "it holds keys of a kind that this version does not know" };
  if (text.length > KEY_FILE_BYTES_MAX[kind])
    return { reason: `it has ${text.length} bytes, a file of ${kind} keys has less than ${KEY_FILE_BYTES_MAX[kind]}` };
  const texts = kind === "ed25519" ? [(file as Partial<Ed25519File>).publicKey] : (file as Partial<BlsFile>).publicKeys;
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > BLS_FILE_KEYS_MAX)
    return { reason: "it names no public keys, or too many" };
  const publicKeys: Bytes[] = [];
  for (const each of texts) {
    const publicKey = typeof each === "string" ? decodeHex(each, PUBLIC_KEY_BYTES[kind]) : undefined;
    if (publicKey === undefined) return { reason: "its public keys are not hex of the right length" };
    publicKeys.push(publicKey);
  }
  return { kind, publicKeys, envelope: file };
}

/** The secret keys, in the order of the public ones; `passphrase`: it is the wrong one, or the file was changed. */
export async function openKeys(
  { kind, publicKeys, envelope: { kdf, cipher } }: LockedKeys,
  passphrase: string,
): Promise<readonly Bytes[] | "form" | "passphrase"> {
  const salt = decodeHex(kdf.salt, 32);
  const nonce = decodeHex(cipher.nonce, 12);
  const text = decodeHex(cipher.text, SECRET_KEY_BYTES * publicKeys.length);
  const tag = decodeHex(cipher.tag, 16);
  if (salt === undefined || nonce === undefined || text === undefined || tag === undefined) return "form";
  const key = await deriveKey(passphrase, salt, kdf);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(authenticated(kind, publicKeys)).setAuthTag(tag);
    const secrets = concatBytes(decipher.update(text), decipher.final());
    return publicKeys.map((_, index) => secrets.slice(SECRET_KEY_BYTES * index, SECRET_KEY_BYTES * (index + 1)));
  } catch {
    return "passphrase";
  }
}

/** What is authenticated beside the secrets: the public keys, under the name of their kind. A single Ed25519 key stands for itself. */
function authenticated(kind: KeyKind, publicKeys: readonly Bytes[]): Bytes {
  return kind === "ed25519" ? concatBytes(...publicKeys) : concatBytes(asciiBytes(kind), ...publicKeys);
}

function deriveKey(passphrase: string, salt: Bytes, { n, r, p }: ScryptWork): Promise<Bytes> {
  // NFKC: the same passphrase typed on another system is the same bytes.
  const normalized = passphrase.normalize("NFKC");
  return new Promise((resolve, reject) =>
    scrypt(normalized, salt, 32, { N: n, r, p, maxmem: 256 * n * r }, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
}

function decodeHex(text: string, bytes: number): Bytes | undefined {
  const decoded = fromHex(text);
  return decoded?.length === bytes ? decoded : undefined;
}

function isEnvelope(value: unknown): value is Envelope {
  const file = value as Partial<Envelope> | null;
  if (typeof file !== "object" || file === null || file.version !== 1) return false;
  const { kdf, cipher } = file;
  const texts = [file.name, kdf?.salt, cipher?.nonce, cipher?.text, cipher?.tag];
  if (texts.some((text) => typeof text !== "string")) return false;
  if (kdf?.name !== "scrypt" || cipher?.name !== "aes-256-gcm") return false;
  const isPowerOfTwo = Number.isInteger(Math.log2(kdf.n));
  return (
    isPowerOfTwo && kdf.n >= 2 && kdf.n <= SCRYPT_N_MAX && [kdf.r, kdf.p].every((each) => Number.isInteger(each) && each >= 1 && each <= 8)
  );
}
