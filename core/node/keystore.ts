/**
 * Ed25519 keys at rest: one file a key, encrypted with a passphrase (scrypt, RFC 7914; AES-256-GCM), mode 0600.
 *
 * The public key is readable without the passphrase and bound into the ciphertext, so that a swapped file is noticed.
 */
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { chmod, link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entropy, Signer } from "../ports/runtime.js";
import { type Bytes, bytesEqual, concatBytes, fromHex, toHex } from "../primitives/bytes.js";
import { PublicKey } from "../primitives/keys.js";
import { publicKeyOf, signMessage } from "../primitives/signing.js";
import {
  KeyExistsError,
  KeyFileError,
  KeyMissingError,
  KeyNameError,
  KeyPassphraseError,
  KeyPassphraseMissingError,
  PassphraseFileError,
} from "./keystore-errors.js";

/** About 0.3 s and 128 MiB on a current core: OWASP's recommendation for scrypt. */
const SCRYPT = { n: 2 ** 17, r: 8, p: 1 };
/** What a key file may ask of us at most, so that a forged one can't exhaust memory. */
const SCRYPT_N_MAX = 2 ** 18;
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const FILE_BYTES_MAX = 4_096;

interface KeyFile {
  readonly version: 1;
  readonly name: string;
  readonly publicKey: string;
  readonly kdf: { readonly name: "scrypt"; readonly n: number; readonly r: number; readonly p: number; readonly salt: string };
  readonly cipher: { readonly name: "aes-256-gcm"; readonly nonce: string; readonly text: string; readonly tag: string };
}

export interface KeyEntry {
  readonly name: string;
  readonly publicKey: PublicKey;
}

export class Keystore {
  readonly #directory: string;
  readonly #entropy: Entropy;

  /** @param directory created with mode 0700 when the first key is written */
  constructor(directory: string, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  /** Makes a new key. @throws KeyExistsError, KeyNameError */
  create(name: string, passphrase: string): Promise<KeyEntry> {
    return this.import(name, this.#entropy.bytes(32), passphrase);
  }

  /** Stores a 32-byte secret key (RFC 8032 seed). @throws KeyExistsError, KeyNameError */
  async import(name: string, secretKey: Bytes, passphrase: string): Promise<KeyEntry> {
    const path = this.#path(name);
    const publicKey = publicKeyOf(secretKey);
    const salt = this.#entropy.bytes(32);
    const nonce = this.#entropy.bytes(12);
    const key = await deriveKey(passphrase, salt, SCRYPT);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(publicKey);
    const text = concatBytes(cipher.update(secretKey), cipher.final());
    const file: KeyFile = {
      version: 1,
      name,
      publicKey: toHex(publicKey),
      kdf: { name: "scrypt", ...SCRYPT, salt: toHex(salt) },
      cipher: { name: "aes-256-gcm", nonce: toHex(nonce), text: toHex(text), tag: toHex(cipher.getAuthTag()) },
    };
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // Written aside and linked: whole or absent, and never over a key that is there.
    const aside = `${path}.${toHex(nonce)}`;
    try {
      await writeFile(aside, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
      await chmod(aside, 0o600);
      await link(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new KeyExistsError({ name, path });
      throw error;
    } finally {
      await rm(aside, { force: true });
    }
    return { name, publicKey };
  }

  /** All keys, by name. Unreadable files are an error: a key that silently disappears is worse. @throws KeyFileError */
  async list(): Promise<readonly KeyEntry[]> {
    const files = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
    const entries: KeyEntry[] = [];
    for (const name of names.sort()) entries.push(await this.show(name));
    return entries;
  }

  /** @throws KeyMissingError, KeyFileError */
  async show(name: string): Promise<KeyEntry> {
    const { file } = await this.#read(name);
    return { name, publicKey: PublicKey.from(decodeHex(file.publicKey, 32) ?? new Uint8Array(0)) };
  }

  /** The secret key. @throws KeyMissingError, KeyPassphraseError, KeyFileError */
  async unlock(name: string, passphrase: string): Promise<Bytes> {
    const { file, path } = await this.#read(name);
    const publicKey = decodeHex(file.publicKey, 32);
    const parts = [
      decodeHex(file.kdf.salt, 32),
      decodeHex(file.cipher.nonce, 12),
      decodeHex(file.cipher.text, 32),
      decodeHex(file.cipher.tag, 16),
    ];
    const [salt, nonce, text, tag] = parts;
    if (publicKey === undefined || salt === undefined || nonce === undefined || text === undefined || tag === undefined)
      throw new KeyFileError({ path, reason: "its fields are not hex of the right lengths" });
    const key = await deriveKey(passphrase, salt, file.kdf);
    let secretKey: Bytes;
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(publicKey).setAuthTag(tag);
      secretKey = concatBytes(decipher.update(text), decipher.final());
    } catch {
      throw new KeyPassphraseError({ name });
    }
    if (!bytesEqual(publicKeyOf(secretKey), publicKey)) throw new KeyFileError({ path, reason: "its public key belongs to another key" });
    return secretKey;
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new KeyNameError({ name });
    return join(this.#directory, `${name}.json`);
  }

  async #read(name: string): Promise<{ readonly file: KeyFile; readonly path: string }> {
    const path = this.#path(name);
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) throw new KeyMissingError({ name, directory: this.#directory });
    if (size > FILE_BYTES_MAX) throw new KeyFileError({ path, reason: `it has ${size} bytes, a key file has less than ${FILE_BYTES_MAX}` });
    let file: unknown;
    try {
      file = JSON.parse(await readFile(path, "utf8"));
    } catch {
      throw new KeyFileError({ path, reason: "it is not JSON" });
    }
    if (!isKeyFile(file)) throw new KeyFileError({ path, reason: "it lacks fields of a key file, or asks for more work than allowed" });
    return { file, path };
  }
}

/** Signs with keys that were unlocked at start; they stay in this object. */
export class UnlockedSigner implements Signer {
  readonly #keys = new Map<string, Bytes>();

  constructor(secretKeys: readonly Bytes[]) {
    for (const secretKey of secretKeys) this.#keys.set(toHex(publicKeyOf(secretKey)), secretKey);
  }

  async publicKeys(): Promise<readonly Bytes[]> {
    return [...this.#keys.values()].map((secretKey) => publicKeyOf(secretKey));
  }

  async sign(publicKey: Bytes, message: Bytes): Promise<Bytes> {
    const secretKey = this.#keys.get(toHex(publicKey));
    if (secretKey === undefined) throw new KeyMissingError({ name: toHex(publicKey), directory: "the unlocked keys" });
    return signMessage(secretKey, message);
  }
}

function deriveKey(passphrase: string, salt: Bytes, { n, r, p }: { n: number; r: number; p: number }): Promise<Bytes> {
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

function isKeyFile(value: unknown): value is KeyFile {
  const file = value as Partial<KeyFile> | null;
  if (typeof file !== "object" || file === null || file.version !== 1) return false;
  const { kdf, cipher } = file;
  const texts = [file.name, file.publicKey, kdf?.salt, cipher?.nonce, cipher?.text, cipher?.tag];
  if (texts.some((text) => typeof text !== "string") || decodeHex(file.publicKey ?? "", 32) === undefined) return false;
  if (kdf?.name !== "scrypt" || cipher?.name !== "aes-256-gcm") return false;
  const isPowerOfTwo = Number.isInteger(Math.log2(kdf.n));
  return (
    isPowerOfTwo && kdf.n >= 2 && kdf.n <= SCRYPT_N_MAX && [kdf.r, kdf.p].every((each) => Number.isInteger(each) && each >= 1 && each <= 8)
  );
}

/**
 * Unlocks the keys that a node's config names, with one passphrase.
 *
 * @param options.passphraseFile its first line is the passphrase; else `passphrase`
 * @throws KeyPassphraseMissingError and the keystore's errors
 */
export async function unlockSigner(
  options: {
    readonly directory: string;
    readonly names: readonly string[];
    readonly passphraseFile?: string;
    readonly passphrase: string | undefined;
  },
  entropy: Entropy,
): Promise<Signer> {
  if (options.names.length === 0) return new UnlockedSigner([]);
  const passphrase = options.passphraseFile === undefined ? options.passphrase : await readPassphrase(options.passphraseFile);
  if (passphrase === undefined) throw new KeyPassphraseMissingError({ names: options.names });
  const keystore = new Keystore(options.directory, entropy);
  const secretKeys: Bytes[] = [];
  for (const name of options.names) secretKeys.push(await keystore.unlock(name, passphrase));
  return new UnlockedSigner(secretKeys);
}

/** The first line of a file. @throws PassphraseFileError */
export async function readPassphrase(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new PassphraseFileError({ path, reason: error.code === "ENOENT" ? "there is no such file" : (error.code ?? "unreadable") });
  });
  return text.split(/\r?\n/, 1)[0] ?? "";
}
