/** The check of a whole database: chain, then state, then whether the two belong together. */
import { BlockStore } from "../chain/block-store.js";
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import type { Compute } from "../ports/compute.js";
import type { Storage } from "../ports/storage.js";
import { bytesEqual, type Hash } from "../primitives/index.js";
import { type DatabaseFacts, readFacts, readHead } from "./facts.js";
import { type Finding, Findings, Mend } from "./findings.js";
import { type ChainCounts, verifyChain } from "./verify-chain.js";
import { type DeclaredState, type StateCounts, verifyState } from "./verify-state.js";
import type { Work } from "./work.js";

export interface VerifyOptions {
  readonly storage: Storage;
  readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
  readonly chainId: string;
  /** For messages. */
  readonly path: string;
}

export interface Verified {
  /** How many faults there are. */
  readonly count: number;
  /** The first of them. */
  readonly faults: readonly Finding[];
  /** The command that mends all of them. */
  readonly mend: string | undefined;
  readonly counts: ChainCounts & StateCounts;
  /** Undefined if not even the pointers can be read. */
  readonly facts: DatabaseFacts | undefined;
}

/** As far as a node keeps undo. */
const UNDO_BLOCKS = 4_096;
const NO_STATE: StateCounts = { entries: 0, pages: 0, undoBlocks: 0, differences: 0 };

/** @throws DATABASE_MISSING, DATABASE_INTERRUPTED, DATA_FORMAT_*; what storage throws */
export async function verifyDatabase({ storage, compute, chainId, path }: VerifyOptions, work: Work): Promise<Verified> {
  const findings = new Findings();
  const head = await readHead(storage, path);
  let facts: DatabaseFacts | undefined;
  try {
    facts = await readFacts(storage, path);
  } catch (thrown) {
    if (!ChainwrightError.is(thrown) || !thrown.code.startsWith("STATE_")) throw thrown;
    const isUnfinished = thrown.code === "STATE_LOAD_UNFINISHED";
    findings.add("pointers of the state", messageOf(thrown), isUnfinished ? Mend.pages : Mend.state);
  }
  const chain = await verifyChain({ storage, chainId, pointer: head.pointer, headHeight: head.height }, findings, work);
  const store = new BlockStore(storage);
  const canonical = (height: number) => {
    const id = findings.check(`canonical id at height ${height}`, Mend.copy, () => store.idAt(height));
    const header = id === undefined ? undefined : findings.check(`header at height ${height}`, Mend.copy, () => store.header(id));
    return header === undefined ? undefined : { id: header.id, stateRoot: header.header.stateRoot };
  };
  const branch = facts === undefined ? new Map<number, DeclaredState>() : branchTo(store, facts.state.pointer.blockId);
  const declared = (height: number) => branch.get(height) ?? canonical(height);
  const state = facts === undefined ? NO_STATE : await verifyState({ storage, compute, state: facts.state, declared }, findings, work);
  // Blocks below are gone, so nothing can be executed again.
  const mend = findings.mend === Mend.state && chain.history.bodiesFrom > 1 ? Mend.copy : findings.mend;
  return { count: findings.count, faults: findings.told, mend, counts: { ...chain, ...state }, facts };
}

/**
 * The blocks that lead from the canonical chain to this one, by height; none if it is canonical, or its branch does not leave that within
 * reach of undo records. State goes to disk before a new head is written, and a node that was killed in between goes on from
 * there at its next start. What can't be read is told elsewhere.
 */
function branchTo(store: BlockStore, id: Hash): ReadonlyMap<number, DeclaredState> {
  const branch = new Map<number, DeclaredState>();
  try {
    for (let block = store.header(id); block !== undefined && branch.size < UNDO_BLOCKS; block = store.header(block.header.parent)) {
      const { height, stateRoot } = block.header;
      const canonical = store.idAt(height);
      if (canonical !== undefined && bytesEqual(canonical, block.id)) return branch;
      branch.set(height, { id: block.id, stateRoot });
    }
  } catch (error) {
    if (!ChainwrightError.is(error)) throw error;
  }
  return new Map();
}
