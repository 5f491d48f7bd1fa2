/** Commands on transactions and accounts of a running node: tx transfer, tx show, account, status. */
import type { SnapshotSyncStatus } from "../../ports/index.js";
import { BANK_MODULE, encodeBankTransfer } from "../../primitives/account-transaction.js";
import { Address } from "../../primitives/address.js";
import type { JsonObject } from "../api-client.js";
import { type ApiOptions, apiClient, type Context, type KeyOptions } from "../context.js";
import { UsageError } from "../errors.js";
import { addressOf, amountOf, printInclusion, type SendOptions, sendOperation, textOf } from "../operation.js";
import { snapshotLine } from "../sync-progress.js";

export interface TransferOptions extends SendOptions {
  readonly to: string;
  readonly amount: string;
}

export function transfer(options: TransferOptions, context: Context): Promise<number> {
  return sendOperation(options, context, async ({ prefix }) => {
    const to = await addressOf(options.to, prefix, options, context);
    const amount = amountOf("--amount", options.amount);
    return {
      module: BANK_MODULE,
      operation: encodeBankTransfer({ to, amount }),
      told: { to: Address.format(to, prefix), amount: String(amount) },
    };
  });
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
  const prefix = textOf(await client.get("/v1/status"), "addressPrefix", client);
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

/** The fields of a JSON object as rows; nested ones as JSON. */
function rowsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, field]) => [name, typeof field === "object" ? JSON.stringify(field) : String(field)]);
}
