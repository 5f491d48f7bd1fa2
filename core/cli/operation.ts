/**
 * Signs an operation of the account ledger, submits it, and waits for its block: what `tx transfer` and the commands on validators share.
 */
import { setTimeout as delay } from "node:timers/promises";
import { parseDevReference } from "../devnet/dev-accounts.js";
import { buildOperation, leastOperationFee } from "../primitives/account-transaction.js";
import { Address } from "../primitives/address.js";
import { Amount } from "../primitives/amount.js";
import { type Bytes, toHex } from "../primitives/bytes.js";
import { publicKeyOf } from "../primitives/signing.js";
import type { ApiClient, JsonObject } from "./api-client.js";
import { type ApiOptions, apiClient, type Context, type KeyOptions, keystore, passphrase } from "./context.js";
import { NotANodeError, UsageError, WaitTimeoutError } from "./errors.js";

const POLL_MS = 250;

export interface SendOptions extends ApiOptions, KeyOptions {
  readonly from: string;
  readonly fee?: string;
  readonly nonce?: string;
  readonly memo?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly wait?: boolean | string;
  readonly json?: boolean;
}

/** What an operation is made for. */
export interface OperationSite {
  readonly client: ApiClient;
  /** Of addresses. */
  readonly prefix: string;
}

export interface Operation {
  /** Number of the module. */
  readonly module: number;
  readonly operation: Bytes;
  /** What is shown of it, in order, by the names of the JSON answer. */
  readonly told: Readonly<Record<string, string>>;
}

/** @param make judges all other arguments: before anything leaves this machine, and before a passphrase is asked for */
export async function sendOperation(
  options: SendOptions,
  context: Context,
  make: (site: OperationSite) => Promise<Operation>,
): Promise<number> {
  const client = apiClient(options, context);
  const seconds = options.wait === false ? undefined : waitSeconds(options.wait);
  const status = await client.get("/v1/status");
  const prefix = textOf(status, "addressPrefix", client);
  const { module, operation, told } = await make({ client, prefix });
  const from = await secretKeyOf(options.from, options, context);
  const sender = Address.format(Address.ofKey(publicKeyOf(from)), prefix);
  const nonce = options.nonce === undefined ? await nextNonce(client, sender) : integerOf("--nonce", options.nonce);
  const request = {
    chainId: textOf(status, "chainId", client),
    from,
    module,
    operation,
    nonce,
    ...(options.memo === undefined ? {} : { memo: options.memo }),
    ...(options.validFrom === undefined ? {} : { validFrom: integerOf("--valid-from", options.validFrom) }),
    ...(options.validUntil === undefined ? {} : { validUntil: integerOf("--valid-until", options.validUntil) }),
  };
  const feeFloor = Number((status.limits as JsonObject | undefined)?.feeFloorPerByte ?? 0);
  const fee = options.fee === undefined ? leastOperationFee(request, feeFloor) : amountOf("--fee", options.fee);
  const accepted = await client.post("/v1/transactions", { raw: toHex(buildOperation({ ...request, fee })) });
  const id = textOf(accepted, "id", client);
  const { output } = context;
  if (options.json !== true) {
    output.line(`${output.style("green", "accepted")} ${id}`);
    output.table([
      ["from", sender],
      ...Object.entries(told).map(([name, value]) => [words(name), value]),
      ["fee", String(fee)],
      ["nonce", String(nonce)],
    ]);
  }
  const included = seconds === undefined ? undefined : await waitForBlock(client, id, seconds);
  if (options.json === true)
    output.json({
      id,
      from: sender,
      ...told,
      fee: String(fee),
      nonce,
      standing: accepted.standing,
      ...(included === undefined ? {} : { block: included.block, receipt: included.receipt }),
    });
  else if (included === undefined) output.line(`follow it with: npx chainwright tx show ${id}`);
  else printInclusion(included, context);
  return succeeded(included) ? 0 : 1;
}

/** `publicKey` as people read it. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function succeeded(included: JsonObject | undefined): boolean {
  return included === undefined || (included.receipt as JsonObject | undefined)?.ok !== false;
}

export function printInclusion(transaction: JsonObject, { output }: Context): void {
  const block = transaction.block as JsonObject;
  const receipt = transaction.receipt as JsonObject | undefined;
  const outcome = receipt?.ok === false ? output.style("red", `failed: ${receipt.code}`) : output.style("green", "ok");
  output.line(`  in block ${block.height} (${block.hash}), ${outcome}`);
}

function waitSeconds(wait: boolean | string | undefined): number {
  if (wait === undefined || typeof wait === "boolean") return 30;
  const seconds = integerOf("--wait", wait);
  if (seconds < 1 || seconds > 3_600) throw new UsageError({ reason: `--wait ${wait} is not a number of seconds from 1 to 3600` });
  return seconds;
}

async function waitForBlock(client: ApiClient, id: string, seconds: number): Promise<JsonObject> {
  for (const endMs = Date.now() + seconds * 1000; ; ) {
    const transaction = await client.find(`/v1/transactions/${id}?proof=false`);
    if (transaction?.status === "included") return transaction;
    if (transaction?.status === "dropped")
      throw new UsageError({ reason: `the transaction was dropped from the mempool: ${transaction.reason}` });
    if (Date.now() >= endMs) throw new WaitTimeoutError({ id, seconds });
    await delay(POLL_MS);
  }
}

async function nextNonce(client: ApiClient, address: string): Promise<number> {
  const account = await client.get(`/v1/accounts/${address}`);
  if (typeof account.pendingNonce !== "number")
    throw new NotANodeError({ url: client.url, reason: "its ledger has no nonces; tx transfer is for account ledgers" });
  return account.pendingNonce;
}

async function secretKeyOf(reference: string, options: KeyOptions, context: Context): Promise<Bytes> {
  const dev = parseDevReference(reference);
  if (dev !== undefined) return dev.secretKey;
  const store = keystore(options, context);
  // Before asking for a passphrase: whether there is such a key at all.
  await store.showAccount(reference);
  return store.unlock(reference, await passphrase(reference, options, context, false));
}

/** A bech32m address, `dev:NAME`, or the name of a key. */
export async function addressOf(reference: string, prefix: string, options: KeyOptions, context: Context): Promise<Address> {
  const dev = parseDevReference(reference);
  if (dev !== undefined) return dev.address;
  if (reference.startsWith(`${prefix}1`) || reference.length > 30) return Address.parse(reference, prefix);
  return Address.ofKey((await keystore(options, context).showAccount(reference)).publicKey);
}

export function amountOf(option: string, value: string): bigint {
  try {
    return Amount.parse(value);
  } catch {
    throw new UsageError({ reason: `${option} ${value} is not an amount: a whole number of the chain's smallest unit, at most 2^64 - 1` });
  }
}

export function integerOf(option: string, value: string): number {
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || !Number.isSafeInteger(number))
    throw new UsageError({ reason: `${option} ${value} is not a whole number` });
  return number;
}

export function textOf(object: JsonObject, key: string, client: ApiClient): string {
  const value = object[key];
  if (typeof value !== "string") throw new NotANodeError({ url: client.url, reason: `its answer has no ${key}` });
  return value;
}
