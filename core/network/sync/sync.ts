/**
 * Sync: brings this node's chain to the best that any peer can show. One branch at a time, the best claim first; see
 * branch-sync.ts for how one is fetched. Also answers others who ask for headers.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { SyncState, SyncStatus } from "../../ports/views.js";
import { Hash } from "../../primitives/hash.js";
import type { ChainSync, NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { WireMessage } from "../wire/messages.js";
import { BranchSync } from "./branch-sync.js";
import { Claims } from "./claims.js";
import { HeaderRequests } from "./header-requests.js";
import { HeaderServer } from "./header-server.js";
import { type SyncMetrics, syncMetrics } from "./metrics.js";
import { DEFAULT_SYNC_OPTIONS, type SyncOptions } from "./options.js";
import type { Outcome, Target } from "./outcome.js";
import { plausibleHeight, RateMeter } from "./progress.js";

export class Sync implements ChainSync {
  readonly handles = ["headers-request", "headers"] as const;
  readonly #context: NetworkContext;
  readonly #options: SyncOptions;
  readonly #metrics: SyncMetrics;
  readonly #claims: Claims;
  readonly #requests: HeaderRequests;
  readonly #server: HeaderServer;
  readonly #rate: RateMeter;
  readonly #listeners = new Set<(status: SyncStatus) => void>();
  readonly #waiting = new Set<() => void>();
  #branch: BranchSync | undefined;
  /** Of the branch's imported blocks, how many the rate knows of. */
  #counted = 0;
  /** Resolves when nothing of the branch is under way any more. */
  #ended: Promise<void> = Promise.resolve();
  #running = false;
  #state: SyncState = "starting";
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
  }

  // --- life --------------------------------------------------------------------------------------------------------

  start(): void {
    this.#running = true;
    this.#ticks = this.#context.dependencies.scheduler.every(this.#options.logIntervalMs, () => this.#report());
    this.#evaluate();
  }

  /** Resolves when nothing is imported any more. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    this.#ticks?.cancel();
    this.#branch?.stop();
    for (const resolve of [...this.#waiting]) resolve();
    await this.#ended;
  }

  // --- what others see ---------------------------------------------------------------------------------------------

  get status(): SyncStatus {
    const currentHeight = this.#context.dependencies.chain.head.header.height;
    const branch = this.#branch;
    return {
      state: this.#state,
      currentHeight,
      targetHeight: Math.max(currentHeight, this.#targetHeight()),
      headerHeight: Math.max(currentHeight, branch?.headerHeight ?? 0),
      blocksPerSecond: branch === undefined ? 0 : Math.round(this.#rate.perSecond * 10) / 10,
    };
  }

  /**
   * Whether so many good headers lie ahead of this node's head that a block made on it would be stale. Claims alone don't count:
   * nobody can keep a node from producing by making them.
   */
  get isFarBehind(): boolean {
    const branch = this.#branch;
    return branch !== undefined && branch.headerHeight - this.#context.dependencies.chain.head.header.height > this.#options.farBlocks;
  }

  /** Resolves once a peer is there and none has anything better, with true; at the latest after `timeoutMs`, then with false. */
  async settled(timeoutMs: number): Promise<boolean> {
    if (this.#isSettled) return true;
    await new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      const timer = this.#context.dependencies.scheduler.after(timeoutMs, done);
      this.#waiting.add(done);
    });
    return this.#isSettled;
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

  onPeer(): void {
    this.#branch?.onPeersChanged();
    this.#evaluate();
  }

  onPeerHead(): void {
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

  get #isSettled(): boolean {
    return this.#running && this.#branch === undefined && this.#context.peers().length > 0 && this.#claims.best() === undefined;
  }

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
      this.#lookAgain(this.#claims.nextRestMs());
      if (this.#isSettled) for (const resolve of [...this.#waiting]) resolve();
    }
    this.#show();
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
      target,
      onProgress: () => this.#onProgress(),
    });
    this.#branch = branch;
    logger.debug({ block: Hash.key(target.id), peer: target.peer.nodeId, ...heightOf(target) }, "syncing to a peer's block");
    this.#ended = branch.run().then((outcome) => this.#onEnded(branch, outcome));
  }

  #onEnded(branch: BranchSync, outcome: Outcome): void {
    const { target, imported } = branch;
    this.#branch = undefined;
    this.#metrics.runs.increment(1, { code: outcome.code });
    this.#context.dependencies.logger.debug({ block: Hash.key(target.id), imported, ...outcome }, "a sync ended");
    this.#claims.settle(target, outcome);
    this.#evaluate();
  }

  #onProgress(): void {
    const imported = this.#branch?.imported ?? 0;
    for (; this.#counted < imported; this.#counted++) this.#rate.add();
    this.#show();
  }

  // --- status ------------------------------------------------------------------------------------------------------

  #targetHeight(): number {
    const { chain, spec, clock } = this.#context.dependencies;
    const target = this.#branch?.target ?? this.#claims.best();
    if (target === undefined) return 0;
    const { head } = chain;
    const header = this.#branch?.lastHeader;
    const milestone = header !== undefined && header.height > head.header.height ? header : head.header;
    if (target.claim === undefined) return milestone.height;
    let witnessed = 0;
    for (const peer of this.#context.peers()) if (peer !== target.peer) witnessed = Math.max(witnessed, peer.head.height);
    return plausibleHeight(target.claim.height, witnessed, spec.genesisTimeMs, milestone, clock.nowMs());
  }

  /** Tells those who listen if the state is another. */
  #show(): void {
    const { status } = this;
    this.#metrics.targetHeight.set(status.targetHeight);
    this.#metrics.headerHeight.set(status.headerHeight);
    const state = this.#branch !== undefined && this.#isBehind(status) ? "syncing" : "synced";
    if (state === this.#state) return;
    this.#state = state;
    this.#announce();
  }

  /** By good headers, or by what at least half of the peers claim: one liar among several does not make a node think it is behind. */
  #isBehind({ currentHeight, headerHeight, targetHeight }: SyncStatus): boolean {
    const near = currentHeight + this.#options.nearBlocks;
    if (headerHeight > near) return true;
    if (targetHeight <= near) return false;
    const peers = this.#context.peers();
    return peers.filter(({ head }) => head.height > near).length * 2 >= peers.length;
  }

  #announce(): void {
    const { logger, clock } = this.#context.dependencies;
    const { status } = this;
    if (status.state === "syncing") {
      this.#began ??= { height: status.currentHeight, atMs: clock.monotonicMs() };
      logger.info({ height: status.currentHeight, target: status.targetHeight, peers: this.#context.peers().length }, "syncing");
    } else if (this.#began !== undefined) {
      const seconds = (clock.monotonicMs() - this.#began.atMs) / 1_000;
      const blocks = status.currentHeight - this.#began.height;
      this.#began = undefined;
      logger.info({ height: status.currentHeight, blocks, seconds: Math.round(seconds * 10) / 10 }, "in sync");
    }
    for (const listener of [...this.#listeners]) listener(status);
  }

  #report(): void {
    const branch = this.#branch;
    if (branch === undefined || this.#state !== "syncing") return;
    const { currentHeight: height, targetHeight: target, headerHeight: headers, blocksPerSecond } = this.status;
    const remainingSeconds = blocksPerSecond > 0 ? Math.ceil((target - height) / blocksPerSecond) : undefined;
    const { activePeers: peers } = branch;
    this.#context.dependencies.logger.info({ height, target, headers, blocksPerSecond, remainingSeconds, peers }, "syncing");
  }
}

function heightOf({ claim }: Target): { readonly height?: number } {
  return claim === undefined ? {} : { height: claim.height };
}
