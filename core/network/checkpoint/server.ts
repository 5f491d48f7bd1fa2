/**
 * Answers what checkpoint starts of others ask for: headers by height, and snapshots from their files.
 *
 * Nothing of the live state is read for it. Each peer has one answer made at a time and few that wait; nothing is read for a peer whose
 * connection is full; and all peers together get `BYTES_PER_SECOND`, so that a node which serves goes on as before.
 */
import { messageOf } from "../../kernel/errors.js";
import type { TreeHeader } from "../../ports/consensus.js";
import { encodeHeader } from "../../primitives/block-codec.js";
import type { Bytes } from "../../primitives/bytes.js";
import { EMPTY_BYTES } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { ANSWER_BYTES_MAX } from "../sync/header-server.js";
import { elementBytes, WIRE_LIMITS } from "../wire/limits.js";
import type { HeaderRangeRequest, SnapshotChunkRequest, SnapshotManifestRequest, SnapshotsRequest, WireMessage } from "../wire/messages.js";
import { CheckpointCode } from "./codes.js";
import { type ServingMetrics, servingMetrics } from "./metrics.js";
import type { SnapshotShelf } from "./parts.js";

type Request = HeaderRangeRequest | SnapshotsRequest | SnapshotManifestRequest | SnapshotChunkRequest;

/** Requests of one peer that wait. This implementation has at most 4 + 1 under way at a time. */
const WAITING_MAX = 64;
/** Of all peers together. */
const BYTES_PER_SECOND = 64 * 1024 * 1024;

const NO_SHELF: SnapshotShelf = { offers: () => [], manifest: async () => undefined, chunk: async () => undefined };

interface Line {
  count: number;
  last: Promise<void>;
  /** Resolves the wait for room on the connection. */
  onRoom: (() => void) | undefined;
}

export class CheckpointServer implements ProtocolPart {
  readonly handles = ["header-range-request", "snapshots-request", "snapshot-manifest-request", "snapshot-chunk-request"] as const;
  readonly #context: NetworkContext;
  readonly #shelf: SnapshotShelf;
  readonly #metrics: ServingMetrics;
  readonly #lines = new Map<Peer, Line>();
  /** When what was sent so far would have been sent at the full rate. */
  #paidUntilMs = 0;
  #stopped = false;

  constructor(context: NetworkContext) {
    this.#context = context;
    this.#shelf = context.dependencies.snapshots ?? NO_SHELF;
    this.#metrics = servingMetrics(context.dependencies.metrics);
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    const request = message as Request;
    const line = this.#lines.get(peer) ?? { count: 0, last: Promise.resolve(), onRoom: undefined };
    if (line.count >= WAITING_MAX) {
      peer.offend("invalid", CheckpointCode.tooManyRequests, `more than ${WAITING_MAX} requests at a time`);
      return;
    }
    line.count++;
    this.#lines.set(peer, line);
    line.last = line.last
      .then(() => this.#answer(peer, line, request))
      .catch((error: unknown) => {
        this.#context.dependencies.logger.error({ reason: messageOf(error) }, "what a peer asked for could not be read");
      })
      .finally(() => {
        if (--line.count === 0 && this.#lines.get(peer) === line) this.#lines.delete(peer);
      });
    return line.last;
  }

  onDrain(peer: Peer): void {
    this.#lines.get(peer)?.onRoom?.();
  }

  onPeerGone(peer: Peer): void {
    this.#lines.get(peer)?.onRoom?.();
    this.#lines.delete(peer);
  }

  stop(): void {
    this.#stopped = true;
    for (const line of this.#lines.values()) line.onRoom?.();
  }

  async #answer(peer: Peer, line: Line, request: Request): Promise<void> {
    while (peer.congested && peer.connected && !this.#stopped)
      await new Promise<void>((resolve) => {
        line.onRoom = resolve;
      });
    if (!peer.connected || this.#stopped) return;
    const { requestId } = request;
    if (request.type === "header-range-request") {
      peer.send({ type: "header-range", requestId, headers: await this.#headers(request) });
    } else if (request.type === "snapshots-request") {
      peer.send({ type: "snapshots", requestId, offers: this.#shelf.offers().slice(0, WIRE_LIMITS.snapshotOffers) });
    } else if (request.type === "snapshot-manifest-request") {
      const manifest = await this.#shelf.manifest(request.manifestHash);
      const part = manifest?.subarray(request.offset, request.offset + WIRE_LIMITS.snapshotPartBytes) ?? EMPTY_BYTES;
      await this.#pay(part);
      peer.send({ type: "snapshot-manifest", requestId, part });
    } else {
      const proof = (await this.#shelf.chunk(request.manifestHash, request.index)) ?? EMPTY_BYTES;
      await this.#pay(proof);
      this.#metrics.chunks.increment(proof.length === 0 ? 0 : 1);
      peer.send({ type: "snapshot-chunk", requestId, proof });
    }
  }

  /** Keeps to the rate of all peers together. */
  async #pay({ length }: Bytes): Promise<void> {
    const { clock, scheduler } = this.#context.dependencies;
    const nowMs = clock.monotonicMs();
    this.#metrics.bytes.increment(length);
    const waitMs = this.#paidUntilMs - nowMs;
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs) + (length * 1_000) / BYTES_PER_SECOND;
    if (waitMs > 0) await new Promise<void>((resolve) => scheduler.after(waitMs, resolve));
  }

  async #headers({ anchor, from, count }: HeaderRangeRequest): Promise<Bytes[]> {
    const { chain, scheduler } = this.#context.dependencies;
    const top = anchor === undefined ? chain.head : chain.isCanonical(anchor) ? chain.header(anchor) : undefined;
    const headers: Bytes[] = [];
    if (top === undefined) return headers;
    const slicer = scheduler.slicer();
    let last: TreeHeader | undefined;
    let bytes = 0;
    for (let height = from; height <= top.header.height && headers.length < count; height++) {
      const id = chain.idAt(height);
      const header = id === undefined ? undefined : chain.header(id);
      // The chain may be another one by now.
      if (header === undefined || (last !== undefined && Hash.key(header.header.parent) !== Hash.key(last.id))) break;
      const encoded = encodeHeader(header.header);
      bytes += elementBytes(encoded.length);
      if (bytes > ANSWER_BYTES_MAX) break;
      headers.push(encoded);
      last = header;
      if (slicer.due()) await slicer.pause();
    }
    return headers;
  }
}
