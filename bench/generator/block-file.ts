/** A generated chain in a file, so that several processes import it without making it again, and without the keys it was made with. */

import { once } from "node:events";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { makeChainSpec } from "../../core/node/chain-spec.js";
import { Address } from "../../core/primitives/address.js";
import type { Block } from "../../core/primitives/block.js";
import { decodeBlock, encodeBlock } from "../../core/primitives/block-codec.js";
import { asciiBytes, type Bytes } from "../../core/primitives/bytes.js";
import { type ChainPlan, generateBlocks, type NodePlan } from "./index.js";

const LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };
const LENGTH_BYTES = 4;

/** Writes what a node needs to know of the chain, then all blocks of it, each after its length (4 bytes, big-endian). */
export async function writeBlockFile(path: string, plan: ChainPlan, onBlock: (height: number) => void): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  await writeFrame(
    file,
    asciiBytes(JSON.stringify({ document: plan.document, proposer: Address.format(plan.proposer, plan.spec.addressPrefix) })),
  );
  // Its own past is of no use to the node that makes the blocks: it would only fill memory.
  for await (const block of generateBlocks(plan, { chain: { pruning: "pruned", keepBlocks: 128 } })) {
    await writeFrame(file, encodeBlock(block));
    onBlock(block.header.height);
  }
  file.end();
  await once(file, "finish");
}

async function writeFrame(file: WriteStream, frame: Bytes): Promise<void> {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(frame.length);
  file.write(length);
  if (!file.write(frame)) await once(file, "drain");
}

/** What a node needs to know of the file's chain. */
export async function readBlockFilePlan(path: string): Promise<NodePlan> {
  const file = await open(path);
  try {
    const { buffer: length } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
    const bytes = length.readUInt32BE();
    const { buffer: frame } = await file.read(Buffer.alloc(bytes), 0, bytes, LENGTH_BYTES);
    const { document, proposer } = JSON.parse(frame.toString("latin1")) as { document: ChainPlan["document"]; proposer: string };
    return { spec: makeChainSpec(document), proposer: Address.parse(proposer, document.addressPrefix) };
  } finally {
    await file.close();
  }
}

export async function* readBlockFile(path: string): AsyncGenerator<Block, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let isPlan = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    for (; at + LENGTH_BYTES <= rest.length; ) {
      const end = at + LENGTH_BYTES + rest.readUInt32BE(at);
      if (end > rest.length) break;
      if (!isPlan) yield decodeBlock(new Uint8Array(rest.subarray(at + LENGTH_BYTES, end)), LIMITS).block;
      isPlan = false;
      at = end;
    }
    rest = rest.subarray(at);
  }
}
