/** `chainwright validator protection export|import`: slashing protection of a stopped node, as EIP-3076 has it. */
import { type Json, messageOf, type PluginCommand } from "../../core/sdk.js";
import { InterchangeError, SlashingProtection } from "./validator/index.js";

const CONFIG = { flags: "--config <file>", description: "config of the node, which is stopped", required: true } as const;

const exportCommand: PluginCommand = {
  name: "export",
  description: "print what the keys that the node unlocks have signed, for wherever they go",
  options: [CONFIG],
  examples: ["chainwright validator protection export --config node.yaml > protection.json"],
  async run({ config = "" }, { withStoppedEngine }) {
    const interchange = await withStoppedEngine(config, async ({ journal, spec, blsPublicKeys }) =>
      new SlashingProtection(journal).export(blsPublicKeys, spec.parametersHash),
    );
    const json = interchange as unknown as Json;
    return { json, table: [], lines: [JSON.stringify(json, undefined, 2)] };
  },
};

const importCommand: PluginCommand = {
  name: "import",
  description: "take in what keys have signed elsewhere, before the node runs them; nothing that is known is ever lowered",
  options: [CONFIG, { flags: "--file <file>", description: "as export, or another validator client, wrote it", required: true }],
  examples: ["chainwright validator protection import --config node.yaml --file protection.json"],
  async run({ config = "", file = "" }, { readText, withStoppedEngine }) {
    const content = parse(await readText(file));
    // What it says of keys that this node does not run is kept all the same: it may run them one day.
    const { keys, own } = await withStoppedEngine(config, async ({ journal, spec, blsPublicKeys }) => ({
      keys: await new SlashingProtection(journal).import(content, spec.parametersHash),
      own: blsPublicKeys.length,
    }));
    return {
      json: { keys, own },
      table: [],
      lines: [`took in what ${keys} ${keys === 1 ? "key has" : "keys have"} signed; the node unlocks ${own}`],
    };
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InterchangeError({ path: "the file", reason: `it is no JSON (${messageOf(error)})` });
  }
}

export const protectionCommands: readonly PluginCommand[] = [exportCommand, importCommand];
