/** The part of the command tree that runs and steers devnets. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run, refuseUnknownCommand } from "./help.js";
import { StopSignal } from "./stop-signal.js";

const DIRECTORY = ".chainwright/devnet";

export function addDevnetCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/devnet.js");
  const devnet = program
    .command("devnet")
    .description("run a network of nodes on this machine, each a process of its own, over TLS")
    .option("--nodes <count>", "1 to 64 (default: 3, or as many as there are)")
    .option("--topology <shape>", "mesh, star, line, ring, or a file with edges (default: mesh, or the one that is there)")
    .option("--consensus <name>", "nakamoto, helios or gasper (default: nakamoto, or the one that is there)")
    .option("--validators <count>", "with which a gasper chain begins, spread over its nodes, 1 to 4096 (default: 64)")
    .option("--dir <directory>", "where the network lives; kept between runs", DIRECTORY)
    .option("--traffic <rate>", "send so many transfers per second")
    .option("--base-port <port>", "APIs listen from this port on (default: free ports, chosen once)")
    .option("--block-interval <ms>", "aim for the time between two blocks (default: 2000; gasper: 1000)")
    .option("--latency <ms>", "delay of every link, each way (default: 0)")
    .option("--fresh", "start a new chain, removing the one that is there")
    .option("--json", "one JSON object a line: ready, node, links, status")
    .addHelpText(
      "after",
      examples([
        "chainwright devnet",
        "chainwright devnet --nodes 5 --topology ring --traffic 20",
        "chainwright devnet --consensus helios --dir .chainwright/helios",
        "chainwright devnet --consensus gasper --validators 64 --dir .chainwright/gasper",
        "chainwright devnet partition '1,2|3'",
        "chainwright devnet heal && chainwright devnet wait-sync --timeout 15",
      ]),
    )
    .action(async (options, command: Command) => {
      await refuseUnknownCommand(command);
      const stop = new StopSignal();
      await run((await commands()).devnet(options, context, stop));
    });

  const steer = (name: string, description: string, example: string): Command =>
    devnet
      .command(name)
      .description(description)
      .option("--dir <directory>", `where the network lives (default: ${DIRECTORY})`)
      .option("--json", "print the devnet's status as JSON")
      .addHelpText("after", examples([`chainwright devnet ${example}`]));

  steer("status", "nodes, heads and links of a running devnet", "status --json").action(async (_options, command: Command) =>
    run((await commands()).devnetStatus(command.optsWithGlobals(), context)),
  );
  steer("partition <groups>", "cut the links between groups of nodes; those left out are a group of their own", "partition '1,2|3'").action(
    async (groups: string, _options, command: Command) =>
      run((await commands()).devnetPartition(groups, command.optsWithGlobals(), context)),
  );
  steer("heal", "mend all links", "heal").action(async (_options, command: Command) =>
    run((await commands()).devnetHeal(command.optsWithGlobals(), context)),
  );
  for (const [name, description] of [
    ["kill", "end a node's process at once (kill -9)"],
    ["stop", "stop a node in good order"],
    ["start", "start a node that was stopped, killed, or crashed"],
  ] as const)
    steer(`${name} <node>`, description, `${name} 2`).action(async (node: string, _options, command: Command) =>
      run((await commands()).devnetNode(name, node, command.optsWithGlobals(), context)),
    );
  steer("add", "add a node without any data and start it", "add").action(async (_options, command: Command) =>
    run((await commands()).devnetAdd(command.optsWithGlobals(), context)),
  );
  steer("wait-sync", "wait until all running nodes have the same head", "wait-sync --timeout 15")
    .option("--timeout <seconds>", "give up after this long, 1 to 240", "15")
    .action(async (_options, command: Command) => run((await commands()).devnetWaitSync(command.optsWithGlobals(), context)));
}
