/** Validators' keys as the command line names them: in a file of the keystore, of a development chain, or by themselves. */
import { blsProvePossession } from "../bls/index.js";
import { present } from "../kernel/assert.js";
import { devValidator, devValidatorKey, parseDevValidators } from "../node/dev-validators.js";
import { KeyKindError } from "../node/keystore-errors.js";
import { type Bytes, fromHex } from "../primitives/bytes.js";
import { type Context, type KeyOptions, keystore, passphrase } from "./context.js";
import { UsageError } from "./errors.js";

/** What a reference with a secret key may be. */
const VALIDATOR_KEY_HELP = "NAME of a key file (NAME#I: the I-th of its keys, from 0), or dev:validators/N";

const PUBLIC_KEY = /^(0x)?[0-9a-f]{96}$/i;
const IN_FILE = /^([^#]+?)(?:#([0-9]{1,4}))?$/;

/** A key, and what has to be known to sign with it. */
export interface ValidatorKey {
  readonly publicKey: Bytes;
  /** Signs with the secret key; asks for a passphrase where there is one. @throws UsageError where there is only a public key */
  provePossession(): Promise<Bytes>;
}

/** @throws UsageError, KEYSTORE_*, NODE_DEV_VALIDATORS */
export async function validatorKeyOf(reference: string, options: KeyOptions, context: Context): Promise<ValidatorKey> {
  if (PUBLIC_KEY.test(reference)) return publicKeyOnly(reference);
  const range = parseDevValidators(reference);
  if (range !== undefined) {
    if (range.from !== range.to) throw oneOf(reference, "dev:validators/", range.from);
    const { publicKey } = devValidator(range.from);
    return { publicKey, provePossession: async () => blsProvePossession(devValidatorKey(range.from)) };
  }
  const [, name = reference, number] = IN_FILE.exec(reference) ?? [];
  const store = keystore(options, context);
  const entry = await store.show(name);
  if (entry.kind !== "bls12-381") throw new KeyKindError({ name, kind: entry.kind, wanted: "bls12-381" });
  const count = entry.publicKeys.length;
  if (number === undefined && count > 1) throw oneOf(reference, `${name}#`, 0);
  const index = Number(number ?? 0);
  const publicKey = entry.publicKeys[index];
  if (publicKey === undefined)
    throw new UsageError({ reason: `${reference}: ${name} has ${count} ${count === 1 ? "key" : "keys"}, numbered from 0` });
  return {
    publicKey,
    async provePossession() {
      const secretKeys = await store.unlockBls(name, await passphrase(name, options, context, false));
      return blsProvePossession(present(secretKeys[index], "a secret key for each public one"));
    },
  };
}

function publicKeyOnly(reference: string): ValidatorKey {
  const publicKey = present(fromHex(reference.replace(/^0x/, "").toLowerCase()), "it was matched as hex");
  return {
    publicKey,
    async provePossession() {
      throw new UsageError({ reason: `a public key alone proves nothing: name the key (${VALIDATOR_KEY_HELP}), or give its --proof` });
    },
  };
}

function oneOf(reference: string, prefix: string, first: number): Error {
  return new UsageError({ reason: `${reference} names several keys; name one of them, for example ${prefix}${first}` });
}
