/**
 * Events of contributed modules, checked when they are emitted: what gets into a receipt must be one that can be encoded, or a
 * block that nobody can finish were a transaction away. Limits: core/primitives/receipt-codec.ts.
 */
import type { LedgerEvent, LedgerModule } from "../../core/sdk.js";

/** Events of one operation. */
export const MAX_EVENTS = 256;
/** Attributes of one event, as the receipt codec has it. */
const MAX_ATTRIBUTES = 64;
/** Events of one operation, as `bytes` counts them: half of what a receipt may have. */
export const MAX_OPERATION_EVENT_BYTES = 2 ** 19;
/** Events of all contributed modules in one block: half of what a block's receipts may have. */
export const MAX_BLOCK_EVENT_BYTES = 2 ** 27;
/** More than tags and lengths of an event and of an attribute take. */
const FRAMING_BYTES = 32;

/** Half of a UTF-16 pair: such a string has no UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export interface CheckedEvent {
  /** A copy: what the module does with its own afterwards does not matter. */
  readonly event: LedgerEvent;
  /** Not less than it takes in a receipt. */
  readonly bytes: number;
}

/** The event as a receipt takes it, or what is wrong with it. */
export function checkedEvent(module: Pick<LedgerModule, "name">, given: LedgerEvent): CheckedEvent | { readonly fault: string } {
  const { type, attributes } = copyOf(given);
  if (!isText(type) || !type.startsWith(`${module.name}.`)) return { fault: `an event of ${module.name} has a type ${module.name}.<what>` };
  if (attributes === undefined || attributes.length > MAX_ATTRIBUTES)
    return { fault: `an event has a list of up to ${MAX_ATTRIBUTES} attributes` };
  const pairs: [string, string][] = [];
  let bytes = FRAMING_BYTES + Buffer.byteLength(type);
  for (const { key, value } of attributes) {
    if (!isText(key) || key === "" || !isText(value)) return { fault: "an attribute is a name, not empty, and a text" };
    bytes += FRAMING_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
    pairs.push([key, value]);
  }
  return { event: { type, attributes: pairs }, bytes };
}

/** Each of a third party's fields is read once, and then judged. */
function copyOf(given: unknown): { readonly type: unknown; readonly attributes: readonly { key: unknown; value: unknown }[] | undefined } {
  const { type, attributes } = (given ?? {}) as { readonly type?: unknown; readonly attributes?: unknown };
  if (!Array.isArray(attributes)) return { type, attributes: undefined };
  // One more than allowed is enough to see that there are too many.
  const some: readonly unknown[] = attributes.slice(0, MAX_ATTRIBUTES + 1);
  return {
    type,
    attributes: some.map((pair) => (Array.isArray(pair) ? { key: pair[0], value: pair[1] } : { key: undefined, value: undefined })),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !LONE_SURROGATE.test(value);
}
