/** Generated blocks in a file, so that several processes import the same chain without making it again. */

import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import type { Block } from "../../core/primitives/block.js";
import { decodeBlock, encodeBlock } from "../../core/primitives/block-codec.js";
import { type ChainPlan, generateBlocks } from "./index.js";

const LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };

/** Writes all blocks of a plan, each after its length (4 bytes, big-endian). */
export async function writeBlockFile(path: string, plan: ChainPlan, onBlock: (height: number) => void): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  // Its own past is of no use to the node that makes the blocks: it would only fill memory.
  for await (const block of generateBlocks(plan, { chain: { pruning: "pruned", keepBlocks: 128 } })) {
    const encoded = encodeBlock(block);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(encoded.length);
    file.write(length);
    if (!file.write(encoded)) await once(file, "drain");
    onBlock(block.header.height);
  }
  file.end();
  await once(file, "finish");
}

export async function* readBlockFile(path: string): AsyncGenerator<Block, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    for (; at + 4 <= rest.length; ) {
      const end = at + 4 + rest.readUInt32BE(at);
      if (end > rest.length) break;
      yield decodeBlock(new Uint8Array(rest.subarray(at + 4, end)), LIMITS).block;
      at = end;
    }
    rest = rest.subarray(at);
  }
}
