/**
 * Bundles TypeBox into dist/bundled, which package.json's imports (`#typebox`, `#typebox/value`, `#typebox/schema`) name.
 *
 * TypeBox is some 700 small modules, and Node pays for each file that it finds, reads and links: measured, 370 ms of CPU
 * time for what takes 16 ms as a few files, in a start-up of which users wait for half a second. Nothing else is bundled:
 * CommonJS packages start no faster that way, and a dependency that meets the network (fastify) shall come from the
 * user's own node_modules, where it can be updated.
 *
 * Types still come from the package, so that third-party code sees the types that it knows; a plugin may as well bring a
 * TypeBox of its own, since schemas are told by their JSON Schema keywords.
 */
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const outdir = join(root, "dist", "bundled");

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { typebox: "typebox", value: "typebox/value", schema: "typebox/schema" },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
  metafile: true,
});
// The licence asks that its text goes with every copy.
const licence = "typebox.LICENSE";
copyFileSync(join(dirname(createRequire(import.meta.url).resolve("typebox")), "..", "license"), join(outdir, licence));
// Shared parts are named by their content: those of an earlier version would be packed, too.
const current = new Set([...Object.keys(metafile.outputs).map((path) => basename(path)), licence]);
for (const name of readdirSync(outdir)) if (!current.has(name)) rmSync(join(outdir, name));
