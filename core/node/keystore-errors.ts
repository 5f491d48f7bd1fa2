/** Errors of the keystore. None of them carries a secret. */
import { defineError } from "../kernel/errors.js";

export const KeyNameError = defineError<{ name: string }>(
  "KEYSTORE_NAME",
  "input",
  ({ name }) => `${JSON.stringify(name)} is no key name; use 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit`,
);

export const KeyExistsError = defineError<{ name: string; path: string }>(
  "KEYSTORE_KEY_EXISTS",
  "conflict",
  ({ name, path }) => `a key named ${name} is there already (${path}); choose another name`,
);

export const KeyMissingError = defineError<{ name: string; directory: string }>(
  "KEYSTORE_KEY_MISSING",
  "missing",
  ({ name, directory }) => `there is no key named ${name} in ${directory}; chainwright keys list shows what is there`,
);

export const KeyPassphraseError = defineError<{ name: string }>(
  "KEYSTORE_PASSPHRASE",
  "denied",
  ({ name }) => `the passphrase does not open the key ${name}, or its file was changed`,
);

export const KeyFileError = defineError<{ path: string; reason: string }>(
  "KEYSTORE_FILE",
  "damaged",
  ({ path, reason }) => `${path} is not a key file: ${reason}; restore it from a backup`,
);

export const KeyKindError = defineError<{ name: string; kind: string; wanted: string }>(
  "KEYSTORE_KIND",
  "input",
  ({ name, kind, wanted }) =>
    `${name} holds ${kind} keys, and ${wanted} is wanted here: accounts sign with ed25519, validators vote with bls12-381`,
);

export const KeyCountError = defineError<{ reason: string }>(
  "KEYSTORE_COUNT",
  "input",
  ({ reason }) => `not the keys of one file: ${reason}; nothing was written`,
);

export const KeyPassphraseMissingError = defineError<{ names: readonly string[] }>(
  "KEYSTORE_PASSPHRASE_MISSING",
  "denied",
  ({ names }) =>
    `no passphrase for ${names.join(", ")}; set CHAINWRIGHT_PASSPHRASE or name a file with --passphrase-file (in a config: keys.passphraseFile)`,
);

export const PassphraseFileError = defineError<{ path: string; reason: string }>(
  "KEYSTORE_PASSPHRASE_FILE",
  "input",
  ({ path, reason }) => `can't read a passphrase from ${path}: ${reason}; name a file whose first line is the passphrase`,
);
