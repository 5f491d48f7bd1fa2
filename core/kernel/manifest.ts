/**
 * Checks what a plugin module exports. A third party's manifest is input: every nonsense in it is a problem with a line,
 * never a crash.
 */

import type { PluginManifest } from "../ports/plugin.js";
import { messageOf } from "./errors.js";
import type { ProblemCode, ProblemDraft } from "./problem.js";
import { schemaFault } from "./schema-node.js";

export const PLUGIN_ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;
const MAX_ID_LENGTH = 64;
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

export type CheckedManifest =
  | { readonly manifest: PluginManifest; readonly faults: readonly [] }
  | { readonly manifest?: never; readonly faults: readonly ManifestFault[] };

export type ManifestFault = Pick<ProblemDraft, "message" | "allowed"> & { readonly code: ProblemCode };

/** @param exports what `import()` of the plugin's module answered */
export async function checkManifest(exports: unknown, portsVersion: string): Promise<CheckedManifest> {
  try {
    const found = defaultExport(exports);
    if (found === undefined) {
      const message = "its default export is not a plugin manifest; write export default definePlugin({ … })";
      return { faults: [{ code: "PLUGIN_NO_MANIFEST", message }] };
    }
    const faults = faultsOf(found).map((message): ManifestFault => ({ code: "PLUGIN_BAD_MANIFEST", message: `its manifest: ${message}` }));
    if (faults.length > 0) return { faults };
    const manifest = found as unknown as PluginManifest;
    const mismatch = await portsMismatch(manifest, portsVersion);
    return mismatch === undefined ? { manifest, faults: [] } : { faults: [mismatch] };
  } catch (error) {
    // A getter or proxy that throws.
    return { faults: [{ code: "PLUGIN_BAD_MANIFEST", message: `its manifest cannot be read: ${messageOf(error)}` }] };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The manifest among a module's exports; CommonJS that was compiled from ESM has it one level deeper. */
function defaultExport(exports: unknown): Fields | undefined {
  const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
  const first = isObject(exports) ? exports.default : undefined;
  const second = isObject(first) && !("id" in first) && isObject(first.default) ? first.default : first;
  return isObject(second) ? second : undefined;
}

function faultsOf(fields: Fields): readonly string[] {
  const faults: string[] = [];
  const { id, version, ports, description, config, spec, declares, plugin } = fields;
  if (typeof id !== "string" || !PLUGIN_ID.test(id) || id.length > MAX_ID_LENGTH) {
    faults.push(`id is ${shown(id)}; write <kind>-<name> in lower case with dashes`);
  }
  if (typeof version !== "string" || !VERSION.test(version))
    faults.push(`version is ${shown(version)}; write a semantic version like 1.0.0`);
  if (typeof ports !== "string" || ports.trim() === "") faults.push(`ports is ${shown(ports)}; write a semver range like ^0.1.0`);
  if (typeof description !== "string" || description.trim() === "") faults.push("description is missing; write one line");
  faults.push(...["provides", "requires"].flatMap((key) => nameListFault(key, fields[key])));
  if (fields.optional !== undefined) faults.push(...nameListFault("optional", fields.optional));
  if (faults.length === 0) faults.push(...twiceFaults(fields as unknown as PluginManifest));
  faults.push(...objectSchemaFaults("config", config));
  if (spec !== undefined) faults.push(...specFaults(spec));
  if (declares !== undefined) faults.push(...declarationFaults(declares));
  if (typeof plugin !== "function") faults.push(`plugin is ${shown(plugin)}; write the plugin's class`);
  return faults;
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : value === null ? "null" : `a value of type ${typeof value}`;
}

function nameListFault(key: string, list: unknown): readonly string[] {
  const right = Array.isArray(list) && list.every((name) => typeof name === "string" && name !== "");
  return right ? [] : [`${key} is ${shown(list)}; write a list of capability names`];
}

function twiceFaults({ provides, requires, optional = [] }: PluginManifest): readonly string[] {
  const twice = (names: readonly string[]): readonly string[] => names.filter((name, i) => names.indexOf(name) !== i);
  return [
    ...twice(provides).map((name) => `provides lists ${name} twice`),
    ...twice([...requires, ...optional]).map((name) => `requires and optional list ${name} twice`),
  ];
}

function objectSchemaFaults(key: string, schema: unknown): readonly string[] {
  const isObjectSchema = typeof schema === "object" && schema !== null && (schema as { type?: unknown }).type === "object";
  if (!isObjectSchema) return [`${key} is not an object schema; write Type.Object({ … })`];
  const fault = schemaFault(schema, key);
  return fault === undefined ? [] : [fault];
}

function specFaults(spec: unknown): readonly string[] {
  const { section, schema } = (typeof spec === "object" && spec !== null ? spec : {}) as { section?: unknown; schema?: unknown };
  if (section !== "consensus" && section !== "ledger") return [`spec.section is ${shown(section)}; write consensus or ledger`];
  return objectSchemaFaults("spec.schema", schema);
}

function declarationFaults(declares: unknown): readonly string[] {
  if (!Array.isArray(declares)) return [`declares is ${shown(declares)}; write a list of { name, cardinality, members }`];
  return declares.flatMap((declaration: unknown, i) => {
    const { name, cardinality, members } = (typeof declaration === "object" && declaration !== null ? declaration : {}) as Fields;
    const right =
      typeof name === "string" &&
      name !== "" &&
      (cardinality === "single" || cardinality === "many") &&
      Array.isArray(members) &&
      members.every((member) => typeof member === "string");
    return right ? [] : [`declares[${i}] is not of the shape { name, cardinality: "single" | "many", members: [] }`];
  });
}

/** The built-ins write this very range, so that a plain node needn't load semver. */
async function portsMismatch({ ports }: PluginManifest, portsVersion: string): Promise<ManifestFault | undefined> {
  if (ports === portsVersion || ports === `^${portsVersion}`) return undefined;
  const semver = (await import("semver")).default;
  if (semver.validRange(ports) === null) {
    return {
      code: "PLUGIN_BAD_MANIFEST",
      message: `its manifest: ports is ${shown(ports)}, which is no semver range; write one like ^${portsVersion}`,
    };
  }
  if (semver.satisfies(portsVersion, ports, { includePrerelease: true })) return undefined;
  return {
    code: "PLUGIN_PORTS_MISMATCH",
    message: `it was written for ports ${ports}, this node has ports ${portsVersion}; install a version of it that fits`,
  };
}
