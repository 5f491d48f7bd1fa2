/** POST /v1/admin/…: what changes the node. The application puts everything below /v1/admin/ behind the token. */
import { Type, toHex } from "../../../core/sdk.js";
import { answers, HashText } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

/** Making a thousand blocks takes its time. */
const PRODUCE_TIMEOUT_MS = 300_000;

export function addAdminRoutes(app: ApiApplication, { control }: ApiViews): void {
  app.post(
    "/v1/admin/blocks",
    {
      config: { answerTimeoutMs: PRODUCE_TIMEOUT_MS },
      schema: {
        tags: ["admin"],
        summary: "Make blocks now",
        body: Type.Object({ count: Type.Integer({ minimum: 1, maximum: 1_000 }) }, { additionalProperties: false }),
        response: answers(Type.Object({ hashes: Type.Array(HashText, { description: "Of the new blocks, in order" }) })),
      },
    },
    async ({ body }) => ({ hashes: (await control.produceBlocks(body.count)).map(toHex) }),
  );

  app.post(
    "/v1/admin/producer",
    {
      schema: {
        tags: ["admin"],
        summary: "Switch block production on or off",
        body: Type.Object({ running: Type.Boolean() }, { additionalProperties: false }),
        response: answers(Type.Object({ running: Type.Boolean() })),
      },
    },
    async ({ body }) => {
      await (body.running ? control.startProducing() : control.stopProducing());
      return { running: body.running };
    },
  );
}
