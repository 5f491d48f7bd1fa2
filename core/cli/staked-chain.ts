/** What `init --consensus gasper` writes: a chain spec whose validators have keys that follow from their numbers, and the config of the node that runs all of them. */
import { stringify } from "#bundled/yaml";
import { devnetEngine } from "../devnet/engines.js";
import { devValidator, devValidatorsReference } from "../node/dev-validators.js";
import { toHex } from "../primitives/bytes.js";
import { configHead, type DevFileOptions, devAllocations, specHead } from "./dev-chain.js";

/** Some for each slot of an epoch. */
const VALIDATORS = 16;
const SLOT_MS = 2_000;

/** Values of a mapping, each on a line. */
function lines(section: object, indent: string): string {
  return Object.entries(section)
    .map(([name, value]) => `${indent}${name}: ${stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim()}`)
    .join("\n");
}

/** @param options.address whom the stakes belong to */
export function stakedFiles(options: DevFileOptions): { readonly spec: string; readonly config: string } {
  const engine = devnetEngine("gasper");
  // As a devnet's but for the validators, which here belong to one account.
  const chain = { blockIntervalMs: SLOT_MS, nodes: 1, validators: VALIDATORS };
  const { validators: _, ...parameters } = engine.parameters(chain) as { readonly slotsPerEpoch: number; readonly validators: object };
  const epochSeconds = (parameters.slotsPerEpoch * SLOT_MS) / 1_000;
  const reference = devValidatorsReference({ from: 1, to: VALIDATORS });
  const validators = Array.from({ length: VALIDATORS }, (_, i) => {
    const { publicKey, proofOfPossession } = devValidator(i + 1);
    return `      - { publicKey: ${toHex(publicKey)}, proofOfPossession: ${toHex(proofOfPossession)}, account: ${options.address} }`;
  });
  const spec = `${specHead(options)}
consensus:
  plugin: ${engine.plugin}
  parameters:
${lines(parameters, "    ")}
    validators: # ${reference}: public keys; for others: chainwright validator create --count ${VALIDATORS} --account NAME --json
${validators.join("\n")}
ledger:
  plugin: ledger-account
  parameters:
    allocations:
${devAllocations()}
${lines(engine.ledger, "    ")}
`;
  const config = `${configHead(options.comment)}
keys: { unlock: ["${reference}"] }
plugins:
  storage-level:
  ledger-account:
  ${engine.plugin}:
    validators: ["${reference}"]
    oldCheckpoint: accept # epochs of ${epochSeconds} seconds: after a night without the node, its own head would be too old
  api-http:
  metrics-prometheus:
`;
  return { spec, config };
}
