/** What each life of a simulated node stands on: its machine's clock and disk, seeded randomness, and keys that follow from its name. */
import { devValidatorGroups, type NodeGround, type NodeIdentity, type OpenDataDirectory, UNMETERED } from "../../node/simulation-seam.js";
import {
  asciiBytes,
  BlsKeys,
  type BlsSigner,
  type Bytes,
  blsSignRemembered,
  bytesEqual,
  domainTag,
  type Entropy,
  Hash,
  type Logger,
  type LogLevel,
  present,
  publicKeyOf,
  type Signer,
  sha256Of,
  signMessage,
  toHex,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import { NodeTime } from "../machine/node-time.js";

const KEY_TAG = domainTag("cw/simkey/1");

/** Ed25519 secret key of a node or an account of simulations: known to everybody, and of no use elsewhere. */
export function simulatedKey(name: string): Bytes {
  return sha256Of(KEY_TAG, asciiBytes(name));
}

/** A line of a simulated node's log. */
export interface LogLine {
  readonly atMs: number;
  readonly node: string;
  readonly component: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly data: object;
}

export interface GroundOptions {
  /** Lines below are not made. */
  readonly level: LogLevel;
  readonly onLog: (line: LogLine) => void;
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

export function groundOf(parts: MachineParts, { level, onLog }: GroundOptions): NodeGround {
  const { machine } = parts;
  const time = new NodeTime(machine);
  const random = machine.world.random(`entropy/${machine.name}/${machine.life}`);
  const entropy: Entropy = { bytes: (length) => random.bytes(length) };
  const secret = simulatedKey(machine.name);
  const identity: NodeIdentity = { nodeId: toHex(publicKeyOf(secret)), sign: (message) => signMessage(secret, message) };
  const log = (line: Omit<LogLine, "atMs" | "node">): void => onLog({ atMs: machine.world.elapsedMs, node: machine.name, ...line });
  return {
    clock: time,
    scheduler: time,
    entropy,
    directory: directoryOf(parts),
    signer: signerOf([secret]),
    identity,
    metrics: { contentType: "text/plain", render: async () => "", metricsFor: () => UNMETERED },
    capabilities: { [SIMULATED_MACHINE]: parts },
    loggerFor: (component) => loggerFor(component, LEVELS.indexOf(level), log),
    flush: () => undefined,
  };
}

/** A place without files: what it remembers is on the machine's disk. */
function directoryOf({ machine: { name, disk } }: MachineParts): OpenDataDirectory {
  const path = `/simulated/${name}`;
  return {
    path,
    holdsFiles: false,
    resolve: (...segments) => [path, ...segments].join("/"),
    format: { format: 1, chainId: "simulated", parametersHash: Hash.key(Hash.zero), createdBy: "simulation", createdAtMs: 0 },
    bindGenesis: async (genesisId) => {
      disk.genesisId ??= Hash.key(genesisId);
    },
    raiseFormat: async () => undefined,
    close: async () => undefined,
  };
}

function signerOf(secrets: readonly Bytes[]): Signer {
  return {
    publicKeys: async () => secrets.map(publicKeyOf),
    sign: async (publicKey, message) => {
      const secret = secrets.find((each) => bytesEqual(publicKeyOf(each), publicKey));
      if (secret === undefined) throw new RangeError("this node does not hold that key");
      return signMessage(secret, message);
    },
    bls: new DevelopmentSigner(),
  };
}

/** Deriving a key takes as long as hundreds of messages, and all lives of all nodes have the same ones. By public key, in hex. */
const VALIDATOR_KEYS = new Map<string, { readonly secret: Bytes /** As those who verify have it. */; readonly whole: Bytes }>();
const VALIDATOR_GROUPS = new Map<string, readonly Bytes[]>();

/** Holds the keys of development validators that it was asked for by name: `dev:validators/1-8`. */
class DevelopmentSigner implements BlsSigner {
  readonly #asked = new Map<string, readonly Bytes[]>();

  async publicKeys(): Promise<readonly Bytes[]> {
    return [...this.#asked.values()].flat();
  }

  async keysOf(name: string): Promise<readonly Bytes[] | undefined> {
    const publicKeys = VALIDATOR_GROUPS.get(name) ?? derive(name);
    if (publicKeys !== undefined) this.#asked.set(name, publicKeys);
    return publicKeys;
  }

  async sign(publicKey: Bytes, message: Bytes): Promise<Bytes> {
    const key = VALIDATOR_KEYS.get(toHex(publicKey));
    if (key === undefined) throw new RangeError("this node does not hold that key");
    return blsSignRemembered(key.secret, key.whole, message);
  }
}

function derive(name: string): readonly Bytes[] | undefined {
  const keys = devValidatorGroups([name]).get(name);
  if (keys === undefined) return undefined;
  const { secretKeys, publicKeys } = keys;
  const table = new BlsKeys();
  for (const [index, publicKey] of publicKeys.entries()) {
    table.set(index, publicKey);
    const secret = present(secretKeys[index], "a secret key for each public one");
    VALIDATOR_KEYS.set(toHex(publicKey), { secret, whole: table.get(index) });
  }
  VALIDATOR_GROUPS.set(name, publicKeys);
  return publicKeys;
}

function loggerFor(component: string, least: number, log: (line: Omit<LogLine, "atMs" | "node">) => void): Logger {
  const at = (level: LogLevel) => {
    if (LEVELS.indexOf(level) < least) return () => undefined;
    return (data: object, message: string): void => log({ component, level, message, data });
  };
  return {
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    isLevelEnabled: (level) => LEVELS.indexOf(level) >= least,
    child: ({ component: inner }) => loggerFor(`${component}.${inner}`, least, log),
  };
}
