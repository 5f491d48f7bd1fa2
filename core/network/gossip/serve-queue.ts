/**
 * Answers to requests, peer by peer, as fast as each takes them: nothing is read for a peer whose connection is full, nobody waits
 * for anybody else, and no step holds the main thread for long. What one peer may have waiting is bounded.
 */
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { GossipOffences } from "./offences.js";

export interface ServeQueueOptions<Job> {
  /** Waiting at a peer, by `weightOf`. Above it the peer is in violation: no honest node asks for so much at a time. */
  readonly maxWeight: number;
  readonly weightOf: (job: Job) => number;
  /** Sends one message of the answer; answers whether it was the last. Must not throw. */
  readonly step: (peer: Peer, job: Job) => boolean;
}

interface Line<Job> {
  readonly jobs: Job[];
  weight: number;
  isServed: boolean;
}

export class ServeQueue<Job> {
  readonly #context: NetworkContext;
  readonly #options: ServeQueueOptions<Job>;
  readonly #lines = new Map<Peer, Line<Job>>();

  constructor(context: NetworkContext, options: ServeQueueOptions<Job>) {
    this.#context = context;
    this.#options = options;
  }

  add(peer: Peer, job: Job): void {
    const { maxWeight, weightOf } = this.#options;
    const line = this.#lines.get(peer) ?? { jobs: [], weight: 0, isServed: false };
    const weight = weightOf(job);
    if (line.weight + weight > maxWeight) {
      peer.offend("violation", GossipOffences.tooManyRequests, `more than ${maxWeight} items are asked for at a time`);
      return;
    }
    line.jobs.push(job);
    line.weight += weight;
    this.#lines.set(peer, line);
    void this.#serve(peer, line);
  }

  onDrain(peer: Peer): void {
    const line = this.#lines.get(peer);
    if (line !== undefined) void this.#serve(peer, line);
  }

  onPeerGone(peer: Peer): void {
    this.#lines.delete(peer);
  }

  stop(): void {
    this.#lines.clear();
  }

  async #serve(peer: Peer, line: Line<Job>): Promise<void> {
    if (line.isServed) return;
    line.isServed = true;
    const slicer = this.#context.dependencies.scheduler.slicer();
    for (let job = line.jobs[0]; job !== undefined && !peer.congested && this.#lines.get(peer) === line; job = line.jobs[0]) {
      if (this.#options.step(peer, job)) {
        line.jobs.shift();
        line.weight -= this.#options.weightOf(job);
      }
      if (slicer.due()) await slicer.pause();
    }
    line.isServed = false;
    if (line.jobs.length === 0 && this.#lines.get(peer) === line) this.#lines.delete(peer);
  }
}
