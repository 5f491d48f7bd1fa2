/**
 * Answers requests for headers: from the highest block of the locator that is on the way to what is asked for, upward.
 *
 * Each answer is bounded in count and bytes and read in slices; each peer has one answer made at a time and few that wait, so
 * that a peer can't have more work done than its share.
 */

import type { TreeHeader } from "../../ports/consensus.js";
import type { Scheduler, Slicer } from "../../ports/runtime.js";
import { encodeHeader } from "../../primitives/block-codec.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkChain } from "../chain.js";
import type { Peer } from "../peer.js";
import { elementBytes, LIST_OVERHEAD_BYTES } from "../wire/limits.js";
import type { HeadersRequest } from "../wire/messages.js";
import { SyncCode } from "./codes.js";

/** Encoded headers in one answer: the channel's limit but for the envelope. */
export const ANSWER_BYTES_MAX = 2_048 * 1024 - LIST_OVERHEAD_BYTES - 48;
/** Blocks of a side branch that are walked down to where it leaves the canonical chain. */
const SIDE_BRANCH_MAX = 8_192;
/** Requests of one peer that wait for their turn. An honest one asks anew only when it has an answer, or gave up waiting. */
const WAITING_MAX = 8;

export interface HeaderServerDependencies {
  readonly chain: Pick<NetworkChain, "header" | "idAt" | "isCanonical" | "head" | "standing">;
  readonly scheduler: Scheduler;
}

export class HeaderServer {
  readonly #dependencies: HeaderServerDependencies;
  readonly #waiting = new Map<Peer, { count: number; last: Promise<void> }>();

  constructor(dependencies: HeaderServerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Resolves once the answer is sent. */
  serve(peer: Peer, request: HeadersRequest): Promise<void> {
    const queue = this.#waiting.get(peer) ?? { count: 0, last: Promise.resolve() };
    if (queue.count >= WAITING_MAX) {
      peer.offend("invalid", SyncCode.tooManyRequests, `more than ${WAITING_MAX} requests for headers at a time`);
      return Promise.resolve();
    }
    queue.count++;
    this.#waiting.set(peer, queue);
    const answered = queue.last
      .then(async () => {
        if (!peer.connected) return;
        const headers = await this.headersFor(request);
        peer.send({ type: "headers", requestId: request.requestId, headers });
      })
      .finally(() => {
        if (--queue.count === 0) this.#waiting.delete(peer);
      });
    // One that can't be answered does not hold up the next.
    queue.last = answered.catch(() => undefined);
    return answered;
  }

  /** Encoded headers, consecutive, lowest first; empty if there is no common block or nothing above it. */
  async headersFor({ locator, stop, count }: Pick<HeadersRequest, "locator" | "stop" | "count">): Promise<Bytes[]> {
    const slicer = this.#dependencies.scheduler.slicer();
    const way =
      stop === undefined ? { top: this.#dependencies.chain.head.header.height, side: [] } : await this.#wayTo(stop, locator, slicer);
    const answer = new Answer(count);
    if (way === undefined) return answer.headers;
    const { top, side } = way;
    if (top !== undefined) {
      const known = this.#highestKnown(locator);
      if (known === undefined) return answer.headers;
      for (let height = known + 1; height <= top; height++) {
        const header = this.#canonical(height);
        // The chain may be another one by now.
        if (header === undefined || !answer.add(header)) return answer.headers;
        if (slicer.due()) await slicer.pause();
      }
    }
    for (const header of side) {
      if (!answer.add(header)) break;
      if (slicer.due()) await slicer.pause();
    }
    return answer.headers;
  }

  /**
   * How to get to a block: canonical up to height `top`, then `side`. Without `top`, the side branch itself begins above a block
   * of the locator.
   */
  async #wayTo(
    stop: Hash,
    locator: readonly Hash[],
    slicer: Slicer,
  ): Promise<{ readonly top: number | undefined; readonly side: TreeHeader[] } | undefined> {
    const { chain } = this.#dependencies;
    if (chain.standing(stop) !== "valid") return undefined;
    const known = new Set(locator.map((id) => Hash.key(id)));
    const side: TreeHeader[] = [];
    let at = chain.header(stop);
    while (at !== undefined && side.length <= SIDE_BRANCH_MAX) {
      if (known.has(Hash.key(at.id))) return { top: undefined, side: side.reverse() };
      if (chain.isCanonical(at.id)) return { top: at.header.height, side: side.reverse() };
      side.push(at);
      at = chain.header(at.header.parent);
      if (slicer.due()) await slicer.pause();
    }
    return undefined;
  }

  /** Height of the first id of the locator that is on the canonical chain. */
  #highestKnown(locator: readonly Hash[]): number | undefined {
    const { chain } = this.#dependencies;
    const id = locator.find((each) => chain.isCanonical(each));
    return id === undefined ? undefined : chain.header(id)?.header.height;
  }

  #canonical(height: number): TreeHeader | undefined {
    const id = this.#dependencies.chain.idAt(height);
    return id === undefined ? undefined : this.#dependencies.chain.header(id);
  }
}

/** Headers on their way out, each standing on the one before. */
class Answer {
  readonly headers: Bytes[] = [];
  readonly #count: number;
  #bytes = 0;
  #last: Hash | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  /** False if there is no room for it, or it does not fit. */
  add({ header, id }: TreeHeader): boolean {
    if (this.headers.length >= this.#count) return false;
    if (this.#last !== undefined && Hash.key(header.parent) !== Hash.key(this.#last)) return false;
    const encoded = encodeHeader(header);
    this.#bytes += elementBytes(encoded.length);
    if (this.#bytes > ANSWER_BYTES_MAX) return false;
    this.headers.push(encoded);
    this.#last = id;
    return true;
  }
}
