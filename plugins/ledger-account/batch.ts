/** Decoded transactions of the account ledger: envelope, body, operation and weight, each read once and strictly. */
import {
  type AccountTransaction,
  type Address,
  type Bytes,
  ChainwrightError,
  decodeAccountTransaction,
  decodeTransaction,
  type Hash,
  type LedgerModule,
  type Transaction,
  type TransactionBatch,
} from "../../core/sdk.js";
import { addressAuthorizedBy, MAX_AUTHORIZATIONS } from "./authorization.js";
import { TransactionTooLargeError } from "./errors.js";
import { checkedWeight, type ModuleRegistry } from "./modules.js";

/** Execution weight of any transaction before its operation's: sender, nonce, fee and receipt. */
export const TRANSACTION_WEIGHT = 100;

export interface DecodedTransaction {
  readonly envelope: Transaction;
  readonly body: AccountTransaction;
  /** Undefined for a number that this ledger does not know: such a transaction decodes, but may not be executed. */
  readonly module: LedgerModule | undefined;
  readonly operation: unknown;
  /** Whom the authorizations speak for; undefined if they fit no policy. */
  readonly authorized: Address | undefined;
  /** Upper bound of its execution weight. */
  readonly weight: number;
}

export class AccountBatch implements TransactionBatch {
  readonly transactions: readonly Transaction[];
  readonly decoded: readonly DecodedTransaction[];

  constructor(decoded: readonly DecodedTransaction[]) {
    this.decoded = decoded;
    this.transactions = decoded.map((each) => each.envelope);
  }
}

export interface DecodingContext {
  readonly chainHash: Hash;
  readonly modules: ModuleRegistry;
  /** Limit of a raw transaction. */
  readonly transactionBytes: number;
}

/** @throws TransactionTooLargeError, or an ENCODING_* error, with the index in message and data */
export function decodeBatch(raws: readonly Bytes[], context: DecodingContext): AccountBatch {
  const decoded: DecodedTransaction[] = new Array(raws.length);
  for (let index = 0; index < raws.length; index++) {
    try {
      decoded[index] = decodeOne(raws[index] as Bytes, context);
    } catch (error) {
      throw raws.length === 1 ? error : atIndex(error, index);
    }
  }
  return new AccountBatch(decoded);
}

function decodeOne(raw: Bytes, { chainHash, modules, transactionBytes }: DecodingContext): DecodedTransaction {
  if (raw.length > transactionBytes) throw new TransactionTooLargeError({ bytes: raw.length, limit: transactionBytes });
  const envelope = decodeTransaction(raw, chainHash, { transactionBytes, authorizations: MAX_AUTHORIZATIONS });
  const body = decodeAccountTransaction(envelope.body);
  const module = modules.get(body.module);
  const operation = module?.decode(body.operation);
  return {
    envelope,
    body,
    module,
    operation,
    authorized: addressAuthorizedBy(envelope.authorizations),
    weight: TRANSACTION_WEIGHT + (module === undefined ? 0 : checkedWeight(module, module.weight(operation))),
  };
}

/** The same error (its code is what callers know), with the index in front. */
function atIndex(error: unknown, index: number): unknown {
  if (!ChainwrightError.is(error)) return error;
  return new ChainwrightError(error.code, error.kind, `transaction ${index}: ${error.message}`, { ...error.data, index }, error);
}
