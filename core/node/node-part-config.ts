/** The node's own section of a node config: chain, state, mempool, network, sync and snapshots. */
import Type, { type Static } from "#bundled/typebox";
import { DEFAULT_CHAIN_OPTIONS } from "../chain/index.js";
import { NetworkSchema } from "./network-config.js";
import { SnapshotsSchema, SyncSchema } from "./sync-config.js";

const MEBIBYTE = 1024 * 1024;

/** So that other nodes find what they need after a while offline. */
const KEEP_BLOCKS_MIN = 128;

const bound = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum });

export const NodePartSchema = Type.Object(
  {
    migrate: Type.Union([Type.Literal("quick"), Type.Literal("always"), Type.Literal("never")], {
      description:
        "What a start does about a database of an older format. quick: migrations that write a few records are carried out, others are left to `chainwright db migrate`, and the start is refused. always: all are carried out. never: none",
      default: "quick",
    }),
    produce: Type.Boolean({
      description: "Let the engine make blocks, if it is configured to (a node without it only follows)",
      default: true,
    }),
    chain: Type.Object(
      {
        waitingBlocks: bound(
          "Blocks kept while their parent, time or certificate is missing",
          DEFAULT_CHAIN_OPTIONS.waitingBlocks,
          0,
          100_000,
        ),
        waitingBytes: bound("Bytes of such blocks", DEFAULT_CHAIN_OPTIONS.waitingBytes, 0, 4096 * MEBIBYTE),
        passingBlocks: bound("Blocks judged at the same time", DEFAULT_CHAIN_OPTIONS.passingBlocks, 1, 100_000),
        treeBlocks: bound("Blocks above finality, all branches", DEFAULT_CHAIN_OPTIONS.treeBlocks, 1_000, 10_000_000),
        flushAfterBlocks: bound("Flush state once so many blocks are only in memory", DEFAULT_CHAIN_OPTIONS.flushAfterBlocks, 1, 10_000),
        flushAfterMs: bound("Flush state once executing again would take this long, ms", DEFAULT_CHAIN_OPTIONS.flushAfterMs, 1, 600_000),
        flushAfterBytes: bound(
          "Flush state once overlays hold so many bytes",
          DEFAULT_CHAIN_OPTIONS.flushAfterBytes,
          65_536,
          65_536 * MEBIBYTE,
        ),
        keptEvents: bound("Chain events kept for cursors", DEFAULT_CHAIN_OPTIONS.keptEvents, 100, 100_000_000),
        pruning: Type.Union([Type.Literal("archive"), Type.Literal("full"), Type.Literal("pruned")], {
          description:
            "What is kept of the past. archive: all blocks, and the state after each of them. full: all blocks, recent state. pruned: recent blocks, all headers, recent state. Can be changed later; core/chain/README.md says what each change needs",
          default: DEFAULT_CHAIN_OPTIONS.pruning,
        }),
        keepBlocks: bound(
          "Newest blocks whose bodies, receipts and transaction places are kept with pruning: pruned. More are kept where undo or finality need them",
          DEFAULT_CHAIN_OPTIONS.keepBlocks,
          KEEP_BLOCKS_MIN,
          1_000_000_000,
        ),
      },
      { description: "Blocks and forks", additionalProperties: false, default: {} },
    ),
    state: Type.Object(
      {
        pageCacheBytes: bound("Trie pages in memory, bytes", 32 * MEBIBYTE, MEBIBYTE, 65_536 * MEBIBYTE),
        valueCacheBytes: bound("State values in memory, bytes", 32 * MEBIBYTE, MEBIBYTE, 65_536 * MEBIBYTE),
      },
      { description: "Authenticated state", additionalProperties: false, default: {} },
    ),
    mempool: Type.Object(
      {
        maxCount: bound("Transactions in the mempool", 50_000, 1, 10_000_000),
        maxBytes: bound("Bytes of transactions in the mempool", 64 * MEBIBYTE, 65_536, 65_536 * MEBIBYTE),
        maxPerSender: bound("Transactions of one sender", 256, 1, 1_000_000),
        replaceFeePercent: bound("How much more fee a replacement needs, percent", 10, 0, 1_000),
      },
      { description: "Transactions that wait for a block", additionalProperties: false, default: {} },
    ),
    network: NetworkSchema,
    sync: SyncSchema,
    snapshots: SnapshotsSchema,
  },
  { additionalProperties: false },
);

export type NodePartConfig = Static<typeof NodePartSchema>;
