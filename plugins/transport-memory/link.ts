/**
 * What lies below a connection: a pair of ends, and frames that travel between them in turns of the scheduler.
 *
 * A link keeps the order of a priority, never runs a callback inside of a call, and says how many bytes are under way; it
 * knows nothing of channels, limits or reasons. Whoever holds an end can put anything on it, as a hostile peer can on a wire.
 */
import { assert, type Bytes, present, type Scheduler } from "../../core/sdk.js";

export type Frame =
  | { readonly kind: "message"; readonly channel: number; readonly message: Bytes }
  | { readonly kind: "goodbye"; readonly code: string; readonly message: string };

/** What an end does with what comes. */
export interface LinkUser {
  onFrame(frame: Frame): void;
  /** The other side took some of what this one put on the link; so many bytes are still under way. */
  onTaken(bytesUnderWay: number): void;
  /** The link is cut: nothing comes any more, and what was under way is lost. */
  onCut(lastWords: Frame | undefined): void;
}

/** The priority behind all others: a goodbye comes after everything that was sent before. */
export const LAST = Number.POSITIVE_INFINITY;

/** Handed over in one turn; then others have theirs. */
const TURN_BYTES = 262_144;
/** What a frame counts for beside its payload, so that empty messages fill a queue, too. */
const FRAME_BYTES = 8;

/** Taken frames are let go of in batches of this size: `shift` moves all that follow, in an array as long as these can be. */
const COMPACT_FRAMES = 1_024;

interface Lane {
  readonly priority: number;
  readonly frames: Frame[];
  /** Frames before it have been taken. */
  next: number;
}

const sizeOf = (frame: Frame) => FRAME_BYTES + (frame.kind === "message" ? frame.message.length : 0);

export class LinkEnd {
  readonly #scheduler: Scheduler;
  /** Frames under way to this end: for each priority that occurs one queue, most urgent first. */
  readonly #lanes: Lane[] = [];
  #other: LinkEnd | undefined;
  #user: LinkUser | undefined;
  #bytes = 0;
  #isPaused = true;
  #isTurnComing = false;
  #isCut = false;
  /** What the user of a cut end is told. */
  #lastWords: Frame | undefined;

  /** A link of two ends. */
  static pair(scheduler: Scheduler): readonly [LinkEnd, LinkEnd] {
    const [one, other] = [new LinkEnd(scheduler), new LinkEnd(scheduler)];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  private constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Bytes that this end put on the link and the other has not taken. */
  get bytesUnderWay(): number {
    return this.#far.#bytes;
  }

  get #far(): LinkEnd {
    return present(this.#other, "ends are made in pairs");
  }

  /** Says who uses this end; it is paused until `resume`. */
  use(user: LinkUser): void {
    assert(this.#user === undefined, "an end of a link has one user");
    this.#user = user;
    if (this.#isCut) this.#tellCut();
  }

  put(frame: Frame, priority: number): void {
    if (!this.#isCut) this.#far.#queue(frame, priority);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** Ends the link on both sides. @param lastWords what the other side is told */
  cut(lastWords?: Frame): void {
    if (this.#isCut) return;
    this.#far.#lastWords = lastWords;
    for (const end of [this, this.#far]) {
      end.#isCut = true;
      end.#lanes.length = 0;
      end.#bytes = 0;
      end.#tellCut();
    }
  }

  #tellCut(): void {
    const user = this.#user;
    if (user !== undefined) void this.#scheduler.yield().then(() => user.onCut(this.#lastWords));
  }

  #queue(frame: Frame, priority: number): void {
    const at = this.#lanes.findIndex((lane) => lane.priority >= priority);
    const lane = this.#lanes[at];
    if (lane?.priority === priority) lane.frames.push(frame);
    else this.#lanes.splice(at < 0 ? this.#lanes.length : at, 0, { priority, frames: [frame], next: 0 });
    this.#bytes += sizeOf(frame);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isTurnComing || this.#isPaused || this.#lanes.length === 0) return;
    this.#isTurnComing = true;
    void this.#scheduler.yield().then(() => this.#turn());
  }

  #turn(): void {
    this.#isTurnComing = false;
    const user = present(this.#user, "who resumes an end uses it");
    try {
      for (let taken = 0; taken < TURN_BYTES && !this.#isPaused; ) {
        const frame = this.#next();
        if (frame === undefined) break;
        taken += sizeOf(frame);
        user.onFrame(frame);
      }
    } finally {
      // Also where a listener threw: the frames behind are not to blame.
      this.#schedule();
    }
    if (!this.#isCut) this.#far.#user?.onTaken(this.#bytes);
  }

  #next(): Frame | undefined {
    const [lane] = this.#lanes;
    const frame = lane?.frames[lane.next];
    if (lane === undefined || frame === undefined) return undefined;
    lane.next++;
    if (lane.next === lane.frames.length) this.#lanes.shift();
    else if (lane.next === COMPACT_FRAMES) {
      lane.frames.splice(0, COMPACT_FRAMES);
      lane.next = 0;
    }
    this.#bytes -= sizeOf(frame);
    return frame;
  }
}
