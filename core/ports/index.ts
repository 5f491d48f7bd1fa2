/**
 * The ports: interfaces that plugins implement or consume, their tokens and laws. No logic.
 *
 * A token is a string, so that plugins built against another copy of this package name the same capability.
 */
import type { Capability } from "./plugin.js";

/** Version of the ports as a whole; a plugin's manifest names the range that it was written for. */
export const PORTS_VERSION = "0.1.0";

export const CHAIN_SPEC = "chainwright:chain-spec";
export const DATA_DIRECTORY = "chainwright:data-directory";
export const CLOCK = "chainwright:clock";
export const SCHEDULER = "chainwright:scheduler";
export const ENTROPY = "chainwright:entropy";
export const SIGNER = "chainwright:signer";
export const METRICS_SOURCE = "chainwright:metrics-source";
export const STORAGE = "chainwright:storage";
export const COMPUTE = "chainwright:compute";
export const LEDGER = "chainwright:ledger";
export const TREASURY = "chainwright:treasury";
export const CONSENSUS = "chainwright:consensus";
export const TRANSPORT = "chainwright:transport";
export const CHAIN_VIEW = "chainwright:chain-view";
export const CHAIN_EVENTS = "chainwright:chain-events";
export const MEMPOOL_VIEW = "chainwright:mempool-view";
export const NETWORK_VIEW = "chainwright:network-view";
export const PEER_ADMINISTRATION = "chainwright:peer-administration";
export const TRANSACTION_SUBMISSION = "chainwright:transaction-submission";
export const NODE_HEALTH = "chainwright:node-health";
export const NODE_CONTROL = "chainwright:node-control";
export const API_ADDRESS = "chainwright:api-address";
export const API_ROUTES = "chainwright:api-routes";
export const LEDGER_MODULES = "chainwright:ledger-modules";
export const WORK_SOURCE = "chainwright:work-source";

const single = (name: string, ...members: string[]): Capability => ({ name, cardinality: "single", members });
const many = (name: string, ...members: string[]): Capability => ({ name, cardinality: "many", members });

/** Every capability that core knows, with the members that its implementation must have. */
export const CAPABILITIES: readonly Capability[] = [
  single(CHAIN_SPEC, "chainId", "rulesAt"),
  single(DATA_DIRECTORY, "path", "resolve"),
  single(CLOCK, "nowMs", "monotonicMs"),
  single(SCHEDULER, "after", "every", "yield", "slicer"),
  single(ENTROPY, "bytes"),
  single(SIGNER, "publicKeys", "sign"),
  single(METRICS_SOURCE, "contentType", "render"),
  single(STORAGE, "durability", "database", "get", "getMany", "write", "range", "snapshot", "compact", "sizeBytes"),
  single(COMPUTE, "verifySignatures", "hashPairs", "hashPairsSync", "merkleRoot", "run", "engine"),
  single(
    LEDGER,
    "kind",
    "genesis",
    "decodeBlock",
    "join",
    "slice",
    "signatures",
    "access",
    "execute",
    "pool",
    "describe",
    "describeAccount",
    "accountKeys",
  ),
  single(TREASURY, "credit", "debit", "supply"),
  single(
    CONSENSUS,
    "traits",
    "attach",
    "genesis",
    "checkHeader",
    "contextFor",
    "verifySeals",
    "onBlock",
    "onInvalid",
    "restore",
    "confirmations",
  ),
  many(TRANSPORT, "scheme", "configure", "listen", "dial", "close"),
  single(CHAIN_VIEW, "status", "block", "state"),
  single(CHAIN_EVENTS, "latest", "read", "onAppended"),
  single(MEMPOOL_VIEW, "count", "get", "list"),
  single(NETWORK_VIEW, "nodeId", "listening", "peers", "sync"),
  single(PEER_ADMINISTRATION, "records", "bans", "add", "ban", "unban"),
  single(TRANSACTION_SUBMISSION, "submit"),
  single(NODE_HEALTH, "notReady"),
  single(NODE_CONTROL, "produceBlocks"),
  single(API_ADDRESS, "url"),
  many(API_ROUTES, "prefix", "routes"),
  many(LEDGER_MODULES, "name", "namespace", "decode", "weight", "execute"),
  single(WORK_SOURCE, "search", "cancel", "status"),
];

export * from "./chain-spec.js";
export * from "./compute.js";
export * from "./consensus.js";
export * from "./contributions.js";
export * from "./counter-search.js";
export * from "./data-directory.js";
export * from "./errors.js";
export * from "./ledger.js";
export * from "./mining.js";
export * from "./modular.js";
export * from "./plugin.js";
export * from "./plugin-command.js";
export * from "./runtime.js";
export * from "./state.js";
export * from "./storage.js";
export * from "./transport.js";
export * from "./views.js";
export * from "./work-source.js";
