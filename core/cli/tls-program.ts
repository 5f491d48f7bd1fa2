/** The part of the command tree that makes and shows keys and certificates. */
import { type Command, Option } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";

const withJson = (command: Command): Command => command.option("--json", "print JSON");
const withBits = (command: Command, usual: number): Command =>
  command.addOption(new Option("--bits <bits>", `length of the RSA key (default: ${usual})`).choices(["2048", "3072", "4096"]));
/** Of commands that use an authority. */
const withAuthority = (command: Command): Command =>
  withBits(command, 2048)
    .requiredOption("--ca <dir>", "folder of the authority, as init-ca made it")
    .option("--data-dir <dir>", "the node's data directory; its certificates are in tls there")
    .option("--out <dir>", "folder of the node's certificates (default: tls in the data directory)")
    .option("--days <days>", "how long the certificate is valid (default: 365)")
    .option("--passphrase-file <file>", "its first line opens the authority's key (default: CHAINWRIGHT_PASSPHRASE, or asked for)")
    .option("--key-passphrase-file <file>", "encrypt the node's key with its first line (in the node's config: tls.keyPassphraseFile)");

export function addTlsCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/tls.js");
  const tls = program.command("tls").description("the network's certificate authority and certificates of nodes");
  withBits(withJson(tls.command("init-ca")), 3072)
    .description("make a certificate authority for a network; never over one that is there")
    .requiredOption("--dir <dir>", "where to; keep it off the nodes")
    .option("--name <name>", "common name in its certificate", "Chainwright network")
    .option("--days <days>", "how long it is valid (default: 3650)")
    .option("--passphrase-file <file>", "its first line encrypts the key (default: CHAINWRIGHT_PASSPHRASE, or asked for)")
    .option("--no-passphrase", "leave the key unencrypted: whoever reads the file can let anybody in")
    .addHelpText(
      "after",
      examples(["chainwright tls init-ca --dir ca --name my-network", "chainwright tls init-ca --dir ca --no-passphrase --days 30"]),
    )
    .action(async (options) => run((await commands()).initAuthority(options, context)));
  withJson(tls.command("node-id"))
    .description("print a node's id, for who issues its certificate or pins it elsewhere; its key is made if there is none")
    .requiredOption("--data-dir <dir>", "the node's data directory")
    .addHelpText("after", examples(["chainwright tls node-id --data-dir data"]))
    .action(async (options) => run((await commands()).showNodeId(options, context)));
  withAuthority(withJson(tls.command("issue")))
    .description("make a node's first key and certificate: key.pem, certificate.pem, ca.pem")
    .option("--node-id <hex>", "of which node (default: the one of the data directory; its key is made if there is none)")
    .addHelpText(
      "after",
      examples(["chainwright tls issue --ca ca --data-dir data", `chainwright tls issue --ca ca --node-id ${"5f".repeat(4)}… --out tls`]),
    )
    .action(async (options) => run((await commands()).issue(options, context)));
  withAuthority(withJson(tls.command("rotate")))
    .description("renew a node's key and certificate; a running node takes them over, its connections live on")
    .addHelpText(
      "after",
      examples(["chainwright tls rotate --ca ca --data-dir data", "chainwright tls rotate --ca ca --out tls --days 90"]),
    )
    .action(async (options) => run((await commands()).rotate(options, context)));
  withJson(tls.command("inspect <files...>"))
    .description("say what certificates say; exit code 1 if one of them has expired or is not trusted")
    .option("--ca <file>", "authorities that have to vouch for them")
    .addHelpText(
      "after",
      examples([
        "chainwright tls inspect data/tls/certificate.pem",
        "chainwright tls inspect node-*/tls/certificate.pem --ca ca/ca.pem --json",
      ]),
    )
    .action(async (files, options) => run((await commands()).inspect(files, options, context)));
}
