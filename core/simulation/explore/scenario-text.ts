/** A scenario as a file that a person can read: YAML, a line for each node group and fault, without what is the default anyway. */
import { isAbsolute, resolve } from "node:path";
import { parseScenario } from "../scenario/load.js";
import type { Scenario } from "../scenario/schema.js";

/** @param comment lines above it, @param directory where paths of plugins start from: the file may lie elsewhere */
export async function scenarioText(scenario: Scenario, comment: readonly string[], directory: string): Promise<string> {
  const defaults = await parseScenario({
    name: "defaults",
    duration: "1s",
    nodes: [{ name: "a" }],
    ...(scenario.traffic && { traffic: {} }),
  });
  const [group] = defaults.nodes;
  const lines = comment.map((line) => `# ${line}`);
  for (const [key, value] of Object.entries(scenario)) {
    const written = key === "config" ? pathsFrom(value, directory) : value;
    if (key === "nodes") {
      const groups = scenario.nodes.map((each) => ({
        ...(sparse(each, { ...group, name: undefined }) as object),
        config: pathsFrom(each.config, directory),
      }));
      lines.push("nodes:", ...groups.map((each) => `  - ${JSON.stringify(sparse(each, { config: {} }))}`));
    } else if (key === "timeline") {
      if (scenario.timeline.length > 0) lines.push("timeline:", ...scenario.timeline.map((each) => `  - ${JSON.stringify(each)}`));
    } else {
      const small = sparse(written, key === "name" || key === "duration" ? undefined : defaults[key as keyof Scenario]);
      if (small !== undefined) lines.push(`${key}: ${JSON.stringify(small)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Without what is as in `defaults`; undefined if that is all. */
function sparse(value: unknown, defaults: unknown): unknown {
  if (JSON.stringify(value) === JSON.stringify(defaults)) return undefined;
  if (!isMap(value) || !isMap(defaults)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sparse(each, defaults[key])] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
}

/** Plugins that are named by path, by absolute path. */
function pathsFrom(config: unknown, directory: string): unknown {
  if (!isMap(config) || !isMap(config.plugins)) return config;
  const entries = Object.entries(config.plugins).map(([key, value]) => {
    const isPath = key.startsWith("./") || key.startsWith("../");
    return [isPath && !isAbsolute(key) ? resolve(directory, key) : key, value] as const;
  });
  return { ...config, plugins: Object.fromEntries(entries) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
