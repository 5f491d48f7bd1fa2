/** Signed messages by the thousand, packed into batches: for the suites `signatures` and `pool`. */
import { asciiBytes, type Bytes } from "../../core/primitives/bytes.js";
import { sha256Of } from "../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../core/primitives/keys.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../../core/primitives/signature-batch.js";
import { publicKeyOf, signMessage } from "../../core/primitives/signing.js";

export interface Signed {
  readonly publicKey: PublicKey;
  readonly signature: Signature;
  readonly message: Bytes;
}

/** `count` signatures by `keys` keys in turn over messages of 100 to 199 bytes, as transfers have them. */
export function signMessages(seed: number, count: number, keys: number): Signed[] {
  const number = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
  const pairs = Array.from({ length: keys }, (_, key) => {
    const secretKey: Bytes = sha256Of(asciiBytes("bench key"), number(seed), number(key));
    return { secretKey, publicKey: publicKeyOf(secretKey) };
  });
  return Array.from({ length: count }, (_, i) => {
    const message = new Uint8Array(100 + ((37 * i) % 100));
    message.set(sha256Of(asciiBytes("bench message"), number(seed), number(i)));
    const { secretKey, publicKey } = pairs[i % keys] as (typeof pairs)[number];
    return { publicKey, signature: signMessage(secretKey, message), message };
  });
}

export function batchOf(items: readonly Signed[]): SignatureBatch {
  const builder = new SignatureBatchBuilder(items.length);
  for (const { publicKey, signature, message } of items) builder.add(publicKey, signature, message);
  return builder.build();
}

/** Cuts items into batches of `size`. */
export function batchesOf(items: readonly Signed[], size: number): SignatureBatch[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => batchOf(items.slice(at * size, (at + 1) * size)));
}

/** The signature's s spoiled: it still decodes in every part, so that only the equation tells. */
export function spoiled({ publicKey, signature, message }: Signed): Signed {
  const broken = signature.slice();
  broken[32] = (broken[32] as number) ^ 1;
  return { publicKey: PublicKey.from(publicKey), signature: Signature.from(broken), message };
}

/** How many bits of a verdict bitmap are set. */
export function countValid(bitmap: Bytes): number {
  let count = 0;
  for (let byte of bitmap) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
