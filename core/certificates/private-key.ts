/**
 * Private keys: made by OpenSSL off the main thread, kept as PKCS #8 in PEM, encrypted where there is a passphrase.
 *
 * Encryption is PBES2 (RFC 8018) with scrypt (RFC 7914, section 7) and AES-256-CBC. Node could encrypt by itself, but only with
 * 2,048 rounds of PBKDF2, which a stolen file does not withstand. N = 2^14, r = 8, p = 5 is the set of OWASP's recommendations
 * that stays within the 32 MiB that OpenSSL allows itself, so that `openssl pkey`, too, reads these files. They are read here
 * with Node's asynchronous scrypt: OpenSSL's own way would hold the main thread for 150 ms.
 */
import { createCipheriv, createDecipheriv, createPrivateKey, generateKeyPair, type KeyObject, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { messageOf } from "../kernel/errors.js";
import { type Bytes, bytesEqual, concatBytes, fromHex } from "../primitives/bytes.js";
import { DerReader, DerTag, derElement, derSequence, derUnsigned } from "./der.js";
import {
  CertificatePassphraseError,
  CertificatePassphraseMissingError,
  CertificateValueError,
  PrivateKeyUnreadableError,
} from "./errors.js";

/** Secure random bytes: the port Entropy, or any like it. */
export interface RandomSource {
  bytes(length: number): Bytes;
}

export const RSA_BITS = [2048, 3072, 4096] as const;
export type RsaBits = (typeof RSA_BITS)[number];

const SCRYPT = { n: 2 ** 14, r: 8, p: 5 };
/** What a file may ask of us at most: N · r · 128 bytes of memory, and p times the work. */
const SCRYPT_BYTES_MAX = 256 * 1024 * 1024;
const SCRYPT_P_MAX = 16;

const oid = (hex: string): Bytes => derElement(DerTag.objectIdentifier, fromHex(hex) ?? new Uint8Array(0));
/** 1.2.840.113549.1.5.13, 1.3.6.1.4.1.11591.4.11 and 2.16.840.1.101.3.4.1.42. */
const PBES2 = oid("2a864886f70d01050d");
const ID_SCRYPT = oid("2b06010401da47040b");
const AES_256_CBC = oid("60864801650304012a");

const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END ENCRYPTED PRIVATE KEY-----/;
/** OpenSSL's older form says it in a header. */
const LEGACY_ENCRYPTED = /^Proc-Type: 4,ENCRYPTED\r?$/m;

/** An RSA key: 0.1 to 0.3 s for 2,048 bits, three times as much for 3,072, on a thread of libuv. */
export async function generateRsaKey(bits: RsaBits): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: bits, publicExponent: 0x10001 });
  return privateKey;
}

/** Whether a PEM's key needs a passphrase. */
export function isEncryptedKey(pem: string): boolean {
  return ENCRYPTED.test(pem) || LEGACY_ENCRYPTED.test(pem);
}

/** PKCS #8 in PEM, unencrypted. */
export function exportPrivateKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** PKCS #8 in PEM, encrypted. @param passphrase at least one character */
export async function sealPrivateKey(key: KeyObject, passphrase: string, entropy: RandomSource): Promise<string> {
  if (passphrase.length === 0) throw new CertificateValueError({ what: "passphrase", reason: "it has at least one character" });
  const salt = entropy.bytes(16);
  const iv = entropy.bytes(16);
  const { n, r, p } = SCRYPT;
  const cipher = createCipheriv("aes-256-cbc", await deriveKey(passphrase, salt, SCRYPT), iv);
  const plain = key.export({ type: "pkcs8", format: "der" });
  const sealed = concatBytes(cipher.update(plain), cipher.final());
  plain.fill(0);
  const derivation = derSequence(
    ID_SCRYPT,
    derSequence(derElement(DerTag.octetString, salt), derUnsigned(n), derUnsigned(r), derUnsigned(p)),
  );
  const encryption = derSequence(AES_256_CBC, derElement(DerTag.octetString, iv));
  const der = derSequence(derSequence(PBES2, derSequence(derivation, encryption)), derElement(DerTag.octetString, sealed));
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines.join("\n")}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}

export interface OpenKeyOptions {
  /** How messages name it: its path. */
  readonly what: string;
  readonly passphrase?: string | undefined;
  /** What to do when a passphrase is needed and absent. */
  readonly remedy?: string;
}

/**
 * The key of a PEM: RSA, EC or Ed25519; PKCS #8, PKCS #1 or SEC 1; encrypted by this file or by any OpenSSL.
 *
 * @throws CERTIFICATE_KEY_UNREADABLE, CERTIFICATE_PASSPHRASE, CERTIFICATE_PASSPHRASE_MISSING
 */
export async function openPrivateKey(pem: string, { what, passphrase, remedy = "give it" }: OpenKeyOptions): Promise<KeyObject> {
  if (!isEncryptedKey(pem)) {
    try {
      return createPrivateKey(pem);
    } catch (thrown) {
      throw new PrivateKeyUnreadableError({ what, reason: messageOf(thrown) }, thrown);
    }
  }
  if (passphrase === undefined || passphrase.length === 0) throw new CertificatePassphraseMissingError({ what, remedy });
  const sealed = readSealed(pem, what);
  try {
    if (sealed === undefined) return createPrivateKey({ key: pem, passphrase: passphrase.normalize("NFKC") });
    const decipher = createDecipheriv("aes-256-cbc", await deriveKey(passphrase, sealed.salt, sealed), sealed.iv);
    const plain = Buffer.concat([decipher.update(sealed.text), decipher.final()]);
    return createPrivateKey({ key: plain, format: "der", type: "pkcs8" });
  } catch (thrown) {
    throw new CertificatePassphraseError({ what }, thrown);
  }
}

interface SealedKey {
  readonly salt: Bytes;
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly iv: Bytes;
  readonly text: Bytes;
}

/** The parts of a key that was encrypted as `sealPrivateKey` does it; undefined for another scheme, which is left to OpenSSL. */
function readSealed(pem: string, what: string): SealedKey | undefined {
  const base64 = ENCRYPTED.exec(pem)?.[1];
  if (base64 === undefined) return undefined;
  const isNext = (reader: DerReader, expected: Bytes) => bytesEqual(derElement(DerTag.objectIdentifier, reader.content(0x06)), expected);
  let sealed: SealedKey;
  try {
    const outer = new DerReader(new Uint8Array(Buffer.from(base64, "base64"))).sequence();
    const scheme = outer.sequence();
    if (!isNext(scheme, PBES2)) return undefined;
    const parameters = scheme.sequence();
    const derivation = parameters.sequence();
    const encryption = parameters.sequence();
    if (!isNext(derivation, ID_SCRYPT) || !isNext(encryption, AES_256_CBC)) return undefined;
    const cost = derivation.sequence();
    const salt = cost.content(DerTag.octetString);
    const [n, r, p] = [cost.integer(), cost.integer(), cost.integer()];
    // A key length may follow; for AES-256 it is 32 or left out.
    sealed = { salt, n, r, p, iv: encryption.content(DerTag.octetString), text: outer.content(DerTag.octetString) };
  } catch (thrown) {
    throw new PrivateKeyUnreadableError({ what, reason: messageOf(thrown) }, thrown);
  }
  const { n, r, p } = sealed;
  if (n < 2 || !Number.isInteger(Math.log2(n)) || r < 1 || p < 1 || p > SCRYPT_P_MAX || n * r * 128 > SCRYPT_BYTES_MAX)
    throw new PrivateKeyUnreadableError({ what, reason: `scrypt with N ${n}, r ${r}, p ${p} asks for more work than allowed` });
  return sealed;
}

function deriveKey(passphrase: string, salt: Bytes, { n, r, p }: { n: number; r: number; p: number }): Promise<Buffer> {
  // NFKC: the same passphrase typed on another system is the same bytes.
  const normalized = passphrase.normalize("NFKC");
  return new Promise((resolve, reject) =>
    scrypt(normalized, salt, 32, { N: n, r, p, maxmem: 256 * n * r }, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
}
