/** GET /v1/reorgs: what reorgs undid and applied, after the same durable cursor as /v1/events, optionally waiting for the next one. */
import { type Scheduler, Type } from "../../../core/sdk.js";
import type { EventWaiters } from "../event-waiters.js";
import { type ReorgPage, ReorgReader } from "../reorgs.js";
import { answers, Choice, HashText, HeightNumber } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const WAIT_MAX_MS = 30_000;
/** On top of the longest wait: deep ones take their time to read. */
const ANSWER_MARGIN_MS = 30_000;
const REORGS_MAX = 10;

const BlockName = Type.Object({ hash: HashText, height: HeightNumber });

const ReorgAnswer = Type.Object({
  reorgs: Type.Array(
    Type.Object({
      sequence: Type.Integer({ description: "Of its first event: names it for good" }),
      lastSequence: Type.Integer({ description: "Of its last event: as `after`, a cursor behind it" }),
      depth: Type.Integer({ description: "Blocks undone" }),
      ancestor: Type.Object({ ...BlockName.properties }, { description: "The last block that both branches have" }),
      undone: Type.Array(BlockName, { description: "Tip downward" }),
      applied: Type.Array(BlockName, { description: "Upward, until the new branch outweighs the old one; empty after a rewind" }),
      decided: Type.Boolean({
        description:
          "The new branch outweighs the old one, and what is undone and applied stays as it is told here. false: it does not, or not yet (after a rewind, an invalid block); asked again with `sequence` - 1, it may have more applied blocks, twice as many as undone or 256 at the most",
      }),
      lost: Type.Array(
        Type.Object({
          id: HashText,
          blockHash: HashText,
          standing: Choice(["pending", "included", "dropped", "unknown"], {
            description: "Now. pending: in the mempool again. included: by a later block",
          }),
          reason: Type.Union([Type.String(), Type.Null()], { description: "Why it was dropped: replaced, expired, evicted or invalid" }),
        }),
        { description: "Transactions of undone blocks that no applied block includes" },
      ),
      lostCount: Type.Integer({ description: "All of them; `lost` lists at most 256" }),
      complete: Type.Boolean({
        description: "Every block was looked at; false where one is not kept, or there were too many: then there may be more than `lost`",
      }),
    }),
  ),
  next: Type.Integer({ description: "Pass it as `after` next time; the same after any crash" }),
  latest: Type.Integer({ description: "Sequence of the newest event" }),
});

export function addReorgRoutes(app: ApiApplication, views: ApiViews, waiters: EventWaiters, scheduler: Pick<Scheduler, "yield">): void {
  const reader = new ReorgReader(views, scheduler);
  app.get(
    "/v1/reorgs",
    {
      config: { answerTimeoutMs: WAIT_MAX_MS + ANSWER_MARGIN_MS },
      schema: {
        tags: ["chain"],
        summary: "Reorgs: what was undone, what took its place, and which transactions were left behind",
        querystring: Type.Object(
          {
            after: Type.Optional(
              Type.Integer({
                minimum: 0,
                maximum: Number.MAX_SAFE_INTEGER,
                description:
                  "Sequence of the last event seen: `next` of the last answer, or `latestEvent` of /v1/status to begin now. Without it: as far back as events are kept",
              }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: REORGS_MAX, default: REORGS_MAX }),
            waitMs: Type.Integer({
              minimum: 0,
              maximum: WAIT_MAX_MS,
              default: 0,
              description: "Wait this long for a reorg if there is none",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers(ReorgAnswer),
      },
    },
    async ({ query }, reply) => {
      const { clock, events } = views;
      const endMs = clock.monotonicMs() + query.waitMs;
      const waiting = waiters.forRequest((closed) => reply.raw.once("close", closed));
      let page: ReorgPage = await reader.read(query.after, query.limit);
      while (page.reorgs.length === 0 && !waiting.isOver()) {
        const restMs = Math.ceil(endMs - clock.monotonicMs());
        // Below the newest there may be more to look at; that needs no waiting.
        if (page.next >= events.latest) {
          if (restMs <= 0) break;
          await waiting.wait(page.next, restMs);
        }
        page = await reader.read(page.next, query.limit);
      }
      return { ...page, latest: events.latest };
    },
  );
}
