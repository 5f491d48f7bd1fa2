/** The scenario that a command of the simulator runs: a file, with another engine if that is asked for. */
import { loadScenario, type Scenario, SIMULATED_CONSENSUS, withConsensus } from "../../simulation/index.js";
import { UsageError } from "../errors.js";

/** @throws CLI_USAGE for an engine that is none; what `loadScenario` throws */
export async function scenarioFor(file: string, consensus: string | undefined): Promise<Scenario> {
  const name = SIMULATED_CONSENSUS.find((each) => each === consensus);
  if (consensus !== undefined && name === undefined)
    throw new UsageError({ reason: `--consensus ${consensus}: write one of ${SIMULATED_CONSENSUS.join(", ")}` });
  const scenario = await loadScenario(file);
  return name === undefined ? scenario : withConsensus(scenario, name);
}
