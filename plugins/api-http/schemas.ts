/** Schemas that several routes share. They type the handlers, check requests, and become the OpenAPI document. */
import { type Static, type TSchema, Type } from "../../core/sdk.js";

export const PAGE_MAX = 100;
export const PAGE_DEFAULT = 20;

/** One of a few words. */
export function Choice<const Words extends readonly string[]>(
  words: Words,
  options: { default?: Words[number]; description?: string } = {},
) {
  return Type.Unsafe<Words[number]>({ type: "string", enum: words, ...options });
}

export const HashText = Type.String({ description: "32 bytes as 64 lower-case hex digits", pattern: "^[0-9a-f]{64}$" });
export const HexText = Type.String({ description: "Bytes as lower-case hex digits", pattern: "^([0-9a-f]{2})*$" });
export const AmountText = Type.String({ description: "Decimal integer in the chain's smallest unit", pattern: "^[0-9]+$" });
export const AddressText = Type.String({ description: "bech32m with the chain's prefix" });
export const HeightNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Any JSON value: what a ledger or engine says in its own words. */
export const Freeform = Type.Unknown({ description: "In the words of the chain's ledger or consensus engine" });

export const Limit = Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT, description: "How many at most" });

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: "urn:chainwright:problem:<code>" }),
    title: Type.String({ description: "The status in words" }),
    status: Type.Integer(),
    detail: Type.String({ description: "What is wrong, and what to do about it" }),
    instance: Type.String({ description: "Path of the request" }),
    code: Type.String({ description: "Stable code; programs should look at this" }),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The error's own fields" })),
    requestId: Type.String({ description: "Finds the request in the node's log" }),
  },
  { $id: "Problem", description: "Problem details (RFC 9457)" },
);

/** Errors of every route, by reference to the one schema. */
const Failure = {
  description: "The request failed: problem details with a stable code (RFC 9457)",
  content: { "application/problem+json": { schema: Type.Unsafe<Static<typeof ProblemSchema>>({ $ref: "Problem#" }) } },
};

/** Schemas of a route's answers: the success, and problem details for everything else. */
export function answers<Success extends TSchema>(success: Success) {
  return { 200: success, default: Failure };
}
