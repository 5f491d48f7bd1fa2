/** Options of storage-level. All are local to a node; none changes what it computes. */
import { type Static, Type } from "../../core/sdk.js";

const MIB = 1024 * 1024;
export const CHECK_AT_START_BYTES = 256 * MIB;
/** About 1 % of a core. */
export const PATROL_BYTES_PER_SECOND = 8 * MIB;

export const StorageLevelConfig = Type.Object(
  {
    cacheBytes: Type.Integer({
      description: "Memory for blocks of table files that were read, uncompressed, bytes. More makes cold state reads rarer.",
      minimum: MIB,
      maximum: 65_536 * MIB,
      default: 32 * MIB,
    }),
    writeBufferBytes: Type.Integer({
      description:
        "Size of the write log before it is sorted into a table file, bytes. Up to two are held in memory; more makes writing smoother and reopening after a crash longer.",
      minimum: 64 * 1024,
      maximum: 1024 * MIB,
      default: 8 * MIB,
    }),
    maxOpenFiles: Type.Integer({
      description: "Table files (2 MiB each) kept open at a time. Keep it well under the process' limit of open files (ulimit -n).",
      minimum: 74,
      maximum: 50_000,
      default: 512,
    }),
    compression: Type.Boolean({
      description: "Compress table files with Snappy. Costs little time; hashes don't shrink, transactions and headers do.",
      default: true,
    }),
    syncPolicy: Type.Optional(
      Type.Union([Type.Literal("always"), Type.Literal("background")], {
        description:
          "When writes that promise something are synced to the device. always: before they are answered, so neither the end of the process nor a power loss takes anything back. background: right after; the end of the process takes nothing back, a power loss may take the last of them, as long as two syncs take.",
        default: "always",
      }),
    ),
    checkAtStartBytes: Type.Optional(
      Type.Integer({
        description:
          "Table files whose checksums are looked at before the database is opened, newest first, bytes in all. LevelDB reads tables without checking them. A gigabyte takes about a second.",
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: CHECK_AT_START_BYTES,
      }),
    ),
    patrolBytesPerSecond: Type.Optional(
      Type.Integer({
        description:
          "Pace at which the checksums of all table files are looked at while the node runs, bytes a second; once through, it rests for an hour. 0: not at all.",
        minimum: 0,
        maximum: 1024 * MIB,
        default: PATROL_BYTES_PER_SECOND,
      }),
    ),
  },
  { additionalProperties: false },
);

export type StorageLevelOptions = Static<typeof StorageLevelConfig>;
