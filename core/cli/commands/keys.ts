/** Commands on the keystore: keys new, list, show, import, export. */
import { readFile } from "node:fs/promises";
import type { KeyEntry } from "../../node/keystore.js";
import { Address } from "../../primitives/address.js";
import { fromHex, toHex } from "../../primitives/bytes.js";
import { type Context, type KeyOptions, keystore, passphrase } from "../context.js";
import { UsageError } from "../errors.js";

export interface KeyCommandOptions extends KeyOptions {
  readonly prefix: string;
  readonly json?: boolean;
}

export async function keysNew(name: string, options: KeyCommandOptions, context: Context): Promise<number> {
  checkPrefix(options);
  const store = keystore(options, context);
  show([await store.create(name, await passphrase(name, options, context, true))], options, context);
  return 0;
}

export async function keysList(options: KeyCommandOptions, context: Context): Promise<number> {
  show(await keystore(options, context).list(), options, context, true);
  return 0;
}

export async function keysShow(name: string, options: KeyCommandOptions, context: Context): Promise<number> {
  show([await keystore(options, context).show(name)], options, context);
  return 0;
}

export interface KeyImportOptions extends KeyCommandOptions {
  readonly file?: string;
}

/** The secret key comes from a file or standard input, never from the command line: that would stand in the shell's history. */
export async function keysImport(name: string, options: KeyImportOptions, context: Context): Promise<number> {
  checkPrefix(options);
  const text =
    options.file === undefined ? await standardInput() : await readFile(options.file, "utf8").catch(() => unreadable(options.file));
  const secretKey = fromHex(text.trim());
  if (secretKey?.length !== 32) throw new UsageError({ reason: "a secret key is written as 64 hex digits; nothing was imported" });
  show([await keystore(options, context).import(name, secretKey, await passphrase(name, options, context, true))], options, context);
  return 0;
}

export async function keysExport(name: string, options: KeyCommandOptions, context: Context): Promise<number> {
  const { kind, secretKeys } = await keystore(options, context).unlockAny(name, await passphrase(name, options, context, false));
  if (kind === "ed25519") context.output.warn("this is the secret key: whoever sees it can spend everything that it holds");
  else context.output.warn("these are secret keys of validators: whoever sees one can have its stake slashed; run each in one place only");
  for (const secretKey of secretKeys) context.output.line(toHex(secretKey));
  return 0;
}

/** Before anything is written. */
function checkPrefix({ prefix }: KeyCommandOptions): void {
  Address.format(Address.zero, prefix);
}

function show(entries: readonly KeyEntry[], options: KeyCommandOptions, { output }: Context, isList = false): void {
  const rows = entries.map((entry) => {
    const { kind, name } = entry;
    if (entry.kind === "bls12-381") return { name, kind, publicKeys: entry.publicKeys.map(toHex) };
    const address = Address.format(Address.ofKey(entry.publicKey), options.prefix);
    return { name, kind, address, publicKey: toHex(entry.publicKey) };
  });
  if (options.json === true) output.json(isList ? rows : rows[0]);
  else if (rows.length === 0) output.line("no keys; make one with: chainwright keys new NAME");
  else {
    const cells = rows.flatMap((row) => {
      if (row.publicKeys === undefined) return [[row.name, row.kind, row.address, row.publicKey]];
      // In a list a file is one line; shown by itself, it tells every key.
      const keys = isList
        ? [`${row.publicKeys[0]}${row.publicKeys.length > 1 ? ` and ${row.publicKeys.length - 1} more` : ""}`]
        : row.publicKeys;
      return keys.map((key, index) => [index === 0 ? row.name : "", index === 0 ? row.kind : "", "", key]);
    });
    output.table([["name", "kind", "address", "public key"], ...cells], "");
  }
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) throw new UsageError({ reason: "give the secret key with --file FILE or through standard input" });
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > 1_024) break;
  }
  return text;
}

function unreadable(file: string | undefined): never {
  throw new UsageError({ reason: `can't read ${file}` });
}
