/**
 * The one record that every block reads and writes: where the chain stands, and the sums that would cost a walk over all validators.
 *
 * Sums are over effective balances in increments, which change only at the end of an epoch, and over validators that are active or voted
 * in one, so that a block only adds the few that it changes.
 */
import { type Bytes, Hash } from "../../../core/sdk.js";
import { StateDamagedError } from "../errors.js";
import type { Checkpoint } from "../types.js";

export interface Summary {
  slot: number;
  validatorCount: number;
  /** Bit i: the epoch i before the current one is justified. */
  justificationBits: number;
  previousJustified: Checkpoint;
  currentJustified: Checkpoint;
  finalized: Checkpoint;
  /** The latest exit epoch that was given out, and to how many. */
  exitQueueEpoch: number;
  exitQueueChurn: number;
  /** Validators active in the current epoch, and their effective balances, increments. */
  activeCount: number;
  activeIncrements: number;
  /** Effective balances of those who voted for the right target of the previous and the current epoch and are not slashed, increments. */
  previousTargetIncrements: number;
  currentTargetIncrements: number;
  /** Sum of the slashings ring, increments. */
  slashedIncrements: number;
  /** Where the sweep goes on, and how many withdrawals there were. */
  nextWithdrawalValidator: number;
  withdrawalCount: number;
  /** Deposits `[firstPending, endPending)` wait. */
  firstPending: number;
  endPending: number;
  refusedCount: number;
  /** Sum of all validators' balances, and of what waits, smallest unit: what the escrow holds. */
  balancesTotal: bigint;
  pendingTotal: bigint;
}

const VERSION = 1;
const CHECKPOINT_BYTES = 8 + 32;

type NumberField = { [K in keyof Summary]: Summary[K] extends number ? K : never }[keyof Summary];

/** Each 8 bytes, little-endian, in this order; then three checkpoints, then two amounts. */
const NUMBERS: readonly NumberField[] = [
  "slot",
  "validatorCount",
  "justificationBits",
  "exitQueueEpoch",
  "exitQueueChurn",
  "activeCount",
  "activeIncrements",
  "previousTargetIncrements",
  "currentTargetIncrements",
  "slashedIncrements",
  "nextWithdrawalValidator",
  "withdrawalCount",
  "firstPending",
  "endPending",
  "refusedCount",
];
const CHECKPOINTS = ["previousJustified", "currentJustified", "finalized"] as const;
const AMOUNTS = ["balancesTotal", "pendingTotal"] as const;
const SUMMARY_BYTES = 1 + 8 * NUMBERS.length + CHECKPOINT_BYTES * CHECKPOINTS.length + 8 * AMOUNTS.length;

/** Epoch 0 with a root of zeros: the checkpoint that stands for genesis. */
export const GENESIS_CHECKPOINT: Checkpoint = { epoch: 0, root: Hash.zero };

export function emptySummary(): Summary {
  const zeros = Object.fromEntries(NUMBERS.map((name) => [name, 0])) as Record<NumberField, number>;
  const genesis = GENESIS_CHECKPOINT;
  return { ...zeros, previousJustified: genesis, currentJustified: genesis, finalized: genesis, balancesTotal: 0n, pendingTotal: 0n };
}

export function encodeSummary(summary: Summary): Bytes {
  const bytes = new Uint8Array(SUMMARY_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  let at = 1;
  for (const name of NUMBERS) {
    view.setBigUint64(at, BigInt(summary[name]), true);
    at += 8;
  }
  for (const name of CHECKPOINTS) {
    view.setBigUint64(at, BigInt(summary[name].epoch), true);
    bytes.set(summary[name].root, at + 8);
    at += CHECKPOINT_BYTES;
  }
  for (const name of AMOUNTS) {
    view.setBigUint64(at, summary[name], true);
    at += 8;
  }
  return bytes;
}

/** @throws StateDamagedError */
export function decodeSummary(bytes: Bytes): Summary {
  if (bytes.length !== SUMMARY_BYTES || bytes[0] !== VERSION)
    throw new StateDamagedError({ what: "summary", reason: `it has ${bytes.length} bytes and begins with ${bytes[0]}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const summary = emptySummary();
  let at = 1;
  for (const name of NUMBERS) {
    const value = Number(view.getBigUint64(at, true));
    if (!Number.isSafeInteger(value)) throw new StateDamagedError({ what: "summary", reason: `its ${name} exceeds 2^53 - 1` });
    summary[name] = value;
    at += 8;
  }
  for (const name of CHECKPOINTS) {
    summary[name] = { epoch: Number(view.getBigUint64(at, true)), root: Hash.from(bytes.slice(at + 8, at + CHECKPOINT_BYTES)) };
    at += CHECKPOINT_BYTES;
  }
  for (const name of AMOUNTS) {
    summary[name] = view.getBigUint64(at, true);
    at += 8;
  }
  return summary;
}
