/** The command validator status: validators of a running node's chain, and how those that it runs do. */

import { Address } from "../../primitives/address.js";
import { toHex } from "../../primitives/bytes.js";
import type { ApiClient, JsonObject } from "../api-client.js";
import { type ApiOptions, apiClient, type Context, type KeyOptions } from "../context.js";
import { NotANodeError, UsageError } from "../errors.js";
import { addressOf, textOf } from "../operation.js";
import { validatorKeyOf } from "../validator-keys.js";
import { wholeNumber } from "./whole-number.js";

const LIMIT_MAX = 1_000;
const KEY_DIGITS = 16;

export interface StatusOptions extends ApiOptions, KeyOptions {
  readonly validator?: readonly string[];
  readonly own?: boolean;
  readonly status?: string;
  readonly account?: string;
  readonly offset: string;
  readonly limit: string;
  readonly json?: boolean;
}

interface Page {
  readonly offset: number;
  readonly limit: number;
}

interface Chosen {
  readonly validators: readonly JsonObject[];
  /** Where the next page begins, where there is one. */
  readonly next: number | null;
}

export async function validatorStatus(options: StatusOptions, context: Context): Promise<number> {
  if (options.own === true && (options.status ?? options.account) !== undefined)
    throw new UsageError({ reason: "--own names validators by itself: leave --status and --account out" });
  const page = {
    offset: wholeNumber("--offset", options.offset, 0, Number.MAX_SAFE_INTEGER),
    limit: wholeNumber("--limit", options.limit, 1, LIMIT_MAX),
  };
  const client = apiClient(options, context);
  const performance = await performanceOf(client);
  const { validators, next } = await choose(options, page, [...performance.keys()], client, context);
  const { output } = context;
  if (options.json === true) {
    const own = (validator: JsonObject) => performance.get(Number(validator.index)) ?? null;
    output.json({ validators: validators.map((validator) => ({ ...validator, performance: own(validator) })), next });
    return 0;
  }
  output.table([HEAD, ...validators.map((validator) => row(validator, performance.get(Number(validator.index))))], "");
  if (next !== null) output.line(`there are more: --offset ${next}`);
  return 0;
}

/** Of the node's own validators, by index. */
async function performanceOf(client: ApiClient): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  for (let offset: number | null = 0; offset !== null; ) {
    const answer: JsonObject = await client.get(`/v1/gasper/performance?offset=${offset}&limit=${LIMIT_MAX}`);
    for (const own of listOf(answer, client)) found.set(Number(own.index), own);
    offset = typeof answer.next === "number" && answer.next > offset ? answer.next : null;
  }
  return found;
}

async function choose(options: StatusOptions, page: Page, own: readonly number[], client: ApiClient, context: Context): Promise<Chosen> {
  const { validator: references, status, account } = options;
  if (references !== undefined) {
    const paths: string[] = [];
    for (const reference of references) paths.push(await pathOf(reference, options, context));
    return { validators: await oneByOne(paths, client), next: null };
  }
  const { offset, limit } = page;
  if (options.own === true) {
    const end = offset + limit;
    return { validators: await oneByOne(own.slice(offset, end).map(String), client), next: end < own.length ? end : null };
  }
  const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
  if (status !== undefined) query.set("status", status);
  if (account !== undefined) {
    const prefix = textOf(await client.get("/v1/status"), "addressPrefix", client);
    query.set("account", Address.format(await addressOf(account, prefix, options, context), prefix));
  }
  const answer = await client.get(`/v1/gasper/validators?${query}`);
  return { validators: listOf(answer, client), next: typeof answer.next === "number" ? answer.next : null };
}

async function oneByOne(paths: readonly string[], client: ApiClient): Promise<readonly JsonObject[]> {
  const validators: JsonObject[] = [];
  for (const path of paths) validators.push((await client.get(`/v1/gasper/validators/${path}`)).validator as JsonObject);
  return validators;
}

/** A number as it is; anything else as the public key that it names. */
async function pathOf(reference: string, options: KeyOptions, context: Context): Promise<string> {
  if (/^[0-9]{1,10}$/.test(reference)) return String(Number(reference));
  return toHex((await validatorKeyOf(reference, options, context)).publicKey);
}

function listOf({ validators }: JsonObject, client: ApiClient): readonly JsonObject[] {
  if (!Array.isArray(validators)) throw new NotANodeError({ url: client.url, reason: "its answer has no validators" });
  return validators as readonly JsonObject[];
}

const HEAD = [
  "index",
  "key",
  "status",
  "balance",
  "effective",
  "active from",
  "exit at",
  "proposed",
  "missed",
  "inclusion distance",
  "effectiveness",
];

/** Epochs that are not decided, and what this node does not measure, are left blank. */
function row(validator: JsonObject, performance: JsonObject | undefined): readonly string[] {
  const { index, publicKey, status, balance, effectiveBalance, activationEpoch, exitEpoch } = validator;
  const proposals = (performance?.proposals ?? {}) as JsonObject;
  const votes = (performance?.votes ?? {}) as JsonObject;
  const { sum, count } = (performance?.inclusionDistance ?? {}) as JsonObject;
  return [
    shown(index),
    shown(publicKey).slice(0, KEY_DIGITS),
    shown(status),
    shown(balance),
    shown(effectiveBalance),
    shown(activationEpoch),
    shown(exitEpoch),
    shown(proposals.made),
    shown(proposals.missed),
    Number(count) > 0 ? (Number(sum) / Number(count)).toFixed(2) : "",
    Number(votes.due) > 0 ? `${(Number(performance?.effectivenessMilli) / 10).toFixed(1)} %` : "",
  ];
}

function shown(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
