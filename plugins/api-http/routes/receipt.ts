/** Receipts and ledger events as JSON. */
import { type Receipt, type Static, Type } from "../../../core/sdk.js";
import { AmountText } from "../schemas.js";

export const ReceiptSchema = Type.Object({
  ok: Type.Boolean(),
  code: Type.String({ description: "Stable code of the failure; empty when ok" }),
  feePaid: AmountText,
  weight: Type.Integer({ description: "Execution weight used" }),
  events: Type.Array(
    Type.Object({
      type: Type.String({ description: "`<module>.<what>`" }),
      attributes: Type.Record(Type.String(), Type.String()),
    }),
    { description: "What happened, in order" },
  ),
});

export function receiptJson(receipt: Receipt): Static<typeof ReceiptSchema> {
  return {
    ok: receipt.ok,
    code: receipt.code,
    feePaid: receipt.feePaid.toString(),
    weight: receipt.weight,
    events: receipt.events.map(({ type, attributes }) => ({ type, attributes: Object.fromEntries(attributes) })),
  };
}
