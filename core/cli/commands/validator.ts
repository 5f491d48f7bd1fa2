/** Commands on validators: validator create, show, deposit, top-up, exit. What they do on the chain is up to its engine. */
import { blsProvePossession, blsPublicKeyOf } from "../../bls/index.js";
import { present } from "../../kernel/assert.js";
import { devValidatorGroups, parseDevValidators } from "../../node/dev-validators.js";
import { Address } from "../../primitives/address.js";
import { type Bytes, fromHex, toHex } from "../../primitives/bytes.js";
import { encodeValidatorOperation } from "../../primitives/validator-operations.js";
import type { ApiClient, JsonObject } from "../api-client.js";
import { type Context, type KeyOptions, keystore, passphrase } from "../context.js";
import { NotANodeError, UsageError } from "../errors.js";
import { addressOf, amountOf, type SendOptions, sendOperation, textOf } from "../operation.js";
import { validatorKeyOf } from "../validator-keys.js";
import { wholeNumber } from "./whole-number.js";

/** Of a file in the keystore. */
const KEYS_MAX = 1_024;
const PROOF_BYTES = 96;

export interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly count: string;
  readonly account?: string;
  readonly prefix: string;
  readonly json?: boolean;
}

export async function validatorCreate(options: CreateOptions, context: Context): Promise<number> {
  const { name } = options;
  const count = wholeNumber("--count", options.count, 1, KEYS_MAX);
  const account = await accountOf(options, context);
  const store = keystore(options, context);
  const secret = await passphrase(name, options, context, true);
  await store.createBls(name, count, secret);
  // Read back from where they are kept from now on: what is printed here is deposited for.
  return show(name, inFile(name), await store.unlockBls(name, secret), account, options, context);
}

export interface ShowKeysOptions extends KeyOptions {
  readonly account?: string;
  readonly prefix: string;
  readonly json?: boolean;
}

export async function validatorShow(name: string, options: ShowKeysOptions, context: Context): Promise<number> {
  const account = await accountOf(options, context);
  const development = devValidatorGroups([name]).get(name);
  if (development !== undefined) {
    const { from } = present(parseDevValidators(name), "it has keys");
    return show(name, (index) => `dev:validators/${from + index}`, development.secretKeys, account, options, context);
  }
  const store = keystore(options, context);
  // Before asking for a passphrase: whether there is such a file at all.
  await store.show(name);
  const secretKeys = await store.unlockBls(name, await passphrase(name, options, context, false));
  return show(name, inFile(name), secretKeys, account, options, context);
}

async function accountOf(options: ShowKeysOptions, context: Context): Promise<string | undefined> {
  const { account, prefix } = options;
  if (account === undefined) return undefined;
  return Address.format(await addressOf(account, prefix, options, context), prefix);
}

function inFile(name: string): (index: number) => string {
  return (index) => `${name}#${index}`;
}

/** @param reference by which commands know a key */
function show(
  name: string,
  reference: (index: number) => string,
  secretKeys: readonly Bytes[],
  account: string | undefined,
  { json }: { readonly json?: boolean },
  { output }: Context,
): number {
  // As a chain spec has them.
  const validators = secretKeys.map((secretKey) => ({
    publicKey: toHex(blsPublicKeyOf(secretKey)),
    proofOfPossession: toHex(blsProvePossession(secretKey)),
    ...(account === undefined ? {} : { account }),
  }));
  if (json === true) {
    output.json({ name, validators });
    return 0;
  }
  for (const [index, { publicKey, proofOfPossession }] of validators.entries()) {
    output.line(output.style("bold", reference(index)));
    output.table([
      ["public key", publicKey],
      ["proof of possession", proofOfPossession],
    ]);
  }
  return 0;
}

interface ModuleOptions extends SendOptions {
  readonly module: string;
}

export interface DepositOptions extends ModuleOptions {
  readonly key: string;
  readonly amount: string;
  readonly account?: string;
  readonly proof?: string;
}

export function validatorDeposit(options: DepositOptions, context: Context): Promise<number> {
  return sendOperation(options, context, async ({ prefix }) => {
    const amount = amountOf("--amount", options.amount);
    const account = options.account === undefined ? undefined : await addressOf(options.account, prefix, options, context);
    const { publicKey, provePossession } = await validatorKeyOf(options.key, options, context);
    const proofOfPossession = options.proof === undefined ? await provePossession() : proofOf(options.proof);
    const deposit = { kind: "deposit", publicKey, proofOfPossession, amount, ...(account === undefined ? {} : { account }) } as const;
    return {
      module: moduleOf(options),
      operation: encodeValidatorOperation(deposit),
      told: {
        publicKey: toHex(publicKey),
        amount: String(amount),
        ...(account === undefined ? {} : { account: Address.format(account, prefix) }),
      },
    };
  });
}

export interface TopUpOptions extends ModuleOptions {
  readonly validator: string;
  readonly amount: string;
}

export function validatorTopUp(options: TopUpOptions, context: Context): Promise<number> {
  return sendOperation(options, context, async ({ client }) => {
    const amount = amountOf("--amount", options.amount);
    const publicKey = await publicKeyOf(options.validator, client, options, context);
    return {
      module: moduleOf(options),
      operation: encodeValidatorOperation({ kind: "top-up", publicKey, amount }),
      told: { publicKey: toHex(publicKey), amount: String(amount) },
    };
  });
}

export interface ExitOptions extends ModuleOptions {
  readonly validator: string;
}

export function validatorExit(options: ExitOptions, context: Context): Promise<number> {
  return sendOperation(options, context, async ({ client }) => {
    const publicKey = await publicKeyOf(options.validator, client, options, context);
    return {
      module: moduleOf(options),
      operation: encodeValidatorOperation({ kind: "exit", publicKey }),
      told: { publicKey: toHex(publicKey) },
    };
  });
}

/** By its number on the chain, or by its key. */
async function publicKeyOf(reference: string, client: ApiClient, options: KeyOptions, context: Context): Promise<Bytes> {
  if (!/^[0-9]{1,10}$/.test(reference)) return (await validatorKeyOf(reference, options, context)).publicKey;
  const { validator } = await client.get(`/v1/gasper/validators/${Number(reference)}`);
  const publicKey = fromHex(textOf((validator ?? {}) as JsonObject, "publicKey", client));
  if (publicKey === undefined) throw new NotANodeError({ url: client.url, reason: "a validator's publicKey is no hex" });
  return publicKey;
}

function proofOf(text: string): Bytes {
  const proof = fromHex(text.replace(/^0x/, "").toLowerCase());
  if (proof?.length !== PROOF_BYTES)
    throw new UsageError({ reason: `--proof has ${2 * PROOF_BYTES} hex digits, as validator create prints them` });
  return proof;
}

function moduleOf({ module }: ModuleOptions): number {
  return wholeNumber("--module", module, 2, 255);
}
