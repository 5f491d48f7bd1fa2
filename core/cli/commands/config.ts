/** Commands on configs: config check, config schema, explain. They start nothing. */

import { renderExplanation } from "../../kernel/index.js";
import { builtInConfigSchema } from "../../node/config-schema.js";
import { createNode } from "../../node/create-node.js";
import type { Context } from "../context.js";

export interface ConfigOptions {
  readonly config: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

export async function checkConfig(options: ConfigOptions, context: Context): Promise<number> {
  const node = await load(options, context);
  await node.check();
  const plugins = node.explain().plugins.filter(({ kind }) => kind === "plugin");
  if (options.json === true) context.output.json({ ok: true, chainId: node.spec.chainId, plugins: plugins.map(({ id }) => id) });
  else context.output.line(`${options.config} is right: chain ${node.spec.chainId}, plugins ${plugins.map(({ id }) => id).join(", ")}`);
  return 0;
}

export async function explain(options: ConfigOptions, context: Context): Promise<number> {
  const explanation = (await load(options, context)).explain();
  if (options.json === true) context.output.json(explanation);
  else context.output.line(renderExplanation(explanation).trimEnd());
  return 0;
}

export async function configSchema(context: Context): Promise<number> {
  context.output.json(await builtInConfigSchema());
  return 0;
}

function load(options: ConfigOptions, { environment }: Context) {
  return createNode({ file: options.config, overrides: options.set ?? [], environment });
}
