/**
 * Headers from the checkpoint up to the block of a snapshot above it: whether most peers have that block, and whether the headers below it
 * are good and lead to the checkpoint. Nothing else speaks for such a block, and one peer alone decides nothing.
 */
import type { TreeHeader } from "../../ports/consensus.js";
import type { HeaderRecord } from "../../primitives/block.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { HeaderLadder, LadderPrefix } from "./ladder.js";
import type { CheckpointMetrics } from "./metrics.js";
import type { CheckpointOptions } from "./options.js";
import type { CheckpointStart } from "./parts.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";
import { RowFetch } from "./row-fetch.js";

export interface AboveHeadersParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly start: CheckpointStart;
  readonly ladder: HeaderLadder;
}

/** `isFinal`: it will never be otherwise. */
export type HeaderFinding = { readonly header: TreeHeader } | { readonly reason: string; readonly isFinal: boolean };

/** Of those that say whether a block is on their chain, more than one in so many have to have it. */
const MAJORITY = 2;

const notYet = (reason: string): HeaderFinding => ({ reason, isFinal: false });
const never = (reason: string): HeaderFinding => ({ reason, isFinal: true });

export class AboveHeaders {
  readonly #parts: AboveHeadersParts;
  #rows: { readonly fetch: RowFetch; readonly upper: HeaderLadder; lowest: number; sinceMs: number } | undefined;
  #stopped = false;

  constructor(parts: AboveHeadersParts) {
    this.#parts = parts;
  }

  look(): void {
    const rows = this.#rows;
    if (rows === undefined) return;
    const nowMs = this.#parts.context.dependencies.clock.monotonicMs();
    if (rows.upper.lowest !== rows.lowest) {
      rows.lowest = rows.upper.lowest;
      rows.sinceMs = nowMs;
    } else if (nowMs - rows.sinceMs >= this.#parts.options.patienceMs) rows.fetch.stop();
    rows.fetch.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#rows?.fetch.stop();
  }

  /** The header of a block above the checkpoint, stored once it was checked; or why it is none to begin with. */
  async find(height: number, id: Hash): Promise<HeaderFinding> {
    const { context, ladder } = this.#parts;
    const { chain } = context.dependencies;
    if (!(await this.#isCommon(height, id))) return notYet("its block is not on the chain of most peers");
    const known = chain.idAt(height);
    const header = known !== undefined && Hash.key(known) === Hash.key(id) ? chain.header(id) : undefined;
    if (header !== undefined) return { header };
    const upper = await this.#fetch(height, id);
    if (!upper.isComplete) return notYet("nobody sends the headers below its block");
    const baseId = chain.idAt(ladder.height);
    const base = baseId === undefined ? undefined : chain.header(baseId);
    if (base === undefined) return notYet("the checkpoint's header is not there");
    if (Hash.key(upper.wanted) !== Hash.key(base.id)) return never("its block is not on a good chain through the checkpoint");
    const found = await this.#check(upper, base);
    if (!("header" in found) && !this.#stopped) await upper.reset();
    return found;
  }

  /** Whether the block is on the chain of most peers. Good headers are not enough: a short branch costs little. */
  async #isCommon(height: number, id: Hash): Promise<boolean> {
    const { roster, requests } = this.#parts;
    const answers = await Promise.all(
      roster.all().map(async (peer) => requests.ask(peer, { type: "header-range-request", anchor: id, from: height, count: 1 })),
    );
    const said = answers.filter((answer) => answer !== "timeout" && answer !== "gone");
    return said.filter(({ headers }) => headers.length === 1).length * MAJORITY > said.length;
  }

  /** From whoever has them. Incomplete, if nobody does. */
  async #fetch(height: number, id: Hash): Promise<HeaderLadder> {
    const { context, ladder, roster } = this.#parts;
    const { clock, storage } = context.dependencies;
    const upper = await HeaderLadder.open(storage, { height, id }, ladder.height + 1, LadderPrefix.snapshot);
    if (upper.isComplete || this.#stopped) return upper;
    // Who is on another branch, or says so, is passed over: others have it.
    const lacking = new Set<Peer>();
    const fetch = new RowFetch({
      ...this.#parts,
      top: { height, id },
      bottom: upper.bottom,
      reached: () => upper,
      onGood: (records) => upper.put(records),
      mayAsk: (peer) => !lacking.has(peer),
      onLacksTop: (peer) => {
        lacking.add(peer);
        if (roster.all().every((each) => lacking.has(each) || each.head.height < height)) fetch.stop();
      },
    });
    this.#rows = { fetch, upper, lowest: upper.lowest, sinceMs: clock.monotonicMs() };
    try {
      await fetch.run();
    } finally {
      this.#rows = undefined;
    }
    return upper;
  }

  /** The engine's checks. What passes is the chain's. */
  async #check(upper: HeaderLadder, base: TreeHeader): Promise<HeaderFinding> {
    const { start, context, options } = this.#parts;
    let over = base;
    while (over.header.height < upper.height) {
      if (this.#stopped) return notYet("the node stops");
      const records: HeaderRecord[] = [];
      for (let height = over.header.height + 1; height <= upper.height && records.length < options.headersPerPiece; height++) {
        const record = upper.header(height);
        if (record === undefined) return notYet("the storage lost a header");
        records.push(record);
      }
      const { accepted, refusal } = await start.chain.checkHeadersOver(over, records);
      const last = accepted.at(-1);
      if (refusal !== undefined || last === undefined) {
        context.dependencies.logger.warn({ height: over.header.height + 1, ...refusal }, "headers above the checkpoint are not good");
        const reason = `its block is not on a good chain through the checkpoint: ${refusal?.reason ?? "its headers are not taken"}`;
        return refusal?.status === "invalid" ? never(reason) : notYet(reason);
      }
      await start.chain.storeHeaders(accepted);
      over = last;
    }
    return { header: over };
  }
}
