/** The part of the command tree about validators: their keys, the stake behind them, and how they do. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";

const KEY = "NAME of a key file (NAME#I: its key I, from 0), or dev:validators/N";

const withKeys = (command: Command): Command =>
  command
    .option("--keys <dir>", "keystore folder (default: .chainwright/keys, or CHAINWRIGHT_KEYS)")
    .option("--passphrase-file <file>", "its first line is the passphrase (default: CHAINWRIGHT_PASSPHRASE, or asked for)");
const withApi = (command: Command): Command =>
  command.option("--api <url>", "API of the node (default: http://127.0.0.1:8645, or CHAINWRIGHT_API)");

export function addValidatorCommands(program: Command, context: Context, run: Run): void {
  const validator = program.command("validator").description("validators: their keys, their stake, and how they do");
  addKeyCommands(validator, context, run);
  addOperationCommands(validator, context, run);
  withKeys(withApi(validator.command("status")))
    .description("validators of the chain; of those that the node runs, what they proposed and how their votes did")
    .option("--validator <which...>", `only these: numbers on the chain, public keys, or ${KEY}`)
    .option("--own", "only those that the node runs")
    .option("--status <status>", "only those of one status, as the API has them: pending_queued, active_ongoing, active_exiting …")
    .option("--account <account>", "only those of one account: address, name of a key, or dev:alice …")
    .option("--offset <count>", "begin there: what the page before told", "0")
    .option("--limit <count>", "at most so many, 1 to 1000", "50")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples([
        "chainwright validator status --own",
        "chainwright validator status --status active_exiting --json",
        "chainwright validator status --validator 0 1 2",
      ]),
    )
    .action(async (options) => run((await import("./commands/validator-status.js")).validatorStatus(options, context)));
}

function addKeyCommands(validator: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/validator.js");
  const keyed = (command: Command): Command =>
    withKeys(command)
      .option("--account <account>", "address, name of a key, or dev:alice …: into the JSON, as a chain spec has it")
      .option("--prefix <prefix>", "address prefix of the chain", "cw")
      .option("--json", "print JSON: a chain spec's list of validators");
  keyed(validator.command("create"))
    .description("make BLS keys in the keystore; prints public keys and proofs of possession")
    .option("--name <name>", "of the key file", "validators")
    .option("--count <count>", "keys in it, 1 to 1024", "1")
    .addHelpText(
      "after",
      examples(["chainwright validator create", "chainwright validator create --name genesis --count 16 --account savings --json"]),
    )
    .action(async (options) => run((await commands()).validatorCreate(options, context)));
  keyed(validator.command("show <name>"))
    .description("public keys and proofs of possession of a key file, or of dev:validators/FROM-TO")
    .addHelpText("after", examples(["chainwright validator show validators", "chainwright validator show dev:validators/65-66 --json"]))
    .action(async (name, options) => run((await commands()).validatorShow(name, options, context)));
}

function addOperationCommands(validator: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/validator.js");
  const operation = (command: Command): Command =>
    withKeys(withApi(command))
      .requiredOption("--from <key>", "account that signs and pays: name of a key, or dev:alice …")
      .option("--module <number>", "number of the ledger module validators in the chain spec", "2")
      .option("--fee <fee>", "default: the least that the chain takes")
      .option("--nonce <nonce>", "default: the sender's next one")
      .option("--memo <text>", "up to 256 bytes")
      .option("--wait <seconds>", "how long to wait for its block (default: 30)")
      .option("--no-wait", "return once it is accepted")
      .option("--json", "print JSON");
  const which = `its number on the chain, its public key, or ${KEY}`;
  operation(validator.command("deposit"))
    .description("put up stake for a new validator; it is taken in at the end of an epoch")
    .requiredOption("--key <key>", `${KEY}; or a public key, with --proof`)
    .requiredOption("--amount <amount>", "in the chain's smallest unit")
    .option("--account <account>", "that alone may let it exit, and gets its fees and withdrawals (default: that of --from)")
    .option("--proof <hex>", "proof of possession, made elsewhere: then no key has to be here")
    .addHelpText(
      "after",
      examples([
        "chainwright validator deposit --from savings --key validators#0 --amount 32000000000",
        "chainwright validator deposit --from dev:alice --key dev:validators/65 --amount 32000000000",
      ]),
    )
    .action(async (options) => run((await commands()).validatorDeposit(options, context)));
  operation(validator.command("top-up"))
    .description("add to the stake of a validator")
    .requiredOption("--validator <which>", which)
    .requiredOption("--amount <amount>", "in the chain's smallest unit")
    .addHelpText("after", examples(["chainwright validator top-up --from savings --validator 17 --amount 1000000000"]))
    .action(async (options) => run((await commands()).validatorTopUp(options, context)));
  operation(validator.command("exit"))
    .description("let a validator leave, for good; signed by its account")
    .requiredOption("--validator <which>", which)
    .addHelpText("after", examples(["chainwright validator exit --from savings --validator 17"]))
    .action(async (options) => run((await commands()).validatorExit(options, context)));
}
