/** What the caller hands over is looked at first: a call that is wrong is no fault of a node's. */
import { HASH_BYTES } from "./bytes.js";
import { LightClientError } from "./errors.js";

/** Names of the numbers among the parameters, and the least that each may be. */
const LEAST = {
  genesisTimeMs: 0,
  slotMs: 1,
  slotsPerEpoch: 1,
  namespace: 0,
  maxValidators: 1,
  maxEffectiveIncrements: 1,
  minWithdrawabilityDelayEpochs: 0,
  minChurnPerEpoch: 1,
  churnQuotient: 1,
} as const;

function refuse(argument: string, reason: string): never {
  throw new LightClientError("GASPER_LIGHT_ARGUMENT", { argument, reason });
}

export function checkObject(argument: string, value: unknown): void {
  if (typeof value !== "object" || value === null) refuse(argument, "it is an object");
}

/** Of any realm: what comes from another frame is no instance of this one's class. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && "BYTES_PER_ELEMENT" in value && value.BYTES_PER_ELEMENT === 1;
}

export function checkBytes(argument: string, value: unknown): void {
  if (!isBytes(value)) refuse(argument, `it is a Uint8Array${typeof value === "string" ? ", not text: decode the hex of the API" : ""}`);
}

export function checkHash(argument: string, value: unknown): void {
  if (!isBytes(value) || value.length !== HASH_BYTES) refuse(argument, `it is a Uint8Array of ${HASH_BYTES} bytes`);
}

export function checkTime(argument: string, value: unknown): void {
  if (!Number.isSafeInteger(value)) refuse(argument, "it is an integer");
}

/** @param parameters as `LightClientParameters` */
export function checkParameters(parameters: unknown): void {
  checkObject("parameters", parameters);
  const given = parameters as Readonly<Record<string, unknown>>;
  checkHash("parameters.chainHash", given.chainHash);
  if (typeof given.chainId !== "string") refuse("parameters.chainId", "it is a text");
  for (const [name, least] of Object.entries(LEAST)) {
    const value = given[name];
    if (!Number.isSafeInteger(value) || (value as number) < least) refuse(`parameters.${name}`, `it is an integer of at least ${least}`);
  }
}
