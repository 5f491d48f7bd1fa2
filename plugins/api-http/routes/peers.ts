/** GET /v1/peers: whom the node is connected to. /v1/admin/peers and /v1/admin/bans: its peer book, behind the token. */
import { type PeerRecord, type Static, Type } from "../../../core/sdk.js";
import { ApiBanNotFoundError } from "../errors.js";
import { answers, Choice, HashText, HeightNumber } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const Milliseconds = Type.Integer({ minimum: 0 });
const Score = Type.Number({ description: "0 to 100; peers below the dial threshold (default 25) are not dialed" });
const AddressOfPeer = Type.String({ description: "As the transport writes it: tcp://host:port", minLength: 1, maxLength: 255 });
const BAN_MS_MAX = 10 * 365 * 24 * 3_600_000;
const BAN_MS_DEFAULT = 24 * 3_600_000;

/** How far a checkpoint start is. */
export const SnapshotSyncSchema = Type.Object(
  {
    phase: Choice(["headers", "search", "ranges", "build"]),
    height: HeightNumber,
    id: HashText,
    percent: Type.Integer({ minimum: 0, maximum: 100, description: "Of ranges and build" }),
    headers: Type.Integer({
      minimum: 0,
      description: "Up to the checkpoint; while those above it are checked (phase search), up to the snapshot's block",
    }),
    headersDone: Type.Integer({ minimum: 0 }),
    ranges: Type.Integer({ minimum: 0, description: "Ranges of the state that the snapshot has" }),
    rangesDone: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    bytesDone: Type.Integer({ minimum: 0 }),
    problem: Type.Optional(Type.String({ description: "Why it does not go on, and what to do" })),
  },
  { description: "While the node begins from a checkpoint (node.sync.checkpoint)" },
);

const PeersSchema = Type.Object({
  nodeId: Type.String({ description: "This node's own id" }),
  listening: Type.Array(AddressOfPeer, { description: "Where this node takes connections" }),
  sync: Type.Object({
    state: Choice(["starting", "synced", "syncing", "isolated", "snapshot"]),
    currentHeight: HeightNumber,
    headerHeight: HeightNumber,
    targetHeight: HeightNumber,
    blocksPerSecond: Type.Number(),
    activePeers: Type.Integer({ minimum: 0, description: "Peers that blocks, or ranges of a snapshot, are being fetched from" }),
    snapshot: Type.Optional(SnapshotSyncSchema),
  }),
  peers: Type.Array(
    Type.Object({
      nodeId: Type.String(),
      address: AddressOfPeer,
      direction: Choice(["inbound", "outbound"]),
      agent: Type.String({ description: "Software, in the peer's own words" }),
      headHeight: HeightNumber,
      headHash: HashText,
      score: Score,
      connectedSinceMs: Milliseconds,
      latencyMs: Type.Optional(Type.Number()),
    }),
  ),
});

const RecordSchema = Type.Object({
  address: AddressOfPeer,
  nodeId: Type.Optional(Type.String()),
  source: Choice(["config", "operator", "exchange", "inbound"]),
  persistent: Type.Boolean({ description: "Dialed again for ever, whatever its score" }),
  score: Score,
  connected: Type.Boolean(),
  lastConnectedMs: Type.Optional(Milliseconds),
  lastFailure: Type.Optional(
    Type.Object({
      atMs: Milliseconds,
      code: Type.Optional(Type.String({ description: "Stable; of the side that ended it" })),
      reason: Type.String({ description: "Begins with `it refused:` where the peer gave it" }),
    }),
  ),
  failuresInARow: Type.Integer(),
});

const BanSchema = Type.Object({
  subject: Type.String({ description: "Node id or address" }),
  untilMs: Milliseconds,
  reason: Type.String(),
  by: Type.Optional(Choice(["operator", "node"], { description: "`node`: this node itself, for what the peer did" })),
});

const Subject = Type.String({ description: "Node id (64 hex digits) or address", minLength: 1, maxLength: 255 });

export function addPeerRoutes(app: ApiApplication, { network }: ApiViews): void {
  app.get(
    "/v1/peers",
    { schema: { tags: ["network"], summary: "Connected peers and the state of synchronization", response: answers(PeersSchema) } },
    async (): Promise<Static<typeof PeersSchema>> => ({
      nodeId: network.nodeId,
      listening: [...network.listening],
      sync: { ...network.sync },
      peers: network.peers.map(({ headId, scoreMilli, ...peer }) => ({ ...peer, headHash: headId, score: scoreMilli / 1_000 })),
    }),
  );
}

export function addPeerAdminRoutes(app: ApiApplication, { peerBook }: ApiViews): void {
  app.get(
    "/v1/admin/peers",
    {
      schema: {
        tags: ["admin"],
        summary: "The peer book, best first, and the bans",
        response: answers(Type.Object({ peers: Type.Array(RecordSchema), bans: Type.Array(BanSchema) })),
      },
    },
    async () => ({ peers: peerBook.records().map(recordJson), bans: peerBook.bans().map((ban) => ({ ...ban })) }),
  );

  app.post(
    "/v1/admin/peers",
    {
      schema: {
        tags: ["admin"],
        summary: "Add an address and dial it",
        body: Type.Object(
          { address: AddressOfPeer, persistent: Type.Boolean({ default: false, description: "Dial it again for ever" }) },
          { additionalProperties: false },
        ),
        response: answers(Type.Object({ address: AddressOfPeer })),
      },
    },
    async ({ body }) => {
      await peerBook.add(body.address, { persistent: body.persistent });
      return { address: body.address };
    },
  );

  app.post(
    "/v1/admin/bans",
    {
      schema: {
        tags: ["admin"],
        summary: "Ban a node id or an address, and close its connections",
        body: Type.Object(
          {
            subject: Subject,
            durationMs: Type.Integer({ minimum: 1, maximum: BAN_MS_MAX, default: BAN_MS_DEFAULT }),
            reason: Type.String({ maxLength: 200, default: "by an administrator" }),
          },
          { additionalProperties: false },
        ),
        response: answers(Type.Object({ bans: Type.Array(BanSchema) })),
      },
    },
    async ({ body }) => {
      await peerBook.ban(body.subject, { durationMs: body.durationMs, reason: body.reason });
      return { bans: peerBook.bans().map((ban) => ({ ...ban })) };
    },
  );

  app.post(
    "/v1/admin/bans/lift",
    {
      schema: {
        tags: ["admin"],
        summary: "Lift a ban",
        body: Type.Object({ subject: Subject }, { additionalProperties: false }),
        response: answers(Type.Object({ subject: Type.String() })),
      },
    },
    async ({ body }) => {
      if (!(await peerBook.unban(body.subject))) throw new ApiBanNotFoundError({ subject: body.subject });
      return { subject: body.subject };
    },
  );
}

function recordJson({ scoreMilli, ...record }: PeerRecord): Static<typeof RecordSchema> {
  const { lastFailure, ...rest } = record;
  return { ...rest, score: scoreMilli / 1_000, ...(lastFailure === undefined ? {} : { lastFailure: { ...lastFailure } }) };
}
