/**
 * Generates proto/generated/messages.{js,d.ts} from proto/*.proto, or checks that they are current.
 *
 *   node proto/generate.js            writes them
 *   node proto/generate.js --check    exits with 1 and says what to do if they are not what would be written
 *
 * The generated code is committed, so that a build needs no code generator, and it is deterministic: the same sources
 * and the same protobufjs-cli give the same bytes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sourceDirectory = dirname(fileURLToPath(import.meta.url));
const outputDirectory = join(sourceDirectory, "generated");
const cliDirectory = dirname(createRequire(import.meta.url).resolve("protobufjs-cli/package.json"));
const HEADER = "// Generated from proto/*.proto by `npm run proto`. Do not edit.\n";

/** Runs one tool of protobufjs-cli with its inputs named relative to proto/, so that no absolute path gets into the output. */
function run(tool, parameters) {
  execFileSync(process.execPath, [join(cliDirectory, "bin", tool), ...parameters], {
    cwd: sourceDirectory,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Content of the generated files by name. */
function generate() {
  const directory = mkdtempSync(join(tmpdir(), "chainwright-proto-"));
  try {
    const sources = readdirSync(sourceDirectory)
      .filter((name) => name.endsWith(".proto"))
      .sort();
    const code = join(directory, "messages.js");
    const types = join(directory, "messages.d.ts");
    // 64-bit fields are always Long objects (protobufjs has no bigint mode); only what is used is generated.
    const options = ["--force-long", "--no-verify", "--no-convert", "--no-delimited", "--no-typeurl", "--no-service"];
    run("pbjs", ["-t", "static-module", "-w", "esm", ...options, "-o", code, ...sources]);
    run("pbts", ["-o", types, code]);
    return { "messages.js": HEADER + readFileSync(code, "utf8"), "messages.d.ts": HEADER + readFileSync(types, "utf8") };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const files = Object.entries(generate());
if (process.argv.includes("--check")) {
  const outdated = files.filter(([name, content]) => {
    const path = join(outputDirectory, name);
    return !existsSync(path) || readFileSync(path, "utf8") !== content;
  });
  if (outdated.length > 0) {
    const names = outdated.map(([name]) => `proto/generated/${name}`).join(", ");
    console.error(`${names}: not what proto/*.proto says. Run \`npm run proto\` and commit the result.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(outputDirectory, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(outputDirectory, name), content);
}
