/** Options of index-history. All are local to a node. */
import { type Static, Type } from "../../core/sdk.js";

const MIB = 1024 * 1024;
const CHECK_AT_START_BYTES = 256 * MIB;
/** About 1 % of a core. */
const PATROL_BYTES_PER_SECOND = 8 * MIB;

export const IndexHistoryConfig = Type.Object(
  {
    backfillPercent: Type.Integer({
      description:
        "Share of the main thread's time that indexing may take while it catches up, percent. Slices of a few milliseconds either way; less leaves more to block import and the API.",
      minimum: 1,
      maximum: 100,
      default: 50,
    }),
    cacheBytes: Type.Integer({
      description: "Memory for blocks of the index' table files that were read, uncompressed, bytes. More makes cold lookups rarer.",
      minimum: MIB,
      maximum: 65_536 * MIB,
      default: 8 * MIB,
    }),
    writeBufferBytes: Type.Integer({
      description:
        "Size of the index' write log before it is sorted into a table file, bytes. Up to two are held in memory; more makes a long back-fill quicker.",
      minimum: 64 * 1024,
      maximum: 256 * MIB,
      default: 8 * MIB,
    }),
    checkAtStartBytes: Type.Integer({
      description:
        "Table files whose checksums are looked at before the index is opened, newest first, bytes in all. LevelDB reads tables without checking them. A gigabyte takes about a second.",
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: CHECK_AT_START_BYTES,
    }),
    patrolBytesPerSecond: Type.Integer({
      description:
        "Pace at which the checksums of all table files of the index are looked at while the node runs, bytes a second; once through, it rests for an hour. 0: not at all.",
      minimum: 0,
      maximum: 1024 * MIB,
      default: PATROL_BYTES_PER_SECOND,
    }),
  },
  { additionalProperties: false },
);

export type IndexHistoryConfig = Static<typeof IndexHistoryConfig>;
