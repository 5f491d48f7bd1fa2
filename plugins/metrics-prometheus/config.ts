/** The options of `metrics-prometheus`. */
import { type Static, Type } from "../../core/sdk.js";

export const MetricsPrometheusConfig = Type.Object(
  {
    api: Type.Boolean({ default: true, description: "Serve /metrics on the HTTP API (plugin api-http), where there is one." }),
    listen: Type.Optional(
      Type.Object(
        {
          host: Type.String({ default: "127.0.0.1", minLength: 1, maxLength: 255, description: "Address to listen on." }),
          port: Type.Integer({ minimum: 0, maximum: 65_535, description: "TCP port; 0 takes any free one (the log says which)." }),
        },
        {
          additionalProperties: false,
          description: "A listener of its own for /metrics, so that the scraper's network need not reach the API. Off by default.",
        },
      ),
    ),
  },
  { additionalProperties: false },
);

export type MetricsPrometheusConfig = Static<typeof MetricsPrometheusConfig>;
