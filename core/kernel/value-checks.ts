/** The checks of single values that JSON Schema's keywords ask for: types, lengths, patterns, ranges. */
import { expressionOf, type SchemaNode } from "./schema-node.js";
import type { SourcedValue } from "./sourced-value.js";

/** Which of a schema's types a node has; `any` when the schema names none. */
export function matchingType(type: SchemaNode["type"], node: SourcedValue): string | undefined {
  if (type === undefined) return node.kind === "map" ? "object" : node.kind === "list" ? "array" : "any";
  const types: readonly string[] = typeof type === "string" ? [type] : type;
  return types.find((candidate) => {
    if (node.kind === "map") return candidate === "object";
    if (node.kind === "list") return candidate === "array";
    if (candidate === "null") return node.value === null;
    if (candidate === "integer") return Number.isSafeInteger(node.value);
    if (candidate === "number") return typeof node.value === "number" && Number.isFinite(node.value);
    return (candidate === "string" || candidate === "boolean") && typeof node.value === candidate;
  });
}

/** Why a text does not fit; undefined if it does. Lengths count code points, as JSON Schema says. */
export function textFault({ minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: SchemaNode, text: string): string | undefined {
  // Counting code points is linear, and seldom asked for.
  const length = minLength > 0 || text.length > maxLength ? [...text].length : text.length;
  if (length < minLength) return "is too short";
  if (length > maxLength) return "is too long";
  return pattern !== undefined && !expressionOf(pattern).test(text) ? "does not match" : undefined;
}

/** Why a number does not fit; undefined if it does. */
export function numberFault(keywords: SchemaNode, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = keywords;
  const outside =
    (minimum !== undefined && value < minimum) ||
    (maximum !== undefined && value > maximum) ||
    (exclusiveMinimum !== undefined && value <= exclusiveMinimum) ||
    (exclusiveMaximum !== undefined && value >= exclusiveMaximum);
  if (outside) return "is out of range";
  return multipleOf !== undefined && value % Number(multipleOf) !== 0 ? "is not a multiple" : undefined;
}
