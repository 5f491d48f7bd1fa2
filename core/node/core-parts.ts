/** Core's own parts that live like plugins: compute and keys. The third, the chain, is in node-part.ts. */
import { availableParallelism } from "node:os";
import Type, { type Static } from "#bundled/typebox";
import { ComputeService, DEFAULT_COMPUTE_OPTIONS } from "../compute/index.js";
import { inject, injectable } from "../kernel/di.js";
import {
  CLOCK,
  type Clock,
  COMPUTE,
  type ComputeEngineInfo,
  definePlugin,
  type EngineKind,
  type Logger,
  type Metrics,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  type PluginManifest,
  PORTS_VERSION,
  SCHEDULER,
  type Scheduler,
} from "../ports/index.js";
import { VERSION } from "./version.js";

/** A tier by its name; whether this processor has it is checked when the engine is built. */
const tier = (names: readonly string[]) => Type.Union(names.map((name) => Type.Literal(name)));

const ComputeSchema = Type.Object(
  {
    threads: Type.Optional(
      Type.Integer({
        description: "Worker threads; 0 runs all work in slices on the main thread. Default: cores − 1, at least 1",
        minimum: 0,
        maximum: 256,
      }),
    ),
    maxQueuedRequests: Type.Integer({
      description: "Requests that may wait",
      default: DEFAULT_COMPUTE_OPTIONS.maxQueuedRequests,
      minimum: 1,
      maximum: 1_000_000,
    }),
    maxQueuedBytes: Type.Integer({
      description: "Bytes of input that may wait",
      default: DEFAULT_COMPUTE_OPTIONS.maxQueuedBytes,
      minimum: 1024,
      maximum: 1_099_511_627_776,
    }),
    engine: Type.Union([Type.Literal("auto"), Type.Literal("native"), Type.Literal("wasm"), Type.Literal("js")], {
      description:
        "What verifies and hashes: `auto` takes the C++ addon, else WebAssembly, else JavaScript; anything else is that or an error",
      default: DEFAULT_COMPUTE_OPTIONS.engine,
    }),
    tiers: Type.Object(
      {
        ed25519: Type.Optional(tier(["portable", "avx2", "ifma"])),
        sha256: Type.Optional(tier(["portable", "sha-ni", "avx512"])),
        sha512: Type.Optional(tier(["portable", "avx2", "avx512"])),
        modular: Type.Optional(tier(["portable", "adx", "ifma"])),
      },
      {
        description: "Instruction sets of the addon to force, for comparisons. Default: the best that the processor has",
        additionalProperties: false,
        default: {},
      },
    ),
    inlineSignatures: Type.Optional(
      Type.Integer({
        description: "Signature batches up to this count run on the main thread. Default: native 16, wasm 4, js 2",
        minimum: 0,
        maximum: 1024,
      }),
    ),
    keyCacheEntries: Type.Integer({
      description: "Decoded public keys that each thread keeps",
      default: DEFAULT_COMPUTE_OPTIONS.keyCacheEntries,
      minimum: 0,
      maximum: 1_000_000,
    }),
    idleTimeoutMs: Type.Integer({
      description: "Workers end after this long without work, ms",
      default: DEFAULT_COMPUTE_OPTIONS.idleTimeoutMs,
      minimum: 1,
      maximum: 86_400_000,
    }),
  },
  { additionalProperties: false },
);

@injectable()
class ComputePart implements Plugin {
  readonly #service: ComputeService;

  constructor(
    @inject(PLUGIN_CONFIG) config: Static<typeof ComputeSchema>,
    @inject(PLUGIN_LOGGER) logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
    @inject(CLOCK) clock: Clock,
    @inject(SCHEDULER) scheduler: Scheduler,
  ) {
    const threads = config.threads ?? Math.max(1, availableParallelism() - 1);
    this.#service = new ComputeService({ clock, scheduler, logger, metrics }, { ...config, threads });
    announce(logger, this.#service.engine);
  }

  capabilities() {
    return { [COMPUTE]: this.#service };
  }

  async stop(): Promise<void> {
    await this.#service.close();
  }
}

/** Time that stands still: nothing inline is ever late, and no slice is used up. */
const NO_TIME: Clock = { nowMs: () => 0, monotonicMs: () => 0 };
const NO_SCHEDULE: Scheduler = {
  after: () => ({ cancel: () => undefined }),
  every: () => ({ cancel: () => undefined }),
  yield: () => Promise.resolve(),
  slicer: () => ({ due: () => false, pause: () => Promise.resolve() }),
};

/**
 * A compute service without threads, whose every promise settles in microtasks: what simulated nodes share.
 *
 * @throws COMPUTE_* if the engine is not there
 */
export function inlineCompute(logger: Logger, metrics: Metrics, engine: EngineKind | "auto" = "auto"): ComputeService {
  return new ComputeService({ clock: NO_TIME, scheduler: NO_SCHEDULE, logger, metrics }, { threads: 0, engine });
}

/** One line at the start: what computes, and what it costs where that is not the addon. */
function announce(logger: Logger, { kind, tiers, threads, fallback }: ComputeEngineInfo): void {
  const facts = { engine: kind, ...tiers, threads };
  if (fallback === undefined) logger.info(facts, "compute engine");
  else logger.warn({ ...facts, fallback }, "compute engine is not the fastest: `chainwright doctor` tells what that costs");
}

export const computePart: PluginManifest = definePlugin({
  id: "compute",
  version: VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Signature batches, Merkle hashing and plugins' tasks in a worker pool",
  provides: [COMPUTE],
  requires: [CLOCK, SCHEDULER],
  config: ComputeSchema,
  plugin: ComputePart,
});

export const KeysSchema = Type.Object(
  {
    directory: Type.Optional(
      Type.String({ description: "Keystore folder. Default: keys in the data directory", minLength: 1, path: true }),
    ),
    unlock: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      description: "Names of keys that engines of this node may sign with; of development chains: dev:validators/FROM-TO",
      maxItems: 1_000,
      default: [],
    }),
    passphraseFile: Type.Optional(
      Type.String({
        description: "File (0600) whose first line opens these keys. Default: CHAINWRIGHT_PASSPHRASE",
        minLength: 1,
        path: true,
      }),
    ),
  },
  { additionalProperties: false, default: {} },
);
export type KeysConfig = Static<typeof KeysSchema>;
