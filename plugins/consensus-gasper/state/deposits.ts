/** Records of deposits: those that wait for the end of an epoch, and those that were given back. */
import { Address, type Bytes, CanonicalWriter, decodeMessage, messageShape } from "../../../core/sdk.js";

/** What an operation left in the queue. */
export interface PendingDeposit {
  readonly publicKey: Bytes;
  readonly proofOfPossession: Bytes;
  /** The validator's account. */
  readonly account: Address;
  /** Who paid, and gets it back if it is refused. */
  readonly sender: Address;
  /** Smallest unit. */
  readonly amount: number;
  /** Slot of the block that brought it. */
  readonly slot: number;
}

export interface RefusedDepositRecord {
  readonly publicKey: Bytes;
  readonly sender: Address;
  readonly amount: number;
  /** The epoch at whose end it was refused. */
  readonly epoch: number;
  /** Number of `RefusedDeposit`. */
  readonly fault: number;
}

const PENDING = messageShape("PendingDeposit", ["public_key", "proof_of_possession", "account", "sender", "amount", "slot"]);
const REFUSED = messageShape("RefusedDeposit", ["public_key", "sender", "amount", "epoch", "fault"]);
const RECORD_BYTES_MAX = 256;

export function encodePending({ publicKey, proofOfPossession, account, sender, amount, slot }: PendingDeposit): Bytes {
  return new CanonicalWriter()
    .fixed(1, publicKey, 48)
    .fixed(2, proofOfPossession, 96)
    .fixed(3, account, 20)
    .fixed(4, sender, 20)
    .uint64(5, amount)
    .uint64(6, slot)
    .finish();
}

export function decodePending(bytes: Bytes): PendingDeposit {
  return decodeMessage(PENDING, bytes, RECORD_BYTES_MAX, (reader) => ({
    publicKey: reader.fixed(1, 48),
    proofOfPossession: reader.fixed(2, 96),
    account: Address.from(reader.fixed(3, 20)),
    sender: Address.from(reader.fixed(4, 20)),
    amount: reader.safeInteger(5),
    slot: reader.safeInteger(6),
  }));
}

export function encodeRefused({ publicKey, sender, amount, epoch, fault }: RefusedDepositRecord): Bytes {
  return new CanonicalWriter().fixed(1, publicKey, 48).fixed(2, sender, 20).uint64(3, amount).uint64(4, epoch).uint64(5, fault).finish();
}

export function decodeRefused(bytes: Bytes): RefusedDepositRecord {
  return decodeMessage(REFUSED, bytes, RECORD_BYTES_MAX, (reader) => ({
    publicKey: reader.fixed(1, 48),
    sender: Address.from(reader.fixed(2, 20)),
    amount: reader.safeInteger(3),
    epoch: reader.safeInteger(4),
    fault: reader.uint32(5),
  }));
}
