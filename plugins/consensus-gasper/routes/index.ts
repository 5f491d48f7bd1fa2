/** The engine's API routes, under /v1/gasper. */
import type { ApiRoutes } from "../../../core/sdk.js";
import { addCertificateRoutes } from "./certificates.js";
import { addDutyRoutes } from "./duties.js";
import { addFinalityRoutes } from "./finality.js";
import type { RouteSource } from "./source.js";
import { addValidatorRoutes } from "./validators.js";

export type { RouteSource, ServedParts } from "./source.js";

export const GASPER_PREFIX = "/v1/gasper";

export function gasperRoutes(source: RouteSource): ApiRoutes {
  return {
    prefix: GASPER_PREFIX,
    routes: async (app) => {
      addFinalityRoutes(app, source);
      addValidatorRoutes(app, source);
      addDutyRoutes(app, source);
      addCertificateRoutes(app, source);
    },
  };
}
