/** Health: no honest node reports an error of its own. Whatever others do to it, it may warn of. */
import type { LogLine } from "../node/ground.js";
import type { Checker, RunView } from "./checker.js";

export class HealthChecker implements Checker {
  readonly name = "health";
  readonly #run: RunView;

  constructor(run: RunView) {
    this.#run = run;
  }

  onLog({ level, node: name, component, message, data }: LogLine): void {
    if (level !== "error" && level !== "fatal") return;
    const { code } = data as { readonly code?: string };
    if (code !== undefined && this.#run.scenario.expect.allowedErrors.includes(code)) return;
    const node = this.#run.nodes.find((each) => each.name === name);
    if (node?.isHonest === true) this.#run.violate("health", node, `${component} reports: ${message} ${JSON.stringify(data)}`);
  }
}
