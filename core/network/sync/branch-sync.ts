/**
 * The sync of one branch, from the answer to "where do we part" to the import of its last block. Headers, bodies and imports run
 * side by side, each with its own bound; who gave the headers answers for them, who sent a body answers for that.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { RefusedBranch } from "../../ports/views.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { BodyFetcher } from "./body-fetcher.js";
import { SyncCode } from "./codes.js";
import { BlocksNotKeptError } from "./errors.js";
import type { HeaderRequests } from "./header-requests.js";
import { type HeaderRow, HeaderSource } from "./header-source.js";
import { ImportQueue, type Trouble } from "./import-queue.js";
import type { SyncMetrics } from "./metrics.js";
import type { SyncOptions } from "./options.js";
import type { Outcome, Target } from "./outcome.js";
import type { SealBudget } from "./seal-budget.js";
import { type Slot, SlotRow } from "./slots.js";

export interface BranchSyncParts {
  readonly context: NetworkContext;
  readonly options: SyncOptions;
  readonly metrics: SyncMetrics;
  readonly requests: HeaderRequests;
  readonly budget: SealBudget;
  readonly target: Target;
  /** Headers that this node has itself. */
  readonly row?: HeaderRow | undefined;
  /** The branch is better and can't be followed. */
  readonly onRefused?: (branch: RefusedBranch) => void;
  /** Blocks or headers came in. */
  readonly onProgress: () => void;
}

/** Looks after what time does, so many times within the time for an answer. */
const TICKS_PER_TIMEOUT = 20;
/** The lowest block does not come for so many times the time for an answer: nobody has it. */
const STARVED_TIMEOUTS = 4;
/** Faults in a row that say nothing of a block before this node gives up until something changes. */
const FAULTS_MAX = 20;

export class BranchSync {
  readonly #parts: BranchSyncParts;
  readonly #row = new SlotRow();
  readonly #source: HeaderSource;
  readonly #bodies: BodyFetcher;
  readonly #imports: ImportQueue;
  #outcome: Outcome | undefined;
  #settle: (outcome: Outcome) => void = () => undefined;
  #ticks: Cancellable | undefined;
  #isComplete = false;
  /** The fetch of headers waits for room. */
  #hasRoom: (() => void) | undefined;
  #progressMs = 0;
  #faults = 0;
  #imported = 0;
  #importedMs = 0;

  constructor(parts: BranchSyncParts) {
    this.#parts = parts;
    const { context, options, metrics, target } = parts;
    const row = this.#row;
    this.#source = new HeaderSource(parts);
    this.#bodies = new BodyFetcher({
      context,
      options,
      metrics,
      row,
      source: target.peer,
      onHeld: () => this.#onHeld(),
    });
    this.#imports = new ImportQueue({
      chain: context.dependencies.chain,
      options,
      row,
      onImported: (slot) => this.#onImported(slot),
      onTrouble: (trouble) => this.#onTrouble(trouble),
      onIdle: () => this.#maySettle(),
    });
  }

  get target(): Target {
    return this.#parts.target;
  }

  /**
   * Of headers that are known to be good: by themselves where they can be judged so and outweigh this node's chain, else for as long as
   * blocks of their branch are being imported, since anybody can make up such headers. 0 if there are none.
   */
  get headerHeight(): number {
    const { context, options } = this.#parts;
    const { chain, clock } = context.dependencies;
    if (chain.traits.headers === "ancestry") return this.goodHeader?.height ?? 0;
    const isImporting = this.#imported > 0 && clock.monotonicMs() - this.#importedMs < options.retryMs;
    return isImporting ? (this.#source.last?.header.height ?? 0) : 0;
  }

  /** The highest header that was found good by itself, for guesses at how long the chain can be. */
  get goodHeader() {
    return this.#source.isHeavy ? this.#source.last?.header : undefined;
  }

  /** Blocks imported so far. */
  get imported(): number {
    return this.#imported;
  }

  /** Peers that deliver. */
  get activePeers(): number {
    return this.#bodies.activePeers;
  }

  /** Resolves when nothing of it is under way any more. Does not reject. */
  run(): Promise<Outcome> {
    const { scheduler } = this.#parts.context.dependencies;
    this.#progressed();
    this.#ticks = scheduler.every(Math.max(1, this.#parts.context.options.requestTimeoutMs / TICKS_PER_TIMEOUT), () => this.#tick());
    const settled = new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
    });
    this.#fetchHeaders().catch((error: unknown) => this.#end(SyncCode.failed, "rest", messageOf(error)));
    return settled;
  }

  /** Peers came, or say that they have more now. */
  onPeersChanged(): void {
    if (this.#outcome === undefined) this.#bodies.fill();
  }

  onPeerGone(peer: Peer): void {
    if (this.#outcome !== undefined) return;
    this.#bodies.onPeerGone(peer);
    if (peer === this.#parts.target.peer) this.#end(SyncCode.peerGone, "keep", "the peer left");
    else this.#bodies.fill();
  }

  stop(): void {
    this.#end(SyncCode.stopped, "keep", "the node stops");
  }

  // --- headers -----------------------------------------------------------------------------------------------------

  async #fetchHeaders(): Promise<void> {
    const { metrics, onProgress } = this.#parts;
    while (this.#outcome === undefined && !this.#isComplete) {
      const step = await this.#source.next();
      if (this.#outcome !== undefined) return;
      if (step.type === "ended") {
        // What came before is good: it is imported first, where that is the reason to wait.
        if (step.outcome.code === SyncCode.notYet && this.#row.length > 0) await this.#emptied();
        this.#end(step.outcome.code, step.outcome.claim, step.outcome.reason);
        return;
      }
      if (step.type === "headers") {
        for (const record of step.records) this.#row.push(record);
        metrics.headers.increment(step.records.length);
        this.#progressed();
      }
      this.#isComplete = this.#source.isComplete;
      if (this.#isComplete) this.#checkClaim();
      this.#bodies.fill();
      onProgress();
      if (!this.#isComplete) await this.#roomForHeaders();
    }
    this.#maySettle();
  }

  /** A claim is exact, or it was made up. */
  #checkClaim(): void {
    const { claim, peer } = this.#parts.target;
    const last = this.#source.last;
    if (claim === undefined || last === undefined) return;
    const isWeightWrong = "weight" in last && last.weight !== claim.weight;
    if (claim.height === last.header.height && !isWeightWrong) return;
    peer.offend("invalid", SyncCode.falseClaim, `its head is at height ${last.header.height}, or weighs other than it says`);
  }

  async #roomForHeaders(): Promise<void> {
    while (this.#outcome === undefined && !this.#mayHoldMore())
      await new Promise<void>((resolve) => {
        this.#hasRoom = resolve;
      });
  }

  async #emptied(): Promise<void> {
    while (this.#outcome === undefined && this.#row.length > 0)
      await new Promise<void>((resolve) => {
        this.#hasRoom = resolve;
      });
  }

  #mayHoldMore(): boolean {
    const { options, context } = this.#parts;
    const isAncestry = context.dependencies.chain.traits.headers === "ancestry";
    const count = isAncestry ? options.headersPerRequest : options.stateHeadersPerRequest;
    const ahead = isAncestry ? options.headersAhead : options.stateHeadersAhead;
    return this.#row.length === 0 || (this.#row.length + count <= ahead && this.#row.bytes < options.headerBytesAhead);
  }

  // --- blocks ------------------------------------------------------------------------------------------------------

  #onHeld(): void {
    if (this.#outcome === undefined) this.#imports.pump();
  }

  #onImported(slot: Slot): void {
    slot.body?.from.reward("block");
    this.#bodies.done(slot);
    this.#imported++;
    this.#importedMs = this.#parts.context.dependencies.clock.monotonicMs();
    this.#faults = 0;
    this.#parts.metrics.blocks.increment();
    this.#progressed();
    this.#shift();
    this.#parts.onProgress();
  }

  /** Lets done slots go, and whoever waited for their room. */
  #shift(): void {
    this.#row.shift();
    if (this.#outcome !== undefined) return;
    const hasRoom = this.#hasRoom;
    this.#hasRoom = undefined;
    hasRoom?.();
    this.#bodies.fill();
    this.#maySettle();
  }

  #onTrouble(trouble: Trouble): void {
    if (this.#outcome !== undefined) return;
    if (trouble.kind === "fault") this.#onFault(trouble.slot, trouble.code, trouble.reason);
    else if (trouble.verdict.status === "not-yet") this.#onNotYet(trouble.slot, trouble.verdict.code, trouble.verdict.reason);
    else
      this.#onInvalid(trouble.slot, trouble.verdict.code, trouble.verdict.reason).catch((error: unknown) =>
        this.#end(SyncCode.failed, "rest", messageOf(error)),
      );
  }

  /** The block is offered again at the next tick. */
  #onFault(slot: Slot, code: string, reason: string): void {
    if (code === "CHAIN_STOPPED") this.#end(SyncCode.stopped, "keep", reason);
    else if (++this.#faults > FAULTS_MAX) this.#end(SyncCode.failed, "rest", `block ${slot.key} could not be imported: ${reason}`);
  }

  #onNotYet(slot: Slot, code: string, reason: string): void {
    if (code !== "BLOCK_AWAITING_CERTIFICATE") {
      this.#end(SyncCode.notYet, "rest", `${code}: ${reason}`);
      return;
    }
    slot.body?.from.offend("failure", SyncCode.noCertificate, `block ${slot.key} came without its certificate`);
    this.#bodies.refuse(slot);
    this.#bodies.fill();
  }

  /** Whose fault is it: the sender's if body or certificate are not the block's own, else of the one who led here. */
  async #onInvalid(slot: Slot, code: string, reason: string): Promise<void> {
    const { chain } = this.#parts.context.dependencies;
    const { body } = slot;
    const isForged =
      code === "BLOCK_BAD_CERTIFICATE" ||
      (chain.standing(slot.record.id) !== "invalid" && body !== undefined && !(await chain.isWhole(body.block)));
    if (this.#outcome !== undefined) return;
    if (isForged) {
      this.#bodies.refuse(slot);
      if (body === undefined) return;
      this.#bodies.distrust(body.from);
      // May end this sync, if it gave the headers, too.
      body.from.offend("violation", SyncCode.wrongBody, `${code}: ${reason}`);
      if (this.#outcome === undefined) this.#bodies.fill();
      return;
    }
    this.#parts.target.peer.offend("violation", SyncCode.invalidBranch, `block ${slot.key}: ${code}: ${reason}`);
    this.#end(SyncCode.invalidBranch, "drop", `block ${slot.key}: ${code}: ${reason}`);
  }

  #tick(): void {
    if (this.#outcome !== undefined) return;
    const { clock } = this.#parts.context.dependencies;
    this.#bodies.tick();
    this.#row.shift();
    this.#imports.pump();
    this.#maySettle();
    this.#hasRoom?.();
    const waitsForBodies = this.#row.length > 0 && this.#imports.running === 0;
    if (!waitsForBodies) this.#progressMs = Math.max(this.#progressMs, clock.monotonicMs());
    const starvedMs = STARVED_TIMEOUTS * this.#parts.context.options.requestTimeoutMs;
    const isStarved = clock.monotonicMs() - this.#progressMs > starvedMs || !this.#bodies.hasHope;
    if (!waitsForBodies || !isStarved) return;
    if (this.#isNotKept()) return;
    const reason = `nobody delivers block ${this.#row.lowest?.key ?? "?"} at height ${this.#row.lowest?.height ?? "?"}`;
    this.#parts.target.peer.offend("failure", SyncCode.starved, reason);
    this.#end(SyncCode.starved, "rest", reason);
  }

  /** Whether all who are connected keep only newer blocks: nobody's fault, and nothing that trying again soon would mend. */
  #isNotKept(): boolean {
    const { context } = this.#parts;
    const height = this.#row.lowest?.height ?? 0;
    const peers = context.peers().filter((peer) => peer.servesChain && peer.head.height >= height);
    const keptFrom = Math.min(...peers.map(({ head }) => head.bodiesFrom ?? 0));
    if (peers.length === 0 || keptFrom <= height) return false;
    const error = new BlocksNotKeptError({ height, keptFrom, peers: peers.length });
    context.dependencies.logger.error({ ...error.data, code: error.code }, error.message);
    this.#end(SyncCode.notKept, "rest", error.message);
    return true;
  }

  // --- end ---------------------------------------------------------------------------------------------------------

  #progressed(): void {
    this.#progressMs = this.#parts.context.dependencies.clock.monotonicMs();
  }

  #end(code: SyncCode, claim: Outcome["claim"], reason: string): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { code, claim, reason };
    this.#ticks?.cancel();
    this.#imports.stop();
    this.#bodies.stop();
    this.#parts.requests.cancel(this.#parts.target.peer);
    this.#hasRoom?.();
    this.#maySettle();
  }

  /** Done when everything is imported; over when it has ended and nothing is under way. */
  #maySettle(): void {
    if (this.#outcome === undefined && this.#isComplete && this.#row.length === 0)
      this.#end(SyncCode.reached, "drop", `block ${Hash.key(this.#parts.target.id)} is imported`);
    if (this.#outcome !== undefined && this.#imports.running === 0) this.#settle(this.#outcome);
  }
}
