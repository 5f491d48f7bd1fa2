/** GET /health/live and /health/ready, for process managers and load balancers. */
import { Type } from "../../../core/sdk.js";
import { ApiNotReadyError } from "../errors.js";
import { answers } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";
import { WarningSchema, warningsJson } from "./warning.js";

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
        response: answers(
          Type.Object({
            status: Type.Literal("ready"),
            warnings: Type.Array(WarningSchema, { description: "What an operator should look at" }),
          }),
        ),
      },
    },
    async () => {
      const reasons = health.notReady();
      const warnings = warningsJson(health);
      // A warning may well be why: whoever is on the wrong side of a split finds nobody to talk to.
      if (reasons.length > 0)
        throw new ApiNotReadyError({ reasons: [...reasons, ...warnings.map(({ code, message }) => `${code}: ${message}`)] });
      return { status: "ready" as const, warnings };
    },
  );
}
