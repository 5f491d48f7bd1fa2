/** Schemas that several of the engine's routes share, and the values in their form. */
import { type Static, Type, toHex } from "../../../core/sdk.js";
import type { ValidatorStatus } from "../state/index.js";
import { type Checkpoint, FAR_FUTURE_EPOCH } from "../types.js";

const PAGE_MAX = 1_000;
const PAGE_DEFAULT = 100;

export const HashText = Type.String({ pattern: "^[0-9a-f]{64}$", description: "32 bytes as 64 lower-case hex digits" });
export const HexText = Type.String({ pattern: "^([0-9a-f]{2})*$", description: "Bytes as lower-case hex digits" });
export const AmountText = Type.String({ pattern: "^-?[0-9]+$", description: "Decimal integer in the chain's smallest unit" });
export const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Index = Type.Integer({ minimum: 0, maximum: 1_048_575 });
export const Epoch = Type.Integer({ minimum: 0, maximum: FAR_FUTURE_EPOCH - 1, description: "Epoch" });
/** An epoch of a validator's life. */
export const EpochOrNull = Type.Union([Epoch, Type.Null()], { description: "null: not decided" });
export const Limit = Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT, description: "How many at most" });
export const Offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0, description: "`next` of the page before" });
export const Next = Type.Union([Whole, Type.Null()], { description: "Pass it as `offset` for the next page; null at the end" });

export const CheckpointSchema = Type.Object({ epoch: Epoch, root: HashText });
export const BlockSchema = Type.Object({ root: HashText, slot: Whole }, { description: "The block after which this holds" });

export const STATUSES = [
  "pending_initialized",
  "pending_queued",
  "active_ongoing",
  "active_exiting",
  "active_slashed",
  "exited_unslashed",
  "exited_slashed",
  "withdrawal_possible",
  "withdrawal_done",
] as const satisfies readonly ValidatorStatus[];

/** One of a few words. */
export function Choice<const Words extends readonly string[]>(words: Words, description: string) {
  return Type.Unsafe<Words[number]>({ type: "string", enum: words, description });
}

export function checkpointJson({ epoch, root }: Checkpoint): Static<typeof CheckpointSchema> {
  return { epoch, root: toHex(root) };
}

export function epochJson(epoch: number): number | null {
  return epoch === FAR_FUTURE_EPOCH ? null : epoch;
}

export const tags = ["gasper"];
