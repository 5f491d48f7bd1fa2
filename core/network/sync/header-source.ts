/**
 * The headers of one branch, from the one peer that claims it: found by locator, linked, and checked as far as headers alone can
 * be. A branch that leaves this node's chain below its head comes through only when its checked headers weigh more than the head:
 * nobody's bodies are fetched for a branch that can't win.
 *
 * What is wrong is held against the peer here; the caller gets the rows, and how it ended.
 */
import type { TreeHeader } from "../../ports/consensus.js";
import type { RefusedBranch } from "../../ports/views.js";
import type { HeaderRecord } from "../../primitives/block.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import { headerFromPeer } from "../wire/header-bytes.js";
import { SyncCode } from "./codes.js";
import type { HeaderRequests } from "./header-requests.js";
import { locatorOf } from "./locator.js";
import type { SyncOptions } from "./options.js";
import type { Outcome, Target } from "./outcome.js";
import type { SealBudget } from "./seal-budget.js";
import { sizeOf } from "./slots.js";

/** No honest answer that does not reach the block asked for is shorter: the largest headers still fill a message with more. */
const ANSWER_HEADERS_MIN = 128;
/** How far above both heads a block may be of which gossip knows only the id. */
const UNCLAIMED_ABOVE_MAX = 20_000;

export type HeaderStep =
  /** Headers that stand on what came before, lowest first. Never empty. */
  | { readonly type: "headers"; readonly records: readonly HeaderRecord[] }
  /** All headers came, up to the target. */
  | { readonly type: "complete" }
  | { readonly type: "ended"; readonly outcome: Outcome };

/** Headers that this node has ahead of its blocks and knows to be good. */
export interface HeaderRow {
  /** Of the highest. */
  readonly height: number;
  header(height: number): HeaderRecord | undefined;
}

export interface HeaderSourceParts {
  readonly context: NetworkContext;
  /** Nobody needs to be asked for these. */
  readonly row?: HeaderRow | undefined;
  readonly options: SyncOptions;
  readonly requests: HeaderRequests;
  readonly budget: SealBudget;
  readonly target: Target;
  /** The branch outweighs this node's chain, and leaves it below finality. */
  readonly onRefused?: ((branch: RefusedBranch) => void) | undefined;
}

export class HeaderSource {
  readonly #parts: HeaderSourceParts;
  readonly #isAncestry: boolean;
  readonly #targetKey: string;
  /** The highest header so far: of this node's chain at first. */
  #last: TreeHeader | HeaderRecord | undefined;
  /** Of the branch, linked, above `#last`; checked piece by piece. */
  #unchecked: HeaderRecord[] = [];
  /** Work on seals of the branch so far, for as long as it is not known to outweigh the head, µs. */
  #spentUs = 0;
  /** Of the branch, checked, not yet known to outweigh the head. */
  #light: TreeHeader[] = [];
  #lightBytes = 0;
  #isHeavy = false;
  #isFirst = true;
  /** It leaves this node's chain below finality: its headers are looked at only to tell whether the operator should know of it. */
  #isRefused = false;
  /** Its headers so far. */
  #refusedCount = 0;
  /** Where the branch leaves what this node knows. */
  #fork: TreeHeader | undefined;

  constructor(parts: HeaderSourceParts) {
    this.#parts = parts;
    this.#isAncestry = parts.context.dependencies.chain.traits.headers === "ancestry";
    this.#targetKey = Hash.key(parts.target.id);
  }

  /** The checked headers outweigh this node's chain. Never where headers can't be judged alone. */
  get isHeavy(): boolean {
    return this.#isHeavy;
  }

  /** The highest header so far. */
  get last(): HeaderRecord | undefined {
    return this.#last;
  }

  /** Asks for more. Not to be called again before it resolved, or after the branch is complete or has ended. */
  async next(): Promise<HeaderStep> {
    for (;;) {
      const step = await this.#step();
      if (step !== undefined) return step;
    }
  }

  async #step(): Promise<HeaderStep | undefined> {
    if (this.#unchecked.length > 0) return this.#checkPiece();
    const own = await this.#own();
    if (own.length > 0) return this.#take(own);
    const { target, requests } = this.#parts;
    const count = this.#count;
    const answer = await requests.ask(target.peer, { locator: this.#locator(), stop: target.id, count });
    if (answer === "gone") return ended(SyncCode.peerGone, "keep", "the peer left");
    if (answer === "timeout") return ended(SyncCode.stalled, "rest", "the peer does not answer");
    if (answer.length === 0)
      return this.#offended("failure", SyncCode.noHeaders, `it has no headers that lead to block ${this.#targetKey}, which it says it has`);
    if (answer.length > count) return this.#offended("violation", SyncCode.tooManyHeaders, `${answer.length} headers instead of ${count}`);
    const records = await this.#linked(answer);
    if (!Array.isArray(records)) return records;
    const unknown = this.#skipKnown(records);
    if (!Array.isArray(unknown)) return unknown;
    const reached = records.at(-1);
    const isComplete = reached !== undefined && Hash.key(reached.id) === this.#targetKey;
    if (!isComplete && answer.length < Math.min(count, ANSWER_HEADERS_MIN))
      return this.#offended(
        "failure",
        SyncCode.fewHeaders,
        `only ${answer.length} headers, though block ${this.#targetKey} lies above them`,
      );
    if (unknown.length === 0) return isComplete ? { type: "complete" } : undefined;
    return this.#take(unknown);
  }

  #take(records: HeaderRecord[]): HeaderStep | undefined {
    if (!this.#isAncestry) return { type: "headers", records: this.#advance(records) };
    this.#unchecked = records;
    return undefined;
  }

  /**
   * As many as take about `sealPieceMs`: so that dear seals show progress, bodies follow at once, and who sends bad ones is found out early.
   */
  async #checkPiece(): Promise<HeaderStep | undefined> {
    const { target, budget } = this.#parts;
    const { nodeId } = target.peer;
    if (!this.#isHeavy && budget.leftUs(nodeId) <= 0)
      return this.#offended("invalid", SyncCode.sealBudget, "its headers have taken too much work for nothing");
    const count = budget.pieceHeaders;
    const piece = this.#unchecked.slice(0, count);
    this.#unchecked = this.#unchecked.slice(count);
    if (!this.#isHeavy) this.#spend(budget.costUs(piece.length));
    const step = await this.#checked(piece);
    // What stands on a header that is not good (yet) has to be asked for again.
    if (this.#last === undefined || piece.at(-1)?.id !== this.#last.id) this.#unchecked = [];
    if (this.#isHeavy) {
      budget.refund(nodeId, this.#spentUs);
      this.#spentUs = 0;
    }
    return step;
  }

  #spend(us: number): void {
    this.#spentUs += us;
    this.#parts.budget.spend(this.#parts.target.peer.nodeId, us);
  }

  /** What this node has itself of the way to the target, above the highest so far. */
  async #own(): Promise<HeaderRecord[]> {
    const { row, target, context } = this.#parts;
    const { chain, scheduler } = context.dependencies;
    const base = this.#last ?? chain.head;
    const records: HeaderRecord[] = [];
    if (row === undefined || base.header.height >= row.height || (target.claim?.height ?? 0) <= row.height) return records;
    const slicer = scheduler.slicer();
    for (let last: HeaderRecord = base; records.length < this.#count; ) {
      const next = row.header(last.header.height + 1);
      if (next === undefined || Hash.key(next.header.parent) !== Hash.key(last.id)) break;
      records.push(next);
      last = next;
      if (slicer.due()) await slicer.pause();
    }
    if (records.length === 0) return records;
    if (this.#isFirst) this.#fork = chain.header(base.id);
    this.#isFirst = false;
    return records;
  }

  get isComplete(): boolean {
    return this.#last !== undefined && Hash.key(this.#last.id) === this.#targetKey;
  }

  get #count(): number {
    const { headersPerRequest, stateHeadersPerRequest } = this.#parts.options;
    return this.#isAncestry ? headersPerRequest : stateHeadersPerRequest;
  }

  #locator(): readonly Hash[] {
    const { chain } = this.#parts.context.dependencies;
    return this.#last === undefined ? locatorOf(chain) : [this.#last.id, chain.genesisId];
  }

  /** Decodes a row and sees that each header stands on the one before. */
  async #linked(encoded: readonly Bytes[]): Promise<HeaderRecord[] | HeaderStep> {
    const { chain, spec, scheduler } = this.#parts.context.dependencies;
    const slicer = scheduler.slicer();
    const records: HeaderRecord[] = [];
    const limit = this.#heightLimit();
    let last: HeaderRecord | undefined = this.#last;
    for (const bytes of encoded) {
      const record = headerFromPeer(bytes);
      if (record === undefined) return this.#offended("violation", SyncCode.badHeader, "bytes that are no header");
      const { header } = record;
      const parent: HeaderRecord | undefined = last ?? chain.header(header.parent);
      if (parent === undefined || Hash.key(parent.id) !== Hash.key(header.parent) || header.height !== parent.header.height + 1)
        return this.#offended(
          "violation",
          SyncCode.unlinkedHeaders,
          `the header at height ${header.height} stands on none of the locator's blocks or of the row`,
        );
      if (header.chainId !== spec.chainId) return this.#offended("violation", SyncCode.badHeader, "a header of another chain");
      const isTarget = Hash.key(record.id) === this.#targetKey;
      if (isTarget && records.length + 1 < encoded.length)
        return this.#offended("violation", SyncCode.tooManyHeaders, "headers above the block that was asked for");
      if (!isTarget && header.height >= limit)
        return this.#offended(
          "violation",
          SyncCode.falseClaim,
          `its headers go on above ${limit}, where block ${this.#targetKey} should be`,
        );
      records.push(record);
      last = record;
      if (slicer.due()) await slicer.pause();
    }
    return records;
  }

  /** The height that the target has to be reached at. */
  #heightLimit(): number {
    const { target, context } = this.#parts;
    const unclaimed = Math.max(target.peer.head.height, context.dependencies.chain.head.header.height) + UNCLAIMED_ABOVE_MAX;
    return target.claim?.height ?? unclaimed;
  }

  /** Leaves out what this node has; what remains stands on `#fork`. */
  #skipKnown(records: HeaderRecord[]): HeaderRecord[] | HeaderStep {
    if (!this.#isFirst) return records;
    const { chain } = this.#parts.context.dependencies;
    let known = 0;
    for (const record of records) {
      const standing = chain.standing(record.id);
      if (standing === "invalid") return this.#invalidBranch(`block ${Hash.key(record.id)} was found invalid before`);
      if (standing !== "valid") break;
      known++;
    }
    const first = records[0];
    const highest = known > 0 ? records[known - 1] : undefined;
    const parent = highest?.id ?? first?.header.parent;
    this.#fork = parent === undefined ? undefined : chain.header(parent);
    this.#last = this.#fork;
    if (known === records.length) return [];
    this.#isFirst = false;
    const fork = this.#fork;
    if (fork === undefined) return this.#offended("violation", SyncCode.unlinkedHeaders, "the row stands on no block that is known here");
    if (chain.standing(fork.id) === "invalid") return this.#invalidBranch("its branch stands on an invalid block");
    if (fork.header.height < chain.finalized.header.height) {
      if (!this.#isAncestry || chain.checkHeadersOver === undefined || !chain.isCanonical(fork.id)) return this.#forkedBelowFinality(fork);
      this.#isRefused = true;
    }
    return records.slice(known);
  }

  /**
   * Headers of a branch that is not followed, as far as it takes to know what it weighs: then a node on the wrong side of a split
   * can say so, and nobody can make it say so without the work.
   */
  async #checkedRefused(fork: TreeHeader, records: readonly HeaderRecord[]): Promise<HeaderStep | undefined> {
    const { context, options, onRefused, target } = this.#parts;
    const { chain, clock } = context.dependencies;
    const over = this.#last !== undefined && "weight" in this.#last ? this.#last : fork;
    const { accepted, refusal } = (await chain.checkHeadersOver?.(over, records)) ?? { accepted: [] };
    if (refusal?.status === "invalid") return this.#offended("violation", SyncCode.badHeader, `${refusal.code}: ${refusal.reason}`);
    const last = accepted.at(-1);
    if (last === undefined) return this.#forkedBelowFinality(fork);
    this.#last = last;
    this.#refusedCount += accepted.length;
    const isHeavier = last.weight > chain.head.weight;
    if (isHeavier && (this.isComplete || refusal !== undefined || this.#refusedCount > options.headersAhead)) {
      const { header, id, weight } = last;
      onRefused?.({
        height: header.height,
        id,
        weight,
        forkHeight: fork.header.height,
        forkId: fork.id,
        depth: chain.head.header.height - fork.header.height,
        peer: target.peer.nodeId,
        seenAtMs: Math.trunc(clock.nowMs()),
      });
      return this.#forkedBelowFinality(fork);
    }
    if (this.isComplete) return this.#notBetter(last);
    if (refusal !== undefined) return this.#forkedBelowFinality(fork);
    return this.#refusedCount > options.headersAhead ? this.#lightBranch(this.#refusedCount) : undefined;
  }

  #forkedBelowFinality(fork: TreeHeader): HeaderStep {
    const { target, context } = this.#parts;
    const { finalized } = context.dependencies.chain;
    const reason = `its branch leaves this chain at height ${fork.header.height}, below the final block at ${finalized.header.height}`;
    target.peer.offend("failure", SyncCode.forkedBelowFinality, reason);
    target.peer.close(SyncCode.forkedBelowFinality, reason);
    return ended(SyncCode.forkedBelowFinality, "drop", reason);
  }

  /** The engine's rules, seals, weight. */
  async #checked(records: readonly HeaderRecord[]): Promise<HeaderStep | undefined> {
    const { context, options } = this.#parts;
    const { chain } = context.dependencies;
    if (this.#isRefused && this.#fork !== undefined) return this.#checkedRefused(this.#fork, records);
    const { accepted, refusal } = await chain.checkHeaders(records);
    if (refusal?.status === "invalid") {
      if (refusal.code === "BLOCK_BELOW_FINALITY" && this.#fork !== undefined) return this.#forkedBelowFinality(this.#fork);
      return this.#offended("violation", SyncCode.badHeader, `${refusal.code}: ${refusal.reason}`);
    }
    const last = accepted.at(-1);
    // What is good so far may be imported; the rest has to be asked for again later.
    if (last === undefined) return ended(SyncCode.notYet, "rest", refusal?.reason ?? "no header is good yet");
    this.#last = last;
    // Engines without weights say 0n: then whether the branch wins shows only when it is here.
    this.#isHeavy ||= last.weight > chain.head.weight || last.weight === 0n;
    this.#light.push(...accepted);
    if (this.#isHeavy) {
      const records = this.#light;
      this.#light = [];
      return { type: "headers", records };
    }
    if (this.isComplete) return this.#notBetter(last);
    for (const record of accepted) this.#lightBytes += sizeOf(record);
    if (this.#light.length > options.headersAhead || this.#lightBytes > options.headerBytesAhead)
      return this.#lightBranch(this.#light.length);
    return undefined;
  }

  #lightBranch(headers: number): HeaderStep {
    return this.#offended("invalid", SyncCode.lightBranch, `${headers} headers that weigh less than this node's chain`);
  }

  #notBetter({ weight }: TreeHeader): HeaderStep {
    const { claim, peer } = this.#parts.target;
    if (claim !== undefined && claim.weight > weight)
      peer.offend("invalid", SyncCode.falseClaim, `its head weighs ${weight}, not ${claim.weight}`);
    return ended(SyncCode.notBetter, "drop", "the branch is not heavier than this node's chain");
  }

  #advance(records: readonly HeaderRecord[]): readonly HeaderRecord[] {
    this.#last = records.at(-1) ?? this.#last;
    return records;
  }

  #invalidBranch(reason: string): HeaderStep {
    return this.#offended("violation", SyncCode.invalidBranch, reason);
  }

  #offended(offence: "failure" | "invalid" | "violation", code: SyncCode, reason: string): HeaderStep {
    this.#parts.target.peer.offend(offence, code, reason);
    // A failure may be bad luck: its claim may prove true later.
    return ended(code, offence === "failure" ? "rest" : "drop", reason);
  }
}

function ended(code: SyncCode, claim: Outcome["claim"], reason: string): HeaderStep {
  return { type: "ended", outcome: { code, claim, reason } };
}
