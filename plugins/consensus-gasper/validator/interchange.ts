/**
 * Slashing protection as a file that every validator client reads: EIP-3076, interchange format version 5. Pure.
 *
 * `genesis_validators_root` is this chain's hash (the chain spec's `parametersHash`), which is what its signatures are bound to.
 * What is exported is the minimal form: a key's last block, and one vote that has its highest source and target.
 */
import { type Bytes, fromHex, Hash, toHex } from "../../../core/sdk.js";
import { InterchangeChainError, InterchangeError } from "./errors.js";
import { mergeRecords, NOTHING_SIGNED, type ProtectionRecord } from "./protection-record.js";

const FORMAT_VERSION = "5";
const PUBLIC_KEY_BYTES = 48;
/** Epochs and slots have 53 bits here; in the file they are decimal strings of up to 64. */
const DECIMAL = /^(0|[1-9][0-9]{0,19})$/;

export interface InterchangeBlock {
  readonly slot: string;
  readonly signing_root?: string;
}

export interface InterchangeVote {
  readonly source_epoch: string;
  readonly target_epoch: string;
  readonly signing_root?: string;
}

export interface Interchange {
  readonly metadata: { readonly interchange_format_version: string; readonly genesis_validators_root: string };
  readonly data: readonly {
    readonly pubkey: string;
    readonly signed_blocks: readonly InterchangeBlock[];
    readonly signed_attestations: readonly InterchangeVote[];
  }[];
}

export interface ProtectedKey {
  readonly publicKey: Bytes;
  readonly record: ProtectionRecord;
}

/** @param chainHash the chain spec's `parametersHash` */
export function exportProtection(keys: readonly ProtectedKey[], chainHash: Hash): Interchange {
  return {
    metadata: { interchange_format_version: FORMAT_VERSION, genesis_validators_root: hexOf(chainHash) },
    data: keys.map(({ publicKey, record: { block, votes } }) => ({
      pubkey: hexOf(publicKey),
      signed_blocks: block === undefined ? [] : [{ slot: String(block.slot), ...rootOf(block.signingRoot) }],
      signed_attestations:
        votes === undefined
          ? []
          : [{ source_epoch: String(votes.sourceEpoch), target_epoch: String(votes.targetEpoch), ...rootOf(votes.signingRoot) }],
    })),
  };
}

/**
 * What a file says of each key: maxima over all of its entries, each key once. Merge it into what is known with `mergeRecords`.
 *
 * @param file parsed JSON
 * @throws InterchangeError, InterchangeChainError
 */
export function importProtection(file: unknown, chainHash: Hash): readonly ProtectedKey[] {
  const root = objectAt("the file", file);
  const metadata = objectAt("metadata", root.metadata);
  if (metadata.interchange_format_version !== FORMAT_VERSION)
    throw new InterchangeError({ path: "metadata.interchange_format_version", reason: `only version ${FORMAT_VERSION} is known` });
  const actual = bytesAt("metadata.genesis_validators_root", metadata.genesis_validators_root, Hash.bytes);
  if (toHex(actual) !== toHex(chainHash)) throw new InterchangeChainError({ expected: hexOf(chainHash), actual: hexOf(actual) });
  const merged = new Map<string, ProtectedKey>();
  for (const [index, entry] of arrayAt("data", root.data).entries()) {
    const key = keyAt(`data.${index}`, entry);
    const name = toHex(key.publicKey);
    const known = merged.get(name)?.record ?? NOTHING_SIGNED;
    merged.set(name, { publicKey: key.publicKey, record: mergeRecords(known, key.record) });
  }
  return [...merged.values()];
}

function keyAt(path: string, value: unknown): ProtectedKey {
  const { pubkey, signed_blocks, signed_attestations } = objectAt(path, value);
  const publicKey = bytesAt(`${path}.pubkey`, pubkey, PUBLIC_KEY_BYTES);
  let record = NOTHING_SIGNED;
  for (const [index, entry] of arrayAt(`${path}.signed_blocks`, signed_blocks).entries())
    record = mergeRecords(record, { block: blockAt(`${path}.signed_blocks.${index}`, entry) });
  for (const [index, entry] of arrayAt(`${path}.signed_attestations`, signed_attestations).entries())
    record = mergeRecords(record, { votes: votesAt(`${path}.signed_attestations.${index}`, entry) });
  return { publicKey, record };
}

function blockAt(path: string, value: unknown) {
  const { slot, signing_root } = objectAt(path, value);
  return { slot: counterAt(`${path}.slot`, slot), signingRoot: optionalRootAt(`${path}.signing_root`, signing_root) };
}

function votesAt(path: string, value: unknown) {
  const { source_epoch, target_epoch, signing_root } = objectAt(path, value);
  const sourceEpoch = counterAt(`${path}.source_epoch`, source_epoch);
  const targetEpoch = counterAt(`${path}.target_epoch`, target_epoch);
  if (sourceEpoch > targetEpoch) throw new InterchangeError({ path, reason: "its source is above its target" });
  return { sourceEpoch, targetEpoch, signingRoot: optionalRootAt(`${path}.signing_root`, signing_root) };
}

function objectAt(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InterchangeError({ path, reason: "it is no object" });
  return value as Readonly<Record<string, unknown>>;
}

function arrayAt(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InterchangeError({ path, reason: "it is no list" });
  return value;
}

function counterAt(path: string, value: unknown): number {
  if (typeof value !== "string" || !DECIMAL.test(value)) throw new InterchangeError({ path, reason: "it is no decimal number in quotes" });
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InterchangeError({ path, reason: "it is above 2^53 - 1, which no chain reaches" });
  return number;
}

function optionalRootAt(path: string, value: unknown): Hash | undefined {
  return value === undefined ? undefined : Hash.from(bytesAt(path, value, Hash.bytes));
}

function bytesAt(path: string, value: unknown, length: number): Bytes {
  const bytes = typeof value === "string" && value.startsWith("0x") ? fromHex(value.slice(2)) : undefined;
  if (bytes?.length !== length) throw new InterchangeError({ path, reason: `it is not 0x and ${2 * length} hex digits` });
  return bytes;
}

function hexOf(bytes: Bytes): string {
  return `0x${toHex(bytes)}`;
}

function rootOf(root: Hash | undefined): { readonly signing_root?: string } {
  return root === undefined ? {} : { signing_root: hexOf(root) };
}
