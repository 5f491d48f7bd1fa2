/** Blocks of a chain without a ledger: genesis, proposals, and what execution is told of them. */
import type { ChainSpec } from "../../ports/chain-spec.js";
import type { Consensus, ProposalFields, TreeHeader } from "../../ports/consensus.js";
import type { BlockEnvironment } from "../../ports/ledger.js";
import { Height } from "../../primitives/amount.js";
import type { Block, HeaderRecord, UnsealedHeader } from "../../primitives/block.js";
import { headerRecord, payloadRootOf } from "../../primitives/block-codec.js";
import { type Bytes, EMPTY_BYTES } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import { merkleRoot } from "../../primitives/merkle.js";
import { mapTreasury } from "../harness/services.js";
import { EMPTY_VIEW, MapView, MapWriter } from "../harness/state.js";
import type { TreeNode } from "./block-tree.js";

const NO_TRANSACTIONS_ROOT = merkleRoot([]);

/** A block as it was made and imported. */
export interface MadeBlock {
  readonly block: Block;
  readonly record: HeaderRecord;
  readonly certificate: Bytes | undefined;
}

/** A header before its state root is known. */
export type UnrootedHeader = Omit<UnsealedHeader, "stateRoot">;

export function genesisNode(engine: Consensus, spec: ChainSpec): TreeNode {
  const writer = new MapWriter(EMPTY_VIEW);
  engine.genesisState?.(writer, spec, mapTreasury);
  const state = new MapView(Hash.zero, writer.entries);
  const payload = spec.parametersHash;
  const { extra, proposer } = engine.genesis(spec);
  const header = {
    chainId: spec.chainId,
    height: Height.genesis,
    parent: Hash.zero,
    timestampMs: spec.genesisTimeMs,
    transactionsRoot: NO_TRANSACTIONS_ROOT,
    receiptsRoot: NO_TRANSACTIONS_ROOT,
    stateRoot: state.root,
    payloadRoot: payloadRootOf(payload),
    proposer,
    extra,
    seal: EMPTY_BYTES,
  };
  const record = headerRecord(header);
  return {
    header: { ...record, weight: engine.weigh?.(record, 0n) ?? 0n },
    block: { header, transactions: [], payload },
    view: new MapView(record.id, state.entries),
    invalid: false,
  };
}

/** A block without transactions on `parent`, as its proposer wants it. */
export function proposal(
  spec: ChainSpec,
  parent: TreeHeader,
  fields: ProposalFields,
): { readonly unrooted: UnrootedHeader; readonly payload: Bytes } {
  const payload = fields.payload ?? EMPTY_BYTES;
  const unrooted = {
    chainId: spec.chainId,
    height: Height.next(parent.header.height),
    parent: parent.id,
    timestampMs: fields.timestampMs,
    transactionsRoot: NO_TRANSACTIONS_ROOT,
    receiptsRoot: NO_TRANSACTIONS_ROOT,
    payloadRoot: payloadRootOf(payload),
    proposer: fields.proposer,
    extra: fields.extra,
  };
  return { unrooted, payload };
}

export function environmentOf(header: UnrootedHeader, payload: Bytes, spec: ChainSpec): BlockEnvironment {
  return {
    chainId: header.chainId,
    height: header.height,
    parent: header.parent,
    timestampMs: header.timestampMs,
    proposer: header.proposer,
    rules: spec.rulesAt(header.height),
    extra: header.extra,
    payload,
  };
}
