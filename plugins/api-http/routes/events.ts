/** GET /v1/events: the durable event log with a cursor, optionally waiting for the next event. */
import { Type, toHex } from "../../../core/sdk.js";
import type { EventWaiters } from "../event-waiters.js";
import { answers, Choice, HashText, HeightNumber, PAGE_MAX } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const WAIT_MAX_MS = 30_000;
/** On top of the longest wait, for reading and sending. */
const ANSWER_MARGIN_MS = 10_000;

const EventPage = Type.Object({
  events: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      type: Choice(["applied", "undone", "finalized"]),
      blockHash: HashText,
      height: HeightNumber,
    }),
  ),
  next: Type.Integer({ description: "Pass it as `after` next time; the same after any crash" }),
  latest: Type.Integer({ description: "Sequence of the newest event" }),
});

export function addEventRoutes(app: ApiApplication, { events }: ApiViews, waiters: EventWaiters): void {
  app.get(
    "/v1/events",
    {
      config: { answerTimeoutMs: WAIT_MAX_MS + ANSWER_MARGIN_MS },
      schema: {
        tags: ["chain"],
        summary: "Blocks applied, undone and finalized, in order",
        description: "In a reorg the undone blocks come first, tip downward, then the applied ones, upward.",
        querystring: Type.Object(
          {
            after: Type.Integer({
              minimum: 0,
              maximum: Number.MAX_SAFE_INTEGER,
              default: 0,
              description: "Sequence of the last event seen",
            }),
            limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_MAX }),
            waitMs: Type.Integer({
              minimum: 0,
              maximum: WAIT_MAX_MS,
              default: 0,
              description: "Wait this long for an event if there is none",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers(EventPage),
      },
    },
    async ({ query }, reply) => {
      if (query.waitMs > 0) await waiters.wait(query.after, query.waitMs, (wake) => reply.raw.once("close", wake));
      const page = await events.read(query.after, query.limit);
      return {
        events: page.map(({ sequence, type, blockId, height }) => ({ sequence, type, blockHash: toHex(blockId), height })),
        next: page.at(-1)?.sequence ?? query.after,
        latest: events.latest,
      };
    },
  );
}
