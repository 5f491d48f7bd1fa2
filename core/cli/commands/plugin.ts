/**
 * `plugin new`: a package to begin with. The templates are the packages under examples/, which tests build and run, with
 * their name exchanged: a template can't rot.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT, VERSION } from "../../node/version.js";
import type { Context } from "../context.js";
import { DirectoryNotEmptyError, UsageError } from "../errors.js";

const TEMPLATES: Readonly<Record<string, { readonly example: string; readonly word: string }>> = {
  consensus: { example: "consensus-solo", word: "solo" },
  transport: { example: "transport-plain", word: "plain" },
};
const FILES = ["package.json", "tsconfig.json", "index.ts"] as const;
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export async function pluginNew(kind: string, name: string, options: { readonly dir?: string }, { output }: Context): Promise<number> {
  const template = TEMPLATES[kind];
  if (template === undefined)
    throw new UsageError({ reason: `${kind} is no kind of template; there are ${Object.keys(TEMPLATES).join(" and ")}` });
  if (!NAME.test(name) || name.length > 40)
    throw new UsageError({ reason: `${name} is no plugin name; use a-z, 0-9 and '-', for example my-engine` });
  const directory = options.dir ?? `${kind}-${name}`;
  if (existsSync(directory)) throw new DirectoryNotEmptyError({ path: directory });
  const written: string[] = [];
  await mkdir(directory, { recursive: true });
  for (const file of FILES) {
    const text = await readFile(new URL(`examples/${template.example}/${file}`, PACKAGE_ROOT), "utf8");
    await writeFile(join(directory, file), renamed(text, template.word, name));
    written.push(join(directory, file));
  }
  output.line(`wrote ${written.join(", ")}`);
  output.line(
    `build it:  cd ${directory} && npm install chainwright@${VERSION} && npm install --save-dev typescript@6 @types/node && npx tsc`,
  );
  output.line(`use it:    add "./${directory}/dist/index.js" under plugins in a node config`);
  return 0;
}

/** The template's word in every spelling: `solo`, `Solo`, `SOLO`. */
function renamed(text: string, word: string, name: string): string {
  const camel = name.replace(/(?:^|-)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  const capital = `${word[0]?.toUpperCase()}${word.slice(1)}`;
  return text
    .replaceAll(new RegExp(`\\b${word.toUpperCase()}(?=[_"])`, "g"), name.toUpperCase().replaceAll("-", "_"))
    .replaceAll(new RegExp(`TRANSPORT_${word.toUpperCase()}`, "g"), `TRANSPORT_${name.toUpperCase().replaceAll("-", "_")}`)
    .replaceAll(new RegExp(capital, "g"), camel)
    .replaceAll(new RegExp(`-${word}\\b`, "g"), `-${name}`);
}
