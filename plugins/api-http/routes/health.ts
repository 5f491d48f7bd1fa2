/** GET /health/live and /health/ready, for process managers and load balancers. */
import { Type } from "../../../core/sdk.js";
import { ApiNotReadyError } from "../errors.js";
import { answers } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

export function addHealthRoutes(app: ApiApplication, { health }: ApiViews): void {
  app.get(
    "/health/live",
    {
      schema: {
        tags: ["health"],
        summary: "The process answers",
        response: answers(Type.Object({ status: Type.Literal("live") })),
      },
    },
    async () => ({ status: "live" as const }),
  );

  app.get(
    "/health/ready",
    {
      schema: {
        tags: ["health"],
        summary: "The node can do its work; 503 with the reasons otherwise",
        response: answers(Type.Object({ status: Type.Literal("ready") })),
      },
    },
    async () => {
      const reasons = health.notReady();
      if (reasons.length > 0) throw new ApiNotReadyError({ reasons });
      return { status: "ready" as const };
    },
  );
}
