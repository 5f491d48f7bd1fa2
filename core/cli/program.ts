/**
 * The command tree: names, options, help with examples. Commands are imported when they run, so that `--help` and
 * typing mistakes answer at once.
 */
import { Command, Option } from "#bundled/commander";
import { VERSION } from "../node/version.js";
import type { Context } from "./context.js";
import { addDatabaseCommands } from "./db-program.js";
import { addDevnetCommands } from "./devnet-program.js";
import { examples, type Run, refuseUnknownCommand } from "./help.js";
import { addMinerCommands } from "./miner-program.js";
import { addPluginGroups, loadGroup } from "./plugin-commands.js";
import { addSimulationCommands } from "./sim-program.js";
import { addSnapshotCommands } from "./snapshots-program.js";
import { StopSignal } from "./stop-signal.js";
import { addTlsCommands } from "./tls-program.js";
import { addValidatorCommands } from "./validator-program.js";

const EXIT_CODES = `
Exit codes:
  0 fine   1 failure   2 wrong arguments, config or input   3 not there   4 conflict
  5 node not reachable or not ready   6 denied   7 stored data is damaged
  8 stopped by Ctrl-C; the same command goes on, or begins anew where it says so

Colours are used on terminals only; NO_COLOR switches them off.`;

export function buildProgram(context: Context): { run(argv: readonly string[]): Promise<number> } {
  let exitCode = 0;
  const run: Run = async (code) => {
    exitCode = await code;
  };
  const program = new Command("chainwright")
    .description("Composes and runs blockchain nodes out of plugins.")
    .version(VERSION, "-V, --version")
    // Without it here, that of `sim` does nothing; `inherit` keeps it from the others, whose options may stand anywhere.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .addHelpText(
      "after",
      `${examples(["chainwright dev", "chainwright tx transfer --from dev:alice --to dev:bob --amount 5", "chainwright explain --config config/dev.yaml"])}\n${EXIT_CODES}`,
    );
  addNodeCommands(program, context, run);
  addDevnetCommands(program, context, run);
  addSimulationCommands(program, context, run);
  addClientCommands(program, context, run);
  addPeerCommands(program, context, run);
  addMinerCommands(program, context, run);
  addValidatorCommands(program, context, run);
  addDatabaseCommands(program, context, run);
  addSnapshotCommands(program, context, run);
  addKeyCommands(program, context, run);
  addTlsCommands(program, context, run);
  addConfigCommands(program, context, run);
  addPluginCommands(program, context, run);
  addDoctorCommand(program, context, run);
  addPluginGroups(program);
  inherit(program);
  return {
    async run(argv) {
      const group = await loadGroup(program, argv, context, run);
      if (group !== undefined) inherit(group);
      await program.parseAsync([...argv], { from: "user" });
      return exitCode;
    },
  };
}

/** Options of errors and help hold for the whole tree. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    // What is no command below it comes to its action as an argument (refuseUnknownCommand).
    child.copyInheritedSettings(command).allowExcessArguments(child.commands.length > 0);
    // Its options and those of `sim attack` have the same names.
    child.enablePositionalOptions(child.name() === "sim");
    inherit(child);
  }
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const withSet = (command: Command): Command =>
  command.option("--set <path=value>", "set one config value, for example plugins.api-http.port=0; may be repeated", collect);
const withJson = (command: Command, what = "print JSON"): Command => command.option("--json", what);
const withApi = (command: Command): Command =>
  command.option("--api <url>", "API of the node (default: http://127.0.0.1:8645, or CHAINWRIGHT_API)");
const withKeys = (command: Command): Command =>
  command
    .option("--keys <dir>", "keystore folder (default: .chainwright/keys, or CHAINWRIGHT_KEYS)")
    .option("--passphrase-file <file>", "its first line is the passphrase (default: CHAINWRIGHT_PASSPHRASE, or asked for)");

/** For commands that run until a signal comes; it counts from here on. */
const untilStopped = (command: (stop: StopSignal) => Promise<number>): Promise<number> => command(new StopSignal());

function addNodeCommands(program: Command, context: Context, run: Run): void {
  const dev = withJson(
    withSet(
      program
        .command("dev")
        .description("run a development node: funded accounts, an API, a block about every second")
        .option("--data-dir <dir>", "where the chain lives; kept between runs", ".chainwright/dev")
        .option("--fresh", "start a new chain, removing the one that is there")
        .option("--port <port>", "port of the API; 0 takes any free one (default: 8645)")
        .addOption(
          new Option("--mine <when>", "interval: all the time; instant: when a transaction arrives")
            .choices(["interval", "instant"])
            .default("interval"),
        ),
    ),
    "one JSON object a line: ready, block, undone",
  )
    .addHelpText(
      "after",
      examples([
        "chainwright dev",
        "chainwright dev --fresh --mine instant",
        "chainwright dev --data-dir /tmp/chain --port 0",
        "chainwright dev mine 10",
      ]),
    )
    .action(async (options, command: Command) => {
      await refuseUnknownCommand(command);
      await run(untilStopped(async (stop) => (await import("./commands/node.js")).dev(options, context, stop)));
    });
  withJson(withApi(dev.command("mine <count>")))
    .description("let the running development node make blocks now (1 to 1000)")
    .option("--data-dir <dir>", "where its chain lives (default: .chainwright/dev)")
    .addHelpText("after", examples(["chainwright dev mine 10"]))
    .action(async (count, _options, command: Command) => {
      // The parent has an option of the same name; whichever place it was written in, it means the same.
      const { dataDir, ...options } = command.optsWithGlobals();
      await run((await import("./commands/node.js")).devMine(count, { dataDir, ...options }, context));
    });
  program
    .command("init <directory>")
    .description("write a node config and a chain spec to begin with")
    .option("--chain-id <id>", "name of the chain", "my-chain")
    .addOption(new Option("--consensus <name>", "proof of work or of stake").choices(["nakamoto", "gasper"]).default("nakamoto"))
    .option("--address <address>", "where block rewards go, or whom the stakes belong to (default: dev:alice)")
    .addHelpText("after", examples(["chainwright init my-chain --chain-id my-chain", "chainwright init staked --consensus gasper"]))
    .action(async (directory, options) => run((await import("./commands/node.js")).init(directory, options, context)));
  withJson(
    withSet(
      program
        .command("start")
        .description("run a node from a config")
        .requiredOption("--config <file>", "node config: YAML, TOML or JSON")
        .addOption(new Option("--parent-pipe", "end when standard input ends, and report more: for programs that run nodes").hideHelp()),
    ),
    "one JSON object a line: ready, block, undone",
  )
    .addHelpText(
      "after",
      examples(["chainwright start --config config/dev.yaml", "chainwright start --config node.yaml --set plugins.api-http.port=9000"]),
    )
    .action((options) => run(untilStopped(async (stop) => (await import("./commands/node.js")).start(options, context, stop))));
}

function addPeerCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/peers.js");
  const peers = program.command("peers").description("peers of a running node");
  const withNode = (command: Command): Command =>
    withJson(withApi(command)).option(
      "--data-dir <dir>",
      "the node's data directory: its admin token and the address of its API are there",
    );
  withNode(peers.command("list"))
    .description("who is connected")
    .option("--all", "the whole peer book and the bans, too (takes the admin token)")
    .addHelpText("after", examples(["chainwright peers list", "chainwright peers list --all --data-dir .chainwright/devnet/node-1/data"]))
    .action(async (options) => run((await commands()).peersList(options, context)));
  withNode(peers.command("add <address>"))
    .description("add an address to the peer book and dial it")
    .option("--persistent", "dial it again for ever, whatever its score")
    .addHelpText("after", examples(["chainwright peers add tcp://198.51.100.7:8646 --persistent"]))
    .action(async (address, options) => run((await commands()).peersAdd(address, options, context)));
  withNode(peers.command("ban <peer>"))
    .description("ban a node id or an address, and close its connections")
    .option("--for <duration>", "90s, 30m, 24h, 7d", "24h")
    .option("--reason <text>", "for the list of bans", "by an administrator")
    .addHelpText("after", examples(["chainwright peers ban tcp://198.51.100.7:8646 --for 7d --reason spam"]))
    .action(async (peer, options) => run((await commands()).peersBan(peer, options, context)));
  withNode(peers.command("unban <peer>"))
    .description("lift a ban")
    .addHelpText("after", examples(["chainwright peers unban tcp://198.51.100.7:8646"]))
    .action(async (peer, options) => run((await commands()).peersUnban(peer, options, context)));
}

function addClientCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/transactions.js");
  const tx = program.command("tx").description("transactions of a running node");
  withJson(
    withKeys(
      withApi(
        tx
          .command("transfer")
          .description("sign a transfer, submit it, and wait until it is in a block")
          .requiredOption("--from <key>", "name of a key, or dev:alice …")
          .requiredOption("--to <address>", "address, name of a key, or dev:bob …")
          .requiredOption("--amount <amount>", "in the chain's smallest unit")
          .option("--fee <fee>", "default: the least that the chain takes")
          .option("--nonce <nonce>", "default: the sender's next one")
          .option("--memo <text>", "up to 256 bytes")
          .option("--valid-from <height>", "first height at which it may be in a block")
          .option("--valid-until <height>", "last height at which it may be in a block")
          .option("--wait <seconds>", "how long to wait for its block (default: 30)")
          .option("--no-wait", "return once it is accepted"),
      ),
    ),
  )
    .addHelpText(
      "after",
      examples([
        "chainwright tx transfer --from dev:alice --to dev:bob --amount 5",
        "chainwright tx transfer --from savings --to cw1… --amount 5 --no-wait",
      ]),
    )
    .action(async (options) => run((await commands()).transfer(options, context)));
  withJson(withApi(tx.command("show <id>").description("what became of a transaction")))
    .addHelpText("after", examples(["chainwright tx show 4f2a…"]))
    .action(async (id, options) => run((await commands()).showTransaction(id, options, context)));
  withJson(
    withKeys(withApi(program.command("account <address>").description("balance and nonce of an address, a key's name, or dev:NAME"))),
  )
    .option("--proof", "with a proof against the state root, as JSON")
    .addHelpText("after", examples(["chainwright account dev:bob", "chainwright account cw1… --proof"]))
    .action(async (address, options) => run((await commands()).showAccount(address, options, context)));
  withJson(withApi(program.command("status").description("height, head, sync state and mempool of a running node")))
    .addHelpText("after", examples(["chainwright status", "chainwright status --json"]))
    .action(async (options) => run((await commands()).showStatus(options, context)));
}

function addKeyCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/keys.js");
  const keys = program.command("keys").description("encrypted keys on this machine");
  const command = (name: string, description: string) =>
    withJson(withKeys(keys.command(name).description(description))).option("--prefix <prefix>", "address prefix of the chain", "cw");
  command("new <name>", "make a key")
    .addHelpText("after", examples(["chainwright keys new savings"]))
    .action(async (name, options) => run((await commands()).keysNew(name, options, context)));
  command("list", "all keys")
    .addHelpText("after", examples(["chainwright keys list"]))
    .action(async (options) => run((await commands()).keysList(options, context)));
  command("show <name>", "address and public key")
    .addHelpText("after", examples(["chainwright keys show savings"]))
    .action(async (name, options) => run((await commands()).keysShow(name, options, context)));
  command("import <name>", "store a secret key, read from a file or standard input")
    .option("--file <file>", "file with 64 hex digits")
    .addHelpText("after", examples(["chainwright keys import savings --file secret.hex"]))
    .action(async (name, options) => run((await commands()).keysImport(name, options, context)));
  command("export <name>", "print the secret key")
    .addHelpText("after", examples(["chainwright keys export savings > secret.hex"]))
    .action(async (name, options) => run((await commands()).keysExport(name, options, context)));
}

function addConfigCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/config.js");
  const config = program.command("config").description("node configs");
  withJson(
    withSet(
      config
        .command("check")
        .description("say everything that is wrong with a config, its plugins and its chain spec")
        .requiredOption("--config <file>", "node config"),
    ),
  )
    .addHelpText("after", examples(["chainwright config check --config node.yaml"]))
    .action(async (options) => run((await commands()).checkConfig(options, context)));
  config
    .command("schema")
    .description("JSON Schema of node configs, for editors")
    .addHelpText("after", examples(["chainwright config schema > node.schema.json"]))
    .action(async () => run((await commands()).configSchema(context)));
  withJson(
    withSet(
      program
        .command("explain")
        .description("who provides what to whom, in which order, and where each value comes from")
        .requiredOption("--config <file>", "node config"),
    ),
  )
    .addHelpText("after", examples(["chainwright explain --config config/dev.yaml"]))
    .action(async (options) => run((await commands()).explain(options, context)));
}

function addPluginCommands(program: Command, context: Context, run: Run): void {
  program
    .command("plugin")
    .description("plugins of your own")
    .command("new <kind> <name>")
    .description("write a plugin package to begin with; kind: consensus or transport")
    .option("--dir <directory>", "where to (default: ./<kind>-<name>)")
    .addHelpText("after", examples(["chainwright plugin new consensus fair", "chainwright plugin new transport carrier-pigeon"]))
    .action(async (kind, name, options) => run((await import("./commands/plugin.js")).pluginNew(kind, name, options, context)));
}

function addDoctorCommand(program: Command, context: Context, run: Run): void {
  withJson(program.command("doctor"))
    .description("say what this machine has, which compute engine runs on it and how fast; exit code 1 if something is wrong")
    .option("--all", "measure every tier and every fallback, too")
    .option("--seconds <seconds>", "processor time for each figure", "0.3")
    .addHelpText("after", examples(["chainwright doctor", "chainwright doctor --all --seconds 1", "chainwright doctor --json"]))
    .action(async (options) => run((await import("./commands/doctor.js")).doctor(options, context)));
}
