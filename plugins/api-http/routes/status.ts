/** GET /v1/status: the node on one page. */
import { type Static, Type, toHex } from "../../../core/sdk.js";
import { answers, Choice, Freeform, HashText, HeightNumber } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";
import { SnapshotSyncSchema } from "./peers.js";
import { WarningSchema, warningsJson } from "./warning.js";

const StatusSchema = Type.Object({
  chainId: Type.String(),
  genesisHash: HashText,
  addressPrefix: Type.String(),
  height: HeightNumber,
  headHash: HashText,
  headTimestampMs: Type.Integer(),
  justifiedHeight: HeightNumber,
  justifiedHash: HashText,
  finalizedHeight: HeightNumber,
  finalizedHash: HashText,
  flushedHeight: Type.Integer({ description: "State up to here is on disk; above, it is executed again after a crash" }),
  pruning: Choice(["archive", "full", "pruned"], { description: "What of the past this node keeps (node.chain.pruning)" }),
  bodiesFrom: Type.Integer({
    description: "Lowest height from which the transactions and receipts of blocks are kept; below, headers only. 0: all",
  }),
  statesFrom: Type.Integer({ description: "Lowest height whose state can be asked for" }),
  latestEvent: Type.Integer({ description: "Sequence of the newest chain event: where to begin with /v1/events?after=" }),
  syncState: Choice(["starting", "synced", "syncing", "isolated", "snapshot"]),
  syncTargetHeight: HeightNumber,
  syncSnapshot: Type.Optional(SnapshotSyncSchema),
  nodeId: Type.String(),
  peers: Type.Integer({ description: "Connected peers" }),
  mempool: Type.Object({ count: Type.Integer(), bytes: Type.Integer() }),
  engine: Type.Object({
    plugin: Type.String(),
    confirmations: Type.Integer({ description: "How many this engine asks for before a transaction counts as confirmed" }),
    status: Freeform,
  }),
  ledger: Type.Object({ plugin: Type.String(), kind: Type.String() }),
  limits: Type.Object(
    {
      blockBytes: Type.Integer(),
      transactionBytes: Type.Integer(),
      blockWeight: Type.Integer(),
      feeFloorPerByte: Type.Integer({ description: "Least fee for each raw transaction byte, smallest unit" }),
    },
    { description: "In force for the next block" },
  ),
  compute: Type.Optional(
    Type.Object(
      {
        kind: Type.Union([Type.Literal("native"), Type.Literal("wasm"), Type.Literal("js")]),
        tiers: Type.Object({
          ed25519: Type.String(),
          sha256: Type.String(),
          sha512: Type.String(),
          modular: Type.Optional(Type.String()),
        }),
        threads: Type.Integer(),
        fallback: Type.Optional(Type.String({ description: "Why it is not the fastest that the hardware allows" })),
      },
      { description: "What verifies signatures and hashes trees" },
    ),
  ),
  ready: Type.Boolean(),
  warnings: Type.Array(WarningSchema, { description: "What the node can't mend by itself, and works in spite of" }),
  version: Type.String(),
  uptimeMs: Type.Integer(),
});

export function addStatusRoutes(app: ApiApplication, views: ApiViews): void {
  app.get(
    "/v1/status",
    { schema: { tags: ["node"], summary: "The node, its chain and its network at a glance", response: answers(StatusSchema) } },
    async () => statusJson(views),
  );
}

function statusJson({ chain, events, mempool, network, health, compute, clock }: ApiViews): Static<typeof StatusSchema> {
  const { head, justified, finalized, genesisId, flushedHeight, pruning, bodiesFrom, statesFrom } = chain.status();
  const { limits } = chain.spec.rulesAt(head.header.height + 1);
  return {
    chainId: chain.spec.chainId,
    genesisHash: toHex(genesisId),
    addressPrefix: chain.spec.addressPrefix,
    height: head.header.height,
    headHash: toHex(head.id),
    headTimestampMs: head.header.timestampMs,
    justifiedHeight: justified.header.height,
    justifiedHash: toHex(justified.id),
    finalizedHeight: finalized.header.height,
    finalizedHash: toHex(finalized.id),
    flushedHeight,
    pruning,
    bodiesFrom,
    statesFrom,
    latestEvent: events.latest,
    syncState: network.sync.state,
    syncTargetHeight: network.sync.targetHeight,
    ...(network.sync.snapshot === undefined ? {} : { syncSnapshot: network.sync.snapshot }),
    nodeId: network.nodeId,
    peers: network.peers.length,
    mempool: { count: mempool.count, bytes: mempool.bytes },
    engine: { plugin: chain.consensus.plugin, confirmations: chain.consensus.confirmations, status: chain.consensus.status() },
    ledger: { plugin: chain.ledger.plugin, kind: chain.ledger.kind },
    limits: {
      blockBytes: limits.blockBytes,
      transactionBytes: limits.transactionBytes,
      blockWeight: limits.blockWeight,
      feeFloorPerByte: limits.feeFloorPerByte,
    },
    ...(compute === undefined ? {} : { compute: { ...compute.engine } }),
    ready: health.notReady().length === 0,
    warnings: warningsJson(health),
    version: health.version,
    uptimeMs: Math.max(0, Math.round(clock.nowMs() - health.startedAtMs)),
  };
}
