/**
 * The validators of development chains. Their BLS keys are derived from their numbers and so known to everybody: a node that is told
 * `dev:validators/1-22` signs with 22 of them, without a keystore or a passphrase, and nothing of value may ever be staked with them.
 */
import { blsProvePossession, blsPublicKeyOf, blsSecretKeyFromSeed } from "../bls/keys.js";
import { asciiBytes, type Bytes, domainTag } from "../primitives/bytes.js";
import { sha256Of } from "../primitives/hash.js";
import { DevValidatorsError } from "./errors.js";

/** Highest number. */
const NUMBER_MAX = 65_536;

const TAG = domainTag("cw/dev-valid/1");
const PREFIX = "dev:validators/";
const REFERENCE = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/;

/** Numbers `from` to `to`, both included: 1 ≤ from ≤ to ≤ 65,536. */
export interface DevValidatorRange {
  readonly from: number;
  readonly to: number;
}

/** What everybody may know of a validator. */
export interface DevValidator {
  readonly publicKey: Bytes;
  readonly proofOfPossession: Bytes;
}

/** Secret key of a development validator. @param number from 1 */
export function devValidatorKey(number: number): Bytes {
  return blsSecretKeyFromSeed(sha256Of(TAG, asciiBytes(String(number))));
}

/** @param number from 1 */
export function devValidator(number: number): DevValidator {
  const secretKey = devValidatorKey(number);
  return { publicKey: blsPublicKeyOf(secretKey), proofOfPossession: blsProvePossession(secretKey) };
}

/** `dev:validators/1-22`, as node configs name keys. */
export function devValidatorsReference({ from, to }: DevValidatorRange): string {
  return `${PREFIX}${from}-${to}`;
}

/** The range of such a reference, or of one to a single validator (`dev:validators/7`); undefined if the text is none. @throws DevValidatorsError for a range that can't be */
export function parseDevValidators(reference: string): DevValidatorRange | undefined {
  if (!reference.startsWith(PREFIX)) return undefined;
  const [, first, last = first] = REFERENCE.exec(reference.slice(PREFIX.length)) ?? [];
  const [from, to] = [Number(first), Number(last)];
  // A text that is none gives NaN.
  if (!(from <= to && to <= NUMBER_MAX)) throw new DevValidatorsError({ reference, most: NUMBER_MAX });
  return { from, to };
}

/** Keys of several, as a key file has them. */
export interface DevValidatorKeys {
  readonly kind: "bls12-381";
  readonly secretKeys: readonly Bytes[];
  readonly publicKeys: readonly Bytes[];
}

/** Of the names of keys that a config unlocks: the keys of those that refer to development validators. @throws DevValidatorsError */
export function devValidatorGroups(names: readonly string[]): ReadonlyMap<string, DevValidatorKeys> {
  const groups = new Map<string, DevValidatorKeys>();
  for (const name of names) {
    const range = parseDevValidators(name);
    if (range === undefined) continue;
    const secretKeys = Array.from({ length: range.to - range.from + 1 }, (_, i) => devValidatorKey(range.from + i));
    groups.set(name, { kind: "bls12-381", secretKeys, publicKeys: secretKeys.map(blsPublicKeyOf) });
  }
  return groups;
}
