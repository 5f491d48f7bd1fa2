/**
 * What a restart finds: pointer, unbroken markers, the disk's own history within the undo horizon.
 *
 * LevelDB may drop a damaged batch in the middle of its log and go on with the next one. Flushes are therefore numbered,
 * and each left a marker whose hash continues the hash of the one before: a flush that vanished leaves a gap or a broken
 * link, whatever came after it.
 */
import type { Storage } from "../ports/storage.js";
import { type Bytes, bytesEqual, Hash, toHex } from "../primitives/index.js";
import { LoadUnfinishedError, StateDamagedError } from "./errors.js";
import { KEPT_MARKERS } from "./flush.js";
import {
  decodeLoad,
  decodeMarker,
  decodePointer,
  decodeVersion,
  FIRST_PREFIX,
  LAST_PREFIX,
  LOAD_KEY,
  MARKER_PREFIX,
  type MarkerRecord,
  markerHash,
  numberedKey,
  POINTER_KEY,
  type PointerRecord,
  VERSION_PREFIX,
  type VersionRecord,
} from "./records.js";

export interface RecoveredState {
  readonly pointer: PointerRecord;
  /** From the lowest height to the flushed one. */
  readonly versions: readonly VersionRecord[];
}

function damaged(record: string, key: Bytes, reason: string): Error {
  return new StateDamagedError({ record, key: toHex(key), reason });
}

/** Undefined: there is no state. @throws STATE_DAMAGED, STATE_FORMAT_UNKNOWN, STATE_LOAD_UNFINISHED */
export async function recoverState(storage: Storage): Promise<RecoveredState | undefined> {
  const load = storage.get(LOAD_KEY);
  const stored = storage.get(POINTER_KEY);
  if (load !== undefined) {
    const { entries, values } = decodeLoad(load);
    // A load of a new state gets its pointer at its end; `db rebuild pages` works under the one that is there.
    throw new LoadUnfinishedError({ entries, of: values === "present" && stored !== undefined ? "pages" : "state" });
  }
  if (stored === undefined) {
    const others = storage.range({ gte: new Uint8Array([FIRST_PREFIX]), lt: new Uint8Array([LAST_PREFIX + 1]), limit: 1 });
    for await (const [key] of others) throw damaged("pointer", POINTER_KEY, `it is missing, but there is a record ${toHex(key)}`);
    return undefined;
  }
  const pointer = decodePointer(stored);
  await checkMarkers(storage, pointer);
  return { pointer, versions: await readVersions(storage, pointer) };
}

async function checkMarkers(storage: Storage, pointer: PointerRecord): Promise<void> {
  const first = Math.max(1, pointer.sequence - KEPT_MARKERS + 1);
  let before: MarkerRecord | undefined;
  const range = { gte: numberedKey(MARKER_PREFIX, first), lte: numberedKey(MARKER_PREFIX, Number.MAX_SAFE_INTEGER) };
  for await (const [key, value] of storage.range(range)) {
    const marker = decodeMarker(key, value);
    const expected = before === undefined ? first : before.sequence + 1;
    if (marker.sequence !== expected) throw damaged("marker", numberedKey(MARKER_PREFIX, expected), "it is missing: a flush was lost");
    const previous = before?.hash ?? (marker.sequence === 1 ? Hash.zero : undefined);
    if (previous !== undefined && !bytesEqual(marker.hash, markerHash(previous, marker)))
      throw damaged("marker", key, "its hash does not continue the one before it");
    before = marker;
  }
  const last = numberedKey(MARKER_PREFIX, pointer.sequence);
  if (before === undefined || before.sequence < pointer.sequence) throw damaged("marker", last, "it is missing: a flush was lost");
  if (before.sequence > pointer.sequence) throw damaged("pointer", POINTER_KEY, "it is older than the last marker");
  if (!bytesEqual(before.hash, pointer.markerHash)) throw damaged("marker", last, "it is not the one that the pointer names");
}

async function readVersions(storage: Storage, pointer: PointerRecord): Promise<VersionRecord[]> {
  const versions: VersionRecord[] = [];
  const range = { gte: numberedKey(VERSION_PREFIX, pointer.lowestHeight), lte: numberedKey(VERSION_PREFIX, pointer.height) };
  for await (const [key, value] of storage.range(range)) {
    const version = decodeVersion(key, value);
    const before = versions[versions.length - 1];
    const expected = numberedKey(VERSION_PREFIX, pointer.lowestHeight + versions.length);
    if (!bytesEqual(key, expected)) throw damaged("version", expected, "it is missing");
    if (before !== undefined && !bytesEqual(version.parent, before.blockId))
      throw damaged("version", key, "it does not follow the one below it");
    versions.push(version);
  }
  const last = versions[versions.length - 1];
  const lastKey = numberedKey(VERSION_PREFIX, pointer.height);
  if (last === undefined || last.height !== pointer.height) throw damaged("version", lastKey, "it is missing");
  if (!bytesEqual(last.blockId, pointer.blockId) || !bytesEqual(last.root, pointer.root))
    throw damaged("version", lastKey, "it is not the one that the pointer names");
  return versions;
}
