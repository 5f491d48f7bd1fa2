/** Errors of the mempool: what `submit` answers beside the ledger's own. Codes are API; messages say what to do. */
import { defineError } from "../kernel/errors.js";

export const MempoolStoppedError = defineError(
  "MEMPOOL_STOPPED",
  "unavailable",
  () => "the mempool takes no transactions while the node starts or stops; send it again when the node is ready",
);

export const TransactionTooLargeError = defineError<{ bytes: number; limit: number }>(
  "MEMPOOL_TRANSACTION_TOO_LARGE",
  "input",
  ({ bytes, limit }) => `the transaction has ${bytes} bytes, the limit is ${limit}; make it smaller`,
);

export const BadSignatureError = defineError<{ rawHash: string }>(
  "MEMPOOL_BAD_SIGNATURE",
  "input",
  () => "a signature does not fit its key and the transaction's body; sign exactly this body for this chain",
);

export const ReplacementUnderpricedError = defineError<{ rival: string; fee: string; needed: string }>(
  "MEMPOOL_REPLACEMENT_UNDERPRICED",
  "conflict",
  ({ rival, fee, needed }) =>
    `the pool holds ${rival}, which can't be executed beside it; pay a fee of at least ${needed} (not ${fee}) to replace it, or wait for it`,
);

export const OvercommittedError = defineError<{ account: string; needed: string; reserved: string; available: string }>(
  "MEMPOOL_OVERCOMMITTED",
  "conflict",
  ({ account, needed, reserved, available }) =>
    `${account} has ${available}, its waiting transactions take ${reserved} of it, and this one needs ${needed}; wait for them or send less`,
);

export const SenderFullError = defineError<{ sender: string; limit: number }>(
  "MEMPOOL_SENDER_FULL",
  "limit",
  ({ sender, limit }) => `${sender} has ${limit} waiting transactions, the most that one sender may have; wait until some are in a block`,
);

export const MempoolFullError = defineError<{ count: number; bytes: number; needed: string }>(
  "MEMPOOL_FULL",
  "limit",
  ({ count, bytes, needed }) =>
    `the pool is full (${count} transactions, ${bytes} bytes) of better paying ones; pay a fee of at least ${needed}, or send it again later`,
);

export const MempoolBusyError = defineError<{ pending: number; pendingBytes: number }>(
  "MEMPOOL_BUSY",
  "limit",
  ({ pending, pendingBytes }) =>
    `${pending} transactions (${pendingBytes} bytes) are being verified, the most at a time; send it again in a moment`,
);

export const JournalFailedError = defineError<{ reason: string }>(
  "MEMPOOL_JOURNAL_FAILED",
  "unavailable",
  ({ reason }) => `the transaction could not be written to the journal (${reason}) and is not accepted; check the disk and send it again`,
);
