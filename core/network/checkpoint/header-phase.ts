/**
 * First half of a checkpoint start: the headers from the checkpoint down to genesis. Peers whose chain does not hold the checkpoint are found
 * out here, and left.
 */
import type { HeaderRecord } from "../../primitives/block.js";
import { decodeHeader } from "../../primitives/block-codec.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { CheckpointCode } from "./codes.js";
import { CheckpointNotOnChainError } from "./errors.js";
import type { HeaderLadder } from "./ladder.js";
import type { CheckpointMetrics } from "./metrics.js";
import type { CheckpointOptions } from "./options.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";
import { RowFetch } from "./row-fetch.js";

export interface HeaderPhaseParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly ladder: HeaderLadder;
}

/** Refusals that are remembered for status. */
export class HeaderPhase {
  readonly #parts: HeaderPhaseParts;
  readonly #rows: RowFetch;
  /** What the last peer has in the checkpoint's place. */
  #problem: string | undefined;
  readonly #checking = new Set<Peer>();

  constructor(parts: HeaderPhaseParts) {
    this.#parts = parts;
    const { ladder } = parts;
    this.#rows = new RowFetch({
      ...parts,
      top: ladder,
      bottom: ladder.bottom,
      reached: () => ladder,
      onGood: (records) => this.#onGood(records),
      onLacksTop: (peer) => void this.#refuse(peer),
    });
  }

  /** Why it does not go on, if it does not. */
  get problem(): string | undefined {
    return this.#parts.ladder.lowest > this.#parts.ladder.height ? this.#problem : undefined;
  }

  /** Resolves when all headers are there. @throws CHECKPOINT_NOT_ON_CHAIN if they lead to another genesis; what storage throws */
  async run(): Promise<void> {
    const { ladder, context } = this.#parts;
    if (!ladder.isComplete) await this.#rows.run();
    if (!ladder.isComplete) return;
    const { genesisId } = context.dependencies.chain;
    if (Hash.key(ladder.wanted) === Hash.key(genesisId)) return;
    const found = `genesis block ${Hash.key(ladder.wanted)} below it`;
    const where = `this chain (genesis block ${Hash.key(genesisId)}); its headers lead to another one`;
    await ladder.reset();
    throw new CheckpointNotOnChainError({ height: ladder.height, checkpoint: Hash.key(ladder.id), found, where });
  }

  look(): void {
    this.#rows.look();
  }

  stop(): void {
    this.#rows.stop();
  }

  async #onGood(records: readonly HeaderRecord[]): Promise<void> {
    this.#problem = undefined;
    await this.#parts.ladder.put(records);
  }

  /** The peer's chain is long enough and has another block there: names it, and leaves the peer. */
  async #refuse(peer: Peer): Promise<void> {
    const { ladder, requests, context } = this.#parts;
    if (this.#checking.has(peer)) return;
    this.#checking.add(peer);
    const answer = await requests.ask(peer, { type: "header-range-request", from: ladder.height, count: 1 });
    this.#checking.delete(peer);
    if (answer === "timeout" || answer === "gone") return;
    const found = idOf(answer.headers[0]);
    // It has come to the checkpoint meanwhile.
    if (found === Hash.key(ladder.id)) return;
    const error = new CheckpointNotOnChainError({
      height: ladder.height,
      checkpoint: Hash.key(ladder.id),
      found: found ?? "no block",
      where: `the chain of peer ${peer.nodeId.slice(0, 16)}…`,
    });
    this.#problem = error.message;
    context.dependencies.logger.error({ ...error.data, code: error.code, peer: peer.nodeId, address: peer.address }, error.message);
    peer.offend("failure", CheckpointCode.notOnChain, error.message);
    peer.close(CheckpointCode.notOnChain, `its chain does not hold the checkpoint at height ${ladder.height}`);
  }
}

function idOf(encoded: Uint8Array | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  try {
    return Hash.key(decodeHeader(encoded).id);
  } catch {
    return undefined;
  }
}
