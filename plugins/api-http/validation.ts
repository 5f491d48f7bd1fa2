/**
 * Checks of requests against TypeBox schemas.
 *
 * Fastify's default compiles every schema with Ajv before it listens: measured, that is 150 ms of start-up for this API.
 * TypeBox needs no compilation and checks a query of three fields in microseconds. Nothing is guessed: an integer is
 * written in decimal digits, a boolean as true or false, and an unknown name is refused.
 */
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";
import { Value } from "#bundled/typebox/value";
import { ApiParametersError, type ParameterProblem } from "./errors.js";

const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/;
const MAX_PROBLEMS = 10;

const PLACES: Readonly<Record<string, ParameterProblem["in"]>> = {
  params: "path",
  querystring: "query",
  query: "query",
  headers: "headers",
  body: "body",
};

/** Builds the check of one part of one route's requests. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const place = PLACES[httpPart ?? "body"] ?? "body";
  const properties = propertiesOf(schema);
  return (received: unknown) => {
    const value = Value.Default(schema, place === "body" ? received : read(properties, received));
    if (Value.Check(schema, value)) return { value };
    return { error: new ApiParametersError({ problems: problemsOf(schema, value, place) }) };
  };
};

/** Strings of a path, query or header as the types that the schema wants, where they are written properly. */
function read(properties: Readonly<Record<string, TSchema>>, received: unknown): unknown {
  if (received === null || typeof received !== "object") return received;
  // Own entries, whatever their names: `__proto__` is an unknown name like any other.
  return Object.fromEntries(
    Object.entries(received).map(([name, text]) => {
      const type = Object.hasOwn(properties, name) ? (properties[name] as { type?: unknown }).type : undefined;
      return [name, typeof text === "string" ? readAs(type, text) : text];
    }),
  );
}

function readAs(type: unknown, text: string): unknown {
  if (type === "integer" && INTEGER.test(text)) return Number(text);
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function problemsOf(schema: TSchema, value: unknown, place: ParameterProblem["in"]): ParameterProblem[] {
  const problems = new Map<string, ParameterProblem>();
  const known = Object.keys(propertiesOf(schema));
  for (const error of Value.Errors(schema, value)) {
    if (problems.size >= MAX_PROBLEMS) break;
    // The same trouble once more, told for the object around it.
    if (error.keyword === "additionalProperties") continue;
    const problem = sayOf(error, known);
    if (!problems.has(error.instancePath)) problems.set(error.instancePath, { in: place, pointer: error.instancePath, problem });
  }
  return problems.size > 0 ? [...problems.values()] : [{ in: place, pointer: "", problem: "it does not have the shape that is asked for" }];
}

function sayOf(error: TLocalizedValidationError, known: readonly string[]): string {
  // A name under `additionalProperties: false` fails against the schema `false`.
  if (error.keyword === "boolean") return `there is no such name; known are ${known.join(", ") || "none"}`;
  if (error.keyword === "enum") return `must be one of ${error.params.allowedValues.join(", ")}`;
  return error.message;
}

function propertiesOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  const properties = (schema as { properties?: unknown }).properties;
  return properties !== null && typeof properties === "object" ? (properties as Record<string, TSchema>) : {};
}
