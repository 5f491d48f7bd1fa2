/** GET /v1/mempool. */
import { Type, toHex } from "../../../core/sdk.js";
import { AmountText, answers, Choice, HashText, Limit } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const MempoolPage = Type.Object({
  count: Type.Integer({ description: "Transactions in the mempool" }),
  bytes: Type.Integer(),
  transactions: Type.Array(
    Type.Object({
      id: HashText,
      sender: Type.String(),
      fee: AmountText,
      weight: Type.Integer({ description: "Execution weight, upper bound" }),
      sizeBytes: Type.Integer(),
      standing: Choice(["ready", "queued"]),
    }),
  ),
  nextOffset: Type.Union([Type.Integer(), Type.Null()], { description: "Pass it as `offset` for more; null at the end" }),
});

export function addMempoolRoutes(app: ApiApplication, { mempool }: ApiViews): void {
  app.get(
    "/v1/mempool",
    {
      schema: {
        tags: ["transactions"],
        summary: "Accepted transactions that are in no block yet, best first",
        querystring: Type.Object(
          { offset: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 }), limit: Limit },
          { additionalProperties: false },
        ),
        response: answers(MempoolPage),
      },
    },
    async ({ query }) => {
      const transactions = mempool.list(query.offset, query.limit).map((entry) => ({
        id: toHex(entry.id),
        sender: entry.sender,
        fee: entry.fee.toString(),
        weight: entry.weight,
        sizeBytes: entry.raw.length,
        standing: entry.standing,
      }));
      const end = query.offset + transactions.length;
      return {
        count: mempool.count,
        bytes: mempool.bytes,
        transactions,
        nextOffset: end < mempool.count && transactions.length > 0 ? end : null,
      };
    },
  );
}
