/** Committees of an epoch with 100,000 validators, for the suite `gasper`: the whole list at once, against the published function index by index. */
import { createHash } from "node:crypto";
import { assert } from "../../core/kernel/assert.js";
import { type Bytes, concatBytes } from "../../core/primitives/bytes.js";
import { sha256 } from "../../core/primitives/hash.js";
import { createEngine } from "../../native/index.js";
import { type CommitteeParameters, CommitteeShuffling } from "../../plugins/consensus-gasper/duties/index.js";
import type { BenchContext } from "../suite.js";

const ROUNDS = 90;
/** Of the default chain spec. */
const COMMITTEES: CommitteeParameters = { slotsPerEpoch: 32, targetSize: 128, maxPerSlot: 64, shuffleRounds: ROUNDS };
/** Indices that the published function is asked for in a run. */
const SAMPLE = 64;

export async function measureShuffling(context: BenchContext): Promise<void> {
  const count = context.quick ? 1_000 : 100_000;
  const sample = context.quick ? 2 : SAMPLE;
  const seed = sha256(new Uint8Array(32).fill(context.seed & 0xff));
  const active = Uint32Array.from({ length: count }, (_, index) => index);
  const { hashMessages } = createEngine({ engine: "auto", keyCacheEntries: 16 });
  const hash = hashMessages?.bind(createEngine({ engine: "auto", keyCacheEntries: 16 }));
  const input = { epoch: 3, active, seed };
  const shuffled = CommitteeShuffling.computeSync(input, COMMITTEES, hash).indices;
  let next = 0;
  const published = () => {
    for (let i = 0; i < sample; i++, next = (next + 1) % count)
      assert(shuffled[next] === shuffledIndex(next, count, seed), "the list is what the published function says");
  };
  const whole = (hashMessages?: typeof hash) => () => {
    assert(CommitteeShuffling.computeSync(input, COMMITTEES, hashMessages).indices.length === count, "all are there");
  };
  const reference = "shuffling, index by index";
  await context.compare("validators/s", [
    { name: reference, operations: sample, run: published },
    { name: "shuffling, the list, node:crypto", operations: count, run: whole(), reference },
    { name: "shuffling, the list, the node's hashing", operations: count, run: whole(hash), reference },
  ]);
  await context.measure("shuffling of 100,000", whole(hash), { unit: "ms" });
}

/** `compute_shuffled_index` (ethereum/consensus-specs, phase0/beacon-chain.md) as it is published. */
function shuffledIndex(start: number, count: number, seed: Bytes): number {
  let index = start;
  for (let round = 0; round < ROUNDS; round++) {
    const pivot = Number(sha256Once(seed, [round]).readBigUInt64LE(0) % BigInt(count));
    const flip = (pivot + count - index) % count;
    const position = Math.max(index, flip);
    const run = position >>> 8;
    const source = sha256Once(seed, [round, run & 0xff, (run >>> 8) & 0xff, (run >>> 16) & 0xff, run >>> 24]);
    if ((((source[(position % 256) >>> 3] as number) >>> (position % 8)) & 1) === 1) index = flip;
  }
  return index;
}

function sha256Once(seed: Bytes, rest: readonly number[]): Buffer {
  return createHash("sha256")
    .update(concatBytes(seed, Uint8Array.from(rest)))
    .digest();
}
