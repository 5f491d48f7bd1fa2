/**
 * What a transaction must meet whatever the state: the part of the rules that mempool and execution share, so that they
 * can't come apart. Each check answers an error instead of throwing it, as production only leaves such a transaction out.
 */
import { Address, type Bytes, bytesEqual, type ChainwrightError, type Rules, toHex } from "../../core/sdk.js";
import type { AddressFormatter } from "./address-text.js";
import type { DecodedTransaction } from "./batch.js";
import {
  ExpiredError,
  FeeTooLowError,
  StaleNonceError,
  TransactionTooHeavyError,
  TransactionTooLargeError,
  UnknownModuleError,
  WindowEmptyError,
  WrongChainError,
  WrongSenderError,
} from "./errors.js";
import type { ModuleRegistry } from "./modules.js";

export interface CheckContext {
  readonly chainId: string;
  readonly chainTag: Bytes;
  readonly modules: ModuleRegistry;
  readonly addresses: AddressFormatter;
}

/** Codes of what no later block can mend: production tells the mempool to drop these. */
const NEVER_VALID: ReadonlySet<string> = new Set([
  WrongChainError.code,
  WrongSenderError.code,
  UnknownModuleError.code,
  WindowEmptyError.code,
  ExpiredError.code,
  StaleNonceError.code,
]);

export function canNeverBecomeValid(code: string): boolean {
  return NEVER_VALID.has(code);
}

/** Why it may not be in a block at `height`, as far as that follows from itself and the rules. `validFrom` is the caller's. */
export function statelessRefusal(
  { envelope, body, authorized, module, weight }: DecodedTransaction,
  context: CheckContext,
  height: number,
  rules: Rules,
): ChainwrightError | undefined {
  const { chainId, chainTag, modules, addresses } = context;
  if (!bytesEqual(body.chainTag, chainTag))
    return new WrongChainError({ expected: toHex(chainTag), actual: toHex(body.chainTag), chainId });
  if (authorized === undefined || !Address.equal(authorized, body.sender))
    return new WrongSenderError({
      sender: addresses.format(body.sender),
      authorizations: envelope.authorizations.length,
      signer: authorized === undefined ? "" : addresses.format(authorized),
    });
  if (module === undefined) return new UnknownModuleError({ module: body.module, known: modules.known });
  const { feeFloorPerByte, blockWeight, transactionBytes } = rules.limits;
  const bytes = envelope.raw.length;
  // It may have been decoded under other rules.
  if (bytes > transactionBytes) return new TransactionTooLargeError({ bytes, limit: transactionBytes });
  const needed = BigInt(bytes) * BigInt(feeFloorPerByte);
  if (body.fee < needed)
    return new FeeTooLowError({ fee: body.fee.toString(), needed: needed.toString(), bytes, floorPerByte: feeFloorPerByte });
  if (weight > blockWeight) return new TransactionTooHeavyError({ weight, limit: blockWeight });
  const { validFrom, validUntil } = body;
  if (validUntil === 0) return undefined;
  if (validUntil < validFrom) return new WindowEmptyError({ validFrom, validUntil });
  return validUntil < height ? new ExpiredError({ validUntil, height }) : undefined;
}
