/**
 * The composition root: binds core's parts, the plugins of a config and the runtime into one node.
 *
 * `createNode` reads and checks everything and constructs nothing; `start` takes the data directory and brings the plugins
 * up in order; `stop` brings them down in reverse and gives the directory back.
 */
import { resolve } from "node:path";
import { ConfigInvalidError } from "../kernel/errors.js";
import {
  type ConfigProblem,
  type ConfigSection,
  type Explanation,
  explainConfig,
  Kernel,
  type LoadedConfig,
  loadConfig,
  validateDocument,
  validateFile,
} from "../kernel/index.js";
import { createLogging, type LogDestination } from "../kernel/logger.js";
import { createMetrics, type MetricsRegistry } from "../kernel/metrics.js";
import {
  CHAIN_SPEC,
  type ChainSpec,
  CLOCK,
  type Clock,
  DATA_DIRECTORY,
  type DataDirectory,
  ENTROPY,
  type Entropy,
  type Logger,
  METRICS_SOURCE,
  SCHEDULER,
  type Scheduler,
  SIGNER,
  type Signer,
} from "../ports/index.js";
import { SystemClock, SystemEntropy, SystemScheduler, startProcessMetrics } from "../runtime/index.js";
import { BUILTIN_PLUGINS } from "./builtins.js";
import { type ChainSpecDocument, chainSpecSchema, makeChainSpec } from "./chain-spec.js";
import { computePart, type KeysConfig, KeysSchema } from "./core-parts.js";
import { type OpenDataDirectory, openDataDirectory } from "./data-directory.js";
import { ChainSpecMismatchError, NodeStateError } from "./errors.js";
import { NODE_IDENTITY, type NodeIdentity, openIdentity } from "./identity.js";
import { UnlockedSigner, unlockSigner } from "./keystore.js";
import type { NodeGround, NodeLogging, NodeModules } from "./node-ground.js";
import { NODE_PART, type NodePart, nodePart } from "./node-part.js";
import { VERSION } from "./version.js";

/** Capabilities that the composition root itself provides. */
export const HOST_CAPABILITIES = [CHAIN_SPEC, DATA_DIRECTORY, CLOCK, SCHEDULER, ENTROPY, METRICS_SOURCE, SIGNER, NODE_IDENTITY] as const;

export const CONFIG_SECTIONS: Readonly<Record<string, ConfigSection>> = {
  keys: { schema: KeysSchema, description: "Keys that engines of this node sign with" },
};
export const CORE_PARTS = [computePart, nodePart] as const;

/** A start that may carry out any migration. */
const MIGRATING_START_TIMEOUT_MS = 24 * 3_600_000;

export interface NodeOptions {
  /** Node config: YAML, TOML or JSON by its ending. */
  readonly file?: string;
  /** In place of a file: the config as plain data. */
  readonly document?: unknown;
  /** Where relative names in `document` start from. Default: the working directory. */
  readonly directory?: string;
  /** In place of the file that the config names: the chain spec as plain data. */
  readonly chainDocument?: unknown;
  /** `path=value`, as `--set` takes them; stronger than environment and file. */
  readonly overrides?: readonly string[];
  /** `CHAINWRIGHT__…` variables override the file. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where logs go. Default: standard error. */
  readonly logStream?: LogDestination;
  /** What to do when the node can't keep its promises any more (a disk fails). Default: stop. */
  readonly onFatal?: (error: unknown) => void;
  /** Further plugins and parts, for the config to name: those of a simulation. */
  readonly modules?: NodeModules;
  /** In place of this process: what a simulated node stands on. */
  readonly ground?: NodeGround;
}

export type NodeState = "loaded" | "starting" | "running" | "stopping" | "stopped";

/** Reads and checks config, plugins' manifests and chain spec. @throws CONFIG_INVALID with every problem, CHAIN_SPEC_* */
export async function createNode(options: NodeOptions): Promise<Node> {
  const { config, spec } = await loadNodeConfig(options);
  return new Node(options, config, spec);
}

/** What `createNode` reads and checks. @throws as it does */
export async function loadNodeConfig(
  options: Pick<NodeOptions, "file" | "document" | "directory" | "chainDocument" | "overrides" | "environment" | "modules">,
): Promise<{ readonly config: LoadedConfig; readonly spec: ChainSpec }> {
  const scheduler = new SystemScheduler(new SystemClock());
  const { file, document, modules = {} } = options;
  const parts = modules.parts ?? [];
  const config = await loadConfig({
    ...(file === undefined ? { document } : { file }),
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    overrides: options.overrides ?? [],
    environment: options.environment ?? {},
    sections: CONFIG_SECTIONS,
    coreManifests: CORE_PARTS.map((part) => parts.find(({ id }) => id === part.id) ?? part),
    builtIns: { ...BUILTIN_PLUGINS, ...modules.plugins },
    host: [...HOST_CAPABILITIES, ...(modules.host ?? [])],
    scheduler,
  });
  return { config, spec: await loadChainSpec(config, options.chainDocument) };
}

/** The chain spec that a config names, its plugins' parameters validated by the plugins' own schemas. */
async function loadChainSpec(config: LoadedConfig, given: unknown): Promise<ChainSpec> {
  const bySection = { consensus: "", ledger: "" };
  const schemas: Parameters<typeof chainSpecSchema>[0] = {};
  for (const { manifest } of config.plugins) {
    if (manifest.spec === undefined) continue;
    bySection[manifest.spec.section] = manifest.id;
    schemas[manifest.spec.section] = manifest.spec.schema;
  }
  const schema = chainSpecSchema(schemas);
  const { value, problems } =
    given === undefined
      ? await validateFile(config.chain, schema)
      : await validateDocument({ text: JSON.stringify(given), file: "chain.json", schema });
  if (value === undefined) throw chainSpecProblems(config.chain, problems, bySection);
  const document = value as ChainSpecDocument;
  for (const section of ["consensus", "ledger"] as const) {
    const expected = document[section].plugin;
    const found = bySection[section];
    if (expected !== found) throw new ChainSpecMismatchError({ section, expected, found: found === "" ? "no such plugin" : found });
  }
  return makeChainSpec(document);
}

function chainSpecProblems(file: string, problems: readonly ConfigProblem[], plugins: Readonly<Record<string, string>>): Error {
  const used = Object.entries(plugins).flatMap(([section, id]) => (id === "" ? [] : [`${section} ${id}`]));
  return new ConfigInvalidError({ subject: `chain spec ${file} (for ${used.join(", ")})`, problems });
}

export class Node {
  readonly config: LoadedConfig;
  readonly spec: ChainSpec;
  readonly #options: NodeOptions;
  readonly #logging: NodeLogging;
  readonly logger: Logger;
  #state: NodeState = "loaded";
  #kernel: Kernel | undefined;
  #directory: OpenDataDirectory | undefined;
  readonly #clock: Clock;
  #processMetrics: { stop(): void } | undefined;
  #scheduler: (Scheduler & { close(): number }) | undefined;
  /** Settles when `start` has nothing more to do. */
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(options: NodeOptions, config: LoadedConfig, spec: ChainSpec) {
    this.#options = options;
    this.config = config;
    this.spec = spec;
    this.#clock = options.ground?.clock ?? new SystemClock();
    const destination = options.logStream === undefined ? {} : { destination: options.logStream };
    this.#logging = options.ground ?? createLogging({ ...config.log, clock: this.#clock, ...destination });
    this.logger = this.#logging.loggerFor("node");
  }

  get state(): NodeState {
    return this.#state;
  }

  explain(): Explanation {
    return explainConfig(this.config);
  }

  /**
   * Constructs all plugins as a start would and starts none: finds what only constructors can judge (an address, a sum).
   * @throws what they refuse
   */
  async check(): Promise<void> {
    const clock = this.#clock;
    const path = this.dataDirectory;
    const directory: DataDirectory = { path, resolve: (...segments) => resolve(path, ...segments) };
    const parts = { scheduler: new SystemScheduler(clock), entropy: new SystemEntropy(), metrics: createMetrics() };
    await this.#construct({
      directory,
      signer: new UnlockedSigner([]),
      identity: { nodeId: "", sign: () => new Uint8Array(64) },
      ...parts,
    });
  }

  /** The value of a capability of the running node. */
  get<Value>(capability: string): Value {
    if (this.#kernel === undefined) throw new NodeStateError({ state: this.#state, wanted: `hand out ${capability}` });
    return this.#kernel.get<Value>(capability);
  }

  has(capability: string): boolean {
    return this.#kernel?.has(capability) === true;
  }

  /**
   * Brings the node up; after a failure everything that had started is stopped and the data directory is free.
   * @throws NodeStateError, StartAbortedError if `stop` was called meanwhile
   */
  async start(): Promise<void> {
    if (this.#state !== "loaded") throw new NodeStateError({ state: this.#state, wanted: "start" });
    this.#state = "starting";
    const bringingUp = this.#bringUp();
    this.#starting = bringingUp.catch(() => undefined);
    try {
      await bringingUp;
      if (this.#state === "starting") this.#state = "running";
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #bringUp(): Promise<void> {
    const host = await this.#stand();
    this.#goOn();
    const kernel = await this.#construct(host);
    this.#goOn();
    this.#kernel = kernel;
    const part = kernel.get<NodePart>(NODE_PART);
    part.onFatal = (error) => this.#onFatal(error);
    const { directory } = host;
    part.raiseFormat = (format) => directory.raiseFormat(format);
    await kernel.start();
    await directory.bindGenesis(part.chain.genesis.id);
    this.#goOn();
    // Blocks begin when everybody who wants to see them is there.
    await part.begin();
  }

  /** Takes hold of what the node stands on: its place on disk, its keys. */
  async #stand(): Promise<Omit<NodeGround, "clock" | keyof NodeLogging>> {
    const { ground } = this.#options;
    if (ground !== undefined) {
      this.#scheduler = ground.scheduler;
      this.#directory = ground.directory;
      return ground;
    }
    const { config, spec } = this;
    const clock = this.#clock;
    const scheduler = new SystemScheduler(clock);
    this.#scheduler = scheduler;
    const entropy = new SystemEntropy();
    const directory = await openDataDirectory({
      path: config.dataDir,
      chain: spec,
      besides: [config.chain, ...(config.file === undefined ? [] : [resolve(config.file)])],
      createdBy: `chainwright ${VERSION}`,
      clock,
      scheduler,
    });
    this.#directory = directory;
    this.#goOn();
    const metrics = createMetrics();
    this.#processMetrics = startProcessMetrics(metrics.metricsFor("process"), clock);
    const keys = config.sections.keys as KeysConfig;
    const signer = await unlockSigner(
      {
        directory: keys.directory ?? directory.resolve("keys"),
        names: keys.unlock,
        ...(keys.passphraseFile === undefined ? {} : { passphraseFile: keys.passphraseFile }),
        passphrase: this.#options.environment?.CHAINWRIGHT_PASSPHRASE,
      },
      entropy,
    );
    const identity = await openIdentity(directory, entropy);
    return { directory, signer, identity, scheduler, entropy, metrics, capabilities: {} };
  }

  /** Between the steps of a start: a stop has come. What there is by then is taken down by it. */
  #goOn(): void {
    if (this.#stopping !== undefined) throw new NodeStateError({ state: this.#state, wanted: "start" });
  }

  #construct(host: {
    readonly directory: DataDirectory;
    readonly signer: Signer;
    readonly identity: NodeIdentity;
    readonly scheduler: Scheduler;
    readonly entropy: Entropy;
    readonly metrics: MetricsRegistry;
    readonly capabilities?: Readonly<Record<string, unknown>>;
  }): Promise<Kernel> {
    const { config, spec } = this;
    const { migrate } = config.pluginConfigs.get(nodePart.id) as { readonly migrate: string };
    return Kernel.create({
      config,
      ...(migrate === "always" ? { startTimeoutMs: MIGRATING_START_TIMEOUT_MS } : {}),
      scheduler: host.scheduler,
      hostValues: {
        [CHAIN_SPEC]: spec,
        [DATA_DIRECTORY]: host.directory,
        [CLOCK]: this.#clock,
        [SCHEDULER]: host.scheduler,
        [ENTROPY]: host.entropy,
        [METRICS_SOURCE]: host.metrics,
        [SIGNER]: host.signer,
        [NODE_IDENTITY]: host.identity,
        ...host.capabilities,
      },
      loggerFor: (component) => this.#logging.loggerFor(component),
      metricsFor: (component) => host.metrics.metricsFor(component),
      specParametersFor: (manifest) => (manifest.spec === undefined ? undefined : spec[manifest.spec.section].parameters),
    });
  }

  /** Brings the node down; idempotent, at any time. */
  stop(): Promise<void> {
    this.#stopping ??= this.#bringDown();
    return this.#stopping;
  }

  async #bringDown(): Promise<void> {
    this.#state = "stopping";
    try {
      // First the plugins: a start that waits for one of them is interrupted by it.
      await this.#kernel?.stop();
      await this.#starting;
    } finally {
      this.#processMetrics?.stop();
      await this.#directory?.close();
      const forgotten = this.#scheduler?.close() ?? 0;
      if (forgotten > 0) this.logger.debug({ timers: forgotten }, "timers were still set");
      this.#state = "stopped";
      this.#logging.flush();
    }
  }

  #onFatal(error: unknown): void {
    if (this.#options.onFatal !== undefined) this.#options.onFatal(error);
    else void this.stop();
  }

  /** Absolute path of the node's data. */
  get dataDirectory(): string {
    return resolve(this.config.dataDir);
  }
}
