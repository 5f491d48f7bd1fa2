/**
 * Blocks without networks: what a fast model needs of them, judged by the real fork choice, targets and difficulty of core/work. A
 * trial is then some microseconds instead of some seconds, and what decides it is still the code that nodes run.
 */
import {
  Address,
  bitsOfTarget,
  bitsToBytes,
  GenesisAsert,
  Hash,
  type Header,
  HeaviestChain,
  Height,
  MAX_TARGET,
  medianTimePast,
  type Placement,
  present,
  retarget,
  type TreeHeader,
  targetOfBits,
  windowEndsAt,
  workOfTarget,
} from "../../sdk.js";

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

/** Any target will do that has room on both sides, since attempts are drawn and not made. */
export const MODEL_BITS = bitsOfTarget(2n ** 200n);

export interface ModelBlock extends TreeHeader {
  readonly before: ModelBlock | undefined;
  readonly isAttackers: boolean;
  /** Compact target. */
  readonly bits: number;
  /** Attempts that it stands for. */
  readonly work: bigint;
}

const EMPTY: Header = {
  chainId: "model",
  height: Height.from(0),
  parent: Hash.zero,
  timestampMs: 0,
  transactionsRoot: Hash.zero,
  receiptsRoot: Hash.zero,
  stateRoot: Hash.zero,
  payloadRoot: Hash.zero,
  proposer: Address.zero,
  extra: NOTHING,
  seal: NOTHING,
};

let made = 0;

export function genesisBlock(timestampMs = 0, bits = MODEL_BITS): ModelBlock {
  return blockOf(undefined, false, timestampMs, bits);
}

export function childOf(parent: ModelBlock, isAttackers: boolean, timestampMs = 0, bits = parent.bits): ModelBlock {
  return blockOf(parent, isAttackers, timestampMs, bits);
}

function blockOf(before: ModelBlock | undefined, isAttackers: boolean, timestampMs: number, bits: number): ModelBlock {
  // Nothing is hashed here: an id is a number that no other block has.
  const id = new Uint8Array(HASH_BYTES);
  new DataView(id.buffer).setUint32(0, ++made);
  const isSame = before?.bits === bits;
  const header: Header = {
    ...EMPTY,
    parent: before === undefined ? Hash.zero : before.id,
    height: Height.from(before === undefined ? 0 : before.header.height + 1),
    timestampMs,
    extra: isSame ? before.header.extra : bitsToBytes(bits),
  };
  const work = isSame ? before.work : workOfTarget(targetOfBits(bits));
  return { id: Hash.from(id), signingRoot: Hash.zero, header, before, isAttackers, bits, work, weight: (before?.weight ?? 0n) + work };
}

/** A node's fork choice over such blocks. */
export class ModelNode {
  readonly #chain: HeaviestChain;
  readonly #blocks = new Map<string, ModelBlock>();

  /** @param maxReorgDepth as in the chain spec */
  constructor(genesis: ModelBlock, maxReorgDepth: number) {
    const isExecuted = (): boolean => true;
    const lookup = (id: Hash): ModelBlock | undefined => this.#blocks.get(Hash.key(id));
    this.#chain = new HeaviestChain(genesis, { lookup, isExecuted }, { confirmations: 0, maxReorgDepth });
    this.#blocks.set(Hash.key(genesis.id), genesis);
  }

  add(block: ModelBlock): Placement {
    this.#blocks.set(Hash.key(block.id), block);
    return this.#chain.add(block);
  }

  get head(): ModelBlock {
    return present(this.#blocks.get(Hash.key(this.#chain.choice.head)), "the head is one of the blocks that were added");
  }
}

/** How the next block's target follows, by the rules of consensus-nakamoto, which is a plugin and can't be imported here. */
export interface DifficultyRule {
  nextBits(tip: ModelBlock): number;
  /** The least timestamp of the block after a tip, ms. */
  floorMs(tip: ModelBlock): number;
}

/** Above the median of the last blocks. */
export function medianFloorMs(tip: ModelBlock): number {
  let at: ModelBlock | undefined = tip;
  const median = medianTimePast(() => {
    const { timestampMs } = at?.header ?? {};
    at = at?.before;
    return timestampMs;
  });
  return median + 1;
}

export function asertRule(genesis: ModelBlock, blockIntervalMs: number, halfLifeMs: number): DifficultyRule {
  const asert = new GenesisAsert(genesis.header.timestampMs, {
    anchorTarget: targetOfBits(genesis.bits),
    powLimit: MAX_TARGET,
    blockInterval: BigInt(blockIntervalMs),
    halfLife: BigInt(halfLifeMs),
  });
  return { nextBits: ({ header }) => bitsOfTarget(asert.nextTarget(header)), floorMs: medianFloorMs };
}

export interface WindowVariant {
  /** Intervals of a window that are measured: all, or all but one, as Bitcoin does. */
  readonly skipsOne?: boolean;
  /** The last block of a window is not earlier than the last one of the window before (BIP 54's rule against time warps). */
  readonly ordersBorders: boolean;
}

export function windowRule(blockIntervalMs: number, blocks: number, { skipsOne = false, ordersBorders }: WindowVariant): DifficultyRule {
  const parameters = { blocks, blockIntervalMs, powLimit: MAX_TARGET };
  return {
    nextBits(tip) {
      if (!windowEndsAt(tip.header.height, blocks)) return tip.bits;
      const from = back(tip, skipsOne ? blocks - 1 : blocks);
      return bitsOfTarget(retarget(targetOfBits(tip.bits), tip.header.timestampMs - from.header.timestampMs, parameters));
    },
    floorMs(tip) {
      const floor = medianFloorMs(tip);
      const isBorder = windowEndsAt(tip.header.height + 1, blocks);
      return ordersBorders && isBorder ? Math.max(floor, back(tip, blocks - 1).header.timestampMs + 1) : floor;
    },
  };
}

function back(block: ModelBlock, count: number): ModelBlock {
  let at = block;
  for (let i = 0; i < count; i++) at = present(at.before, "a window begins at a block");
  return at;
}

/** How many times easier a block is than at MODEL_BITS. */
export function easeOf(bits: number): number {
  return Number(targetOfBits(bits)) / Number(targetOfBits(MODEL_BITS));
}
