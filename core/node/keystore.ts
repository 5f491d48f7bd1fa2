/**
 * Keys at rest: files encrypted with a passphrase (keystore-file.ts), mode 0600. Ed25519 keys of accounts have one file each, BLS12-381
 * keys of validators are up to 1,024 in one.
 */
import { chmod, link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blsPublicKeyOf, blsSecretKeyFromSeed, blsSign } from "../bls/index.js";
import { present } from "../kernel/assert.js";
import type { BlsSigner, Entropy, Signer } from "../ports/runtime.js";
import { type Bytes, bytesEqual, toHex } from "../primitives/bytes.js";
import { PublicKey } from "../primitives/keys.js";
import { publicKeyOf, signMessage } from "../primitives/signing.js";
import { devValidatorGroups } from "./dev-validators.js";
import {
  KeyCountError,
  KeyExistsError,
  KeyFileError,
  KeyKindError,
  KeyMissingError,
  KeyNameError,
  KeyPassphraseError,
  KeyPassphraseMissingError,
  PassphraseFileError,
} from "./keystore-errors.js";
import {
  BLS_FILE_KEYS_MAX,
  KEY_FILE_BYTES_MAX,
  type KeyKind,
  type LockedKeys,
  openKeys,
  parseKeyFile,
  SCRYPT_WORK,
  type ScryptWork,
  sealKeys,
} from "./keystore-file.js";

export type { KeyKind } from "./keystore-file.js";

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export interface Ed25519KeyEntry {
  readonly kind: "ed25519";
  readonly name: string;
  readonly publicKey: PublicKey;
}

export interface BlsKeyEntry {
  readonly kind: "bls12-381";
  readonly name: string;
  /** 48 bytes each. */
  readonly publicKeys: readonly Bytes[];
}

export type KeyEntry = Ed25519KeyEntry | BlsKeyEntry;

/** Keys of a file: one of `ed25519` (the secret one is RFC 8032's seed), one to 1,024 of `bls12-381`. */
export interface UnlockedKeys {
  readonly kind: KeyKind;
  /** 32 bytes each. */
  readonly secretKeys: readonly Bytes[];
  /** Of each secret key its public one: 32 or 48 bytes. */
  readonly publicKeys: readonly Bytes[];
}

export class Keystore {
  readonly #directory: string;
  readonly #entropy: Entropy;
  readonly #work: ScryptWork;

  /**
   * @param directory created with mode 0700 when the first key is written
   * @param work of files that are written; each tells its own to whoever opens it
   */
  constructor(directory: string, entropy: Entropy, work: ScryptWork = SCRYPT_WORK) {
    this.#directory = directory;
    this.#entropy = entropy;
    this.#work = work;
  }

  /** Makes a new Ed25519 key. @throws KeyExistsError, KeyNameError */
  create(name: string, passphrase: string): Promise<Ed25519KeyEntry> {
    return this.import(name, this.#entropy.bytes(32), passphrase);
  }

  /** Stores an Ed25519 secret key (32 bytes, RFC 8032 seed). @throws KeyExistsError, KeyNameError */
  async import(name: string, secretKey: Bytes, passphrase: string): Promise<Ed25519KeyEntry> {
    const publicKey = publicKeyOf(secretKey);
    await this.#write(name, "ed25519", { secretKeys: [secretKey], publicKeys: [publicKey] }, passphrase);
    return { kind: "ed25519", name, publicKey };
  }

  /** Makes a file of `count` (1 to 1,024) new BLS12-381 keys, each from a seed of its own. @throws KeyExistsError, KeyNameError, KeyCountError */
  async createBls(name: string, count: number, passphrase: string): Promise<BlsKeyEntry> {
    checkCount(count);
    const secretKeys = Array.from({ length: count }, () => blsSecretKeyFromSeed(this.#entropy.bytes(32)));
    return this.importBls(name, secretKeys, passphrase);
  }

  /**
   * Stores BLS12-381 secret keys (32 bytes, big-endian), in this order.
   * @throws KeyExistsError, KeyNameError, KeyCountError (one twice, too), BlsSecretKeyError
   */
  async importBls(name: string, secretKeys: readonly Bytes[], passphrase: string): Promise<BlsKeyEntry> {
    checkCount(secretKeys.length);
    const publicKeys = secretKeys.map(blsPublicKeyOf);
    if (new Set(publicKeys.map(toHex)).size < publicKeys.length) throw new KeyCountError({ reason: "a key is in it twice" });
    await this.#write(name, "bls12-381", { secretKeys, publicKeys }, passphrase);
    return { kind: "bls12-381", name, publicKeys };
  }

  async #write(
    name: string,
    kind: KeyKind,
    keys: { readonly secretKeys: readonly Bytes[]; readonly publicKeys: readonly Bytes[] },
    passphrase: string,
  ): Promise<void> {
    const path = this.#path(name);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new KeyExistsError({ name, path });
    const text = await sealKeys(name, kind, keys, { passphrase, work: this.#work, entropy: this.#entropy });
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // Written aside and linked: whole or absent, and never over a key that is there.
    const aside = `${path}.${toHex(this.#entropy.bytes(12))}`;
    try {
      await writeFile(aside, text, { mode: 0o600, flag: "wx" });
      await chmod(aside, 0o600);
      await link(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new KeyExistsError({ name, path });
      throw error;
    } finally {
      await rm(aside, { force: true });
    }
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
    const { locked } = await this.#read(name);
    const { kind, publicKeys } = locked;
    if (kind === "bls12-381") return { kind, name, publicKeys };
    return { kind, name, publicKey: PublicKey.from(present(publicKeys[0], "an Ed25519 file has one key")) };
  }

  /** The same of an Ed25519 key, the only kind that accounts have. @throws KeyMissingError, KeyFileError, KeyKindError */
  async showAccount(name: string): Promise<Ed25519KeyEntry> {
    const entry = await this.show(name);
    if (entry.kind !== "ed25519") throw new KeyKindError({ name, kind: entry.kind, wanted: "ed25519" });
    return entry;
  }

  /** The secret key of an Ed25519 file. @throws KeyMissingError, KeyPassphraseError, KeyFileError, KeyKindError */
  async unlock(name: string, passphrase: string): Promise<Bytes> {
    const { secretKeys } = await this.#unlock(name, passphrase, "ed25519");
    return present(secretKeys[0], "an Ed25519 file has one key");
  }

  /** The secret keys of a BLS12-381 file, in its order. @throws KeyMissingError, KeyPassphraseError, KeyFileError, KeyKindError */
  async unlockBls(name: string, passphrase: string): Promise<readonly Bytes[]> {
    return (await this.#unlock(name, passphrase, "bls12-381")).secretKeys;
  }

  /** The secret keys of a file, whatever its kind. @throws KeyMissingError, KeyPassphraseError, KeyFileError */
  unlockAny(name: string, passphrase: string): Promise<UnlockedKeys> {
    return this.#unlock(name, passphrase);
  }

  async #unlock(name: string, passphrase: string, wanted?: KeyKind): Promise<UnlockedKeys> {
    const { locked, path } = await this.#read(name);
    const { kind, publicKeys } = locked;
    if (wanted !== undefined && kind !== wanted) throw new KeyKindError({ name, kind, wanted });
    const secretKeys = await openKeys(locked, passphrase);
    if (secretKeys === "form") throw new KeyFileError({ path, reason: "its fields are not hex of the right lengths" });
    if (secretKeys === "passphrase") throw new KeyPassphraseError({ name });
    const derive = kind === "ed25519" ? publicKeyOf : blsPublicKeyOf;
    for (const [index, secretKey] of secretKeys.entries())
      if (!bytesEqual(derive(secretKey), present(publicKeys[index], "a file has as many secret as public keys")))
        throw new KeyFileError({ path, reason: "its public key belongs to another key" });
    return { kind, secretKeys, publicKeys };
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new KeyNameError({ name });
    return join(this.#directory, `${name}.json`);
  }

  async #read(name: string): Promise<{ readonly locked: LockedKeys; readonly path: string }> {
    const path = this.#path(name);
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) throw new KeyMissingError({ name, directory: this.#directory });
    const bytesMax = Math.max(...Object.values(KEY_FILE_BYTES_MAX));
    if (size > bytesMax) throw new KeyFileError({ path, reason: `it has ${size} bytes, a key file has less than ${bytesMax}` });
    const locked = parseKeyFile(await readFile(path, "utf8"));
    if ("reason" in locked) throw new KeyFileError({ path, reason: locked.reason });
    return { locked, path };
  }
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > BLS_FILE_KEYS_MAX)
    throw new KeyCountError({ reason: `${count} keys were asked for; a file holds 1 to ${BLS_FILE_KEYS_MAX}` });
}

/** Signs with keys that were unlocked at start; they stay in this object. */
export class UnlockedSigner implements Signer {
  readonly #keys = new Map<string, Bytes>();
  readonly bls: BlsSigner;

  /** @param blsFiles BLS12-381 keys by the name of their file */
  constructor(secretKeys: readonly Bytes[], blsFiles: ReadonlyMap<string, UnlockedKeys> = new Map()) {
    for (const secretKey of secretKeys) this.#keys.set(toHex(publicKeyOf(secretKey)), secretKey);
    this.bls = new UnlockedBlsSigner(blsFiles);
  }

  async publicKeys(): Promise<readonly Bytes[]> {
    return [...this.#keys.values()].map((secretKey) => publicKeyOf(secretKey));
  }

  async sign(publicKey: Bytes, message: Bytes): Promise<Bytes> {
    return signMessage(heldKey(this.#keys, publicKey), message);
  }
}

class UnlockedBlsSigner implements BlsSigner {
  readonly #keys = new Map<string, Bytes>();
  readonly #files = new Map<string, readonly Bytes[]>();

  constructor(files: ReadonlyMap<string, UnlockedKeys>) {
    for (const [name, { secretKeys, publicKeys }] of files) {
      this.#files.set(name, publicKeys);
      for (const [index, publicKey] of publicKeys.entries())
        this.#keys.set(toHex(publicKey), present(secretKeys[index], "a public key for each secret one"));
    }
  }

  async publicKeys(): Promise<readonly Bytes[]> {
    return [...this.#files.values()].flat();
  }

  async keysOf(name: string): Promise<readonly Bytes[] | undefined> {
    return this.#files.get(name);
  }

  async sign(publicKey: Bytes, message: Bytes): Promise<Bytes> {
    return blsSign(heldKey(this.#keys, publicKey), message);
  }
}

function heldKey(keys: ReadonlyMap<string, Bytes>, publicKey: Bytes): Bytes {
  const secretKey = keys.get(toHex(publicKey));
  if (secretKey === undefined) throw new KeyMissingError({ name: toHex(publicKey), directory: "the unlocked keys" });
  return secretKey;
}

/**
 * Unlocks the keys that a node's config names, of either kind, with one passphrase.
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
  // Those of development validators are known to everybody: they lie in no file, and need no passphrase.
  const bls = new Map<string, UnlockedKeys>(devValidatorGroups(options.names));
  const names = options.names.filter((name) => !bls.has(name));
  if (names.length === 0) return new UnlockedSigner([], bls);
  const passphrase = options.passphraseFile === undefined ? options.passphrase : await readPassphrase(options.passphraseFile);
  if (passphrase === undefined) throw new KeyPassphraseMissingError({ names });
  const keystore = new Keystore(options.directory, entropy);
  const ed25519: Bytes[] = [];
  for (const name of names) {
    const keys = await keystore.unlockAny(name, passphrase);
    if (keys.kind === "ed25519") ed25519.push(...keys.secretKeys);
    else bls.set(name, keys);
  }
  return new UnlockedSigner(ed25519, bls);
}

/** The first line of a file. @throws PassphraseFileError */
export async function readPassphrase(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new PassphraseFileError({ path, reason: error.code === "ENOENT" ? "there is no such file" : (error.code ?? "unreadable") });
  });
  return text.split(/\r?\n/, 1)[0] ?? "";
}
