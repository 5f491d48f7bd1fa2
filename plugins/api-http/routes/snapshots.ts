/** GET /v1/snapshots, GET and POST /v1/admin/snapshots: the state as a whole, for new nodes to begin with. */
import { ChainwrightError, type SnapshotSummary, type Static, Type, toHex } from "../../../core/sdk.js";
import { problemOf } from "../problem.js";
import { answers, Choice, HashText, HeightNumber } from "../schemas.js";
import type { SnapshotOutcome, SnapshotRequest } from "../snapshot-request.js";
import type { ApiApplication, ApiViews } from "../views.js";

const WAIT_MS_MAX = 30_000;
const WAIT_MS_DEFAULT = 5_000;
/** The wait, and what the node needs besides. */
const ANSWER_TIMEOUT_MS = WAIT_MS_MAX + 10_000;

const summaryFields = {
  height: HeightNumber,
  id: Type.String({ ...HashText, description: "Block whose state it is; compare it with a source that you trust" }),
  manifestHash: Type.String({ ...HashText, description: "The same on all honest nodes" }),
  entries: Type.Integer({ description: "Keys of the state" }),
  chunks: Type.Integer(),
  bytes: Type.Integer({ description: "Of all chunks" }),
};
const SummarySchema = Type.Object(summaryFields);
const OwnSummarySchema = Type.Object({ ...summaryFields, folder: Type.String({ description: "Where it lies on the node's machine" }) });

const RequestSchema = Type.Object(
  {
    state: Choice(["making", "made", "failed"]),
    height: Type.Optional(HeightNumber),
    snapshot: Type.Optional(OwnSummarySchema),
    code: Type.Optional(Type.String({ description: "Why it failed: a stable code" })),
    detail: Type.Optional(Type.String()),
  },
  { description: "The last one that was asked for since the node started" },
);

export function addSnapshotRoutes(app: ApiApplication, { control }: ApiViews): void {
  app.get(
    "/v1/snapshots",
    {
      schema: {
        tags: ["node"],
        summary: "Snapshots of the state that this node has for others, newest first",
        response: answers(Type.Object({ snapshots: Type.Array(SummarySchema) })),
      },
    },
    async () => ({ snapshots: (control.snapshots?.() ?? []).map(publicJson) }),
  );
}

export function addSnapshotAdminRoutes(app: ApiApplication, { control }: ApiViews, request: SnapshotRequest): void {
  const Made = Type.Object({ request: RequestSchema });
  app.get(
    "/v1/admin/snapshots",
    {
      schema: {
        tags: ["admin"],
        summary: "Snapshots with their folders, and how the one that was asked for last stands",
        response: answers(Type.Object({ snapshots: Type.Array(OwnSummarySchema), request: Type.Optional(RequestSchema) })),
      },
    },
    async ({ id, url }) => ({
      snapshots: (control.snapshots?.() ?? []).map(ownJson),
      ...(request.last === undefined ? {} : { request: requestJson(request.last, url, id) }),
    }),
  );

  app.post(
    "/v1/admin/snapshots",
    {
      config: { answerTimeoutMs: ANSWER_TIMEOUT_MS },
      schema: {
        tags: ["admin"],
        summary: "Make a snapshot of the state, beside other work; 202 if it is not whole within waitMs",
        body: Type.Object(
          {
            height: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: Number.MAX_SAFE_INTEGER,
                description: "Of a block of this chain whose state is kept; default: the newest final one",
              }),
            ),
            waitMs: Type.Integer({ minimum: 0, maximum: WAIT_MS_MAX, default: WAIT_MS_DEFAULT }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Made, 202: Made, default: answers(Made).default },
      },
    },
    async ({ body, id, url }, reply) => {
      const outcome = await request.make(body.height, body.waitMs);
      reply.code(outcome.state === "making" ? 202 : 200);
      return { request: requestJson(outcome, url, id) };
    },
  );
}

function publicJson({ height, id, manifestHash, entries, chunks, bytes }: SnapshotSummary): Static<typeof SummarySchema> {
  return { height, id: toHex(id), manifestHash: toHex(manifestHash), entries, chunks, bytes };
}

function ownJson(summary: SnapshotSummary): Static<typeof OwnSummarySchema> {
  return { ...publicJson(summary), folder: summary.folder };
}

function requestJson(outcome: SnapshotOutcome, url: string, requestId: string): Static<typeof RequestSchema> {
  if (outcome.state === "making") return { ...outcome };
  if (outcome.state === "made") return { state: "made", height: outcome.snapshot.height, snapshot: ownJson(outcome.snapshot) };
  if (!ChainwrightError.is(outcome.error)) return { state: "failed", code: "API_INTERNAL", detail: "the node's log has the reason" };
  const { code, detail } = problemOf(outcome.error, url, requestId);
  return { state: "failed", code, detail };
}
