/** Warnings of the node as JSON. */
import { type NodeHealth, type Static, Type } from "../../../core/sdk.js";

export const WarningSchema = Type.Object({
  code: Type.String({ description: "Stable" }),
  message: Type.String({ description: "What it is, and what to do" }),
  data: Type.Record(Type.String(), Type.Unknown()),
});

export function warningsJson(health: NodeHealth): Static<typeof WarningSchema>[] {
  return (health.warnings?.() ?? []).map(({ code, message, data }) => ({ code, message, data: { ...data } }));
}
