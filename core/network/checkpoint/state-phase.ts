/**
 * Second half of a state sync: from the checkpoint's headers to a state that was loaded and compared with its root.
 *
 * promote (headers into the chain, with their weights) → choose a snapshot, check the headers above the checkpoint → manifest → chunks → build.
 * Each step can be repeated after a kill, and after a peer lied: then its snapshot is out, and the next one is chosen.
 */
import { ChainwrightError, messageOf } from "../../kernel/errors.js";
import type { TreeHeader } from "../../ports/consensus.js";
import type { SnapshotSyncStatus } from "../../ports/views.js";
import type { HeaderRecord } from "../../primitives/block.js";
import { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { SealBudget } from "../sync/seal-budget.js";
import type { SnapshotOffer } from "../wire/messages.js";
import { AboveHeaders, type HeaderFinding } from "./above-headers.js";
import { ChunkFetch } from "./chunk-fetch.js";
import { CheckpointCode } from "./codes.js";
import { clearRow, type HeaderLadder, LadderPrefix } from "./ladder.js";
import { fetchManifest } from "./manifest-fetch.js";
import type { CheckpointMetrics } from "./metrics.js";
import { type Candidate, Offers } from "./offers.js";
import type { CheckpointOptions } from "./options.js";
import type { CheckpointStart, SnapshotIntake, SnapshotReceiver } from "./parts.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";

export interface StatePhaseParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly start: CheckpointStart;
  readonly receiver: SnapshotReceiver;
  readonly ladder: HeaderLadder;
  readonly budget: SealBudget;
}

/** A snapshot whose block is known to be on the chain. */
interface Chosen {
  readonly header: TreeHeader;
  readonly offer: SnapshotOffer;
  readonly intake: SnapshotIntake;
}

const HEADERS_PER_WRITE = 1_000;

export class StatePhase {
  readonly #parts: StatePhaseParts;
  readonly #offers: Offers;
  readonly #above: AboveHeaders;
  #chunks: ChunkFetch | undefined;
  #chosen: Chosen | undefined;
  #phase: SnapshotSyncStatus["phase"] = "headers";
  #built = 0;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(parts: StatePhaseParts) {
    this.#parts = parts;
    this.#above = new AboveHeaders(parts);
    const { context, options, requests, roster, start } = parts;
    const takesAbove = start.chain.judgesHeaders;
    this.#offers = new Offers({
      context,
      options,
      requests,
      roster,
      checkpoint: start.checkpoint,
      takesAbove,
      onAnswer: () => this.look(),
    });
  }

  /** `again`: storage lost headers, so they have to be fetched again first. @throws what storing throws */
  async run(): Promise<"loaded" | "stopped" | "again"> {
    const { receiver, context } = this.#parts;
    if (!(await this.#promote())) return "again";
    while (!this.#stopped) {
      this.#phase = "search";
      const chosen = (await this.#resumed()) ?? (await this.#choose());
      if (chosen === undefined || this.#stopped) continue;
      this.#chosen = chosen;
      this.#phase = "ranges";
      if (!(await this.#fetch(chosen))) continue;
      this.#phase = "build";
      try {
        await receiver.finish(chosen.header, (share) => {
          this.#built = share;
        });
      } catch (error) {
        if (!ChainwrightError.is(error) || error.code !== "SNAPSHOT_ROOT_MISMATCH") throw error;
        context.dependencies.logger.error({ code: error.code, reason: error.message }, "the loaded state is discarded and fetched again");
        continue;
      }
      await clearRow(context.dependencies.storage, LadderPrefix.snapshot);
      return "loaded";
    }
    return "stopped";
  }

  look(): void {
    if (this.#phase === "search" || this.#phase === "ranges") this.#offers.look();
    this.#above.look();
    this.#chunks?.look();
    this.#wake?.();
  }

  onPeerGone(peer: Peer): void {
    this.#offers.onPeerGone(peer);
    this.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#above.stop();
    this.#chunks?.stop();
    this.#wake?.();
  }

  get status(): SnapshotSyncStatus {
    const { ladder, start } = this.#parts;
    const intake = this.#chosen?.intake;
    const { height, id } =
      this.#chosen === undefined ? start.checkpoint : { height: this.#chosen.header.header.height, id: this.#chosen.header.id };
    const rising = this.#above.checking;
    const bytesDone = this.#chunks?.doneBytes ?? 0;
    const share = intake === undefined || intake.chunkBytes === 0 ? 0 : bytesDone / intake.chunkBytes;
    return {
      phase: this.#phase,
      height,
      id: Hash.key(id),
      // Building takes about a tenth of the time.
      percent: Math.floor(this.#phase === "build" ? 90 + 10 * this.#built : 90 * share),
      headers: rising?.to ?? ladder.height,
      headersDone: rising?.done ?? (this.#phase === "headers" ? ladder.promoted : ladder.height),
      ranges: intake?.chunks ?? 0,
      rangesDone: this.#chunks?.done ?? 0,
      bytes: intake?.chunkBytes ?? 0,
      bytesDone,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  get #problem(): string | undefined {
    if (this.#phase === "search") {
      const { height } = this.#parts.start.checkpoint;
      if (this.#offers.isAllAside)
        return "the snapshots that peers have could not be used (the log says why of each); they are looked at again; connect to more nodes if it stays so";
      if (this.#offers.isSettled && this.#offers.candidates().length === 0)
        return `no peer has a snapshot of height ${height}${this.#parts.start.chain.judgesHeaders ? " or above" : ""}; connect to nodes that make them (node.snapshots.everyBlocks), or take a checkpoint that they have one of`;
    }
    return this.#phase === "ranges" && this.#chunks?.hasPeers === false
      ? "no peer that has the snapshot is connected; it goes on when one is"
      : undefined;
  }

  // --- headers -----------------------------------------------------------------------------------------------------

  /** Headers up to the checkpoint become the chain's, each with its cumulative weight. */
  async #promote(): Promise<boolean> {
    const { ladder, start, context } = this.#parts;
    const { chain } = context.dependencies;
    const last = ladder.promoted === 0 ? start.chain.genesis : headerAt(chain, ladder.promoted);
    if (last === undefined) {
      await ladder.notePromoted(0);
      return this.#promote();
    }
    const slicer = context.dependencies.scheduler.slicer();
    let below = last;
    let row: TreeHeader[] = [];
    while (below.header.height < ladder.height && !this.#stopped) {
      const record: HeaderRecord | undefined = ladder.header(below.header.height + 1);
      if (record === undefined) {
        await ladder.reset();
        return false;
      }
      below = { ...record, weight: start.chain.weigh(record, below.weight) };
      row.push(below);
      if (row.length === HEADERS_PER_WRITE || below.header.height === ladder.height) {
        await start.chain.storeHeaders(row);
        await ladder.notePromoted(below.header.height);
        row = [];
      }
      if (slicer.due()) await slicer.pause();
    }
    return true;
  }

  // --- which snapshot ----------------------------------------------------------------------------------------------

  /** What an earlier run was at. */
  async #resumed(): Promise<Chosen | undefined> {
    const { receiver, context } = this.#parts;
    if (this.#chosen !== undefined) return undefined;
    const unfinished = await receiver.unfinished();
    if (unfinished === undefined) return undefined;
    const { logger } = context.dependencies;
    const header = await this.#above.known(unfinished.height, unfinished.id);
    if (header === undefined) return undefined;
    const { manifest, manifestHash, height, id } = unfinished;
    try {
      const intake = await receiver.open(manifest, manifestHash, header);
      logger.info({ height, block: Hash.key(id) }, "state sync goes on where it was");
      const { chunks, chunkBytes } = intake;
      return { header, offer: { manifestHash, height, id, manifestBytes: manifest.length, chunks, chunkBytes }, intake };
    } catch (error) {
      if (!isBadManifest(error)) throw error;
      return undefined;
    }
  }

  async #choose(): Promise<Chosen | undefined> {
    this.#offers.look();
    const candidate = this.#offers.isSettled ? this.#offers.candidates()[0] : undefined;
    if (candidate === undefined) {
      await this.#occasion();
      return undefined;
    }
    const { offer } = candidate;
    const found = await this.#trusted(candidate);
    if (this.#stopped) return undefined;
    if (!("header" in found)) {
      const { reason, isInvalid } = found;
      if (isInvalid === true) this.#refuse(candidate, reason, (peer) => peer.offend("violation", CheckpointCode.invalidHeaders, reason));
      // Who offers it may be on another branch.
      else if (found.isFinal) this.#refuse(candidate, reason, (peer) => peer.offend("failure", CheckpointCode.badManifest, reason));
      else this.#setAside(candidate, reason);
      return undefined;
    }
    const { header } = found;
    const { receiver } = this.#parts;
    const manifest = await fetchManifest({ ...this.#parts, offers: this.#offers, isStopped: () => this.#stopped }, candidate);
    if (this.#stopped) return undefined;
    if (manifest === undefined) {
      this.#setAside(candidate, "nobody sends its manifest in time", candidate.peers);
      return undefined;
    }
    try {
      const intake = await receiver.open(manifest, offer.manifestHash, header);
      const { height } = header.header;
      const { logger } = this.#parts.context.dependencies;
      const { chunks, chunkBytes, entries } = intake;
      logger.info(
        { height, block: Hash.key(header.id), ranges: chunks, bytes: chunkBytes, entries, peers: candidate.peers.length },
        "loading a snapshot",
      );
      return { header, offer, intake };
    } catch (error) {
      if (!isBadManifest(error)) throw error;
      this.#refuseLie(candidate, messageOf(error));
      return undefined;
    }
  }

  /** The header of a candidate's block, if it may be begun with. */
  async #trusted({ offer, peers }: Candidate): Promise<HeaderFinding> {
    const { context, ladder } = this.#parts;
    if (offer.height !== ladder.height) return this.#above.find(offer.height, offer.id, peers);
    const header = headerAt(context.dependencies.chain, ladder.height);
    return header === undefined ? { reason: "the checkpoint's header is not there", isFinal: false } : { header };
  }

  /** It was made up by those who offer it. */
  #refuseLie(candidate: Candidate, reason: string): void {
    this.#refuse(candidate, reason, (peer) => peer.offend("violation", CheckpointCode.badManifest, reason));
  }

  /** Nobody's snapshot like this is used any more, and those who offer it answer for it. */
  #refuse({ offer, peers }: Candidate, reason: string, blame: (peer: Peer) => void): void {
    this.#offers.refuse(offer);
    for (const peer of peers) blame(peer);
    this.#parts.context.dependencies.logger.warn(
      { height: offer.height, block: Hash.key(offer.id), peers: peers.length, reason },
      "a snapshot is not used",
    );
  }

  /** Nobody is at fault, or nobody knows who: it may be good another time. */
  #setAside({ offer, peers }: Candidate, reason: string, tried?: readonly Peer[]): void {
    const againMs = this.#offers.setAside(offer, tried);
    this.#parts.context.dependencies.logger.warn(
      { height: offer.height, block: Hash.key(offer.id), peers: peers.length, reason, againMs },
      "a snapshot is put aside",
    );
  }

  // --- chunks ------------------------------------------------------------------------------------------------------

  /** True: all of it is stored. */
  async #fetch({ intake, offer }: Chosen): Promise<boolean> {
    const { roster } = this.#parts;
    const { manifestHash } = offer;
    const patienceMs = this.#offers.patienceMs(offer);
    const fetch = new ChunkFetch({ ...this.#parts, offers: this.#offers, manifestHash, intake, patienceMs });
    this.#chunks = fetch;
    const outcome = await fetch.run();
    if (outcome === "done") return true;
    this.#chunks = undefined;
    const candidate = { offer, peers: roster.all().filter((peer) => this.#offers.has(peer, manifestHash)) };
    if (outcome === "untrue") this.#refuseLie(candidate, "its chunks do not prove the state");
    if (outcome === "abandoned") {
      for (const peer of candidate.peers) {
        peer.offend("failure", CheckpointCode.stalled, "its snapshot comes too slowly");
        roster.rest(peer);
      }
      this.#setAside(candidate, "it comes too slowly, and there is another one");
    }
    return false;
  }

  /** Something came, left or answered. */
  #occasion(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

function headerAt(
  chain: { idAt(height: number): Hash | undefined; header(id: Hash): TreeHeader | undefined },
  height: number,
): TreeHeader | undefined {
  const id = chain.idAt(height);
  return id === undefined ? undefined : chain.header(id);
}

function isBadManifest(error: unknown): boolean {
  return ChainwrightError.is(error) && error.code === "SNAPSHOT_BAD_MANIFEST";
}
