/**
 * `plugin new`: a package to begin with. The templates are the packages under examples/, which tests build and run, with
 * their name exchanged: a template can't rot.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT, VERSION } from "../../node/version.js";
import type { Context } from "../context.js";
import { DirectoryNotEmptyError, UsageError } from "../errors.js";

const TEMPLATES: Readonly<Record<string, { readonly example: string; readonly word: string; readonly files: readonly string[] }>> = {
  consensus: { example: "consensus-solo", word: "solo", files: ["package.json", "tsconfig.json", "index.ts", "conformance.test.ts"] },
  transport: { example: "transport-plain", word: "plain", files: ["package.json", "tsconfig.json", "index.ts", "conformance.test.ts"] },
};
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
  for (const file of template.files) {
    const text = await readFile(new URL(`examples/${template.example}/${file}`, PACKAGE_ROOT), "utf8");
    const own = renamed(text, template.word, name);
    await writeFile(join(directory, file), file === "package.json" ? withChainwright(own, directory) : own);
    written.push(join(directory, file));
  }
  output.line(`wrote ${written.join(", ")}`);
  output.line(`build it:  cd ${directory} && npm install && npm run build && npm test`);
  output.line(`use it:    add "./${directory}/dist/index.js" under plugins in a node config`);
  return 0;
}

/** Names this very Chainwright as a development dependency: the version of a registry, or the folder of a clone. */
function withChainwright(text: string, directory: string): string {
  const root = fileURLToPath(PACKAGE_ROOT);
  const isInstalled = root.includes(`${sep}node_modules${sep}`);
  const manifest = JSON.parse(text) as { devDependencies: Record<string, string> };
  manifest.devDependencies.chainwright = isInstalled ? `^${VERSION}` : `file:${relative(directory, root)}`;
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The template's word in every spelling: `solo`, `Solo`, `SOLO`, and as a scheme of addresses. */
function renamed(text: string, word: string, name: string): string {
  const camel = name.replace(/(?:^|-)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  const capital = `${word[0]?.toUpperCase()}${word.slice(1)}`;
  return text
    .replaceAll(new RegExp(`\\b${word.toUpperCase()}(?=[_"])`, "g"), name.toUpperCase().replaceAll("-", "_"))
    .replaceAll(new RegExp(`TRANSPORT_${word.toUpperCase()}`, "g"), `TRANSPORT_${name.toUpperCase().replaceAll("-", "_")}`)
    .replaceAll(new RegExp(capital, "g"), camel)
    .replaceAll(new RegExp(`-${word}\\b`, "g"), `-${name}`)
    .replaceAll(new RegExp(`\\b${word}(?=["\`]|://|:")`, "g"), name);
}
