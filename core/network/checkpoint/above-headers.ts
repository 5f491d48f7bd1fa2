/**
 * Headers from the checkpoint up to the block of a snapshot above it: whether most peers have that block, and whether the headers below it
 * are good and lead to the checkpoint. Nothing else speaks for such a block. One peer alone decides only if there is no other to ask: what it says
 * is checked all the same, and how many headers it may have fetched and stored for that is bounded by the age of the chain.
 *
 * Seals are checked as in ordinary sync: in pieces, at the expense of those who offer the block, who get back what was spent on good headers.
 *
 * Only a row that was checked to its end becomes the chain's. A kill may leave it half over another one, so what the chain has is believed when it
 * is linked down to the checkpoint.
 */
import type { TreeHeader } from "../../ports/consensus.js";
import type { HeaderRecord } from "../../primitives/block.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { SyncCode } from "../sync/codes.js";
import { plausibleHeight } from "../sync/progress.js";
import type { SealBudget } from "../sync/seal-budget.js";
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
  readonly budget: SealBudget;
}

/** `isFinal`: it will never be otherwise. `isInvalid`: headers below it break the engine's rules. */
export type HeaderFinding =
  | { readonly header: TreeHeader }
  | { readonly reason: string; readonly isFinal: boolean; readonly isInvalid?: boolean };

/** Of those that say whether a block is on their chain, more than one in so many have to have it. */
const MAJORITY = 2;
/** So many have to say it, if so many can be asked. */
const WITNESSES_MIN = 2;
/** Who did not answer so many times in a row can't be asked: nobody is to hold up a start by silence. */
const SILENT_MAX = 3;

const notYet = (reason: string) => ({ reason, isFinal: false });
const never = (reason: string) => ({ reason, isFinal: true });

export class AboveHeaders {
  readonly #parts: AboveHeadersParts;
  /** How often in a row a peer did not say whether it has a block. */
  readonly #silent = new WeakMap<Peer, number>();
  #rows: { readonly fetch: RowFetch; readonly upper: HeaderLadder; lowest: number; sinceMs: number } | undefined;
  /** Heights of the row that is being checked: how far it is good, and its top. */
  #checking: { readonly done: number; readonly to: number } | undefined;
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

  /** Heights of the row whose seals are being checked: how far it is good, and its top. */
  get checking(): { readonly done: number; readonly to: number } | undefined {
    return this.#checking;
  }

  /**
   * The header of a block above the checkpoint, stored once it was checked; or why it is none to begin with.
   *
   * @param claimants who say that there is something to be had of that block
   */
  async find(height: number, id: Hash, claimants: readonly Peer[]): Promise<HeaderFinding> {
    const { chain } = this.#parts.context.dependencies;
    const baseId = chain.idAt(this.#parts.ladder.height);
    const base = baseId === undefined ? undefined : chain.header(baseId);
    if (base === undefined) return notYet("the checkpoint's header is not there");
    if (!this.#isPlausible(height, base))
      return notYet("no chain that came to the checkpoint in its time can be so high by now; if it is, take a later checkpoint");
    const doubt = await this.#doubt(height, id);
    if (doubt !== undefined) return notYet(doubt);
    const header = await this.known(height, id);
    if (header !== undefined) return { header };
    const upper = await this.#fetch(height, id);
    if (!upper.isComplete) return notYet("nobody sends the headers below its block");
    if (Hash.key(upper.wanted) !== Hash.key(base.id)) return never("its block is not on a good chain through the checkpoint");
    const found = (await this.#check(upper, base, claimants)) ?? (await this.#store(upper, base));
    if (!("header" in found) && !this.#stopped) await upper.reset();
    return found;
  }

  /** The header of a block, if the chain has it and all headers below it, down to the checkpoint's. */
  async known(height: number, id: Hash): Promise<TreeHeader | undefined> {
    const { context, ladder } = this.#parts;
    const { chain, scheduler } = context.dependencies;
    const slicer = scheduler.slicer();
    const headerOf = (at: number, wanted: Hash) => {
      const found = chain.idAt(at);
      return found !== undefined && Hash.key(found) === Hash.key(wanted) ? chain.header(wanted) : undefined;
    };
    const top = headerOf(height, id);
    let lowest = top;
    while (lowest !== undefined && lowest.header.height > ladder.height) {
      lowest = headerOf(lowest.header.height - 1, lowest.header.parent);
      if (slicer.due()) await slicer.pause();
    }
    return lowest === undefined ? undefined : top;
  }

  /** Whether a chain can be so high that came to the checkpoint when it did, or most peers say that theirs is. */
  #isPlausible(height: number, { header: { height: from, timestampMs } }: TreeHeader): boolean {
    const { context, roster } = this.#parts;
    const { spec, clock } = context.dependencies;
    const heads = roster
      .all()
      .map(({ head }) => head.height)
      .sort((a, b) => b - a);
    // More than half of them are as high. One alone is no witness of its own claim.
    const witnessed = heads.length < WITNESSES_MIN ? 0 : (heads[Math.floor(heads.length / MAJORITY)] ?? 0);
    return plausibleHeight(height, witnessed, spec.genesisTimeMs, { height: from, timestampMs }, clock.nowMs()) === height;
  }

  /**
   * Why it can't be said that the block is on the chain of most peers; undefined if it can. Good headers are not enough: a short branch costs
   * little.
   */
  async #doubt(height: number, id: Hash): Promise<string | undefined> {
    const { roster, requests } = this.#parts;
    const asked = roster.all();
    const answers = await Promise.all(
      asked.map(async (peer) => {
        const answer = await requests.ask(peer, { type: "header-range-request", anchor: id, from: height, count: 1 });
        if (answer === "timeout") this.#silent.set(peer, (this.#silent.get(peer) ?? 0) + 1);
        else this.#silent.delete(peer);
        return answer;
      }),
    );
    const said = answers.filter((answer) => answer !== "timeout" && answer !== "gone");
    // Who came meanwhile could have been asked, and who left may come back.
    const reachable = [...new Set([...asked, ...roster.all()])].filter((peer) => (this.#silent.get(peer) ?? 0) < SILENT_MAX);
    if (said.length < Math.max(1, Math.min(WITNESSES_MIN, reachable.length)))
      return "too few peers say whether its block is on their chain, and one alone does not decide while there are others";
    const has = said.filter(({ headers }) => headers.length === 1);
    return has.length * MAJORITY > said.length ? undefined : "its block is not on the chain of most peers";
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

  /** The engine's checks; undefined if all of them are good. */
  async #check(upper: HeaderLadder, base: TreeHeader, claimants: readonly Peer[]): Promise<HeaderFinding | undefined> {
    const { options, budget } = this.#parts;
    const most = Math.min(options.headersPerPiece, budget.pieceHeaders);
    let over = base;
    try {
      while (over.header.height < upper.height) {
        if (this.#stopped) return notYet("the node stops");
        this.#checking = { done: over.header.height, to: upper.height };
        const records: HeaderRecord[] = [];
        for (let height = over.header.height + 1; height <= upper.height && records.length < most; height++) {
          const record = upper.header(height);
          if (record === undefined) return notYet("the storage lost a header");
          records.push(record);
        }
        const checked = await this.#checkPiece(over, records, claimants);
        if ("reason" in checked) return checked;
        over = checked;
      }
      return undefined;
    } finally {
      this.#checking = undefined;
    }
  }

  /** The last header of a piece that is good, at the expense of those who claim it. */
  async #checkPiece(
    over: TreeHeader,
    records: readonly HeaderRecord[],
    claimants: readonly Peer[],
  ): Promise<TreeHeader | Exclude<HeaderFinding, { header: TreeHeader }>> {
    const { start, context, budget } = this.#parts;
    const payers = claimants.filter(({ nodeId }) => budget.leftUs(nodeId) > 0);
    if (payers.length === 0) {
      const reason = "the headers that lead to what it offers have taken too much work for nothing";
      for (const peer of claimants) peer.offend("invalid", SyncCode.sealBudget, reason);
      return notYet(reason);
    }
    for (const { nodeId } of payers) budget.spend(nodeId, budget.costUs(records.length));
    let idle = 0;
    const { accepted, refusal } = await start.chain
      .checkHeadersOver(over, records)
      .then((judged) => {
        const good = judged.accepted.length;
        // In a piece with a bad header the good ones were its bait; before one that is early they will be checked again.
        if (judged.refusal?.status === "invalid") idle = records.length;
        else if (judged.refusal !== undefined) idle = good;
        return judged;
      })
      // What was not judged, for that or for a fault of ours, took nothing.
      .finally(() => {
        for (const { nodeId } of payers) budget.refund(nodeId, budget.costUs(records.length - idle));
      });
    const last = accepted.at(-1);
    if (refusal === undefined && last !== undefined) return last;
    context.dependencies.logger.warn({ height: over.header.height + 1, ...refusal }, "headers above the checkpoint are not good");
    const reason = `its block is not on a good chain through the checkpoint: ${refusal?.reason ?? "its headers are not taken"}`;
    return { reason, isFinal: refusal?.status === "invalid", isInvalid: refusal?.status === "invalid" };
  }

  /** Makes a row that was checked the chain's, with its cumulative weights. */
  async #store(upper: HeaderLadder, base: TreeHeader): Promise<HeaderFinding> {
    const { start, options } = this.#parts;
    let over = base;
    while (over.header.height < upper.height) {
      if (this.#stopped) return notYet("the node stops");
      const row: TreeHeader[] = [];
      while (over.header.height < upper.height && row.length < options.headersPerPiece) {
        const record = upper.header(over.header.height + 1);
        if (record === undefined) return notYet("the storage lost a header");
        over = { ...record, weight: start.chain.weigh(record, over.weight) };
        row.push(over);
      }
      await start.chain.storeHeaders(row);
    }
    return { header: over };
  }
}
