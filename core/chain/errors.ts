/** Errors of the chain. Codes of verdicts (`ImportVerdict.code`) are API, too: they stand in `Verdicts` below. */
import { defineError } from "../kernel/errors.js";

/** A block is refused for good: thrown inside the pipeline, answered as a verdict. */
export const BlockInvalidError = defineError<{ code: string; reason: string }>(
  "CHAIN_BLOCK_INVALID",
  "input",
  ({ code, reason }) => `${code}: ${reason}`,
);

/** A block can't be judged now: thrown inside the pipeline, answered as a verdict. */
export const BlockNotYetError = defineError<{ code: string; reason: string; retryAtMs?: number }>(
  "CHAIN_BLOCK_NOT_YET",
  "unavailable",
  ({ code, reason }) => `${code}: ${reason}`,
);

export const ChainStoppedError = defineError("CHAIN_STOPPED", "unavailable", () => "the chain is not running; start the node first");

export const ChainBusyError = defineError<{ blocks: number }>(
  "CHAIN_BUSY",
  "limit",
  ({ blocks }) => `${blocks} blocks are being judged already; offer this one again when some of them are done`,
);

export const UnknownBlockError = defineError<{ id: string }>(
  "CHAIN_UNKNOWN_BLOCK",
  "missing",
  ({ id }) => `block ${id} is not known here; check the hash, or wait until the node has synced`,
);

export const StateUnavailableError = defineError<{ id: string }>(
  "CHAIN_STATE_UNAVAILABLE",
  "missing",
  ({ id }) =>
    `the state after block ${id} is not kept (not executed, or older than the undo horizon); ask for a newer block, or a node in archive mode`,
);

export const BodyPrunedError = defineError<{ height: number; bodiesFrom: number }>(
  "CHAIN_BODY_PRUNED",
  "missing",
  ({ height, bodiesFrom }) =>
    `the body of the block at height ${height} is not kept here, only its header; bodies are kept from height ${bodiesFrom}: ask a node that keeps all (node.chain.pruning: full or archive)`,
);

/** Logged as a warning at the start of a node that is to keep all bodies and does not have them. */
export const BodiesMissingError = defineError<{ bodiesFrom: number; pruning: string }>(
  "CHAIN_BODIES_MISSING",
  "missing",
  ({ bodiesFrom, pruning }) =>
    `node.chain.pruning is ${pruning}, but bodies of blocks below height ${bodiesFrom} are not here: they were pruned, or this node began from a snapshot. It keeps all from there on; to have all, sync again into an empty data directory, or import an export of a full node there (chainwright db import)`,
);

export const OtherChainError = defineError<{ expected: string; found: string }>(
  "CHAIN_OTHER_GENESIS",
  "conflict",
  ({ expected, found }) =>
    `the database holds the chain with genesis ${found}, the chain spec makes ${expected}; use another dataDir or the chain spec that it was made with`,
);

export const ChainDamagedError = defineError<{ record: string; reason: string }>(
  "CHAIN_DAMAGED",
  "damaged",
  ({ record, reason }) =>
    `stored ${record} is damaged: ${reason}; nothing wrong was served; stop the node and restore a backup (chainwright db restore), or set the data directory aside and start again to sync from peers; chainwright db verify tells what else is wrong`,
);

/** An engine breaks a law of its journal: a bug of the plugin. */
export const JournalLawError = defineError<{ what: string; bytes: number; limit: number }>(
  "CHAIN_JOURNAL_LAW",
  "internal",
  ({ what, bytes, limit }) => `a ${what} of the engine's journal has 1 to ${limit} bytes, not ${bytes}; keep large data in state`,
);

export const EventsPrunedError = defineError<{ after: number; oldest: number }>(
  "EVENTS_PRUNED",
  "missing",
  ({ after, oldest }) =>
    `events after ${after} are no longer kept, the oldest is ${oldest}; read the chain's blocks instead, then continue from the latest sequence`,
);

export const EventsAheadError = defineError<{ after: number; latest: number }>(
  "EVENTS_AHEAD",
  "conflict",
  ({ after, latest }) =>
    `the cursor ${after} is ahead of this chain's latest event ${latest}: it belongs to another database; start over from the chain's blocks`,
);

/** Codes of verdicts on blocks. */
export const Verdicts = {
  wrongChain: "BLOCK_WRONG_CHAIN",
  wrongHeight: "BLOCK_WRONG_HEIGHT",
  /** In a row of headers. */
  unlinked: "BLOCK_UNLINKED",
  badSeal: "BLOCK_BAD_SEAL",
  badCertificate: "BLOCK_BAD_CERTIFICATE",
  transactionsRoot: "BLOCK_TRANSACTIONS_ROOT",
  payloadRoot: "BLOCK_PAYLOAD_ROOT",
  unexpectedPayload: "BLOCK_UNEXPECTED_PAYLOAD",
  tooLarge: "BLOCK_TOO_LARGE",
  badSignature: "BLOCK_BAD_SIGNATURE",
  overweight: "BLOCK_OVERWEIGHT",
  receiptsRoot: "BLOCK_RECEIPTS_ROOT",
  stateRoot: "BLOCK_STATE_ROOT",
  invalidAncestor: "BLOCK_INVALID_ANCESTOR",
  belowFinality: "BLOCK_BELOW_FINALITY",
  unknownParent: "BLOCK_UNKNOWN_PARENT",
  awaitingCertificate: "BLOCK_AWAITING_CERTIFICATE",
  needsState: "BLOCK_NEEDS_STATE",
  treeFull: "BLOCK_TREE_FULL",
  /** Another block stands there on the chain that leads to the operator's checkpoint. */
  offCheckpoint: "BLOCK_OFF_CHECKPOINT",
} as const;
