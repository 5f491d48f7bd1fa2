/**
 * How a chain begins above genesis: with the state of a block whose header is trusted, and without the bodies below it.
 *
 * Genesis is made from the chain spec as always, and its block is stored; headers come without bodies; then one atomic write with
 * the state's last records makes the block head, justified and finalized at once, and tells that bodies begin above it. Until that
 * write there is no head pointer, so a kill at any moment leaves an unfinished start and never half a chain.
 */
import { present } from "../kernel/assert.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { Height } from "../primitives/amount.js";
import type { Block, UnsealedHeader } from "../primitives/block.js";
import { encodedBlockBytes, headerRecord, payloadRootOf } from "../primitives/block-codec.js";
import { EMPTY_BYTES } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { merkleRoot } from "../primitives/merkle.js";
import type { Overlay } from "../state/index.js";
import type { BlockStore } from "./block-store.js";
import type { ChainDependencies } from "./dependencies.js";
import { encodeIndexRecord, historyBeginningAt, type IndexRecord, keys, seal, unseal } from "./records.js";

export interface Genesis {
  readonly block: Block;
  readonly index: IndexRecord;
  readonly header: TreeHeader;
  readonly overlay: Overlay;
}

/** The genesis block of the spec, with its state over the empty one. Writes nothing. */
export async function makeGenesis({
  spec,
  ledger,
  consensus,
  state,
  treasury,
}: Pick<ChainDependencies, "spec" | "ledger" | "consensus" | "state" | "treasury">): Promise<Genesis> {
  const writer = state.writer(undefined);
  ledger.genesis(writer, spec);
  consensus.genesisState?.(writer, spec, treasury);
  const overlay = await state.finish(writer);
  const { extra, proposer } = consensus.genesis(spec);
  // The payload is the hash of all parameters, so the genesis id commits to them.
  const payload = spec.parametersHash;
  const unsealed: UnsealedHeader = {
    chainId: spec.chainId,
    height: Height.genesis,
    parent: Hash.zero,
    timestampMs: spec.genesisTimeMs,
    transactionsRoot: merkleRoot([]),
    receiptsRoot: merkleRoot([]),
    stateRoot: present(overlay.root, "the genesis overlay has a root"),
    payloadRoot: payloadRootOf(payload),
    proposer,
    extra,
  };
  const block: Block = { header: { ...unsealed, seal: EMPTY_BYTES }, transactions: [], payload };
  const record = headerRecord(block.header);
  const header: TreeHeader = { ...record, weight: consensus.weigh?.(record, 0n) ?? 0n };
  return { block, header, overlay, index: { header, sizeBytes: encodedBlockBytes(block), transactionCount: 0, invalid: false } };
}

/** Stores the genesis block as canonical. */
export function genesisOperations(store: BlockStore, { block, index, header }: Genesis): StorageOperation[] {
  return [...store.storeBlock(block, index, undefined), ...store.makeCanonical(header, [], EMPTY_BYTES)];
}

/** Stores canonical headers whose bodies are not kept. */
export function headerOperations(headers: readonly TreeHeader[]): StorageOperation[] {
  const operations: StorageOperation[] = [];
  for (const header of headers) {
    const index = encodeIndexRecord({ header, sizeBytes: 0, transactionCount: 0, invalid: false });
    operations.push({ type: "put", key: keys.index(header.id), value: index });
    operations.push({ type: "put", key: keys.canonical(header.header.height), value: seal(header.id) });
  }
  return operations;
}

/**
 * Makes the chain begin after `header`, whose state is written in the same batch.
 *
 * @param headersFrom lowest height from which canonical headers are stored without a gap, `header` included; 0: all are
 */
export function startOperations(store: BlockStore, genesisId: Hash, header: TreeHeader, headersFrom: number): StorageOperation[] {
  const { id } = header;
  const bodiesFrom = header.header.height + 1;
  return [
    ...headerOperations([header]),
    store.putPointer({ head: id, justified: id, finalized: id, genesis: genesisId, events: 0 }),
    store.putHistory(historyBeginningAt(bodiesFrom, headersFrom)),
  ];
}

/** Canonical headers above a height at which the chain is to begin: of a higher block that was looked at before. */
export function headersAbove(storage: Storage, height: number): StorageOperation[] {
  const operations: StorageOperation[] = [];
  for (let at = height + 1; ; at++) {
    const stored = storage.get(keys.canonical(at));
    if (stored === undefined) return operations;
    const id = Hash.from(unseal(`canonical id at height ${at}`, stored));
    operations.push({ type: "del", key: keys.canonical(at) }, { type: "del", key: keys.index(id) });
  }
}

/** Records that are deleted in one write. */
const DELETES_PER_WRITE = 1_024;

/** Deletes all canonical headers above genesis, of a start that is given up. Only while there is no head. */
export async function forgetHeaders(storage: Storage): Promise<void> {
  let operations: StorageOperation[] = [];
  for await (const [key, value] of storage.range({ gte: keys.canonical(1), lte: keys.canonical(Number.MAX_SAFE_INTEGER) })) {
    const id = Hash.from(unseal("canonical id", value));
    operations.push({ type: "del", key }, { type: "del", key: keys.index(id) });
    if (operations.length < DELETES_PER_WRITE) continue;
    await storage.write(operations, { durable: false });
    operations = [];
  }
  await storage.write(operations, { durable: true });
}
