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
import { type Bytes, concatBytes } from "../../primitives/bytes.js";
import { Hash, sha256 } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { ChunkFetch } from "./chunk-fetch.js";
import { CheckpointCode } from "./codes.js";
import { clearLadder, HeaderLadder, LadderPrefix } from "./ladder.js";
import type { CheckpointMetrics } from "./metrics.js";
import { type Candidate, Offers } from "./offers.js";
import type { CheckpointOptions } from "./options.js";
import type { CheckpointStart, SnapshotIntake, SnapshotReceiver } from "./parts.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";
import { RowFetch } from "./row-fetch.js";

export interface StatePhaseParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly metrics: CheckpointMetrics;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly start: CheckpointStart;
  readonly receiver: SnapshotReceiver;
  readonly ladder: HeaderLadder;
}

/** A snapshot whose block is known to be on the chain. */
interface Chosen {
  readonly header: TreeHeader;
  readonly manifestHash: Hash;
  readonly manifest: Bytes;
  readonly intake: SnapshotIntake;
}

const HEADERS_PER_WRITE = 1_000;
/** Of those that are asked whether a block above the checkpoint is on their chain, more than one in so many have to agree. */
const MAJORITY = 2;

export class StatePhase {
  readonly #parts: StatePhaseParts;
  readonly #offers: Offers;
  #rows: RowFetch | undefined;
  #chunks: ChunkFetch | undefined;
  #chosen: Chosen | undefined;
  #phase: SnapshotSyncStatus["phase"] = "headers";
  #built = 0;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(parts: StatePhaseParts) {
    this.#parts = parts;
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
      await clearLadder(context.dependencies.storage, LadderPrefix.snapshot);
      return "loaded";
    }
    return "stopped";
  }

  look(): void {
    if (this.#phase === "search" || this.#phase === "ranges") this.#offers.look();
    this.#rows?.look();
    this.#chunks?.look();
    this.#wake?.();
  }

  onPeerGone(peer: Peer): void {
    this.#offers.onPeerGone(peer);
    this.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#rows?.stop();
    this.#chunks?.stop();
    this.#wake?.();
  }

  get status(): SnapshotSyncStatus {
    const { ladder, start } = this.#parts;
    const intake = this.#chosen?.intake;
    const { height, id } =
      this.#chosen === undefined ? start.checkpoint : { height: this.#chosen.header.header.height, id: this.#chosen.header.id };
    const bytesDone = this.#chunks?.doneBytes ?? 0;
    const share = intake === undefined || intake.chunkBytes === 0 ? 0 : bytesDone / intake.chunkBytes;
    return {
      phase: this.#phase,
      height,
      id: Hash.key(id),
      // Building takes about a tenth of the time.
      percent: Math.floor(this.#phase === "build" ? 90 + 10 * this.#built : 90 * share),
      headers: ladder.height,
      headersDone: this.#phase === "headers" ? ladder.promoted : ladder.height,
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

  /** The header of a block above the checkpoint: stored once it was checked. Undefined: it is not on a good chain through the checkpoint. */
  async #headerAbove(height: number, id: Hash): Promise<TreeHeader | undefined> {
    const { context, ladder } = this.#parts;
    const { chain, storage } = context.dependencies;
    const known = chain.idAt(height);
    if (known !== undefined && Hash.key(known) === Hash.key(id)) return chain.header(id);
    if (height <= ladder.height) return undefined;
    const upper = await HeaderLadder.open(storage, { height, id }, ladder.height + 1, LadderPrefix.snapshot);
    let lacking = false;
    if (!upper.isComplete) {
      const rows = new RowFetch({
        ...this.#parts,
        top: { height, id },
        bottom: upper.bottom,
        reached: () => upper,
        onGood: (records) => upper.put(records),
        onLacksTop: () => {
          lacking = true;
          rows.stop();
        },
      });
      this.#rows = rows;
      await rows.run();
      this.#rows = undefined;
    }
    if (this.#stopped || lacking || !upper.isComplete) return undefined;
    const base = headerAt(chain, ladder.height);
    if (base === undefined || Hash.key(upper.wanted) !== Hash.key(base.id)) return undefined;
    const top = await this.#checkRow(upper, base);
    if (top === undefined) await upper.reset();
    return top;
  }

  /** The engine's checks of headers above the checkpoint, which are then the chain's. */
  async #checkRow(upper: HeaderLadder, base: TreeHeader): Promise<TreeHeader | undefined> {
    const { start, context, options } = this.#parts;
    let over = base;
    while (over.header.height < upper.height && !this.#stopped) {
      const records: HeaderRecord[] = [];
      for (let height = over.header.height + 1; height <= upper.height && records.length < options.headersPerPiece; height++) {
        const record = upper.header(height);
        if (record === undefined) return undefined;
        records.push(record);
      }
      const { accepted, refusal } = await start.chain.checkHeadersOver(over, records);
      const last = accepted.at(-1);
      if (refusal !== undefined || last === undefined) {
        context.dependencies.logger.warn({ height: over.header.height + 1, ...refusal }, "headers above the checkpoint are not good");
        return undefined;
      }
      await start.chain.storeHeaders(accepted);
      over = last;
    }
    return over.header.height === upper.height ? over : undefined;
  }

  // --- which snapshot ----------------------------------------------------------------------------------------------

  /** What an earlier run was at. */
  async #resumed(): Promise<Chosen | undefined> {
    const { receiver, context } = this.#parts;
    const { unfinished } = receiver;
    if (unfinished === undefined || this.#chosen !== undefined) return undefined;
    const { chain, logger } = context.dependencies;
    const known = chain.idAt(unfinished.height);
    const header = known !== undefined && Hash.key(known) === Hash.key(unfinished.id) ? chain.header(unfinished.id) : undefined;
    if (header === undefined) return undefined;
    try {
      const intake = await receiver.open(unfinished.manifest, unfinished.manifestHash, header);
      logger.info({ height: unfinished.height, block: Hash.key(unfinished.id) }, "state sync goes on where it was");
      return { header, manifestHash: unfinished.manifestHash, manifest: unfinished.manifest, intake };
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
    const header = await this.#trusted(candidate);
    if (this.#stopped) return undefined;
    if (header === undefined) {
      this.#blame(candidate, "its block is not on a good chain through the checkpoint", false);
      return undefined;
    }
    const manifest = await this.#manifest(candidate);
    if (manifest === undefined) return undefined;
    try {
      const intake = await this.#parts.receiver.open(manifest, candidate.offer.manifestHash, header);
      const { height } = header.header;
      const { logger } = this.#parts.context.dependencies;
      const { chunks, chunkBytes, entries } = intake;
      logger.info(
        { height, block: Hash.key(header.id), ranges: chunks, bytes: chunkBytes, entries, peers: candidate.peers.length },
        "loading a snapshot",
      );
      return { header, manifestHash: candidate.offer.manifestHash, manifest, intake };
    } catch (error) {
      if (!isBadManifest(error)) throw error;
      this.#blame(candidate, messageOf(error), true);
      return undefined;
    }
  }

  /** The header of a candidate's block, if it may be begun with. */
  async #trusted({ offer }: Candidate): Promise<TreeHeader | undefined> {
    const { start, context, ladder } = this.#parts;
    if (offer.height === ladder.height) return headerAt(context.dependencies.chain, ladder.height);
    if (!start.chain.judgesHeaders || !(await this.#isCommon(offer.height, offer.id))) return undefined;
    return this.#headerAbove(offer.height, offer.id);
  }

  /** Whether the block is on the chain of most peers. Good headers are not enough: a short branch costs little. */
  async #isCommon(height: number, id: Hash): Promise<boolean> {
    const { roster, requests } = this.#parts;
    const answers = await Promise.all(
      roster.all().map(async (peer) => requests.ask(peer, { type: "header-range-request", anchor: id, from: height, count: 1 })),
    );
    const said = answers.filter((answer) => answer !== "timeout" && answer !== "gone");
    return said.filter(({ headers }) => headers.length === 1).length * MAJORITY > said.length;
  }

  /** From whoever has it, in parts. */
  async #manifest({ offer, peers }: Candidate): Promise<Bytes | undefined> {
    const { requests } = this.#parts;
    const { manifestHash, manifestBytes } = offer;
    for (const peer of peers) {
      const parts: Bytes[] = [];
      let length = 0;
      while (length < manifestBytes) {
        const answer = await requests.ask(peer, { type: "snapshot-manifest-request", manifestHash, offset: length });
        if (answer === "timeout" || answer === "gone" || this.#stopped || answer.part.length === 0) break;
        parts.push(new Uint8Array(answer.part));
        length += answer.part.length;
      }
      if (length < manifestBytes) {
        this.#offers.withdraw(peer, manifestHash);
        if (peer.connected) peer.offend("failure", CheckpointCode.missingPart, "it offered a snapshot and does not have its manifest");
        continue;
      }
      const manifest = concatBytes(...parts);
      if (Hash.key(sha256(manifest)) === Hash.key(manifestHash)) return manifest;
      this.#offers.withdraw(peer, manifestHash);
      peer.offend("violation", CheckpointCode.badManifest, "the manifest does not have the hash that it was offered with");
    }
    return undefined;
  }

  /** Nobody's snapshot like this is used any more; those who made it up are in violation, who may be on another branch only failed. */
  #blame({ offer, peers }: Candidate, reason: string, isLie: boolean): void {
    this.#offers.refuse(offer.manifestHash);
    for (const peer of peers) peer.offend(isLie ? "violation" : "failure", CheckpointCode.badManifest, reason);
    this.#parts.context.dependencies.logger.warn(
      { height: offer.height, block: Hash.key(offer.id), peers: peers.length, reason },
      "a snapshot is not used",
    );
  }

  // --- chunks ------------------------------------------------------------------------------------------------------

  /** True: all of it is stored. */
  async #fetch({ intake, manifestHash, header }: Chosen): Promise<boolean> {
    const fetch = new ChunkFetch({ ...this.#parts, offers: this.#offers, manifestHash, intake });
    this.#chunks = fetch;
    const outcome = await fetch.run();
    if (outcome === "done") return true;
    this.#chunks = undefined;
    if (outcome === "untrue") {
      const offer = { manifestHash, id: header.id, height: header.header.height, manifestBytes: 0, chunks: 0, chunkBytes: 0 };
      const peers = this.#parts.roster.all().filter((peer) => this.#offers.has(peer, manifestHash));
      this.#blame({ offer, peers }, "its chunks do not prove the state", true);
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
