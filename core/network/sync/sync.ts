/**
 * Sync: brings this node's chain to the best that any peer can show. One branch at a time, the best claim first; see
 * branch-sync.ts for how one is fetched. Also answers others who ask for headers.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { RefusedBranch, SyncState, SyncStatus } from "../../ports/views.js";
import { Hash } from "../../primitives/hash.js";
import type { ChainSync, NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { WireMessage } from "../wire/messages.js";
import { BranchSync } from "./branch-sync.js";
import { Claims } from "./claims.js";
import { SyncCode } from "./codes.js";
import { Following } from "./following.js";
import { HeaderRequests } from "./header-requests.js";
import { HeaderServer } from "./header-server.js";
import type { HeaderRow } from "./header-source.js";
import { type SyncMetrics, syncMetrics } from "./metrics.js";
import { DEFAULT_SYNC_OPTIONS, type SyncOptions } from "./options.js";
import type { Outcome, Target } from "./outcome.js";
import { plausibleHeight, RateMeter } from "./progress.js";
import { SealBudget } from "./seal-budget.js";

/** While a sync goes on, what is shown of it changes so often at most. */
const SHOW_MS = 50;

export class Sync implements ChainSync {
  readonly handles = ["headers-request", "headers"] as const;
  readonly #context: NetworkContext;
  readonly #options: SyncOptions;
  readonly #metrics: SyncMetrics;
  readonly #claims: Claims;
  readonly #requests: HeaderRequests;
  readonly #server: HeaderServer;
  readonly #rate: RateMeter;
  /** What peers may cause in work on seals, whichever way they show headers. */
  readonly budget: SealBudget;
  readonly #following: Following;
  readonly #listeners = new Set<(status: SyncStatus) => void>();
  #row: HeaderRow | undefined;
  #branch: BranchSync | undefined;
  /** Of the branch's imported blocks, how many the rate knows of. */
  #counted = 0;
  /** Resolves when nothing of the branch is under way any more. */
  #ended: Promise<void> = Promise.resolve();
  #running = false;
  #state: SyncState = "starting";
  #shownMs = 0;
  #refused: RefusedBranch | undefined;
  /** Good headers that a sync got, and how long they count. */
  #good = { height: 0, untilMs: 0 };
  /** A near claim that gossip has some time for. */
  #grace: { readonly key: string; readonly untilMs: number } | undefined;
  #timer: Cancellable | undefined;
  #ticks: Cancellable | undefined;
  /** Where the present catching up began, for the line at its end. */
  #began: { readonly height: number; readonly atMs: number } | undefined;

  constructor(context: NetworkContext, options: Partial<SyncOptions> = {}) {
    this.#context = context;
    this.#options = { ...DEFAULT_SYNC_OPTIONS, ...options };
    const { chain, scheduler, metrics, clock } = context.dependencies;
    this.#metrics = syncMetrics(metrics);
    this.#claims = new Claims(context);
    this.#requests = new HeaderRequests(context);
    this.#server = new HeaderServer({ chain, scheduler });
    this.#rate = new RateMeter(clock);
    this.budget = new SealBudget(clock, this.#options, () => chain.traits.sealCostUs);
    this.#following = new Following(clock, this.#options);
  }

  // --- life --------------------------------------------------------------------------------------------------------

  start(): void {
    this.#running = true;
    // While another part led the node to its checkpoint, nobody told this one of heads.
    this.#claims.lookAnew();
    this.#ticks = this.#context.dependencies.scheduler.every(this.#options.logIntervalMs, () => this.#onTick());
    this.#evaluate();
  }

  /** Headers that are good and need not be fetched: they lead to the operator's checkpoint. Before `start`. */
  useHeaders(row: HeaderRow): void {
    this.#row = row;
  }

  /** Resolves when nothing is imported any more. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    this.#ticks?.cancel();
    this.#branch?.stop();
    await this.#ended;
  }

  // --- what others see ---------------------------------------------------------------------------------------------

  get status(): SyncStatus {
    return this.#statusAt(this.#targetHeight(this.#branch?.target ?? this.#claims.best()));
  }

  #statusAt(height: number): SyncStatus {
    const { head } = this.#context.dependencies.chain;
    const currentHeight = head.header.height;
    const refused = this.#refused;
    const branch = this.#branch;
    return {
      state: this.#state,
      currentHeight,
      targetHeight: Math.max(currentHeight, height),
      headerHeight: Math.max(currentHeight, branch?.headerHeight ?? 0),
      blocksPerSecond: branch === undefined ? 0 : Math.round(this.#rate.perSecond * 10) / 10,
      activePeers: branch?.activePeers ?? 0,
      ...(refused === undefined || refused.weight <= head.weight ? {} : { refusedBranch: refused }),
    };
  }

  onStatusChanged(listener: (status: SyncStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  // --- what comes in -----------------------------------------------------------------------------------------------

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (message.type === "headers-request") return this.#serve(peer, message);
    if (message.type === "headers") this.#requests.onHeaders(peer, message);
  }

  onPeer(peer: Peer): void {
    this.#claims.onClaim(peer);
    this.#branch?.onPeersChanged();
    this.#evaluate();
  }

  onPeerHead(peer: Peer): void {
    this.#claims.onClaim(peer);
    this.#branch?.onPeersChanged();
    this.#evaluate();
  }

  onPeerGone(peer: Peer): void {
    this.#requests.onPeerGone(peer);
    this.#branch?.onPeerGone(peer);
    this.#claims.onPeerGone(peer);
    this.#evaluate();
  }

  request(peer: Peer, blockId: Hash): void {
    if (!peer.connected) return;
    this.#claims.want(peer, blockId);
    this.#evaluate();
  }

  async #serve(peer: Peer, message: Extract<WireMessage, { readonly type: "headers-request" }>): Promise<void> {
    try {
      await this.#server.serve(peer, message);
    } catch (error) {
      // A damaged record: the chain's own reads will say so where it matters.
      this.#context.dependencies.logger.error({ reason: messageOf(error) }, "headers could not be read for a peer");
    }
  }

  // --- one branch after the other ----------------------------------------------------------------------------------

  /** Begins with the best claim, if there is one and nothing is under way. */
  #evaluate(): void {
    if (!this.#running || this.#branch !== undefined) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const target = this.#claims.best();
    if (target !== undefined && this.#hasGrace(target)) {
      this.#lookAgain(this.#grace?.untilMs);
    } else if (target !== undefined) {
      this.#begin(target);
    } else {
      const goodMs = this.#goodHeight === 0 ? undefined : this.#good.untilMs;
      this.#lookAgain(earliest(this.#claims.nextRestMs(), goodMs));
    }
    this.#show(target);
  }

  /** Whether gossip should bring it before sync asks: it is near, and was heard of a moment ago. */
  #hasGrace({ id, claim }: Target): boolean {
    const { chain, clock } = this.#context.dependencies;
    if (claim === undefined || claim.height > chain.head.header.height + this.#options.nearBlocks) return false;
    const key = Hash.key(id);
    if (this.#grace?.key !== key) this.#grace = { key, untilMs: clock.monotonicMs() + this.#options.graceMs };
    return this.#grace.untilMs > clock.monotonicMs();
  }

  #lookAgain(atMs: number | undefined): void {
    if (atMs === undefined || atMs === Number.POSITIVE_INFINITY) return;
    const { clock, scheduler } = this.#context.dependencies;
    this.#timer = scheduler.after(Math.max(0, Math.ceil(atMs - clock.monotonicMs())), () => this.#evaluate());
  }

  #begin(target: Target): void {
    const { logger } = this.#context.dependencies;
    this.#rate.reset();
    this.#counted = 0;
    const branch = new BranchSync({
      context: this.#context,
      options: this.#options,
      metrics: this.#metrics,
      requests: this.#requests,
      budget: this.budget,
      target,
      row: this.#row,
      onRefused: (refused) => this.#onRefused(refused),
      onProgress: () => this.#onProgress(),
    });
    this.#branch = branch;
    logger.debug({ block: Hash.key(target.id), peer: target.peer.nodeId, ...heightOf(target) }, "syncing to a peer's block");
    this.#ended = branch.run().then((outcome) => this.#onEnded(branch, outcome));
  }

  #onEnded(branch: BranchSync, outcome: Outcome): void {
    const { target, imported } = branch;
    this.#noteGoodHeaders();
    this.#branch = undefined;
    if (outcome.claim === "drop" && outcome.code !== SyncCode.reached) this.#good = { height: 0, untilMs: 0 };
    this.#metrics.runs.increment(1, { code: outcome.code });
    this.#context.dependencies.logger.debug({ block: Hash.key(target.id), imported, ...outcome }, "a sync ended");
    this.#claims.settle(target, outcome);
    this.#evaluate();
  }

  #onRefused(branch: RefusedBranch): void {
    const { logger } = this.#context.dependencies;
    const isNews = this.#refused === undefined || Hash.key(this.#refused.forkId) !== Hash.key(branch.forkId);
    this.#refused = branch;
    this.#metrics.refused.increment();
    const { height, forkHeight, depth, peer } = branch;
    const facts = { code: SyncCode.forkedBelowFinality, head: Hash.key(branch.id), height, forkHeight, depth, peer };
    const message = "a heavier branch leaves this node's chain below what is final here and is refused: is this node on the right side?";
    // Peers on the other side come back again and again: once an error, then news of the same.
    if (isNews) logger.error(facts, message);
    else logger.debug(facts, message);
  }

  #onProgress(): void {
    const imported = this.#branch?.imported ?? 0;
    for (; this.#counted < imported; this.#counted++) this.#rate.add();
    if (this.#context.dependencies.clock.monotonicMs() - this.#shownMs >= SHOW_MS) this.#show();
  }

  // --- status ------------------------------------------------------------------------------------------------------

  #targetHeight(target: Target | undefined): number {
    const { chain, spec, clock } = this.#context.dependencies;
    if (target === undefined) return this.#goodHeight;
    const { head } = chain;
    const header = this.#branch?.goodHeader;
    const milestone = header !== undefined && header.height > head.header.height ? header : head.header;
    if (target.claim === undefined) return milestone.height;
    let witnessed = 0;
    for (const peer of this.#context.peers()) if (peer !== target.peer) witnessed = Math.max(witnessed, peer.head.height);
    // The peer's chain grows while this node follows it.
    const claimed = Math.max(target.claim.height, target.peer.head.height);
    return plausibleHeight(claimed, witnessed, spec.genesisTimeMs, milestone, clock.nowMs());
  }

  /** Tells those who listen if the state is another. @param best claim, as it is now: looking for it costs more than all the rest */
  #show(best = this.#branch?.target ?? this.#claims.best()): void {
    this.#shownMs = this.#context.dependencies.clock.monotonicMs();
    this.#noteGoodHeaders();
    const status = this.#statusAt(this.#targetHeight(this.#branch?.target ?? best));
    this.#metrics.targetHeight.set(status.targetHeight);
    this.#metrics.headerHeight.set(status.headerHeight);
    const state = this.#following.look(status.currentHeight, this.#networkHeight(status));
    if (state === this.#state) return;
    this.#state = state;
    this.#announce();
  }

  #noteGoodHeaders(): void {
    const height = this.#branch?.headerHeight ?? 0;
    if (height > 0 && height >= this.#goodHeight)
      this.#good = { height, untilMs: this.#context.dependencies.clock.monotonicMs() + this.#options.retryMs };
  }

  /** Of good headers above this node's head, also of a sync that broke off a moment ago; 0 if there are none. */
  get #goodHeight(): number {
    const { chain, clock } = this.#context.dependencies;
    const { height, untilMs } = this.#good;
    return height > chain.head.header.height && clock.monotonicMs() < untilMs ? height : 0;
  }

  /** By good headers, or by what at least half of the peers claim: one liar among several does not make a node think it is behind. */
  #networkHeight({ currentHeight, targetHeight }: SyncStatus): number {
    // Nobody claims more than there is here: no need to ask how many do.
    if (targetHeight === currentHeight) return Math.max(currentHeight, this.#goodHeight);
    const claimed = this.#context
      .peers()
      .map(({ head }) => head.height)
      .sort((a, b) => b - a);
    const byHalf = claimed[Math.ceil(claimed.length / 2) - 1] ?? 0;
    return Math.max(currentHeight, this.#goodHeight, Math.min(targetHeight, byHalf));
  }

  #announce(): void {
    const { logger, clock } = this.#context.dependencies;
    const { status } = this;
    if (status.state === "syncing") {
      this.#began ??= { height: status.currentHeight, atMs: clock.monotonicMs() };
      const connected = this.#context.peers().length;
      logger.info({ height: status.currentHeight, target: status.targetHeight, connected }, "syncing");
    } else if (this.#began !== undefined) {
      const seconds = (clock.monotonicMs() - this.#began.atMs) / 1_000;
      const blocks = status.currentHeight - this.#began.height;
      this.#began = undefined;
      logger.info({ height: status.currentHeight, blocks, seconds: Math.round(seconds * 10) / 10 }, "in sync");
    }
    for (const listener of [...this.#listeners]) listener(status);
  }

  #onTick(): void {
    this.#show();
    if (this.#state !== "syncing") return;
    const { currentHeight: height, targetHeight: target, headerHeight: headers, blocksPerSecond, activePeers: peers } = this.status;
    const remainingSeconds = blocksPerSecond > 0 ? Math.ceil((target - height) / blocksPerSecond) : undefined;
    const connected = this.#context.peers().length;
    const progress = { height, target, headers, blocksPerSecond, remainingSeconds, peers, connected };
    this.#context.dependencies.logger.info(progress, "syncing");
  }
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function heightOf({ claim }: Target): { readonly height?: number } {
  return claim === undefined ? {} : { height: claim.height };
}
