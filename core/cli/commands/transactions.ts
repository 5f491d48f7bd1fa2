/** Commands on transactions and accounts of a running node: tx transfer, tx show, account, status. */
import { setTimeout as delay } from "node:timers/promises";
import { parseDevReference } from "../../devnet/dev-accounts.js";
import type { SnapshotSyncStatus } from "../../ports/index.js";
import { buildTransfer, leastTransferFee } from "../../primitives/account-transaction.js";
import { Address } from "../../primitives/address.js";
import { Amount } from "../../primitives/amount.js";
import { type Bytes, toHex } from "../../primitives/bytes.js";
import { publicKeyOf } from "../../primitives/signing.js";
import type { ApiClient, JsonObject } from "../api-client.js";
import { type ApiOptions, apiClient, type Context, type KeyOptions, keystore, passphrase } from "../context.js";
import { NotANodeError, UsageError, WaitTimeoutError } from "../errors.js";
import { snapshotLine } from "../sync-progress.js";

const POLL_MS = 250;

export interface TransferOptions extends ApiOptions, KeyOptions {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly fee?: string;
  readonly nonce?: string;
  readonly memo?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly wait?: boolean | string;
  readonly json?: boolean;
}

export async function transfer(options: TransferOptions, context: Context): Promise<number> {
  const client = apiClient(options, context);
  // All arguments are judged before anything leaves this machine.
  const seconds = options.wait === false ? undefined : waitSeconds(options.wait);
  const status = await client.get("/v1/status");
  const prefix = text(status, "addressPrefix", client);
  const to = await addressOf(options.to, prefix, options, context);
  const amount = amountOf("--amount", options.amount);
  const from = await secretKeyOf(options.from, options, context);
  const sender = Address.format(Address.ofKey(publicKeyOf(from)), prefix);
  const nonce = options.nonce === undefined ? await nextNonce(client, sender) : integerOf("--nonce", options.nonce);
  const request = {
    chainId: text(status, "chainId", client),
    from,
    to,
    amount,
    nonce,
    ...(options.memo === undefined ? {} : { memo: options.memo }),
    ...(options.validFrom === undefined ? {} : { validFrom: integerOf("--valid-from", options.validFrom) }),
    ...(options.validUntil === undefined ? {} : { validUntil: integerOf("--valid-until", options.validUntil) }),
  };
  const feeFloor = Number((status.limits as JsonObject | undefined)?.feeFloorPerByte ?? 0);
  const fee = options.fee === undefined ? leastTransferFee(request, feeFloor) : amountOf("--fee", options.fee);
  const accepted = await client.post("/v1/transactions", { raw: toHex(buildTransfer({ ...request, fee })) });
  const id = text(accepted, "id", client);
  const { output } = context;
  const recipient = Address.format(to, prefix);
  if (options.json !== true) {
    output.line(`${output.style("green", "accepted")} ${id}`);
    output.table([
      ["from", sender],
      ["to", recipient],
      ["amount", String(amount)],
      ["fee", String(fee)],
      ["nonce", String(nonce)],
    ]);
  }
  const included = seconds === undefined ? undefined : await waitForBlock(client, id, seconds);
  if (options.json === true) {
    output.json({
      id,
      from: sender,
      to: recipient,
      amount: String(amount),
      fee: String(fee),
      nonce,
      standing: accepted.standing,
      ...(included === undefined ? {} : { block: included.block, receipt: included.receipt }),
    });
    return succeeded(included) ? 0 : 1;
  }
  if (included === undefined) output.line(`follow it with: npx chainwright tx show ${id}`);
  else printInclusion(included, context);
  return succeeded(included) ? 0 : 1;
}

export interface ShowOptions extends ApiOptions {
  readonly json?: boolean;
}

export async function showTransaction(id: string, options: ShowOptions, context: Context): Promise<number> {
  if (!/^[0-9a-fA-F]{64}$/.test(id)) throw new UsageError({ reason: `${id} is no transaction id; it has 64 hex digits` });
  const transaction = await apiClient(options, context).get(`/v1/transactions/${id.toLowerCase()}`);
  const { output } = context;
  if (options.json === true) {
    output.json(transaction);
    return 0;
  }
  output.line(`${output.style("bold", String(transaction.status))} ${id}`);
  if (transaction.status === "included") printInclusion(transaction, context);
  if (transaction.status === "included")
    output.line(`  confirmations ${transaction.confirmations}${transaction.confirmed === true ? ", confirmed" : ""}`);
  if (transaction.reason !== undefined) output.line(`  reason ${transaction.reason}`);
  output.table(rowsOf(transaction.transaction));
  return 0;
}

export async function showAccount(
  reference: string,
  options: ShowOptions & KeyOptions & { readonly proof?: boolean },
  context: Context,
): Promise<number> {
  const client = apiClient(options, context);
  const prefix = text(await client.get("/v1/status"), "addressPrefix", client);
  const address = Address.format(await addressOf(reference, prefix, options, context), prefix);
  const account = await client.get(`/v1/accounts/${address}${options.proof === true ? "?proof=true" : ""}`);
  if (options.json === true || options.proof === true) context.output.json(account);
  else
    context.output.table(
      [
        ...rowsOf(account.account),
        ["at height", String((account.block as JsonObject).height)],
        ...(account.pendingNonce === undefined ? [] : [["next nonce", String(account.pendingNonce)]]),
      ],
      "",
    );
  return 0;
}

export async function showStatus(options: ShowOptions, context: Context): Promise<number> {
  const client = apiClient(options, context);
  const status = await client.get("/v1/status");
  if (options.json === true) {
    context.output.json(status);
    return 0;
  }
  const mempool = status.mempool as JsonObject;
  const engine = status.engine as JsonObject;
  const warnings = (status.warnings ?? []) as readonly { readonly code: string; readonly message: string }[];
  context.output.table(
    [
      ["chain", String(status.chainId)],
      ["height", String(status.height)],
      ["head", String(status.headHash)],
      ["finalized", String(status.finalizedHeight)],
      ["keeps", keptOf(status)],
      ["sync", `${status.syncState}, ${status.peers} peers`],
      ...(status.syncSnapshot === undefined
        ? []
        : [["snapshot", snapshotLine(status.syncSnapshot as unknown as SnapshotSyncStatus, Number(status.peers))] as [string, string]]),
      ["mempool", `${mempool.count} transactions, ${mempool.bytes} bytes`],
      ["engine", String(engine.plugin)],
      ...rowsOf(engine.status).map(([name, value]) => [`  ${name}`, value ?? ""]),
      ...warnings.map(({ code, message }) => ["warning", `${code}: ${message}`]),
      ["node", `${status.nodeId}, version ${status.version}, up ${Math.round(Number(status.uptimeMs) / 1000)} s`],
    ],
    "",
  );
  return 0;
}

/** What of the past a node keeps, in words. A node of an older version does not tell. */
function keptOf({ pruning, bodiesFrom, statesFrom }: JsonObject): string {
  if (pruning === undefined) return "";
  const blocks = Number(bodiesFrom) > 1 ? `blocks from ${bodiesFrom}` : "all blocks";
  const states = Number(statesFrom) === 0 ? "all states" : `states from ${statesFrom}`;
  return `${pruning}: ${blocks}, ${states}`;
}

function succeeded(included: JsonObject | undefined): boolean {
  return included === undefined || (included.receipt as JsonObject | undefined)?.ok !== false;
}

function printInclusion(transaction: JsonObject, { output }: Context): void {
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
  await store.show(reference);
  return store.unlock(reference, await passphrase(reference, options, context, false));
}

/** A bech32m address, `dev:NAME`, or the name of a key. */
async function addressOf(reference: string, prefix: string, options: KeyOptions, context: Context): Promise<Address> {
  const dev = parseDevReference(reference);
  if (dev !== undefined) return dev.address;
  if (reference.startsWith(`${prefix}1`) || reference.length > 30) return Address.parse(reference, prefix);
  return Address.ofKey((await keystore(options, context).show(reference)).publicKey);
}

function amountOf(option: string, value: string): bigint {
  try {
    return Amount.parse(value);
  } catch {
    throw new UsageError({ reason: `${option} ${value} is not an amount: a whole number of the chain's smallest unit, at most 2^64 - 1` });
  }
}

function integerOf(option: string, value: string): number {
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || !Number.isSafeInteger(number))
    throw new UsageError({ reason: `${option} ${value} is not a whole number` });
  return number;
}

function text(object: JsonObject, key: string, client: ApiClient): string {
  const value = object[key];
  if (typeof value !== "string") throw new NotANodeError({ url: client.url, reason: `its answer has no ${key}` });
  return value;
}

/** The fields of a JSON object as rows; nested ones as JSON. */
function rowsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, field]) => [name, typeof field === "object" ? JSON.stringify(field) : String(field)]);
}
