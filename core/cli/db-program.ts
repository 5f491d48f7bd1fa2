/** The part of the command tree that works on a node's stored data. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
/** Of commands that work on one node's data. */
const withData = (command: Command): Command =>
  command
    .option("--config <file>", "the node's config")
    .option("--data-dir <dir>", "its data directory: instead of the config's, or alone where no chain spec is needed")
    .option("--set <path=value>", "set one config value; may be repeated", collect)
    .option("--json", "print JSON; progress as one JSON object a line on the error stream");

export function addDatabaseCommands(program: Command, context: Context, run: Run): void {
  const db = program.command("db").description("a node's stored data: copies, checks, upkeep");
  addCopies(db, context, run);
  addChecks(db, context, run);
  addBlocks(db, context, run);
  addUpkeep(db, context, run);
}

function addCopies(db: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/db-backup.js");
  withData(db.command("backup"))
    .description("copy the database while the node runs; again into the same folder copies only what is new")
    .requiredOption("--to <dir>", "folder of backups")
    .option("--keep <count>", "how many generations stay", "7")
    .option("--with-keys", "keys, certificates and tokens, too; without it they are not in the backup")
    .addHelpText(
      "after",
      examples([
        "chainwright db backup --config node.yaml --to /mnt/backup/node",
        "chainwright db backup --data-dir data --to /mnt/backup/node --keep 30 --with-keys",
      ]),
    )
    .action(async (options) => run((await commands()).backup(options, context)));
  db.command("backups <dir>")
    .description("the generations in a folder of backups")
    .option("--json", "print JSON")
    .addHelpText("after", examples(["chainwright db backups /mnt/backup/node"]))
    .action(async (dir, options) => run((await commands()).backups(dir, options, context)));
  withData(db.command("restore"))
    .description("bring a backup back into an empty data directory; verified, and opened once before it takes its place")
    .option("--from <dir>", "folder of backups")
    .option("--finish", "only end a restore, rewind or rebuild that was cut off while it replaced data")
    .option("--generation <number>", "which one (default: the newest)")
    .option("--force", "replace the data that is there; its keys stay")
    .option("--no-check", "do not open what was restored")
    .addHelpText(
      "after",
      examples([
        "chainwright db restore --config node.yaml --from /mnt/backup/node",
        "chainwright db restore --config node.yaml --from /mnt/backup/node --generation 12 --force",
      ]),
    )
    .action(async (options) => run((await commands()).restore(options, context)));
}

function addChecks(db: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/db-verify.js");
  withData(db.command("verify"))
    .description("read and hash everything again; exit code 7 and the command that mends it if something is damaged")
    .option("--execute", "execute blocks again, too, and compare every root")
    .option("--from <height>", "with --execute: over the state after this height instead of from genesis")
    .option("--backup <dir>", "check a folder of backups instead of a node's data")
    .option("--generation <number>", "with --backup: which one (default: the newest)")
    .addHelpText(
      "after",
      examples([
        "chainwright db verify --config node.yaml",
        "chainwright db verify --config node.yaml --execute",
        "chainwright db verify --backup /mnt/backup/node",
      ]),
    )
    .action(async (options) => run((await commands()).verify(options, context)));
  withData(db.command("rebuild <what>"))
    .description(
      "make anew what follows from something else: pages (of the state), transactions (their places), all (by executing the blocks)",
    )
    .addHelpText("after", examples(["chainwright db rebuild pages --config node.yaml", "chainwright db rebuild all --config node.yaml"]))
    .action(async (what, options) => run((await commands()).rebuild(what, options, context)));
}

function addBlocks(db: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/db-blocks.js");
  withData(db.command("export <file>"))
    .description("write blocks as one stream, checksummed; - is standard output")
    .option("--from <height>", "first block (default: the first that is kept)")
    .option("--to <height>", "last block (default: the head)")
    .addHelpText(
      "after",
      examples(["chainwright db export --config node.yaml blocks.cw", "chainwright db export --config node.yaml - | zstd > blocks.cw.zst"]),
    )
    .action(async (file, options) => run((await commands()).exportCommand(file, options, context)));
  withData(db.command("import <file>"))
    .description("verify and execute the blocks of a stream; what is there is skipped; - is standard input")
    .addHelpText(
      "after",
      examples([
        "chainwright db import --config node.yaml blocks.cw",
        "zstd -dc blocks.cw.zst | chainwright db import --config node.yaml -",
      ]),
    )
    .action(async (file, options) => run((await commands()).importCommand(file, options, context)));
  withData(db.command("rewind"))
    .description("take the chain back to a height: by undo records, or below them by executing blocks again")
    .requiredOption("--to <height>", "the new head")
    .option("--drop", "forget the blocks above; else they stay, and the node may choose them again")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples([
        "chainwright db rewind --config node.yaml --to 120000",
        "chainwright db rewind --config node.yaml --to 120000 --drop --yes",
      ]),
    )
    .action(async (options) => run((await commands()).rewindCommand(options, context)));
}

function addUpkeep(db: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/db-upkeep.js");
  withData(db.command("stats"))
    .description("records and bytes by kind, files on disk, heights, format")
    .addHelpText("after", examples(["chainwright db stats --config node.yaml"]))
    .action(async (options) => run((await commands()).stats(options, context)));
  withData(db.command("compact"))
    .description("give the space of deleted records back; takes as much free space as the database, for a while")
    .addHelpText("after", examples(["chainwright db compact --config node.yaml"]))
    .action(async (options) => run((await commands()).compact(options, context)));
  withData(db.command("prune"))
    .description("delete at once what node.chain.pruning does not keep; a running node does that by itself, slowly")
    .option("--mode <mode>", "archive, full or pruned, in place of the config's")
    .option("--keep-blocks <count>", "with pruned: how many blocks stay, in place of the config's")
    .addHelpText(
      "after",
      examples(["chainwright db prune --config node.yaml", "chainwright db prune --config node.yaml --mode pruned --keep-blocks 5000"]),
    )
    .action(async (options) => run((await commands()).prune(options, context)));
  withData(db.command("migrate"))
    .description("bring the database to the format of this program; forward only, goes on after a kill")
    .option("--dry-run", "say what would be done, how long it takes and how much space it needs")
    .addHelpText("after", examples(["chainwright db migrate --config node.yaml --dry-run", "chainwright db migrate --config node.yaml"]))
    .action(async (options) => run((await commands()).migrateCommand(options, context)));
}
