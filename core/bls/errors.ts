/** Errors of BLS. None of them carries a secret. What a peer sends is never one: it is a verdict. */
import { defineError } from "../kernel/errors.js";

export const BlsSettingError = defineError<{ setting: string; value: string }>(
  "BLS_SETTING",
  "input",
  ({ setting, value }) => `${setting} is ${JSON.stringify(value)}; it may be auto, native or portable`,
);

export const BlsUnavailableError = defineError<{ engine: string; reason: string }>(
  "BLS_UNAVAILABLE",
  "unavailable",
  ({ engine, reason }) =>
    `no ${engine} BLS engine: ${reason}; install chainwright again with its optional dependencies, or leave the choice open (CHAINWRIGHT_BLS=auto)`,
);

export const BlsSecretKeyError = defineError<{ reason: string }>(
  "BLS_SECRET_KEY",
  "input",
  ({ reason }) => `not a BLS12-381 secret key: ${reason}; make one with blsSecretKeyFromSeed`,
);

export const BlsSeedError = defineError<{ bytes: number }>(
  "BLS_SEED",
  "input",
  ({ bytes }) => `a seed of BLS12-381 keys has 32 to 1,024 bytes, not ${bytes}; take 32 bytes of entropy`,
);

export const BlsPointError = defineError<{ index: number }>(
  "BLS_POINT",
  "input",
  ({ index }) => `signature ${index} of an aggregate is no point of the curve; verify signatures before they are aggregated`,
);
