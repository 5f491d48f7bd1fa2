/** `node.sync` and `node.snapshots` of a node config: where a fresh node begins, and which snapshots a node makes for others. */
import Type, { type Static } from "#bundled/typebox";
import type { Checkpoint } from "../network/index.js";
import { Hash } from "../primitives/hash.js";
import { CheckpointMissingError, NoTransportForSyncError } from "./errors.js";

export const SyncSchema = Type.Object(
  {
    mode: Type.Union([Type.Literal("full"), Type.Literal("state")], {
      description:
        "How an empty data directory gets its chain. full: all blocks, executed from genesis on. state: the state of a recent block, from peers that have a snapshot of it, then ordinary sync; needs a checkpoint",
      default: "full",
    }),
    checkpoint: Type.Optional(
      Type.Object(
        {
          height: Type.Integer({ description: "Its height", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
          id: Type.String({ description: "Its block id, 64 hex digits", pattern: "^[0-9a-fA-F]{64}$" }),
        },
        {
          description:
            "A block that you trust to be on the chain, from a source other than your peers. Headers below it need no seals checked, and a chain that does not hold it is refused",
          additionalProperties: false,
        },
      ),
    ),
  },
  { description: "Where a node begins", additionalProperties: false, default: {} },
);

export const SnapshotsSchema = Type.Object(
  {
    everyBlocks: Type.Integer({
      description: "Make a snapshot of the state at each multiple of this height, once it is final; 0: only on request",
      default: 0,
      minimum: 0,
      maximum: 1_000_000_000,
    }),
    keep: Type.Integer({ description: "Snapshots that stay on disk; the oldest go", default: 2, minimum: 1, maximum: 16 }),
    restPercent: Type.Integer({
      description: "Pause after each piece of a snapshot, in percent of the time that it took: higher is gentler and slower",
      default: 100,
      minimum: 0,
      maximum: 10_000,
    }),
  },
  { description: "Snapshots of the state, for fresh nodes to begin with", additionalProperties: false, default: {} },
);

export type SyncConfig = Static<typeof SyncSchema>;
export type SnapshotsConfig = Static<typeof SnapshotsSchema>;

export interface SyncPlan {
  readonly mode: "full" | "state";
  readonly checkpoint: Checkpoint | undefined;
}

/** @throws SYNC_CHECKPOINT_MISSING, SYNC_NO_TRANSPORT */
export function syncPlan({ mode, checkpoint }: SyncConfig, transports: number): SyncPlan {
  if (mode === "state" && checkpoint === undefined) throw new CheckpointMissingError({});
  if (mode === "state" && transports === 0) throw new NoTransportForSyncError({});
  return { mode, checkpoint: checkpoint === undefined ? undefined : { height: checkpoint.height, id: Hash.parse(checkpoint.id) } };
}
