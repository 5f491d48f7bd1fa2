/** Reads a scenario, from a file or from data. */
import { readCheckedDocument } from "../../node/simulation-seam.js";
import { checkScenario } from "./checks.js";
import { type Scenario, ScenarioSchema } from "./schema.js";

/** @throws CONFIG_INVALID with every problem */
export function loadScenario(file: string): Promise<Scenario> {
  return readCheckedDocument({ file, schema: ScenarioSchema, check: checkScenario });
}

/** A scenario that a program has put together. @throws CONFIG_INVALID with every problem */
export function parseScenario(document: unknown): Promise<Scenario> {
  return readCheckedDocument({ file: "scenario.json", text: JSON.stringify(document), schema: ScenarioSchema, check: checkScenario });
}
