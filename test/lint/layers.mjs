/** Runs the layer rules and fails where they were broken, or where nothing was cruised (a tool that saw no module proves nothing). */
import { createRequire } from "node:module";
import { cruise, format } from "dependency-cruiser";

const MODULES_MIN = 100;
const { forbidden, options } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs");
const { output } = await cruise(["core", "plugins", "bench", "test"], { ...options, ruleSet: { forbidden }, validate: true });
const { totalCruised, error } = output.summary;
if (error > 0) console.error((await format(output, { outputType: "err" })).output);
if (totalCruised < MODULES_MIN) console.error(`only ${totalCruised} modules were cruised: the rules were not applied`);
if (error > 0 || totalCruised < MODULES_MIN) process.exit(1);
console.log(`layers: ${totalCruised} modules, no rule broken`);
