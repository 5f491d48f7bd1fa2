/**
 * Votes as bytes, for a clean stop: blocks come back from the store, and with them the votes that they hold; those of gossip would be lost.
 *
 * All integers big-endian:
 *
 * | bytes | what |
 * | --- | --- |
 * | 1 | version: 1 |
 * | 4 × 4 | counts: M messages, V validators, E equivocators, W early votes |
 * | M × 36 | message: block root (zero: a block that is gone), target epoch |
 * | V × 4 | by validator: number of its message from 1 on, 0: none; the last one is not 0 |
 * | E × 4 | indices of equivocators, ascending |
 * | W × 16 | early vote: validator, number of its message, slot |
 *
 * Validators by the thousand share a message, so a vote costs 4 bytes. It is trusted as far as the node's own store is (which has a checksum
 * for each record), but read strictly all the same: the length is checked against the counts, and those against bounds, before anything is
 * allocated.
 */
import { type Bytes, Hash, putUint32, putUint64, uint32At, uint64At } from "../../../core/sdk.js";
import { FAR_FUTURE_EPOCH } from "../types.js";
import { SnapshotError } from "./errors.js";
import { VALIDATORS_MAX } from "./latest-votes.js";

const VERSION = 1;
const HEAD_BYTES = 17;
const MESSAGE_BYTES = 36;
const EARLY_BYTES = 16;
/** Two early votes a validator (early-votes.ts). */
const EARLY_MAX = 2 * VALIDATORS_MAX;

/** What validators said: one head in one epoch. */
export interface VoteMessage {
  readonly root: Hash;
  readonly targetEpoch: number;
}

export interface SavedVotes {
  readonly messages: readonly VoteMessage[];
  /** By validator: number of its message from 1 on; 0: none. */
  readonly latest: Uint32Array;
  readonly equivocators: Uint32Array;
  /** With the number of their message, from 1 on. */
  readonly early: readonly { readonly validator: number; readonly message: number; readonly slot: number }[];
}

export function encodeVotes({ messages, latest, equivocators, early }: SavedVotes): Bytes {
  let count = latest.length;
  while (count > 0 && latest[count - 1] === 0) count--;
  const bytes = new Uint8Array(
    HEAD_BYTES + MESSAGE_BYTES * messages.length + 4 * (count + equivocators.length) + EARLY_BYTES * early.length,
  );
  bytes[0] = VERSION;
  [messages.length, count, equivocators.length, early.length].forEach((each, index) => {
    putUint32(bytes, 1 + 4 * index, each);
  });
  let at = HEAD_BYTES;
  for (const { root, targetEpoch } of messages) {
    bytes.set(root, at);
    putUint32(bytes, at + 32, targetEpoch);
    at += MESSAGE_BYTES;
  }
  for (let validator = 0; validator < count; validator++, at += 4) putUint32(bytes, at, latest[validator] as number);
  for (const validator of equivocators) {
    putUint32(bytes, at, validator);
    at += 4;
  }
  for (const { validator, message, slot } of early) {
    putUint32(bytes, at, validator);
    putUint32(bytes, at + 4, message);
    putUint64(bytes, at + 8, slot);
    at += EARLY_BYTES;
  }
  return bytes;
}

/** @throws SnapshotError */
export function decodeVotes(bytes: Bytes): SavedVotes {
  const demand = (holds: boolean, reason: string) => {
    if (!holds) throw new SnapshotError({ reason });
  };
  demand(bytes.length >= HEAD_BYTES, "the head is cut off");
  demand(bytes[0] === VERSION, `its version is ${bytes[0]}, not ${VERSION}`);
  const [messageCount, latestCount, equivocatorCount, earlyCount] = [1, 5, 9, 13].map((at) => uint32At(bytes, at)) as [
    number,
    number,
    number,
    number,
  ];
  demand(latestCount <= VALIDATORS_MAX && equivocatorCount <= VALIDATORS_MAX, "more validators than there may be");
  demand(earlyCount <= EARLY_MAX, "more early votes than there may be");
  demand(messageCount <= latestCount + earlyCount, "more messages than votes");
  const length = HEAD_BYTES + MESSAGE_BYTES * messageCount + 4 * (latestCount + equivocatorCount) + EARLY_BYTES * earlyCount;
  demand(bytes.length === length, `its counts say ${length} bytes, and there are ${bytes.length}`);

  let at = HEAD_BYTES;
  const messages: VoteMessage[] = [];
  for (; messages.length < messageCount; at += MESSAGE_BYTES) {
    const targetEpoch = uint32At(bytes, at + 32);
    demand(targetEpoch < FAR_FUTURE_EPOCH, "a vote of no epoch");
    messages.push({ root: Hash.from(bytes.slice(at, at + 32)), targetEpoch });
  }
  const latest = new Uint32Array(latestCount);
  for (let validator = 0; validator < latestCount; validator++, at += 4) {
    latest[validator] = uint32At(bytes, at);
    demand((latest[validator] as number) <= messageCount, "a vote without its message");
  }
  demand(latestCount === 0 || latest[latestCount - 1] !== 0, "votes end with none");
  const equivocators = new Uint32Array(equivocatorCount);
  for (let index = 0; index < equivocatorCount; index++, at += 4) {
    const validator = uint32At(bytes, at);
    demand(validator < VALIDATORS_MAX, "an index that no validator has");
    demand(index === 0 || validator > (equivocators[index - 1] as number), "equivocators out of order");
    equivocators[index] = validator;
  }
  const early: SavedVotes["early"][number][] = [];
  for (; early.length < earlyCount; at += EARLY_BYTES) {
    const [validator, message, slot] = [uint32At(bytes, at), uint32At(bytes, at + 4), uint64At(bytes, at + 8)];
    demand(validator < VALIDATORS_MAX, "an index that no validator has");
    demand(message > 0 && message <= messageCount, "an early vote without its message");
    demand(Number.isSafeInteger(slot), "a slot beyond all time");
    early.push({ validator, message, slot });
  }
  return { messages, latest, equivocators, early };
}
