/**
 * Transfers in a steady stream: each node gets them from an account of its own, so that no two nodes ever sign with one
 * nonce, and a node that is down or cut off only leaves its share out.
 */
import type { Cancellable, Clock, Scheduler } from "../ports/runtime.js";
import { buildTransfer, leastTransferFee, type TransferRequest } from "../primitives/account-transaction.js";
import { DEV_NAMES, devAccount, nodeAccountName } from "./dev-accounts.js";
import { DevnetOptionError } from "./errors.js";
import type { ClusterNode } from "./node/cluster-node.js";

/** Between two looks at what is due: short enough to be a stream, long enough to cost nothing. */
const TICK_MS = 50;
/** A sender that was refused or not answered pauses: its node may be restarting, or its mempool full. */
const PAUSE_MS = 1_000;
const AMOUNT = 1n;
const PER_SECOND_MIN = 0.01;
const PER_SECOND_MAX = 10_000;
/** Fees depend on the digits of nonce and fee: this nonce has as many as any will have. */
const LONG_NONCE = 2 ** 40;

interface Sender {
  readonly node: ClusterNode;
  readonly request: Omit<TransferRequest, "nonce" | "fee">;
  readonly fee: bigint;
  /** Unknown until the node has been asked, and after everything unexpected. */
  nonce: number | undefined;
  isBusy: boolean;
  pausedUntilMs: number;
}

/** Where the transfers go. */
export interface TrafficTarget {
  readonly chainId: string;
  /** Nodes that run at the moment. */
  readonly running: readonly ClusterNode[];
}

export interface TrafficCounts {
  /** Accepted by a node. */
  readonly sent: number;
  /** Refused, or not answered. */
  readonly failed: number;
}

export class Traffic {
  readonly #target: TrafficTarget;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #senders = new Map<ClusterNode, Sender>();
  #tick: Cancellable | undefined;
  #due = 0;
  #lastMs = 0;
  #sent = 0;
  #failed = 0;
  #next = 0;

  /** @param perSecond transfers to all nodes together, 0.01 … 10,000 @throws DevnetOptionError */
  constructor(target: TrafficTarget, perSecond: number, clock: Clock, scheduler: Scheduler) {
    if (!(perSecond >= PER_SECOND_MIN && perSecond <= PER_SECOND_MAX))
      throw new DevnetOptionError({
        option: "traffic",
        reason: `${perSecond} is not a number of transfers per second from ${PER_SECOND_MIN} to ${PER_SECOND_MAX}`,
      });
    this.#target = target;
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  get counts(): TrafficCounts {
    return { sent: this.#sent, failed: this.#failed };
  }

  start(): void {
    if (this.#tick !== undefined) return;
    this.#lastMs = this.#clock.monotonicMs();
    this.#tick = this.#scheduler.every(TICK_MS, () => this.#send());
  }

  stop(): void {
    this.#tick?.cancel();
    this.#tick = undefined;
  }

  #send(): void {
    const nowMs = this.#clock.monotonicMs();
    // What could not be sent is not made up for later: a second's worth at most.
    this.#due = Math.min(Math.max(1, this.#perSecond), this.#due + ((nowMs - this.#lastMs) * this.#perSecond) / 1_000);
    this.#lastMs = nowMs;
    const senders = this.#target.running
      .map((node) => this.#senderFor(node))
      .filter((sender) => !sender.isBusy && sender.pausedUntilMs <= nowMs);
    const due = Math.floor(this.#due);
    if (due === 0 || senders.length === 0) return;
    this.#due -= due;
    // Evenly, beginning with another one each time.
    for (const [at, sender] of senders.entries()) {
      const turn = (at + this.#next) % senders.length;
      const share = Math.floor(due / senders.length) + (turn < due % senders.length ? 1 : 0);
      if (share > 0) void this.#sendFrom(sender, share);
    }
    this.#next++;
  }

  async #sendFrom(sender: Sender, count: number): Promise<void> {
    sender.isBusy = true;
    try {
      for (let i = 0; i < count && this.#tick !== undefined; i++) {
        const nonce = sender.nonce ?? (await sender.node.nextNonce(nodeAccountName(sender.node.number)));
        // Known again only once it was accepted.
        sender.nonce = undefined;
        await sender.node.submit(buildTransfer({ ...sender.request, fee: sender.fee, nonce }));
        sender.nonce = nonce + 1;
        this.#sent++;
      }
    } catch {
      this.#failed++;
      sender.pausedUntilMs = this.#clock.monotonicMs() + PAUSE_MS;
    } finally {
      sender.isBusy = false;
    }
  }

  #senderFor(node: ClusterNode): Sender {
    const known = this.#senders.get(node);
    if (known !== undefined) return known;
    const from = devAccount(nodeAccountName(node.number)).secretKey;
    const to = devAccount(DEV_NAMES[node.number % DEV_NAMES.length] ?? DEV_NAMES[0]).address;
    const request = { chainId: this.#target.chainId, from, to, amount: AMOUNT };
    const fee = leastTransferFee({ ...request, nonce: LONG_NONCE }, 1);
    const sender: Sender = { node, request, fee, nonce: undefined, isBusy: false, pausedUntilMs: 0 };
    this.#senders.set(node, sender);
    return sender;
  }
}
