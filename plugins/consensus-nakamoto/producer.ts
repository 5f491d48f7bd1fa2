/** What makes this engine's blocks: core's producer of proof of work, with the rules of double SHA-256. */
import {
  type Logger,
  type SearchJob,
  siblingModule,
  targetToBytes,
  toHex,
  type UnsealedBlock,
  WorkProducer,
  type WorkSource,
  type WorkTip,
  workOfTarget,
} from "../../core/sdk.js";
import type { NakamotoConfig } from "./config.js";
import { AddressError, BlockRefusedError, ProductionStoppedError, ThreadsError } from "./errors.js";
import type { NakamotoMetrics } from "./metrics.js";
import { proofHash, SEAL_BYTES } from "./proof.js";
import createSearcher, { type NonceSearchInput } from "./search.js";

export interface NakamotoProducerDependencies {
  readonly logger: Logger;
  readonly metrics: NakamotoMetrics;
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly workSource: WorkSource | undefined;
  readonly tip: () => WorkTip;
  /** How far ahead of the clock a block's timestamp may lie, ms. */
  readonly futureBoundMs: number;
}

const SEARCH_MODULE = siblingModule("search", import.meta.url);

/** Expected hashes up to which a block on demand is searched on the main thread, in slices: about a third of a second. */
const INLINE_HASHES = 2n ** 19n;

/** @throws AddressError */
export function createProducer(dependencies: NakamotoProducerDependencies, config: NakamotoConfig): WorkProducer {
  const { logger, metrics, workSource, tip, futureBoundMs } = dependencies;
  return new WorkProducer(
    {
      logger,
      metrics,
      workSource,
      errors: { address: AddressError, threads: ThreadsError, blockRefused: BlockRefusedError, stopped: ProductionStoppedError },
    },
    {
      sealBytes: SEAL_BYTES,
      futureBoundMs,
      inlineAttempts: INLINE_HASHES,
      createSearcher,
      tip,
      job,
      proofHash,
      describe: ({ header }) => ({ algorithm: "sha256d", bits: toHex(header.extra) }),
    },
    config,
  );
}

function job({ signingRoot }: UnsealedBlock, target: bigint): SearchJob<NonceSearchInput> {
  return { module: SEARCH_MODULE, input: { signingRoot, target: targetToBytes(target) }, expectedAttempts: workOfTarget(target) };
}
