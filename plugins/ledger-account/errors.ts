/**
 * Errors of the account ledger. Their codes are API: `submit` answers them, blocks are refused with them, receipts carry the BANK ones.
 *
 * The same class serves the mempool (thrown as it is) and execution (its code and message go into the verdict).
 */
import { defineError } from "../../core/sdk.js";

export const WrongChainError = defineError<{ expected: string; actual: string; chainId: string }>(
  "LEDGER_WRONG_CHAIN",
  "input",
  ({ expected, actual, chainId }) =>
    `the transaction is for another chain (tag ${actual}, that of ${chainId} is ${expected}); build and sign it for ${chainId}`,
);

export const StaleNonceError = defineError<{ sender: string; nonce: number; expected: number }>(
  "LEDGER_STALE_NONCE",
  "conflict",
  ({ sender, nonce, expected }) =>
    `nonce ${nonce} of ${sender} was used before; use ${expected} (or higher, if transactions of yours are waiting)`,
);

export const FarNonceError = defineError<{ sender: string; nonce: number; expected: number; furthest: number }>(
  "LEDGER_FAR_NONCE",
  "input",
  ({ sender, nonce, expected, furthest }) =>
    `nonce ${nonce} of ${sender} is too far ahead; the next one is ${expected}, and up to ${furthest} may wait here`,
);

/** A gap in a block: only execution sees it, where the mempool would queue. */
export const NonceGapError = defineError<{ sender: string; nonce: number; expected: number }>(
  "LEDGER_NONCE_GAP",
  "input",
  ({ sender, nonce, expected }) => `nonce ${nonce} of ${sender} comes before ${expected} was executed`,
);

export const InsufficientBalanceError = defineError<{ account: string; needed: string; available: string }>(
  "LEDGER_INSUFFICIENT_BALANCE",
  "conflict",
  ({ account, needed, available }) =>
    `${account} has ${available}, the transaction needs ${needed} (amount and fee); send less or fund the account first`,
);

export const FeeTooLowError = defineError<{ fee: string; needed: string; bytes: number; floorPerByte: number }>(
  "LEDGER_FEE_TOO_LOW",
  "input",
  ({ fee, needed, bytes, floorPerByte }) =>
    `the fee ${fee} is below the floor; ${bytes} bytes at ${floorPerByte} a byte need at least ${needed}`,
);

export const ExpiredError = defineError<{ validUntil: number; height: number }>(
  "LEDGER_EXPIRED",
  "conflict",
  ({ validUntil, height }) =>
    `the transaction was valid until height ${validUntil}, the next block has ${height}; sign it again with a later validUntil`,
);

export const NotYetValidError = defineError<{ validFrom: number; height: number; furthest: number }>(
  "LEDGER_NOT_YET_VALID",
  "input",
  ({ validFrom, height, furthest }) =>
    `the transaction is valid from height ${validFrom}, the next block has ${height}; send it again once validFrom is at most ${furthest}`,
);

export const WindowEmptyError = defineError<{ validFrom: number; validUntil: number }>(
  "LEDGER_EMPTY_WINDOW",
  "input",
  ({ validFrom, validUntil }) => `validUntil ${validUntil} lies before validFrom ${validFrom}; no block can ever hold it`,
);

export const WrongSenderError = defineError<{ sender: string; authorizations: number; signer: string }>(
  "LEDGER_WRONG_SENDER",
  "input",
  ({ sender, authorizations, signer }) =>
    authorizations === 1
      ? `it is sent from ${sender} but signed by the key of ${signer}; sign it with the sender's key`
      : `it has ${authorizations} authorizations; ${sender} needs exactly one, by the sender's key`,
);

export const UnknownModuleError = defineError<{ module: number; known: readonly string[] }>(
  "LEDGER_UNKNOWN_MODULE",
  "input",
  ({ module, known }) => `this chain's ledger has no module ${module}; it has ${known.join(", ")}`,
);

export const TransactionTooLargeError = defineError<{ bytes: number; limit: number }>(
  "LEDGER_TRANSACTION_TOO_LARGE",
  "input",
  ({ bytes, limit }) => `the transaction has ${bytes} bytes, the limit is ${limit}; split it or shorten its memo`,
);

export const TransactionTooHeavyError = defineError<{ weight: number; limit: number }>(
  "LEDGER_TRANSACTION_TOO_HEAVY",
  "input",
  ({ weight, limit }) => `the transaction weighs ${weight}, a whole block may weigh ${limit}; split it`,
);

export const BlockFullError = defineError<{ weight: number; limit: number }>(
  "LEDGER_BLOCK_FULL",
  "limit",
  ({ weight, limit }) => `with it the block's transactions would weigh ${weight}, the limit is ${limit}`,
);

export const SpecInvalidError = defineError<{ path: string; reason: string }>(
  "LEDGER_SPEC_INVALID",
  "input",
  ({ path, reason }) => `chain spec, ledger.${path}: ${reason}`,
);

export const ModuleConflictError = defineError<{ name: string; namespace: number; other: string }>(
  "LEDGER_MODULE_CONFLICT",
  "input",
  ({ name, namespace, other }) =>
    `ledger module ${name} wants namespace ${namespace}, which ${other}; modules need a name and a number (2 … 255) of their own`,
);

export const ModulesDifferError = defineError<{ missing: readonly string[]; extra: readonly string[]; moved: readonly string[] }>(
  "LEDGER_MODULES_DIFFER",
  "input",
  ({ missing, extra, moved }) => {
    const differences = [
      ...missing.map((module) => `${module} is named there, but no plugin of this node contributes it (add its plugin to the node config)`),
      ...extra.map(
        (module) => `${module} is contributed by a plugin of this node, but not named there (remove the plugin from the node config)`,
      ),
      ...moved.map((module) => `${module} (run the plugin's version that the chain was made for)`),
    ];
    return `this node's ledger modules are not those of the chain spec, ledger.parameters.modules: ${differences.join("; ")}`;
  },
);

export const ModuleLawError = defineError<{ module: string; reason: string }>(
  "LEDGER_MODULE_BROKE_LAW",
  "internal",
  ({ module, reason }) => `ledger module ${module} broke a law of its port: ${reason}; update or remove the plugin that contributes it`,
);

export const SupplyExceededError = defineError<{ supply: string; amount: string }>(
  "LEDGER_SUPPLY_EXCEEDED",
  "internal",
  ({ supply, amount }) =>
    `crediting ${amount} over a supply of ${supply} would exceed 2^64 - 1; lower the engine's rewards in the chain spec`,
);

export const StateDamagedError = defineError<{ what: string; bytes: number }>(
  "LEDGER_STATE_DAMAGED",
  "damaged",
  ({ what, bytes }) =>
    `the stored ${what} (${bytes} bytes) is not in its one encoding; restore the data directory from a backup or sync anew`,
);

/** Codes of a contributed module's operations that the ledger itself fails; in receipts only. */
export const ModuleFailures = {
  /** Too many events, or too many bytes of them. */
  tooManyEvents: "LEDGER_TOO_MANY_EVENTS",
  /** An event that no receipt can hold, or of another module's name. */
  invalidEvent: "LEDGER_INVALID_EVENT",
  /** It wrote a state key or value that is too long. */
  stateLimit: "LEDGER_STATE_LIMIT",
  /** It failed with a code that no receipt can hold. */
  invalidCode: "LEDGER_INVALID_FAILURE_CODE",
} as const;

/** Codes of operations that fail inside a block: they stand in receipts, nobody throws them at a caller. */
export const BankFailures = {
  /** The sender has less than the amount after paying the fee. */
  insufficientBalance: "BANK_INSUFFICIENT_BALANCE",
} as const;
