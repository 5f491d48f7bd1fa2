/** Transactions that a peer was asked for come in: handed to the mempool, and the peer rewarded or blamed for what it says. */
import { messageOf } from "../../kernel/errors.js";
import type { Bytes } from "../../primitives/bytes.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { GossipMetrics, TransactionOutcome } from "./metrics.js";
import { GossipOffences, transactionRefusal } from "./offences.js";

/** A peer's usefulness is looked at when it was asked for so many. */
const SAMPLE = 2_048;
/** Of these, in percent, at least so many should have been of use. */
const USEFUL_PERCENT = 10;

interface Usefulness {
  asked: number;
  useless: number;
}

export class TransactionIntake {
  readonly #context: NetworkContext;
  readonly #metrics: GossipMetrics;
  readonly #usefulness = new WeakMap<Peer, Usefulness>();

  constructor(context: NetworkContext, metrics: GossipMetrics) {
    this.#context = context;
    this.#metrics = metrics;
  }

  /** Never rejects. */
  async submit(peer: Peer, raw: Bytes): Promise<TransactionOutcome> {
    const outcome = await this.#outcomeOf(peer, raw);
    this.#metrics.transaction(outcome);
    return outcome;
  }

  /**
   * A request is answered. Who announces what it never sends costs a request and the time of others: a transaction may well have
   * left its pool meanwhile, but not most of them, time and again.
   */
  count(peer: Peer, asked: number, missing: number): void {
    const usefulness = this.#of(peer);
    usefulness.asked += asked;
    usefulness.useless += missing;
    if (usefulness.asked < SAMPLE) return;
    this.#usefulness.delete(peer);
    if ((usefulness.asked - usefulness.useless) * 100 >= usefulness.asked * USEFUL_PERCENT) return;
    const { asked: all, useless } = usefulness;
    peer.offend("failure", GossipOffences.uselessTransactions, `${useless} of ${all} transactions that it announced were of no use`);
  }

  async #outcomeOf(peer: Peer, raw: Bytes): Promise<TransactionOutcome> {
    const { mempool, logger } = this.#context.dependencies;
    try {
      const { standing } = await mempool.submit(raw);
      if (standing === "known") return "known";
      peer.reward("transaction");
      return "accepted";
    } catch (error) {
      const refusal = transactionRefusal(error);
      if (refusal.outcome === "invalid")
        peer.offend(refusal.offence, GossipOffences.invalidTransaction, `${refusal.code}: ${messageOf(error)}`);
      if (refusal.outcome === "refused" && refusal.isUseless) this.#of(peer).useless++;
      if (refusal.outcome === "failed") logger.debug({ reason: messageOf(error) }, "a peer's transaction could not be judged");
      return refusal.outcome;
    }
  }

  #of(peer: Peer): Usefulness {
    let usefulness = this.#usefulness.get(peer);
    if (usefulness === undefined) {
      usefulness = { asked: 0, useless: 0 };
      this.#usefulness.set(peer, usefulness);
    }
    return usefulness;
  }
}
