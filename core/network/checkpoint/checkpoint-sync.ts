/**
 * Sync that begins from a checkpoint: first its headers, in mode `state` then its state, and after that ordinary sync, which is asleep until then.
 *
 * The checkpoint's headers make everything below it cheap to believe: blocks that they name are taken without their seals, and blocks
 * that they do not name are refused, whoever sends them.
 */
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { SyncStatus } from "../../ports/views.js";
import { Hash } from "../../primitives/hash.js";
import type { ChainSync, NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { Sync } from "../sync/index.js";
import type { WireMessage, WireMessageType } from "../wire/messages.js";
import { HeaderPhase } from "./header-phase.js";
import { clearLadder, HeaderLadder } from "./ladder.js";
import { type CheckpointMetrics, checkpointMetrics } from "./metrics.js";
import { type CheckpointOptions, DEFAULT_CHECKPOINT_OPTIONS } from "./options.js";
import type { CheckpointStart } from "./parts.js";
import { type AnswerMessage, PartRequests } from "./requests.js";
import { Roster } from "./roster.js";
import { StatePhase } from "./state-phase.js";

const ANSWERS: readonly WireMessageType[] = ["header-range", "snapshots", "snapshot-manifest", "snapshot-chunk"];

export class CheckpointSync implements ChainSync {
  readonly handles: readonly WireMessageType[];
  readonly #context: NetworkContext;
  readonly #start: CheckpointStart;
  readonly #options: CheckpointOptions;
  readonly #metrics: CheckpointMetrics;
  readonly #requests: PartRequests;
  readonly #roster: Roster;
  readonly #sync: Sync;
  readonly #listeners = new Set<(status: SyncStatus) => void>();
  #ladder: HeaderLadder | undefined;
  #headers: HeaderPhase | undefined;
  #state: StatePhase | undefined;
  /** Ordinary sync goes on. */
  #handedOver = false;
  #running = false;
  #ended: Promise<void> = Promise.resolve();
  #timers: Cancellable[] = [];

  constructor(context: NetworkContext, start: CheckpointStart, sync: Sync, options: Partial<CheckpointOptions> = {}) {
    this.#context = context;
    this.#start = start;
    this.#sync = sync;
    this.handles = [...sync.handles, ...ANSWERS];
    this.#options = { ...DEFAULT_CHECKPOINT_OPTIONS, ...options };
    this.#metrics = checkpointMetrics(context.dependencies.metrics);
    this.#requests = new PartRequests(context, this.#options.answerMs);
    this.#roster = new Roster(context, this.#requests);
  }

  // --- life --------------------------------------------------------------------------------------------------------

  async start(): Promise<void> {
    const { storage, scheduler, chain } = this.#context.dependencies;
    const { checkpoint } = this.#start;
    this.#running = true;
    if (this.#start.receiver === undefined && chain.head.header.height >= checkpoint.height) {
      // The node has compared it with the chain that is there, before it came to the network.
      this.#start.chain.trust({ ...checkpoint, idAt: (height) => (height === checkpoint.height ? checkpoint.id : undefined) });
      await clearLadder(storage);
      this.#handOver();
      return;
    }
    this.#ladder = await HeaderLadder.open(storage, checkpoint);
    this.#timers = [
      scheduler.every(this.#options.lookMs, () => this.#look()),
      scheduler.every(this.#options.logIntervalMs, () => this.#log()),
    ];
    this.#ended = this.#run(this.#ladder).catch((error: unknown) => this.#fail(error));
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of this.#timers) timer.cancel();
    this.#headers?.stop();
    this.#state?.stop();
    this.#requests.stop();
    await this.#ended;
    await this.#sync.stop();
  }

  async #run(ladder: HeaderLadder): Promise<void> {
    const { logger } = this.#context.dependencies;
    const { checkpoint, receiver, chain, onLoaded } = this.#start;
    const shared = {
      context: this.#context,
      options: this.#options,
      metrics: this.#metrics,
      requests: this.#requests,
      roster: this.#roster,
    };
    logger.info({ height: checkpoint.height, block: Hash.key(checkpoint.id), mode: this.#start.mode }, "starting from a checkpoint");
    for (let outcome = "again"; outcome === "again"; ) {
      this.#headers = new HeaderPhase({ ...shared, ladder });
      await this.#headers.run();
      if (!this.#running || !ladder.isComplete) return;
      chain.trust(ladder);
      logger.info({ height: checkpoint.height }, "headers lead from genesis to the checkpoint");
      this.#headers = undefined;
      if (receiver === undefined) {
        this.#sync.useHeaders(ladder);
        break;
      }
      this.#state = new StatePhase({ ...shared, start: this.#start, receiver, ladder, budget: this.#sync.budget });
      outcome = await this.#state.run();
      if (outcome === "stopped" || !this.#running) return;
      if (outcome === "again") this.#state = undefined;
    }
    if (receiver !== undefined) await onLoaded();
    this.#state = undefined;
    if (this.#running) this.#handOver();
  }

  #handOver(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#handedOver = true;
    this.#sync.onStatusChanged((status) => this.#tell(status));
    this.#sync.start();
    this.#tell(this.status);
  }

  /** Storage failed, or the checkpoint is of another chain: there is nothing that waiting would mend. */
  #fail(error: unknown): void {
    if (!this.#running) return;
    for (const timer of this.#timers) timer.cancel();
    this.#context.dependencies.logger.error({ reason: messageOf(error) }, "the checkpoint start can't go on");
    this.#start.onFatal(error);
  }

  // --- what others see ---------------------------------------------------------------------------------------------

  get status(): SyncStatus {
    const status = this.#sync.status;
    if (this.#handedOver || !this.#running) return status;
    const snapshot = this.#state?.status ?? this.#headerStatus();
    return {
      ...status,
      state: this.#start.receiver === undefined ? "syncing" : "snapshot",
      targetHeight: Math.max(status.targetHeight, snapshot.height),
      activePeers: this.#roster.active,
      snapshot,
    };
  }

  #headerStatus() {
    const { checkpoint } = this.#start;
    const problem = this.#headers?.problem ?? this.#waitsFor();
    return {
      phase: "headers",
      height: checkpoint.height,
      id: Hash.key(checkpoint.id),
      percent: 0,
      headers: checkpoint.height,
      headersDone: this.#ladder === undefined ? 0 : checkpoint.height + 1 - this.#ladder.lowest,
      ranges: 0,
      rangesDone: 0,
      bytes: 0,
      bytesDone: 0,
      ...(problem === undefined ? {} : { problem }),
    } as const;
  }

  /** Why nobody can be asked; undefined if somebody can. */
  #waitsFor(): string | undefined {
    const peers = this.#roster.all();
    const { height } = this.#start.checkpoint;
    if (peers.length === 0) return "no peer that knows checkpoint starts is connected; it goes on when one is";
    if (peers.every((peer) => peer.head.height < height)) return `no peer has come to the checkpoint's height ${height} yet`;
    return undefined;
  }

  onStatusChanged(listener: (status: SyncStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #tell(status: SyncStatus): void {
    for (const listener of [...this.#listeners]) listener(status);
  }

  #log(): void {
    const { snapshot, activePeers: peers } = this.status;
    if (snapshot === undefined) return;
    const { logger } = this.#context.dependencies;
    const { problem, id: _, ...progress } = snapshot;
    const connected = this.#context.peers().length;
    this.#metrics.share.set(snapshot.percent / 100);
    if (problem === undefined) logger.info({ ...progress, peers, connected }, "starting from a checkpoint");
    else logger.warn({ ...progress, peers, connected, problem }, "starting from a checkpoint: waiting");
  }

  // --- what comes in -----------------------------------------------------------------------------------------------

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    if (ANSWERS.includes(message.type)) this.#requests.onAnswer(peer, message as AnswerMessage);
    else return this.#sync.onMessage(peer, message);
  }

  onPeer(peer: Peer): void {
    if (this.#handedOver) this.#sync.onPeer(peer);
    else this.#look();
  }

  onPeerHead(peer: Peer): void {
    if (this.#handedOver) this.#sync.onPeerHead(peer);
    else this.#look();
  }

  onPeerGone(peer: Peer): void {
    this.#requests.onPeerGone(peer);
    this.#roster.onPeerGone(peer);
    this.#state?.onPeerGone(peer);
    this.#sync.onPeerGone(peer);
    if (!this.#handedOver) this.#look();
  }

  request(peer: Peer, blockId: Hash): void {
    if (this.#handedOver) this.#sync.request(peer, blockId);
  }

  #look(): void {
    if (!this.#running || this.#handedOver) return;
    this.#headers?.look();
    this.#state?.look();
  }
}

/** Plain sync, or one that begins from the checkpoint of the config. */
export function createSync(context: NetworkContext): ChainSync {
  const sync = new Sync(context);
  const { checkpointStart } = context.dependencies;
  return checkpointStart === undefined ? sync : new CheckpointSync(context, checkpointStart, sync);
}
